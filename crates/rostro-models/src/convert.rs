//! Makes the files of `models/` from what others publish.
//!
//! Everything here is a pure function of the source bytes: no clock, no randomness, no map whose order could change.
//! The same source gives the same file, bit for bit, on every machine.
//!
//! | model | from | to |
//! | --- | --- | --- |
//! | [`YUNET`] | ONNX | the same bytes |
//! | [`SHAPE_PREDICTOR`] | dlib's serialised regression trees | the packed form that `rostro_core::shape_predictor` reads |
//! | [`DLIB`] | dlib's serialised network | ONNX, affine layers folded, weights in half precision |
//! | [`SFACE`] | ONNX | ONNX, batch norms folded, weights in 8 bits per output channel |

mod dlib_resnet;
mod dlib_stream;
mod graph;
mod layers;
pub mod onnx;
mod sface;
pub mod shape_predictor;

use thiserror::Error;

use crate::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET};
use shape_predictor::ShapePredictorTrees;

/// Why a published file could not be converted.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConvertError {
    /// No conversion is known for that id.
    #[error("there is no conversion for a model called {id:?}")]
    UnknownModel {
        /// The id asked for.
        id: String,
    },
    /// The file ends where more was expected, or a length in it is absurd.
    #[error("the file ends early: {wanted} more bytes were expected at offset {offset}")]
    Truncated {
        /// Where reading stopped.
        offset: usize,
        /// Bytes that should have followed.
        wanted: usize,
    },
    /// The file holds something else than the format says.
    #[error("at offset {offset}: expected {expected}")]
    Malformed {
        /// Where it was found.
        offset: usize,
        /// What should have been there.
        expected: &'static str,
    },
    /// The network is not built as the one that this conversion is for.
    #[error("{place}: expected {expected}")]
    Structure {
        /// Layer or node.
        place: String,
        /// What should have been there.
        expected: String,
    },
    /// Not a protobuf message.
    #[error("not an ONNX file: {reason}")]
    NotOnnx {
        /// What the decoder said.
        reason: String,
    },
}

impl ConvertError {
    fn structure(place: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Structure { place: place.into(), expected: expected.into() }
    }
}

/// How weights lie in a file; every runtime widens them to `f32` before it computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightForm {
    /// `FLOAT`: nothing is lost.
    Full,
    /// `FLOAT16`, then `Cast`.
    Half,
    /// `INT8` with one scale per output, symmetric (no zero point), then `DequantizeLinear`.
    Int8PerOutput,
}

impl WeightForm {
    /// Every form, the largest first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Half, Self::Int8PerOutput];

    /// A word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "f32",
            Self::Half => "f16",
            Self::Int8PerOutput => "8 bits per output channel",
        }
    }

    /// The form that is shipped of the model `id`: what each costs is in `docs/accuracy`.
    fn shipped(id: &str) -> Self {
        if id == SFACE { Self::Int8PerOutput } else { Self::Half }
    }
}

/// The file of the model `id`, made from the published file `source`, as it is shipped.
///
/// # Errors
/// [`ConvertError`] when the id is unknown or `source` is not such a file. Hostile bytes give an error, never a panic,
/// and take memory in proportion to their length.
pub fn convert(id: &str, source: &[u8]) -> Result<Vec<u8>, ConvertError> {
    convert_with(id, source, WeightForm::shipped(id))
}

/// As [`convert`], with a recogniser's weights in `form`. The other models have one form only.
///
/// # Errors
/// As [`convert`].
pub fn convert_with(id: &str, source: &[u8], form: WeightForm) -> Result<Vec<u8>, ConvertError> {
    match id {
        YUNET => Ok(source.to_vec()),
        SHAPE_PREDICTOR => ShapePredictorTrees::parse(source)?.pack(),
        DLIB => dlib_resnet::to_onnx(source, form),
        SFACE => sface::to_onnx(source, form),
        _ => Err(ConvertError::UnknownModel { id: id.to_owned() }),
    }
}
