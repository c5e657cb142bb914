//! How faces are followed.

use crate::detector::Score;

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
    /// [`DetectOptions::min_score`](crate::DetectOptions::min_score); see [`for_tracks`](crate::DetectOptions::for_tracks).
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
