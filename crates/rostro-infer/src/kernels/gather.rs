//! Convolutions of any size and step as matrix products: what a pixel of the output sees is read where it lies.

use std::borrow::Cow;

use super::Size;
use super::gemm::{Activation, Product, Rows, Weights};
use super::lanes::Isa;

/// How the values of a picture lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `[channel][row][column]`
    Planes,
    /// `[row][column][channel]`
    Pixels,
}

/// A filter's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) stride: usize,
    /// Pixels of zeros around the picture, on every side.
    pub(crate) padding: usize,
}

impl Filter {
    /// The size of what comes of a picture of `input`; `None` when the filter does not fit in.
    pub(crate) fn output(&self, input: Size) -> Option<Size> {
        let steps = |side: usize, filter: usize| {
            Some((side + 2 * self.padding).checked_sub(filter)? / self.stride + 1)
        };
        let (height, width) = (steps(input.height, self.height)?, steps(input.width, self.width)?);
        Some(Size { height, width })
    }
}

/// The weights of a layer, for pictures of one size.
#[derive(Clone, Debug)]
pub(crate) struct Gather {
    filter: Filter,
    layout: Layout,
    channels: usize,
    size: Size,
    weights: Weights,
    /// Where in the padded picture each pixel of the output begins to see.
    starts: Vec<u32>,
    /// How far from there lies what it sees.
    offsets: Vec<u32>,
}

impl Gather {
    /// For pictures of `size` with `channels` channels. `at(output channel, input channel, place)` gives the weights,
    /// `place` by rows of the filter.
    ///
    /// # Panics
    /// When the filter does not fit into the picture.
    pub(crate) fn new(
        isa: Isa,
        (filter, layout): (Filter, Layout),
        (size, channels): (Size, usize),
        bias: &[f32],
        activation: Activation,
        at: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let output = filter.output(size).expect("a filter that fits into the picture");
        let wide = padded_size(size, filter);
        let places = filter.height * filter.width;
        // Steps in the padded picture from a channel, a row and a column to the next.
        let (by_channel, by_column) = match layout {
            Layout::Planes => (wide.pixels(), 1),
            Layout::Pixels => (1, channels),
        };
        let by_row = wide.width * by_column;
        let short = |place: usize| u32::try_from(place).expect("pictures are far smaller");
        let starts = (0..output.pixels()).map(|pixel| {
            let (y, x) = (pixel / output.width, pixel % output.width);
            short(filter.stride * (y * by_row + x * by_column))
        });
        // In the order in which the values lie.
        let order = |k: usize| match layout {
            Layout::Planes => (k / places, k % places),
            Layout::Pixels => (k % channels, k / channels),
        };
        let k = places * channels;
        let offsets = (0..k).map(order).map(|(channel, place)| {
            let (down, across) = (place / filter.width, place % filter.width);
            short(channel * by_channel + down * by_row + across * by_column)
        });
        let at = |k: usize, to: usize| {
            let (channel, place) = order(k);
            at(to, channel, place)
        };
        let weights = Weights::pack(isa, (k, bias.len()), bias, activation, at);
        let (starts, offsets) = (starts.collect(), offsets.collect());
        Self { filter, layout, channels, size, weights, starts, offsets }
    }

    /// Pixels with as many channels as there is bias.
    pub(crate) fn run(&self, isa: Isa, input: &[f32], plus: Option<&[f32]>, out: &mut [f32]) {
        assert_eq!(input.len(), self.size.pixels() * self.channels, "the whole picture");
        let values = &self.padded(input);
        let rows = Rows::Spread { values, starts: &self.starts, offsets: &self.offsets };
        Product { rows, weights: &self.weights, plus, out }.run(isa);
    }

    /// The picture with its padding.
    fn padded<'a>(&self, input: &'a [f32]) -> Cow<'a, [f32]> {
        let padding = self.filter.padding;
        if padding == 0 {
            return input.into();
        }
        // A picture of pixels is one plane of longer rows.
        let (planes, unit) = match self.layout {
            Layout::Planes => (self.channels, 1),
            Layout::Pixels => (1, self.channels),
        };
        let wide = padded_size(self.size, self.filter);
        let (row, wide_row) = (self.size.width * unit, wide.width * unit);
        let mut padded = vec![0.0; planes * wide.pixels() * unit];
        let to = padded.chunks_exact_mut(wide.height * wide_row);
        for (from, to) in input.chunks_exact(self.size.height * row).zip(to) {
            let to = to.chunks_exact_mut(wide_row).skip(padding);
            for (from, to) in from.chunks_exact(row).zip(to) {
                to[padding * unit..][..row].copy_from_slice(from);
            }
        }
        padded.into()
    }
}

fn padded_size(size: Size, filter: Filter) -> Size {
    let wide = |side: usize| side + 2 * filter.padding;
    Size { height: wide(size.height), width: wide(size.width) }
}
