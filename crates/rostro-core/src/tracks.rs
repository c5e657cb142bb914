//! A face over time: which detection is whose, when to look closer, and who it is in the end.
//!
//! A [`Tracker`] takes the detections of one frame after the other. It gives every face a stable [`TrackId`] and says
//! for which an embedding is worth its cost, and why. What the caller finds out by such a [`Look`] is a vote; many
//! votes make a [`TrackDecision`] that does not flicker. A name asks for agreement, and is taken back when the face
//! in the track turns out to be another.
//!
//! Time comes in as milliseconds of any clock that does not run backwards.
//!
//! ```
//! use rostro_core::tracks::{Look, LookQuality, Outcome, Sight, TrackDecision, Tracker};
//! # use rostro_core::{Detection, Embedding, FrameBox, FramePoint, Landmarks, ModelId, Score};
//! # let point = FramePoint::new;
//! # let detection = Detection {
//! #     bounds: FrameBox::from_tlwh(100.0, 100.0, 80.0, 100.0),
//! #     score: Score::new(0.9).unwrap(),
//! #     landmarks: Landmarks([point(120.0, 140.0), point(160.0, 140.0), point(140.0, 160.0),
//! #         point(125.0, 180.0), point(155.0, 180.0)]),
//! # };
//! # let embedding = Embedding::new(ModelId::DEFAULT, &[0.1; 128]).unwrap();
//! let mut tracker = Tracker::new(Default::default());
//! for now_ms in (0..1000).step_by(33) {
//!     let sights = [Sight { detection, quality: LookQuality::of(&detection) }];
//!     for (sight, tracked) in sights.iter().zip(tracker.observe(&sights, now_ms)) {
//!         let Some(tracked) = tracked else { continue };
//!         if tracked.wanted.is_some() {
//!             // Embed the face and identify it; this one is Ana.
//!             let outcome = Outcome::Known { subject: "Ana", sureness: 0.8 };
//!             let look = Look { embeddings: vec![embedding.clone()], quality: sight.quality, outcome };
//!             tracker.look(tracked.track, look, now_ms);
//!         }
//!     }
//!     let events = tracker.visits(now_ms);
//!     # let _ = events;
//! }
//! let track = tracker.tracks().next().unwrap();
//! assert_eq!(track.decision, &TrackDecision::Known { subject: "Ana" });
//! assert!(track.looks < 5, "30 frames, few embeddings");
//! ```

mod association;
mod identity;
mod motion;
mod quality;
mod template;
mod visits;
mod votes;

use association::{associate, compare, sort_key};
use identity::{Fit, Identity};
use motion::Motion;
pub use quality::LookQuality;
use visits::Visits;
pub use visits::{Visit, VisitEvent};
pub use votes::{Outcome, TrackDecision};

use crate::detector::{Detection, Score};
use crate::embedding::Embedding;

/// A face that is followed. Never given twice by one tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId(u64);

impl TrackId {
    /// The number, from 1, in the order in which tracks began.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// How faces are followed. Times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackerOptions {
    /// A face that is not detected for this long is no longer awaited where it was. 4 s by default: in a webcam clip of
    /// two people one turns aside for 3.2 s at a time, unseen by the detector, and stays where he is.
    pub lost_ms: u64,
    /// For this long, a face that turns up elsewhere and looks like one that was lost takes its track up again. 15 s
    /// by default.
    pub rejoin_ms: u64,
    /// After a gap of more than this, and wherever two faces could have been mixed up, the identity is checked
    /// again. 600 ms by default: several frames of a slow browser.
    pub gap_ms: u64,
    /// Least time between two looks at one face while something is open. 100 ms by default.
    pub pace_ms: u64,
    /// A face that is decided is looked at again after this long, in case it was swapped. 1 s by default.
    pub recheck_ms: u64,
    /// Detections that score less go on with a track, and begin none. 0.7 by default, as
    /// [`DetectOptions::min_score`](crate::DetectOptions::min_score): give the detector a lower one for this to
    /// matter.
    pub begin_score: Score,
    /// Tracks held, those that are lost among them. 64 by default, as many as a frame may have faces.
    pub max_tracks: usize,
    /// A visit ends when its person was not seen for this long. 10 s by default.
    pub cool_down_ms: u64,
}

impl Default for TrackerOptions {
    fn default() -> Self {
        Self {
            lost_ms: 4000,
            rejoin_ms: 15_000,
            gap_ms: 600,
            pace_ms: 100,
            recheck_ms: 1000,
            begin_score: crate::DetectOptions::default().min_score,
            max_tracks: 64,
            cool_down_ms: 10_000,
        }
    }
}

/// A face in the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// Where.
    pub detection: Detection,
    /// What an embedding of it would be worth; [`LookQuality::of`] when nobody knows better.
    pub quality: LookQuality,
}

/// Whose face one [`Sight`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// The track.
    pub track: TrackId,
    /// Why an embedding is worth computing; `None` when it is not.
    pub wanted: Option<LookReason>,
}

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
    pub outcome: Outcome<S>,
}

/// What a look did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The track that the face belongs to: not always the one that was asked about.
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

/// A track as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackView<'a, S> {
    /// Which.
    pub id: TrackId,
    /// Who it is.
    pub decision: &'a TrackDecision<S>,
    /// Looks that voted.
    pub looks: u32,
    /// Frames in which it was detected.
    pub sights: u32,
    /// When it began.
    pub began_ms: u64,
    /// When it was detected last.
    pub seen_ms: u64,
}

/// Follows faces; `S` is who they may be.
#[derive(Clone, Debug)]
pub struct Tracker<S> {
    options: TrackerOptions,
    tracks: Vec<Track<S>>,
    visits: Visits<S>,
    last_id: u64,
    now_ms: u64,
}

#[derive(Clone, Debug)]
struct Track<S> {
    id: TrackId,
    motion: Motion,
    began_ms: u64,
    sights: u32,
    identity: Identity<S>,
}

impl<S: Clone + PartialEq> Tracker<S> {
    /// A look that misfits its own track goes to another when it fits that one at least this well, as a fraction of
    /// the model's default threshold, and better by this much. For SFace, 0.9 is a cosine of 0.48.
    const MOVE_MISFIT: f32 = 0.9;
    const MOVE_MARGIN: f32 = 0.15;

    /// A tracker that has seen nobody.
    #[must_use]
    pub const fn new(options: TrackerOptions) -> Self {
        Self {
            options,
            tracks: Vec::new(),
            visits: Visits::new(options.cool_down_ms),
            last_id: 0,
            now_ms: 0,
        }
    }

    /// Takes the faces of the next frame; for each, in their order, whose it is. `None` for a box that is none, a
    /// face too faint to begin a track with, and a new face when all tracks are in use.
    pub fn observe(&mut self, sights: &[Sight], now_ms: u64) -> Vec<Option<Tracked>> {
        self.now_ms = now_ms;
        let rejoin_ms = self.options.rejoin_ms.max(self.options.lost_ms);
        self.tracks.retain(|track| track.motion.unseen_ms(now_ms) <= rejoin_ms);
        let proper: Vec<usize> =
            (0..sights.len()).filter(|&index| sights[index].detection.bounds.is_proper()).collect();
        let detections: Vec<_> = proper.iter().map(|&index| sights[index].detection).collect();
        let awaited = self
            .tracks
            .iter()
            .filter(|track| track.motion.unseen_ms(now_ms) <= self.options.lost_ms);
        let matches =
            associate(awaited.map(|track| (track.id, &track.motion)), &detections, now_ms);
        let mut tracked = vec![None; sights.len()];
        for found in matches {
            let index = proper[found.detection];
            tracked[index] = self.go_on(found.track, &sights[index], found.is_contested);
        }
        let mut fresh: Vec<usize> =
            proper.into_iter().filter(|&index| tracked[index].is_none()).collect();
        let key = |index: &usize| sort_key(&sights[*index].detection);
        fresh.sort_by(|a, b| compare(&key(a), &key(b)));
        for index in fresh {
            tracked[index] = self.begin(&sights[index]);
        }
        tracked
    }

    fn go_on(&mut self, id: TrackId, sight: &Sight, is_contested: bool) -> Option<Tracked> {
        let (now_ms, options) = (self.now_ms, self.options);
        let track = self.track_mut(id)?;
        let was_away = track.motion.unseen_ms(now_ms) > options.gap_ms;
        let has_jumped = track.motion.is_jump(&sight.detection, now_ms);
        track.motion.follow(&sight.detection, now_ms);
        track.sights = track.sights.saturating_add(1);
        track.identity.note_sight(was_away, is_contested, has_jumped);
        let wanted = track.identity.wanted(sight.quality, &options, now_ms);
        Some(Tracked { track: id, wanted })
    }

    fn begin(&mut self, sight: &Sight) -> Option<Tracked> {
        if sight.detection.score < self.options.begin_score || !self.has_room() {
            return None;
        }
        self.last_id += 1;
        let track = Track {
            id: TrackId(self.last_id),
            motion: Motion::new(&sight.detection, self.now_ms),
            began_ms: self.now_ms,
            sights: 1,
            identity: Identity::default(),
        };
        let tracked = Tracked { track: track.id, wanted: Some(LookReason::New) };
        self.tracks.push(track);
        Some(tracked)
    }

    /// Whether another track may begin; the one that was lost first makes room.
    fn has_room(&mut self) -> bool {
        if self.tracks.len() < self.options.max_tracks {
            return true;
        }
        let now_ms = self.now_ms;
        let lost = self.tracks.iter().enumerate().filter(|(_, track)| !track.is_seen(now_ms));
        let Some((index, _)) = lost.min_by_key(|(_, track)| track.motion.seen_ms()) else {
            return false;
        };
        self.tracks.remove(index);
        true
    }

    /// Takes what was found out about the face that `track` had in the last frame. `None` when there is no such track,
    /// or nothing was found out.
    ///
    /// The face may turn out to be another track's: of one that was lost, or of one that it crossed. Then the ids
    /// follow the faces, and [`Filed::track`] says whose it is.
    pub fn look(&mut self, track: TrackId, look: Look<S>, now_ms: u64) -> Option<Filed> {
        let index = self.index_of(track)?;
        if look.embeddings.is_empty() {
            return None;
        }
        let fit = self.tracks[index].identity.fit(&look.embeddings);
        if let Fit::Same(_) = fit {
            self.tracks[index].identity.confirm(look, now_ms);
            return Some(Filed { track, change: Change::Kept });
        }
        let owner = self.owner(index, &look, fit.misfit());
        match (owner, fit) {
            (Some(owner), Fit::New) => Some(self.rejoin(index, owner, look, now_ms)),
            (Some(owner), _) => Some(self.exchange(index, owner, look, now_ms)),
            (None, Fit::New) => {
                self.tracks[index].identity.confirm(look, now_ms);
                Some(Filed { track, change: Change::Kept })
            }
            (None, _) => {
                let is_revoked = self.tracks[index].identity.doubt(look, now_ms);
                let change = if is_revoked { Change::Revoked } else { Change::Doubted };
                Some(Filed { track, change })
            }
        }
    }

    /// Notes that the face of `track` could not be embedded; it is asked for again after a while.
    pub fn pass(&mut self, track: TrackId, now_ms: u64) {
        if let Some(track) = self.track_mut(track) {
            track.identity.pass(now_ms);
        }
    }

    /// The other track whose face this is: one that is not seen now, or could have been mixed up with this one.
    fn owner(&self, index: usize, look: &Look<S>, misfit: f32) -> Option<usize> {
        let others = self.tracks.iter().enumerate().filter(|(other, track)| {
            *other != index && (!track.is_seen(self.now_ms) || track.identity.is_contested())
        });
        let fits = others.filter_map(|(other, track)| {
            track.identity.fit(&look.embeddings).same().map(|fit| (other, fit))
        });
        let (owner, fit) = fits.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let is_clear = fit <= Self::MOVE_MISFIT && fit <= misfit - Self::MOVE_MARGIN;
        is_clear.then_some(owner)
    }

    /// The lost track of `owner` goes on where the new one of `index` is; the new one is gone, its id with it. Where
    /// `owner` is seen, the two exchange places.
    fn rejoin(&mut self, index: usize, owner: usize, look: Look<S>, now_ms: u64) -> Filed {
        if self.tracks[owner].is_seen(self.now_ms) {
            return self.exchange(index, owner, look, now_ms);
        }
        self.tracks[owner].motion = self.tracks[index].motion.clone();
        self.tracks[owner].sights += self.tracks[index].sights;
        self.tracks[owner].identity.confirm(look, now_ms);
        let track = self.tracks[owner].id;
        self.tracks.remove(index);
        Filed { track, change: Change::Rejoined }
    }

    fn exchange(&mut self, index: usize, owner: usize, look: Look<S>, now_ms: u64) -> Filed {
        let motion = self.tracks[index].motion.clone();
        self.tracks[index].motion = std::mem::replace(&mut self.tracks[owner].motion, motion);
        self.tracks[index].identity.contest();
        self.tracks[owner].identity.confirm(look, now_ms);
        Filed { track: self.tracks[owner].id, change: Change::Exchanged }
    }

    /// Which visits began and ended. To be asked once a frame, after the looks.
    pub fn visits(&mut self, now_ms: u64) -> Vec<VisitEvent<S>> {
        let seen = self.tracks.iter().filter(|track| track.is_seen(self.now_ms));
        self.visits.note(seen.map(|track| (track.id, track.identity.decision())), now_ms)
    }

    /// A track as it stands; `None` when it is gone.
    #[must_use]
    pub fn track(&self, id: TrackId) -> Option<TrackView<'_, S>> {
        self.index_of(id).map(|index| self.tracks[index].view())
    }

    /// Every track that is held, those among them that were lost a moment ago.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = TrackView<'_, S>> {
        self.tracks.iter().map(Track::view)
    }

    fn index_of(&self, id: TrackId) -> Option<usize> {
        self.tracks.iter().position(|track| track.id == id)
    }

    fn track_mut(&mut self, id: TrackId) -> Option<&mut Track<S>> {
        self.tracks.iter_mut().find(|track| track.id == id)
    }
}

impl<S: Clone + PartialEq> Track<S> {
    const fn is_seen(&self, now_ms: u64) -> bool {
        self.motion.seen_ms() >= now_ms
    }

    fn view(&self) -> TrackView<'_, S> {
        TrackView {
            id: self.id,
            decision: self.identity.decision(),
            looks: self.identity.looks(),
            sights: self.sights,
            began_ms: self.began_ms,
            seen_ms: self.motion.seen_ms(),
        }
    }
}
