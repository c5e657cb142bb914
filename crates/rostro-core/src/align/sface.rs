//! SFace's crop: five points laid on ArcFace's template.

use super::AlignedFace;
use super::sample::{Pixels, bordered};
use crate::embedding::ModelId;
use crate::frame::Frame;
use crate::geometry::{Landmarks, Similarity};

/// Side of the crop, in pixels.
pub const SFACE_SIDE_PX: usize = 112;
/// Where the five points lie in the crop, in the order of [`Landmarks`].
/// Source: OpenCV, `FaceRecognizerSFImpl::getSimilarityTransformMatrix`, which has it from InsightFace.
const TEMPLATE: [(f64, f64); 5] = [
    (38.2946, 51.6963),
    (73.5318, 51.5014),
    (56.0252, 71.7366),
    (41.5493, 92.3655),
    (70.7299, 92.2041),
];

/// The face that YuNet's five points mark, [`SFACE_SIDE_PX`] on a side, black beyond the picture's edges, as
/// OpenCV's `FaceRecognizerSF::alignCrop` cuts it out. `None` when the points lie in one place, or not in any.
///
/// Cost: 12,544 samples.
#[must_use]
pub fn sface_crop(frame: &Frame<'_>, landmarks: &Landmarks) -> Option<AlignedFace> {
    let crop_to_frame = sface_crop_to_frame(landmarks)?;
    let whole = Pixels::of_frame(frame, (0, 0), (frame.width(), frame.height()));
    let mut rgb = Vec::with_capacity(SFACE_SIDE_PX * SFACE_SIDE_PX);
    for y in 0..112_u8 {
        for x in 0..112_u8 {
            let at = crop_to_frame.apply((f64::from(x), f64::from(y)));
            rgb.push(bordered(&whole, at).map(narrowed));
        }
    }
    Some(AlignedFace { model: ModelId::Sface2021Dec, side_px: SFACE_SIDE_PX, rgb })
}

/// From a place in the crop to one in the frame; `None` as for [`sface_crop`].
pub(crate) fn sface_crop_to_frame(landmarks: &Landmarks) -> Option<Similarity> {
    let marked = landmarks.0.map(<(f64, f64)>::from);
    Some(Similarity::fit(&marked, &TEMPLATE)?.inverse())
}

/// OpenCV rounds to whole numbers here; what that changes is far less than another frame would.
#[expect(clippy::cast_possible_truncation, reason = "0 to 255, as f32 as good as f64")]
const fn narrowed(channel: f64) -> f32 {
    channel as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PixelLayout;
    use crate::geometry::FramePoint;

    #[expect(clippy::cast_possible_truncation, reason = "a test's points")]
    fn landmarks(scale: f64, at: (f64, f64)) -> Landmarks {
        Landmarks(
            TEMPLATE.map(|(x, y)| {
                FramePoint::new((at.0 + scale * x) as f32, (at.1 + scale * y) as f32)
            }),
        )
    }

    #[test]
    fn a_face_on_the_template_is_copied() {
        let pixels: Vec<u8> =
            (0..200_u8).flat_map(|y| (0..200_u8).flat_map(move |x| [x, y, 9])).collect();
        let frame = Frame::new(&pixels, 200, 200, PixelLayout::Rgb).unwrap();
        let crop = sface_crop(&frame, &landmarks(1.0, (30.0, 40.0))).unwrap();
        for (x, y) in [(0, 0), (111, 111), (50, 60)] {
            let expected = [u8::try_from(x + 30).unwrap(), u8::try_from(y + 40).unwrap(), 9];
            assert_eq!(crop.rgb()[y * SFACE_SIDE_PX + x], expected);
        }
    }

    #[test]
    fn beyond_the_edges_it_is_black() {
        let pixels = vec![200; 50 * 50 * 3];
        let frame = Frame::new(&pixels, 50, 50, PixelLayout::Rgb).unwrap();
        let crop = sface_crop(&frame, &landmarks(0.5, (20.0, 0.0))).unwrap();
        assert_eq!(crop.rgb()[0], [200; 3]);
        assert_eq!(crop.rgb()[SFACE_SIDE_PX - 1], [0; 3]);
    }

    #[test]
    fn points_that_mark_no_face_give_no_crop() {
        let pixels = vec![0; 50 * 50 * 3];
        let frame = Frame::new(&pixels, 50, 50, PixelLayout::Rgb).unwrap();
        assert_eq!(sface_crop(&frame, &landmarks(0.0, (9.0, 9.0))), None);
        assert_eq!(sface_crop(&frame, &landmarks(f64::NAN, (9.0, 9.0))), None);
    }
}
