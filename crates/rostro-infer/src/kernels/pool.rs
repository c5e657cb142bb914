//! Windows of pixels to one pixel, and one pixel to four.

use super::Size;

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    Max,
    Mean,
}

/// A window's shape, without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) side: usize,
    pub(crate) stride: usize,
}

impl Window {
    /// The size of what comes of a picture of `input`; `None` when the window does not fit in.
    pub(crate) fn output(&self, input: Size) -> Option<Size> {
        let steps = |side: usize| Some(side.checked_sub(self.side)? / self.stride + 1);
        Some(Size { height: steps(input.height)?, width: steps(input.width)? })
    }
}

/// Pools each channel of a picture of pixels.
pub(crate) fn pool(pool: Pool, window: Window, input: &[f32], size: Size, out: &mut [f32]) {
    let channels = input.len() / size.pixels();
    let output = window.output(size).expect("a window that fits into the picture");
    assert_eq!(out.len(), output.pixels() * channels, "the whole picture");
    let share = 1.0 / (window.side * window.side) as f32;
    for (pixel, out) in out.chunks_exact_mut(channels).enumerate() {
        let (y, x) = (pixel / output.width * window.stride, pixel % output.width * window.stride);
        let at = |place: usize| {
            let (down, across) = (place / window.side, place % window.side);
            &input[((y + down) * size.width + x + across) * channels..][..channels]
        };
        out.copy_from_slice(at(0));
        for place in 1..window.side * window.side {
            let pairs = out.iter_mut().zip(at(place));
            match pool {
                Pool::Max => {
                    pairs.for_each(|(out, value)| *out = if *value > *out { *value } else { *out })
                }
                Pool::Mean => pairs.for_each(|(out, value)| *out += value),
            }
        }
        if pool == Pool::Mean {
            out.iter_mut().for_each(|value| *value *= share);
        }
    }
}

/// `fine` and, at each of its pixels, that of `coarse`, a picture of half the size.
pub(crate) fn add_doubled(fine: &[f32], coarse: &[f32], size: Size, out: &mut [f32]) {
    let channels = fine.len() / size.pixels();
    assert_eq!(out.len(), fine.len(), "the whole picture");
    assert_eq!(coarse.len(), size.pixels() / 4 * channels, "a picture of half the size");
    let row = size.width * channels;
    for (y, (out, fine)) in out.chunks_exact_mut(row).zip(fine.chunks_exact(row)).enumerate() {
        let coarse = &coarse[y / 2 * row / 2..][..row / 2];
        let pixels = out.chunks_exact_mut(channels).zip(fine.chunks_exact(channels)).enumerate();
        for (x, (out, fine)) in pixels {
            let coarse = &coarse[x / 2 * channels..][..channels];
            for ((out, fine), coarse) in out.iter_mut().zip(fine).zip(coarse) {
                *out = fine + coarse;
            }
        }
    }
}
