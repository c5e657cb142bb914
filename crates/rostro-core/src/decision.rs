//! The decision: who a face is, how sure that is, and why.
//!
//! A user chooses how often a stranger may be given a name ([`FalseMatchRate`]); the [`calibration`] of each
//! [`Metric`] turns that into a distance, corrected for how many people a probe is held against. A name also needs a
//! margin: the nearest person must be clearly nearer than the second.

pub mod calibration;
mod candidates;
mod rule;
mod table;

pub use calibration::{Calibration, FalseMatchRate, Metric, RateOutOfRange, combined_distance};
pub use candidates::{Scored, scored};
pub use rule::{Limits, Rule};

/// What a name takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// How often a stranger may be given a name, in one look, whatever the size of the gallery.
    pub stranger_named: FalseMatchRate,
    /// The nearest person must be nearer than the second by this share of the threshold, 0 to 1.
    ///
    /// 0.03 by default, chosen empirically on LFW, galleries of 100 and 1,000 people with one picture each: of ten
    /// people whom SFace gave another's name it holds back four, of strangers within the threshold up to 2 % (dlib:
    /// 8 %), and of the right people at most 0.05 %. 0.05 holds back up to 8 % (14 %) and 0.24 %.
    pub min_margin: f32,
    /// Within the distance where this many times more strangers would be named, a face is *not sure* instead of
    /// *unknown*. 10 by default: one order of magnitude of doubt.
    pub doubt: f32,
}

impl Policy {
    /// Where nobody has chosen a rate: one stranger in a thousand.
    pub const DEFAULT_ONE_IN: u32 = 1000;

    /// A policy with the default margin and doubt.
    #[must_use]
    pub const fn new(stranger_named: FalseMatchRate) -> Self {
        Self { stranger_named, min_margin: 0.03, doubt: 10.0 }
    }
}

/// Who a face is.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<S> {
    /// This person.
    Known(S),
    /// Nobody who is enrolled.
    Unknown,
    /// Perhaps somebody who is enrolled: another look is needed. Never to be shown as a name.
    NotSure(Doubt),
}

/// Why a face is neither known nor unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The nearest person is a little too far away.
    NearThreshold,
    /// Two people are about as near.
    SmallMargin,
}

/// What a decision rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// What was measured.
    pub metric: Metric,
    /// To the nearest person, in that metric.
    pub distance: f32,
    /// The distance up to which that person's name is given, for this gallery, in the same metric.
    pub threshold: f32,
    /// How much nearer than the second person, in the same metric; `None` when there is no second.
    pub margin: Option<f32>,
    /// How often a stranger comes as near to somebody of this gallery, in one look.
    pub false_match_rate: FalseMatchRate,
    /// The probability that it is the nearest person, 0 to 1, where a stranger is as likely beforehand as anybody
    /// enrolled at all.
    pub probability: f32,
}

/// A decision and what it rests on; no evidence where nobody is enrolled.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<S> {
    /// Who it is.
    pub outcome: Outcome<S>,
    /// Why.
    pub evidence: Option<Evidence>,
}

impl<S: Clone> Decision<&S> {
    /// The decision with a subject of its own.
    #[must_use]
    pub fn cloned(self) -> Decision<S> {
        let outcome = match self.outcome {
            Outcome::Known(subject) => Outcome::Known(subject.clone()),
            Outcome::Unknown => Outcome::Unknown,
            Outcome::NotSure(doubt) => Outcome::NotSure(doubt),
        };
        Decision { outcome, evidence: self.evidence }
    }
}

/// Decides between the people of a gallery by a false-match rate alone: [`Rule::decide`] without limits and without
/// rates of their own.
#[must_use]
pub fn decide<S: Clone>(candidates: &[Scored<S>], policy: &Policy) -> Decision<S> {
    Rule { limits: Limits::NONE, policy: Some(*policy) }.decide(candidates, |_| None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::embedding::ModelId;

    const SFACE: Metric = Metric::Model(ModelId::Sface2021Dec);
    const DLIB: Metric = Metric::Model(ModelId::DlibResnetV1);

    fn at(subject: &'static str, metric: Metric, distance: f32) -> Scored<&'static str> {
        Scored { subject, metric, distance }
    }

    fn one_in(n: u32) -> Policy {
        Policy::new(FalseMatchRate::one_in(n).unwrap())
    }

    #[test]
    fn outcomes() {
        struct Case {
            what: &'static str,
            candidates: Vec<Scored<&'static str>>,
            outcome: Outcome<&'static str>,
        }
        let cases = [
            Case { what: "nobody enrolled", candidates: vec![], outcome: Outcome::Unknown },
            Case {
                what: "near",
                candidates: vec![at("ana", SFACE, 0.8), at("luis", SFACE, 1.3)],
                outcome: Outcome::Known("ana"),
            },
            Case {
                what: "near to two",
                candidates: vec![at("ana", SFACE, 0.80), at("luis", SFACE, 0.81)],
                outcome: Outcome::NotSure(Doubt::SmallMargin),
            },
            Case {
                what: "a little too far",
                candidates: vec![at("ana", SFACE, 1.13), at("luis", SFACE, 1.4)],
                outcome: Outcome::NotSure(Doubt::NearThreshold),
            },
            Case {
                what: "far",
                candidates: vec![at("ana", SFACE, 1.35), at("luis", SFACE, 1.4)],
                outcome: Outcome::Unknown,
            },
            Case {
                what: "people of two models",
                candidates: vec![at("ana", DLIB, 0.2), at("luis", SFACE, 1.2)],
                outcome: Outcome::Known("ana"),
            },
        ];
        for case in cases {
            let decision = decide(&case.candidates, &one_in(1000));
            assert_eq!(decision.outcome, case.outcome, "{}", case.what);
            assert_eq!(decision.evidence.is_some(), !case.candidates.is_empty());
        }
    }

    #[test]
    fn a_larger_gallery_asks_for_more() {
        let among = |others: usize| {
            let others = std::iter::repeat_n(at("other", SFACE, 1.4), others);
            let candidates: Vec<_> = [at("ana", SFACE, 1.0)].into_iter().chain(others).collect();
            decide(&candidates, &one_in(1000))
        };
        assert_eq!(among(1).outcome, Outcome::Known("ana"));
        assert_eq!(among(999).outcome, Outcome::NotSure(Doubt::NearThreshold));
        let [few, many] = [among(1), among(999)].map(|decision| decision.evidence.unwrap());
        assert!(few.threshold > many.threshold);
        assert!(few.false_match_rate.value() < many.false_match_rate.value());
        assert!(few.probability > many.probability);
    }

    proptest! {
        #[test]
        fn a_nearer_face_is_never_less_known(
            near in 0.1_f32..1.5, step in 0.0_f32..0.5, people in 1_usize..500, n in 1_u32..100_000,
        ) {
            let decided = |distance: f32| {
                let others = std::iter::repeat_n(at("other", SFACE, 2.0), people - 1);
                let all: Vec<_> = [at("ana", SFACE, distance)].into_iter().chain(others).collect();
                decide(&all, &one_in(n))
            };
            let rank = |outcome: &Outcome<&str>| match outcome {
                Outcome::Known(_) => 0,
                Outcome::NotSure(_) => 1,
                Outcome::Unknown => 2,
            };
            let (nearer, further) = (decided(near), decided(near + step));
            prop_assert!(rank(&nearer.outcome) <= rank(&further.outcome));
            let [a, b] = [nearer, further].map(|decision| decision.evidence.unwrap());
            prop_assert!(a.false_match_rate.value() <= b.false_match_rate.value());
            prop_assert!(a.probability >= b.probability);
            prop_assert!((0.0..=1.0).contains(&a.probability));
        }

        #[test]
        fn the_order_of_candidates_does_not_matter(
            distances in proptest::collection::vec(0.2_f32..1.5, 1..20), turn in 0_usize..20,
        ) {
            let mut all: Vec<Scored<usize>> = distances.iter().enumerate()
                .map(|(subject, &distance)| Scored { subject, metric: SFACE, distance }).collect();
            let before = decide(&all, &one_in(100));
            let len = all.len();
            all.rotate_left(turn % len);
            prop_assert_eq!(decide(&all, &one_in(100)).evidence, before.evidence);
        }
    }
}
