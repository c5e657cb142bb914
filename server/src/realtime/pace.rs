//! How many events a socket may send: past that it is cut off.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use socketioxide::adapter::Adapter;
use socketioxide::handler::FromMessageParts;
use socketioxide::socket::Socket;
use socketioxide_core::Value;

/// What one socket may still send: as much as in one second at once, and that again in each second.
#[derive(Debug)]
pub(super) struct Pace {
    a_second_max: f64,
    left: Mutex<(f64, Instant)>,
}

impl Pace {
    pub(super) fn new(a_second_max: u32, now: Instant) -> Self {
        let a_second_max = f64::from(a_second_max);
        Self { a_second_max, left: Mutex::new((a_second_max, now)) }
    }

    /// Whether one more event is allowed at `now`; if so, it is counted.
    fn allows(&self, now: Instant) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, at) = *left;
        let regained = now.saturating_duration_since(at).as_secs_f64() * self.a_second_max;
        let have = (before + regained).min(self.a_second_max);
        let is_allowed = have >= 1.0;
        *left = (if is_allowed { have - 1.0 } else { have }, now.max(at));
        is_allowed
    }
}

/// The first argument of every handler of events: it is not called for a socket that sends too much. Such a socket is cut
/// off, before anything of its event is read.
pub(super) struct InPace;

/// A socket sends more than it may.
#[derive(Debug, thiserror::Error)]
#[error("a socket sends too many events")]
pub(super) struct TooMany;

impl<A: Adapter> FromMessageParts<A> for InPace {
    type Error = TooMany;

    fn from_message_parts(
        socket: &Arc<Socket<A>>,
        _: &mut Value,
        _: &Option<i64>,
    ) -> Result<Self, TooMany> {
        let pace = socket.extensions.get::<Arc<Pace>>();
        if pace.is_none_or(|pace| pace.allows(Instant::now())) {
            return Ok(Self);
        }
        // Fails while the socket has not read what it was sent: then its next event tries again. The connection ends with
        // the first event that comes after.
        drop(Arc::clone(socket).disconnect());
        Err(TooMany)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_second_s_worth_at_once_and_then_as_it_comes_back() {
        let start = Instant::now();
        let pace = Pace::new(10, start);
        let allowed = |ms: u64| {
            let now = start + Duration::from_millis(ms);
            (0..100).filter(|_| pace.allows(now)).count()
        };
        assert_eq!(allowed(0), 10);
        assert_eq!(allowed(0), 0);
        assert_eq!(allowed(250), 2);
        assert_eq!(allowed(300), 1);
        assert_eq!(allowed(200), 0, "a clock that goes back gives nothing");
        assert_eq!(allowed(60_000), 10);
    }
}
