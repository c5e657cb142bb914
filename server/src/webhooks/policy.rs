//! When a delivery that failed is tried again. Pure: time and chance come in as numbers.
//!
//! In the first hour the receiver is probed at least every half minute, so that a short outage costs little: all
//! that waits behind the probe follows at once. After that each wait is a quarter of the time since the first
//! attempt, until about three days are over.

use std::time::Duration;

use crate::config::limits;

/// The rule, in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RetryPolicy {
    /// The wait after the first attempt; it doubles with each further one.
    first_wait: Duration,
    /// How long the early probes go on.
    pub(super) early_for: Duration,
    /// The longest planned wait between early probes.
    early_wait_max: Duration,
    /// Since the first attempt; the last one is planned for then.
    give_up_after: Duration,
    /// The longest wait that a receiver's `Retry-After` is given.
    pub(super) retry_after_max: Duration,
}

impl RetryPolicy {
    /// The largest part of the planned wait that chance adds to it, so that what failed together does not come back
    /// together.
    pub(super) const JITTER: f64 = 0.2;
    /// What part of the time since the first attempt a late wait is: about five attempts more for each tripling.
    const LATE_PART: u32 = 4;

    /// The wait before the next attempt, without chance and `Retry-After`; `None` when it is time to give up.
    /// `attempts` counts those made, `since_first` is the time since the first of them.
    #[must_use]
    fn planned(&self, attempts: u32, since_first: Duration) -> Option<Duration> {
        let left = self.give_up_after.checked_sub(since_first).filter(|left| !left.is_zero())?;
        let wait = if since_first < self.early_for {
            let doublings = attempts.saturating_sub(1).min(16);
            self.first_wait.saturating_mul(1 << doublings).min(self.early_wait_max)
        } else {
            (since_first / Self::LATE_PART).max(self.early_wait_max)
        };
        Some(wait.min(left))
    }

    /// The wait before the next attempt; `None` when it is time to give up.
    ///
    /// `chance` lies in 0..1. `retry_after`, the receiver's own wish, may make the wait longer up to a bound, never
    /// shorter.
    #[must_use]
    pub(super) fn wait(
        &self,
        attempts: u32,
        since_first: Duration,
        chance: f64,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        let planned = self.planned(attempts, since_first)?;
        let wait = planned + planned.mul_f64(chance.clamp(0.0, 1.0) * Self::JITTER);
        let wished = retry_after.unwrap_or_default().min(self.retry_after_max);
        Some(wait.max(wished))
    }
}

impl From<limits::Webhooks> for RetryPolicy {
    fn from(limits: limits::Webhooks) -> Self {
        let limits::Webhooks {
            first_wait,
            early_for,
            early_wait_max,
            give_up_after,
            retry_after_max,
            ..
        } = limits;
        Self { first_wait, early_for, early_wait_max, give_up_after, retry_after_max }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn built_in() -> RetryPolicy {
        limits::Limits::default().webhooks.into()
    }

    const HOUR: Duration = Duration::from_secs(3600);

    fn seconds(range: std::ops::Range<u64>) -> impl Strategy<Value = Duration> {
        range.prop_map(Duration::from_secs)
    }

    proptest! {
        #[test]
        fn never_earlier_than_planned(
            attempts in 1_u32..1000,
            since_first in seconds(0..100 * 3600),
            chance in 0.0..1.0,
            wish in proptest::option::of(seconds(0..1_000_000)),
        ) {
            let policy = built_in();
            let planned = policy.planned(attempts, since_first);
            let wait = policy.wait(attempts, since_first, chance, wish);
            prop_assert_eq!(planned.is_none(), wait.is_none());
            prop_assert_eq!(planned.is_none(), since_first >= policy.give_up_after);
            if let (Some(planned), Some(wait)) = (planned, wait) {
                prop_assert!(wait >= planned);
                prop_assert!(!wait.is_zero());
                let wished = wish.unwrap_or_default();
                prop_assert!(wait >= wished.min(policy.retry_after_max));
                prop_assert!(wait <= planned.mul_f64(1.0 + RetryPolicy::JITTER).max(wished));
            }
        }

        #[test]
        fn probes_often_at_first_and_ends(chances in proptest::collection::vec(0.0..1.0, 400)) {
            let policy = built_in();
            let mut since_first = Duration::ZERO;
            let mut attempts = 1;
            for chance in chances {
                let Some(wait) = policy.wait(attempts, since_first, chance, None) else { break };
                if since_first < HOUR {
                    prop_assert!(wait <= Duration::from_secs(30));
                }
                since_first += wait;
                attempts += 1;
            }
            prop_assert!(since_first >= policy.give_up_after, "gave up after {since_first:?}");
            prop_assert!(since_first <= policy.give_up_after + policy.give_up_after / 10);
            prop_assert!((120..400).contains(&attempts), "{attempts} attempts");
        }
    }

    #[test]
    fn the_first_waits() {
        let policy = built_in();
        let waits: Vec<_> = (1..=7)
            .filter_map(|attempts| policy.wait(attempts, Duration::ZERO, 0.0, None))
            .map(|wait| wait.as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 25, 25]);
        assert_eq!(policy.wait(130, 2 * HOUR, 0.0, None), Some(HOUR / 2));
        let endless = policy.wait(u32::MAX, 74 * HOUR, 1.0, Some(Duration::MAX));
        assert_eq!(endless, Some(Duration::from_secs(3600 + 720)), "the last one, with its jitter");
    }
}
