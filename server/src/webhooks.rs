//! Webhooks: an outbox in the store, and a worker that delivers from it.

use tokio_util::sync::CancellationToken;

use crate::config::WebhookConfig;
use crate::store::{Store, StoreError};

/// Where captures leave what is to be told; clones share it.
#[derive(Clone, Debug)]
pub struct Outbox;

/// The delivery worker and what may be asked of it; clones share it.
#[derive(Clone, Debug)]
pub struct Webhooks;

impl Webhooks {
    /// Over `store`, as `config` says.
    #[must_use]
    pub fn new(store: Store, config: WebhookConfig) -> Self {
        let _ = (store, config);
        unimplemented!()
    }

    /// Where captures leave what is to be told.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        unimplemented!()
    }

    /// Delivers until `stop` is cancelled. An attempt under way is given up then; its delivery waits for the next
    /// start.
    pub async fn run(&self, stop: CancellationToken) {
        let _ = stop;
        unimplemented!()
    }

    /// Deliveries that wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending(&self) -> Result<u32, StoreError> {
        unimplemented!()
    }

    /// Whether the last attempts failed: some delivery that waits has failed at least once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_failing(&self) -> Result<bool, StoreError> {
        unimplemented!()
    }
}
