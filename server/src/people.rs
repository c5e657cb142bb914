//! Who is enrolled, their encodings, and the galleries that probes are held against.

pub mod name;

use std::sync::Arc;

use rostro_core::{Distance, Embedding, Gallery, ModelId, Threshold};
use rostro_wire::v1;
use tokio::sync::watch;

use crate::settings::Thresholds;
use crate::store::{Store, StoreError};

/// A person to be enrolled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// 1 to 200 characters.
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// Where an encoding came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingSource {
    /// An `encodings.npy`.
    Import,
    /// The legacy `POST /api/register`.
    Register,
    /// A browser's enrolment, `POST /v1/people`.
    Browser,
    /// A picture that the relay or the command line embedded.
    Picture,
}

/// Why a person could not be enrolled or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// The name is empty or only blanks.
    #[error("a name has at least one character")]
    NameEmpty,
    /// The name is too long.
    #[error("a name has at most 200 characters, got {actual}")]
    NameTooLong {
        /// Characters given.
        actual: usize,
    },
    /// The name holds a line break or another control character.
    #[error("a name holds no control characters")]
    NameHasControl,
    /// Enrolment without an encoding.
    #[error("at least one sample is needed")]
    NoSamples,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The enrolled encodings of everybody active, by model, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Galleries {
    galleries: Vec<Gallery<Arc<PersonCard>>>,
}

/// What the relay found for one face.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Who it is; `None` when nobody is near enough.
    pub person: Option<Arc<PersonCard>>,
    /// Distance to the nearest person, known or not; `None` when there is nobody to compare with.
    pub nearest: Option<Distance>,
    /// The threshold that decided, of the same model.
    pub threshold: Threshold,
}

impl Galleries {
    /// The models that somebody is enrolled in.
    #[must_use]
    pub fn models(&self) -> Vec<ModelId> {
        self.galleries.iter().map(Gallery::model).collect()
    }

    /// The gallery of one model; `None` when nobody is enrolled in it.
    #[must_use]
    pub fn gallery(&self, model: ModelId) -> Option<&Gallery<Arc<PersonCard>>> {
        self.galleries.iter().find(|gallery| gallery.model() == model)
    }

    /// Encodings held, over all models.
    #[must_use]
    pub fn len(&self) -> usize {
        self.galleries.iter().map(Gallery::len).sum()
    }

    /// Whether nobody is enrolled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.galleries.is_empty()
    }

    /// Who one face is, given its embeddings in one or more models: the best of them.
    #[must_use]
    pub fn identify(&self, probes: &[Embedding], thresholds: &Thresholds) -> Measured {
        let _ = (probes, thresholds);
        unimplemented!()
    }
}

/// The people; clones share them.
#[derive(Clone, Debug)]
pub struct People;

impl People {
    /// Reads everybody from the store.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn load(store: Store) -> Result<Self, PeopleError> {
        drop(store);
        unimplemented!()
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
        let _ = (person, samples, source);
        unimplemented!()
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn list(&self) -> Result<Vec<v1::Person>, PeopleError> {
        unimplemented!()
    }

    /// The person of that id.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn get(&self, id: &str) -> Result<Option<v1::Person>, PeopleError> {
        let _ = id;
        unimplemented!()
    }

    /// The person of that name, compared without case.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn by_name(&self, name: &str) -> Result<Option<v1::Person>, PeopleError> {
        let _ = name;
        unimplemented!()
    }

    /// Removes a person, their encodings, their name from every stored result, and the webhooks about them that
    /// wait; `false` when there is none of that id. They no longer match once this returns.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn forget(&self, id: &str) -> Result<bool, PeopleError> {
        let _ = id;
        unimplemented!()
    }

    /// Encodings held, over all models.
    #[must_use]
    pub fn encoding_count(&self) -> usize {
        self.galleries().len()
    }

    /// The galleries now.
    #[must_use]
    pub fn galleries(&self) -> Arc<Galleries> {
        unimplemented!()
    }

    /// A number that changes whenever somebody is enrolled or forgotten.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        unimplemented!()
    }
}
