//! Stands in for the crate `rustfft`, of which tract links what its Fourier operators need.
//!
//! Our networks have none of them, yet the real crate is a tenth of the browser build and puts SIMD instructions into it
//! even where they are turned off, so that a browser without SIMD refuses the module. Here the transform is what the
//! definition says, in a time that grows with the square of the length.
#![forbid(unsafe_code)]

pub use num_complex;
pub use num_traits;

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use num_complex::Complex;
use num_traits::{FloatConst, FromPrimitive, Signed};

/// Numbers that can be transformed.
pub trait FftNum: Copy + FromPrimitive + Signed + Sync + Send + Debug + 'static {}

impl<T: Copy + FromPrimitive + Signed + Sync + Send + Debug + 'static> FftNum for T {}

/// Whether the exponent is negative or positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FftDirection {
    /// Negative.
    Forward,
    /// Positive.
    Inverse,
}

/// A transform of one length in one direction.
pub trait Fft<T: FftNum>: Sync + Send {
    /// Transforms, one after the other, what each stretch of that length in `buffer` holds. The result is not scaled.
    fn process(&self, buffer: &mut [Complex<T>]);
}

/// Makes transforms.
#[derive(Clone, Copy, Debug, Default)]
pub struct FftPlanner<T>(PhantomData<T>);

impl<T: FftNum> FftPlanner<T> {
    /// A planner.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// The transform of `len` numbers in `direction`.
    pub fn plan_fft(&mut self, len: usize, direction: FftDirection) -> Arc<dyn Fft<T>> {
        let sign = match direction {
            FftDirection::Forward => -1.0,
            FftDirection::Inverse => 1.0,
        };
        let turn = |k: usize| {
            let angle = sign * f64::TAU() * k as f64 / len as f64;
            let number = |value| T::from_f64(value).unwrap_or_else(T::zero);
            Complex::new(number(angle.cos()), number(angle.sin()))
        };
        Arc::new(Definition { roots: (0..len).map(turn).collect() })
    }

    /// The forward transform of `len` numbers.
    pub fn plan_fft_forward(&mut self, len: usize) -> Arc<dyn Fft<T>> {
        self.plan_fft(len, FftDirection::Forward)
    }
}

/// The sum that defines the transform.
struct Definition<T> {
    /// The powers of the root of unity, from 1 on.
    roots: Vec<Complex<T>>,
}

impl<T: FftNum> Fft<T> for Definition<T> {
    fn process(&self, buffer: &mut [Complex<T>]) {
        let len = self.roots.len().max(1);
        for stretch in buffer.chunks_exact_mut(len) {
            let before = stretch.to_vec();
            for (frequency, sum) in stretch.iter_mut().enumerate() {
                let turned = before.iter().enumerate();
                let turned = turned.map(|(k, value)| value * self.roots[k * frequency % len]);
                *sum = turned.fold(Complex::new(T::zero(), T::zero()), |sum, value| sum + value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transformed(values: &[f64], direction: FftDirection) -> Vec<Complex<f64>> {
        let mut buffer: Vec<Complex<f64>> =
            values.iter().map(|&value| Complex::new(value, 0.0)).collect();
        FftPlanner::new().plan_fft(values.len(), direction).process(&mut buffer);
        buffer
    }

    #[test]
    fn by_hand() {
        struct Case {
            values: &'static [f64],
            expected: &'static [(f64, f64)],
        }
        for case in [
            Case { values: &[5.0], expected: &[(5.0, 0.0)] },
            Case { values: &[1.0, 2.0], expected: &[(3.0, 0.0), (-1.0, 0.0)] },
            Case {
                values: &[0.0, 1.0, 0.0, 0.0],
                expected: &[(1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.0, 1.0)],
            },
        ] {
            let found = transformed(case.values, FftDirection::Forward);
            for (found, &(re, im)) in found.iter().zip(case.expected) {
                assert!((found - Complex::new(re, im)).l1_norm() < 1e-12, "{:?}", case.values);
            }
        }
    }

    #[test]
    fn there_and_back_is_as_many_times_as_much() {
        let values = [3.0, -1.0, 4.0, 1.5, -9.0, 2.0, 6.0];
        let mut buffer = transformed(&values, FftDirection::Forward);
        FftPlanner::new().plan_fft(7, FftDirection::Inverse).process(&mut buffer);
        for (back, value) in buffer.iter().zip(values) {
            assert!((back - Complex::new(7.0 * value, 0.0)).l1_norm() < 1e-9);
        }
    }
}
