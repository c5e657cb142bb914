//! The kernels as an operator of tract.

use std::sync::Arc;

use tract_onnx::tract_core::internal::*;

use crate::kernels::Isa;
use crate::kernels::gather::Layout;
use crate::layer::{Convolution, Layer, Packed, Shape};

/// A layer on pictures of one size.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    state: State,
    inputs: Arc<[Shape]>,
    output: Shape,
}

#[derive(Clone, Debug)]
enum State {
    /// As it was trained.
    Described(Arc<Layer<Convolution>>),
    /// Ready to be run.
    Packed(Isa, Arc<Layer<Packed>>),
}

impl Operator {
    /// A layer on pictures of these shapes; `None` when it does not take them.
    pub(super) fn new(layer: Layer<Convolution>, inputs: &[Shape]) -> Option<Self> {
        let output = layer.shape(inputs)?;
        Some(Self { state: State::Described(Arc::new(layer)), inputs: inputs.into(), output })
    }

    /// The same, ready to be run.
    pub(super) fn pack(&self, isa: Isa) -> Self {
        let state = match &self.state {
            State::Described(layer) => State::Packed(isa, Arc::new(layer.pack(isa))),
            packed @ State::Packed(..) => packed.clone(),
        };
        Self { state, ..self.clone() }
    }

    /// The layer as it was trained; `None` once it was packed.
    pub(super) fn described(&self) -> Option<&Layer<Convolution>> {
        match &self.state {
            State::Described(layer) => Some(layer),
            State::Packed(..) => None,
        }
    }

    pub(super) fn inputs(&self) -> &[Shape] {
        &self.inputs
    }

    pub(super) const fn output(&self) -> Shape {
        self.output
    }

    fn tensor_shape(&self) -> TVec<usize> {
        let Shape { size, channels, layout } = self.output;
        match layout {
            Layout::Pixels => tvec![size.height, size.width, channels],
            Layout::Planes => tvec![1, channels, size.height, size.width],
        }
    }
}

impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        match (&self.state, &other.state) {
            (State::Described(a), State::Described(b)) => Arc::ptr_eq(a, b),
            (State::Packed(_, a), State::Packed(_, b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Operator {}

impl Op for Operator {
    fn name(&self) -> StaticName {
        match &self.state {
            State::Described(layer) => layer.name(),
            State::Packed(_, layer) => layer.name(),
        }
        .into()
    }

    op_as_typed_op!();
}

impl EvalOp for Operator {
    op_out_of_plan!();

    fn eval(&self, _context: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let State::Packed(isa, layer) = &self.state else { bail!("a layer that was not packed") };
        let mut given: TVec<(&[f32], Shape)> = tvec![];
        for (input, shape) in inputs.iter().zip(&self.inputs[..]) {
            given.push((input.try_as_plain_ram()?.as_slice::<f32>()?, *shape));
        }
        #[expect(unsafe_code, reason = "zeros first would take a tenth of the time")]
        // SAFETY: floats of any bits are floats, and every kernel writes all of them.
        let mut output = unsafe { Tensor::uninitialized::<f32>(&self.tensor_shape())? };
        layer.run(*isa, &given, output.try_as_plain_ram_mut()?.as_slice_mut::<f32>()?);
        Ok(tvec![output.into_tvalue()])
    }
}

impl TypedOp for Operator {
    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec![f32::fact(self.tensor_shape())])
    }

    as_op!();
}
