//! A depthwise and a pointwise convolution at once, in strips of rows: what lies between the two never leaves the cache,
//! and needs room for a strip only. Measured on a processor with large caches it takes as long as the two in turn.

use super::Size;
use super::depthwise::Depthwise;
use super::gemm::{Product, Rows, Weights};
use super::lanes::Isa;

/// Floats between the two, at a time: they stay in the second cache of small processors.
const STRIP: usize = 16 * 1024;
/// Pixels of a strip, at least: the weights of the pointwise convolution are read once for each strip.
const MIN_PIXELS: usize = 48;

/// Rows of a strip of a picture of that width.
fn rows_of(width: usize, channels: usize) -> usize {
    (STRIP / (width * channels)).max(MIN_PIXELS.div_ceil(width)).max(2)
}

/// The depthwise convolution, then the pointwise one. `size` is the input's.
pub(crate) fn depthwise_first(
    isa: Isa,
    (depthwise, pointwise): (&Depthwise, &Weights),
    (input, size): (&[f32], Size),
    plus: Option<&[f32]>,
    out: &mut [f32],
) {
    let output = depthwise.output(size);
    let strip = rows_of(output.width, depthwise.channels());
    let (row, row_out) = (output.width * depthwise.channels(), output.width * pointwise.columns());
    assert_eq!(out.len(), output.height * row_out, "the whole picture");
    let mut between = vec![0.0; strip.min(output.height) * row];
    for (index, out) in out.chunks_mut(strip * row_out).enumerate() {
        let (first, rows) = (index * strip, out.len() / row_out);
        let between = &mut between[..rows * row];
        depthwise.run(isa, input, size, first..first + rows, between);
        let plus = plus.map(|plus| &plus[first * row_out..][..out.len()]);
        Product { rows: Rows::Dense(between), weights: pointwise, plus, out }.run(isa);
    }
}

/// The pointwise convolution, then the depthwise one, with steps of one pixel.
pub(crate) fn pointwise_first(
    isa: Isa,
    (pointwise, depthwise): (&Weights, &Depthwise),
    (input, size): (&[f32], Size),
    out: &mut [f32],
) {
    assert_eq!(depthwise.output(size), size, "steps of one pixel");
    let channels = depthwise.channels();
    let strip = rows_of(size.width, channels);
    let (row_in, row) = (input.len() / size.height, size.width * channels);
    assert_eq!(out.len(), size.height * row, "the whole picture");
    // Rows of the picture between the two: those that this strip sees, the first two of them from the strip before.
    let mut between = vec![0.0; (strip + 2).min(size.height) * row];
    let mut done = 0;
    for (index, out) in out.chunks_mut(strip * row).enumerate() {
        let (first, rows) = (index * strip, out.len() / row);
        let (top, bottom) = (first.saturating_sub(1), (first + rows + 1).min(size.height));
        let kept = done - top;
        if index > 0 {
            // The strip before saw `strip` rows and one more on each side, but for the first, which has none above it.
            let seen = if index == 1 { strip + 1 } else { strip + 2 };
            between.copy_within((seen - kept) * row..seen * row, 0);
        }
        let fresh = &mut between[kept * row..(bottom - top) * row];
        let rows_in = Rows::Dense(&input[done * row_in..bottom * row_in]);
        Product { rows: rows_in, weights: pointwise, plus: None, out: fresh }.run(isa);
        let seen = Size { height: bottom - top, width: size.width };
        let between = &between[..seen.height * row];
        depthwise.run(isa, between, seen, first - top..first - top + rows, out);
        done = bottom;
    }
}
