//! Reads the packed form, trusting nothing in it.

use thiserror::Error;

use super::{Cascade, Feature, POINTS, Shape, ShapePredictor, Split};

/// Why bytes are not a packed shape predictor.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackedError {
    /// Another format, or another version of this one.
    #[error("not a packed shape predictor: it does not begin with RSP1")]
    NotPacked,
    /// A size in the header is one that no predictor has.
    #[error("a packed shape predictor with {actual} {what}, expected {expected}")]
    Size {
        /// What is counted.
        what: &'static str,
        /// The number found.
        actual: u16,
        /// What it should have been.
        expected: &'static str,
    },
    /// Shorter or longer than its header says.
    #[error("a packed shape predictor of {actual} bytes, expected {expected}")]
    Length {
        /// Bytes that the header asks for.
        expected: u64,
        /// Bytes given.
        actual: usize,
    },
    /// A tree or feature refers to something that is not there, or a number is not finite.
    #[error("a packed shape predictor with a broken {what} in cascade {cascade}")]
    Broken {
        /// What is broken.
        what: &'static str,
        /// Which cascade, from 0.
        cascade: usize,
    },
}

/// Bytes whose number was checked before, read from the front.
pub(super) struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().expect("the length was checked");
        self.0 = rest;
        *taken
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    fn pair(&mut self) -> [f32; 2] {
        [f32::from_le_bytes(self.take()), f32::from_le_bytes(self.take())]
    }

    /// Five points; `None` when a number is not finite.
    fn shape(&mut self) -> Option<Shape> {
        let shape = [0; POINTS].map(|_| self.pair());
        shape.as_flattened().iter().all(|number| number.is_finite()).then_some(shape)
    }
}

/// The header's numbers, each one possible.
struct Sizes {
    cascades: usize,
    trees: usize,
    splits: usize,
    features: usize,
}

const MAGIC: [u8; 4] = *b"RSP1";
/// Magic, five sizes, mean shape.
const HEADER_BYTES: usize = 4 + 5 * 2 + SHAPE_BYTES;
const SHAPE_BYTES: usize = POINTS * 2 * 4;

pub(super) fn read(packed: &[u8]) -> Result<ShapePredictor, PackedError> {
    if !packed.starts_with(&MAGIC) {
        return Err(PackedError::NotPacked);
    }
    let too_short = |expected| PackedError::Length { expected, actual: packed.len() };
    if packed.len() < HEADER_BYTES {
        return Err(too_short(HEADER_BYTES as u64));
    }
    let mut bytes = Bytes(&packed[MAGIC.len()..]);
    let sizes = Sizes::read(&mut bytes)?;
    let expected = sizes.total_bytes();
    if packed.len() as u64 != expected {
        return Err(too_short(expected));
    }
    let mean_shape = bytes.shape().ok_or(PackedError::Broken { what: "mean shape", cascade: 0 })?;
    let cascades = (0..sizes.cascades)
        .map(|cascade| {
            read_cascade(&mut bytes, &sizes).map_err(|what| PackedError::Broken { what, cascade })
        })
        .collect::<Result<_, _>>()?;
    Ok(ShapePredictor { mean_shape, cascades, splits_per_tree: sizes.splits })
}

impl Sizes {
    fn read(bytes: &mut Bytes<'_>) -> Result<Self, PackedError> {
        let mut size = |what, expected, fits: fn(u16) -> bool| {
            let actual = bytes.u16();
            if fits(actual) {
                Ok(actual)
            } else {
                Err(PackedError::Size { what, actual, expected })
            }
        };
        size("points", "5", |points| usize::from(points) == POINTS)?;
        let some = |count| count > 0;
        let cascades = size("cascades", "at least 1", some)?;
        let trees = size("trees in a cascade", "at least 1", some)?;
        let splits = size("splits in a tree", "one less than a power of two", |splits| {
            splits > 0 && (splits & (splits + 1)) == 0 && splits < u16::MAX
        })?;
        let features = size("features in a cascade", "at least 1", some)?;
        let [cascades, trees, splits, features] =
            [cascades, trees, splits, features].map(usize::from);
        Ok(Self { cascades, trees, splits, features })
    }

    /// Bytes of the whole packed form; no product of sizes of 16 bits overflows on the way.
    fn total_bytes(&self) -> u64 {
        let [cascades, trees, splits, features] =
            [self.cascades, self.trees, self.splits, self.features].map(|size| size as u64);
        let tree = splits * 6 + (splits + 1) * SHAPE_BYTES as u64;
        HEADER_BYTES as u64 + cascades * (features * 9 + trees * tree)
    }
}

fn read_cascade(bytes: &mut Bytes<'_>, sizes: &Sizes) -> Result<Cascade, &'static str> {
    let anchors: Vec<usize> =
        (0..sizes.features).map(|_| usize::from(bytes.take::<1>()[0])).collect();
    let features = anchors
        .into_iter()
        .map(|anchor| {
            let offset = bytes.pair();
            let sound = anchor < POINTS && offset.iter().all(|number| number.is_finite());
            sound.then_some(Feature { anchor, offset }).ok_or("feature")
        })
        .collect::<Result<_, _>>()?;
    let mut splits = Vec::with_capacity(sizes.trees * sizes.splits);
    let mut leaves = Vec::with_capacity(sizes.trees * (sizes.splits + 1));
    for _ in 0..sizes.trees {
        for _ in 0..sizes.splits {
            splits.push(read_split(bytes, sizes.features).ok_or("split")?);
        }
        for _ in 0..=sizes.splits {
            leaves.push(bytes.shape().ok_or("leaf")?);
        }
    }
    Ok(Cascade { features, splits, leaves })
}

fn read_split(bytes: &mut Bytes<'_>, features: usize) -> Option<Split> {
    let (first, second) = (bytes.u16(), bytes.u16());
    let threshold = i16::from_le_bytes(bytes.take());
    let known = |index: u16| usize::from(index) < features;
    (known(first) && known(second)).then_some(Split { first, second, threshold })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::{Frame, PixelLayout};
    use crate::geometry::FrameBox;

    /// One cascade, one tree, one split: where feature 0 is brighter than feature 1 by over `threshold`, every point
    /// moves right by a quarter of the box, else down.
    fn tiny(threshold: i16) -> Vec<u8> {
        let mut packed = MAGIC.to_vec();
        for size in [5_u16, 1, 1, 1, 2] {
            packed.extend(size.to_le_bytes());
        }
        for number in [0.5_f32, 0.5, 0.25, 0.5, 0.75, 0.5, 0.5, 0.25, 0.5, 0.75] {
            packed.extend(number.to_le_bytes());
        }
        packed.extend([1, 2]);
        packed.extend([0_f32; 4].iter().flat_map(|number| number.to_le_bytes()));
        packed.extend(0_u16.to_le_bytes());
        packed.extend(1_u16.to_le_bytes());
        packed.extend(threshold.to_le_bytes());
        for leaf in [[0.25, 0.0], [0.0, 0.25]] {
            for _ in 0..POINTS {
                packed.extend(leaf.iter().flat_map(|number: &f32| number.to_le_bytes()));
            }
        }
        packed
    }

    #[test]
    fn walks_a_tree_by_the_grey_values_under_its_features() {
        // Columns 0 to 7 are bright (grey 90), 8 to 15 dark (grey 30).
        let pixels: Vec<u8> =
            (0..256).flat_map(|i| if i % 16 < 8 { [80, 90, 100] } else { [20, 30, 40] }).collect();
        let frame = Frame::new(&pixels, 16, 16, PixelLayout::Rgb).unwrap();
        let whole = FrameBox { top: 0.0, right: 16.0, bottom: 16.0, left: 0.0 };
        struct Case {
            name: &'static str,
            threshold: i16,
            first_point: (f32, f32),
        }
        let cases = [
            Case { name: "60 is over 59: right", threshold: 59, first_point: (12.0, 8.0) },
            Case { name: "60 is not over 60: down", threshold: 60, first_point: (8.0, 12.0) },
        ];
        for case in cases {
            let predictor = ShapePredictor::from_packed(&tiny(case.threshold)).unwrap();
            let found = predictor.predict(&frame, &whole)[0];
            assert_eq!((found.x, found.y), case.first_point, "{}", case.name);
        }
        // Outside the picture everything is black.
        let outside = FrameBox { top: 100.0, right: 116.0, bottom: 116.0, left: 100.0 };
        let found = ShapePredictor::from_packed(&tiny(-1)).unwrap().predict(&frame, &outside)[0];
        assert_eq!((found.x, found.y), (112.0, 108.0));
    }

    #[test]
    fn a_box_that_is_no_place_gives_points_and_no_panic() {
        let pixels = [0; 12];
        let frame = Frame::new(&pixels, 2, 2, PixelLayout::Rgb).unwrap();
        let predictor = ShapePredictor::from_packed(&tiny(0)).unwrap();
        for side in [f32::NAN, f32::INFINITY, f32::MAX, -1.0, 0.0] {
            let nowhere = FrameBox { top: -side, right: side, bottom: side, left: side };
            assert_eq!(predictor.predict(&frame, &nowhere).len(), 5);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let sound = tiny(0);
        let with = |offset: usize, bytes: &[u8]| {
            let mut altered = sound.clone();
            altered[offset..offset + bytes.len()].copy_from_slice(bytes);
            altered
        };
        let size = |what, actual, expected| PackedError::Size { what, actual, expected };
        struct Case {
            name: &'static str,
            packed: Vec<u8>,
            error: PackedError,
        }
        let cases = [
            Case { name: "nothing", packed: Vec::new(), error: PackedError::NotPacked },
            Case { name: "another version", packed: with(3, b"2"), error: PackedError::NotPacked },
            Case {
                name: "header only in part",
                packed: sound[..20].to_vec(),
                error: PackedError::Length { expected: 54, actual: 20 },
            },
            Case { name: "six points", packed: with(4, &[6]), error: size("points", 6, "5") },
            Case {
                name: "two splits",
                packed: with(10, &[2]),
                error: size("splits in a tree", 2, "one less than a power of two"),
            },
            Case {
                name: "an absurd number of trees",
                packed: with(8, &[0xff, 0xff]),
                error: PackedError::Length { expected: 54 + 18 + 65_535 * 86, actual: sound.len() },
            },
            Case {
                name: "an anchor that is no point",
                packed: with(54, &[5]),
                error: PackedError::Broken { what: "feature", cascade: 0 },
            },
            Case {
                name: "a split on a feature that is not there",
                packed: with(72, &[2]),
                error: PackedError::Broken { what: "split", cascade: 0 },
            },
            Case {
                name: "a leaf that is not a number",
                packed: with(78, &[0xff; 4]),
                error: PackedError::Broken { what: "leaf", cascade: 0 },
            },
        ];
        for case in cases {
            let error = ShapePredictor::from_packed(&case.packed).err();
            assert_eq!(error, Some(case.error), "{}", case.name);
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(
            sizes in proptest::collection::vec(0_u16..4, 5),
            tail in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut packed = MAGIC.to_vec();
            packed.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
            packed.extend(tail);
            let _ = ShapePredictor::from_packed(&packed);
        }

        #[test]
        fn an_altered_byte_gives_an_error_or_a_predictor_that_runs(
            offset in 0_usize..158,
            value in any::<u8>(),
        ) {
            let mut packed = tiny(3);
            packed[offset] = value;
            if let Ok(predictor) = ShapePredictor::from_packed(&packed) {
                let pixels = [7; 48];
                let frame = Frame::new(&pixels, 4, 4, PixelLayout::Rgb).unwrap();
                let around = FrameBox { top: 0.0, right: 3.0, bottom: 3.0, left: 0.0 };
                prop_assert_eq!(predictor.predict(&frame, &around).len(), 5);
            }
        }
    }
}
