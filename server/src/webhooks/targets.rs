//! The receivers that are told now, by id, and which of them asked for a pause.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use super::send::Target;

/// Who is sent to; clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    now: Arc<ArcSwap<HashMap<String, Arc<Target>>>>,
    pauses: Arc<Mutex<HashMap<String, Timestamp>>>,
}

impl Targets {
    /// Puts `targets` in the place of those before.
    pub(super) fn set(&self, targets: HashMap<String, Arc<Target>>) {
        self.now.store(Arc::new(targets));
    }

    /// The receiver of that id; `None` where there is none, or it is switched off.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Target>> {
        self.now.load().get(id).cloned()
    }

    /// Leaves a receiver alone until `until`; a pause that lasts longer stands.
    pub(super) fn pause(&self, id: &str, until: Timestamp) {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pauses.entry(id.to_owned()).or_insert(until);
        *pause = until.max(*pause);
    }

    /// Until when a receiver is left alone; `None` where it is not.
    pub(super) fn paused_until(&self, id: &str, now: Timestamp) -> Option<Timestamp> {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        let until = *pauses.get(id)?;
        if until <= now {
            pauses.remove(id);
            return None;
        }
        Some(until)
    }
}
