//! Visits: somebody comes, stays for many frames, and goes. One event each, not one a frame.

use super::{TrackDecision, TrackId};

/// Somebody's stay before the camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit<S> {
    /// Who; `None` for somebody unknown, told apart by their track.
    pub subject: Option<S>,
    /// The track in which they were seen last.
    pub track: TrackId,
    /// When they were recognised, in milliseconds of the caller's clock.
    pub began_ms: u64,
    /// When they were seen last.
    pub seen_ms: u64,
}

/// What happened to a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisitEvent<S> {
    /// It began: the one event to report.
    Began(Visit<S>),
    /// They were not seen for the cool-down, or turned out to be somebody else.
    Ended(Visit<S>),
}

/// The visits that are open.
#[derive(Clone, Debug)]
pub(super) struct Visits<S> {
    open: Vec<Visit<S>>,
    cool_down_ms: u64,
}

impl<S: Clone + PartialEq> Visits<S> {
    /// Visits held open; past that, the one not seen for longest ends early.
    const MAX_OPEN: usize = 256;

    pub(super) const fn new(cool_down_ms: u64) -> Self {
        Self { open: Vec::new(), cool_down_ms }
    }

    /// Notes who is in the frame; what began and ended, in that order.
    pub(super) fn note<'a>(
        &mut self,
        seen: impl Iterator<Item = (TrackId, &'a TrackDecision<S>)>,
        now_ms: u64,
    ) -> Vec<VisitEvent<S>>
    where
        S: 'a,
    {
        let mut events = Vec::new();
        let mut ended = Vec::new();
        for (track, decision) in seen {
            let subject = match decision {
                TrackDecision::Known { subject } => Some(subject),
                TrackDecision::Unknown => None,
                TrackDecision::Undecided | TrackDecision::NotSure => continue,
            };
            if subject.is_some() {
                // Whoever was unknown has a name now.
                ended.extend(self.open.extract_if(.., |visit| is_of(visit, track, None)));
            }
            if let Some(visit) = self.open.iter_mut().find(|visit| is_of(visit, track, subject)) {
                visit.track = track;
                visit.seen_ms = now_ms;
                continue;
            }
            if self.open.len() == Self::MAX_OPEN {
                let oldest = (0..self.open.len()).min_by_key(|&index| self.open[index].seen_ms);
                ended.extend(oldest.map(|index| self.open.remove(index)));
            }
            let subject = subject.cloned();
            let visit = Visit { subject, track, began_ms: now_ms, seen_ms: now_ms };
            events.push(VisitEvent::Began(visit.clone()));
            self.open.push(visit);
        }
        let cool_down_ms = self.cool_down_ms;
        ended.extend(
            self.open.extract_if(.., |visit| now_ms.saturating_sub(visit.seen_ms) > cool_down_ms),
        );
        events.extend(ended.into_iter().map(VisitEvent::Ended));
        events
    }
}

/// Whether a visit is this subject's, or this unknown face's.
fn is_of<S: PartialEq>(visit: &Visit<S>, track: TrackId, subject: Option<&S>) -> bool {
    visit.subject.as_ref() == subject && (subject.is_some() || visit.track == track)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(events: Vec<VisitEvent<&'static str>>) -> Vec<(bool, Option<&'static str>)> {
        let told = events.into_iter().map(|event| match event {
            VisitEvent::Began(visit) => (true, visit.subject),
            VisitEvent::Ended(visit) => (false, visit.subject),
        });
        told.collect()
    }

    #[test]
    fn one_event_a_visit() {
        let ana = TrackDecision::Known { subject: "ana" };
        let eva = TrackDecision::Known { subject: "eva" };
        let (unknown, undecided) = (TrackDecision::Unknown, TrackDecision::Undecided);
        let mut visits = Visits::new(10_000);
        // Time in seconds, who is in which track, what begins (true) and ends (false).
        type Step<'a> =
            (u64, Vec<(u64, &'a TrackDecision<&'static str>)>, Vec<(bool, Option<&'static str>)>);
        let steps: Vec<Step<'_>> = vec![
            (0, vec![(1, &undecided)], vec![]),
            (1, vec![(1, &ana)], vec![(true, Some("ana"))]),
            (2, vec![(1, &ana)], vec![]),
            (9, vec![(2, &ana)], vec![]),
            (19, vec![(3, &ana), (4, &unknown)], vec![(true, None)]),
            (20, vec![(4, &unknown), (5, &unknown)], vec![(true, None)]),
            (21, vec![(4, &eva)], vec![(true, Some("eva")), (false, None)]),
            (31, vec![(4, &eva)], vec![(false, Some("ana")), (false, None)]),
            (33, vec![(6, &ana)], vec![(true, Some("ana"))]),
        ];
        for (second, seen, expected) in steps {
            let seen = seen.into_iter().map(|(track, decision)| (TrackId(track), decision));
            assert_eq!(told(visits.note(seen, second * 1000)), expected, "at {second} s");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut visits = Visits::<u8>::new(u64::MAX);
        let unknown = TrackDecision::Unknown;
        for track in 0..1000 {
            visits.note([(TrackId(track), &unknown)].into_iter(), track);
        }
        assert_eq!(visits.open.len(), Visits::<u8>::MAX_OPEN);
    }
}
