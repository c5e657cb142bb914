//! Figures about the pictures that were recognised since the start, or since somebody set them back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::metrics::{Picture, Times, times};

/// How a picture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody in it was known.
    Known,
    /// Nobody was.
    Unknown,
    /// It was not recognised at all.
    Failed,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Pictures in all.
    pub pictures: u64,
    /// Those in which somebody was known.
    pub known: u64,
    /// Time that all of them took together.
    pub time: Duration,
}

impl Counts {
    /// Pictures in which nobody was known, or that failed.
    #[must_use]
    pub const fn not_known(&self) -> u64 {
        self.pictures - self.known
    }

    /// Seconds a picture; 0 before the first.
    #[must_use]
    pub fn average_seconds(&self) -> f64 {
        let pictures = u32::try_from(self.pictures).unwrap_or(u32::MAX);
        self.time.checked_div(pictures).unwrap_or_default().as_secs_f64()
    }
}

/// The counters; clones share them.
#[derive(Clone, Debug)]
pub struct Stats {
    started: Instant,
    counts: Arc<Mutex<Counts>>,
    /// Never set back.
    pub(crate) times: Times<Picture>,
}

impl Stats {
    /// Counters at zero, of a relay that started at `started`.
    #[must_use]
    pub fn since(started: Instant) -> Self {
        Self { started, counts: Arc::default(), times: times() }
    }

    /// Counts a picture that took `time`.
    pub fn count(&self, outcome: Outcome, time: Duration) {
        let picture = Picture { outcome: outcome.as_str() };
        self.times.get_or_create(&picture).observe(time.as_secs_f64());
        let mut counts = self.lock();
        counts.pictures += 1;
        counts.known += u64::from(outcome == Outcome::Known);
        counts.time += time;
    }

    /// Sets the counts back; the uptime goes on.
    pub fn reset(&self) {
        *self.lock() = Counts::default();
    }

    /// The counts now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.lock()
    }

    /// How long the relay has been running at `now`.
    #[must_use]
    pub fn uptime(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started)
    }

    /// The counts hold no invariant that a panic could break.
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sets_back() {
        let start = Instant::now();
        let stats = Stats::since(start);
        assert_eq!(stats.counts().average_seconds(), 0.0);
        for (outcome, ms) in [(Outcome::Known, 40), (Outcome::Unknown, 20), (Outcome::Failed, 0)] {
            stats.count(outcome, Duration::from_millis(ms));
        }
        let counts = stats.counts();
        assert_eq!((counts.pictures, counts.known, counts.not_known()), (3, 1, 2));
        assert!((counts.average_seconds() - 0.02).abs() < 1e-9);
        stats.reset();
        assert_eq!(stats.counts(), Counts::default());
        assert_eq!(stats.uptime(start + Duration::from_secs(5)), Duration::from_secs(5));
    }
}
