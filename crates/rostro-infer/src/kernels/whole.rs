//! Numbers out of all values of a picture: a matrix product of a single row, whose weights are read once and never again.
//! What it costs is to fetch them, so they stay in 8 bits and are widened in registers.

use super::Size;
use super::lanes::{Isa, Lanes, Routine};

/// Columns that are summed at once.
const COLUMNS: usize = 16;
/// Sums of a column that take turns: one alone would wait for itself.
const TURNS: usize = 2;

/// The weights of a layer: whole multiples of a step, which each column has its own of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Whole {
    pub(crate) size: Size,
    pub(crate) channels: usize,
    /// One for each column, of which there are whole groups of [`COLUMNS`].
    pub(crate) bias: Vec<f32>,
    pub(crate) steps: Vec<f32>,
    /// `[column / 16][row][picture column][channel][column % 16]`
    pub(crate) values: Vec<i8>,
}

impl Whole {
    /// For pictures of pixels of `size`, with `channels` channels; `weights` are `[column][channel][row][picture column]`.
    /// `None` where they are no whole multiples of 127 steps or less, or the columns no whole groups.
    #[cfg(feature = "tract")]
    pub(crate) fn exactly(
        (size, channels): (Size, usize),
        weights: &[f32],
        bias: &[f32],
    ) -> Option<Self> {
        let len = size.pixels() * channels;
        if len == 0 || !bias.len().is_multiple_of(COLUMNS) || weights.len() != len * bias.len() {
            return None;
        }
        let mut values = vec![0; weights.len()];
        let mut steps = Vec::new();
        for (column, weights) in weights.chunks_exact(len).enumerate() {
            let (step, multiples) = stepped(weights)?;
            steps.push(step);
            for (index, multiple) in multiples.into_iter().enumerate() {
                let (channel, pixel) = (index / size.pixels(), index % size.pixels());
                let row = column / COLUMNS * len + pixel * channels + channel;
                values[row * COLUMNS + column % COLUMNS] = multiple;
            }
        }
        Some(Self { size, channels, bias: bias.to_vec(), steps, values })
    }

    /// As many values as there is bias.
    pub(crate) fn run(&self, isa: Isa, input: &[f32], out: &mut [f32]) {
        let (len, columns) = (self.size.pixels() * self.channels, self.bias.len());
        assert_eq!(input.len(), len, "the whole picture");
        assert_eq!(columns % COLUMNS, 0, "whole groups");
        assert!(out.len() == columns && self.steps.len() == columns, "a number for each column");
        assert_eq!(self.values.len(), len * columns, "weights for each");
        isa.run(Sums { layer: self, input, out: &mut *out });
        for ((out, step), bias) in out.iter_mut().zip(&self.steps).zip(&self.bias) {
            *out = *out * step + bias;
        }
    }
}

/// The sums over the input, in steps.
struct Sums<'a> {
    layer: &'a Whole,
    input: &'a [f32],
    out: &'a mut [f32],
}

impl Routine for Sums<'_> {
    #[inline(always)]
    fn run<V: Lanes>(self) {
        let groups = self.layer.values.chunks_exact(self.input.len() * COLUMNS);
        for (values, out) in groups.zip(self.out.chunks_exact_mut(COLUMNS)) {
            // SAFETY: a group has that many columns for each value of the input, and `out` room for them.
            unsafe { group::<V>(self.input, values.as_ptr(), out.as_mut_ptr()) };
        }
    }
}

/// Out of line in WebAssembly, as the products of matrices are.
///
/// # Safety
/// [`COLUMNS`] weights lie at `values` for each value of the input, and as many floats may be written at `out`.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn group<V: Lanes>(input: &[f32], values: *const i8, out: *mut f32) {
    // Vectors of four floats need four of them, wider ones fewer.
    let mut sums = [[V::splat(0.0); COLUMNS / 4]; TURNS];
    let add = |sums: &mut [V; COLUMNS / 4], index: usize, value: f32| {
        let value = V::splat(value);
        for (vector, sum) in sums.iter_mut().take(COLUMNS / V::LEN).enumerate() {
            // SAFETY: as the caller says.
            let weights = unsafe { V::load_bytes(values.add(index * COLUMNS + vector * V::LEN)) };
            *sum = sum.add_product(value, weights);
        }
    };
    let (together, rest) = input.as_chunks::<TURNS>();
    for (index, together) in together.iter().enumerate() {
        for (turn, value) in together.iter().enumerate() {
            add(&mut sums[turn], TURNS * index + turn, *value);
        }
    }
    for (index, value) in rest.iter().enumerate() {
        add(&mut sums[0], TURNS * together.len() + index, *value);
    }
    let [even, odd] = sums;
    let vectors = even.into_iter().zip(odd).take(COLUMNS / V::LEN).enumerate();
    for (vector, (even, odd)) in vectors {
        // SAFETY: as the caller says.
        unsafe { even.add(odd).store(out.add(vector * V::LEN)) };
    }
}

/// Numbers as whole multiples of a step, -127 to 127, where that gives them back to the last bit.
#[cfg(feature = "tract")]
pub(crate) fn stepped(numbers: &[f32]) -> Option<(f32, Vec<i8>)> {
    let largest = numbers.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    if largest == 0.0 {
        return Some((0.0, vec![0; numbers.len()]));
    }
    // The step is the largest number's part of 127, or a neighbour of that: a product was rounded to make the number.
    let near = (largest / 127.0).to_bits();
    (near.saturating_sub(2)..=near.saturating_add(2)).map(f32::from_bits).find_map(|step| {
        let whole = |value: &f32| {
            let steps = (value / step).round();
            let is_exact = steps.abs() <= 127.0 && (steps * step).to_bits() == value.to_bits();
            #[expect(clippy::cast_possible_truncation, reason = "whole and at most 127")]
            is_exact.then_some(steps as i8)
        };
        Some((step, numbers.iter().map(whole).collect::<Option<Vec<_>>>()?))
    })
}
