//! Depthwise 3×3 convolutions, padded by one pixel of zeros: each channel by itself.

use std::ops::Range;

use super::Size;
use super::gemm::Activation;
use super::lanes::{Isa, Lanes, Routine};

/// The weights of a layer.
#[derive(Clone, Debug)]
pub(crate) struct Depthwise {
    /// `[9][channels]`, rows of the filter first.
    weights: Vec<f32>,
    bias: Vec<f32>,
    activation: Activation,
    stride: usize,
    /// A pixel outside the picture.
    outside: Vec<f32>,
}

impl Depthwise {
    /// `at(channel, place)` gives the weights, `place` from 0 to 8. Steps of one or two pixels.
    pub(crate) fn new(
        stride: usize,
        bias: &[f32],
        activation: Activation,
        at: impl Fn(usize, usize) -> f32,
    ) -> Self {
        assert!((1..=2).contains(&stride), "steps of one or two pixels");
        let channels = bias.len();
        let weights = (0..9).flat_map(|place| (0..channels).map(move |channel| (channel, place)));
        Self {
            weights: weights.map(|(channel, place)| at(channel, place)).collect(),
            bias: bias.to_vec(),
            activation,
            stride,
            outside: vec![0.0; channels],
        }
    }

    pub(crate) fn channels(&self) -> usize {
        self.bias.len()
    }

    /// The size of what comes of a picture of `input`.
    pub(crate) fn output(&self, input: Size) -> Size {
        let steps = |side: usize| (side - 1) / self.stride + 1;
        Size { height: steps(input.height), width: steps(input.width) }
    }

    /// The rows `rows` of the output, to `out`.
    pub(crate) fn run(
        &self,
        isa: Isa,
        input: &[f32],
        size: Size,
        rows: Range<usize>,
        out: &mut [f32],
    ) {
        let channels = self.channels();
        let output = self.output(size);
        assert_eq!(channels % isa.lanes(), 0, "whole vectors");
        assert_eq!(input.len(), size.pixels() * channels, "the whole picture");
        assert!(rows.end <= output.height, "rows of the picture");
        assert_eq!(out.len(), rows.len() * output.width * channels, "those rows");
        isa.run(Rows { view: View { layer: self, input, size }, rows, out });
    }
}

struct Rows<'a> {
    view: View<'a>,
    rows: Range<usize>,
    out: &'a mut [f32],
}

/// A picture, as a layer looks at it.
#[derive(Clone, Copy)]
struct View<'a> {
    layer: &'a Depthwise,
    input: &'a [f32],
    size: Size,
}

impl Routine for Rows<'_> {
    #[inline(always)]
    fn run<V: Lanes>(self) {
        let view = self.view;
        let channels = view.layer.channels();
        let width = view.layer.output(view.size).width;
        let stride = view.layer.stride;
        for (row, out) in self.rows.zip(self.out.chunks_exact_mut(width * channels)) {
            let mut x = 0;
            while x < width {
                let left = width - x;
                let out = &mut out[x * channels..];
                // Pixels side by side share what they read.
                x += match (stride, left) {
                    (1, 4..) => view.pixels::<V, 4, 6>(row, x, out),
                    (1, 2 | 3) => view.pixels::<V, 2, 4>(row, x, out),
                    (_, 2..) => view.pixels::<V, 2, 5>(row, x, out),
                    _ => view.pixels::<V, 1, 3>(row, x, out),
                };
            }
        }
    }
}

impl View<'_> {
    /// `PIXELS` pixels of a row of the output from `x` on, out of `COLUMNS` columns of the input; gives `PIXELS`.
    #[inline(always)]
    fn pixels<V: Lanes, const PIXELS: usize, const COLUMNS: usize>(
        &self,
        row: usize,
        x: usize,
        out: &mut [f32],
    ) -> usize {
        let Depthwise { weights, bias, activation, stride, .. } = self.layer;
        let activation = activation.ready::<V>();
        let channels = self.layer.channels();
        let out = &mut out[..PIXELS * channels];
        let columns: [[*const f32; COLUMNS]; 3] = std::array::from_fn(|down| {
            std::array::from_fn(|across| {
                self.pixel(stride * row + down, stride * x + across).as_ptr()
            })
        });
        let mut channel = 0;
        while channel < channels {
            // SAFETY: every pixel has `channels` floats, as have the bias and each of the nine rows of the weights, and
            // `out` has as many for each of the pixels; channels come in whole vectors.
            unsafe {
                let mut sums = [V::load(bias.as_ptr().add(channel)); PIXELS];
                for (down, columns) in columns.iter().enumerate() {
                    let weight = |across: usize| {
                        V::load(weights.as_ptr().add((3 * down + across) * channels + channel))
                    };
                    let weights = [weight(0), weight(1), weight(2)];
                    let inputs: [V; COLUMNS] =
                        std::array::from_fn(|across| V::load(columns[across].add(channel)));
                    for (pixel, sum) in sums.iter_mut().enumerate() {
                        for (across, weight) in weights.iter().enumerate() {
                            *sum = sum.add_product(inputs[stride * pixel + across], *weight);
                        }
                    }
                }
                for (pixel, sum) in sums.into_iter().enumerate() {
                    let out = out.as_mut_ptr().add(pixel * channels + channel);
                    activation.apply(sum, channel).store(out);
                }
            }
            channel += V::LEN;
        }
        PIXELS
    }

    /// The pixel of the padded input in row `y` and column `x`, both from the padding on.
    #[inline(always)]
    fn pixel(&self, y: usize, x: usize) -> &[f32] {
        let channels = self.layer.channels();
        let is_inside = (1..=self.size.height).contains(&y) && (1..=self.size.width).contains(&x);
        if !is_inside {
            return &self.layer.outside;
        }
        let first = ((y - 1) * self.size.width + x - 1) * channels;
        &self.input[first..first + channels]
    }
}
