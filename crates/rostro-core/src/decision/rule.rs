//! What a decision is made by: a false-match rate, limits of distance, or both.

use super::calibration::{Metric, combined_distance};
use super::{Decision, Doubt, Evidence, FalseMatchRate, Outcome, Policy, Scored};
use crate::embedding::{Distance, ModelId, Threshold};

/// The distances beyond which nobody is named, whatever the rate: one for each metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    dlib: f32,
    sface: f32,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { dlib: f32::INFINITY, sface: f32::INFINITY };

    /// Every model's default threshold.
    pub const DEFAULT: Self = Self {
        dlib: ModelId::DlibResnetV1.default_threshold().max(),
        sface: ModelId::Sface2021Dec.default_threshold().max(),
    };

    /// These limits with that of `threshold`'s model in place of its own.
    #[must_use]
    pub const fn with(self, threshold: Threshold) -> Self {
        let max = threshold.max();
        match threshold.model() {
            ModelId::DlibResnetV1 => Self { dlib: max, ..self },
            ModelId::Sface2021Dec => Self { sface: max, ..self },
        }
    }

    /// The limit in `metric`. That of [`Metric::Combined`] is both models' limits combined, where limits at their
    /// defaults give [its own default](Metric::default_threshold).
    #[must_use]
    pub fn of(&self, metric: Metric) -> f32 {
        match metric {
            Metric::Model(ModelId::DlibResnetV1) => self.dlib,
            Metric::Model(ModelId::Sface2021Dec) => self.sface,
            Metric::Combined => {
                let dlib = Distance::new(ModelId::DlibResnetV1, self.dlib);
                let sface = Distance::new(ModelId::Sface2021Dec, self.sface);
                let fraction = combined_distance(dlib, sface).unwrap_or(f32::INFINITY);
                fraction * Metric::Combined.default_threshold()
            }
        }
    }
}

/// When a face is given a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Nobody is named beyond these.
    pub limits: Limits,
    /// The rate, the margin and the doubt; `None` where the limits alone decide, as Python's `face_recognition` does:
    /// the nearest person within them is named, however near the second is, and nobody is *not sure*.
    pub policy: Option<Policy>,
}

impl Rule {
    /// Decides between the people of a gallery. `candidates` are the distances to each of them, in any order; `own` is
    /// the rate of a person who has one of their own, instead of the policy's.
    ///
    /// People may be known in different metrics (one in dlib's space only, one in both): they are compared by how rare
    /// it is that a stranger comes so near, and where limits alone decide, by how deep within them they lie. Who is
    /// nearest does not depend on anybody's own rate.
    ///
    /// Cost: one pass over `candidates`.
    #[must_use]
    pub fn decide<S: Clone>(
        &self,
        candidates: &[Scored<S>],
        own: impl Fn(&S) -> Option<FalseMatchRate>,
    ) -> Decision<S> {
        let by_rarity = |scored: &Scored<S>| rarity(scored);
        let by_depth = |scored: &Scored<S>| scored.distance / self.limits.of(scored.metric);
        let nearest = match self.policy {
            Some(_) => two_nearest(candidates, by_rarity),
            None => two_nearest(candidates, by_depth),
        };
        let [Some(best), second] = nearest else {
            return Decision { outcome: Outcome::Unknown, evidence: None };
        };
        let policy = own(&best.subject).map(Policy::new).or(self.policy);
        let people = candidates.len();
        let calibration = best.metric.calibration();
        let limit = self.limits.of(best.metric);
        let distance_at = |rate: FalseMatchRate| calibration.distance_at(rate.for_each_of(people));
        let threshold =
            policy.map_or(limit, |policy| distance_at(policy.stranger_named).min(limit));
        // The second person's distance, read in the metric of the first.
        let margin = second.map(|second| {
            let distance = if second.metric == best.metric {
                second.distance
            } else {
                calibration.distance_at_log(rarity(second))
            };
            distance - best.distance
        });
        let outcome = if best.distance <= threshold {
            let least = policy.map_or(0.0, |policy| policy.min_margin * threshold);
            if margin.is_none_or(|margin| margin >= least) {
                Outcome::Known(best.subject.clone())
            } else {
                Outcome::NotSure(Doubt::SmallMargin)
            }
        } else {
            // Where a limit is the nearer bound, doubt reaches as much further in proportion.
            let reach = policy.map_or(1.0, |policy| {
                let rate = policy.stranger_named;
                distance_at(rate.times(policy.doubt)) / distance_at(rate).max(f32::MIN_POSITIVE)
            });
            if best.distance <= threshold * reach {
                Outcome::NotSure(Doubt::NearThreshold)
            } else {
                Outcome::Unknown
            }
        };
        let evidence = Evidence {
            metric: best.metric,
            distance: best.distance,
            threshold,
            margin,
            false_match_rate: calibration.rate_at(best.distance).for_any_of(people),
            probability: calibration.probability(best.distance, people),
        };
        Decision { outcome, evidence: Some(evidence) }
    }
}

/// How rare it is that a stranger comes so near to somebody, as a logarithm.
fn rarity<S>(scored: &Scored<S>) -> f32 {
    scored.metric.calibration().log_rate_at(scored.distance)
}

/// The two that `rank` least, which must grow with the distance within one metric; of equals, the first.
fn two_nearest<S>(
    candidates: &[Scored<S>],
    rank: impl Fn(&Scored<S>) -> f32,
) -> [Option<&Scored<S>>; 2] {
    // Only two of each metric are ranked: there may be a hundred thousand candidates.
    let nearest_of = |metric: Metric| {
        let mut nearest: [Option<&Scored<S>>; 2] = [None, None];
        for scored in candidates.iter().filter(|scored| scored.metric == metric) {
            let is_before = |other: Option<&Scored<S>>| {
                other.is_none_or(|other| scored.distance < other.distance)
            };
            if is_before(nearest[0]) {
                nearest = [Some(scored), nearest[0]];
            } else if is_before(nearest[1]) {
                nearest[1] = Some(scored);
            }
        }
        nearest.into_iter().flatten()
    };
    let mut ranked: Vec<&Scored<S>> = Metric::ALL.into_iter().flat_map(nearest_of).collect();
    ranked.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    [ranked.first().copied(), ranked.get(1).copied()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SFACE: Metric = Metric::Model(ModelId::Sface2021Dec);
    const DLIB: Metric = Metric::Model(ModelId::DlibResnetV1);

    fn at(subject: &'static str, metric: Metric, distance: f32) -> Scored<&'static str> {
        Scored { subject, metric, distance }
    }

    fn one_in(n: u32) -> FalseMatchRate {
        FalseMatchRate::one_in(n).unwrap()
    }

    const LIMITS_ONLY: Rule = Rule { limits: Limits::DEFAULT, policy: None };

    #[test]
    fn limits_alone_decide_as_python_does() {
        let outcome = |a: f32, b: f32| {
            LIMITS_ONLY.decide(&[at("ana", DLIB, a), at("luis", DLIB, b)], |_| None).outcome
        };
        assert_eq!(outcome(0.6, 0.9), Outcome::Known("ana"));
        assert_eq!(outcome(0.59, 0.591), Outcome::Known("ana"), "no margin is asked for");
        assert_eq!(outcome(0.601, 0.9), Outcome::Unknown, "and nobody is not sure");
    }

    #[test]
    fn a_limit_holds_whatever_the_rate() {
        let limits = Limits::DEFAULT.with(Threshold::new(ModelId::Sface2021Dec, 0.7).unwrap());
        let rule = Rule { limits, policy: Some(Policy::new(one_in(100))) };
        let decided = |distance| rule.decide(&[at("ana", SFACE, distance)], |_| None);
        assert_eq!(decided(0.69).outcome, Outcome::Known("ana"));
        assert_eq!(decided(0.69).evidence.unwrap().threshold, 0.7);
        assert_eq!(decided(0.71).outcome, Outcome::NotSure(Doubt::NearThreshold));
        assert_eq!(decided(1.1).outcome, Outcome::Unknown);
    }

    #[test]
    fn the_combined_limit_moves_with_both() {
        let default = Metric::Combined.default_threshold();
        assert!((Limits::DEFAULT.of(Metric::Combined) - default).abs() < 1e-6);
        let half = ModelId::ALL.into_iter().fold(Limits::DEFAULT, |limits, model| {
            let half = model.default_threshold().max() / 2.0;
            limits.with(Threshold::new(model, half).unwrap())
        });
        assert!((half.of(Metric::Combined) - default / 2.0).abs() < 1e-6);
        assert_eq!(Limits::NONE.of(Metric::Combined), f32::INFINITY);
    }

    #[test]
    fn a_persons_own_rate_replaces_the_policys() {
        let rule = Rule { limits: Limits::DEFAULT, policy: Some(Policy::new(one_in(1000))) };
        let own = |name: &&'static str| (*name == "twin").then(|| one_in(1_000_000));
        let outcome = |name, distance| {
            rule.decide(&[at(name, SFACE, distance), at("other", SFACE, 1.4)], own).outcome
        };
        assert_eq!(outcome("ana", 1.0), Outcome::Known("ana"));
        assert_eq!(outcome("twin", 1.0), Outcome::NotSure(Doubt::NearThreshold));
        assert_eq!(outcome("twin", 0.7), Outcome::Known("twin"));
        let strict = LIMITS_ONLY.decide(&[at("twin", SFACE, 1.0)], own);
        assert_ne!(strict.outcome, Outcome::Known("twin"), "also where limits decide for others");
    }
}
