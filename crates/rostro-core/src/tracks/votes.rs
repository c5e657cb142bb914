//! Many looks, one decision: votes by quality, slow to name and quick to take back, without flicker.

use std::collections::VecDeque;

use super::LookQuality;
use crate::decision::{Decision, Outcome};

/// Who one look says the face is.
#[derive(Clone, Debug, PartialEq)]
pub enum LookOutcome<S> {
    /// Somebody enrolled, within the threshold.
    Known {
        /// Who.
        subject: S,
        /// How sure, 0 at the threshold to 1.
        sureness: f32,
    },
    /// Nobody who is enrolled.
    Unknown,
    /// Too close to call.
    NotSure,
}

impl<S> LookOutcome<S> {
    /// A distance of this fraction of the threshold is as sure as can be. 0.7 of SFace's is 0.79 (cosine 0.69), of
    /// dlib's 0.42: there the false matches of both are below one in 10,000.
    const SURE_FRACTION: f32 = 0.7;
    /// What was decided on one look.
    #[must_use]
    pub fn of_decision(decision: Decision<S>) -> Self {
        match (decision.outcome, decision.evidence) {
            (Outcome::Known(subject), Some(evidence)) => {
                let sureness = Self::sureness(evidence.distance / evidence.threshold);
                Self::Known { subject, sureness }
            }
            (Outcome::Unknown, _) => Self::Unknown,
            (Outcome::Known(_) | Outcome::NotSure(_), _) => Self::NotSure,
        }
    }

    /// How sure a name is; 0 for no name.
    const fn sure(&self) -> f32 {
        match self {
            Self::Known { sureness, .. } => sureness.clamp(0.0, 1.0),
            Self::Unknown | Self::NotSure => 0.0,
        }
    }

    /// How much it counts beside others. A match at the very threshold is half of what no match is; a very sure one is
    /// three times as much: a look from aside takes many people away from themselves, and hardly anybody to
    /// somebody else.
    fn weight(&self) -> f32 {
        match self {
            Self::Known { .. } => 0.5 + 2.5 * self.sure() * self.sure(),
            Self::Unknown => 1.0,
            Self::NotSure => 0.5,
        }
    }

    /// How sure a distance is that is this fraction of the threshold.
    fn sureness(fraction: f32) -> f32 {
        ((1.0 - fraction) / (1.0 - Self::SURE_FRACTION)).clamp(0.0, 1.0)
    }
}

/// What a track's looks say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TrackDecision<S> {
    /// Too little was seen, or who it is must be checked again.
    #[default]
    Undecided,
    /// Somebody enrolled.
    Known {
        /// Who.
        subject: S,
    },
    /// Nobody who is enrolled.
    Unknown,
    /// The looks contradict each other.
    NotSure,
}

impl<S> TrackDecision<S> {
    /// Who it is, if somebody known.
    pub const fn subject(&self) -> Option<&S> {
        match self {
            Self::Known { subject } => Some(subject),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
struct Vote<S> {
    outcome: LookOutcome<S>,
    quality: f32,
}

/// The latest looks, and what was made of them.
#[derive(Clone, Debug)]
pub(super) struct Votes<S> {
    votes: VecDeque<Vote<S>>,
    decision: TrackDecision<S>,
    looks: u32,
}

/// What speaks for one answer.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    looks: usize,
    weight: f32,
    /// The surest look.
    sureness: f32,
}

impl<S> Default for Votes<S> {
    fn default() -> Self {
        Self { votes: VecDeque::new(), decision: TrackDecision::Undecided, looks: 0 }
    }
}

impl<S: Clone + PartialEq> Votes<S> {
    /// Looks remembered.
    const KEPT: usize = 16;
    /// Each look weighs this much of the next.
    const DECAY: f32 = 0.9;
    /// Looks that must agree before somebody is named, and their weight together.
    const NAMING_LOOKS: usize = 2;
    const NAMING_WEIGHT: f32 = 0.5;
    /// One of them must be this sure: a stranger who is like somebody stays near the threshold in every look. 0.2 is
    /// 1.06 for SFace and 0.564 for dlib; chosen empirically: in a webcam clip a stranger comes as near as 0.572.
    const NAMING_SURENESS: f32 = 0.2;
    /// Weight of looks that must agree before somebody counts as unknown: more than one good look.
    const UNKNOWN_WEIGHT: f32 = 0.8;
    /// Share of all the weight that the answer needs.
    const SHARE: f32 = 0.6;
    /// Quality from which one very sure look is enough.
    const SURE_QUALITY: f32 = 0.5;
    /// Looks in a row against a name that take it back, and their weight together.
    const REVOKING_LOOKS: usize = 2;
    const REVOKING_WEIGHT: f32 = 0.8;
    /// Unless they speak for somebody else, the name must also have lost its hold: the looks that spoke for it now have
    /// less than this share. So a name that hardly was one falls to two looks, and one that many sure looks gave
    /// outlasts a head turned aside, which its track shows to be the same.
    const HOLDING_SHARE: f32 = 0.45;
    /// Looks after which contradiction is an answer.
    const NOT_SURE_LOOKS: usize = 6;

    pub(super) const fn decision(&self) -> &TrackDecision<S> {
        &self.decision
    }

    /// Looks that voted.
    pub(super) const fn looks(&self) -> u32 {
        self.looks
    }

    /// Whether the newest look says something else than the decision.
    pub(super) fn is_contradicted(&self) -> bool {
        self.votes.back().is_some_and(|vote| !agrees(&self.decision, &vote.outcome))
    }

    pub(super) fn push(&mut self, outcome: LookOutcome<S>, quality: LookQuality) {
        if self.votes.len() == Self::KEPT {
            self.votes.pop_front();
        }
        self.votes.push_back(Vote { outcome, quality: quality.value() });
        self.looks = self.looks.saturating_add(1);
        self.decide();
    }

    fn decide(&mut self) {
        if matches!(self.decision, TrackDecision::Known { .. }) {
            let against = self.contrary();
            if against.looks < Self::REVOKING_LOOKS
                || against.weight < Self::REVOKING_WEIGHT
                || (self.holds() && !self.is_another(against.looks))
            {
                return;
            }
            // What spoke for the name is void.
            self.votes.drain(..self.votes.len() - against.looks);
            self.decision = TrackDecision::Undecided;
        }
        let answer = self.answer();
        let is_answer = matches!(answer, TrackDecision::Known { .. } | TrackDecision::Unknown);
        let had_answer = matches!(self.decision, TrackDecision::Unknown);
        if is_answer || (!had_answer && answer != TrackDecision::Undecided) {
            self.decision = answer;
        }
    }

    /// The looks in a row, up to the newest, that speak against the decision.
    fn contrary(&self) -> Tally {
        let mut tally = Tally::default();
        for vote in self.votes.iter().rev() {
            if agrees(&self.decision, &vote.outcome) {
                break;
            }
            tally.looks += 1;
            tally.weight += vote.quality;
        }
        tally
    }

    /// Whether the looks that spoke for the name still outweigh what came since.
    fn holds(&self) -> bool {
        let total = self.tally(|_| true);
        let name = self.tally(|outcome| agrees(&self.decision, outcome));
        name.weight >= Self::HOLDING_SHARE * total.weight
    }

    /// Whether the newest looks, so many, all name somebody else.
    fn is_another(&self, looks: usize) -> bool {
        let mut newest = self.votes.iter().rev().take(looks);
        newest.all(|vote| matches!(vote.outcome, LookOutcome::Known { .. }))
    }

    /// What the votes say, whatever was decided before.
    fn answer(&self) -> TrackDecision<S> {
        let total = self.tally(|_| true);
        let has_share = |tally: Tally| tally.weight >= Self::SHARE * total.weight;
        if let Some((subject, tally)) = self.favourite() {
            let agree = tally.looks >= Self::NAMING_LOOKS
                && tally.weight >= Self::NAMING_WEIGHT
                && tally.sureness >= Self::NAMING_SURENESS
                && has_share(tally);
            if agree || (tally.looks == total.looks && self.has_very_sure_look()) {
                return TrackDecision::Known { subject: subject.clone() };
            }
        }
        let unknown = self.tally(|outcome| matches!(outcome, LookOutcome::Unknown));
        if unknown.looks >= Self::NAMING_LOOKS
            && unknown.weight >= Self::UNKNOWN_WEIGHT
            && has_share(unknown)
        {
            TrackDecision::Unknown
        } else if self.votes.len() >= Self::NOT_SURE_LOOKS {
            TrackDecision::NotSure
        } else {
            TrackDecision::Undecided
        }
    }

    /// The subject with the most weight.
    fn favourite(&self) -> Option<(&S, Tally)> {
        let subjects = self.votes.iter().filter_map(|vote| match &vote.outcome {
            LookOutcome::Known { subject, .. } => Some(subject),
            _ => None,
        });
        let tallied = subjects.map(|subject| {
            let is_theirs = |outcome: &LookOutcome<S>| {
                matches!(outcome, LookOutcome::Known { subject: other, .. } if other == subject)
            };
            (subject, self.tally(is_theirs))
        });
        tallied.max_by(|a, b| a.1.weight.total_cmp(&b.1.weight))
    }

    fn has_very_sure_look(&self) -> bool {
        self.votes.iter().any(|vote| {
            vote.quality >= Self::SURE_QUALITY
                && matches!(vote.outcome, LookOutcome::Known { sureness, .. } if sureness >= 1.0)
        })
    }

    fn tally(&self, counts: impl Fn(&LookOutcome<S>) -> bool) -> Tally {
        let mut tally = Tally::default();
        let mut fade = 1.0;
        for vote in self.votes.iter().rev() {
            if counts(&vote.outcome) {
                tally.looks += 1;
                tally.weight += fade * vote.quality * vote.outcome.weight();
                tally.sureness = tally.sureness.max(vote.outcome.sure());
            }
            fade *= Self::DECAY;
        }
        tally
    }
}

fn agrees<S: PartialEq>(decision: &TrackDecision<S>, outcome: &LookOutcome<S>) -> bool {
    match (decision, outcome) {
        (TrackDecision::Known { subject: decided }, LookOutcome::Known { subject, .. }) => {
            decided == subject
        }
        (TrackDecision::Unknown, LookOutcome::Unknown) => true,
        (TrackDecision::Undecided | TrackDecision::NotSure, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{FalseMatchRate, Metric, Policy, Scored, decide};
    use crate::embedding::ModelId;

    #[test]
    fn strangers_are_hardly_ever_very_sure() {
        for model in ModelId::ALL {
            let very_sure = LookOutcome::<u8>::SURE_FRACTION * model.default_threshold().max();
            let rate = Metric::Model(model).calibration().rate_at(very_sure);
            assert!(rate.value() <= 1e-4, "{model}: {}", rate.value());
        }
    }

    #[test]
    fn a_decision_is_a_vote() {
        let metric = Metric::Model(ModelId::Sface2021Dec);
        let vote = |distance: f32| {
            let candidates = [Scored { subject: "ana", metric, distance }];
            let policy = Policy::new(FalseMatchRate::one_in(10_000).unwrap());
            LookOutcome::of_decision(decide(&candidates, &policy))
        };
        let one_in = |n| metric.calibration().distance_at(FalseMatchRate::one_in(n).unwrap());
        assert_eq!(vote(0.5), LookOutcome::Known { subject: "ana", sureness: 1.0 });
        let near = vote(one_in(20_000));
        assert!(matches!(near, LookOutcome::Known { sureness, .. } if sureness < 0.5));
        assert_eq!(vote(one_in(3000)), LookOutcome::NotSure);
        assert_eq!(vote(one_in(100)), LookOutcome::Unknown);
    }
}
