//! A video, frame by frame: *detect* → *track* → *embed* where it is worth it → *identify* → *decide*.
//!
//! [`Watch`] joins the [`Engine`] with a [`Tracker`]; who a face is, is asked of the caller, who has the gallery.

use crate::detector::{DetectOptions, Detection};
use crate::embedding::{Embedding, ModelId};
use crate::engine::{Engine, EngineError};
use crate::frame::Frame;
use crate::tracks::{
    Change, Filed, Look, LookOutcome, LookQuality, LookReason, Sight, TrackDecision, TrackId,
    Tracked, Tracker, TrackerOptions, VisitEvent,
};

/// How often a frame without faces is looked at closely.
const THOROUGH_EVERY_MS: u64 = 500;

/// One video, such as a camera's.
#[derive(Clone, Debug)]
pub struct Watch<S> {
    detect: DetectOptions,
    tracker: Tracker<S>,
    latest: Vec<(TrackId, Vec<Embedding>)>,
    /// What the last frame showed, and when one was last looked at as closely as `detect` says.
    last: Vec<Detection>,
    thorough_ms: Option<u64>,
}

/// A face of the last frame.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedFace<S> {
    /// Where it is.
    pub detection: Detection,
    /// Whose it is.
    pub track: TrackId,
    /// Who it is, by all looks so far.
    pub decision: TrackDecision<S>,
    /// Looks that voted.
    pub looks: u32,
    /// What this frame's look changed; `None` when the face was not embedded in this frame.
    pub looked: Option<Change>,
    /// The track's latest embeddings, one of each model: of this frame where `looked` says so, else of one before. Empty
    /// for a face that could not be aligned yet.
    pub embeddings: Vec<Embedding>,
}

/// A frame that was begun: its faces, and which of them want a look.
#[derive(Clone, Debug)]
pub struct Seen {
    sights: Vec<Sight>,
    /// Indices of `sights`.
    wanted: Vec<usize>,
}

impl Seen {
    /// The faces that want a look, in their order.
    pub fn wanted(&self) -> impl ExactSizeIterator<Item = &Detection> {
        self.wanted.iter().map(|&index| &self.sights[index].detection)
    }
}

/// What a [`Watch`] is told to look at, beside the frame.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The networks.
    pub engine: &'a Engine,
    /// What faces are embedded with.
    pub models: &'a [ModelId],
    /// Milliseconds of the caller's clock.
    pub now_ms: u64,
}

impl<S: Clone + PartialEq> Watch<S> {
    /// A watch that has seen nobody. Faces that score less than `detect.min_score` are followed and begin no track.
    #[must_use]
    pub fn new(detect: DetectOptions, tracks: TrackerOptions) -> Self {
        let faint = DetectOptions::for_tracks().min_score;
        let min_score = if faint < detect.min_score { faint } else { detect.min_score };
        let tracks = TrackerOptions { begin_score: detect.min_score, ..tracks };
        Self {
            detect: DetectOptions { min_score, ..detect },
            tracker: Tracker::new(tracks),
            latest: Vec::new(),
            last: Vec::new(),
            thorough_ms: None,
        }
    }

    /// The followed faces of the next frame, the most prominent first. `identify` says who the embeddings of a face
    /// are, one of each model; it is asked for few of the faces.
    ///
    /// # Errors
    /// [`EngineError`] when a model is not loaded or fails.
    pub fn frame(
        &mut self,
        frame: &Frame<'_>,
        moment: &Moment<'_>,
        identify: impl FnMut(&[Embedding]) -> LookOutcome<S>,
    ) -> Result<Vec<WatchedFace<S>>, EngineError> {
        let detections = self.detect(moment.engine, frame, moment.now_ms)?;
        self.follow(frame, detections, moment, identify)
    }

    /// The faces of the next frame as [`Watch::frame`] detects them. Closer looks at a frame in which the first finds
    /// nobody ([`InputSide::ByFrame`](crate::InputSide::ByFrame)) are taken twice a second: an empty room costs little,
    /// and who comes in far away is soon seen.
    ///
    /// # Errors
    /// [`EngineError::Network`] when the detector's network fails.
    pub fn detect(
        &mut self,
        engine: &Engine,
        frame: &Frame<'_>,
        now_ms: u64,
    ) -> Result<Vec<Detection>, EngineError> {
        let since_ms = self.thorough_ms.and_then(|then| now_ms.checked_sub(then));
        let input_side = if since_ms.is_none_or(|ms| ms >= THOROUGH_EVERY_MS) {
            self.thorough_ms = Some(now_ms);
            self.detect.input_side
        } else {
            self.detect.input_side.quick(frame.width().max(frame.height()), &self.last)
        };
        let found = engine.detect(frame, &DetectOptions { input_side, ..self.detect })?;
        self.last.clone_from(&found);
        Ok(found)
    }

    /// As [`Watch::frame`], where the faces of the frame were detected before: [`Watch::begin`], a look at each face
    /// that wants one, and [`Watch::finish`].
    ///
    /// # Errors
    /// As [`Watch::frame`].
    pub fn follow(
        &mut self,
        frame: &Frame<'_>,
        detections: Vec<Detection>,
        moment: &Moment<'_>,
        identify: impl FnMut(&[Embedding]) -> LookOutcome<S>,
    ) -> Result<Vec<WatchedFace<S>>, EngineError> {
        let seen = self.begin(detections, moment.now_ms);
        let look = |detection| moment.engine.look(frame, detection, moment.models);
        let looks = seen.wanted().map(look).collect::<Result<Vec<_>, _>>()?;
        Ok(self.finish(&seen, looks, identify))
    }

    /// Takes the faces of the next frame, and says which of them want a look. It ends with [`Watch::finish`], before the
    /// next frame begins: whoever looks at several faces at a time does so in between.
    pub fn begin(&mut self, detections: Vec<Detection>, now_ms: u64) -> Seen {
        let sight = |detection| Sight { detection, quality: LookQuality::of(&detection) };
        let sights: Vec<Sight> = detections.into_iter().map(sight).collect();
        let tracked = self.tracker.observe(&sights, now_ms).into_iter().enumerate();
        let wants_look =
            |(index, tracked): (usize, Option<Tracked>)| tracked?.wanted.map(|_: LookReason| index);
        let wanted = tracked.filter_map(wants_look).collect();
        Seen { sights, wanted }
    }

    /// The followed faces of the frame that was begun. `looks` are the embeddings of the faces that wanted a look, in
    /// their order, `None` for one that could not be aligned; `identify` is that of [`Watch::frame`].
    pub fn finish(
        &mut self,
        seen: &Seen,
        looks: Vec<Option<Vec<Embedding>>>,
        mut identify: impl FnMut(&[Embedding]) -> LookOutcome<S>,
    ) -> Vec<WatchedFace<S>> {
        let mut filed = Vec::new();
        for (&index, look) in seen.wanted.iter().zip(looks) {
            let Some(embeddings) = look else {
                self.tracker.pass(index);
                continue;
            };
            filed.extend(self.file(index, &seen.sights[index], embeddings, &mut identify));
        }
        let tracker = &self.tracker;
        self.latest.retain(|(track, _)| tracker.track(*track).is_some());
        let faces = seen.sights.iter().enumerate();
        faces.filter_map(|(index, sight)| self.face(index, sight, &filed)).collect()
    }

    /// Which visits began and ended with the last frame. To be asked once a frame.
    pub fn visits(&mut self) -> Vec<VisitEvent<S>> {
        self.tracker.visits()
    }

    fn file(
        &mut self,
        index: usize,
        sight: &Sight,
        embeddings: Vec<Embedding>,
        identify: &mut impl FnMut(&[Embedding]) -> LookOutcome<S>,
    ) -> Option<Filed> {
        let outcome = identify(&embeddings);
        let look = Look { embeddings: embeddings.clone(), quality: sight.quality, outcome };
        let filed = self.tracker.look(index, look);
        if let Some(filed) = filed {
            self.latest.retain(|(track, _)| *track != filed.track);
            self.latest.push((filed.track, embeddings));
        }
        filed
    }

    fn face(&self, index: usize, sight: &Sight, filed: &[Filed]) -> Option<WatchedFace<S>> {
        let track = self.tracker.track_at(index)?;
        let latest = self.latest.iter().find(|(id, _)| *id == track.id);
        Some(WatchedFace {
            detection: sight.detection,
            track: track.id,
            decision: track.decision.clone(),
            looks: track.looks,
            looked: filed.iter().find(|filed| filed.track == track.id).map(|filed| filed.change),
            embeddings: latest.map(|(_, embeddings)| embeddings.clone()).unwrap_or_default(),
        })
    }
}
