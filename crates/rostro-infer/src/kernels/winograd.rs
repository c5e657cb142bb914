//! 3×3 convolutions with steps of one pixel, by the minimal filtering F(4×4, 3×3) of Lavin and Gray, "Fast Algorithms
//! for Convolutional Neural Networks" (2015): a tile of 4×4 pixels takes 36 products for each pair of channels
//! instead of 144. Padded by one pixel of zeros.
//!
//! Tiles of 6×6 input pixels are transformed, multiplied at each of their 36 places by the transformed weights, which
//! is a matrix product over the channels, and transformed back.

use super::Size;
use super::gemm::{Activation, Product, Rows, Weights};
use super::lanes::{Isa, Lanes, Routine};

/// Pixels across a tile of the output.
const TILE: usize = 4;
/// Pixels across a tile of the input.
const WINDOW: usize = TILE + 2;
/// Places in a tile of the input.
const PLACES: usize = WINDOW * WINDOW;

/// A filter at the 36 places: `G g Gᵀ` of the paper.
fn transformed(filter: [f32; 9]) -> [[f32; WINDOW]; WINDOW] {
    let line = |[a, b, c]: [f32; 3]| {
        let (even, odd, even_far, odd_far) = ((a + c) / 6.0, b / 6.0, a / 24.0 + c / 6.0, b / 12.0);
        [a / 4.0, -even - odd, odd - even, even_far + odd_far, even_far - odd_far, c]
    };
    let columns = [0, 1, 2].map(|x| line([filter[x], filter[3 + x], filter[6 + x]]));
    std::array::from_fn(|row| line(columns.map(|column| column[row])))
}

/// The weights of a layer.
#[derive(Clone, Debug)]
pub(crate) struct Winograd {
    places: Vec<Weights>,
    bias: Vec<f32>,
    activation: Activation,
    outside: Vec<f32>,
}

impl Winograd {
    /// `at(output channel, input channel, place)` gives the weights, `place` from 0 to 8, rows of the filter first.
    pub(crate) fn new(
        isa: Isa,
        channels: usize,
        bias: &[f32],
        activation: Activation,
        at: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let (from, to) = (channels, bias.len());
        let mut places = vec![0.0; PLACES * from * to];
        for pair in 0..from * to {
            let filter = std::array::from_fn(|place| at(pair % to, pair / to, place));
            for (place, value) in transformed(filter).into_iter().flatten().enumerate() {
                places[place * from * to + pair] = value;
            }
        }
        let none = vec![0.0; to];
        let place = |weights: &[f32]| {
            let at = |from: usize, column: usize| weights[from * to + column];
            Weights::pack(isa, (from, to), &none, Activation::None, at)
        };
        Self {
            places: places.chunks_exact(from * to).map(place).collect(),
            bias: bias.to_vec(),
            activation,
            outside: vec![0.0; channels],
        }
    }

    /// A picture of the same size, with as many channels as there is bias.
    pub(crate) fn run(
        &self,
        isa: Isa,
        input: &[f32],
        size: Size,
        plus: Option<&[f32]>,
        out: &mut [f32],
    ) {
        let (from, to) = (self.outside.len(), self.bias.len());
        assert!(from % isa.lanes() == 0 && to % isa.lanes() == 0, "whole vectors");
        assert_eq!(input.len(), size.pixels() * from, "the whole picture");
        assert_eq!(out.len(), size.pixels() * to, "the whole picture");
        assert!(plus.is_none_or(|plus| plus.len() == out.len()), "of the same size");
        let across = size.width.div_ceil(TILE);
        let tiles = size.height.div_ceil(TILE) * across;
        let mut transformed = vec![0.0; PLACES * tiles * from];
        isa.run(Forth { layer: self, input, size, across, tiles, out: &mut transformed });
        let mut products = vec![0.0; PLACES * tiles * to];
        for (place, weights) in self.places.iter().enumerate() {
            let rows = Rows::Dense(&transformed[place * tiles * from..][..tiles * from]);
            let out = &mut products[place * tiles * to..][..tiles * to];
            Product { rows, weights, plus: None, out }.run(isa);
        }
        isa.run(Back { layer: self, products: &products, size, across, tiles, plus, out });
    }
}

/// The tiles of the input, transformed: `[place][tile][channel]`.
struct Forth<'a> {
    layer: &'a Winograd,
    input: &'a [f32],
    size: Size,
    across: usize,
    tiles: usize,
    out: &'a mut [f32],
}

impl Routine for Forth<'_> {
    #[inline(always)]
    fn run<V: Lanes>(self) {
        let channels = self.layer.outside.len();
        for tile in 0..self.tiles {
            let (top, left) = (TILE * (tile / self.across), TILE * (tile % self.across));
            let pixels: [*const f32; PLACES] = std::array::from_fn(|place| {
                // One pixel of padding lies above and to the left.
                let (y, x) = (top + place / WINDOW, left + place % WINDOW);
                let inside =
                    (1..=self.size.height).contains(&y) && (1..=self.size.width).contains(&x);
                if inside {
                    self.input[((y - 1) * self.size.width + x - 1) * channels..].as_ptr()
                } else {
                    self.layer.outside.as_ptr()
                }
            });
            // The transforms write into arrays that stand already: handed on by value, V8 copies them through memory, and
            // dlib's network takes a fifth longer.
            for channel in (0..channels).step_by(V::LEN) {
                // SAFETY: every pixel has `channels` floats, which come in whole vectors.
                let at = |place: usize| unsafe { V::load(pixels[place].add(channel)) };
                let mut rows = [[V::splat(0.0); WINDOW]; WINDOW];
                for column in 0..WINDOW {
                    let line = forth(std::array::from_fn(|row| at(row * WINDOW + column)));
                    for (row, value) in rows.iter_mut().zip(line) {
                        row[column] = value;
                    }
                }
                for (row, line) in rows.into_iter().enumerate() {
                    for (column, value) in forth(line).into_iter().enumerate() {
                        let place = row * WINDOW + column;
                        let to = (place * self.tiles + tile) * channels + channel;
                        // SAFETY: `out` has `channels` floats for each tile at each place.
                        unsafe { value.store(self.out.as_mut_ptr().add(to)) };
                    }
                }
            }
        }
    }
}

/// The products, transformed to pixels.
struct Back<'a> {
    layer: &'a Winograd,
    products: &'a [f32],
    size: Size,
    across: usize,
    tiles: usize,
    plus: Option<&'a [f32]>,
    out: &'a mut [f32],
}

impl Routine for Back<'_> {
    #[inline(always)]
    fn run<V: Lanes>(self) {
        let channels = self.layer.bias.len();
        let activation = self.layer.activation.ready::<V>();
        let out = self.out.as_mut_ptr();
        for tile in 0..self.tiles {
            let (top, left) = (TILE * (tile / self.across), TILE * (tile % self.across));
            let (height, width) =
                (TILE.min(self.size.height - top), TILE.min(self.size.width - left));
            for channel in (0..channels).step_by(V::LEN) {
                // SAFETY: there are `channels` products for each tile at each place, and a bias for each channel;
                // channels come in whole vectors.
                let at = |place: usize| unsafe {
                    let from = (place * self.tiles + tile) * channels + channel;
                    V::load(self.products.as_ptr().add(from))
                };
                let bias = unsafe { V::load(self.layer.bias.as_ptr().add(channel)) };
                let mut rows = [[V::splat(0.0); WINDOW]; TILE];
                for column in 0..WINDOW {
                    let line = back(std::array::from_fn(|row| at(row * WINDOW + column)));
                    for (row, value) in rows.iter_mut().zip(line) {
                        row[column] = value;
                    }
                }
                for (row, line) in rows.into_iter().enumerate().take(height) {
                    for (column, value) in back(line).into_iter().enumerate().take(width) {
                        let pixel = (top + row) * self.size.width + left + column;
                        let to = pixel * channels + channel;
                        let mut value = value.add(bias);
                        // SAFETY: `out`, and `plus` with it, has `channels` floats for each pixel.
                        unsafe {
                            if let Some(plus) = self.plus {
                                value = value.add(V::load(plus.as_ptr().add(to)));
                            }
                            activation.apply(value, channel).store(out.add(to));
                        }
                    }
                }
            }
        }
    }
}

/// The matrix `Bᵀ` of the paper, times a line of a tile.
#[inline(always)]
fn forth<V: Lanes>(d: [V; WINDOW]) -> [V; WINDOW] {
    let (two, four, minus_four, minus_five) =
        (V::splat(2.0), V::splat(4.0), V::splat(-4.0), V::splat(-5.0));
    let even = d[4].add_product(minus_four, d[2]);
    let odd = d[3].add_product(minus_four, d[1]);
    let even_near = d[4].sub(d[2]);
    let odd_near = d[3].sub(d[1]).mul(two);
    [
        d[4].add_product(four, d[0]).add_product(minus_five, d[2]),
        even.add(odd),
        even.sub(odd),
        even_near.add(odd_near),
        even_near.sub(odd_near),
        d[5].add_product(four, d[1]).add_product(minus_five, d[3]),
    ]
}

/// The matrix `Aᵀ` of the paper, times a line of products.
#[inline(always)]
fn back<V: Lanes>(m: [V; WINDOW]) -> [V; TILE] {
    let (near, far) = (m[1].add(m[2]), m[3].add(m[4]));
    let (near_odd, far_odd) = (m[1].sub(m[2]), m[3].sub(m[4]));
    [
        m[0].add(near).add(far),
        near_odd.add_product(V::splat(2.0), far_odd),
        near.add_product(V::splat(4.0), far),
        near_odd.add_product(V::splat(8.0), far_odd).add(m[5]),
    ]
}
