//! One list of error codes for REST, acks, the worker and JavaScript.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, for programs. A code is never renamed; new ones may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request cannot be read: bad JSON, a missing or mistyped field.
    InvalidRequest,
    /// The embedding is not 128 finite numbers of a model that is known.
    InvalidEmbedding,
    /// The picture cannot be decoded, or is of a kind that is not taken.
    InvalidImage,
    /// A body, picture or name is over its limit.
    TooLarge,
    /// Where exactly one face is needed, none was found.
    NoFace,
    /// Where exactly one face is needed, several were found.
    SeveralFaces,
    /// A model is missing, altered or broken: nobody can be recognised with it.
    ModelUnavailable,
    /// There is nobody, or nothing, by that id.
    NotFound,
    /// The same id was used for something else.
    Conflict,
    /// A key is needed, or the one sent is not right.
    Unauthorized,
    /// The caller's address or origin is not allowed.
    Forbidden,
    /// The relay does not call that address on somebody's word.
    AddressRefused,
    /// The camera gives no picture now.
    NoPicture,
    /// It was seen too long ago to be taken now.
    Expired,
    /// All places are taken; try again shortly.
    Busy,
    /// The disk is full: nothing was stored.
    StorageFull,
    /// A fault of ours; the details are in the relay's log.
    Internal,
    /// This browser cannot run the recogniser (no WebAssembly, no worker, or forbidden by a content security policy).
    UnsupportedBrowser,
    /// A file of the package could not be fetched.
    FetchFailed,
    /// The relay gave no answer by any channel, in the time that the request may take.
    RelayUnreachable,
    /// The recogniser was closed, or its worker ended.
    Closed,
    /// The caller gave the request up.
    Aborted,
}

/// An error as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what was wrong and what was expected. Never personal data.
    pub message: String,
    /// The field at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
}

/// The body of every answer of `/v1` that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorEnvelope {
    /// What went wrong.
    pub error: ErrorBody,
}
