//! The places at which pictures are worked on, and whose turn it is.
//!
//! Whoever was served least recently is next, whatever and however much others ask for: a camera that always has a new
//! picture, and a client that sends a hundred at once, take turns. Where no more may wait, whoever has most waiting gives
//! way to who has less.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Callers remembered before those that do not wait are forgotten.
const REMEMBERED_MAX: usize = 1024;

/// The places; clones share them.
#[derive(Clone, Debug)]
pub(super) struct Places {
    state: Arc<Mutex<State>>,
    waiting_max: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: Vec<Waiter>,
    /// When each was served last, by the count of turns.
    served: HashMap<String, u64>,
    turns: u64,
}

#[derive(Debug)]
struct Waiter {
    caller: String,
    /// Turns that had been given when it came: whoever was never served counts as served then.
    came: u64,
    tell: oneshot::Sender<Place>,
}

/// A place; it is free again once this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
}

impl Places {
    /// So many places, and so many who may wait for one.
    pub(super) fn new(places: usize, waiting_max: usize) -> Self {
        let state = State { free: places, waiting: Vec::new(), served: HashMap::new(), turns: 0 };
        Self { state: Arc::new(Mutex::new(state)), waiting_max }
    }

    /// A place, once it is `caller`'s turn; `None` where as many wait as may.
    pub(super) async fn take(&self, caller: &str) -> Option<Place> {
        let told = {
            let mut state = self.lock();
            if state.free > 0 {
                state.free -= 1;
                state.note_turn(caller);
                return Some(Place { places: self.clone() });
            }
            if state.waiting.len() >= self.waiting_max {
                // Those who gave up waiting make room.
                state.waiting.retain(|waiter| !waiter.tell.is_closed());
                if state.waiting.len() >= self.waiting_max && !state.make_room_for(caller) {
                    return None;
                }
            }
            let (tell, told) = oneshot::channel();
            let came = state.turns;
            state.waiting.push(Waiter { caller: caller.to_owned(), came, tell });
            told
        };
        told.await.ok()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_turn(&mut self, caller: &str) {
        self.turns += 1;
        if self.served.len() >= REMEMBERED_MAX {
            let waiting = &self.waiting;
            self.served.retain(|one, _| waiting.iter().any(|waiter| waiter.caller == *one));
        }
        self.served.insert(caller.to_owned(), self.turns);
    }

    /// Turns away the last of whoever has most waiting, of several of whom was served last; if that is more than `caller`
    /// would have, or as much and `caller` was served longer ago. Whether it did.
    fn make_room_for(&mut self, caller: &str) -> bool {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for waiter in &self.waiting {
            *counts.entry(&waiter.caller).or_default() += 1;
        }
        let had = |caller: &str, more: usize| {
            let count = counts.get(caller).copied().unwrap_or(0) + more;
            (count, self.served.get(caller).copied().unwrap_or(0))
        };
        let waiting = self.waiting.iter().enumerate();
        let most = waiting.max_by_key(|(_, waiter)| had(&waiter.caller, 0));
        let gives_way = most.filter(|(_, waiter)| had(&waiter.caller, 0) > had(caller, 1));
        let Some((index, _)) = gives_way else { return false };
        self.waiting.remove(index);
        true
    }

    /// The waiter that was served least recently, the first of several; of two that are even, who was never served.
    fn next(&mut self) -> Option<Waiter> {
        let served = |waiter: &Waiter| match self.served.get(&waiter.caller) {
            Some(turn) => (*turn, true),
            None => (waiter.came, false),
        };
        let (index, _) =
            self.waiting.iter().enumerate().min_by_key(|(_, waiter)| served(waiter))?;
        let waiter = self.waiting.remove(index);
        self.note_turn(&waiter.caller);
        Some(waiter)
    }
}

impl Drop for Place {
    /// Hands it on. Whoever gave up waiting hands it on in turn.
    fn drop(&mut self) {
        let next = {
            let mut state = self.places.lock();
            let next = state.next();
            if next.is_none() {
                state.free += 1;
            }
            next
        };
        if let Some(waiter) = next {
            drop(waiter.tell.send(Place { places: self.places.clone() }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_was_served_least_recently_is_next() {
        let places = Places::new(1, 32);
        let first = places.take("flood").await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for caller in ["flood", "flood", "flood", "cam-1", "cam-2", "flood"] {
            let (places, order) = (places.clone(), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let place = places.take(caller).await.unwrap();
                order.lock().unwrap().push(caller);
                tokio::time::sleep(Duration::from_millis(1)).await;
                drop(place);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        let order = order.lock().unwrap().clone();
        assert_eq!(order, ["cam-1", "cam-2", "flood", "flood", "flood", "flood"]);
        assert_eq!(places.lock().free, 1);
    }

    #[tokio::test]
    async fn whoever_gives_up_keeps_no_place() {
        let places = Places::new(1, 1);
        let first = places.take("a").await.unwrap();
        let gave_up = tokio::time::timeout(Duration::from_millis(5), places.take("b")).await;
        assert!(gave_up.is_err());
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.take("c").await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(
            places.take("d").await.is_none(),
            "one waits already, and has no more than this one"
        );
        drop(first);
        assert!(waiting.await.unwrap());
        assert_eq!(places.lock().free, 1);
    }

    #[tokio::test]
    async fn whoever_has_most_waiting_gives_way() {
        let places = Places::new(1, 4);
        let first = places.take("flood").await.unwrap();
        let ask = |caller: &'static str| {
            let places = places.clone();
            tokio::spawn(async move { places.take(caller).await.is_some() })
        };
        let mut floods = Vec::new();
        for _ in 0..4 {
            floods.push(ask("flood"));
            tokio::task::yield_now().await;
        }
        let camera = ask("camera");
        tokio::task::yield_now().await;
        assert!(!floods.pop().unwrap().await.unwrap(), "the last of the flood was turned away");
        assert!(places.take("flood").await.is_none(), "and gets no place of another");
        drop(first);
        assert!(camera.await.unwrap());
        for flood in floods {
            assert!(flood.await.unwrap());
        }
    }

    #[tokio::test]
    async fn new_callers_do_not_always_go_first() {
        let places = Places::new(1, 8);
        drop(places.take("camera").await);
        let first = places.take("a").await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for caller in ["new-1", "camera", "new-2"] {
            let (places, order) = (places.clone(), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let place = places.take(caller).await.unwrap();
                order.lock().unwrap().push(caller);
                drop(place);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["camera", "new-1", "new-2"]);
    }

    #[tokio::test]
    async fn callers_that_are_gone_are_forgotten() {
        let places = Places::new(1, 4);
        for caller in 0..3 * REMEMBERED_MAX {
            drop(places.take(&caller.to_string()).await);
        }
        assert!(places.lock().served.len() <= REMEMBERED_MAX);
    }
}
