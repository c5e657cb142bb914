//! The face's brightness at a fixed size, upright, whatever its size in the frame.

use std::ops::Range;

use crate::align::sface_crop_to_frame;
use crate::frame::Frame;
use crate::geometry::{Landmarks, Similarity};

/// The part of SFace's crop (112 × 112) that is skin, from the eyebrows to the chin and from temple to temple: here light
/// and sharpness are measured.
const SKIN_COLUMNS: Range<usize> = 22..90;
const SKIN_ROWS: Range<usize> = 34..106;
/// How far the measures reach beyond a pixel.
pub(super) const MARGIN: usize = 4;
const LEFT: usize = SKIN_COLUMNS.start - MARGIN;
const TOP: usize = SKIN_ROWS.start - MARGIN;
const WIDTH: usize = SKIN_COLUMNS.end - SKIN_COLUMNS.start + 2 * MARGIN;
const HEIGHT: usize = SKIN_ROWS.end - SKIN_ROWS.start + 2 * MARGIN;
/// At most so many samples across and down stand for one pixel of the patch, so that a face of 16,000 px costs no more
/// than one of 300.
const MAX_SAMPLES: u8 = 3;

/// Brightness, 0 to 255, of the middle of a face at 112 px for the whole crop, with [`MARGIN`] pixels around it.
pub(super) struct Patch {
    luma: Vec<f32>,
    outside: f32,
}

impl Patch {
    /// Cuts it out; the picture's edges are drawn out beyond it. `None` when the points mark no face.
    ///
    /// Cost: 6,080 pixels of one to nine samples.
    pub(super) fn cut(frame: &Frame<'_>, landmarks: &Landmarks) -> Option<Self> {
        let to_frame = sface_crop_to_frame(landmarks)?;
        let samples = samples(to_frame.scale());
        let mut luma = Vec::with_capacity(WIDTH * HEIGHT);
        for y in TOP..TOP + HEIGHT {
            for x in LEFT..LEFT + WIDTH {
                luma.push(mean_luma(frame, &to_frame, (x as f64, y as f64), samples));
            }
        }
        Some(Self { luma, outside: skin_outside(frame, &to_frame) })
    }

    /// The share of the skin that lies beyond the frame's edges, 0 to 1.
    pub(super) const fn outside(&self) -> f32 {
        self.outside
    }

    /// The brightness of the skin, row by row.
    pub(super) fn skin(&self) -> Vec<f32> {
        self.shifted(0, 0).copied().collect()
    }

    /// The same, seen `dx` to the right and `dy` down, each up to [`MARGIN`] either way.
    pub(super) fn shifted(&self, dx: isize, dy: isize) -> impl Iterator<Item = &f32> {
        let left = MARGIN.saturating_add_signed(dx);
        let top = MARGIN.saturating_add_signed(dy);
        self.luma
            .chunks_exact(WIDTH)
            .skip(top)
            .take(SKIN_ROWS.len())
            .flat_map(move |row| &row[left..left + SKIN_COLUMNS.len()])
    }

    #[cfg(test)]
    pub(super) fn from_fn(luma: impl Fn(usize, usize) -> f32) -> Self {
        let luma = (0..WIDTH * HEIGHT).map(|i| luma(i % WIDTH, i / WIDTH)).collect();
        Self { luma, outside: 0.0 }
    }
}

/// The share of the skin beyond the frame's edges, by every fourth place across and down.
fn skin_outside(frame: &Frame<'_>, to_frame: &Similarity) -> f32 {
    let (right, bottom) = (frame.width() as f64 - 0.5, frame.height() as f64 - 0.5);
    let (mut places, mut outside) = (0.0, 0.0);
    for y in SKIN_ROWS.step_by(4) {
        for x in SKIN_COLUMNS.step_by(4) {
            let (x, y) = to_frame.apply((x as f64, y as f64));
            places += 1.0;
            if x < -0.5 || y < -0.5 || x > right || y > bottom {
                outside += 1.0;
            }
        }
    }
    outside / places
}

/// Samples across and down for a pixel of the patch that covers `scale` pixels of the frame.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 3")]
fn samples(scale: f64) -> u8 {
    scale.round().clamp(1.0, f64::from(MAX_SAMPLES)) as u8
}

/// The mean of the samples spread over the pixel of the patch at `(x, y)`.
fn mean_luma(frame: &Frame<'_>, to_frame: &Similarity, (x, y): (f64, f64), samples: u8) -> f32 {
    let offset = |sample: u8| (f64::from(sample) + 0.5) / f64::from(samples) - 0.5;
    let mut sum = 0.0;
    for down in 0..samples {
        for across in 0..samples {
            let at = to_frame.apply((x + offset(across), y + offset(down)));
            // The mean of many smooths as well as what lies between the pixels.
            sum += if samples > 2 { nearest_luma(frame, at) } else { luma_between(frame, at) };
        }
    }
    sum / f32::from(samples * samples)
}

/// A place in the frame, its edges drawn out, as the pixel it lies on and how far it lies from that one's centre towards
/// the next to the right and below, 0 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held within the frame, whose sides are at most 16384"
)]
fn pixel(frame: &Frame<'_>, (x, y): (f64, f64)) -> ((usize, usize), (f32, f32)) {
    let x = x.clamp(0.0, (frame.width() - 1) as f64);
    let y = y.clamp(0.0, (frame.height() - 1) as f64);
    let (left, top) = (x as usize, y as usize);
    ((left, top), ((x - left as f64) as f32, (y - top as f64) as f32))
}

/// Brightness of the nearest pixel.
fn nearest_luma(frame: &Frame<'_>, (x, y): (f64, f64)) -> f32 {
    let ((x, y), _) = pixel(frame, (x + 0.5, y + 0.5));
    luma(frame, x, y)
}

/// Brightness between the pixels, bilinear.
fn luma_between(frame: &Frame<'_>, at: (f64, f64)) -> f32 {
    let ((left, top), (across, down)) = pixel(frame, at);
    let right = (left + 1).min(frame.width() - 1);
    let row = |y| (1.0 - across) * luma(frame, left, y) + across * luma(frame, right, y);
    (1.0 - down) * row(top) + down * row((top + 1).min(frame.height() - 1))
}

fn luma(frame: &Frame<'_>, x: usize, y: usize) -> f32 {
    let [red, green, blue] = frame.rgb(x, y).map(f32::from);
    0.299 * red + 0.587 * green + 0.114 * blue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PixelLayout;
    use crate::geometry::FramePoint;

    fn landmarks(scale: f32) -> Landmarks {
        let template =
            [(38.29, 51.7), (73.53, 51.5), (56.03, 71.74), (41.55, 92.37), (70.73, 92.2)];
        Landmarks(template.map(|(x, y)| FramePoint::new(scale * x, scale * y)))
    }

    #[test]
    fn a_patch_is_the_same_at_any_size() {
        let at_scale = |side: u16| {
            let mut pixels = Vec::new();
            for y in 0..side {
                for x in 0..side {
                    let value = |at: u16| 120.0 * (f32::from(at) / f32::from(side)) + 0.5;
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "0 to 241"
                    )]
                    let grey = (value(x) + value(y)) as u8;
                    pixels.extend([grey; 3]);
                }
            }
            let side_px = u32::from(side);
            let frame = Frame::new(&pixels, side_px, side_px, PixelLayout::Rgb).unwrap();
            Patch::cut(&frame, &landmarks(f32::from(side) / 112.0)).unwrap()
        };
        let (small, same, large) = (at_scale(60), at_scale(112), at_scale(1500));
        for ((small, same), large) in small.skin().iter().zip(same.skin()).zip(large.skin()) {
            assert!((small - same).abs() < 3.0 && (large - same).abs() < 3.0);
        }
    }

    #[test]
    fn far_outside_the_edge_goes_on() {
        let pixels = [77; 10 * 10 * 3];
        let frame = Frame::new(&pixels, 10, 10, PixelLayout::Rgb).unwrap();
        let patch = Patch::cut(&frame, &landmarks(50.0)).unwrap();
        assert!(patch.skin().iter().all(|luma| (luma - 77.0).abs() < 1e-3));
        assert!(Patch::cut(&frame, &landmarks(0.0)).is_none());
        assert!(Patch::cut(&frame, &landmarks(f32::NAN)).is_none());
    }
}
