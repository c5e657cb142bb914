//! The kernels as an operator of tract.

use std::sync::Arc;

use tract_onnx::tract_core::internal::*;

use crate::kernels::depthwise::Depthwise;
use crate::kernels::gather::Gather;
use crate::kernels::gemm::{Product, Rows, Weights};
use crate::kernels::pool::{Pool, Window, add_doubled, pool};
use crate::kernels::winograd::Winograd;
use crate::kernels::{Isa, Size};

/// What a layer does. Those with a second input add it before the activation.
#[derive(Clone, Debug)]
pub(super) enum Kernel {
    Pointwise(Weights),
    Depthwise(Depthwise),
    Winograd(Winograd),
    Gather(Gather),
    Pool(Pool, Window),
    /// The first input, and the second at twice its size.
    AddDoubled,
}

/// A layer on a picture of one size, `[row][column][channel]`.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    kernel: Kernel,
    isa: Isa,
    input: Size,
    output: Size,
    channels: usize,
}

impl Layer {
    /// From pictures of size `input` to pictures of size `output` with `channels` channels.
    pub(super) fn new(
        isa: Isa,
        kernel: Kernel,
        input: Size,
        (output, channels): (Size, usize),
    ) -> Self {
        Self { inner: Arc::new(Inner { kernel, isa, input, output, channels }) }
    }

    fn shape(&self) -> [usize; 3] {
        let Inner { output, channels, .. } = *self.inner;
        [output.height, output.width, channels]
    }
}

impl PartialEq for Layer {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for Layer {}

impl Op for Layer {
    fn name(&self) -> StaticName {
        match self.inner.kernel {
            Kernel::Pointwise(_) => "Pointwise",
            Kernel::Depthwise(_) => "Depthwise",
            Kernel::Winograd(_) => "Winograd",
            Kernel::Gather(_) => "Gather",
            Kernel::Pool(..) => "Pool",
            Kernel::AddDoubled => "AddDoubled",
        }
        .into()
    }

    op_as_typed_op!();
}

impl EvalOp for Layer {
    op_out_of_plan!();

    fn eval(&self, _context: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let values = |index: usize| inputs[index].try_as_plain_ram()?.as_slice::<f32>();
        let input = values(0)?;
        let plus = if inputs.len() > 1 { Some(values(1)?) } else { None };
        #[expect(unsafe_code, reason = "zeros first would take a tenth of the time")]
        // SAFETY: floats of any bits are floats, and every kernel writes all of them.
        let mut output = unsafe { Tensor::uninitialized::<f32>(&self.shape())? };
        let mut view = output.try_as_plain_ram_mut()?;
        let out = view.as_slice_mut::<f32>()?;
        let Inner { kernel, isa, input: size, output: to, .. } = &*self.inner;
        match kernel {
            Kernel::Pointwise(weights) => {
                Product { rows: Rows::Dense(input), weights, plus, out }.run(*isa);
            }
            Kernel::Depthwise(layer) => layer.run(*isa, input, *size, 0..to.height, out),
            Kernel::Winograd(layer) => layer.run(*isa, input, *size, plus, out),
            Kernel::Gather(layer) => layer.run(*isa, input, plus, out),
            Kernel::Pool(kind, window) => pool(*kind, *window, input, *size, out),
            Kernel::AddDoubled => {
                add_doubled(input, plus.context("two inputs")?, *size, out);
            }
        }
        Ok(tvec![output.into_tvalue()])
    }
}

impl TypedOp for Layer {
    fn output_facts(&self, _inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec![f32::fact(self.shape())])
    }

    as_op!();
}
