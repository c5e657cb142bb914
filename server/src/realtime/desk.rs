//! Where one socket's frames wait. One is in work; of a stream the newest waits, of captures every one, up to a limit.
//!
//! A live view wants the newest frame: clients send 5 to 15 a second without waiting for answers, and a stale frame
//! would only delay the next. So a frame that a newer one overtakes is dropped without an event. A capture (a frame
//! with a capture id) is somebody's deliberate act and is never overtaken.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What becomes of a frame that arrives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Intake<T> {
    /// Nobody is at work: the caller is to work on this frame, then on every [`Desk::next`].
    Work(T),
    /// It waits; the frame that it overtook, if there was one, is given back.
    Waits(Option<T>),
    /// Too many captures wait: it is given back.
    Full(T),
}

/// One socket's frames.
#[derive(Debug)]
pub(super) struct Desk<T> {
    /// Captures that may wait, beside the one in work.
    captures_max: usize,
    state: Mutex<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    is_at_work: bool,
    captures: VecDeque<T>,
    newest: Option<T>,
}

impl<T> Desk<T> {
    /// Where at most `captures_max` captures wait, beside the one in work.
    pub(super) fn new(captures_max: usize) -> Self {
        Self {
            captures_max,
            state: Mutex::new(Waiting {
                is_at_work: false,
                captures: VecDeque::new(),
                newest: None,
            }),
        }
    }

    /// Takes in a frame.
    pub(super) fn take_in(&self, frame: T, is_capture: bool) -> Intake<T> {
        let mut waiting = self.lock();
        if !waiting.is_at_work {
            waiting.is_at_work = true;
            return Intake::Work(frame);
        }
        if !is_capture {
            return Intake::Waits(waiting.newest.replace(frame));
        }
        if waiting.captures.len() >= self.captures_max {
            return Intake::Full(frame);
        }
        waiting.captures.push_back(frame);
        Intake::Waits(None)
    }

    /// The next frame to work on: captures first. `None` ends the work; the next frame to arrive begins it anew.
    pub(super) fn next(&self) -> Option<T> {
        let mut waiting = self.lock();
        let next = waiting.captures.pop_front().or_else(|| waiting.newest.take());
        waiting.is_at_work = next.is_some();
        next
    }

    /// Every step leaves the state whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_in_work_and_the_newest_waits() {
        let desk = Desk::new(4);
        assert_eq!(desk.take_in(1, false), Intake::Work(1));
        assert_eq!(desk.take_in(2, false), Intake::Waits(None));
        assert_eq!(desk.take_in(3, false), Intake::Waits(Some(2)));
        assert_eq!(desk.next(), Some(3));
        assert_eq!(desk.take_in(4, false), Intake::Waits(None));
        assert_eq!(desk.next(), Some(4));
        assert_eq!(desk.next(), None);
        assert_eq!(desk.take_in(5, false), Intake::Work(5));
    }

    #[test]
    fn captures_are_never_overtaken() {
        let desk = Desk::new(4);
        assert_eq!(desk.take_in(0, true), Intake::Work(0));
        assert_eq!(desk.take_in(10, false), Intake::Waits(None));
        for capture in 1..=4 {
            assert_eq!(desk.take_in(capture, true), Intake::Waits(None));
        }
        assert_eq!(desk.take_in(5, true), Intake::Full(5));
        assert_eq!(desk.take_in(11, false), Intake::Waits(Some(10)));
        let order: Vec<_> = std::iter::from_fn(|| desk.next()).collect();
        assert_eq!(order, [1, 2, 3, 4, 11]);
    }
}
