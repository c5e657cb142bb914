//! The detector's input: the frame scaled, turned into planes, and padded.

use std::ops::Range;

use crate::frame::{Frame, PixelLayout};
use crate::geometry::{FrameBox, Letterbox};
use crate::network::Tensor;

/// How the pixels of a part of a line become those of a longer or shorter one.
///
/// Longer, or up to [`AREA_FROM`] times shorter: linear between the two nearest, which still leaves no pixel out.
/// Shorter than that: each new pixel is the mean of what it covers (area averaging), so that a picture ten times too
/// large does not turn into noise. Where one begins and the other ends they are the same. Both keep the corners where
/// they are, as OpenCV's `INTER_LINEAR` and `INTER_AREA` do. Beyond the ends of the line it is black.
struct Resampling {
    /// The old pixels that are needed at all.
    needed: Range<usize>,
    /// Old pixels that a new one is made of.
    taps: usize,
    /// First of them, for each new pixel, counted from the first that is needed.
    firsts: Vec<usize>,
    /// `taps` weights for each new pixel; their sum is 1, or 0 beyond the line.
    weights: Vec<f32>,
}

/// Old pixels for each new one from which on the mean is taken.
///
/// 2, as from there on linear interpolation would leave pixels out; and measured: on 300 pictures of WIDER FACE at 640,
/// most of which are 1.6 times that, the average precision of faces over 60 px is 0.924 with the linear filter and 0.922
/// with the mean; at 320, 3.2 times, it is 0.871 and 0.880.
const AREA_FROM: f64 = 2.0;

impl Resampling {
    /// From `begin..end` of a line of `len` pixels to `to` pixels.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lines are at most 16384 pixels, and positions are held within them"
    )]
    fn new(len: usize, (begin, end): (f64, f64), to: usize) -> Self {
        let ratio = (end - begin) / to as f64;
        let line_end = len as f64;
        // The stretch of the old line that makes a new pixel: of one pixel it is linear interpolation.
        let stretch = if ratio < AREA_FROM { 1.0 } else { ratio };
        let taps = (stretch.min(line_end).ceil() as usize + 1).min(len);
        let mut firsts = Vec::with_capacity(to);
        let mut weights = vec![0.0; to * taps];
        for (new, weights) in weights.chunks_exact_mut(taps).enumerate() {
            let centre = begin + (new as f64 + 0.5) * ratio;
            let from = (centre - stretch / 2.0).clamp(0.0, line_end);
            let until = (centre + stretch / 2.0).min(line_end);
            let first = (from as usize).min(len - taps);
            firsts.push(first);
            let overlap = |tap: usize| {
                let old = (first + tap) as f64;
                (until.min(old + 1.0) - from.max(old)).max(0.0)
            };
            let sum: f64 = (0..taps).map(overlap).sum();
            if sum > 0.0 && (0.0..line_end).contains(&centre) {
                for (tap, weight) in weights.iter_mut().enumerate() {
                    *weight = (overlap(tap) / sum) as f32;
                }
            }
        }
        let least = firsts.iter().copied().min().unwrap_or_default();
        let most = firsts.iter().copied().max().unwrap_or_default();
        firsts.iter_mut().for_each(|first| *first -= least);
        Self { needed: least..most + taps, taps, firsts, weights }
    }

    /// For each new pixel, the first old one, counted from the first that is needed, and the weights of it and those
    /// after it.
    fn spans(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.firsts.iter().copied().zip(self.weights.chunks_exact(self.taps))
    }
}

/// The frame as `letterbox` lays it: `[1, 3, H, W]`, BGR, 0 to 255, black where it is padded.
///
/// Cost: one pass over the pixels that it shows; memory for one row beside the result.
pub(super) fn bgr_planes(frame: &Frame<'_>, letterbox: &Letterbox) -> Tensor {
    let (input_width, input_height) = letterbox.input_size();
    let (width, height) = letterbox.scaled_size();
    let plane_len = input_width * input_height;
    let mut values = vec![0.0; 3 * plane_len];
    let (blue, rest) = values.split_at_mut(plane_len);
    let (green, red) = rest.split_at_mut(plane_len);

    let FrameBox { top, right, bottom, left } = *letterbox.window();
    let across = Resampling::new(frame.width(), (left.into(), right.into()), width);
    let down = Resampling::new(frame.height(), (top.into(), bottom.into()), height);
    let bytes_per_pixel = frame.layout().bytes_per_pixel();
    let columns = across.needed.start * bytes_per_pixel..across.needed.end * bytes_per_pixel;
    let mut row = vec![0.0; columns.len()];
    for (y, (first, weights)) in down.spans().enumerate() {
        row.fill(0.0);
        for (tap, &weight) in weights.iter().enumerate() {
            let old = frame.row(down.needed.start + first + tap);
            add_weighted(&mut row, &old[columns.clone()], weight);
        }
        let line = y * input_width..y * input_width + width;
        let planes = [&mut red[line.clone()], &mut green[line.clone()], &mut blue[line]];
        match frame.layout() {
            PixelLayout::Rgb => resample_row::<3>(&row, &across, planes),
            PixelLayout::Rgba => resample_row::<4>(&row, &across, planes),
        }
    }
    Tensor::new(&[1, 3, input_height, input_width], values)
}

fn add_weighted(sum: &mut [f32], row: &[u8], weight: f32) {
    if weight != 0.0 {
        for (sum, &byte) in sum.iter_mut().zip(row) {
            *sum += weight * f32::from(byte);
        }
    }
}

/// Resamples a row of pixels of `N` numbers, of which the first three are red, green and blue, into three planes.
fn resample_row<const N: usize>(row: &[f32], across: &Resampling, planes: [&mut [f32]; 3]) {
    let (pixels, _) = row.as_chunks::<N>();
    let [red, green, blue] = planes;
    let outputs = red.iter_mut().zip(green).zip(blue);
    for ((first, weights), ((red, green), blue)) in across.spans().zip(outputs) {
        let mut sum = [0.0; N];
        for (pixel, weight) in pixels[first..].iter().zip(weights) {
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += weight * value;
            }
        }
        (*red, *green, *blue) = (sum[0], sum[1], sum[2]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn weights_are_an_average_of_pixels_of_the_line(
            len in 1_usize..3000, begin in -300.0..3000.0, part in 0.1..4000.0, to in 1_usize..600,
        ) {
            let resampling = Resampling::new(len, (begin, begin + part), to);
            prop_assert_eq!(resampling.firsts.len(), to);
            prop_assert!(resampling.needed.end <= len);
            for (new, (first, weights)) in resampling.spans().enumerate() {
                prop_assert!(first + weights.len() <= resampling.needed.len());
                prop_assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
                let centre = begin + (new as f64 + 0.5) * part / to as f64;
                let sum = if (0.0..len as f64).contains(&centre) { 1.0 } else { 0.0 };
                prop_assert!((weights.iter().sum::<f32>() - sum).abs() < 1e-4, "{}: {:?}", centre, weights);
            }
        }

        #[test]
        fn one_colour_stays_that_colour(
            width in 1_u32..70, height in 1_u32..70, side in 1_usize..80, colour in any::<[u8; 3]>(),
        ) {
            let pixels = colour.repeat((width * height) as usize);
            let frame = Frame::new(&pixels, width, height, PixelLayout::Rgb).unwrap();
            let letterbox = Letterbox::fit(frame.width(), frame.height(), side, 32);
            let tensor = bgr_planes(&frame, &letterbox);
            let (input_width, input_height) = letterbox.input_size();
            let (scaled_width, scaled_height) = letterbox.scaled_size();
            for (i, &value) in tensor.values().iter().enumerate() {
                let (plane, y, x) =
                    (i / (input_width * input_height), i / input_width % input_height, i % input_width);
                let inside = x < scaled_width && y < scaled_height;
                let expected = if inside { f32::from(colour[2 - plane]) } else { 0.0 };
                prop_assert!((value - expected).abs() < 1e-2, "plane {} at {}, {}: {}", plane, x, y, value);
            }
        }
    }

    #[test]
    fn shrinks_much_by_mean_and_little_linearly() {
        struct Case {
            name: &'static str,
            line: &'static [u8],
            to: usize,
            expected: &'static [f32],
        }
        for case in [
            Case { name: "half", line: &[0, 10, 20, 40], to: 2, expected: &[5.0, 30.0] },
            Case { name: "third", line: &[0, 30, 90, 7, 7, 10], to: 2, expected: &[40.0, 8.0] },
            Case { name: "two fifths", line: &[0, 20, 50, 0, 5], to: 2, expected: &[18.0, 12.0] },
            Case { name: "two thirds", line: &[0, 30, 90], to: 2, expected: &[7.5, 75.0] },
            Case { name: "same", line: &[7, 9], to: 2, expected: &[7.0, 9.0] },
            Case { name: "double", line: &[0, 40], to: 4, expected: &[0.0, 10.0, 30.0, 40.0] },
        ] {
            let pixels: Vec<u8> = case.line.iter().flat_map(|&value| [value, 0, 0, 255]).collect();
            let width = u32::try_from(case.line.len()).unwrap();
            let frame = Frame::new(&pixels, width, 1, PixelLayout::Rgba).unwrap();
            let letterbox = Letterbox::fit(case.line.len(), 1, case.to, 1);
            let tensor = bgr_planes(&frame, &letterbox);
            let red = &tensor.values()[tensor.values().len() / 3 * 2..][..case.to];
            for (got, expected) in red.iter().zip(case.expected) {
                assert!((got - expected).abs() < 1e-4, "{}: {red:?}", case.name);
            }
        }
    }

    #[test]
    fn a_square_over_the_edge_is_black_there() {
        // Red grows to the right, by one a pixel.
        let pixels: Vec<u8> = (0..40_u8).flat_map(|_| (0..60_u8).flat_map(|x| [x, 9, 9])).collect();
        let frame = Frame::new(&pixels, 60, 40, PixelLayout::Rgb).unwrap();
        let letterbox = Letterbox::square(&FrameBox::from_tlwh(-16.0, 44.0, 32.0, 32.0), 64);
        let tensor = bgr_planes(&frame, &letterbox.unwrap());
        let red = &tensor.values()[2 * 64 * 64..];
        let at = |x: usize, y: usize| red[y * 64 + x];
        assert_eq!(at(10, 31), 0.0);
        assert!((at(0, 32) - 43.75).abs() < 1e-4, "{}", at(0, 32));
        assert!((at(21, 63) - 54.25).abs() < 1e-4, "{}", at(21, 63));
        assert_eq!((at(31, 40), at(32, 40)), (59.0, 0.0));
    }
}
