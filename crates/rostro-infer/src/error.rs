//! Why a model could not be loaded.

use std::fmt;

use thiserror::Error;

/// What is wrong with the bytes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// They are not in the format of such a file.
    Malformed,
    /// They are a graph that cannot be run.
    Unsupported,
    /// They are a graph with other inputs or outputs than this model has.
    Interface,
}

/// A model that could not be loaded: which, what kind of fault, and where in the graph.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("cannot load the model {model}: {message}")]
pub struct LoadError {
    model: String,
    kind: LoadErrorKind,
    message: String,
}

impl LoadError {
    pub(crate) fn new(model: &str, kind: LoadErrorKind, message: &impl fmt::Display) -> Self {
        // The alternate form of tract's errors holds the whole chain: which node, and why.
        Self { model: model.to_owned(), kind, message: format!("{message:#}") }
    }

    /// The model's id in the manifest.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// What kind of fault it is.
    #[must_use]
    pub const fn kind(&self) -> LoadErrorKind {
        self.kind
    }
}
