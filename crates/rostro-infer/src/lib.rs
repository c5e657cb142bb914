//! Runs the networks of `rostro-core` with tract: the only crate that names it.
//!
//! The files hold weights in 16 or 8 bits; they are widened to f32 once, when a network is loaded, so that running
//! it costs what f32 costs. The convolutions are our own kernels, where they are the faster ones; the rest is tract's.
#![deny(unsafe_code)]

mod error;
#[expect(
    unsafe_code,
    reason = "vectors are read and written by address; every kernel checks its lengths first"
)]
mod kernels;
mod network;

pub use error::{LoadError, LoadErrorKind};

use rostro_core::shape_predictor::ShapePredictor;
use rostro_core::{Detector, Recognizer};

use crate::network::{FixedNetwork, ResizableNetwork};

/// Finds out which of the kernels' tiles are the fastest on this machine, by a clock that gives milliseconds, and keeps
/// to them from then on. Outside browsers it is done when the first network is loaded; in a browser, which has no clock
/// of its own here, it is to be called once after the networks have run, when their code is compiled in full.
///
/// Gives the rows of the tiles. Cost: 5 to 15 milliseconds.
pub fn tune(now_ms: impl Fn() -> f64) -> usize {
    kernels::tuning::tune(now_ms)
}

/// A detector from YuNet's ONNX file.
///
/// The network runs at any height and width that are multiples of 32. A plan is made when a size is first seen
/// (tens of milliseconds) and kept while it is among the last few used.
///
/// # Errors
/// [`LoadError`] when the bytes are no ONNX graph of one input and twelve outputs, or tract cannot run it.
pub fn load_detector(onnx: &[u8]) -> Result<Detector, LoadError> {
    Ok(Detector::new(Box::new(ResizableNetwork::load("yunet-2023mar", onnx, 12)?)))
}

/// The recogniser whose embeddings are those of Python's `face_recognition`.
///
/// # Errors
/// [`LoadError`] when `onnx` is no graph from `[1, 3, 150, 150]` to `[1, 128]` that tract can run, or
/// `packed_shape_predictor` is not what [`ShapePredictor::from_packed`] reads.
pub fn load_dlib(onnx: &[u8], packed_shape_predictor: &[u8]) -> Result<Recognizer, LoadError> {
    let shape_predictor = ShapePredictor::from_packed(packed_shape_predictor)
        .map_err(|error| LoadError::new("shape-predictor-5", LoadErrorKind::Malformed, &error))?;
    let network = Box::new(FixedNetwork::load("dlib-resnet-v1", onnx, 150)?);
    Ok(Recognizer::Dlib { network, shape_predictor })
}

/// The recogniser of OpenCV's model zoo.
///
/// # Errors
/// [`LoadError`] when the bytes are no ONNX graph from `[1, 3, 112, 112]` to `[1, 128]` that tract can run.
pub fn load_sface(onnx: &[u8]) -> Result<Recognizer, LoadError> {
    let network = Box::new(FixedNetwork::load("sface-2021dec", onnx, 112)?);
    Ok(Recognizer::Sface { network })
}
