//! What operators change while the relay runs; it survives a restart.

use std::sync::Arc;

use rostro_core::embedding::InvalidThreshold;
use rostro_core::{ModelId, Threshold};

use crate::store::{Store, StoreError};

/// The settings at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsValues {
    /// Whether recognition of the camera's frames is on.
    pub active: bool,
    /// The camera's address, as the operator gave it: it may hold credentials.
    pub stream_url: Option<String>,
    /// The threshold on the scale of the legacy wires, where every model's default reads 0.6. Above 0, at most
    /// [`SettingsValues::MAX_LEGACY_THRESHOLD`].
    pub legacy_threshold: f32,
    /// The camera's name at the webhook's receiver.
    pub camera_id: Option<String>,
    /// The model that encodings without a tag are taken to be from.
    pub encoding_model: ModelId,
}

/// The thresholds of all models at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    legacy: f32,
}

/// The durable settings; clones share them.
#[derive(Clone, Debug)]
pub struct Settings;

impl SettingsValues {
    /// The largest threshold that is taken: beyond it everybody would be known.
    pub const MAX_LEGACY_THRESHOLD: f32 = 2.0;

    /// The threshold in `model`'s own metric.
    #[must_use]
    pub fn threshold(&self, model: ModelId) -> Threshold {
        self.thresholds().of(model)
    }

    /// The thresholds of all models.
    #[must_use]
    pub const fn thresholds(&self) -> Thresholds {
        Thresholds { legacy: self.legacy_threshold }
    }
}

impl Thresholds {
    /// The threshold in `model`'s own metric; its default, should the number kept be unusable.
    #[must_use]
    pub fn of(&self, model: ModelId) -> Threshold {
        Threshold::from_legacy(model, self.legacy).unwrap_or_else(|_| model.default_threshold())
    }
}

/// Why settings could not be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The threshold is no usable number.
    #[error("a threshold is above 0 and at most 2")]
    Threshold(#[source] InvalidThreshold),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Settings {
    /// Reads them, or the defaults of a new installation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(store: Store) -> Result<Self, StoreError> {
        drop(store);
        unimplemented!()
    }

    /// The settings now.
    #[must_use]
    pub fn get(&self) -> Arc<SettingsValues> {
        unimplemented!()
    }

    /// Changes them; returns the new ones once they are durable.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub async fn update(
        &self,
        change: impl FnOnce(&mut SettingsValues) + Send + 'static,
    ) -> Result<Arc<SettingsValues>, SettingsError> {
        drop(change);
        unimplemented!()
    }
}
