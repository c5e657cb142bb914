//! A live stream shows the same face many times a second; it is worth telling only now and then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whom one source saw last, and when; clones share it.
#[derive(Clone, Debug)]
pub struct CoolDown {
    period: Duration,
    seen: Arc<Mutex<HashMap<Sight, Instant>>>,
}

/// A person's id, or nobody known, as one source sees them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sight {
    source: String,
    person: Option<String>,
}

impl CoolDown {
    /// Sights kept before those that have cooled down are dropped.
    const PRUNE_AT: usize = 1024;

    /// Lets each person of each source through once in `period`.
    #[must_use]
    pub fn new(period: Duration) -> Self {
        Self { period, seen: Arc::default() }
    }

    /// How long a face stays told.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// Whether it is time to tell of `person` (`None`: an unknown face) at `source`; notes that it was told at `now`.
    #[must_use]
    pub fn is_due(&self, source: &str, person: Option<&str>, now: Instant) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_cooling = |told: &Instant| now.saturating_duration_since(*told) < self.period;
        if seen.len() >= Self::PRUNE_AT {
            seen.retain(|_, told| is_cooling(told));
        }
        let sight = Sight { source: source.to_owned(), person: person.map(str::to_owned) };
        if seen.get(&sight).is_some_and(is_cooling) {
            return false;
        }
        seen.insert(sight, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_each_person_of_each_source_once_in_a_period() {
        let cool_down = CoolDown::new(Duration::from_secs(10));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        for (seconds, source, person, due) in [
            (0, "entrada", Some("p1"), true),
            (1, "entrada", Some("p1"), false),
            (1, "entrada", Some("p2"), true),
            (1, "entrada", None, true),
            (2, "entrada", None, false),
            (2, "garaje", Some("p1"), true),
            (9, "entrada", Some("p1"), false),
            (10, "entrada", Some("p1"), true),
            (19, "entrada", Some("p1"), false),
        ] {
            assert_eq!(
                cool_down.is_due(source, person, at(seconds)),
                due,
                "{source} {person:?} at {seconds} s"
            );
        }
    }

    #[test]
    fn forgets_sources_that_are_gone() {
        let cool_down = CoolDown::new(Duration::from_secs(10));
        let start = Instant::now();
        for source in 0..CoolDown::PRUNE_AT {
            assert!(cool_down.is_due(&source.to_string(), None, start));
        }
        assert!(cool_down.is_due("late", None, start + Duration::from_secs(60)));
        assert_eq!(cool_down.seen.lock().unwrap().len(), 1);
    }
}
