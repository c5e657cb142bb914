//! How many pictures each caller has under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts by caller; clones share them.
#[derive(Clone, Debug)]
pub(super) struct Callers {
    max: usize,
    under_way: Arc<Mutex<HashMap<String, usize>>>,
}

/// One picture under way; it counts until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    callers: Callers,
    caller: String,
}

impl Callers {
    /// At most `max` of each caller.
    pub(super) fn new(max: usize) -> Self {
        Self { max, under_way: Arc::default() }
    }

    /// Counts one more; `None` where the caller has as many as it may.
    pub(super) fn take_turn(&self, caller: &str) -> Option<Turn> {
        let mut under_way = self.lock();
        let count = under_way.entry(caller.to_owned()).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(Turn { callers: self.clone(), caller: caller.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut under_way = self.callers.lock();
        if let Some(count) = under_way.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_and_no_more() {
        let callers = Callers::new(2);
        let first = callers.take_turn("a").unwrap();
        let second = callers.take_turn("a").unwrap();
        assert!(callers.take_turn("a").is_none());
        let other = callers.take_turn("b").unwrap();
        drop(first);
        let third = callers.take_turn("a").unwrap();
        assert!(callers.take_turn("a").is_none());
        drop((second, third, other));
        assert!(callers.lock().is_empty(), "nothing is kept of callers that are done");
    }
}
