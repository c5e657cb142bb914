//! What a typed graph holds that the kernels can do.

use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::binary::{BinMiniOp, TypedBinOp};
use tract_onnx::tract_core::ops::cnn::{
    Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool,
};
use tract_onnx::tract_core::ops::math::{Add, Max, Mul};
use tract_onnx::tract_core::ops::nn::{DataFormat, NearestUpsample};

use super::CHANNELS;
use crate::kernels::Size;
use crate::kernels::gather::Filter;
use crate::kernels::gemm::Activation;
use crate::kernels::pool::{Pool, Window};

/// A graph, to be asked what it holds.
#[derive(Clone, Copy)]
pub(super) struct Patterns<'a>(pub(super) &'a TypedModel);

/// A convolution of the old graph.
pub(super) struct Convolution {
    pub(super) node: usize,
    pub(super) input: OutletId,
    pub(super) filter: Filter,
    pub(super) channels: (usize, usize),
    pub(super) is_depthwise: bool,
    /// `[to][from of a group][place]`
    pub(super) weights: Arc<Tensor>,
    pub(super) bias: Vec<f32>,
}

/// A convolution and what follows it.
pub(super) struct Block {
    pub(super) convolution: Convolution,
    pub(super) plus: Option<OutletId>,
    pub(super) activation: Activation,
}

impl<'a> Patterns<'a> {
    /// The size and the channels of a value that is one picture.
    pub(super) fn picture(&self, outlet: OutletId) -> Option<(Size, usize)> {
        let fact = self.0.outlet_fact(outlet).ok()?;
        match *fact.shape.as_concrete()? {
            [1, channels, height, width] if fact.konst.is_none() => {
                Some((Size { height, width }, channels))
            }
            _ => None,
        }
    }

    /// The constant that is input `index` of `node`.
    fn constant(&self, node: &TypedNode, index: usize) -> Option<Arc<Tensor>> {
        self.0.outlet_fact(*node.inputs.get(index)?).ok()?.konst.clone()
    }

    fn is_binary<O: BinMiniOp>(node: &TypedNode) -> bool {
        node.op_as::<TypedBinOp>().is_some_and(|op| op.0.is::<O>())
    }

    /// Input of `node` that is no constant, and the constant beside it.
    fn with_constant(&self, node: &TypedNode) -> Option<(OutletId, Arc<Tensor>)> {
        [0, 1]
            .into_iter()
            .find_map(|index| Some((node.inputs[1 - index], self.constant(node, index)?)))
    }

    /// The nodes that read `outlet`.
    pub(super) fn readers(&self, outlet: OutletId) -> &[InletId] {
        &self.0.node(outlet.node).outputs[outlet.slot].successors
    }

    /// The convolution, addition and activation of which `outlet` is the end.
    pub(super) fn block(&self, outlet: OutletId) -> TractResult<Option<Block>> {
        let (inner, activation) = self.activation(outlet)?.unwrap_or((outlet, Activation::None));
        let node = self.0.node(inner.node);
        if Self::is_binary::<Add>(node) {
            for (conv, plus) in [(0, 1), (1, 0)] {
                let (conv, plus) = (node.inputs[conv], node.inputs[plus]);
                if self.readers(conv).len() == 1
                    && self.picture(conv) == self.picture(plus)
                    && self.picture(plus).is_some()
                    && let Some(convolution) = self.convolution(conv)?
                    && !convolution.is_depthwise
                {
                    return Ok(Some(Block { convolution, plus: Some(plus), activation }));
                }
            }
        }
        let convolution = self.convolution(inner)?;
        Ok(convolution.map(|convolution| Block { convolution, plus: None, activation }))
    }

    /// The value before the activation of which `outlet` is the end, where nothing else reads it.
    fn activation(&self, outlet: OutletId) -> TractResult<Option<(OutletId, Activation)>> {
        let node = self.0.node(outlet.node);
        if !Self::is_binary::<Max>(node) {
            return Ok(None);
        }
        if let Some((input, constant)) = self.with_constant(node) {
            let is_zero =
                constant.cast_to::<f32>()?.try_as_plain_ram()?.as_slice::<f32>()? == [0.0];
            let is_alone = self.readers(input).len() == 1;
            return Ok((is_zero && is_alone).then_some((input, Activation::Relu)));
        }
        for (input, product) in [(0, 1), (1, 0)] {
            let (input, product) = (node.inputs[input], self.0.node(node.inputs[product].node));
            if Self::is_binary::<Mul>(product)
                && let Some((factor, slopes)) = self.with_constant(product)
                && factor == input
                && self.readers(input).len() == 2
                && let Some((_, channels)) = self.picture(input)
                && slopes.shape() == [1, channels, 1, 1]
            {
                let slopes = slopes.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
                return Ok(Some((input, Activation::Prelu(slopes))));
            }
        }
        Ok(None)
    }

    /// The convolution that gives `outlet`, where the kernels can do it.
    fn convolution(&self, outlet: OutletId) -> TractResult<Option<Convolution>> {
        let node = self.0.node(outlet.node);
        let Some(op) = node.op_as::<Conv>() else { return Ok(None) };
        let Some(filter) = filter_of(&op.pool_spec) else { return Ok(None) };
        let (Some(weights), Some(bias)) = (self.constant(node, 1), self.constant(node, 2)) else {
            return Ok(None);
        };
        let Some((size, from)) = self.picture(node.inputs[0]) else { return Ok(None) };
        let to = op.output_channels();
        let is_depthwise = filter.height == 3 && op.group == from && from == to;
        let is_known = op.q_params.is_none()
            && op.kernel_fmt == KernelFormat::OIHW
            && weights.datum_type() == f32::datum_type()
            && bias.datum_type() == f32::datum_type()
            && filter.output(size) == self.picture(outlet).map(|(size, _)| size)
            && (op.group == 1 || is_depthwise);
        // As many steps as the depthwise kernel can take.
        let is_padded = filter.width == 3 && filter.padding == 1 && filter.stride <= 2;
        if !is_known || (is_depthwise && !is_padded) {
            return Ok(None);
        }
        let bias = bias.try_as_plain_ram()?.as_slice::<f32>()?;
        let bias = if bias.len() == 1 { vec![bias[0]; to] } else { bias.to_vec() };
        let input = node.inputs[0];
        let channels = (from, to);
        let node = node.id;
        Ok(Some(Convolution { node, input, filter, channels, is_depthwise, weights, bias }))
    }

    /// The pointwise and the depthwise convolution of a head that ends with `block`.
    pub(super) fn head(&self, block: &Block) -> TractResult<Option<(Convolution, Convolution)>> {
        let depthwise = &block.convolution;
        let is_end = depthwise.is_depthwise
            && depthwise.filter.stride == 1
            && block.plus.is_none()
            && block.activation == Activation::None
            && !depthwise.channels.1.is_multiple_of(CHANNELS);
        if !is_end || self.readers(depthwise.input).len() != 1 {
            return Ok(None);
        }
        let Some(pointwise) = self.convolution(depthwise.input)? else { return Ok(None) };
        let is_pointwise =
            pointwise.filter == Filter { height: 1, width: 1, stride: 1, padding: 0 };
        let Some(depthwise) = self.convolution(OutletId::new(depthwise.node, 0))? else {
            return Ok(None);
        };
        Ok(is_pointwise.then_some((pointwise, depthwise)))
    }

    /// The end of the head that begins with `reader`.
    pub(super) fn head_of(&self, reader: InletId) -> Option<OutletId> {
        match self.readers(OutletId::new(reader.node, 0)) {
            [next] => Some(OutletId::new(next.node, 0)),
            _ => None,
        }
    }

    /// The inputs of an addition to a picture of the doubled other.
    pub(super) fn doubled(&self, node: &TypedNode) -> Option<(OutletId, OutletId)> {
        if !Self::is_binary::<Add>(node) {
            return None;
        }
        [(0, 1), (1, 0)].into_iter().find_map(|(fine, coarse)| {
            let (fine, doubled) = (node.inputs[fine], self.0.node(node.inputs[coarse].node));
            let scales = &doubled.op_as::<NearestUpsample>()?.scales;
            let is_fit = scales[..] == [1, 1, 2, 2]
                && self.picture(fine)?.1 % CHANNELS == 0
                && self.picture(fine) == self.picture(node.inputs[coarse]);
            is_fit.then_some((fine, doubled.inputs[0]))
        })
    }
}

/// The filter of a convolution of planes with the same steps and padding on all sides.
fn filter_of(spec: &PoolSpec) -> Option<Filter> {
    let &[height, width] = &spec.kernel_shape[..] else { return None };
    let padding = match &spec.padding {
        PaddingSpec::Valid => 0,
        PaddingSpec::Explicit(before, after)
        | PaddingSpec::ExplicitOnnxPool(before, after, false) => {
            let first = *before.first()?;
            before.iter().chain(after).all(|side| *side == first).then_some(first)?
        }
        _ => return None,
    };
    let is_plain = spec.data_format == DataFormat::NCHW
        && spec.dilations().iter().all(|step| *step == 1)
        && spec.stride(0) == spec.stride(1);
    is_plain.then_some(Filter { height, width, stride: spec.stride(0), padding })
}

/// The pool that `op` is.
pub(super) fn pooling(op: &dyn TypedOp) -> Option<(Pool, Window)> {
    let (kind, spec) = if let Some(op) = op.downcast_ref::<MaxPool>() {
        (Pool::Max, op.with_index_outputs.is_none().then_some(&op.pool_spec)?)
    } else {
        let op = op.downcast_ref::<SumPool>()?;
        (Pool::Mean, op.normalize.then_some(&op.pool_spec)?)
    };
    let Filter { height, width, stride, padding } = filter_of(spec)?;
    (height == width && padding == 0).then_some((kind, Window { side: height, stride }))
}
