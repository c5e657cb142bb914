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
    /// Whether it is a square of `side` pixels on a picture with `padding`.
    pub(crate) const fn is(&self, side: usize, padding: usize) -> bool {
        self.height == side && self.width == side && self.padding == padding
    }

    /// The size of what comes of a picture of `input`; `None` when the filter does not fit in.
    pub(crate) fn output(&self, input: Size) -> Option<Size> {
        let steps = |side: usize, filter: usize| {
            Some((side + 2 * self.padding).checked_sub(filter)? / self.stride + 1)
        };
        let (height, width) = (steps(input.height, self.height)?, steps(input.width, self.width)?);
        Some(Size { height, width })
    }
}

/// The weights of a layer.
#[derive(Clone, Debug)]
pub(crate) struct Gather {
    filter: Filter,
    layout: Layout,
    channels: usize,
    weights: Weights,
}

impl Gather {
    /// For pictures with `channels` channels. `at(output channel, input channel, place)` gives the weights, `place` by
    /// rows of the filter.
    pub(crate) fn new(
        isa: Isa,
        (filter, layout): (Filter, Layout),
        channels: usize,
        bias: &[f32],
        activation: Activation,
        at: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let order = Order { filter, layout, channels };
        let at = |k: usize, to: usize| {
            let (channel, place) = order.of(k);
            at(to, channel, place)
        };
        let weights = Weights::pack(isa, (order.len(), bias.len()), bias, activation, at);
        Self { filter, layout, channels, weights }
    }

    /// Pixels with as many channels as there is bias, of a picture of `size`.
    ///
    /// # Panics
    /// When the filter does not fit into the picture.
    pub(crate) fn run(
        &self,
        isa: Isa,
        input: &[f32],
        size: Size,
        plus: Option<&[f32]>,
        out: &mut [f32],
    ) {
        let Self { filter, layout, channels, ref weights } = *self;
        assert_eq!(input.len(), size.pixels() * channels, "the whole picture");
        let output = filter.output(size).expect("a filter that fits into the picture");
        if (filter.height, filter.width, filter.padding) == (size.height, size.width, 0) {
            // The one pixel sees the whole picture.
            return Product { rows: Rows::Dense(input), weights, plus, out }.run(isa);
        }
        let wide = padded_size(size, filter);
        // Steps in the padded picture from a channel, a row and a column to the next.
        let (by_channel, by_column) = match layout {
            Layout::Planes => (wide.pixels(), 1),
            Layout::Pixels => (1, channels),
        };
        let by_row = wide.width * by_column;
        let short = |place: usize| u32::try_from(place).expect("pictures are far smaller");
        // Where each pixel of the output begins to see, and how far from there lies what it sees.
        let starts: Vec<u32> = (0..output.height)
            .flat_map(|y| (0..output.width).map(move |x| (y, x)))
            .map(|(y, x)| short(filter.stride * (y * by_row + x * by_column)))
            .collect();
        let order = Order { filter, layout, channels };
        let offsets: Vec<u32> = (0..order.len())
            .map(|k| {
                let (channel, place) = order.of(k);
                let (down, across) = (place / filter.width, place % filter.width);
                short(channel * by_channel + down * by_row + across * by_column)
            })
            .collect();
        let values = &self.padded(input, size);
        let rows = Rows::Spread { values, starts: &starts, offsets: &offsets };
        Product { rows, weights, plus, out }.run(isa);
    }

    /// The picture with its padding.
    fn padded<'a>(&self, input: &'a [f32], size: Size) -> Cow<'a, [f32]> {
        let padding = self.filter.padding;
        if padding == 0 {
            return input.into();
        }
        // A picture of pixels is one plane of longer rows.
        let (planes, unit) = match self.layout {
            Layout::Planes => (self.channels, 1),
            Layout::Pixels => (1, self.channels),
        };
        let wide = padded_size(size, self.filter);
        let (row, wide_row) = (size.width * unit, wide.width * unit);
        let mut padded = vec![0.0; planes * wide.pixels() * unit];
        let to = padded.chunks_exact_mut(wide.height * wide_row);
        for (from, to) in input.chunks_exact(size.height * row).zip(to) {
            let to = to.chunks_exact_mut(wide_row).skip(padding);
            for (from, to) in from.chunks_exact(row).zip(to) {
                to[padding * unit..][..row].copy_from_slice(from);
            }
        }
        padded.into()
    }
}

/// In which order a pixel of the output takes what it sees: that in which the values lie.
#[derive(Clone, Copy)]
struct Order {
    filter: Filter,
    layout: Layout,
    channels: usize,
}

impl Order {
    const fn places(self) -> usize {
        self.filter.height * self.filter.width
    }

    const fn len(self) -> usize {
        self.places() * self.channels
    }

    /// The channel and the place of the filter of value `k`.
    const fn of(self, k: usize) -> (usize, usize) {
        match self.layout {
            Layout::Planes => (k / self.places(), k % self.places()),
            Layout::Pixels => (k % self.channels, k / self.channels),
        }
    }
}

fn padded_size(size: Size, filter: Filter) -> Size {
    let wide = |side: usize| side + 2 * filter.padding;
    Size { height: wide(size.height), width: wide(size.width) }
}
