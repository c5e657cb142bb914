//! ONNX graphs as tract reads, plans and runs them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rostro_core::Tensor;
use tract_onnx::prelude::{
    Datum, Framework, InferenceFact, InferenceModel, InferenceModelExt, IntoRunnable, IntoTValue,
    Tensor as TractTensor, TractError, TractResult, TypedModel, TypedSimplePlan, tvec,
};
use tract_onnx::tract_core::optim::Optimizer;

use super::rewrite::rewrite;
use crate::error::{LoadError, LoadErrorKind};
use crate::kernels::Isa;

/// A parsed graph with one input, whose size is not settled yet.
pub(super) struct Graph {
    id: &'static str,
    model: InferenceModel,
}

impl Graph {
    /// Parses an ONNX file that has one input and `outputs` outputs. The sizes it declares are put aside: YuNet's
    /// are those of 640 × 640, whatever it is fed.
    pub(super) fn parse(id: &'static str, onnx: &[u8], outputs: usize) -> Result<Self, LoadError> {
        #[cfg(not(target_arch = "wasm32"))]
        crate::kernels::tuning::tune_once();
        let read = |mut bytes: &[u8]| {
            tract_onnx::onnx()
                .with_ignore_output_shapes(true)
                .with_ignore_value_info(true)
                .model_for_read(&mut bytes)
        };
        let model = without_panic(|| read(onnx))
            .map_err(|error| LoadError::new(id, LoadErrorKind::Malformed, &error))?;
        let found = (model.inputs.len(), model.outputs.len());
        if found != (1, outputs) {
            let message = format!(
                "expected 1 input and {outputs} outputs, found {} and {}",
                found.0, found.1
            );
            return Err(LoadError::new(id, LoadErrorKind::Interface, &message));
        }
        Ok(Self { id, model })
    }

    /// Optimises the graph for inputs of `[1, 3, height, width]`, with our kernels where they fit. What depends on
    /// constants only is computed here: weights that the file holds in 16 or 8 bits are f32 afterwards.
    pub(super) fn plan(&self, height: usize, width: usize) -> TractResult<Plan> {
        without_panic(|| {
            let rewritten = rewrite(&self.typed(height, width)?, Isa::best())?;
            Ok(Plan { plan: rewritten.into_optimized()?.into_runnable()? })
        })
    }

    /// The graph for inputs of one size, its constants computed and nothing else changed.
    fn typed(&self, height: usize, width: usize) -> TractResult<TypedModel> {
        let fact = InferenceFact::dt_shape(f32::datum_type(), [1, 3, height, width]);
        let mut typed = self.model.clone().with_input_fact(0, fact)?.into_typed()?;
        Optimizer::prop_consts().optimize(&mut typed)?;
        typed.into_compact()
    }

    /// The error of a graph that was parsed and cannot be run.
    pub(super) fn unsupported(&self, error: &TractError) -> LoadError {
        LoadError::new(self.id, LoadErrorKind::Unsupported, error)
    }
}

/// A graph that is ready to be run on inputs of one size, by any number of threads at once.
pub(super) struct Plan {
    plan: Arc<TypedSimplePlan>,
}

impl Plan {
    /// The shape of output `index`, where it is known before running.
    pub(super) fn output_shape(&self, index: usize) -> Option<Vec<usize>> {
        let fact = self.plan.model().output_fact(index).ok()?;
        fact.shape.as_concrete().map(<[usize]>::to_vec)
    }

    /// Runs the graph, with a state of its own.
    pub(super) fn run(&self, input: &Tensor) -> TractResult<Vec<Tensor>> {
        let input = TractTensor::from_shape(input.shape(), input.values())?;
        let outputs = self.plan.run(tvec![input.into_tvalue()])?;
        outputs
            .iter()
            .map(|output| {
                let values = output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
                Ok(Tensor::new(output.shape(), values))
            })
            .collect()
    }
}

/// What `read` gives; an error where it panics.
///
/// tract's reader takes some things for granted that a damaged file does not hold, such as that an output it names
/// exists. In the browser a panic ends the worker; there, and everywhere else, the checksum is compared first.
fn without_panic<T>(read: impl FnOnce() -> TractResult<T>) -> TractResult<T> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(TractError::msg("the graph contradicts itself")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use rostro_models::{DLIB, SFACE, YUNET};

    use super::super::layer::Layer;
    use super::*;

    fn graph(id: &'static str, outputs: usize) -> Graph {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        Graph::parse(id, &rostro_models::read_verified(&models, id).unwrap(), outputs).unwrap()
    }

    /// Noise from 0 to 255.
    fn noise(height: usize, width: usize) -> Tensor {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let values = (0..3 * height * width).map(|_| f32::from(next())).collect();
        Tensor::new(&[1, 3, height, width], values)
    }

    #[test]
    fn every_network_gives_what_tract_alone_gives() {
        for (id, outputs, sizes) in [
            (YUNET, 12, &[(256, 320), (96, 64), (32, 32)][..]),
            (DLIB, 1, &[(150, 150)]),
            (SFACE, 1, &[(112, 112)]),
        ] {
            let graph = graph(id, outputs);
            for &(height, width) in sizes {
                let tracts = graph.typed(height, width).unwrap().into_optimized().unwrap();
                let tracts = Plan { plan: tracts.into_runnable().unwrap() };
                let input = noise(height, width);
                let expected = tracts.run(&input).unwrap();
                let found = graph.plan(height, width).unwrap().run(&input).unwrap();
                assert_eq!(found.len(), outputs);
                for (found, expected) in found.iter().zip(&expected) {
                    assert_eq!(found.shape(), expected.shape(), "{id}");
                    for (a, b) in found.values().iter().zip(expected.values()) {
                        assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{id}: {a}, {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_convolution_is_left_to_tract() {
        for (id, outputs, side, expected) in [
            // Its twelve heads are three layers of sixteen channels.
            (YUNET, 12, 320, "2 AddDoubled, 17 Depthwise, 1 Gather, 17 Pointwise, 4 Pool"),
            (DLIB, 1, 150, "11 Gather, 5 Pool, 18 Winograd"),
            (SFACE, 1, 112, "13 Depthwise, 1 Gather, 13 Pointwise"),
        ] {
            let plan = graph(id, outputs).plan(side, side).unwrap();
            let mut layers = BTreeMap::<String, usize>::new();
            for node in plan.plan.model().nodes() {
                assert!(!node.op.name().contains("Conv"), "{id}: {node}");
                if node.op_is::<Layer>() {
                    *layers.entry(node.op.name().into_owned()).or_default() += 1;
                }
            }
            let layers: Vec<String> =
                layers.iter().map(|(name, count)| format!("{count} {name}")).collect();
            assert_eq!(layers.join(", "), expected, "{id}");
        }
    }
}
