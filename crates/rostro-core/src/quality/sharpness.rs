//! Whether fine lines are seen.

use super::patch::Patch;

/// How much fine structure a face has, 0 (a smooth surface) to about 0.8 (noise): the share of the differences between
/// neighbours that a further blur takes away. What is blurred already loses little. The least of four directions, so
/// that motion, which blurs one of them, is seen too.
///
/// It does not depend on contrast or brightness. Noise and compression raise it a little.
///
/// Source: Crété-Roffet et al., "The blur effect: perception and estimation with a new no-reference perceptual blur
/// metric" (2007), there for two directions.
pub(super) fn sharpness(patch: &Patch) -> f32 {
    DIRECTIONS.iter().map(|direction| along(patch, direction)).fold(f32::INFINITY, f32::min)
}

struct Direction {
    step: (isize, isize),
    /// Neighbours on each side that the further blur takes in.
    reach: isize,
}

/// Diagonal steps are longer, so fewer are taken. Neither may reach beyond the patch's margin, one more for the difference.
const DIRECTIONS: [Direction; 4] = [
    Direction { step: (1, 0), reach: 3 },
    Direction { step: (0, 1), reach: 3 },
    Direction { step: (1, 1), reach: 2 },
    Direction { step: (1, -1), reach: 2 },
];

/// Differences of less than this, in grey levels, are none: a plain surface is not sharp.
const NOTHING: f32 = 0.05;

fn along(patch: &Patch, Direction { step: (dx, dy), reach }: &Direction) -> f32 {
    let (mut all, mut lost) = (0.0, 0.0);
    let taps = (2 * reach + 1) as f32;
    let at = |steps: isize| patch.shifted(steps * dx, steps * dy);
    let neighbours = at(0).zip(at(1));
    // Blurred neighbours differ in what one has at its far end and the other has not.
    let far = at(-reach).zip(at(reach + 1));
    let mut places = 0.0;
    for ((here, next), (before, after)) in neighbours.zip(far) {
        let difference = (next - here).abs();
        all += difference;
        lost += (difference - (after - before).abs() / taps).max(0.0);
        places += 1.0;
    }
    lost / (all + NOTHING * places)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes of this period in pixels, across.
    fn stripes(period: f32, contrast: f32) -> Patch {
        Patch::from_fn(|x, y| {
            let wave = |at: usize| (at as f32 * std::f32::consts::TAU / period).sin();
            128.0 + contrast * (wave(x) + wave(y) + wave(x + y) + wave(x + 1000 - y))
        })
    }

    #[test]
    fn finer_is_sharper_at_any_contrast() {
        let periods = [4.0, 8.0, 16.0, 32.0, 64.0];
        let measured = periods.map(|period| sharpness(&stripes(period, 20.0)));
        assert!(measured.windows(2).all(|pair| pair[0] > pair[1]), "{measured:?}");
        for (period, expected) in periods.into_iter().zip(measured) {
            let faint = sharpness(&stripes(period, 10.0));
            assert!((faint - expected).abs() < 0.05, "{period}: {faint} and {expected}");
        }
        assert_eq!(sharpness(&Patch::from_fn(|_, _| 90.0)), 0.0);
    }

    #[test]
    fn one_smeared_direction_is_enough() {
        // A hash, so that no direction repeats.
        let noise = |x: usize, y: usize| {
            let mixed = (x * 7919 + y * 104_729 + 1).wrapping_mul(0x9E37_79B9).wrapping_pow(3);
            (mixed >> 9 & 255) as f32
        };
        let sharp = sharpness(&Patch::from_fn(noise));
        let weight = |i: usize| 8.0 - (i as f32 - 8.0).abs();
        let smeared =
            |x: usize, y: usize| (0..16).map(|i| weight(i) * noise(x + i, y)).sum::<f32>() / 64.0;
        let along = sharpness(&Patch::from_fn(smeared));
        let down = sharpness(&Patch::from_fn(|x, y| smeared(y, x)));
        assert!(sharp > 0.6 && along < 0.5 * sharp && down < 0.5 * sharp, "{sharp} {along} {down}");
    }
}
