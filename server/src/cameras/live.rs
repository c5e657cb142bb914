//! One camera while the relay runs: how it is, and who watches it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rostro_wire::v1::{CameraState, CameraStatus};
use tokio::sync::broadcast;

use super::Told;
use super::fault::Fault;
use super::feed::Feed;
use super::status::Status;

/// What is known of a camera, shared by whoever reads it, looks at its pictures and tells of it.
#[derive(Debug)]
pub(super) struct Live {
    id: String,
    status: Mutex<Status>,
    /// Its pictures with what was found in them.
    pub(super) feed: Feed,
    /// Where its changes are told.
    told: broadcast::Sender<Told>,
}

impl Live {
    /// Of a camera that nothing was done with yet.
    pub(super) fn new(id: String, told: broadcast::Sender<Told>) -> Self {
        let status = Mutex::new(Status::stopped(Timestamp::now()));
        Self { id, status, feed: Feed::default(), told }
    }

    /// It was switched on.
    pub(super) fn started(&self) {
        *self.status() = Status::connecting(Timestamp::now());
        self.tell(true);
    }

    /// It was switched off.
    pub(super) fn stopped(&self) {
        *self.status() = Status::stopped(Timestamp::now());
        self.tell(true);
    }

    /// A whole picture came.
    pub(super) fn arrived(&self) {
        self.status().arrived(Instant::now());
    }

    /// A picture was looked at; `missing` says what keeps people in it from being recognised.
    pub(super) fn looked(&self, size: (u32, u32), missing: Option<Fault>) {
        let changed = self.status().looked(size, missing, Instant::now(), Timestamp::now());
        self.tell(changed);
    }

    /// A picture could not be decoded.
    pub(super) fn undecodable(&self, reason: String) {
        self.status().undecodable(reason, Instant::now());
    }

    /// Reading it ended.
    pub(super) fn failed(&self, fault: Fault) {
        let changed = self.status().failed(fault, Timestamp::now());
        self.tell(changed);
    }

    /// Returns once no picture came for too long, since `begun`.
    pub(super) async fn stalls(&self, begun: Instant, stall_after: Duration) -> Fault {
        loop {
            tokio::time::sleep(stall_after / 10).await;
            if let Some(fault) = self.status().stalled(begun, Instant::now(), stall_after) {
                return fault;
            }
        }
    }

    /// Whether a picture came since `begun`.
    pub(super) fn has_arrived_since(&self, begun: Instant) -> bool {
        self.status().has_arrived_since(begun)
    }

    /// Its state, and why it is not live, in words.
    pub(super) fn state(&self) -> (CameraState, Option<String>) {
        let status = self.status();
        (status.state(), status.reason().map(str::to_owned))
    }

    /// Keeps up with a camera that a browser drives, and that is on or off.
    pub(super) fn driven(&self, is_on: bool) {
        let changed = self.status().driven(is_on, Instant::now(), Timestamp::now());
        self.tell(changed);
    }

    pub(super) fn on_wire(&self) -> CameraStatus {
        self.status().on_wire(Instant::now(), self.feed.viewers())
    }

    fn tell(&self, changed: bool) {
        if changed {
            // Nobody may be listening.
            drop(self.told.send(Told::Changed(self.id.clone())));
        }
    }

    /// Every step leaves it whole, so a panic elsewhere spoils nothing.
    fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
