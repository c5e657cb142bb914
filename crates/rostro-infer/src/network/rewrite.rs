//! A typed graph, rewritten for the kernels: convolutions with what follows them, pools and doublings become one
//! operator each, on pictures whose values lie pixel by pixel. Whatever else a graph holds stays tract's.

mod patterns;

use std::collections::HashMap;

use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::{Pad, PadMode, Slice};
use tract_onnx::tract_core::ops::source::TypedSource;

use self::patterns::{Block, Convolution, Patterns, pooling};
use super::layer::{Kernel, Layer};
use crate::kernels::depthwise::Depthwise;
use crate::kernels::gather::{Filter, Gather, Layout};
use crate::kernels::gemm::{Activation, Weights};
use crate::kernels::winograd::Winograd;
use crate::kernels::{Isa, Size};

/// Channels come in multiples of this: two vectors of eight.
const CHANNELS: usize = 16;
/// Pixels of a picture from which on Winograd's way is the faster one: it reads four times the weights.
const WINOGRAD_MIN_PIXELS: usize = 25;

/// The same network, with the kernels. `model` has one input, its size is settled, and constants are computed.
pub(super) fn rewrite(model: &TypedModel, isa: Isa) -> TractResult<TypedModel> {
    let model = resolved(model.clone())?;
    let mut rewriter =
        Rewriter { from: Patterns(&model), to: TypedModel::default(), places: HashMap::new(), isa };
    let mut outputs = tvec![];
    for &output in model.output_outlets()? {
        outputs.push(rewriter.planes(output)?);
    }
    rewriter.to.select_output_outlets(&outputs)?;
    Ok(rewriter.to)
}

/// Doublings of pictures, named as what they are.
fn resolved(mut model: TypedModel) -> TractResult<TypedModel> {
    for _ in 0..4 {
        let resizing = model.nodes().iter().filter(|node| node.op.name() == "Resize");
        let patches: Vec<_> = resizing
            .map(|node| node.op.declutter(&model, node))
            .collect::<TractResult<Vec<_>>>()?;
        for patch in patches.into_iter().flatten() {
            patch.apply(&mut model)?;
        }
        model = model.into_compact()?;
    }
    Ok(model)
}

/// Where a value of the old graph lies in the new one.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// As it was.
    Planes(OutletId),
    /// `[row][column][channel]` instead of `[1, channel, row, column]`.
    Pixels(OutletId),
}

struct Rewriter<'a> {
    from: Patterns<'a>,
    to: TypedModel,
    places: HashMap<OutletId, Place>,
    isa: Isa,
}

impl Rewriter<'_> {
    /// `outlet` in the new graph, as it was in the old one.
    fn planes(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        match self.place(outlet)? {
            Place::Planes(outlet) => Ok(outlet),
            Place::Pixels(pixels) => {
                let batch = self.wire("batch", AxisOp::Add(0), &[pixels])?;
                let planes = self.wire("planes", AxisOp::Move(3, 1), &[batch])?;
                Ok(planes)
            }
        }
    }

    /// `outlet` in the new graph, pixel by pixel.
    fn pixels(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        match self.place(outlet)? {
            Place::Pixels(outlet) => Ok(outlet),
            Place::Planes(planes) => {
                let last = self.wire("pixels", AxisOp::Move(1, 3), &[planes])?;
                let pixels = self.wire("picture", AxisOp::Rm(0), &[last])?;
                self.places.insert(outlet, Place::Pixels(pixels));
                Ok(pixels)
            }
        }
    }

    fn wire(
        &mut self,
        name: &str,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
    ) -> TractResult<OutletId> {
        let name = format!("{name}.{}", self.to.nodes().len());
        Ok(self.to.wire_node(name, op, inputs)?[0])
    }

    fn place(&mut self, outlet: OutletId) -> TractResult<Place> {
        if let Some(place) = self.places.get(&outlet) {
            return Ok(*place);
        }
        let place = if let Some(pixels) = self.as_layer(outlet)? {
            Place::Pixels(pixels)
        } else {
            self.as_it_was(outlet)?
        };
        Ok(*self.places.entry(outlet).or_insert(place))
    }

    /// The node of `outlet`, copied.
    fn as_it_was(&mut self, outlet: OutletId) -> TractResult<Place> {
        let node = self.from.0.node(outlet.node);
        if node.op_is::<TypedSource>() {
            let source = self.to.add_source(&node.name, node.outputs[0].fact.clone())?;
            return Ok(Place::Planes(source));
        }
        let inputs: TVec<OutletId> =
            node.inputs.iter().map(|input| self.planes(*input)).collect::<TractResult<_>>()?;
        let name = format!("{}.{}", node.name, self.to.nodes().len());
        let outlets = self.to.wire_node(name, node.op.clone(), &inputs)?;
        Ok(Place::Planes(outlets[outlet.slot]))
    }

    /// `outlet` as the output of a kernel, where there is one for it.
    fn as_layer(&mut self, outlet: OutletId) -> TractResult<Option<OutletId>> {
        let Some((size, channels)) = self.from.picture(outlet) else { return Ok(None) };
        if let Some(block) = self.from.block(outlet)? {
            return if channels % CHANNELS == 0 {
                self.convolve(block, (size, channels))
            } else {
                self.heads(outlet, &block)
            };
        }
        let node = self.from.0.node(outlet.node);
        if let Some((kind, window)) = pooling(node.op.as_ref()) {
            let Some((input, from)) = self.from.picture(node.inputs[0]) else { return Ok(None) };
            if from % CHANNELS != 0 || window.output(input) != Some(size) {
                return Ok(None);
            }
            let pixels = self.pixels(node.inputs[0])?;
            let layer = Layer::new(self.isa, Kernel::Pool(kind, window), input, (size, channels));
            return self.wire("pool", layer, &[pixels]).map(Some);
        }
        if let Some((fine, coarse)) = self.from.doubled(node) {
            let inputs = [self.pixels(fine)?, self.pixels(coarse)?];
            let layer = Layer::new(self.isa, Kernel::AddDoubled, size, (size, channels));
            return self.wire("add_doubled", layer, &inputs).map(Some);
        }
        if let Some(pad) = node.op_as::<Pad>()
            && pad.pads.len() == 4
            && pad.pads[0] == (0, 0)
            && matches!(pad.mode, PadMode::Constant(_))
        {
            let pads = vec![pad.pads[2], pad.pads[3], pad.pads[1]];
            let pixels = self.pixels(node.inputs[0])?;
            return self.wire("pad", Pad { pads, mode: pad.mode.clone() }, &[pixels]).map(Some);
        }
        Ok(None)
    }

    /// A block as one layer.
    fn convolve(&mut self, block: Block, output: (Size, usize)) -> TractResult<Option<OutletId>> {
        let Block { convolution, plus, activation } = block;
        let Convolution { input, filter, channels: (from, to), ref weights, ref bias, .. } =
            convolution;
        let Some((size, _)) = self.from.picture(input) else { return Ok(None) };
        let weights = weights.try_as_plain_ram()?.as_slice::<f32>()?;
        let places = filter.height * filter.width;
        let at =
            |to: usize, from_: usize, place: usize| weights[(to * from + from_) * places + place];
        let isa = self.isa;
        let by_winograd = Filter { height: 3, width: 3, stride: 1, padding: 1 };
        let (kernel, pixels) = if convolution.is_depthwise {
            let at = |channel: usize, place: usize| weights[channel * 9 + place];
            let layer = Depthwise::new(filter.stride, bias, activation, at);
            (Kernel::Depthwise(layer), self.pixels(input)?)
        } else if places == 1 && filter.stride == 1 && filter.padding == 0 && from % CHANNELS == 0 {
            let at = |from: usize, to: usize| at(to, from, 0);
            let weights = Weights::pack(isa, (from, to), bias, activation, at);
            (Kernel::Pointwise(weights), self.pixels(input)?)
        } else if filter == by_winograd
            && from % CHANNELS == 0
            && size.pixels() >= WINOGRAD_MIN_PIXELS
        {
            let layer = Winograd::new(isa, from, bias, activation, at);
            (Kernel::Winograd(layer), self.pixels(input)?)
        } else {
            let (layout, pixels) = match self.place(input)? {
                Place::Planes(outlet) => (Layout::Planes, outlet),
                Place::Pixels(outlet) => (Layout::Pixels, outlet),
            };
            let layer = Gather::new(isa, (filter, layout), (size, from), bias, activation, at);
            (Kernel::Gather(layer), pixels)
        };
        let mut inputs = tvec![pixels];
        if let Some(plus) = plus {
            inputs.push(self.pixels(plus)?);
        }
        self.wire("layer", Layer::new(isa, kernel, size, output), &inputs).map(Some)
    }

    /// `outlet`, the end of `block`, as some channels of a wider layer: YuNet has twelve heads of one to ten channels,
    /// four on each picture, each a pointwise convolution and a depthwise one.
    fn heads(&mut self, outlet: OutletId, block: &Block) -> TractResult<Option<OutletId>> {
        let Some(first) = self.from.head(block)? else { return Ok(None) };
        let input = first.0.input;
        let Some((size, from)) = self.from.picture(input) else { return Ok(None) };
        let mut heads = vec![];
        for reader in self.from.readers(input) {
            let Some(end) = self.from.head_of(*reader) else { continue };
            let Some(block) = self.from.block(end)? else { continue };
            if let Some((pointwise, depthwise)) = self.from.head(&block)? {
                heads.push((end, pointwise, depthwise));
            }
        }
        let to: usize = heads.iter().map(|(_, pointwise, _)| pointwise.channels.1).sum();
        if from % CHANNELS != 0 || !heads.iter().any(|(end, ..)| *end == outlet) {
            return Ok(None);
        }
        let wide = to.next_multiple_of(CHANNELS);
        let (mut bias, mut bias_after) = (vec![0.0; wide], vec![0.0; wide]);
        let (mut weights, mut weights_after) = (vec![0.0; wide * from], vec![0.0; wide * 9]);
        let mut channel = 0;
        let mut ranges = vec![];
        for (end, pointwise, depthwise) in &heads {
            let next = channel + pointwise.channels.1;
            bias[channel..next].copy_from_slice(&pointwise.bias);
            bias_after[channel..next].copy_from_slice(&depthwise.bias);
            let values = pointwise.weights.try_as_plain_ram()?.as_slice::<f32>()?;
            weights[channel * from..next * from].copy_from_slice(values);
            let values = depthwise.weights.try_as_plain_ram()?.as_slice::<f32>()?;
            weights_after[channel * 9..next * 9].copy_from_slice(values);
            ranges.push((*end, channel, next));
            channel = next;
        }
        let at = |source: usize, to: usize| weights[to * from + source];
        let pointwise = Weights::pack(self.isa, (from, wide), &bias, Activation::None, at);
        let at = |channel: usize, place: usize| weights_after[channel * 9 + place];
        let depthwise = Depthwise::new(1, &bias_after, Activation::None, at);
        let mut pixels = self.pixels(input)?;
        for kernel in [Kernel::Pointwise(pointwise), Kernel::Depthwise(depthwise)] {
            let layer = Layer::new(self.isa, kernel, size, (size, wide));
            pixels = self.wire("heads", layer, &[pixels])?;
        }
        let mut found = None;
        for (end, start, next) in ranges {
            let slice = Slice { axis: 2, start: start.to_dim(), end: next.to_dim() };
            let head = self.wire("head", slice, &[pixels])?;
            self.places.insert(end, Place::Pixels(head));
            if end == outlet {
                found = Some(head);
            }
        }
        Ok(found)
    }
}
