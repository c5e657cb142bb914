//! dlib's five-point shape predictor: where `dlib-resnet-v1` wants a face's corners of the eyes and base of the nose.
//!
//! An ensemble of regression trees (Kazemi and Sullivan, *One Millisecond Face Alignment with an Ensemble of
//! Regression Trees*, 2014) as in `dlib/image_processing/shape_predictor.h`: starting from a mean face, every tree
//! compares grey values at pairs of places and adds the correction of the leaf that it ends in.
//!
//! # Packed form
//!
//! What `models/shape-predictor-5.bin` holds. Little-endian, no padding, nothing behind the end.
//!
//! | bytes | type | meaning |
//! | --- | --- | --- |
//! | 4 | bytes | `RSP1` |
//! | 2 | `u16` | points, always 5 |
//! | 2 | `u16` | cascades |
//! | 2 | `u16` | trees in each cascade |
//! | 2 | `u16` | splits in each tree, 2ⁿ − 1 |
//! | 2 | `u16` | features in each cascade |
//! | 40 | 10 × `f32` | mean shape: x₀, y₀, x₁, …; the box is the unit square |
//!
//! then for each cascade:
//!
//! | bytes | type | meaning |
//! | --- | --- | --- |
//! | features | `u8` each | the point that each feature hangs on |
//! | features × 8 | 2 × `f32` each | its offset from that point, in the mean shape |
//! | trees × (splits × 46 + 40) | | trees |
//!
//! and each tree is its splits, in breadth-first order, then its leaves from left to right:
//!
//! | bytes | type | meaning |
//! | --- | --- | --- |
//! | splits × 6 | `u16`, `u16`, `i16` each | go left where grey\[first\] − grey\[second\] > threshold |
//! | (splits + 1) × 40 | 10 × `f32` each | what each leaf adds to the shape |
//!
//! Grey values are whole numbers, so dlib's fractional thresholds are rounded down to whole ones without changing any
//! answer. Leaves keep their 32 bits: in 16 the file would be 2.4 MB smaller, but each landmark moves a little, some of
//! the 12,000 places fall on the neighbouring pixel, trees answer otherwise, and in the end one rounded landmark in
//! eight was another pixel than dlib's (944 faces; median 0.04 px, most 2 px). As it is, all are dlib's.
//! `rostro-models` writes this form; a test there holds the two together.

mod packed;

pub use packed::PackedError;

use crate::frame::Frame;
use crate::geometry::{FrameBox, FramePoint};

const POINTS: usize = 5;
/// The five points, in units of the box.
type Shape = [[f32; 2]; POINTS];

/// Finds dlib's five points.
pub struct ShapePredictor {
    mean_shape: Shape,
    cascades: Vec<Cascade>,
    splits_per_tree: usize,
}

/// Trees that look at the same places.
struct Cascade {
    features: Vec<Feature>,
    /// Of all trees, one after the other.
    splits: Vec<Split>,
    /// Of all trees, one after the other.
    leaves: Vec<Shape>,
}

/// A place near the face whose grey value is looked at.
#[derive(Clone, Copy)]
struct Feature {
    /// Index of the point that it moves with.
    anchor: usize,
    /// Distance from that point in the mean shape.
    offset: [f32; 2],
}

#[derive(Clone, Copy)]
struct Split {
    /// Feature that is compared…
    first: u16,
    /// …with this one.
    second: u16,
    threshold: i16,
}

impl ShapePredictor {
    /// Reads the packed form that the [module](self) describes.
    ///
    /// # Errors
    /// [`PackedError`] for anything else. Hostile bytes never panic, and memory stays below twice their length.
    pub fn from_packed(packed: &[u8]) -> Result<Self, PackedError> {
        packed::read(packed)
    }

    /// The five points in dlib's order: outer and inner corner of the subject's left eye, outer and inner corner of
    /// the right eye, base of the nose.
    ///
    /// `square` is where dlib's `rectangle` would be, with the same numbers. As in dlib, the pixel `(0, 0)` has its
    /// centre at `(0, 0)`. dlib rounds the points to whole pixels at the end; this does not.
    ///
    /// Cost: 7,500 trees of four comparisons and 12,000 pixels read, whatever the size of the picture.
    #[must_use]
    pub fn predict(&self, frame: &Frame<'_>, square: &FrameBox) -> [FramePoint; 5] {
        let [points] = self.predict_each(frame, &[*square]);
        points
    }

    /// [`ShapePredictor::predict`] for several squares, all of them by one tree before the next: the trees are many times
    /// what a processor keeps at hand, and what one square waits for another can use. Five take a third less time than one after the other.
    #[must_use]
    pub fn predict_each<const N: usize>(
        &self,
        frame: &Frame<'_>,
        squares: &[FrameBox; N],
    ) -> [[FramePoint; 5]; N] {
        let mut shapes = [self.mean_shape; N];
        let mut grey: [Vec<i16>; N] = std::array::from_fn(|_| Vec::new());
        for cascade in &self.cascades {
            for ((grey, shape), square) in grey.iter_mut().zip(&shapes).zip(squares) {
                let turn = Turn::between(&self.mean_shape, shape);
                grey.clear();
                grey.extend(cascade.features.iter().map(|feature| {
                    let anchor = shape[feature.anchor];
                    let offset = turn.apply(feature.offset);
                    let (x, y) = in_frame(square, [offset[0] + anchor[0], offset[1] + anchor[1]]);
                    grey_at(frame, x, y)
                }));
            }
            cascade.correct(&mut shapes, &grey, self.splits_per_tree);
        }
        #[expect(clippy::cast_possible_truncation, reason = "pixels need no more than f32")]
        std::array::from_fn(|i| {
            shapes[i].map(|point| {
                let (x, y) = in_frame(&squares[i], point);
                FramePoint { x: x as f32, y: y as f32 }
            })
        })
    }
}

impl Cascade {
    /// Adds to each shape what each tree finds in its grey values.
    fn correct<const N: usize>(
        &self,
        shapes: &mut [Shape; N],
        grey: &[Vec<i16>; N],
        splits_per_tree: usize,
    ) {
        let trees = self
            .splits
            .chunks_exact(splits_per_tree)
            .zip(self.leaves.chunks_exact(splits_per_tree + 1));
        for (splits, leaves) in trees {
            let mut nodes = [0; N];
            // All of them reach a leaf after the same number of splits.
            while nodes[0] < splits_per_tree {
                for (node, grey) in nodes.iter_mut().zip(grey) {
                    let split = &splits[*node];
                    let difference =
                        grey[usize::from(split.first)] - grey[usize::from(split.second)];
                    *node = 2 * *node + if difference > split.threshold { 1 } else { 2 };
                }
            }
            for (shape, node) in shapes.iter_mut().zip(nodes) {
                let leaf = &leaves[node - splits_per_tree];
                for (point, correction) in shape.iter_mut().zip(leaf) {
                    point[0] += correction[0];
                    point[1] += correction[1];
                }
            }
        }
    }
}

impl std::fmt::Debug for ShapePredictor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ShapePredictor({} cascades)", self.cascades.len())
    }
}

/// Rotation and scale, without translation: `[[a, -b], [b, a]]`.
struct Turn {
    a: f32,
    b: f32,
}

impl Turn {
    /// The one that brings `from` closest to `to` after both are centred (Umeyama, 1991, in two dimensions).
    #[expect(clippy::cast_possible_truncation, reason = "dlib narrows the fitted matrix to f32")]
    fn between(from: &Shape, to: &Shape) -> Self {
        let (from, to) = (centred(from), centred(to));
        let (mut a, mut b, mut spread) = (0.0, 0.0, 0.0);
        for (f, t) in from.iter().zip(&to) {
            a += f[0] * t[0] + f[1] * t[1];
            b += f[0] * t[1] - f[1] * t[0];
            spread += f[0] * f[0] + f[1] * f[1];
        }
        let scale = if spread > 0.0 { 1.0 / spread } else { 1.0 };
        Self { a: (a * scale) as f32, b: (b * scale) as f32 }
    }

    fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y, self.b * x + self.a * y]
    }
}

fn centred(shape: &Shape) -> [[f64; 2]; POINTS] {
    let wide = shape.map(|point| point.map(f64::from));
    let mean = [0, 1].map(|axis| wide.iter().map(|point| point[axis]).sum::<f64>() / POINTS as f64);
    wide.map(|point| [point[0] - mean[0], point[1] - mean[1]])
}

/// A place in the unit square as one in the frame.
fn in_frame(square: &FrameBox, [x, y]: [f32; 2]) -> (f64, f64) {
    let (left, top) = (f64::from(square.left), f64::from(square.top));
    let width = f64::from(square.right) - left;
    let height = f64::from(square.bottom) - top;
    (left + width * f64::from(x), top + height * f64::from(y))
}

/// The grey value of the pixel nearest to a place, dlib's mean of the three channels; 0 outside the picture.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within the picture's sides; the fraction is dropped"
)]
fn grey_at(frame: &Frame<'_>, x: f64, y: f64) -> i16 {
    let (x, y) = (x + 0.5, y + 0.5);
    let inside = |place: f64, side: usize| place >= 0.0 && place < side as f64;
    if !inside(x, frame.width()) || !inside(y, frame.height()) {
        return 0;
    }
    let [red, green, blue] = frame.rgb(x as usize, y as usize).map(i16::from);
    (red + green + blue) / 3
}
