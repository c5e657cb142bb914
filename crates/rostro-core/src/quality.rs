//! What a picture of a face is worth: measured figures, and faults that a person can act on.
//!
//! Everything is measured on the face as a recogniser sees it, upright and at a fixed size, so that the figures do not
//! depend on the camera's resolution. No network runs: the detection is taken as it is.

mod light;
mod limits;
mod patch;
mod pose;
mod sharpness;

pub use light::Light;
pub use limits::{QualityFault, QualityLimits};
pub use pose::Pose;
pub(crate) use pose::turn;

use crate::detector::Detection;
use crate::frame::Frame;

/// What was measured of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FaceQuality {
    /// Side of the face in the frame, in pixels: the root of its box's area.
    pub side_px: f32,
    /// Fine structure, 0 to about 0.8.
    pub sharpness: f32,
    /// Brightness and contrast.
    pub light: Light,
    /// Where it looks.
    pub pose: Pose,
    /// The share of the face's box beyond the frame's edges, 0 to 1.
    pub outside: f32,
    /// The same share of the face's middle, from the eyebrows to the chin and from temple to temple. A picture that is cut
    /// out tightly around a face loses none of it.
    pub middle_outside: f32,
    /// How sure the detector is, 0 to 1.
    pub score_of_detector: f32,
}

/// Measures the face of `detection`; `None` when its points mark no face.
///
/// Cost: 6,080 pixels of up to nine samples; about 0.5 ms native, whatever the size of the frame.
#[must_use]
pub fn assess(frame: &Frame<'_>, detection: &Detection) -> Option<FaceQuality> {
    let patch = patch::Patch::cut(frame, &detection.landmarks)?;
    let bounds = &detection.bounds;
    let inside = bounds.clamp(frame.width(), frame.height()).area();
    let area = bounds.area();
    Some(FaceQuality {
        side_px: area.sqrt(),
        sharpness: sharpness::sharpness(&patch),
        light: Light::of(patch.skin()),
        pose: Pose::of(&detection.landmarks),
        outside: if area > 0.0 { (1.0 - inside / area).clamp(0.0, 1.0) } else { 1.0 },
        middle_outside: patch.outside(),
        score_of_detector: detection.score.value(),
    })
}

impl FaceQuality {
    /// What is wrong with it by `limits`, the most important first.
    #[must_use]
    pub fn faults(&self, limits: &QualityLimits) -> Vec<QualityFault> {
        limits.faults(self)
    }

    /// What the face is worth for enrolment, 0 to 1: 0.5 or less where a measure is at its [limit](QualityLimits::ENROLMENT),
    /// near 1 for a large, sharp, well lit face that looks into the camera. To pick the best of several frames.
    #[must_use]
    pub fn score(&self) -> f32 {
        let limits = QualityLimits::ENROLMENT;
        // 0.5 at the limit, 1 at what is good, 0 as far on the other side.
        let rise = |value: f32, limit: f32, good: f32| {
            (0.5 + 0.5 * (value - limit) / (good - limit)).clamp(0.0, 1.0)
        };
        let light = &self.light;
        [
            rise(self.side_px, limits.min_side_px, 100.0),
            rise(self.sharpness, limits.min_sharpness, 0.45),
            rise(light.highlight, limits.min_highlight, 150.0),
            rise(light.brightness, limits.min_brightness, 90.0),
            rise(light.brightness, limits.max_brightness, 180.0),
            rise(light.clipped, limits.max_clipped, 0.02),
            rise(light.contrast, limits.min_contrast, 20.0),
            rise(self.pose.yaw_deg.abs(), limits.max_yaw_deg, 5.0),
            rise(self.pose.pitch_deg.abs(), limits.max_pitch_deg, 5.0),
            rise(self.outside, limits.max_outside, 0.0),
            rise(self.middle_outside, limits.max_middle_outside, 0.0),
            rise(self.score_of_detector, limits.min_score, 0.92),
        ]
        .into_iter()
        .product()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detector::Score;
    use crate::frame::PixelLayout;
    use crate::geometry::{FrameBox, FramePoint, Landmarks};

    fn face(side: f32, x: f32, y: f32) -> Detection {
        let point = |across: f32, down: f32| FramePoint::new(x + across * side, y + down * side);
        Detection {
            bounds: FrameBox::from_centre(FramePoint::new(x, y), side, side),
            score: Score::new(0.93).unwrap(),
            landmarks: Landmarks([
                point(-0.18, -0.12),
                point(0.18, -0.12),
                point(0.0, 0.08),
                point(-0.15, 0.24),
                point(0.15, 0.24),
            ]),
        }
    }

    proptest! {
        #[test]
        fn figures_are_within_their_ranges(
            side in 1.0_f32..5000.0, x in -500.0_f32..600.0, y in -500.0_f32..600.0,
            pixels in proptest::collection::vec(0_u8.., 30 * 20 * 3),
        ) {
            let frame = Frame::new(&pixels, 30, 20, PixelLayout::Rgb).unwrap();
            let quality = assess(&frame, &face(side, x, y)).unwrap();
            prop_assert!((quality.side_px / side - 1.0).abs() < 1e-3);
            prop_assert!((0.0..=1.0).contains(&quality.sharpness));
            let light = quality.light;
            prop_assert!((0.0..=255.0).contains(&light.brightness) && light.contrast <= 128.0);
            prop_assert!((0.0..=1.0).contains(&light.clipped) && light.highlight <= 255.0);
            prop_assert!((0.0..=1.0).contains(&quality.outside));
            prop_assert!((0.0..=1.0).contains(&quality.middle_outside));
            prop_assert!((0.0..=1.0).contains(&quality.score()));
        }

        #[test]
        fn the_further_out_the_more_is_outside(x in 0.0_f32..100.0, step in 1.0_f32..50.0) {
            let pixels = [128; 100 * 100 * 3];
            let frame = Frame::new(&pixels, 100, 100, PixelLayout::Rgb).unwrap();
            let near = assess(&frame, &face(60.0, 100.0 + x, 50.0)).unwrap();
            let far = assess(&frame, &face(60.0, 100.0 + x + step, 50.0)).unwrap();
            prop_assert!(near.outside <= far.outside && near.middle_outside <= far.middle_outside);
            prop_assert!(near.outside >= 0.49);
        }
    }

    #[test]
    fn points_that_mark_no_face_have_no_quality() {
        let pixels = [128; 10 * 10 * 3];
        let frame = Frame::new(&pixels, 10, 10, PixelLayout::Rgb).unwrap();
        assert_eq!(assess(&frame, &face(0.0, 5.0, 5.0)), None);
        assert!(assess(&frame, &face(f32::NAN, 5.0, 5.0)).is_none());
    }
}
