//! Who is enrolled, their encodings, and the galleries that probes are held against.
//!
//! A change is durable, and probes are held against it, once the call returns. People whom another process enrols
//! or forgets (the command line does) count within about a second.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, Weak};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use rostro_core::{Embedding, ModelId};
use rostro_wire::v1;
use rusqlite::Connection;
use tokio::sync::{Mutex, watch};

use crate::settings::{OneIn, Upgrade};
use crate::store::{Store, StoreError};
use crate::traces;
use changes::{Changes, Touched};

mod changes;
mod checks;
mod corrections;
mod galleries;
pub mod name;
mod rows;
mod transfer;
pub(crate) mod upgrades;

pub use checks::{ImportCheck, ImportWarning, SampleWarning};
pub use corrections::CorrectionError;
pub use galleries::{Galleries, Measured};
pub(crate) use rows::to_bytes;
pub use transfer::{BadLabel, Imported, LabelledEncoding, NumberType};

/// A person to be enrolled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// 1 to 200 characters, see [`name::checked`].
    pub name: String,
    /// See [`v1::Person::unit`].
    pub unit: Option<String>,
    /// See [`v1::Person::kind`].
    pub kind: Option<String>,
    /// See [`v1::Person::document`].
    pub document: Option<String>,
    /// See [`v1::Person::client_id`].
    pub client_id: Option<String>,
}

/// What a match says of the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonCard {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// See [`v1::Person::unit`].
    pub unit: Option<String>,
    /// See [`v1::Person::kind`].
    pub kind: Option<String>,
    /// See [`v1::Person::document`].
    pub document: Option<String>,
    /// See [`v1::Person::client_id`].
    pub client_id: Option<String>,
    /// How often a stranger may be given this person's name, where that was chosen for them alone.
    pub stranger_named: Option<OneIn>,
}

#[cfg(test)]
impl PersonCard {
    /// Somebody whose id is their name.
    pub(crate) fn named(name: &str) -> Arc<Self> {
        Arc::new(Self { id: name.to_owned(), name: name.to_owned(), ..Self::default() })
    }
}

/// Among everybody at one moment the id is enough.
impl Hash for PersonCard {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// Where an encoding came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingSource {
    /// An `encodings.npy` of such numbers.
    Import(NumberType),
    /// The legacy `POST /api/register`.
    Register,
    /// A browser's enrolment, `POST /v1/people`.
    Browser,
    /// A picture that the relay or the command line embedded.
    Picture,
    /// A sighting of the person, known in another model.
    Derived,
}

impl EncodingSource {
    /// The word in the store.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Import(NumberType::Float32) => "import",
            Self::Import(NumberType::Float64) => "import-float64",
            Self::Register => "register",
            Self::Browser => "browser",
            Self::Picture => "picture",
            Self::Derived => "derived",
        }
    }
}

/// Why a person could not be enrolled or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The name is empty or only blanks.
    #[error("a name has at least one character")]
    NameEmpty,
    /// The name is too long.
    #[error("a name has at most {max} characters, got {actual}", max = name::NAME_MAX_CHARS)]
    NameTooLong {
        /// Characters given.
        actual: usize,
    },
    /// The name holds a line break or another control character.
    #[error("a name holds no control characters")]
    NameHasControl,
    /// The name is the legacy wires' word for an unknown face.
    #[error("this name stands for an unknown face, choose another")]
    NameReserved,
    /// Enrolment without an encoding.
    #[error("at least one sample is needed")]
    NoSamples,
    /// A label of a file is no name.
    #[error(transparent)]
    Label(#[from] BadLabel),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The people; clones share them.
#[derive(Clone)]
pub struct People {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    galleries: ArcSwap<Galleries>,
    version: watch::Sender<u64>,
    /// Whom the last versions were about; noted before each is told.
    changes: std::sync::Mutex<Changes>,
    /// Held from a change's write to its galleries' publication, so that they appear in the order of the commits.
    changing: Mutex<()>,
}

impl People {
    /// Reads everybody from the store, and from then on whatever other processes change in it.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn load(store: Store) -> Result<Self, PeopleError> {
        let foreign = store.foreign_writes();
        let galleries = store.read(rows::galleries).await?;
        let inner = Arc::new(Inner {
            store,
            galleries: ArcSwap::from_pointee(galleries),
            version: watch::Sender::new(0),
            changes: std::sync::Mutex::default(),
            changing: Mutex::new(()),
        });
        tokio::spawn(follow(foreign, Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// Adds a person, or encodings to the person of that name; they match once this returns. Details that are given
    /// replace those that were there.
    ///
    /// # Errors
    /// [`PeopleError`] when the name or the samples are refused, or the store fails.
    pub async fn enrol(
        &self,
        person: NewPerson,
        samples: Vec<Embedding>,
        source: EncodingSource,
    ) -> Result<v1::Person, PeopleError> {
        let name = name::checked(&person.name)?;
        if samples.is_empty() {
            return Err(PeopleError::NoSamples);
        }
        let person = NewPerson { name, ..person };
        self.change(move |inner| async move {
            let samples: Arc<[Embedding]> = samples.into();
            let stored = Arc::clone(&samples);
            let (card, is_news, person) = inner
                .store
                .write::<_, StoreError, _>(move |conn| {
                    let now = Timestamp::now();
                    let (card, is_news) = rows::upsert(conn, &person, now)?;
                    for sample in stored.iter() {
                        rows::add_encoding(conn, &card.id, sample, None, source, now)?;
                    }
                    let person = rows::people(conn, "p.id = ?1", Some(&card.id))?.pop();
                    let person = person.ok_or(StoreError::BadValue { what: "a person" })?;
                    Ok((card, is_news, person))
                })
                .await?;
            if is_news {
                inner.reload(Touched::Person(card.id)).await?;
            } else {
                inner.publish_added(&Arc::new(card), &samples);
            }
            Ok(person)
        })
        .await
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn list(&self) -> Result<Vec<v1::Person>, PeopleError> {
        Ok(self.inner.store.read(|conn| rows::people(conn, "1", None)).await?)
    }

    /// The person of that id.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn get(&self, id: &str) -> Result<Option<v1::Person>, PeopleError> {
        self.find("p.id = ?1", id.to_owned()).await
    }

    /// The person of that name, compared without case.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn by_name(&self, name: &str) -> Result<Option<v1::Person>, PeopleError> {
        self.find("p.name_key = ?1", name::key(name)).await
    }

    /// Chooses how often a stranger may be given this person's name, or leaves it to everybody's rate; the person as
    /// they are then, `None` when there is none of that id.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn set_rate(
        &self,
        id: &str,
        stranger_named: Option<OneIn>,
    ) -> Result<Option<v1::Person>, PeopleError> {
        let person_id = id.to_owned();
        self.change(move |inner| async move {
            let touched = Touched::Person(person_id.clone());
            let write = move |conn: &Connection| rows::set_rate(conn, &person_id, stranger_named);
            inner.store.write(write).await?;
            inner.reload(touched).await
        })
        .await?;
        self.get(id).await
    }

    /// Removes a person, their encodings and negative examples, and the webhooks about them that wait; `false` when there is none of that
    /// id. They no longer match once this returns.
    ///
    /// Stored results of theirs stay as those of an unknown face, without name, id and distance. What was removed is
    /// overwritten in the store's file.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn forget(&self, id: &str) -> Result<bool, PeopleError> {
        let id = id.to_owned();
        self.change(move |inner| async move {
            let touched = Touched::Person(id.clone());
            let was_there = inner.store.write(move |conn| rows::forget(conn, &id)).await?;
            if was_there {
                inner.reload(touched).await?;
                inner.store.empty_log().await?;
            }
            Ok(was_there)
        })
        .await
    }

    /// The encodings of a person, in the order of their making; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn encodings(&self, id: &str) -> Result<Option<Vec<v1::Encoding>>, PeopleError> {
        if self.get(id).await?.is_none() {
            return Ok(None);
        }
        let id = id.to_owned();
        Ok(Some(self.inner.store.read(move |conn| rows::encodings(conn, &id)).await?))
    }

    /// Removes one encoding of a person; `false` when there is none such. It no longer matches once this returns, and is
    /// overwritten in the store's file.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn remove_encoding(&self, person_id: &str, id: i64) -> Result<bool, PeopleError> {
        let person_id = person_id.to_owned();
        self.change(move |inner| async move {
            let touched = Touched::Person(person_id.clone());
            let remove = move |conn: &Connection| rows::remove_encoding(conn, &person_id, id);
            let was_there = inner.store.write(remove).await?;
            if was_there {
                inner.reload(touched).await?;
                inner.store.empty_log().await?;
            }
            Ok(was_there)
        })
        .await
    }

    /// Notes that the face of an event is not of the person whom it names, but of `actual_name` where that is said.
    /// What the event was decided on is that person's negative example once this returns. A second correction of one
    /// event replaces the first.
    ///
    /// # Errors
    /// [`CorrectionError`].
    pub async fn correct(
        &self,
        event_id: i64,
        actual_name: Option<String>,
    ) -> Result<(), CorrectionError> {
        let actual_name = actual_name.as_deref().map(name::checked).transpose()?;
        self.change(move |inner| async move {
            let now = Timestamp::now();
            let person_id = inner
                .store
                .write(move |conn| corrections::add(conn, event_id, actual_name.as_deref(), now))
                .await?;
            Ok(inner.reload(Touched::Person(person_id)).await?)
        })
        .await
    }

    /// Takes the correction of an event back, with its negative examples; `false` when there was none.
    ///
    /// # Errors
    /// [`CorrectionError::Store`].
    pub async fn undo_correction(&self, event_id: i64) -> Result<bool, CorrectionError> {
        self.change(move |inner| async move {
            let removed =
                inner.store.write(move |conn| corrections::remove(conn, event_id)).await?;
            let Some(person_id) = removed else { return Ok(false) };
            inner.reload(Touched::Person(person_id)).await?;
            inner.store.empty_log().await?;
            Ok(true)
        })
        .await
    }

    /// Adds whole files of encodings, all of them or none; what is there already is left out.
    ///
    /// # Errors
    /// [`PeopleError::Label`] naming the first label that is no name, or [`PeopleError::Store`].
    pub async fn import(&self, encodings: Vec<LabelledEncoding>) -> Result<Imported, PeopleError> {
        self.change(move |inner| async move {
            let now = Timestamp::now();
            let done =
                inner.store.write(move |conn| transfer::import(conn, &encodings, now)).await?;
            inner.reload(Touched::Everybody).await?;
            Ok(done)
        })
        .await
    }

    /// Makes encodings of a person's sure sightings once enough of them agree, see [`Upgrade::Auto`].
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn settle_upgrade(&self, person_id: &str) -> Result<(), PeopleError> {
        let id = person_id.to_owned();
        self.change(move |inner| async move {
            let now = Timestamp::now();
            let touched = Touched::Person(id.clone());
            if inner.store.write(move |conn| upgrades::settle(conn, &id, now)).await? {
                inner.reload(touched).await?;
            }
            Ok(())
        })
        .await
    }

    /// Accepts a proposed encoding, or refuses it and every further one for that person; `false` when there is none of
    /// that id.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn decide_upgrade(
        &self,
        id: i64,
        decision: v1::UpgradeDecision,
    ) -> Result<bool, PeopleError> {
        self.change(move |inner| async move {
            let now = Timestamp::now();
            let decided =
                inner.store.write(move |conn| upgrades::decide(conn, id, decision, now)).await?;
            let Some(person_id) = decided else { return Ok(false) };
            inner.reload(Touched::Person(person_id)).await?;
            inner.store.empty_log().await?;
            Ok(true)
        })
        .await
    }

    /// Removes every derived encoding of a person, or of everybody, and what waits to become one; how many encodings.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn revoke_upgrades(&self, person_id: Option<&str>) -> Result<usize, PeopleError> {
        let id = person_id.map(str::to_owned);
        self.change(move |inner| async move {
            let touched = id.clone().map_or(Touched::Everybody, Touched::Person);
            let removed =
                inner.store.write(move |conn| upgrades::revoke(conn, id.as_deref())).await?;
            inner.reload(touched).await?;
            inner.store.empty_log().await?;
            Ok(removed)
        })
        .await
    }

    /// How far the move to `sface-2021dec` is, under this policy.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn upgrade_status(&self, policy: Upgrade) -> Result<v1::UpgradeStatus, PeopleError> {
        Ok(self.inner.store.read(move |conn| upgrades::status(conn, policy)).await?)
    }

    /// Every encoding of one model, in the order of import and enrolment; derived ones are left out.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn export(&self, model: ModelId) -> Result<Vec<LabelledEncoding>, PeopleError> {
        Ok(self.inner.store.read(move |conn| transfer::export(conn, model)).await?)
    }

    /// Encodings held, over all models.
    #[must_use]
    pub fn encoding_count(&self) -> usize {
        self.inner.galleries.load().len()
    }

    /// The galleries now.
    #[must_use]
    pub fn galleries(&self) -> Arc<Galleries> {
        self.inner.galleries.load_full()
    }

    /// Tells whoever holds the galleries elsewhere that what decides over them was changed.
    pub fn announce(&self) {
        self.inner.tell(Touched::Nobody);
    }

    /// Everybody whom changes after `version` were about, those that came meanwhile among them; `None` where that is not
    /// known any more.
    pub(crate) fn touched_since(&self, version: u64) -> Option<HashSet<String>> {
        self.inner.changes.lock().unwrap_or_else(PoisonError::into_inner).since(version)
    }

    /// A number that grows whenever somebody is enrolled, corrected or forgotten.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.version.subscribe()
    }

    async fn find(
        &self,
        condition: &'static str,
        value: String,
    ) -> Result<Option<v1::Person>, PeopleError> {
        let read = self.inner.store.read(move |conn| rows::people(conn, condition, Some(&value)));
        Ok(read.await?.pop())
    }

    /// Runs one change at a time, to its end even if the caller stops waiting.
    async fn change<T, E, F, R>(&self, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(Arc<Inner>) -> R + Send + 'static,
        R: Future<Output = Result<T, E>> + Send,
    {
        let inner = Arc::clone(&self.inner);
        let changed = traces::spawn(async move {
            let shared = Arc::clone(&inner);
            let _turn = shared.changing.lock().await;
            change(inner).await
        });
        changed.await.map_err(|_| StoreError::Fault)?
    }
}

impl Inner {
    async fn reload(&self, touched: Touched) -> Result<(), StoreError> {
        match self.store.read(rows::galleries).await {
            Ok(galleries) => {
                self.publish(galleries, touched);
                Ok(())
            }
            Err(error) => {
                // What is stored comes with whatever is read next, and no note would tell of it.
                self.tell(Touched::Everybody);
                Err(error)
            }
        }
    }

    fn publish_added(&self, card: &Arc<PersonCard>, samples: &[Embedding]) {
        let mut galleries = Galleries::clone(&self.galleries.load());
        for sample in samples {
            galleries.push(Arc::clone(card), sample);
        }
        self.publish(galleries, Touched::Person(card.id.clone()));
    }

    fn publish(&self, galleries: Galleries, touched: Touched) {
        self.galleries.store(Arc::new(galleries));
        self.tell(touched);
    }

    /// Begins the next version. Whom it is about is noted before anybody hears of it.
    fn tell(&self, touched: Touched) {
        self.version.send_modify(|version| {
            let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            changes.note(*version + 1, touched);
            *version += 1;
        });
    }
}

/// Reads everybody again whenever another process has written, until the people are dropped.
async fn follow(mut foreign: watch::Receiver<u64>, people: Weak<Inner>) {
    while foreign.changed().await.is_ok() {
        let Some(inner) = people.upgrade() else { return };
        let _turn = inner.changing.lock().await;
        if let Err(error) = inner.reload(Touched::Everybody).await {
            tracing::error!(%error, "could not read the people that another process changed");
        }
    }
}

impl std::fmt::Debug for People {
    /// How many encodings there are, and nobody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "People({} encodings)", self.encoding_count())
    }
}

#[cfg(test)]
mod tests;
