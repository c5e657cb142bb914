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
//! use rostro_core::tracks::{Look, LookOutcome, LookQuality, Sight, TrackDecision, Tracker};
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
//!     for (index, tracked) in tracker.observe(&sights, now_ms).into_iter().enumerate() {
//!         if tracked.is_some_and(|tracked| tracked.wanted.is_some()) {
//!             // Embed the face and identify it; this one is Ana.
//!             let outcome = LookOutcome::Known { subject: "Ana", sureness: 0.8 };
//!             let quality = sights[index].quality;
//!             tracker.look(index, Look { embeddings: vec![embedding.clone()], quality, outcome });
//!         }
//!     }
//!     let events = tracker.visits();
//!     # let _ = events;
//! }
//! let track = tracker.tracks().next().unwrap();
//! assert_eq!(track.decision, &TrackDecision::Known { subject: "Ana" });
//! assert!(track.looks < 5, "30 frames, few embeddings");
//! ```

mod association;
mod identity;
mod look;
mod motion;
mod options;
mod quality;
mod template;
mod visits;
mod votes;

use association::{associate, compare, sort_key};
use identity::{Fit, Identity};
pub use look::{Change, Filed, Look, LookReason};
use motion::Motion;
pub use options::TrackerOptions;
pub use quality::LookQuality;
use visits::Visits;
pub use visits::{Visit, VisitEvent};
pub use votes::{LookOutcome, TrackDecision};

use crate::detector::Detection;

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
    place: Place,
    began_ms: u64,
    sights: u32,
    identity: Identity<S>,
}

/// Where a track's face is.
#[derive(Clone, Debug)]
struct Place {
    motion: Motion,
    /// Its index among the sights of the last frame; `None` when it was not seen there.
    sight: Option<usize>,
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
        self.tracks.iter_mut().for_each(|track| track.place.sight = None);
        let rejoin_ms = self.options.rejoin_ms.max(self.options.lost_ms);
        self.tracks.retain(|track| track.place.motion.unseen_ms(now_ms) <= rejoin_ms);
        let proper: Vec<usize> =
            (0..sights.len()).filter(|&index| sights[index].detection.bounds.is_proper()).collect();
        let detections: Vec<_> = proper.iter().map(|&index| sights[index].detection).collect();
        let awaited = self
            .tracks
            .iter()
            .filter(|track| track.place.motion.unseen_ms(now_ms) <= self.options.lost_ms);
        let matches =
            associate(awaited.map(|track| (track.id, &track.place.motion)), &detections, now_ms);
        let mut tracked = vec![None; sights.len()];
        for found in matches {
            let index = proper[found.detection];
            tracked[index] = self.go_on(found.track, index, &sights[index], found.is_contested);
        }
        let mut fresh: Vec<usize> =
            proper.into_iter().filter(|&index| tracked[index].is_none()).collect();
        let key = |index: &usize| sort_key(&sights[*index].detection);
        fresh.sort_by(|a, b| compare(&key(a), &key(b)));
        for index in fresh {
            tracked[index] = self.begin(index, &sights[index]);
        }
        tracked
    }

    fn go_on(
        &mut self,
        id: TrackId,
        index: usize,
        sight: &Sight,
        is_contested: bool,
    ) -> Option<Tracked> {
        let (now_ms, options) = (self.now_ms, self.options);
        let track = self.track_mut(id)?;
        let was_away = track.place.motion.unseen_ms(now_ms) > options.gap_ms;
        let has_jumped = track.place.motion.is_jump(&sight.detection, now_ms);
        track.place.motion.follow(&sight.detection, now_ms);
        track.place.sight = Some(index);
        track.sights = track.sights.saturating_add(1);
        track.identity.note_sight(was_away, is_contested, has_jumped);
        let wanted = track.identity.wanted(sight.quality, &options, now_ms);
        Some(Tracked { track: id, wanted })
    }

    fn begin(&mut self, index: usize, sight: &Sight) -> Option<Tracked> {
        if sight.detection.score < self.options.begin_score || !self.has_room() {
            return None;
        }
        self.last_id += 1;
        let track = Track {
            id: TrackId(self.last_id),
            place: Place { motion: Motion::new(&sight.detection, self.now_ms), sight: Some(index) },
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
        let lost = self.tracks.iter().enumerate().filter(|(_, track)| !track.is_seen());
        let Some((index, _)) = lost.min_by_key(|(_, track)| track.place.motion.seen_ms()) else {
            return false;
        };
        self.tracks.remove(index);
        true
    }

    /// Takes what was found out about a face of the last frame: that of the sight at `index`. `None` when it has no
    /// track, or nothing was found out.
    ///
    /// The face may turn out to be another track's: of one that was lost, or of one that it crossed. Then the ids
    /// follow the faces, and [`Filed::track`] says whose it is.
    pub fn look(&mut self, index: usize, look: Look<S>) -> Option<Filed> {
        let at = self.seen_at(index)?;
        if look.embeddings.is_empty() {
            return None;
        }
        let fit = self.tracks[at].identity.fit(&look.embeddings);
        let owner = if fit.same().is_some() { None } else { self.owner(at, &look, fit.misfit()) };
        if let Some(owner) = owner {
            let is_new = fit == Fit::New && !self.tracks[owner].is_seen();
            return Some(if is_new {
                self.rejoin(at, owner, look)
            } else {
                self.exchange(at, owner, look)
            });
        }
        let (track, now_ms) = (&mut self.tracks[at], self.now_ms);
        let change = match fit {
            Fit::New | Fit::Same(_) => {
                track.identity.confirm(look, now_ms);
                Change::Kept
            }
            Fit::Other(_) if track.identity.doubt(look, now_ms) => Change::Revoked,
            Fit::Other(_) => Change::Doubted,
        };
        Some(Filed { track: track.id, change })
    }

    /// Notes that the face of the sight at `index` could not be embedded; it is asked for again after a while.
    pub fn pass(&mut self, index: usize) {
        if let Some(at) = self.seen_at(index) {
            self.tracks[at].identity.pass(self.now_ms);
        }
    }

    /// The track whose face the sight at `index` of the last frame is, after all looks.
    #[must_use]
    pub fn track_at(&self, index: usize) -> Option<TrackView<'_, S>> {
        self.seen_at(index).map(|at| self.tracks[at].view())
    }

    /// The other track whose face this is: one that is not seen now, or could have been mixed up with this one.
    fn owner(&self, at: usize, look: &Look<S>, misfit: f32) -> Option<usize> {
        let others = self.tracks.iter().enumerate().filter(|(other, track)| {
            *other != at && (!track.is_seen() || track.identity.is_contested())
        });
        let fits = others.filter_map(|(other, track)| {
            track.identity.fit(&look.embeddings).same().map(|fit| (other, fit))
        });
        let (owner, fit) = fits.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let is_clear = fit <= Self::MOVE_MISFIT && fit <= misfit - Self::MOVE_MARGIN;
        is_clear.then_some(owner)
    }

    /// The lost track of `owner` goes on where the new one of `at` is; the new one is gone, its id with it.
    fn rejoin(&mut self, at: usize, owner: usize, look: Look<S>) -> Filed {
        let (place, sights) = (self.tracks[at].place.clone(), self.tracks[at].sights);
        let track = &mut self.tracks[owner];
        track.place = place;
        track.sights = track.sights.saturating_add(sights);
        track.identity.confirm(look, self.now_ms);
        let filed = Filed { track: track.id, change: Change::Rejoined };
        self.tracks.remove(at);
        filed
    }

    /// The faces of two tracks change places, so that each is its own track's.
    fn exchange(&mut self, at: usize, owner: usize, look: Look<S>) -> Filed {
        let place = self.tracks[at].place.clone();
        self.tracks[at].place = std::mem::replace(&mut self.tracks[owner].place, place);
        self.tracks[at].identity.contest();
        self.tracks[owner].identity.confirm(look, self.now_ms);
        Filed { track: self.tracks[owner].id, change: Change::Exchanged }
    }

    /// Which visits began and ended. To be asked once a frame, after the looks.
    pub fn visits(&mut self) -> Vec<VisitEvent<S>> {
        let seen = self.tracks.iter().filter(|track| track.is_seen());
        self.visits.note(seen.map(|track| (track.id, track.identity.decision())), self.now_ms)
    }

    /// A track as it stands; `None` when it is gone.
    #[must_use]
    pub fn track(&self, id: TrackId) -> Option<TrackView<'_, S>> {
        self.tracks.iter().find(|track| track.id == id).map(Track::view)
    }

    /// Every track that is held, those among them that were lost a moment ago.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = TrackView<'_, S>> {
        self.tracks.iter().map(Track::view)
    }

    fn seen_at(&self, index: usize) -> Option<usize> {
        self.tracks.iter().position(|track| track.place.sight == Some(index))
    }

    fn track_mut(&mut self, id: TrackId) -> Option<&mut Track<S>> {
        self.tracks.iter_mut().find(|track| track.id == id)
    }
}

impl<S: Clone + PartialEq> Track<S> {
    const fn is_seen(&self) -> bool {
        self.place.sight.is_some()
    }

    fn view(&self) -> TrackView<'_, S> {
        TrackView {
            id: self.id,
            decision: self.identity.decision(),
            looks: self.identity.looks(),
            sights: self.sights,
            began_ms: self.began_ms,
            seen_ms: self.place.motion.seen_ms(),
        }
    }
}
