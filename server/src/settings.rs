//! What operators change while the relay runs; it survives a restart.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use rostro_core::decision::{FalseMatchRate, Limits, Policy, Rule};
use rostro_core::{Embedding, ModelId, Threshold};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::Mutex;

use crate::store::{Store, StoreError};
use crate::traces;

/// The settings at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsValues {
    /// The threshold on the scale of the legacy wires, where every model's default reads 0.6. Above 0, at most
    /// [`SettingsValues::MAX_LEGACY_THRESHOLD`].
    pub legacy_threshold: f32,
    /// The model that encodings without a tag are taken to be from.
    pub encoding_model: ModelId,
    /// How many days the embedding behind a named event is kept, so that the event can be corrected; 0 keeps none, at
    /// most [`SettingsValues::MAX_CORRECTABLE_DAYS`].
    pub correctable_days: u16,
    /// Whether sightings become encodings of people known in `dlib-resnet-v1` only.
    pub upgrade: Upgrade,
    /// How often a stranger may be given a name, in one look. `None` where nobody chose.
    pub stranger_named: Option<OneIn>,
    /// What a report is judged by.
    pub verify: Verify,
}

/// A false-match rate in words: one in so many, 10 to 100,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneIn(u32);

impl OneIn {
    /// Where nobody has chosen.
    pub const DEFAULT: Self = Self(Policy::DEFAULT_ONE_IN);

    /// One in `n`.
    ///
    /// # Errors
    /// [`OneInOutOfRange`].
    pub fn new(n: u32) -> Result<Self, OneInOutOfRange> {
        if (10..=100_000_000).contains(&n) { Ok(Self(n)) } else { Err(OneInOutOfRange(n)) }
    }

    /// In how many.
    #[must_use]
    pub const fn n(self) -> u32 {
        self.0
    }

    /// The rate.
    #[must_use]
    pub fn rate(self) -> FalseMatchRate {
        FalseMatchRate::one_in(self.0.max(1)).unwrap_or_else(|| Self::DEFAULT.rate())
    }
}

/// A rate that nobody can want, or nobody can measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stranger_named_one_in is 10 to 100000000, got {0}")]
pub struct OneInOutOfRange(pub u32);

/// Whether people who are known in `dlib-resnet-v1` only are given `sface-2021dec` encodings when the relay recognises
/// them surely in a picture. Liveness is not checked: a picture held before the camera counts as a sighting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upgrade {
    /// They are not: biometric data is only added where an operator has asked for it.
    #[default]
    Off,
    /// Each is proposed, and somebody accepts or refuses it.
    Ask,
    /// They are, after sightings on three different days that agree.
    Auto,
}

impl Upgrade {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Off, Self::Ask, Self::Auto];

    /// The word in the store and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ask => "ask",
            Self::Auto => "auto",
        }
    }

    /// The policy of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}

/// What a report is judged by. Either way a vector or a picture that fits is not a person who is present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// The embedding that it brings: cheap, and pictures stay on the device.
    #[default]
    Embedding,
    /// The picture that it brings, which the relay measures itself. Without one, a claim stays a claim.
    Picture,
    /// Both, which must agree.
    Both,
}

impl Verify {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Embedding, Self::Picture, Self::Both];

    /// The word in the store and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Embedding => "embedding",
            Self::Picture => "picture",
            Self::Both => "both",
        }
    }

    /// The policy of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}

impl SettingsValues {
    /// The largest threshold that is taken: embeddings of different people are seldom that far apart, so that
    /// beyond it everybody would be known.
    pub const MAX_LEGACY_THRESHOLD: f32 = 2.0;

    /// The embedding behind an event is kept for a month, in which somebody will have looked at it.
    pub const DEFAULT_CORRECTABLE_DAYS: u16 = 30;
    /// A year.
    pub const MAX_CORRECTABLE_DAYS: u16 = 366;

    /// `probes`, or nothing where they are not to be kept.
    #[must_use]
    pub fn probes_to_keep(&self, probes: Vec<Embedding>) -> Vec<Embedding> {
        if self.correctable_days == 0 { Vec::new() } else { probes }
    }

    /// The time before which what is kept to correct events is to be deleted.
    #[must_use]
    pub fn probes_since(&self, now: Timestamp) -> Timestamp {
        let kept_for = SignedDuration::from_hours(24 * i64::from(self.correctable_days));
        now.saturating_sub(kept_for).unwrap_or(Timestamp::MIN)
    }

    /// The threshold in `model`'s own metric.
    #[must_use]
    pub fn threshold(&self, model: ModelId) -> Threshold {
        // Settings are checked when they are made: the default is never reached.
        Threshold::from_legacy(model, self.legacy_threshold)
            .unwrap_or_else(|_| model.default_threshold())
    }

    /// What decides: the rate that was chosen, within the threshold.
    #[must_use]
    pub fn rule(&self) -> Rule {
        let policy = Policy::new(self.stranger_named.unwrap_or(OneIn::DEFAULT).rate());
        Rule { limits: self.limits(), policy: Some(policy) }
    }

    /// What decides on the legacy wires: as long as nobody chose a rate, the threshold alone, as they promise.
    #[must_use]
    pub fn legacy_rule(&self) -> Rule {
        let policy = self.stranger_named.map(|chosen| Policy::new(chosen.rate()));
        Rule { limits: self.limits(), policy }
    }

    fn limits(&self) -> Limits {
        let thresholds = ModelId::ALL.map(|model| self.threshold(model));
        thresholds.into_iter().fold(Limits::DEFAULT, Limits::with)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let threshold = self.legacy_threshold;
        if !(threshold > 0.0 && threshold <= Self::MAX_LEGACY_THRESHOLD) {
            return Err(SettingsError::Threshold { threshold });
        }
        if self.correctable_days > Self::MAX_CORRECTABLE_DAYS {
            return Err(SettingsError::CorrectableDays { days: self.correctable_days });
        }
        Ok(())
    }
}

impl Default for SettingsValues {
    /// A new installation's: every model at its default threshold.
    fn default() -> Self {
        Self {
            legacy_threshold: Threshold::LEGACY_SCALE,
            encoding_model: ModelId::UNTAGGED,
            correctable_days: Self::DEFAULT_CORRECTABLE_DAYS,
            upgrade: Upgrade::default(),
            stranger_named: None,
            verify: Verify::default(),
        }
    }
}

/// Why settings could not be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The threshold is no usable number.
    #[error("a threshold is above 0 and at most {max}, got {threshold}", max = SettingsValues::MAX_LEGACY_THRESHOLD)]
    Threshold {
        /// The one given.
        threshold: f32,
    },
    /// Too many days.
    #[error("correctable_days is at most {max}, got {days}", max = SettingsValues::MAX_CORRECTABLE_DAYS)]
    CorrectableDays {
        /// Those given.
        days: u16,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The durable settings; clones share them.
#[derive(Clone, Debug)]
pub struct Settings {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    values: ArcSwap<SettingsValues>,
    /// Held from reading the old values to publishing the new ones.
    changing: Mutex<()>,
}

impl Settings {
    /// Reads them, or the defaults of a new installation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(store: Store) -> Result<Self, StoreError> {
        let values = store.read(read).await?.unwrap_or_default();
        let values = ArcSwap::from_pointee(values);
        Ok(Self { inner: Arc::new(Inner { store, values, changing: Mutex::new(()) }) })
    }

    /// The settings now.
    #[must_use]
    pub fn get(&self) -> Arc<SettingsValues> {
        self.inner.values.load_full()
    }

    /// Changes them; returns the new ones once they are durable. Changes are made one after the other, and to their
    /// end even if the caller stops waiting.
    ///
    /// # Errors
    /// [`SettingsError`]; then nothing is changed.
    pub async fn update(
        &self,
        change: impl FnOnce(&mut SettingsValues) + Send + 'static,
    ) -> Result<Arc<SettingsValues>, SettingsError> {
        let inner = Arc::clone(&self.inner);
        let updated = traces::spawn(async move {
            let _turn = inner.changing.lock().await;
            let mut values = SettingsValues::clone(&inner.values.load());
            change(&mut values);
            values.check()?;
            let values = Arc::new(values);
            let stored = Arc::clone(&values);
            inner.store.write(move |conn| write(conn, &stored)).await?;
            inner.values.store(Arc::clone(&values));
            Ok(values)
        });
        updated.await.map_err(|_| StoreError::Fault)?
    }
}

fn read(conn: &Connection) -> Result<Option<SettingsValues>, StoreError> {
    let columns = "legacy_threshold, correctable_days, encoding_model, upgrade, stranger_named_one_in, verify";
    let row = conn
        .query_row(&format!("SELECT {columns} FROM settings"), [], |row| {
            let words =
                (row.get::<_, String>(2)?, row.get::<_, String>(3)?, row.get::<_, String>(5)?);
            Ok((values(row)?, words, row.get::<_, Option<u32>>(4)?))
        })
        .optional()?;
    let Some((values, (model, upgrade, verify), one_in)) = row else { return Ok(None) };
    let unreadable = || StoreError::BadValue { what: "a setting" };
    let upgrade = Upgrade::from_word(&upgrade).ok_or_else(unreadable)?;
    let encoding_model = model.parse().map_err(|_| unreadable())?;
    let stranger_named = one_in.map(OneIn::new).transpose().map_err(|_| unreadable())?;
    let verify = Verify::from_word(&verify).ok_or_else(unreadable)?;
    let values = SettingsValues { encoding_model, upgrade, stranger_named, verify, ..values };
    values.check().map_err(|_| unreadable())?;
    Ok(Some(values))
}

fn values(row: &Row<'_>) -> rusqlite::Result<SettingsValues> {
    Ok(SettingsValues {
        legacy_threshold: row.get(0)?,
        correctable_days: row.get(1)?,
        ..SettingsValues::default()
    })
}

fn write(conn: &Connection, values: &SettingsValues) -> Result<(), StoreError> {
    conn.execute(
        "INSERT OR REPLACE INTO settings
             (id, legacy_threshold, encoding_model, correctable_days, upgrade, stranger_named_one_in, verify)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            values.legacy_threshold,
            values.encoding_model.as_str(),
            values.correctable_days,
            values.upgrade.as_str(),
            values.stranger_named.map(OneIn::n),
            values.verify.as_str(),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn settings_survive_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let settings = Settings::load(store.clone()).await.unwrap();
        assert_eq!(*settings.get(), SettingsValues::default());
        let new = SettingsValues {
            legacy_threshold: 0.55,
            encoding_model: ModelId::Sface2021Dec,
            correctable_days: 7,
            upgrade: Upgrade::Auto,
            stranger_named: Some(OneIn::new(10_000).unwrap()),
            verify: Verify::Both,
        };
        let wanted = new.clone();
        settings.update(move |values| *values = wanted).await.unwrap();
        drop((settings, store));
        let store = Store::open(dir.path()).unwrap();
        let settings = Settings::load(store).await.unwrap();
        assert_eq!(*settings.get(), new);
    }

    #[tokio::test]
    async fn an_unusable_threshold_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::load(Store::open(dir.path()).unwrap()).await.unwrap();
        for threshold in [0.0, -0.1, f32::NAN, f32::INFINITY, 2.1] {
            let refused = settings.update(move |values| {
                values.correctable_days = 1;
                values.legacy_threshold = threshold;
            });
            assert!(matches!(refused.await, Err(SettingsError::Threshold { .. })), "{threshold}");
            assert_eq!(*settings.get(), SettingsValues::default());
        }
    }

    #[test]
    fn the_default_threshold_is_every_models_own() {
        let settings = SettingsValues::default();
        for model in ModelId::ALL {
            let difference = settings.threshold(model).max() - model.default_threshold().max();
            assert!(difference.abs() < 1e-6, "{model}");
        }
    }

    #[test]
    fn without_a_chosen_rate_the_legacy_wires_decide_by_the_threshold_alone() {
        let unchosen = SettingsValues::default();
        assert_eq!(unchosen.legacy_rule(), Rule { limits: Limits::DEFAULT, policy: None });
        let policy = unchosen.rule().policy.unwrap();
        assert_eq!(Some(policy.stranger_named), FalseMatchRate::one_in(Policy::DEFAULT_ONE_IN));
        let stranger_named = Some(OneIn::new(10_000).unwrap());
        let chosen = SettingsValues { stranger_named, legacy_threshold: 0.3, ..unchosen };
        assert_eq!(chosen.rule(), chosen.legacy_rule());
        let limit = chosen.rule().limits.of(ModelId::DlibResnetV1.into());
        assert!((limit - 0.3).abs() < 1e-6);
        for n in [0, 9, 100_000_001] {
            assert_eq!(OneIn::new(n), Err(OneInOutOfRange(n)));
        }
    }
}
