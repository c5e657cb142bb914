//! Whose face a track has: its template, its votes, and what is open about them.

use super::template::Templates;
use super::votes::{TrackDecision, Votes};
use super::{Look, LookQuality, LookReason, TrackerOptions};
use crate::embedding::Embedding;

#[derive(Clone, Debug)]
pub(super) struct Identity<S> {
    templates: Templates,
    votes: Votes<S>,
    doubt: Doubt,
    /// Whether the face jumped since the last look.
    has_jumped: bool,
    /// The latest looks in a row that do not fit the template.
    misfits: Vec<Look<S>>,
    looked_ms: Option<u64>,
}

/// What speaks against taking the face for the track's without looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doubt {
    #[default]
    None,
    /// It could have been mixed up with another.
    Contested,
    /// It was away: until a look fits, nobody is named.
    Away,
}

/// How a look fits a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fit {
    /// Nothing is known of the track's face.
    New,
    /// It is the same, at this misfit, 0 to 1.
    Same(f32),
    /// It is another, at this misfit, above 1.
    Other(f32),
}

impl Fit {
    /// How far apart, as a fraction of the threshold.
    pub(super) const fn misfit(self) -> f32 {
        match self {
            Self::New => f32::INFINITY,
            Self::Same(misfit) | Self::Other(misfit) => misfit,
        }
    }

    /// The misfit, if it is the same face.
    pub(super) const fn same(self) -> Option<f32> {
        match self {
            Self::Same(misfit) => Some(misfit),
            _ => None,
        }
    }
}

impl<S> Default for Identity<S> {
    fn default() -> Self {
        Self {
            templates: Templates::default(),
            votes: Votes::default(),
            doubt: Doubt::None,
            has_jumped: false,
            misfits: Vec::new(),
            looked_ms: None,
        }
    }
}

impl<S: Clone + PartialEq> Identity<S> {
    /// A swap is certain after this much weight of looks in a row that do not fit: two good ones if they look like
    /// each other, or twice as much.
    const SWAP_WEIGHT: f32 = 0.8;
    const SWAP_LOOKS: usize = 2;
    /// However poor they are, so many misfits in a row are a swap. A head that is turned away looks like nobody for a
    /// while: this many come with [`TrackerOptions::pace_ms`] growing between them.
    const SWAP_LOOKS_AT_MOST: usize = 8;
    /// A quality this much above the best so far is worth a look.
    const BETTER: f32 = 0.15;

    /// Who the face is; undecided while it could be another's.
    pub(super) fn decision(&self) -> &TrackDecision<S> {
        let is_open = match self.doubt {
            Doubt::None => false,
            Doubt::Contested => !self.misfits.is_empty(),
            Doubt::Away => true,
        };
        if is_open { &TrackDecision::Undecided } else { self.votes.decision() }
    }

    pub(super) const fn looks(&self) -> u32 {
        self.votes.looks()
    }

    /// Whether the face could be another track's.
    pub(super) fn is_contested(&self) -> bool {
        self.doubt != Doubt::None
    }

    pub(super) fn note_sight(&mut self, was_away: bool, is_contested: bool, has_jumped: bool) {
        if self.templates.is_empty() {
            return;
        }
        if was_away {
            self.doubt = Doubt::Away;
        } else if is_contested {
            self.contest();
        }
        self.has_jumped |= has_jumped;
    }

    /// Notes that the face could be another track's.
    pub(super) fn contest(&mut self) {
        if self.doubt == Doubt::None {
            self.doubt = Doubt::Contested;
        }
    }

    /// Why an embedding of the face, at `quality`, is worth computing now.
    pub(super) fn wanted(
        &self,
        quality: LookQuality,
        options: &TrackerOptions,
        now_ms: u64,
    ) -> Option<LookReason> {
        let Some(looked_ms) = self.looked_ms else { return Some(LookReason::New) };
        let since_ms = now_ms.saturating_sub(looked_ms);
        if since_ms < self.pace_ms(options) {
            None
        } else if self.doubt != Doubt::None {
            Some(LookReason::Ambiguous)
        } else if self.has_jumped || !self.misfits.is_empty() || self.votes.is_contradicted() {
            Some(LookReason::Changed)
        } else if *self.votes.decision() == TrackDecision::Undecided {
            Some(LookReason::New)
        } else if quality.value() > self.templates.best_quality() + Self::BETTER {
            Some(LookReason::Better)
        } else if since_ms >= options.recheck_ms {
            Some(LookReason::Recheck)
        } else {
            None
        }
    }

    /// Longer after every look that did not fit, so that a head turned away does not cost a look a frame.
    fn pace_ms(&self, options: &TrackerOptions) -> u64 {
        let open = self.misfits.len() / Self::SWAP_LOOKS;
        options.pace_ms * (1 + u64::try_from(open).unwrap_or(0))
    }

    /// How `embeddings` fit the face. Those of a model that the face is not known in are taken for the same.
    pub(super) fn fit(&self, embeddings: &[Embedding]) -> Fit {
        match self.templates.misfit(embeddings) {
            None if self.templates.is_empty() => Fit::New,
            None => Fit::Same(1.0),
            Some(misfit) if misfit <= 1.0 => Fit::Same(misfit),
            Some(misfit) => Fit::Other(misfit),
        }
    }

    /// Takes a look at the track's own face.
    pub(super) fn confirm(&mut self, look: Look<S>, now_ms: u64) {
        self.misfits.clear();
        self.doubt = Doubt::None;
        self.count(look);
        self.has_looked(now_ms);
    }

    /// Takes a look that does not fit; whether it shows that the face is another. The template and the votes are
    /// then those of the new face alone.
    pub(super) fn doubt(&mut self, look: Look<S>, now_ms: u64) -> bool {
        self.has_looked(now_ms);
        self.misfits.push(look);
        if !self.is_swapped() {
            return false;
        }
        self.templates = Templates::default();
        self.votes = Votes::default();
        self.doubt = Doubt::None;
        let mut misfits = std::mem::take(&mut self.misfits);
        // The latest look is the new face for certain; what it resembles counts too.
        misfits.reverse();
        for look in misfits {
            if self.fit(&look.embeddings).misfit() <= 1.0 || self.templates.is_empty() {
                self.count(look);
            }
        }
        true
    }

    fn is_swapped(&self) -> bool {
        let Some((latest, earlier)) = self.misfits.split_last() else { return false };
        let weight = |looks: &[Look<S>]| looks.iter().map(|look| look.quality.value()).sum::<f32>();
        let mut new_face = Templates::default();
        new_face.add(&latest.embeddings, latest.quality);
        let alike: Vec<_> = earlier
            .iter()
            .filter(|look| new_face.misfit(&look.embeddings).is_none_or(|misfit| misfit <= 1.0))
            .cloned()
            .collect();
        let alike_weight = weight(&alike) + latest.quality.value();
        (alike.len() + 1 >= Self::SWAP_LOOKS && alike_weight >= Self::SWAP_WEIGHT)
            || weight(&self.misfits) >= 2.0 * Self::SWAP_WEIGHT
            || self.misfits.len() >= Self::SWAP_LOOKS_AT_MOST
    }

    /// Notes that no embedding could be had.
    pub(super) fn pass(&mut self, now_ms: u64) {
        self.has_looked(now_ms);
    }

    fn count(&mut self, look: Look<S>) {
        self.templates.add(&look.embeddings, look.quality);
        self.votes.push(look.outcome, look.quality);
    }

    const fn has_looked(&mut self, now_ms: u64) {
        self.looked_ms = Some(now_ms);
        self.has_jumped = false;
    }
}
