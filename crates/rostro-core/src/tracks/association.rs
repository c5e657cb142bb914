//! Which detection is which track's: the cheapest pair first, until none is left.

use super::TrackId;
use super::motion::Motion;
use crate::detector::Detection;

/// A track's detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) track: TrackId,
    /// Index of the detection.
    pub(super) detection: usize,
    /// Whether another track or another detection would have done nearly as well.
    pub(super) is_contested: bool,
}

/// A pair that costs at most this much more than the one that was taken might have been the right one. Half of what
/// one face side of distance costs.
const CONTEST_MARGIN: f32 = 0.35;

#[derive(Clone, Copy)]
struct Pair {
    cost: f32,
    track: TrackId,
    detection: usize,
}

/// Gives each track at most one of the `detections`, and each detection at most one track. The answer does not depend on the
/// order of either.
pub(super) fn associate<'a>(
    tracks: impl Iterator<Item = (TrackId, &'a Motion)>,
    detections: &[Detection],
    now_ms: u64,
) -> Vec<Match> {
    let mut pairs = Vec::new();
    for (track, motion) in tracks {
        for (index, detection) in detections.iter().enumerate() {
            if let Some(cost) = motion.cost(detection, now_ms) {
                pairs.push(Pair { cost, track, detection: index });
            }
        }
    }
    pairs.sort_by(|a, b| {
        let place = |pair: &Pair| sort_key(&detections[pair.detection]);
        a.cost
            .total_cmp(&b.cost)
            .then(a.track.cmp(&b.track))
            .then_with(|| compare(&place(a), &place(b)))
    });
    let mut taken: Vec<Pair> = Vec::new();
    for pair in &pairs {
        let is_free = |other: &Pair| other.track != pair.track && other.detection != pair.detection;
        if taken.iter().all(is_free) {
            taken.push(*pair);
        }
    }
    taken
        .iter()
        .map(|pair| Match { is_contested: is_contested(pair, &pairs), ..pair.into() })
        .collect()
}

impl From<&Pair> for Match {
    fn from(pair: &Pair) -> Self {
        Self { track: pair.track, detection: pair.detection, is_contested: false }
    }
}

/// Whether a pair that shares a side with `pair`, but not both, costs about as little.
fn is_contested(pair: &Pair, pairs: &[Pair]) -> bool {
    pairs.iter().any(|other| {
        let shares_one = (other.track == pair.track) != (other.detection == pair.detection);
        shares_one && other.cost < pair.cost + CONTEST_MARGIN
    })
}

/// Sorts detections by place, so that their order in a list does not matter.
pub(super) fn sort_key(detection: &Detection) -> [f32; 5] {
    let bounds = detection.bounds;
    [bounds.left, bounds.top, bounds.right, bounds.bottom, detection.score.value()]
}

/// Compares two keys, number by number.
pub(super) fn compare(a: &[f32; 5], b: &[f32; 5]) -> std::cmp::Ordering {
    let different = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    different.unwrap_or(std::cmp::Ordering::Equal)
}
