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

impl Pixels for Level {
    fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        self.rgb[y * self.width + x]
    }
}

/// The picture at half its size: filtered by [1 4 6 4 1] / 16 across and down, every second pixel kept, fractions
/// dropped. A picture of eight pixels or less on a side becomes empty.
///
/// Cost: one pass over `pixels`; memory for five rows beside the result.
/// Source: dlib, `image_transforms/image_pyramid.h`.
pub(super) fn halve(pixels: &impl Pixels) -> Level {
    let (width, height) = pixels.size();
    if width < MIN_SIDE_PX || height < MIN_SIDE_PX {
        return Level { width: 0, height: 0, rgb: Vec::new() };
    }
    let (half_width, half_height) = ((width - 3) / 2, (height - 3) / 2);
    let mut rgb = Vec::with_capacity(half_width * half_height);
    let mut rows: [Vec<[u16; 3]>; 5] = std::array::from_fn(|y| filtered_row(pixels, y, half_width));
    for y in 0..half_height {
        if y > 0 {
            rows.rotate_left(2);
            rows[3] = filtered_row(pixels, 2 * y + 3, half_width);
            rows[4] = filtered_row(pixels, 2 * y + 4, half_width);
        }
        rgb.extend((0..half_width).map(|x| {
            let sum = five(rows.each_ref().map(|row| row[x]));
            sum.map(|sum| {
                let [_, whole] = sum.to_le_bytes();
                whole
            })
        }));
    }
    Level { width: half_width, height: half_height, rgb }
}

fn filtered_row(pixels: &impl Pixels, y: usize, half_width: usize) -> Vec<[u16; 3]> {
    (0..half_width)
        .map(|x| five(std::array::from_fn(|tap| pixels.rgb(2 * x + tap, y).map(u16::from))))
        .collect()
}

/// The weights 1 4 6 4 1; twice over, 255 becomes 65280.
fn five([a, b, c, d, e]: [[u16; 3]; 5]) -> [u16; 3] {
    std::array::from_fn(|i| a[i] + 4 * b[i] + 6 * c[i] + 4 * d[i] + e[i])
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
        let half = halve(&level(20, 11, |x, _| u8::try_from(10 * x).unwrap()));
        assert_eq!(half.size(), (8, 4));
        for y in 0..4 {
            for x in 0..8 {
                // Pixel x of the half is pixel 2x + 2 of the whole.
                assert_eq!(half.rgb(x, y), [u8::try_from(20 * x + 20).unwrap(), 255, 0]);
            }
        }
    }

    #[test]
    fn what_is_too_small_becomes_empty() {
        assert_eq!(halve(&level(8, 100, |_, _| 0)).size(), (0, 0));
        assert_eq!(halve(&level(9, 9, |_, _| 0)).size(), (3, 3));
    }
}
