//! Runs the networks of `rostro-core`: the only crate that names tract.
//!
//! tract reads ONNX files and folds their constants. What is left is rewritten into layers that our own kernels do,
//! as operators of tract; and [`compile`] writes those layers into a file of its own form, `*.graph`, which is run without
//! tract, loads at once and is what browsers get. Both forms give the same numbers, and both hold weights in 16 or 8
//! bits, which are widened to f32 once, when a network is loaded, so that running it costs what f32 costs.
//!
//! Without the feature `tract` only the second form is read.
#![deny(unsafe_code)]

mod error;
mod graph;
mod interface;
#[expect(
    unsafe_code,
    reason = "vectors are read and written by address; every kernel checks its lengths first"
)]
mod kernels;
mod layer;
#[cfg(feature = "tract")]
mod onnx;

pub use error::{LoadError, LoadErrorKind};

use rostro_core::shape_predictor::ShapePredictor;
use rostro_core::{Detector, Network, Recognizer};

use crate::graph::GraphNetwork;
use crate::interface::{Input, Interface};

/// Its twelve outputs are for a picture of 32 × 32: pixels of three sizes, and one, one, four or ten numbers for each.
const YUNET: Interface = Interface {
    id: "yunet-2023mar",
    input: Input::Multiples(32),
    outputs: &[
        &[1, 16, 1],
        &[1, 4, 1],
        &[1, 1, 1],
        &[1, 16, 1],
        &[1, 4, 1],
        &[1, 1, 1],
        &[1, 16, 4],
        &[1, 4, 4],
        &[1, 1, 4],
        &[1, 16, 10],
        &[1, 4, 10],
        &[1, 1, 10],
    ],
};
const DLIB: Interface =
    Interface { id: "dlib-resnet-v1", input: Input::Square(150), outputs: &[&[1, 128]] };
const SFACE: Interface =
    Interface { id: "sface-2021dec", input: Input::Square(112), outputs: &[&[1, 128]] };

/// Finds out which of the kernels' tiles are the fastest on this machine, by a clock that gives milliseconds, and keeps
/// to them from then on. Outside browsers it is done when the first network is loaded; in a browser, which has no clock
/// of its own here, it is to be called once after the networks have run, when their code is compiled in full.
///
/// Gives the rows of the tiles. Cost: 5 to 15 milliseconds.
pub fn tune(now_ms: impl Fn() -> f64) -> usize {
    kernels::tuning::tune(now_ms)
}

/// Takes what [`tune`] gave on this machine before, in place of timing again; `false`, and nothing taken, where that is no
/// such choice.
#[must_use]
pub fn choose_tiles(rows: usize) -> bool {
    kernels::tuning::choose(rows)
}

/// A detector from YuNet's file.
///
/// The network runs at any height and width that are multiples of 32. From ONNX, a plan is made when a size is first seen
/// (tens of milliseconds) and kept while it is among the last few used; a graph needs none.
///
/// # Errors
/// [`LoadError`] when the bytes are no network of one input and twelve outputs that can be run.
pub fn load_detector(file: &[u8]) -> Result<Detector, LoadError> {
    Ok(Detector::new(network(YUNET, file)?))
}

/// The recogniser whose embeddings are those of Python's `face_recognition`.
///
/// # Errors
/// [`LoadError`] when `file` is no network from `[1, 3, 150, 150]` to `[1, 128]` that can be run, or
/// `packed_shape_predictor` is not what [`ShapePredictor::from_packed`] reads.
pub fn load_dlib(file: &[u8], packed_shape_predictor: &[u8]) -> Result<Recognizer, LoadError> {
    let shape_predictor = ShapePredictor::from_packed(packed_shape_predictor)
        .map_err(|error| LoadError::new("shape-predictor-5", LoadErrorKind::Malformed, &error))?;
    Ok(Recognizer::Dlib { network: network(DLIB, file)?, shape_predictor })
}

/// The recogniser of OpenCV's model zoo.
///
/// # Errors
/// [`LoadError`] when the bytes are no network from `[1, 3, 112, 112]` to `[1, 128]` that can be run.
pub fn load_sface(file: &[u8]) -> Result<Recognizer, LoadError> {
    Ok(Recognizer::Sface { network: network(SFACE, file)? })
}

/// The file of the network `id` in the form that browsers load, out of its ONNX file. The same bytes on every machine;
/// weights come back from it to the last bit.
///
/// # Errors
/// [`LoadError`] when there is no network of that name, or `onnx` is not its file.
#[cfg(feature = "tract")]
pub fn compile(id: &str, onnx: &[u8]) -> Result<Vec<u8>, LoadError> {
    let known = [YUNET, DLIB, SFACE].into_iter().find(|interface| interface.id == id);
    let interface = known
        .ok_or_else(|| LoadError::new(id, LoadErrorKind::Interface, &"no network of that name"))?;
    onnx::compile(&interface, onnx)
}

fn network(interface: Interface, file: &[u8]) -> Result<Box<dyn Network>, LoadError> {
    #[cfg(not(target_arch = "wasm32"))]
    kernels::tuning::tune_once();
    if graph::is_graph(file) {
        return Ok(Box::new(GraphNetwork::load(interface, file)?));
    }
    #[cfg(feature = "tract")]
    return Ok(Box::new(onnx::OnnxNetwork::load(interface, file)?));
    #[cfg(not(feature = "tract"))]
    Err(LoadError::new(interface.id, LoadErrorKind::Malformed, &"the file is no graph"))
}

#[cfg(test)]
fn model(id: &str) -> Vec<u8> {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    rostro_models::read_verified(&models, id).unwrap()
}
