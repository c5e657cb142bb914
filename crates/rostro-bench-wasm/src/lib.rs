//! What the speed bench runs in the browser, and the npm package has no door to: the networks alone, as
//! `rostro-infer` runs them, and how fast the machine multiplies at best.

mod peak;

use rostro_core::{Detector, Network, Recognizer, Tensor};
use rostro_infer::{load_detector, load_dlib, load_sface};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

pub use peak::{is_relaxed, peak, peak_macs_per_round};

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Whose network it is.
enum Owner {
    Detector(Detector),
    Recognizer(Recognizer),
}

/// One network and an input for it.
#[wasm_bindgen]
pub struct BenchNetwork {
    owner: Owner,
    input: Tensor,
}

#[wasm_bindgen]
impl BenchNetwork {
    /// Loads `name`, one of `yunet`, `dlib` and `sface`, from its ONNX file. `shape_predictor` is needed for dlib,
    /// whose loader takes both files. `input` is what [`BenchNetwork::run`] is given: planes of `height` × `width`.
    ///
    /// # Errors
    /// Another name, a file that is not that network's, or an `input` that does not fill its shape.
    #[wasm_bindgen(constructor)]
    pub fn new(
        name: &str,
        onnx: &[u8],
        shape_predictor: &[u8],
        height: usize,
        width: usize,
        input: Vec<f32>,
    ) -> Result<Self, JsError> {
        let owner = match name {
            "yunet" => Owner::Detector(load_detector(onnx)?),
            "dlib" => Owner::Recognizer(load_dlib(onnx, shape_predictor)?),
            "sface" => Owner::Recognizer(load_sface(onnx)?),
            other => return Err(JsError::new(&format!("no network is called {other}"))),
        };
        if input.len() != 3 * height * width {
            return Err(JsError::new("the input does not fill its shape"));
        }
        Ok(Self { owner, input: Tensor::new(&[1, 3, height, width], input) })
    }

    /// Runs it `times` times. Gives the first output of the last run.
    ///
    /// # Errors
    /// The network cannot run.
    pub fn run(&self, times: u32) -> Result<Vec<f32>, JsError> {
        let network: &dyn Network = match &self.owner {
            Owner::Detector(detector) => detector.network(),
            Owner::Recognizer(Recognizer::Dlib { network, .. } | Recognizer::Sface { network }) => {
                network.as_ref()
            }
            Owner::Recognizer(_) => return Err(JsError::new("a recogniser of another kind")),
        };
        let mut first = Vec::new();
        for _ in 0..times {
            let outputs = network.run(self.input.clone())?;
            first = outputs.into_iter().next().map(Tensor::into_values).unwrap_or_default();
        }
        Ok(first)
    }
}
