//! Other views of a face that was cut out, to be averaged over.

use super::AlignedFace;

impl AlignedFace {
    /// The same face seen in a mirror.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let rows = self.rgb.chunks_exact(self.side_px.max(1));
        let rgb = rows.flat_map(|row| row.iter().rev().copied()).collect();
        Self { model: self.model, side_px: self.side_px, rgb }
    }

    /// The same face seen from nearer: enlarged by `factor`, at least 1, around the middle, and cut to its size.
    ///
    /// Pixels are interpolated between the four around them.
    #[must_use]
    pub fn nearer(&self, factor: f32) -> Self {
        let middle = (self.side_px.max(1) - 1) as f32 / 2.0;
        let places: Vec<Place> = (0..self.side_px)
            .map(|index| {
                Place::new(middle + (index as f32 - middle) / factor.max(1.0), self.side_px)
            })
            .collect();
        let row = |place: &Place| &self.rgb[place.first * self.side_px..][..2 * self.side_px];
        let rgb = places.iter().flat_map(|y| {
            let (above, below) = row(y).split_at(self.side_px);
            places.iter().map(|x| y.between(x.of(above), x.of(below))).collect::<Vec<_>>()
        });
        Self { model: self.model, side_px: self.side_px, rgb: rgb.collect() }
    }
}

/// A place between two neighbouring pixels of a line.
struct Place {
    first: usize,
    /// From the first to the second, 0 to 1.
    share: f32,
}

impl Place {
    /// `at` lies within a line of `len` pixels, two at least.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place within a line of few pixels"
    )]
    fn new(at: f32, len: usize) -> Self {
        let first = (at.max(0.0) as usize).min(len.saturating_sub(2));
        Self { first, share: (at - first as f32).clamp(0.0, 1.0) }
    }

    fn of(&self, line: &[[f32; 3]]) -> [f32; 3] {
        self.between(line[self.first], line[self.first + 1])
    }

    fn between(&self, first: [f32; 3], second: [f32; 3]) -> [f32; 3] {
        std::array::from_fn(|channel| {
            first[channel] + self.share * (second[channel] - first[channel])
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::embedding::ModelId;

    /// A picture whose red grows to the right and whose green grows downwards.
    fn slope(side_px: usize) -> AlignedFace {
        let pixel = |index: usize| [(index % side_px) as f32, (index / side_px) as f32, 7.0];
        let rgb = (0..side_px * side_px).map(pixel).collect();
        AlignedFace { model: ModelId::DlibResnetV1, side_px, rgb }
    }

    proptest! {
        #[test]
        fn nearer_keeps_the_middle_and_spreads_the_rest(side in 2_usize..40, factor in 1.0_f32..3.0) {
            let (seen, nearer) = (slope(side), slope(side).nearer(factor));
            prop_assert_eq!(nearer.rgb.len(), seen.rgb.len());
            let middle = (side - 1) as f32 / 2.0;
            for (pixel, [x, y, _]) in nearer.rgb.iter().zip(&seen.rgb) {
                prop_assert!((pixel[0] - (middle + (x - middle) / factor)).abs() < 1e-3);
                prop_assert!((pixel[1] - (middle + (y - middle) / factor)).abs() < 1e-3);
                prop_assert_eq!(pixel[2], 7.0);
            }
        }

        #[test]
        fn a_mirror_of_a_mirror_is_the_face(side in 2_usize..40) {
            prop_assert!(slope(side).mirrored().mirrored() == slope(side));
        }
    }
}
