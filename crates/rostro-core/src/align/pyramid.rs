//! Halving a picture as dlib's `pyramid_down<2>` does.

use super::sample::Pixels;

/// The smallest side, in pixels, that is still halved.
const MIN_SIDE_PX: usize = 9;

/// A picture that is held in memory.
pub(super) struct Level {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

impl Level {
    pub(super) fn pixels(&self) -> Pixels<'_> {
        Pixels::of_rgb(&self.rgb, (self.width, self.height))
    }
}

/// The picture at half its size: filtered by [1 4 6 4 1] / 16 across and down, every second pixel kept, fractions
/// dropped. A picture of eight pixels or less on a side becomes empty.
///
/// Cost: one pass over `pixels`; memory for a row beside the result.
/// Source: dlib, `image_transforms/image_pyramid.h`.
pub(super) fn halve(pixels: &Pixels<'_>) -> Level {
    let (width, height) = pixels.size();
    if width < MIN_SIDE_PX || height < MIN_SIDE_PX {
        return Level { width: 0, height: 0, rgb: Vec::new() };
    }
    let (half_width, half_height) = ((width - 3) / 2, (height - 3) / 2);
    let mut rgb = Vec::with_capacity(half_width * half_height);
    let mut column_sums = vec![0; width * pixels.bytes_per_pixel()];
    for y in 0..half_height {
        add_down(&mut column_sums, std::array::from_fn(|tap| pixels.row(2 * y + tap)));
        match pixels.bytes_per_pixel() {
            4 => extend_across::<4>(&mut rgb, &column_sums, half_width),
            _ => extend_across::<3>(&mut rgb, &column_sums, half_width),
        }
    }
    Level { width: half_width, height: half_height, rgb }
}

/// Filters five rows into one.
fn add_down(sums: &mut [u16], [a, b, c, d, e]: [&[u8]; 5]) {
    let rows = a.iter().zip(b).zip(c).zip(d).zip(e);
    for (sum, ((((a, b), c), d), e)) in sums.iter_mut().zip(rows) {
        *sum = five([a, b, c, d, e].map(|&byte| u16::from(byte)));
    }
}

/// Filters a row of `N` numbers a pixel at every second pixel, and drops the fractions.
fn extend_across<const N: usize>(rgb: &mut Vec<[u8; 3]>, column_sums: &[u16], half_width: usize) {
    let (pixels, _) = column_sums.as_chunks::<N>();
    rgb.extend(pixels.windows(5).step_by(2).take(half_width).map(|taps| {
        std::array::from_fn(|channel| {
            let sum = five([0, 1, 2, 3, 4].map(|tap| taps[tap][channel]));
            let [_, whole] = sum.to_le_bytes();
            whole
        })
    }));
}

/// The weights 1 4 6 4 1; twice over, 255 becomes 65280, so that nothing wraps.
const fn five([a, b, c, d, e]: [u16; 5]) -> u16 {
    let (ends, near) = (a.wrapping_add(e), b.wrapping_add(d));
    ends.wrapping_add(near.wrapping_mul(4)).wrapping_add(c.wrapping_mul(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(width: usize, height: usize, colour: impl Fn(usize, usize) -> u8) -> Level {
        let rgb = (0..width * height).map(|i| [colour(i % width, i / width), 255, 0]).collect();
        Level { width, height, rgb }
    }

    #[test]
    fn a_slope_stays_a_slope_twice_as_steep() {
        let half = halve(&level(20, 11, |x, _| u8::try_from(10 * x).unwrap()).pixels());
        assert_eq!((half.width, half.height), (8, 4));
        for y in 0..4 {
            for x in 0..8 {
                // Pixel x of the half is pixel 2x + 2 of the whole.
                assert_eq!(half.rgb[y * 8 + x], [u8::try_from(20 * x + 20).unwrap(), 255, 0]);
            }
        }
    }

    #[test]
    fn what_is_too_small_becomes_empty() {
        assert_eq!(halve(&level(8, 100, |_, _| 0).pixels()).pixels().size(), (0, 0));
        assert_eq!(halve(&level(9, 9, |_, _| 0).pixels()).pixels().size(), (3, 3));
    }
}
