//! Every kernel against loops that say what is meant, on the vectors of this machine and on plain Rust.

use proptest::prelude::*;

use super::depthwise::Depthwise;
use super::gather::{Filter, Gather, Layout};
use super::gemm::{Activation, Product, Rows, Weights};
use super::pool::{Pool, Window, add_doubled, pool};
use super::separable::{depthwise_first, pointwise_first};
use super::whole::Whole;
use super::winograd::Winograd;
use super::{Isa, Size};

/// Numbers from -1 to 1 that look like none in particular.
fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((state >> 16) as u16) / 32_768.0 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn isas() -> Vec<Isa> {
    vec![Isa::Plain, Isa::best()]
}

fn activations(channels: usize, seed: u32) -> [Activation; 3] {
    let slopes = numbers(channels, seed).iter().map(|value| value.abs() * 0.9).collect();
    [Activation::None, Activation::Relu, Activation::Prelu(slopes)]
}

fn activated(activation: &Activation, value: f64, channel: usize) -> f64 {
    match activation {
        Activation::None => value,
        Activation::Relu => value.max(0.0),
        Activation::Prelu(slopes) => value.max(value * f64::from(slopes[channel])),
    }
}

#[track_caller]
fn assert_near(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(*found) - expected).abs();
        assert!(off <= tolerance, "at {index}: {found}, expected {expected}");
    }
}

/// A convolution of a picture of pixels, as its definition says; `weight(to, from, place)`.
fn convolved(
    input: &[f32],
    (size, filter): (Size, Filter),
    (from, to): (usize, usize),
    weight: impl Fn(usize, usize, usize) -> f32,
) -> Vec<f64> {
    let output = filter.output(size).unwrap();
    let mut out = Vec::new();
    for pixel in 0..output.pixels() {
        for channel in 0..to {
            let mut sum = 0.0;
            for place in 0..filter.height * filter.width {
                let y = pixel / output.width * filter.stride + place / filter.width;
                let x = pixel % output.width * filter.stride + place % filter.width;
                let (y, x) = (y.wrapping_sub(filter.padding), x.wrapping_sub(filter.padding));
                if y < size.height && x < size.width {
                    for source in 0..from {
                        let value = input[(y * size.width + x) * from + source];
                        sum += f64::from(value) * f64::from(weight(channel, source, place));
                    }
                }
            }
            out.push(sum);
        }
    }
    out
}

proptest! {
    #[test]
    fn a_product_is_the_sum_of_products(rows in 0_usize..40, k in 1_usize..40, n in 1_usize..70, seed: u32) {
        let (a, b) = (numbers(rows * k, seed), numbers(k * n, seed ^ 1));
        let (bias, plus) = (numbers(n, seed ^ 2), numbers(rows * n, seed ^ 3));
        for isa in isas() {
            for activation in activations(n, seed) {
                for plus in [None, Some(&plus[..])] {
                    let expected: Vec<f64> = (0..rows * n)
                        .map(|i| {
                            let sum: f64 = (0..k)
                                .map(|j| f64::from(a[i / n * k + j]) * f64::from(b[j * n + i % n]))
                                .sum();
                            let sum = sum + f64::from(bias[i % n]) + plus.map_or(0.0, |plus| f64::from(plus[i]));
                            activated(&activation, sum, i % n)
                        })
                        .collect();
                    let weights = Weights::pack(isa, (k, n), &bias, activation.clone(), |j, i| b[j * n + i]);
                    let mut out = vec![f32::NAN; rows * n];
                    Product { rows: Rows::Dense(&a), weights: &weights, plus, out: &mut out }.run(isa);
                    assert_near(&out, &expected, 1e-5);
                }
            }
        }
    }

    #[test]
    fn depthwise_is_a_convolution_of_each_channel(
        height in 1_usize..9, width in 1_usize..12, vectors in 1_usize..4, stride in 1_usize..=2, seed: u32,
    ) {
        let channels = 8 * vectors;
        let size = Size { height, width };
        let (input, weights) = (numbers(size.pixels() * channels, seed), numbers(9 * channels, seed ^ 1));
        let bias = numbers(channels, seed ^ 2);
        let filter = Filter { height: 3, width: 3, stride, padding: 1 };
        let weight = |to: usize, from: usize, place: usize| {
            if to == from { weights[9 * to + place] } else { 0.0 }
        };
        let plain = convolved(&input, (size, filter), (channels, channels), weight);
        for isa in isas() {
            for activation in activations(channels, seed) {
                let expected: Vec<f64> = plain
                    .iter()
                    .enumerate()
                    .map(|(i, sum)| activated(&activation, sum + f64::from(bias[i % channels]), i % channels))
                    .collect();
                let layer = Depthwise::new(stride, &bias, activation, |channel, place| weights[9 * channel + place]);
                let output = layer.output(size);
                prop_assert_eq!(Some(output), filter.output(size));
                let mut out = vec![f32::NAN; output.pixels() * channels];
                // In two parts, as fused layers ask for it.
                let (upper, lower) = out.split_at_mut(output.height / 2 * output.width * channels);
                layer.run(isa, &input, size, 0..output.height / 2, upper);
                layer.run(isa, &input, size, output.height / 2..output.height, lower);
                assert_near(&out, &expected, 1e-5);
            }
        }
    }

    #[test]
    fn winograd_is_a_convolution(
        height in 1_usize..11, width in 1_usize..11, from in 1_usize..3, to in 1_usize..4, seed: u32,
    ) {
        let (from, to) = (8 * from, 8 * to);
        let size = Size { height, width };
        let (input, weights) = (numbers(size.pixels() * from, seed), numbers(9 * from * to, seed ^ 1));
        let (bias, plus) = (numbers(to, seed ^ 2), numbers(size.pixels() * to, seed ^ 3));
        let weight = |to: usize, source: usize, place: usize| weights[(to * from + source) * 9 + place];
        let filter = Filter { height: 3, width: 3, stride: 1, padding: 1 };
        let plain = convolved(&input, (size, filter), (from, to), weight);
        for isa in isas() {
            for activation in activations(to, seed) {
                let layer = Winograd::new(isa, from, &bias, activation.clone(), weight);
                for plus in [None, Some(&plus[..])] {
                    let expected: Vec<f64> = plain
                        .iter()
                        .enumerate()
                        .map(|(i, sum)| {
                            let sum = sum + f64::from(bias[i % to]) + plus.map_or(0.0, |plus| f64::from(plus[i]));
                            activated(&activation, sum, i % to)
                        })
                        .collect();
                    let mut out = vec![f32::NAN; size.pixels() * to];
                    layer.run(isa, &input, size, plus, &mut out);
                    assert_near(&out, &expected, 1e-4);
                }
            }
        }
    }

    #[test]
    fn two_at_once_are_one_after_the_other(
        (height, width) in (1_usize..80, 1_usize..50), (from, to) in (1_usize..3, 1_usize..3), stride in 1_usize..=2,
        seed: u32,
    ) {
        let (from, to) = (16 * from, 16 * to);
        let size = Size { height, width };
        let input = numbers(size.pixels() * from, seed);
        let weights = numbers(from * to + 9 * from.max(to), seed ^ 1);
        let at = |a: usize, b: usize| weights[a * to + b];
        let filters = |channel: usize, place: usize| weights[from * to + 9 * channel + place];
        for isa in isas() {
            let pointwise = Weights::pack(isa, (from, to), &numbers(to, seed ^ 2), Activation::Relu, at);
            let [relu, prelu] = [from, to].map(|channels| {
                let [_, relu, prelu] = activations(channels, seed);
                (numbers(channels, seed ^ 3), relu, prelu)
            });
            // A row alone is summed in another order than rows together.
            let exact = |values: &[f32]| values.iter().copied().map(f64::from).collect::<Vec<_>>();
            let run = |rows: &[f32], plus: Option<&[f32]>| {
                let mut out = vec![f32::NAN; rows.len() / from * to];
                Product { rows: Rows::Dense(rows), weights: &pointwise, plus, out: &mut out }.run(isa);
                out
            };
            let deep = |layer: &Depthwise, input: &[f32]| {
                let output = layer.output(size);
                let mut out = vec![f32::NAN; output.pixels() * layer.channels()];
                layer.run(isa, input, size, 0..output.height, &mut out);
                out
            };

            let depthwise = Depthwise::new(1, &prelu.0, prelu.2, filters);
            let expected = deep(&depthwise, &run(&input, None));
            let mut found = vec![f32::NAN; expected.len()];
            pointwise_first(isa, (&pointwise, &depthwise), (&input, size), &mut found);
            assert_near(&found, &exact(&expected), 1e-4);

            let depthwise = Depthwise::new(stride, &relu.0, relu.1, filters);
            let between = deep(&depthwise, &input);
            let plus = numbers(between.len() / from * to, seed ^ 4);
            for plus in [None, Some(&plus[..])] {
                let expected = run(&between, plus);
                let mut found = vec![f32::NAN; expected.len()];
                depthwise_first(isa, (&depthwise, &pointwise), (&input, size), plus, &mut found);
                assert_near(&found, &exact(&expected), 1e-4);
            }
        }
    }

    #[test]
    fn numbers_of_a_whole_picture_are_a_product(
        (height, width, channels) in (1_usize..5, 1_usize..5, 1_usize..20), groups in 1_usize..4, seed: u32,
    ) {
        let (size, columns) = (Size { height, width }, 16 * groups);
        let len = size.pixels() * channels;
        let (input, bias) = (numbers(len, seed), numbers(columns, seed ^ 1));
        // Multiples of 1/128, of which each column has one of 127.
        let mut weights: Vec<f32> =
            numbers(len * columns, seed ^ 2).iter().map(|value| (value * 127.0).round() / 128.0).collect();
        weights.iter_mut().step_by(len).for_each(|value| *value = 127.0 / 128.0);
        let layer = Whole::exactly((size, channels), &weights, &bias).unwrap();
        let expected: Vec<f64> = (0..columns)
            .map(|column| {
                let products = (0..len).map(|index| {
                    let (channel, pixel) = (index / size.pixels(), index % size.pixels());
                    let value = input[pixel * channels + channel];
                    f64::from(value) * f64::from(weights[column * len + index])
                });
                products.sum::<f64>() + f64::from(bias[column])
            })
            .collect();
        for isa in isas() {
            let mut out = vec![f32::NAN; columns];
            layer.run(isa, &input, &mut out);
            assert_near(&out, &expected, 1e-4);
        }
        let inexact = weights.iter().map(|value| value * 0.7 + 1e-3).collect::<Vec<_>>();
        prop_assert!(len < 4 || Whole::exactly((size, channels), &inexact, &bias).is_none());
    }

    #[test]
    fn gathering_is_a_convolution(
        height in 3_usize..12, width in 3_usize..12, from in 1_usize..9, to in 1_usize..20,
        filter in (1_usize..4, 1_usize..4, 1_usize..3, 0_usize..2), seed: u32,
    ) {
        let (high, wide, stride, padding) = filter;
        let filter = Filter { height: high, width: wide, stride, padding };
        let (size, places) = (Size { height, width }, high * wide);
        let (input, weights) = (numbers(size.pixels() * from, seed), numbers(places * from * to, seed ^ 1));
        let bias = numbers(to, seed ^ 2);
        let weight = |to: usize, source: usize, place: usize| weights[(to * from + source) * places + place];
        let plain = convolved(&input, (size, filter), (from, to), weight);
        let plus = numbers(plain.len(), seed ^ 3);
        let planes: Vec<f32> = (0..from)
            .flat_map(|channel| input.iter().skip(channel).step_by(from).copied())
            .collect();
        let expected: Vec<f64> = plain
            .iter()
            .zip(&plus)
            .enumerate()
            .map(|(i, (sum, plus))| (sum + f64::from(bias[i % to]) + f64::from(*plus)).max(0.0))
            .collect();
        for isa in isas() {
            for (layout, input) in [(Layout::Pixels, &input), (Layout::Planes, &planes)] {
                let layer = Gather::new(isa, (filter, layout), from, &bias, Activation::Relu, weight);
                let mut out = vec![f32::NAN; plain.len()];
                layer.run(isa, input, size, Some(&plus), &mut out);
                assert_near(&out, &expected, 1e-5);
            }
        }
    }

    #[test]
    fn pools_are_the_largest_and_the_mean(
        height in 3_usize..9, width in 3_usize..9, channels in 1_usize..9, side in 1_usize..4, stride in 1_usize..3, seed: u32,
    ) {
        let (size, window) = (Size { height, width }, Window { side, stride });
        let input = numbers(size.pixels() * channels, seed);
        let output = window.output(size).unwrap();
        for kind in [Pool::Max, Pool::Mean] {
            let expected: Vec<f64> = (0..output.pixels() * channels)
                .map(|i| {
                    let (pixel, channel) = (i / channels, i % channels);
                    let values = (0..side * side).map(|place| {
                        let y = pixel / output.width * stride + place / side;
                        let x = pixel % output.width * stride + place % side;
                        f64::from(input[(y * width + x) * channels + channel])
                    });
                    match kind {
                        Pool::Max => values.fold(f64::MIN, f64::max),
                        Pool::Mean => values.sum::<f64>() / (side * side) as f64,
                    }
                })
                .collect();
            let mut out = vec![f32::NAN; expected.len()];
            pool(kind, window, &input, size, &mut out);
            assert_near(&out, &expected, 1e-6);
        }
    }
}

#[test]
fn a_doubled_picture_is_added_pixel_by_pixel() {
    let size = Size { height: 2, width: 4 };
    let fine: Vec<f32> = (0..16_u8).map(f32::from).collect();
    let mut out = vec![f32::NAN; 16];
    add_doubled(&fine, &[100.0, 200.0, 300.0, 400.0], size, &mut out);
    let expected: Vec<f64> = (0..16_u8)
        .map(|i| {
            f64::from(i)
                + [[100.0, 200.0], [300.0, 400.0]][usize::from(i % 8 / 4)][usize::from(i % 2)]
        })
        .collect();
    assert_near(&out, &expected, 0.0);
}
