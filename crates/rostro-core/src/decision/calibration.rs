//! How often strangers come how near: measured, and kept as a table for each metric.

use std::str::FromStr;

use thiserror::Error;

use super::table;
use crate::embedding::{Distance, ModelId, Threshold, UnknownModel};

/// How often something that is no match is taken for one: above 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct FalseMatchRate(f32);

/// A rate that is none.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error("a false-match rate is above 0 and at most 1, got {0}")]
pub struct RateOutOfRange(pub f32);

impl FalseMatchRate {
    /// The least that is told apart from zero.
    const LEAST: f32 = 1e-12;

    /// Takes a rate.
    ///
    /// # Errors
    /// [`RateOutOfRange`] unless it is above 0 and at most 1.
    pub fn new(rate: f32) -> Result<Self, RateOutOfRange> {
        if rate > 0.0 && rate <= 1.0 { Ok(Self(rate)) } else { Err(RateOutOfRange(rate)) }
    }

    /// One in `n`; `None` for 0.
    #[must_use]
    pub fn one_in(n: u32) -> Option<Self> {
        (n > 0).then(|| Self::held(1.0 / f64::from(n)))
    }

    /// The number, above 0 and at most 1.
    #[must_use]
    pub const fn value(self) -> f32 {
        self.0
    }

    /// What each of `people` comparisons may have, so that all of them together have this rate: 1 − (1 − r)^(1/n), as
    /// if they were independent. On LFW they nearly are: see `docs/accuracy`.
    #[must_use]
    pub fn for_each_of(self, people: usize) -> Self {
        let people = people.max(1) as f64;
        let rate = -f64::exp_m1(f64::ln_1p(-f64::from(self.0)) / people);
        Self::held(rate)
    }

    /// What `people` comparisons have together, each having this rate: 1 − (1 − r)^n.
    #[must_use]
    pub fn for_any_of(self, people: usize) -> Self {
        let people = people.max(1) as f64;
        Self::held(-f64::exp_m1(f64::ln_1p(-f64::from(self.0)) * people))
    }

    /// `factor` times as often, at most always.
    #[must_use]
    pub fn times(self, factor: f32) -> Self {
        Self::held(f64::from(self.0) * f64::from(factor))
    }

    #[expect(clippy::cast_possible_truncation, reason = "seven digits of a rate are enough")]
    fn held(rate: f64) -> Self {
        Self(rate.clamp(f64::from(Self::LEAST), 1.0) as f32)
    }

    fn from_log(log_rate: f32) -> Self {
        Self::held(f64::from(log_rate).exp())
    }
}

/// In what two faces are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The distance of one model's embeddings.
    Model(ModelId),
    /// [`combined_distance`], where both models' embeddings are at hand.
    Combined,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 3] =
        [Self::Model(ModelId::DlibResnetV1), Self::Model(ModelId::Sface2021Dec), Self::Combined];

    /// How often strangers come how near in it.
    #[must_use]
    pub const fn calibration(self) -> &'static Calibration {
        match self {
            Self::Model(ModelId::DlibResnetV1) => &table::DLIB,
            Self::Model(ModelId::Sface2021Dec) => &table::SFACE,
            Self::Combined => &table::COMBINED,
        }
    }

    /// The distance within which a pair counts as one person's where nothing else is said: the model's default
    /// threshold; for both combined the distance at which either is as likely.
    #[must_use]
    pub const fn default_threshold(self) -> f32 {
        match self {
            Self::Model(model) => model.default_threshold().max(),
            Self::Combined => self.calibration().even_distance(),
        }
    }

    /// `distance` on the scale of the legacy wires: there every metric's default threshold reads 0.6.
    #[must_use]
    pub fn legacy_distance(self, distance: f32) -> f32 {
        distance * (Threshold::LEGACY_SCALE / self.default_threshold())
    }

    /// `1 - legacy distance`, never below 0: the confidence of the legacy wires.
    #[must_use]
    pub fn legacy_confidence(self, distance: f32) -> f32 {
        (1.0 - self.legacy_distance(distance)).max(0.0)
    }

    /// A word for it: the model's id, or `combined`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model(model) => model.as_str(),
            Self::Combined => "combined",
        }
    }
}

impl From<ModelId> for Metric {
    fn from(model: ModelId) -> Self {
        Self::Model(model)
    }
}

impl FromStr for Metric {
    type Err = UnknownModel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == word).ok_or(UnknownModel)
    }
}

/// SFace's part of [`combined_distance`].
///
/// 0.75, chosen empirically on LFW: at a false-match rate of 1e-4 it finds 97.9 % of the pairs, SFace alone 97.2 %, at
/// 1e-5 95.9 % against 94.9 %. 0.7 gives 97.8 and 95.4 %, 0.8 gives 98.0 and 95.9 %.
const SFACE_WEIGHT: f32 = 0.75;

/// Both models' distances as one: the weighted mean of each as a fraction of its model's default threshold. `None`
/// unless one is SFace's and the other dlib's.
#[must_use]
pub fn combined_distance(a: Distance, b: Distance) -> Option<f32> {
    let (sface, dlib) = match (a.model(), b.model()) {
        (ModelId::Sface2021Dec, ModelId::DlibResnetV1) => (a, b),
        (ModelId::DlibResnetV1, ModelId::Sface2021Dec) => (b, a),
        _ => return None,
    };
    let fraction =
        |distance: Distance| distance.value() / distance.model().default_threshold().max();
    Some(SFACE_WEIGHT * fraction(sface) + (1.0 - SFACE_WEIGHT) * fraction(dlib))
}

/// How often strangers come how near in one metric, and how near people come to themselves.
///
/// Made by `cargo xtask bench accuracy --write-calibration` from every pair of pictures of LFW's folds 1–5. Rates below 1e-6
/// are continued there, as no pair tells of them.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Distances, ascending, each with the share of strangers' pairs that lie within it, ascending too.
    pub(super) strangers: &'static [(f32, f32)],
    /// Slope and middle of the logistic curve that best tells pairs of one person from strangers', both being as many.
    pub(super) logistic: (f32, f32),
}

impl Calibration {
    /// The distance within which strangers come at `rate`. Beyond the table, below it above all, the last two rows are
    /// continued as a line in the logarithm; never below 0.
    #[must_use]
    pub fn distance_at(&self, rate: FalseMatchRate) -> f32 {
        self.distance_at_log(rate.value().ln())
    }

    /// How often a stranger comes within `distance` of one person.
    #[must_use]
    pub fn rate_at(&self, distance: f32) -> FalseMatchRate {
        FalseMatchRate::from_log(self.log_rate_at(distance))
    }

    /// The probability that a face at `distance` is that person, the nearest of `people`: 0 to 1. Beforehand it is as
    /// likely that it is none of them as that it is one of them.
    #[must_use]
    pub fn probability(&self, distance: f32, people: usize) -> f32 {
        let (slope, middle) = self.logistic;
        let log_odds = slope * (middle - distance) - (people.max(1) as f32).ln();
        1.0 / (1.0 + (-log_odds).exp())
    }

    /// The distance at which a pair is as likely one person's as two persons', both being as many beforehand.
    #[must_use]
    pub const fn even_distance(&self) -> f32 {
        self.logistic.1
    }

    pub(super) fn distance_at_log(&self, log_rate: f32) -> f32 {
        interpolate(self.strangers, log_rate, |&(distance, rate)| (rate.ln(), distance)).max(0.0)
    }

    pub(super) fn log_rate_at(&self, distance: f32) -> f32 {
        interpolate(self.strangers, distance, |&(distance, rate)| (distance, rate.ln())).min(0.0)
    }
}

/// The line between the two rows around `x`, or through the two at the nearer end.
fn interpolate(rows: &[(f32, f32)], x: f32, axes: impl Fn(&(f32, f32)) -> (f32, f32)) -> f32 {
    let next = rows.partition_point(|row| axes(row).0 < x).clamp(1, rows.len() - 1);
    let ((x0, y0), (x1, y1)) = (axes(&rows[next - 1]), axes(&rows[next]));
    y0 + (x - x0) / (x1 - x0) * (y1 - y0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tables_ascend_and_say_what_they_were_made_for() {
        for metric in Metric::ALL {
            let Calibration { strangers, logistic: (slope, middle) } = metric.calibration();
            assert!(strangers.len() > 8, "{}", metric.as_str());
            assert!(
                strangers.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1)
            );
            assert!(*slope > 0.0 && *middle > 0.0);
        }
        for metric in Metric::ALL {
            let at = metric.default_threshold();
            assert!((metric.legacy_distance(at) - 0.6).abs() < 1e-6, "{}", metric.as_str());
            assert!((metric.legacy_confidence(at) - 0.4).abs() < 1e-6, "{}", metric.as_str());
            assert_eq!(metric.legacy_confidence(3.0 * at), 0.0);
            assert_eq!(metric.as_str().parse(), Ok(metric));
        }
        // What is said of the models elsewhere.
        let sface = Metric::Model(ModelId::Sface2021Dec).calibration();
        assert!((1.05..1.09).contains(&sface.distance_at(FalseMatchRate::one_in(10_000).unwrap())));
        let dlib = Metric::Model(ModelId::DlibResnetV1).calibration();
        assert!((0.45..0.5).contains(&dlib.distance_at(FalseMatchRate::one_in(10_000).unwrap())));
    }

    #[test]
    fn rates_out_of_range_are_refused() {
        for rate in [0.0, -0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert!(FalseMatchRate::new(rate).is_err(), "{rate}");
        }
        assert_eq!(FalseMatchRate::one_in(0), None);
        assert_eq!(FalseMatchRate::new(0.25), Ok(FalseMatchRate::one_in(4).unwrap()));
        assert_eq!(
            FalseMatchRate::new(2.0).unwrap_err().to_string(),
            "a false-match rate is above 0 and at most 1, got 2"
        );
    }

    #[test]
    fn only_two_models_can_be_combined() {
        let [dlib, sface] =
            ModelId::ALL.map(|model| Distance::new(model, model.default_threshold().max()));
        assert_eq!(combined_distance(dlib, sface), Some(1.0));
        assert_eq!(combined_distance(sface, dlib), Some(1.0));
        assert_eq!(combined_distance(sface, sface), None);
    }

    proptest! {
        #[test]
        fn distance_and_rate_are_each_others_inverse(exponent in -9.0_f32..-0.4, which in 0_usize..3) {
            let calibration = Metric::ALL[which].calibration();
            let rate = FalseMatchRate::new(10_f32.powf(exponent)).unwrap();
            let distance = calibration.distance_at(rate);
            if distance > 0.0 {
                let again = calibration.rate_at(distance).value();
                prop_assert!((again / rate.value() - 1.0).abs() < 0.02, "{again} {}", rate.value());
            }
        }

        #[test]
        fn what_each_may_have_all_have_together(exponent in -6.0_f32..-0.5, people in 1_usize..10_000) {
            let rate = FalseMatchRate::new(10_f32.powf(exponent)).unwrap();
            let again = rate.for_each_of(people).for_any_of(people).value();
            prop_assert!((again / rate.value() - 1.0).abs() < 1e-3);
            prop_assert!(rate.for_each_of(people) <= rate);
        }
    }
}
