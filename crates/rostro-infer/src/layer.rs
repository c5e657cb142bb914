//! One layer of a network: what it computes, and the kernel that does it.

use std::sync::Arc;

use crate::kernels::depthwise::Depthwise;
use crate::kernels::elementwise::{add, channels, pad, scale, sigmoid};
use crate::kernels::gather::{Filter, Gather, Layout};
use crate::kernels::gemm::{Activation, Product, Rows, Weights};
use crate::kernels::pool::{Pool, Window, add_doubled, pool};
use crate::kernels::separable::{depthwise_first, pointwise_first};
use crate::kernels::whole::Whole;
use crate::kernels::winograd::Winograd;
use crate::kernels::{Isa, Size};

/// Channels that the kernels take: two vectors of eight.
pub(crate) const CHANNELS: usize = 16;

/// A value between layers: one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) size: Size,
    pub(crate) channels: usize,
    pub(crate) layout: Layout,
}

impl Shape {
    /// Values of the picture; `None` when there would be more than can be counted.
    pub(crate) fn len(&self) -> Option<usize> {
        self.size.height.checked_mul(self.size.width)?.checked_mul(self.channels)
    }

    fn pixels(size: Size, channels: usize) -> Self {
        Self { size, channels, layout: Layout::Pixels }
    }
}

/// What a layer computes. `C` is what is known of a convolution: its weights as they were trained ([`Convolution`]), or
/// as a kernel wants them ([`Packed`]).
#[derive(Clone, Debug)]
pub(crate) enum Layer<C> {
    /// `(x - minus) · times` of planes.
    Scale {
        minus: Vec<f32>,
        times: Vec<f32>,
    },
    /// With a second input, that is added before the activation.
    Convolution(C),
    /// Numbers out of the whole picture.
    Whole(Arc<Whole>),
    /// Two convolutions at once, one pointwise and the other depthwise. With a second input as the second of them.
    Separable(C, C),
    Pool(Pool, Window),
    /// The first input, and the second at twice its size.
    AddDoubled,
    /// Two pictures, negative sums made zero where it is rectified.
    Add {
        is_rectified: bool,
    },
    /// Rows of zeros below, columns at the right, channels after the others.
    Pad {
        rows: usize,
        columns: usize,
        channels: usize,
    },
    /// Some of the channels.
    Channels {
        start: usize,
        count: usize,
    },
    Sigmoid,
}

/// How a convolution is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A product of matrices: the filter is one pixel.
    Pointwise,
    /// Each channel by itself.
    Depthwise,
    /// 3×3 by fewer products.
    Winograd,
    /// A product of matrices, whatever the filter.
    Gather(Layout),
}

/// A convolution but for its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) way: Way,
    pub(crate) filter: Filter,
    /// Channels of the input.
    pub(crate) from: usize,
    /// Channels of the output.
    pub(crate) to: usize,
}

/// A convolution as it was trained.
#[derive(Clone, Debug)]
pub(crate) struct Convolution {
    pub(crate) form: Form,
    /// `[to][from][place of the filter]`; `[to][place of the filter]` where it is depthwise.
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) activation: Activation,
}

/// A convolution that is ready to be run.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    form: Form,
    kernel: Kernel,
}

#[derive(Clone, Debug)]
enum Kernel {
    Pointwise(Weights),
    Depthwise(Depthwise),
    Winograd(Winograd),
    Gather(Gather),
}

impl Form {
    /// Numbers in the weights of each output channel; `None` when they cannot be counted.
    pub(crate) fn weights_per_channel(&self) -> Option<usize> {
        let places = self.filter.height.checked_mul(self.filter.width)?;
        if self.way == Way::Depthwise { Some(places) } else { places.checked_mul(self.from) }
    }

    /// Whether there is a kernel for it.
    pub(crate) fn is_possible(&self) -> bool {
        let Self { way, filter, from, to } = *self;
        let whole = |channels: usize| channels > 0 && channels.is_multiple_of(CHANNELS);
        let (three, one) = (filter.is(3, 1), filter.is(1, 0));
        let steps = (1..=1024).contains(&filter.stride) && filter.padding <= 1024;
        steps
            && whole(to)
            && match way {
                Way::Pointwise => one && filter.stride == 1 && from > 0,
                Way::Depthwise => three && filter.stride <= 2 && from == to,
                Way::Winograd => three && filter.stride == 1 && whole(from),
                Way::Gather(_) => filter.height > 0 && filter.width > 0 && from > 0,
            }
    }

    /// What comes of pictures of these shapes; `None` when it does not take them.
    fn shape(&self, inputs: &[Shape]) -> Option<Shape> {
        let (input, plus) = inputs.split_first()?;
        let output = Shape::pixels(self.filter.output(input.size)?, self.to);
        let is_fit = self.layout() == input.layout
            && self.from == input.channels
            && plus.len() <= usize::from(self.way != Way::Depthwise)
            && plus.iter().all(|plus| *plus == output);
        is_fit.then_some(output)
    }

    /// The layout of pictures that it takes.
    const fn layout(&self) -> Layout {
        match self.way {
            Way::Gather(layout) => layout,
            _ => Layout::Pixels,
        }
    }
}

/// What both descriptions of a convolution know.
pub(crate) trait Formed {
    fn form(&self) -> &Form;
}

impl Formed for Convolution {
    fn form(&self) -> &Form {
        &self.form
    }
}

impl Formed for Packed {
    fn form(&self) -> &Form {
        &self.form
    }
}

impl<C: Formed> Layer<C> {
    /// The name of what it computes.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Scale { .. } => "Scale",
            Self::Convolution(convolution) => match convolution.form().way {
                Way::Pointwise => "Pointwise",
                Way::Depthwise => "Depthwise",
                Way::Winograd => "Winograd",
                Way::Gather(_) => "Gather",
            },
            Self::Whole(_) => "Whole",
            Self::Separable(..) => "Separable",
            Self::Pool(..) => "Pool",
            Self::AddDoubled => "AddDoubled",
            Self::Add { .. } => "Add",
            Self::Pad { .. } => "Pad",
            Self::Channels { .. } => "Channels",
            Self::Sigmoid => "Sigmoid",
        }
    }

    /// What comes of pictures of these shapes; `None` when it does not take them.
    pub(crate) fn shape(&self, inputs: &[Shape]) -> Option<Shape> {
        let Shape { size, channels, layout } = *inputs.first()?;
        let is_alone = inputs.len() == 1;
        let is_pixels = layout == Layout::Pixels;
        match *self {
            Self::Scale { ref minus, .. } => {
                (is_alone && !is_pixels && minus.len() == channels).then_some(inputs[0])
            }
            Self::Convolution(ref convolution) => convolution.form().shape(inputs),
            Self::Whole(ref whole) => {
                let expected = Shape::pixels(whole.size, whole.channels);
                let one_pixel = Shape::pixels(Size { height: 1, width: 1 }, whole.bias.len());
                (is_alone && inputs[0] == expected).then_some(one_pixel)
            }
            Self::Separable(ref first, ref second) => {
                let (first, second) = (first.form(), second.form());
                let between = first.shape(&inputs[..1])?;
                let is_fit = match (first.way, second.way) {
                    (Way::Pointwise, Way::Depthwise) => second.filter.stride == 1,
                    (Way::Depthwise, Way::Pointwise) => true,
                    _ => false,
                };
                let inputs: Vec<Shape> =
                    std::iter::once(between).chain(inputs[1..].iter().copied()).collect();
                second.shape(&inputs).filter(|_| is_fit)
            }
            Self::Pool(_, window) => {
                let output = Shape::pixels(window.output(size)?, channels);
                (is_alone && is_pixels && window.stride > 0).then_some(output)
            }
            Self::AddDoubled => {
                let [fine, coarse] = *inputs else { return None };
                let Size { height, width } = coarse.size;
                let doubled = Size { height: height.checked_mul(2)?, width: width.checked_mul(2)? };
                (is_pixels && Shape { size: doubled, ..coarse } == fine).then_some(fine)
            }
            Self::Add { .. } => {
                let [a, b] = *inputs else { return None };
                (is_pixels && a == b).then_some(a)
            }
            Self::Pad { rows, columns, channels: more } => {
                let height = size.height.checked_add(rows)?;
                let width = size.width.checked_add(columns)?;
                let output = Shape::pixels(Size { height, width }, channels.checked_add(more)?);
                (is_alone && is_pixels).then_some(output)
            }
            Self::Channels { start, count } => {
                let is_inside = count > 0 && start.checked_add(count)? <= channels;
                (is_alone && is_pixels && is_inside).then(|| Shape::pixels(size, count))
            }
            Self::Sigmoid => is_alone.then_some(inputs[0]),
        }
    }
}

impl Convolution {
    fn pack(&self, isa: Isa) -> Packed {
        let Self { form, weights, bias, activation } = self;
        let Form { filter, from, .. } = *form;
        let places = filter.height * filter.width;
        let activation = activation.clone();
        let at =
            |to: usize, source: usize, place: usize| weights[(to * from + source) * places + place];
        let kernel = match form.way {
            Way::Pointwise => {
                let at = |source: usize, to: usize| at(to, source, 0);
                Kernel::Pointwise(Weights::pack(isa, (from, form.to), bias, activation, at))
            }
            Way::Depthwise => {
                let at = |channel: usize, place: usize| weights[channel * places + place];
                Kernel::Depthwise(Depthwise::new(filter.stride, bias, activation, at))
            }
            Way::Winograd => Kernel::Winograd(Winograd::new(isa, from, bias, activation, at)),
            Way::Gather(layout) => {
                Kernel::Gather(Gather::new(isa, (filter, layout), from, bias, activation, at))
            }
        };
        Packed { form: *form, kernel }
    }
}

impl Layer<Convolution> {
    /// The layer, ready to be run.
    pub(crate) fn pack(&self, isa: Isa) -> Layer<Packed> {
        match self {
            Self::Convolution(convolution) => Layer::Convolution(convolution.pack(isa)),
            Self::Separable(first, second) => Layer::Separable(first.pack(isa), second.pack(isa)),
            Self::Whole(whole) => Layer::Whole(Arc::clone(whole)),
            Self::Scale { minus, times } => {
                Layer::Scale { minus: minus.clone(), times: times.clone() }
            }
            Self::Pool(kind, window) => Layer::Pool(*kind, *window),
            Self::AddDoubled => Layer::AddDoubled,
            Self::Add { is_rectified } => Layer::Add { is_rectified: *is_rectified },
            Self::Pad { rows, columns, channels } => {
                Layer::Pad { rows: *rows, columns: *columns, channels: *channels }
            }
            Self::Channels { start, count } => Layer::Channels { start: *start, count: *count },
            Self::Sigmoid => Layer::Sigmoid,
        }
    }
}

impl Layer<Packed> {
    /// Computes all of `out`, a picture of the shape that [`Layer::shape`] gives for the shapes of `inputs`.
    ///
    /// # Panics
    /// When it gives none for them.
    pub(crate) fn run(&self, isa: Isa, inputs: &[(&[f32], Shape)], out: &mut [f32]) {
        let (input, Shape { size, channels: from, .. }) = inputs[0];
        let second_input = inputs.get(1).map(|(values, _)| *values);
        match self {
            Self::Scale { minus, times } => scale(minus, times, input, out),
            Self::Convolution(Packed { kernel, form }) => match kernel {
                Kernel::Pointwise(weights) => {
                    Product { rows: Rows::Dense(input), weights, plus: second_input, out }.run(isa);
                }
                Kernel::Depthwise(layer) => {
                    let rows = form.filter.output(size).map_or(0, |size| size.height);
                    layer.run(isa, input, size, 0..rows, out);
                }
                Kernel::Winograd(layer) => layer.run(isa, input, size, second_input, out),
                Kernel::Gather(layer) => layer.run(isa, input, size, second_input, out),
            },
            Self::Whole(whole) => whole.run(isa, input, out),
            Self::Separable(first, second) => match (&first.kernel, &second.kernel) {
                (Kernel::Pointwise(first), Kernel::Depthwise(second)) => {
                    pointwise_first(isa, (first, second), (input, size), out);
                }
                (Kernel::Depthwise(first), Kernel::Pointwise(other)) => {
                    depthwise_first(isa, (first, other), (input, size), second_input, out);
                }
                _ => unreachable!("a layer without a shape"),
            },
            Self::Pool(kind, window) => pool(*kind, *window, input, size, out),
            Self::AddDoubled => add_doubled(input, inputs[1].0, size, out),
            Self::Add { is_rectified } => {
                let floor = if *is_rectified { 0.0 } else { f32::NEG_INFINITY };
                add(input, inputs[1].0, floor, out);
            }
            Self::Pad { rows, columns, channels } => {
                let wide = Size { height: size.height + rows, width: size.width + columns };
                pad(input, (size, from), (wide, from + channels), out);
            }
            Self::Channels { start, count } => channels(input, from, (*start, *count), out),
            Self::Sigmoid => sigmoid(input, out),
        }
    }
}
