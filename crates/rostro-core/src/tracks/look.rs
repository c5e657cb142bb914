//! A closer look: why it is wanted, what it found, and what it changed.

use super::{LookOutcome, LookQuality, TrackId};
use crate::embedding::Embedding;

/// Why an embedding is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LookReason {
    /// The track is new, or not decided yet.
    New,
    /// The face is seen better than ever before.
    Better,
    /// The face jumped, or the last look did not fit.
    Changed,
    /// The face was away for a while, or could be another's.
    Ambiguous,
    /// Nothing happened for long.
    Recheck,
}

/// What was found out about a face by embedding it.
#[derive(Clone, Debug)]
pub struct Look<S> {
    /// One of each model; an empty list tells nothing and changes nothing.
    pub embeddings: Vec<Embedding>,
    /// What they are worth.
    pub quality: LookQuality,
    /// Who the gallery says it is.
    pub outcome: LookOutcome<S>,
}

/// What a look did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The track that the face belongs to: not always the one that it was taken for.
    pub track: TrackId,
    /// What changed.
    pub change: Change,
}

/// What a look changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The face is the track's.
    Kept,
    /// It does not look like the track's; another look is wanted.
    Doubted,
    /// The face in the track is another: decision and template are gone.
    Revoked,
    /// Two tracks had exchanged their faces, and have them back.
    Exchanged,
    /// It is a face that had been lost, whose track goes on.
    Rejoined,
}
