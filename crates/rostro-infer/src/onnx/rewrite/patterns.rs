//! What a typed graph holds that the kernels can do.

use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::{Pad, PadMode, TypedConcat};
use tract_onnx::tract_core::ops::binary::{BinMiniOp, TypedBinOp};
use tract_onnx::tract_core::ops::cnn::{
    Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool,
};
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::math::{Add, Div, Max, Mul, Sub};
use tract_onnx::tract_core::ops::nn::{DataFormat, NearestUpsample, Reduce, Reducer};
use tract_onnx::tract_core::ops::source::TypedSource;

use crate::kernels::Size;
use crate::kernels::gather::Filter;
use crate::kernels::gemm::Activation;
use crate::kernels::pool::{Pool, Window};
use crate::layer::CHANNELS;

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
        let [a, b] = node.inputs[..] else { return None };
        [(b, 0), (a, 1)]
            .into_iter()
            .find_map(|(other, index)| Some((other, self.constant(node, index)?)))
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

    /// What is subtracted from each plane of the graph's input, and by what the rest is multiplied.
    pub(super) fn scale(&self, node: &TypedNode) -> TractResult<Option<(OutletId, Scale)>> {
        let Some((product, factor)) = self.with_constant(node) else { return Ok(None) };
        let difference = self.0.node(product.node);
        let Some(subtrahend) = self.constant(difference, 1) else { return Ok(None) };
        let Some(&input) = difference.inputs.first() else { return Ok(None) };
        let is_scale = Self::is_binary::<Mul>(node)
            && Self::is_binary::<Sub>(difference)
            && self.0.node(input.node).op_is::<TypedSource>();
        let Some((_, channels)) = self.picture(input).filter(|_| is_scale) else { return Ok(None) };
        let Some(minus) = for_each_channel(&subtrahend, channels)? else { return Ok(None) };
        let Some(times) = for_each_channel(&factor, channels)? else { return Ok(None) };
        Ok(Some((input, Scale { minus, times })))
    }

    /// The two pictures of which `outlet` is the sum, and whether negative sums are made zero.
    pub(super) fn sum(&self, outlet: OutletId) -> TractResult<Option<(OutletId, OutletId, bool)>> {
        let (inner, is_rectified) = match self.activation(outlet)? {
            None => (outlet, false),
            Some((inner, Activation::Relu)) => (inner, true),
            Some(_) => return Ok(None),
        };
        let node = self.0.node(inner.node);
        if !Self::is_binary::<Add>(node) {
            return Ok(None);
        }
        let (a, b) = (node.inputs[0], node.inputs[1]);
        let is_fit = self.picture(a).is_some() && self.picture(a) == self.picture(b);
        Ok(is_fit.then_some((a, b, is_rectified)))
    }

    /// The square picture of which `node` is the mean over all pixels, and its side.
    pub(super) fn mean(&self, node: &TypedNode) -> TractResult<Option<(OutletId, usize)>> {
        let Some((sum, divisor)) = self.with_constant(node) else { return Ok(None) };
        let reduction = self.0.node(sum.node);
        let is_sum = Self::is_binary::<Div>(node)
            && node.inputs[0] == sum
            && reduction
                .op_as::<Reduce>()
                .is_some_and(|op| op.reducer == Reducer::Sum && op.axes[..] == [2, 3]);
        if !is_sum {
            return Ok(None);
        }
        let input = reduction.inputs[0];
        let Some((size, _)) = self.picture(input) else { return Ok(None) };
        let is_mean = size.height == size.width
            && divisor.cast_to::<f32>()?.try_as_plain_ram()?.as_slice::<f32>()?
                == [size.pixels() as f32];
        Ok(is_mean.then_some((input, size.height)))
    }

    /// The matrix product, with its bias, that gives a row of numbers out of all values of a picture: as a convolution
    /// whose filter is as large as the picture. Several such products may stand side by side.
    pub(super) fn dense(&self, outlet: OutletId) -> TractResult<Option<Dense>> {
        let node = self.0.node(outlet.node);
        if node.op_as::<TypedConcat>().is_some_and(|op| op.axis == 1) {
            let mut whole: Option<Dense> = None;
            for input in &node.inputs {
                let Some(part) = self.dense(*input)? else { return Ok(None) };
                match &mut whole {
                    None => whole = Some(part),
                    Some(whole) if whole.input == part.input => {
                        whole.weights.extend(part.weights);
                        whole.bias.extend(part.bias);
                    }
                    Some(_) => return Ok(None),
                }
            }
            return Ok(whole);
        }
        let Some((product, bias)) = self.with_constant(node) else { return Ok(None) };
        let node_of_product = self.0.node(product.node);
        let is_product = Self::is_binary::<Add>(node)
            && node_of_product
                .op_as::<EinSum>()
                .is_some_and(|op| op.axes.to_string() == "mk,nk->mn" && op.q_params.is_none());
        let Some(weights) = self.constant(node_of_product, 1).filter(|_| is_product) else {
            return Ok(None);
        };
        let Some(input) = self.flattened(node_of_product.inputs[0]) else { return Ok(None) };
        let weights = weights.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
        let bias = bias.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
        Ok(Some(Dense { input, weights, bias }))
    }

    /// The picture whose values, plane by plane, are the row of numbers `outlet`.
    fn flattened(&self, outlet: OutletId) -> Option<OutletId> {
        let node = self.0.node(outlet.node);
        let input = *node.inputs.first()?;
        let is_picture = self.picture(input).is_some();
        match node.op_as::<AxisOp>()? {
            AxisOp::Reshape(1, _, to) => (to.len() == 1 && is_picture).then_some(input),
            AxisOp::Rm(axis) if *axis >= 2 && is_picture => {
                let one_pixel = Size { height: 1, width: 1 };
                self.picture(input).filter(|(size, _)| *size == one_pixel).map(|_| input)
            }
            AxisOp::Rm(axis) if *axis >= 2 => self.flattened(input),
            _ => None,
        }
    }
}

/// `(x - minus) · times`, a pair for each plane.
pub(super) struct Scale {
    pub(super) minus: Vec<f32>,
    pub(super) times: Vec<f32>,
}

/// A row of numbers out of all values of a picture.
pub(super) struct Dense {
    pub(super) input: OutletId,
    /// `[to][channel][row][column]`
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// The numbers of a constant that has one for each channel, or one for all.
fn for_each_channel(constant: &Tensor, channels: usize) -> TractResult<Option<Vec<f32>>> {
    let values = constant.try_as_plain_ram()?.as_slice::<f32>()?;
    Ok(match *constant.shape() {
        [1, 1, 1, 1] => Some(vec![values[0]; channels]),
        [1, all, 1, 1] if all == channels => Some(values.to_vec()),
        _ => None,
    })
}

/// Rows, columns and channels of zeros that `op` puts after those of a picture.
pub(super) fn padding(op: &dyn TypedOp) -> TractResult<Option<(usize, usize, usize)>> {
    let Some(op) = op.downcast_ref::<Pad>() else { return Ok(None) };
    let PadMode::Constant(value) = &op.mode else { return Ok(None) };
    let is_zero = value.cast_to::<f32>()?.try_as_plain_ram()?.as_slice::<f32>()? == [0.0];
    Ok(match op.pads[..] {
        [(0, 0), (0, channels), (0, rows), (0, columns)] if is_zero => {
            Some((rows, columns, channels))
        }
        _ => None,
    })
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
