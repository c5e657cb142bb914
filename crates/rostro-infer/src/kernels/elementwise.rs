//! What is done with each value by itself, or with where it lies.

use super::Size;

/// `(x - minus) · times` of a picture of planes, with a pair for each of them.
pub(crate) fn scale(minus: &[f32], times: &[f32], input: &[f32], out: &mut [f32]) {
    assert!(minus.len() == times.len() && input.len() == out.len(), "a pair for each plane");
    let plane = input.len() / minus.len();
    assert_eq!(plane * minus.len(), input.len(), "whole planes");
    let planes = input.chunks_exact(plane.max(1)).zip(out.chunks_exact_mut(plane.max(1)));
    for ((input, out), (minus, times)) in planes.zip(minus.iter().zip(times)) {
        for (out, value) in out.iter_mut().zip(input) {
            *out = (value - minus) * times;
        }
    }
}

/// The sum of two pictures, no less than `floor`.
pub(crate) fn add(a: &[f32], b: &[f32], floor: f32, out: &mut [f32]) {
    assert!(a.len() == b.len() && a.len() == out.len(), "pictures of one size");
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = (a + b).max(floor);
    }
}

/// A picture of pixels with zeros at its right, below it and after its channels. `size` and `channels` are the
/// picture's, `wide` and `deep` those of what comes of it.
pub(crate) fn pad(
    input: &[f32],
    (size, channels): (Size, usize),
    (wide, deep): (Size, usize),
    out: &mut [f32],
) {
    assert!(wide.height >= size.height && wide.width >= size.width && deep >= channels, "no less");
    assert_eq!(input.len(), size.pixels() * channels, "the whole picture");
    assert_eq!(out.len(), wide.pixels() * deep, "the whole picture");
    out.fill(0.0);
    for (pixel, input) in input.chunks_exact(channels).enumerate() {
        let (y, x) = (pixel / size.width, pixel % size.width);
        out[(y * wide.width + x) * deep..][..channels].copy_from_slice(input);
    }
}

/// The channels from `start` on of a picture of pixels with `channels` of them, as many as `out` has room for.
pub(crate) fn channels(
    input: &[f32],
    channels: usize,
    (start, count): (usize, usize),
    out: &mut [f32],
) {
    assert!(start + count <= channels, "channels that there are");
    assert_eq!(input.len() / channels * count, out.len(), "a pixel for each");
    for (out, input) in out.chunks_exact_mut(count).zip(input.chunks_exact(channels)) {
        out.copy_from_slice(&input[start..start + count]);
    }
}

/// `1 / (1 + e^-x)`
pub(crate) fn sigmoid(input: &[f32], out: &mut [f32]) {
    assert_eq!(input.len(), out.len(), "as many");
    for (out, value) in out.iter_mut().zip(input) {
        *out = 1.0 / (1.0 + (-value).exp());
    }
}
