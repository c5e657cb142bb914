//! Samples of one thing, and what is said of them.

use serde::{Deserialize, Serialize};

/// Milliseconds of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) wall_ms: f64,
    pub(crate) cpu_ms: f64,
}

/// What a contestant took, a sample for each round: milliseconds of one run.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Samples {
    pub(crate) wall_ms: Vec<f64>,
    pub(crate) cpu_ms: Vec<f64>,
}

impl Samples {
    /// Adds one.
    pub(crate) fn push(&mut self, took: Took) {
        self.wall_ms.push(took.wall_ms);
        self.cpu_ms.push(took.cpu_ms);
    }
}

/// Middle and quarters of samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) lower_quartile: f64,
    pub(crate) upper_quartile: f64,
}

impl Spread {
    /// Of `samples`; `None` where there are none.
    pub(crate) fn of(samples: &[f64]) -> Option<Self> {
        Some(Self {
            median: quantile(samples, 0.5)?,
            lower_quartile: quantile(samples, 0.25)?,
            upper_quartile: quantile(samples, 0.75)?,
        })
    }
}

/// The value below which `share` of the samples lie, between the two nearest where it is none of them.
pub(crate) fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = share * sorted.len().checked_sub(1)? as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the list"
    )]
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    Some(sorted[below] + (sorted[above] - sorted[below]) * at.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_samples() {
        assert_eq!(quantile(&[4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.25), Some(2.0));
        assert_eq!(quantile(&[7.0], 0.75), Some(7.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn one_outlier_moves_no_median() {
        let spread = Spread::of(&[1.0, 1.0, 1.0, 1.0, 900.0]).expect("there are samples");
        assert_eq!(spread, Spread { median: 1.0, lower_quartile: 1.0, upper_quartile: 1.0 });
    }
}
