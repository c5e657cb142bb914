//! dlib's face chip: what `dlib-resnet-v1` was trained on.
//!
//! A port of `get_face_chip_details` and `extract_image_chip` of dlib (`image_transforms/interpolation.h`) for five
//! points, a side of 150 and a padding of 0.25, which is what Python's `face_recognition` uses. Most of the
//! compatibility with the encodings that users have lies here.

use super::AlignedFace;
use super::pyramid::{Level, halve};
use super::sample::{Pixels, inside};
use crate::embedding::ModelId;
use crate::frame::Frame;
use crate::geometry::{FramePoint, Similarity};

/// Side of the chip, in pixels.
pub const CHIP_SIDE_PX: usize = 150;
const SIDE: f64 = 150.0;
/// How much is added around the face, as a fraction of its size.
const PADDING: f64 = 0.25;
/// The mean face, in the order of dlib's points: outer and inner corner of the subject's left eye, outer and inner
/// corner of the right eye, base of the nose.
const MEAN_FACE: [(f64, f64); 5] = [
    (0.859_567_459_599_2, 0.213_498_153_801_4),
    (0.646_060_476_410_4, 0.228_967_438_767_7),
    (0.120_575_062_078_9, 0.213_727_452_684_8),
    (0.334_085_061_371_2, 0.229_064_240_324_2),
    (0.490_112_313_567_9, 0.627_797_531_647_5),
];

/// The face that dlib's five points mark, as dlib cuts it out: [`CHIP_SIDE_PX`] on a side, black beyond the
/// picture's edges. `None` when the points lie in one place, or not in any.
///
/// `points` are in dlib's order and are rounded to whole pixels, as dlib does. The pixel `(0, 0)` has its centre at
/// the coordinates `(0, 0)`.
///
/// Cost: 22,500 samples; for a face larger than the chip also one pass over its part of the picture.
#[must_use]
pub fn dlib_chip(frame: &Frame<'_>, points: &[FramePoint; 5]) -> Option<AlignedFace> {
    let mut cut = Cut::around(points)?;
    let halvings = cut.halvings();
    let (corner, size) = cut.region(frame, halvings);
    let region = Pixels::of_frame(frame, corner, size);
    cut.square.translate(-(corner.0 as f64), -(corner.1 as f64));

    let mut level: Option<Level> = None;
    for _ in 0..halvings {
        level = Some(halve(&level.as_ref().map_or(region, Level::pixels)));
        cut.square.halve();
    }
    Some(cut.sample(&level.as_ref().map_or(region, Level::pixels)))
}

/// An upright square by the centres of its corner pixels, as dlib's `drectangle`.
#[derive(Clone, Copy)]
struct Square {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Square {
    fn translate(&mut self, dx: f64, dy: f64) {
        self.left += dx;
        self.right += dx;
        self.top += dy;
        self.bottom += dy;
    }

    /// Where the square lies after [`halve`], by dlib's own reckoning.
    fn halve(&mut self) {
        for x in [&mut self.left, &mut self.right] {
            *x = *x / 2.0 - 1.25;
        }
        for y in [&mut self.top, &mut self.bottom] {
            *y = *y / 2.0 - 0.75;
        }
    }

    fn area(&self) -> f64 {
        (self.right - self.left + 1.0) * (self.bottom - self.top + 1.0)
    }

    /// A corner after turning the square by `angle` around its centre.
    fn turned(&self, (x, y): (f64, f64), (sin, cos): (f64, f64)) -> (f64, f64) {
        let centre = ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0);
        let (x, y) = (x - centre.0, y - centre.1);
        (cos * x - sin * y + centre.0, sin * x + cos * y + centre.1)
    }
}

/// Which part of the picture becomes the chip.
struct Cut {
    square: Square,
    sin_cos: (f64, f64),
}

impl Cut {
    /// Farthest from the picture's corner that a face is looked for; beyond lies nothing of any frame.
    const FARTHEST_PX: f64 = 1e6;

    fn around(points: &[FramePoint; 5]) -> Option<Self> {
        let template = MEAN_FACE.map(|(x, y)| {
            (
                (PADDING + x) / (2.0 * PADDING + 1.0) * SIDE,
                (PADDING + y) / (2.0 * PADDING + 1.0) * SIDE,
            )
        });
        let marked = points
            .map(|point| (f64::from((point.x + 0.5).floor()), f64::from((point.y + 0.5).floor())));
        let chip_to_frame = Similarity::fit(&template, &marked)?;
        let (x, y) = chip_to_frame.apply((SIDE / 2.0, SIDE / 2.0));
        let half = (SIDE * chip_to_frame.scale() - 1.0) / 2.0;
        let within = x.abs().max(y.abs()).max(half) < Self::FARTHEST_PX;
        within.then(|| Self {
            square: Square { left: x - half, top: y - half, right: x + half, bottom: y + half },
            sin_cos: chip_to_frame.angle().sin_cos(),
        })
    }

    /// How often the picture is halved before it is sampled, so that no pixel is skipped.
    fn halvings(&self) -> u32 {
        let mut square = self.square;
        square.halve();
        let mut halvings = 0;
        while square.area() > SIDE * SIDE {
            square.halve();
            halvings += 1;
        }
        halvings
    }

    /// The part of the frame that the chip needs, with a margin against the border effects of halving: its corner, its
    /// width and height.
    fn region(&self, frame: &Frame<'_>, halvings: u32) -> ((usize, usize), (usize, usize)) {
        let margin = (0..halvings).fold(2.0, |margin, _| margin * 2.0 + 2.0);
        let Square { left, top, right, bottom } = self.square;
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
            .map(|corner| self.square.turned(corner, self.sin_cos));
        let span = |values: [f64; 4], len: usize| {
            let least = values.into_iter().fold(f64::INFINITY, f64::min) - margin;
            let most = values.into_iter().fold(f64::NEG_INFINITY, f64::max) + margin;
            nearest_pixels(least, most, len)
        };
        let (left, width) = span(corners.map(|corner| corner.0), frame.width());
        let (top, height) = span(corners.map(|corner| corner.1), frame.height());
        ((left, top), (width, height))
    }

    fn sample(&self, pixels: &Pixels<'_>) -> AlignedFace {
        let Square { left, top, right, bottom } = self.square;
        let origin = self.square.turned((left, top), self.sin_cos);
        let end_of_row = self.square.turned((right, top), self.sin_cos);
        let end_of_column = self.square.turned((left, bottom), self.sin_cos);
        let per_pixel = |end: (f64, f64)| {
            ((end.0 - origin.0) / (SIDE - 1.0), (end.1 - origin.1) / (SIDE - 1.0))
        };
        let (across, down) = (per_pixel(end_of_row), per_pixel(end_of_column));
        let mut rgb = Vec::with_capacity(CHIP_SIDE_PX * CHIP_SIDE_PX);
        for y in 0..150_u8 {
            for x in 0..150_u8 {
                let (x, y) = (f64::from(x), f64::from(y));
                let at =
                    (origin.0 + x * across.0 + y * down.0, origin.1 + x * across.1 + y * down.1);
                rgb.push(inside(pixels, at).map_or([0.0; 3], |colour| colour.map(whole)));
            }
        }
        AlignedFace { model: ModelId::DlibResnetV1, side_px: CHIP_SIDE_PX, rgb }
    }
}

/// The first pixel of a line of `len` and the number of pixels that lie from `least` to `most`; ends are rounded.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped into the line"
)]
fn nearest_pixels(least: f64, most: f64, len: usize) -> (usize, usize) {
    let last = (len - 1) as f64;
    if most < 0.0 || least > last {
        return (0, 0);
    }
    let pixel = |value: f64| (value.clamp(0.0, last) + 0.5).floor() as usize;
    let (first, last) = (pixel(least), pixel(most));
    (first, last + 1 - first)
}

/// An interpolated colour, 0 to 255, as dlib takes it into the chip: without the fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between bytes, and the fraction is to be dropped"
)]
fn whole(channel: f64) -> f32 {
    f32::from(channel as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PixelLayout;

    fn points(scale: f32, at: (f32, f32)) -> [FramePoint; 5] {
        #[expect(clippy::cast_possible_truncation, reason = "a test's points")]
        MEAN_FACE.map(|(x, y)| FramePoint::new(at.0 + scale * x as f32, at.1 + scale * y as f32))
    }

    /// A picture whose red grows to the right and whose green grows downwards, one a pixel or one a few.
    fn slopes(side: u32, pixels_per_step: u32) -> Vec<u8> {
        let step = |value: u32| u8::try_from(value / pixels_per_step).unwrap();
        (0..side * side).flat_map(|i| [step(i % side), step(i / side), 77]).collect()
    }

    #[test]
    fn a_face_of_the_chips_size_is_copied() {
        // The face spans 100 pixels in the chip, from 25 on.
        let pixels = slopes(250, 1);
        let frame = Frame::new(&pixels, 250, 250, PixelLayout::Rgb).unwrap();
        let chip = dlib_chip(&frame, &points(100.0, (70.0, 60.0))).unwrap();
        for (x, y) in [(0_usize, 0_usize), (10, 20), (75, 75), (149, 149)] {
            let [red, green, blue] = chip.rgb()[y * CHIP_SIDE_PX + x].map(i32::from);
            let (expected_red, expected_green) =
                (i32::try_from(x).unwrap() + 45, i32::try_from(y).unwrap() + 35);
            assert!(
                (red - expected_red).abs() <= 1 && (green - expected_green).abs() <= 1,
                "{x}, {y}: {red} {green}"
            );
            assert_eq!(blue, 77);
        }
    }

    #[test]
    fn a_large_face_is_halved_first_and_lands_in_the_same_place() {
        let pixels = slopes(2000, 8);
        let frame = Frame::new(&pixels, 2000, 2000, PixelLayout::Rgb).unwrap();
        let points = points(800.0, (600.0, 500.0));
        assert_eq!(Cut::around(&points).unwrap().halvings(), 3);
        let chip = dlib_chip(&frame, &points).unwrap();
        for (x, y) in [(5_usize, 5_usize), (75, 75), (145, 145)] {
            let [red, green, _] = chip.rgb()[y * CHIP_SIDE_PX + x].map(i32::from);
            let (expected_red, expected_green) =
                (i32::try_from(x).unwrap() + 50, i32::try_from(y).unwrap() + 37);
            assert!(
                (red - expected_red).abs() <= 3 && (green - expected_green).abs() <= 3,
                "{x}, {y}: {red} {green}"
            );
        }
    }

    #[test]
    fn beyond_the_edges_it_is_black() {
        let pixels = vec![200; 64 * 64 * 4];
        let frame = Frame::new(&pixels, 64, 64, PixelLayout::Rgba).unwrap();
        for at in [(-40.0, -40.0), (-5000.0, 10.0), (60.0, 90_000.0)] {
            let chip = dlib_chip(&frame, &points(60.0, at)).unwrap();
            assert_eq!(chip.rgb().len(), CHIP_SIDE_PX * CHIP_SIDE_PX);
            assert_eq!(chip.rgb()[0], [0; 3]);
        }
    }

    #[test]
    fn points_that_mark_no_face_give_no_chip() {
        let pixels = vec![0; 64 * 64 * 3];
        let frame = Frame::new(&pixels, 64, 64, PixelLayout::Rgb).unwrap();
        assert_eq!(dlib_chip(&frame, &[FramePoint::new(3.0, 3.0); 5]), None);
        assert_eq!(dlib_chip(&frame, &points(f32::NAN, (0.0, 0.0))), None);
        assert_eq!(dlib_chip(&frame, &points(1e30, (0.0, 0.0))), None);
        assert_eq!(dlib_chip(&frame, &points(f32::INFINITY, (0.0, 0.0))), None);
    }
}
