//! ONNX graphs as tract reads, plans and runs them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rostro_core::Tensor;
use tract_onnx::prelude::{
    Datum, Framework, InferenceFact, InferenceModel, InferenceModelExt, IntoRunnable, IntoTValue,
    Tensor as TractTensor, TractError, TractResult, TypedModel, TypedSimplePlan, tvec,
};
use tract_onnx::tract_core::optim::Optimizer;

use super::compile::compile;
use super::rewrite::{packed, rewrite};
use crate::error::{LoadError, LoadErrorKind};
use crate::graph::Graph;
use crate::interface::Interface;
use crate::kernels::Isa;
use crate::layer::Convolution;

/// A parsed graph with one input, whose size is not settled yet.
pub(super) struct Onnx {
    id: &'static str,
    model: InferenceModel,
}

impl Onnx {
    /// Parses an ONNX file that has one input and as many outputs as `interface` says. The sizes it declares are put
    /// aside: YuNet's are those of 640 × 640, whatever it is fed.
    pub(super) fn parse(interface: &Interface, onnx: &[u8]) -> Result<Self, LoadError> {
        let id = interface.id;
        let read = |mut bytes: &[u8]| {
            tract_onnx::onnx()
                .with_ignore_output_shapes(true)
                .with_ignore_value_info(true)
                .model_for_read(&mut bytes)
        };
        let model = without_panic(|| read(onnx))
            .map_err(|error| LoadError::new(id, LoadErrorKind::Malformed, &error))?;
        interface.check_counts((model.inputs.len(), model.outputs.len()))?;
        Ok(Self { id, model })
    }

    /// Optimises the graph for inputs of a height and a width, with our kernels where they fit. What depends on
    /// constants only is computed here: weights that the file holds in 16 or 8 bits are f32 afterwards.
    pub(super) fn plan(&self, size: (usize, usize)) -> TractResult<Plan> {
        without_panic(|| {
            let rewritten = packed(rewrite(&self.typed(size)?)?, Isa::best());
            Ok(Plan { plan: rewritten.into_optimized()?.into_runnable()? })
        })
    }

    /// The graph as layers alone, whatever size their pictures have.
    pub(super) fn graph(&self, size: (usize, usize)) -> TractResult<Graph<Convolution>> {
        without_panic(|| compile(&rewrite(&self.typed(size)?)?))
    }

    /// The graph for inputs of one size, its constants computed and nothing else changed.
    fn typed(&self, (height, width): (usize, usize)) -> TractResult<TypedModel> {
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
    /// The shapes of the outputs; none where one is not known before running.
    pub(super) fn output_shapes(&self) -> Vec<Vec<usize>> {
        let model = self.plan.model();
        let shape = |outlet| {
            let fact = model.outlet_fact(outlet).ok()?;
            fact.shape.as_concrete().map(<[usize]>::to_vec)
        };
        let outlets = model.outputs.iter().copied();
        outlets.map(shape).collect::<Option<_>>().unwrap_or_default()
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

    use rostro_core::Network as _;

    use super::super::operator::Operator;
    use super::*;
    use crate::graph::GraphNetwork;
    use crate::{DLIB, SFACE, YUNET};

    fn onnx(interface: &Interface) -> Onnx {
        Onnx::parse(interface, &crate::model(interface.id)).unwrap()
    }

    /// Noise from 0 to 255.
    fn noise((height, width): (usize, usize)) -> Tensor {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let values = (0..3 * height * width).map(|_| f32::from(next())).collect();
        Tensor::new(&[1, 3, height, width], values)
    }

    /// The same but for rounding: each value of a detector's heads, and an embedding as the vector that it is. tract chooses
    /// its kernels by the processor; with those for AVX2 and FMA a single value of SFace was seen to differ by 1.4e-5 while
    /// the vectors differed by 7e-6 of their length.
    #[track_caller]
    fn assert_same(id: &str, found: &[Tensor], expected: &[Tensor]) {
        assert_eq!(found.len(), expected.len(), "{id}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.shape(), expected.shape(), "{id}");
            if let [1, _] = expected.shape() {
                let difference =
                    length(found.values().iter().zip(expected.values()).map(|(a, b)| a - b));
                let bound = 1e-5 * length(expected.values().iter().copied());
                assert!(difference <= bound, "{id}: {difference} > {bound}");
                continue;
            }
            for (a, b) in found.values().iter().zip(expected.values()) {
                assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{id}: {a}, {b}");
            }
        }
    }

    fn length(values: impl Iterator<Item = f32>) -> f64 {
        values.map(|value| f64::from(value).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn every_network_gives_what_tract_alone_gives() {
        for (interface, sizes) in [
            (YUNET, &[(256, 320), (96, 64), (32, 32)][..]),
            (DLIB, &[(150, 150)]),
            (SFACE, &[(112, 112)]),
        ] {
            let onnx = onnx(&interface);
            let file = super::super::compile(&interface, &crate::model(interface.id)).unwrap();
            let graph = GraphNetwork::load(interface, &file).unwrap();
            for &size in sizes {
                let tracts = onnx.typed(size).unwrap().into_optimized().unwrap();
                let tracts = Plan { plan: tracts.into_runnable().unwrap() };
                let expected = tracts.run(&noise(size)).unwrap();
                let planned = onnx.plan(size).unwrap().run(&noise(size)).unwrap();
                assert_same(interface.id, &planned, &expected);
                // Once more in the rooms of the run before.
                for _ in 0..2 {
                    assert_same(interface.id, &graph.run(noise(size)).unwrap(), &planned);
                }
            }
        }
    }

    #[test]
    fn nothing_is_left_to_tract() {
        for (interface, size, expected) in [
            // Its twelve heads are three layers of sixteen channels.
            (
                YUNET,
                (320, 320),
                "2 AddDoubled, 12 Channels, 1 Gather, 4 Pool, 17 Separable, 6 Sigmoid",
            ),
            (DLIB, (150, 150), "2 Add, 12 Gather, 5 Pad, 6 Pool, 1 Scale, 18 Winograd"),
            (SFACE, (112, 112), "1 Gather, 1 Scale, 13 Separable, 1 Whole"),
        ] {
            let plan = onnx(&interface).plan(size).unwrap();
            let mut layers = BTreeMap::<String, usize>::new();
            for node in plan.plan.model().nodes() {
                if node.op_is::<Operator>() {
                    *layers.entry(node.op.name().into_owned()).or_default() += 1;
                }
            }
            let layers: Vec<String> =
                layers.iter().map(|(name, count)| format!("{count} {name}")).collect();
            assert_eq!(layers.join(", "), expected, "{}", interface.id);
        }
    }
}
