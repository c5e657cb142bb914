//! ONNX graphs as tract reads, plans and runs them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rostro_core::Tensor;
use tract_onnx::prelude::{
    Datum, Framework, InferenceFact, InferenceModel, InferenceModelExt, IntoRunnable, IntoTValue,
    Tensor as TractTensor, TractError, TractResult, TypedSimplePlan, tvec,
};

use crate::error::{LoadError, LoadErrorKind};

/// A parsed graph with one input, whose size is not settled yet.
pub(super) struct Graph {
    id: &'static str,
    model: InferenceModel,
}

impl Graph {
    /// Parses an ONNX file that has one input and `outputs` outputs. The sizes it declares are put aside: YuNet's
    /// are those of 640 × 640, whatever it is fed.
    pub(super) fn parse(id: &'static str, onnx: &[u8], outputs: usize) -> Result<Self, LoadError> {
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

    /// Optimises the graph for inputs of `[1, 3, height, width]`. What depends on constants only is computed here:
    /// weights that the file holds in 16 or 8 bits are f32 afterwards.
    pub(super) fn plan(&self, height: usize, width: usize) -> TractResult<Plan> {
        without_panic(|| {
            let fact = InferenceFact::dt_shape(f32::datum_type(), [1, 3, height, width]);
            let plan =
                self.model.clone().with_input_fact(0, fact)?.into_optimized()?.into_runnable()?;
            Ok(Plan { plan })
        })
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
