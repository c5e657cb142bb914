//! A typed graph, rewritten for the kernels: convolutions with what follows them, pools, doublings and the like become
//! one operator each, on pictures whose values lie pixel by pixel. Whatever else a graph holds stays tract's.

mod patterns;

use std::collections::HashMap;

use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::source::TypedSource;

use self::patterns::{Block, Convolution, Dense, Patterns, Scale, padding, pooling};
use super::operator::Operator;
use crate::kernels::Isa;
use crate::kernels::gather::{Filter, Layout};
use crate::kernels::gemm::Activation;
use crate::kernels::pool::{Pool, Window};
use crate::kernels::whole::Whole;
use crate::layer::{self, CHANNELS, Form, Layer, Shape, Way};

/// Pixels of a picture from which on Winograd's way is the faster one: it reads four times the weights.
const WINOGRAD_MIN_PIXELS: usize = 25;

/// The same network in layers, as they were trained. `model` has one input, its size is settled, and constants are
/// computed.
pub(super) fn rewrite(model: &TypedModel) -> TractResult<TypedModel> {
    let model = resolved(model.clone())?;
    let mut rewriter =
        Rewriter { from: Patterns(&model), to: TypedModel::default(), places: HashMap::new() };
    let mut outputs = tvec![];
    for &output in model.output_outlets()? {
        outputs.push(rewriter.as_before(output)?);
    }
    rewriter.to.select_output_outlets(&outputs)?;
    Ok(rewriter.to)
}

/// A rewritten graph, its layers ready to be run.
pub(super) fn packed(mut model: TypedModel, isa: Isa) -> TypedModel {
    for node in model.nodes_mut() {
        if let Some(operator) = node.op_as::<Operator>() {
            node.op = Box::new(operator.pack(isa));
        }
    }
    model
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
    Same(OutletId),
    /// `[row][column][channel]` instead of `[1, channel, row, column]`.
    Pixels(OutletId, Shape),
    /// The same values in the same order, as `[row][column][channel]`.
    Rows(OutletId, Shape),
}

struct Rewriter<'a> {
    from: Patterns<'a>,
    to: TypedModel,
    places: HashMap<OutletId, Place>,
}

impl Rewriter<'_> {
    /// `outlet` in the new graph, as it was in the old one.
    fn as_before(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        match self.place(outlet)? {
            Place::Same(outlet) => Ok(outlet),
            Place::Pixels(pixels, _) => {
                let batch = self.wire("batch", AxisOp::Add(0), &[pixels])?;
                self.wire("planes", AxisOp::Move(3, 1), &[batch])
            }
            Place::Rows(rows, Shape { size, channels, .. }) => {
                let found = tvec![size.height.to_dim(), size.width.to_dim(), channels.to_dim()];
                let before = self.from.0.outlet_fact(outlet)?.shape.to_tvec();
                self.wire("rows", AxisOp::Reshape(0, found, before), &[rows])
            }
        }
    }

    /// `outlet`, a picture, in the new graph, pixel by pixel.
    fn pixels(&mut self, outlet: OutletId) -> TractResult<(OutletId, Shape)> {
        if let Place::Pixels(pixels, shape) = self.place(outlet)? {
            return Ok((pixels, shape));
        }
        let planes = self.as_before(outlet)?;
        let (size, channels) = self.from.picture(outlet).context("a picture")?;
        let last = self.wire("pixels", AxisOp::Move(1, 3), &[planes])?;
        let pixels = self.wire("picture", AxisOp::Rm(0), &[last])?;
        let shape = Shape { size, channels, layout: Layout::Pixels };
        self.places.insert(outlet, Place::Pixels(pixels, shape));
        Ok((pixels, shape))
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

    /// A layer on `inputs`.
    fn layer(
        &mut self,
        layer: Layer<layer::Convolution>,
        inputs: &[(OutletId, Shape)],
    ) -> TractResult<(OutletId, Shape)> {
        let (outlets, shapes): (TVec<OutletId>, TVec<Shape>) = inputs.iter().copied().unzip();
        let name = layer.name();
        let operator = Operator::new(layer, &shapes).with_context(|| format!("a {name} layer"))?;
        let shape = operator.output();
        Ok((self.wire(name, operator, &outlets)?, shape))
    }

    /// A layer on pictures of pixels, of the old graph.
    fn on_pixels(
        &mut self,
        layer: Layer<layer::Convolution>,
        inputs: &[OutletId],
    ) -> TractResult<Place> {
        let inputs: TVec<(OutletId, Shape)> =
            inputs.iter().map(|input| self.pixels(*input)).collect::<TractResult<_>>()?;
        let (outlet, shape) = self.layer(layer, &inputs)?;
        Ok(Place::Pixels(outlet, shape))
    }

    fn place(&mut self, outlet: OutletId) -> TractResult<Place> {
        if let Some(place) = self.places.get(&outlet) {
            return Ok(*place);
        }
        let place = if let Some(place) = self.picture(outlet)? {
            place
        } else if let Some(place) = self.numbers(outlet)? {
            place
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
            return Ok(Place::Same(source));
        }
        let inputs: TVec<OutletId> =
            node.inputs.iter().map(|input| self.as_before(*input)).collect::<TractResult<_>>()?;
        let name = format!("{}.{}", node.name, self.to.nodes().len());
        let outlets = self.to.wire_node(name, node.op.clone(), &inputs)?;
        Ok(Place::Same(outlets[outlet.slot]))
    }

    /// `outlet`, a picture, as the output of a layer, where there is one for it.
    fn picture(&mut self, outlet: OutletId) -> TractResult<Option<Place>> {
        let Some((size, channels)) = self.from.picture(outlet) else { return Ok(None) };
        if let Some(block) = self.from.block(outlet)? {
            return if channels % CHANNELS == 0 {
                self.convolve(block)
            } else {
                self.heads(outlet, &block)
            };
        }
        let node = self.from.0.node(outlet.node);
        if let Some((input, Scale { minus, times })) = self.from.scale(node)? {
            let Some((size, channels)) = self.from.picture(input) else { return Ok(None) };
            let planes = Shape { size, channels, layout: Layout::Planes };
            let source = self.as_before(input)?;
            let (scaled, _) = self.layer(Layer::Scale { minus, times }, &[(source, planes)])?;
            return Ok(Some(Place::Same(scaled)));
        }
        let (layer, inputs) = if let Some((kind, window)) = pooling(node.op.as_ref()) {
            let from = self.from.picture(node.inputs[0]);
            if from.and_then(|(size, _)| window.output(size)) != Some(size) {
                return Ok(None);
            }
            (Layer::Pool(kind, window), tvec![node.inputs[0]])
        } else if let Some((input, side)) = self.from.mean(node)? {
            (Layer::Pool(Pool::Mean, Window { side, stride: side }), tvec![input])
        } else if let Some((fine, coarse)) = self.from.doubled(node) {
            (Layer::AddDoubled, tvec![fine, coarse])
        } else if let Some((rows, columns, channels)) = padding(node.op.as_ref())? {
            (Layer::Pad { rows, columns, channels }, tvec![node.inputs[0]])
        } else if let Some((a, b, is_rectified)) = self.from.sum(outlet)? {
            (Layer::Add { is_rectified }, tvec![a, b])
        } else {
            return Ok(None);
        };
        self.on_pixels(layer, &inputs).map(Some)
    }

    /// `outlet`, no picture, as rows of a layer's output, where it is that.
    fn numbers(&mut self, outlet: OutletId) -> TractResult<Option<Place>> {
        if let Some(dense) = self.from.dense(outlet)? {
            return self.dense(dense);
        }
        let node = self.from.0.node(outlet.node);
        let Some(&input) = node.inputs.first() else { return Ok(None) };
        let place = match node.op_as::<AxisOp>() {
            Some(AxisOp::Move(1, 3)) => match self.place(input)? {
                Place::Pixels(pixels, shape) => Some(Place::Rows(pixels, shape)),
                _ => None,
            },
            Some(AxisOp::Reshape(1, from, to)) if (from.len(), to.len()) == (2, 1) => {
                Some(self.place(input)?).filter(|place| matches!(place, Place::Rows(..)))
            }
            None if node.op.name() == "Sigmoid" => match self.place(input)? {
                Place::Rows(rows, shape) => {
                    let (rows, shape) = self.layer(Layer::Sigmoid, &[(rows, shape)])?;
                    Some(Place::Rows(rows, shape))
                }
                _ => None,
            },
            _ => None,
        };
        Ok(place)
    }

    /// Numbers out of a whole picture, as its convolution to one pixel.
    fn dense(&mut self, dense: Dense) -> TractResult<Option<Place>> {
        let Dense { input, weights, bias } = dense;
        let Some((size, from)) = self.from.picture(input) else { return Ok(None) };
        let filter = Filter { height: size.height, width: size.width, stride: 1, padding: 0 };
        let form = Form { way: Way::Gather(Layout::Pixels), filter, from, to: bias.len() };
        if !form.is_possible() {
            return Ok(None);
        }
        let layer = match Whole::exactly((size, from), &weights, &bias) {
            Some(whole) => Layer::Whole(Arc::new(whole)),
            None => {
                let activation = Activation::None;
                Layer::Convolution(layer::Convolution { form, weights, bias, activation })
            }
        };
        let pixels = self.pixels(input)?;
        let (row, shape) = self.layer(layer, &[pixels])?;
        Ok(Some(Place::Rows(row, shape)))
    }

    /// A block as one layer.
    fn convolve(&mut self, block: Block) -> TractResult<Option<Place>> {
        let Block { convolution, plus, activation } = block;
        let Convolution { input, filter, channels: (from, to), bias, .. } = convolution;
        let Some((size, _)) = self.from.picture(input) else { return Ok(None) };
        let weights = convolution.weights.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
        let is_whole = from % CHANNELS == 0;
        let way = if convolution.is_depthwise {
            Way::Depthwise
        } else if filter.is(1, 0) && filter.stride == 1 && is_whole {
            Way::Pointwise
        } else if filter.is(3, 1)
            && filter.stride == 1
            && is_whole
            && size.pixels() >= WINOGRAD_MIN_PIXELS
        {
            Way::Winograd
        } else {
            match self.place(input)? {
                Place::Pixels(..) => Way::Gather(Layout::Pixels),
                _ => Way::Gather(Layout::Planes),
            }
        };
        let mut inputs = tvec![];
        if way == Way::Gather(Layout::Planes) {
            let planes = Shape { size, channels: from, layout: Layout::Planes };
            inputs.push((self.as_before(input)?, planes));
        } else {
            inputs.push(self.pixels(input)?);
        }
        if let Some(plus) = plus {
            inputs.push(self.pixels(plus)?);
        }
        let form = Form { way, filter, from, to };
        let convolution = layer::Convolution { form, weights, bias, activation };
        let is_alone = self.from.readers(input).len() == 1;
        let (outlet, shape) = self.after(convolution, inputs, is_alone)?;
        Ok(Some(Place::Pixels(outlet, shape)))
    }

    /// A convolution of `inputs`, at once with the layer that gives the first of them where that is possible and nothing
    /// else reads it.
    fn after(
        &mut self,
        convolution: layer::Convolution,
        mut inputs: TVec<(OutletId, Shape)>,
        is_alone: bool,
    ) -> TractResult<(OutletId, Shape)> {
        let before = self.to.node(inputs[0].0.node);
        if is_alone
            && let Some(operator) = before.op_as::<Operator>()
            && let Some(Layer::Convolution(first)) = operator.described()
            && let [shape] = operator.inputs()
        {
            let both = Layer::Separable(first.clone(), convolution.clone());
            let plus: TVec<(OutletId, Shape)> = inputs.drain(1..).collect();
            let shapes: TVec<Shape> =
                std::iter::once(*shape).chain(plus.iter().map(|(_, shape)| *shape)).collect();
            if both.shape(&shapes).is_some() {
                let mut both_inputs = tvec![(before.inputs[0], *shape)];
                both_inputs.extend(plus);
                return self.layer(both, &both_inputs);
            }
            inputs.extend(plus);
        }
        self.layer(Layer::Convolution(convolution), &inputs)
    }

    /// `outlet`, the end of `block`, as some channels of a wider layer: YuNet has twelve heads of one to ten channels,
    /// four on each picture, each a pointwise convolution and a depthwise one.
    fn heads(&mut self, outlet: OutletId, block: &Block) -> TractResult<Option<Place>> {
        let Some(first) = self.from.head(block)? else { return Ok(None) };
        let input = first.0.input;
        let Some((_, from)) = self.from.picture(input) else { return Ok(None) };
        let mut heads = vec![];
        for reader in self.from.readers(input) {
            let Some(end) = self.from.head_of(*reader) else { continue };
            let Some(block) = self.from.block(end)? else { continue };
            if let Some((pointwise, depthwise)) = self.from.head(&block)? {
                heads.push((end, pointwise, depthwise));
            }
        }
        let channels: usize = heads.iter().map(|(_, pointwise, _)| pointwise.channels.1).sum();
        if from % CHANNELS != 0 || !heads.iter().any(|(end, ..)| *end == outlet) {
            return Ok(None);
        }
        let to = channels.next_multiple_of(CHANNELS);
        let wide = |way: Way, (side, padding): (usize, usize), from: usize| {
            let filter = Filter { height: side, width: side, stride: 1, padding };
            let form = Form { way, filter, from, to };
            let (weights, bias) = (Vec::new(), Vec::new());
            layer::Convolution { form, weights, bias, activation: Activation::None }
        };
        let mut pointwise_layer = wide(Way::Pointwise, (1, 0), from);
        let mut depthwise_layer = wide(Way::Depthwise, (3, 1), to);
        let mut ranges = vec![];
        for (end, pointwise, depthwise) in &heads {
            ranges.push((*end, pointwise_layer.bias.len(), pointwise.channels.1));
            for (layer, head) in
                [(&mut pointwise_layer, pointwise), (&mut depthwise_layer, depthwise)]
            {
                layer.bias.extend(&head.bias);
                layer.weights.extend(head.weights.try_as_plain_ram()?.as_slice::<f32>()?);
            }
        }
        let both = [pointwise_layer, depthwise_layer].map(|mut layer| {
            layer.weights.resize(layer.form.weights_per_channel().unwrap_or_default() * to, 0.0);
            layer.bias.resize(to, 0.0);
            layer
        });
        let [pointwise, depthwise] = both;
        let pixels = self.pixels(input)?;
        let pixels = self.layer(Layer::Separable(pointwise, depthwise), &[pixels])?;
        let mut found = None;
        for (end, start, count) in ranges {
            let (head, shape) = self.layer(Layer::Channels { start, count }, &[pixels])?;
            let place = Place::Pixels(head, shape);
            self.places.insert(end, place);
            if end == outlet {
                found = Some(place);
            }
        }
        Ok(found)
    }
}
