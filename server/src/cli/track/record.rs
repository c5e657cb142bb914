//! What became of each track of a clip.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rostro_core::decision::Metric;
use rostro_core::tracks::{TrackDecision, TrackId};
use rostro_core::watch::WatchedFace;
use rostro_server::people::PersonCard;
use serde::Serialize;

/// Tracks of fewer frames are something that looked like a face for a moment.
const TRACK_MIN_FRAMES: u32 = 3;

/// What was seen so far.
#[derive(Default)]
pub(super) struct ClipRecord {
    frames: u32,
    unreadable: u32,
    pub(super) visits: usize,
    tracks: BTreeMap<TrackId, TrackRecord>,
}

#[derive(Default)]
struct TrackRecord {
    first_frame: Option<u32>,
    last_frame: u32,
    frames: FrameCounts,
    embeddings: u32,
    nearest: Option<(Metric, f32)>,
    decision: TrackDecision<Arc<PersonCard>>,
    votes: u32,
    names: BTreeMap<String, u32>,
}

/// Frames in which a face was detected, by what was decided in each.
#[derive(Clone, Copy, Default, Serialize)]
struct FrameCounts {
    frames: u32,
    frames_known: u32,
    frames_unknown: u32,
    frames_not_sure: u32,
    frames_undecided: u32,
}

/// A clip's tracks, and their sums.
pub(super) struct ClipSummary {
    pub(super) tracks: Vec<TrackSummary>,
    pub(super) totals: Totals,
}

/// One track, from its first frame to its last, both from 0.
#[derive(Serialize)]
pub(super) struct TrackSummary {
    track: u64,
    first_frame: u32,
    last_frame: u32,
    #[serde(flatten)]
    frames: FrameCounts,
    embeddings: u32,
    decision: &'static str,
    name: Option<String>,
    person_id: Option<String>,
    /// The least distance to anybody enrolled.
    distance: Option<f32>,
    model: Option<&'static str>,
    votes: u32,
    /// Frames in which each name was borne.
    names: BTreeMap<String, u32>,
}

/// Everything of a clip that is not a track's alone.
#[derive(Serialize)]
pub(super) struct Totals {
    frames: u32,
    /// Those among them that cannot be read.
    frames_unreadable: u32,
    faces: u32,
    embeddings: u32,
    tracks: usize,
    /// Of fewer than three frames, counted in nothing else here but `faces` and `embeddings`.
    brief_tracks: usize,
    visits: usize,
    frames_decided: u32,
    frames_known: u32,
    frames_unknown: u32,
    frames_not_sure: u32,
    frames_undecided: u32,
}

impl ClipRecord {
    /// Takes the faces of the next frame. `nearest` is asked for those that were embedded in it.
    pub(super) fn frame(
        &mut self,
        faces: &[WatchedFace<Arc<PersonCard>>],
        nearest: impl Fn(&WatchedFace<Arc<PersonCard>>) -> Option<(Metric, f32)>,
    ) {
        for face in faces {
            let track = self.tracks.entry(face.track).or_default();
            track.first_frame.get_or_insert(self.frames);
            track.last_frame = self.frames;
            track.votes = face.looks;
            track.frames.count(&face.decision);
            if let Some(person) = face.decision.subject() {
                *track.names.entry(person.name.clone()).or_default() += 1;
            }
            track.decision = face.decision.clone();
            if face.looked.is_some() {
                track.embeddings += 1;
                track.come_near(nearest(face));
            }
        }
        self.frames += 1;
    }

    /// Whether any frame was read.
    pub(super) const fn has_frames(&self) -> bool {
        self.frames > 0
    }

    /// Counts a frame that cannot be read.
    pub(super) const fn unreadable_frame(&mut self) {
        self.frames += 1;
        self.unreadable += 1;
    }

    pub(super) fn finish(self) -> ClipSummary {
        let mut all = FrameCounts::default();
        let embeddings = self.tracks.values().map(|track| track.embeddings).sum();
        let faces = self.tracks.values().map(|track| track.frames.frames).sum();
        let mut tracks = Vec::new();
        let held = self.tracks.len();
        for (id, track) in self.tracks {
            if track.frames.frames >= TRACK_MIN_FRAMES {
                all.add(track.frames);
                tracks.push(track.summary(id));
            }
        }
        let totals = Totals {
            frames: self.frames,
            frames_unreadable: self.unreadable,
            faces,
            embeddings,
            tracks: tracks.len(),
            brief_tracks: held - tracks.len(),
            visits: self.visits,
            frames_decided: all.frames_known + all.frames_unknown,
            frames_known: all.frames_known,
            frames_unknown: all.frames_unknown,
            frames_not_sure: all.frames_not_sure,
            frames_undecided: all.frames_undecided,
        };
        ClipSummary { tracks, totals }
    }
}

impl FrameCounts {
    fn count(&mut self, decision: &TrackDecision<Arc<PersonCard>>) {
        self.frames += 1;
        *match decision {
            TrackDecision::Known { .. } => &mut self.frames_known,
            TrackDecision::Unknown => &mut self.frames_unknown,
            TrackDecision::NotSure => &mut self.frames_not_sure,
            TrackDecision::Undecided => &mut self.frames_undecided,
        } += 1;
    }

    fn add(&mut self, other: Self) {
        self.frames += other.frames;
        self.frames_known += other.frames_known;
        self.frames_unknown += other.frames_unknown;
        self.frames_not_sure += other.frames_not_sure;
        self.frames_undecided += other.frames_undecided;
    }
}

impl TrackRecord {
    fn come_near(&mut self, distance: Option<(Metric, f32)>) {
        let scale = |(metric, distance): (Metric, f32)| metric.legacy_distance(distance);
        let is_nearer = |distance: &(Metric, f32)| {
            self.nearest.is_none_or(|nearest| scale(*distance) < scale(nearest))
        };
        self.nearest = distance.filter(is_nearer).or(self.nearest);
    }

    fn summary(self, id: TrackId) -> TrackSummary {
        let person = self.decision.subject();
        TrackSummary {
            track: id.value(),
            first_frame: self.first_frame.unwrap_or_default(),
            last_frame: self.last_frame,
            frames: self.frames,
            embeddings: self.embeddings,
            decision: word(&self.decision),
            name: person.map(|person| person.name.clone()),
            person_id: person.map(|person| person.id.clone()),
            distance: self.nearest.map(|(_, distance)| distance),
            model: self.nearest.map(|(metric, _)| metric.as_str()),
            votes: self.votes,
            names: self.names,
        }
    }
}

const fn word(decision: &TrackDecision<Arc<PersonCard>>) -> &'static str {
    match decision {
        TrackDecision::Known { .. } => "known",
        TrackDecision::Unknown => "unknown",
        TrackDecision::NotSure => "not-sure",
        TrackDecision::Undecided => "undecided",
    }
}

impl fmt::Display for TrackSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.name.as_deref().unwrap_or(self.decision);
        let Self { track, first_frame, last_frame, embeddings, votes, .. } = self;
        write!(f, "track {track}: {who}, frames {first_frame} to {last_frame}")?;
        write!(f, " ({} seen), {embeddings} embeddings, {votes} votes", self.frames.frames)?;
        match self.distance {
            Some(distance) => write!(f, ", distance {distance:.3}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { frames, faces, embeddings, tracks, visits, .. } = self;
        write!(f, "{frames} frames, {faces} faces, {embeddings} embeddings, {tracks} tracks, ")?;
        write!(f, "{visits} visits; decided in {} frames: ", self.frames_decided)?;
        write!(f, "{} known, {} unknown", self.frames_known, self.frames_unknown)
    }
}
