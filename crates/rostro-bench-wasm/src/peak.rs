//! The machine's peak: multiply-adds whose operands and sums all stay in registers.

use wasm_bindgen::prelude::wasm_bindgen;

/// Sums that do not wait for each other: enough to hide the latency of a multiply-add on today's machines.
pub(crate) const SUMS: usize = 12;
/// Numbers in a vector.
pub(crate) const LANES: usize = 4;

/// Does `rounds` times `SUMS` × `LANES` multiply-adds, fused where the build has relaxed SIMD, and gives one of
/// the sums, so that nothing can be left out.
#[wasm_bindgen]
#[must_use]
pub fn peak(rounds: u32, a: f32, b: f32) -> f32 {
    imp::peak(rounds, a, b)
}

/// How many multiply-adds one round of [`peak`] is.
#[wasm_bindgen(js_name = peakMacsPerRound)]
#[must_use]
pub fn peak_macs_per_round() -> u32 {
    u32::try_from(SUMS * LANES).expect("a small number")
}

/// Whether [`peak`] fuses: the build has relaxed SIMD.
#[wasm_bindgen(js_name = isRelaxed)]
#[must_use]
pub fn is_relaxed() -> bool {
    cfg!(all(target_arch = "wasm32", target_feature = "relaxed-simd"))
}

#[cfg(target_arch = "wasm32")]
mod imp {
    #[cfg(not(target_feature = "relaxed-simd"))]
    use core::arch::wasm32::f32x4_mul;
    #[cfg(target_feature = "relaxed-simd")]
    use core::arch::wasm32::f32x4_relaxed_madd;
    use core::arch::wasm32::{f32x4_add, f32x4_extract_lane, f32x4_splat, v128};

    use super::SUMS;

    #[cfg(target_feature = "relaxed-simd")]
    fn multiply_add(x: v128, y: v128, sum: v128) -> v128 {
        f32x4_relaxed_madd(x, y, sum)
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    fn multiply_add(x: v128, y: v128, sum: v128) -> v128 {
        f32x4_add(sum, f32x4_mul(x, y))
    }

    pub(super) fn peak(rounds: u32, a: f32, b: f32) -> f32 {
        let mut sums = [f32x4_splat(a); SUMS];
        let mut x = f32x4_splat(b);
        let y = f32x4_splat(a);
        for _ in 0..rounds {
            // Without fusing, a product that never changes could be taken out of the loop.
            if !super::is_relaxed() {
                x = f32x4_add(x, y);
            }
            for sum in &mut sums {
                *sum = multiply_add(x, y, *sum);
            }
        }
        let all = sums.into_iter().fold(f32x4_splat(0.0), |all, sum| f32x4_add(all, sum));
        f32x4_extract_lane::<0>(all)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use super::SUMS;

    pub(super) fn peak(rounds: u32, a: f32, b: f32) -> f32 {
        let mut sums = [a; SUMS];
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = b.mul_add(a, *sum);
            }
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_counts() {
        // Each of the sums starts at 2 and grows by 3 × 2 in a round.
        assert_eq!([0, 1, 10].map(|rounds| peak(rounds, 2.0, 3.0)), [24.0, 96.0, 744.0]);
        assert_eq!(peak_macs_per_round(), 48);
    }
}
