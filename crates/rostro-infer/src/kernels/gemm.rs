//! Matrix products: every pixel of a picture times the weights, with what follows (bias, a second picture, activation)
//! done while the result is in registers.

use super::lanes::{Isa, Lanes, Routine};
use super::tuning;

/// What is done with each value at the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Activation {
    None,
    /// `max(x, 0)`
    Relu,
    /// `max(x, slope · x)`, with a slope for each channel
    Prelu(Vec<f32>),
}

impl Activation {
    /// With its slopes at hand, for inner loops.
    #[inline(always)]
    pub(super) fn ready<V: Lanes>(&self) -> Ready<V> {
        match self {
            Self::None => Ready { floor: V::splat(f32::NEG_INFINITY), slopes: None },
            Self::Relu => Ready { floor: V::splat(0.0), slopes: None },
            Self::Prelu(slopes) => {
                Ready { floor: V::splat(f32::NEG_INFINITY), slopes: Some(slopes.as_ptr()) }
            }
        }
    }
}

/// An [`Activation`] in an inner loop, without a choice between its kinds but for the slopes.
#[derive(Clone, Copy)]
pub(super) struct Ready<V> {
    floor: V,
    slopes: Option<*const f32>,
}

impl<V: Lanes> Ready<V> {
    /// A vector of values, the first of them of channel `channel`.
    ///
    /// # Safety
    /// There is a slope for each of these channels, where there are slopes.
    #[inline(always)]
    pub(super) unsafe fn apply(self, x: V, channel: usize) -> V {
        match self.slopes {
            None => x.max(self.floor),
            // SAFETY: so many slopes lie there, says the caller.
            Some(slopes) => x.max(x.mul(unsafe { V::load(slopes.add(channel)) })),
        }
    }
}

/// A matrix of weights, `k` rows and `n` columns, in panels of two vectors of columns.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    k: usize,
    n: usize,
    panel: usize,
    values: Vec<f32>,
    bias: Vec<f32>,
    activation: Activation,
}

/// Rows at a time that stay in the second cache beside a panel, in floats.
const BLOCK: usize = 48 * 1024;

impl Weights {
    /// Packs the matrix that `at(k, n)` gives; `bias` has `n` values.
    pub(crate) fn pack(
        isa: Isa,
        (k, n): (usize, usize),
        bias: &[f32],
        activation: Activation,
        at: impl Fn(usize, usize) -> f32,
    ) -> Self {
        assert_eq!(bias.len(), n, "a bias for each column");
        let panel = 2 * isa.lanes();
        let padded = n.next_multiple_of(panel);
        let mut values = vec![0.0; k * padded];
        for (column, values) in values.chunks_exact_mut(k * panel).enumerate() {
            for (row, values) in values.chunks_exact_mut(panel).enumerate() {
                for (column, value) in (column * panel..n).zip(values) {
                    *value = at(row, column);
                }
            }
        }
        let pad = |values: &[f32]| [values, &vec![0.0; padded - n][..]].concat();
        let activation = match activation {
            Activation::Prelu(slopes) => {
                assert_eq!(slopes.len(), n, "a slope for each column");
                Activation::Prelu(pad(&slopes))
            }
            other => other,
        };
        Self { k, n, panel, values, bias: pad(bias), activation }
    }

    pub(super) const fn columns(&self) -> usize {
        self.n
    }
}

/// The rows of a matrix.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    /// Side by side.
    Dense(&'a [f32]),
    /// Row `i` has the values at `starts[i] + offsets[..]`: what the pixels of a convolution see, where they lie.
    Spread { values: &'a [f32], starts: &'a [u32], offsets: &'a [u32] },
}

/// `out = activation(rows · weights + bias + plus)`.
pub(crate) struct Product<'a> {
    /// Each of as many floats as the weights have rows.
    pub(crate) rows: Rows<'a>,
    pub(crate) weights: &'a Weights,
    /// As large as `out`; nothing is added without it.
    pub(crate) plus: Option<&'a [f32]>,
    /// Rows of as many floats as the weights have columns.
    pub(crate) out: &'a mut [f32],
}

impl Product<'_> {
    pub(crate) fn run(self, isa: Isa) {
        let (k, n) = (self.weights.k, self.weights.n);
        let rows = match self.rows {
            Rows::Dense(values) => {
                assert_eq!(values.len() % k, 0, "whole rows");
                values.len() / k
            }
            Rows::Spread { values, starts, offsets } => {
                assert_eq!(offsets.len(), k, "an offset for each value of a row");
                let last = |places: &[u32]| places.iter().max().map_or(0, |place| *place as usize);
                let is_inside = starts.is_empty() || last(starts) + last(offsets) < values.len();
                assert!(is_inside, "rows within the values");
                starts.len()
            }
        };
        assert_eq!(self.out.len(), rows * n, "a row out for each row in");
        assert!(self.plus.is_none_or(|plus| plus.len() == self.out.len()), "of the same size");
        assert_eq!(self.weights.panel, 2 * isa.lanes(), "packed for these vectors");
        isa.run(self);
    }
}

impl Routine for Product<'_> {
    #[inline(always)]
    fn run<V: Lanes>(self) {
        match self.rows {
            Rows::Dense(values) => {
                let reach = Dense { values: values.as_ptr(), k: self.weights.k };
                self.blocks::<V>(reach);
            }
            Rows::Spread { values, starts, offsets } => {
                let (starts, offsets) = (starts.as_ptr(), offsets.as_ptr());
                self.blocks::<V>(Spread { values: values.as_ptr(), starts, offsets });
            }
        }
    }
}

/// Where the values of rows lie.
trait Reach: Copy {
    /// The first place of row `row`.
    ///
    /// # Safety
    /// There is such a row.
    unsafe fn start(self, row: usize) -> *const f32;

    /// How far value `index` of a row lies from its first place.
    ///
    /// # Safety
    /// A row has so many values.
    unsafe fn offset(self, index: usize) -> usize;
}

#[derive(Clone, Copy)]
struct Dense {
    values: *const f32,
    k: usize,
}

impl Reach for Dense {
    #[inline(always)]
    unsafe fn start(self, row: usize) -> *const f32 {
        // SAFETY: `row` is one of the rows, says the caller.
        unsafe { self.values.add(row * self.k) }
    }
    #[inline(always)]
    unsafe fn offset(self, index: usize) -> usize {
        index
    }
}

#[derive(Clone, Copy)]
struct Spread {
    values: *const f32,
    starts: *const u32,
    offsets: *const u32,
}

impl Reach for Spread {
    #[inline(always)]
    unsafe fn start(self, row: usize) -> *const f32 {
        // SAFETY: `row` is one of the rows, says the caller, and each begins within the values.
        unsafe { self.values.add(*self.starts.add(row) as usize) }
    }
    #[inline(always)]
    unsafe fn offset(self, index: usize) -> usize {
        // SAFETY: a row has so many values, says the caller.
        unsafe { *self.offsets.add(index) as usize }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn blocks<V: Lanes>(self, reach: impl Reach) {
        let Weights { k, n, panel, ref values, ref bias, ref activation } = *self.weights;
        let rows = self.out.len() / n;
        let block = (BLOCK / k).max(16).next_multiple_of(24);
        let tallest = tuning::rows_per_tile();
        let out = self.out.as_mut_ptr();
        for first in (0..rows).step_by(block) {
            let last = (first + block).min(rows);
            for (index, weights) in values.chunks_exact(k * panel).enumerate() {
                let column = index * panel;
                let weights = weights.as_ptr();
                let place = Place { k, n, column, weights, bias, activation, out };
                let tiles = Tiles { place, plus: self.plus.map(<[f32]>::as_ptr), reach };
                let mut row = first;
                while row < last {
                    // SAFETY: as many rows are left as each arm says.
                    row += unsafe {
                        match tallest.min(last - row) {
                            8.. => tiles.tile::<V, 8>(row),
                            6.. => tiles.tile::<V, 6>(row),
                            4.. => tiles.tile::<V, 4>(row),
                            2.. => tiles.tile::<V, 2>(row),
                            _ => tiles.tile::<V, 1>(row),
                        }
                    };
                }
            }
        }
    }
}

/// A panel of the weights, and where its columns lie in the output.
struct Place<'a> {
    k: usize,
    n: usize,
    column: usize,
    weights: *const f32,
    /// Padded to whole panels.
    bias: &'a [f32],
    activation: &'a Activation,
    out: *mut f32,
}

struct Tiles<'a, R> {
    place: Place<'a>,
    plus: Option<*const f32>,
    reach: R,
}

impl<R: Reach> Tiles<'_, R> {
    /// `ROWS` rows from `row` on, times the panel; gives `ROWS`.
    ///
    /// # Safety
    /// There are so many rows, in the output and in what is added too.
    #[inline(always)]
    unsafe fn tile<V: Lanes, const ROWS: usize>(&self, row: usize) -> usize {
        let Place { k, n, column, weights, bias, activation, out } = self.place;
        let activation = activation.ready::<V>();
        let is_whole = column + 2 * V::LEN <= n;
        // SAFETY: as the caller says. A column more than `n` is neither read nor written: of a panel that is not whole,
        // the columns that there are go through `padded`, which is as long as the widest panel.
        unsafe {
            let bias =
                [V::load(bias[column..].as_ptr()), V::load(bias[column + V::LEN..].as_ptr())];
            let starts = std::array::from_fn(|index| self.reach.start(row + index));
            let sums = products::<V, R, ROWS>(k, self.reach, starts, weights, [bias; ROWS]);
            for (index, [mut a, mut b]) in sums.into_iter().enumerate() {
                let first = (row + index) * n + column;
                if let Some(plus) = self.plus {
                    let mut padded = [0.0; 16];
                    let mut from = plus.add(first);
                    if !is_whole {
                        std::ptr::copy_nonoverlapping(from, padded.as_mut_ptr(), n - column);
                        from = padded.as_ptr();
                    }
                    a = a.add(V::load(from));
                    b = b.add(V::load(from.add(V::LEN)));
                }
                let (a, b) = (activation.apply(a, column), activation.apply(b, column + V::LEN));
                let to = out.add(first);
                if is_whole {
                    a.store(to);
                    b.store(to.add(V::LEN));
                } else {
                    let mut padded = [0.0; 16];
                    a.store(padded.as_mut_ptr());
                    b.store(padded.as_mut_ptr().add(V::LEN));
                    std::ptr::copy_nonoverlapping(padded.as_ptr(), to, n - column);
                }
            }
        }
        ROWS
    }
}

/// `sums` and `ROWS` rows of `k` floats times a panel.
///
/// Out of line in WebAssembly: inlined, V8 keeps the sums in memory and not in registers. One value of each row at a
/// time for the same reason: of several, LLVM adds all products of a sum one after the other, and the values that
/// wait fill the registers (14 instead of 26 GMAC/s).
///
/// # Safety
/// So many values lie at each of `starts`, and as many rows of the panel at `weights`.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn products<V: Lanes, R: Reach, const ROWS: usize>(
    k: usize,
    reach: R,
    starts: [*const f32; ROWS],
    mut weights: *const f32,
    mut sums: [[V; 2]; ROWS],
) -> [[V; 2]; ROWS] {
    if ROWS == 1 {
        // SAFETY: as the caller says.
        sums[0] = unsafe { row::<V, R>(k, reach, starts[0], weights, sums[0]) };
        return sums;
    }
    for index in 0..k {
        // SAFETY: as the caller says.
        unsafe {
            let (a, b) = (V::load(weights), V::load(weights.add(V::LEN)));
            let offset = reach.offset(index);
            for row in 0..ROWS {
                let value = V::splat(*starts[row].add(offset));
                sums[row][0] = sums[row][0].add_product(value, a);
                sums[row][1] = sums[row][1].add_product(value, b);
            }
            weights = weights.add(2 * V::LEN);
        }
    }
    sums
}

/// [`products`] of a single row, which would wait for its own sums: four of them take turns. That is more exact, too,
/// where a row has tens of thousands of values.
///
/// # Safety
/// As many values lie at `start`, and as many rows of the panel at `weights`, as `k` says.
#[inline(always)]
unsafe fn row<V: Lanes, R: Reach>(
    k: usize,
    reach: R,
    start: *const f32,
    weights: *const f32,
    sums: [V; 2],
) -> [V; 2] {
    const TURNS: usize = 4;
    let mut turns = [[V::splat(0.0); 2]; TURNS];
    turns[0] = sums;
    let add = |turn: &mut [V; 2], index: usize| {
        // SAFETY: as the caller says.
        unsafe {
            let weights = weights.add(index * 2 * V::LEN);
            let value = V::splat(*start.add(reach.offset(index)));
            turn[0] = turn[0].add_product(value, V::load(weights));
            turn[1] = turn[1].add_product(value, V::load(weights.add(V::LEN)));
        }
    };
    let whole = k / TURNS * TURNS;
    for first in (0..whole).step_by(TURNS) {
        for (index, turn) in turns.iter_mut().enumerate() {
            add(turn, first + index);
        }
    }
    for index in whole..k {
        add(&mut turns[0], index);
    }
    std::array::from_fn(|half| {
        turns[0][half].add(turns[1][half]).add(turns[2][half].add(turns[3][half]))
    })
}
