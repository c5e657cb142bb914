//! dlib's shape predictor, from its serialised form to the packed one that `rostro_core::shape_predictor` reads.

use super::ConvertError;
use super::dlib_stream::DlibStream;

/// An ensemble of regression trees (Kazemi and Sullivan, 2014) as dlib trains it.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapePredictorTrees {
    /// The mean shape, x and y in units of the box.
    initial_shape: Vec<f32>,
    cascades: Vec<Cascade>,
}

#[derive(Clone, Debug, PartialEq)]
struct Cascade {
    anchors: Vec<u8>,
    offsets: Vec<[f32; 2]>,
    trees: Vec<Tree>,
}

#[derive(Clone, Debug, PartialEq)]
struct Tree {
    splits: Vec<Split>,
    /// All leaves, each as long as the shape.
    leaves: Vec<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Split {
    first: u16,
    second: u16,
    threshold: f32,
}

impl ShapePredictorTrees {
    /// Reads a file that dlib serialised: version 1 of `shape_predictor` (`dlib/image_processing/shape_predictor.h`).
    ///
    /// # Errors
    /// [`ConvertError`] for anything else, or a predictor that the packed form has no room for.
    pub fn parse(serialised: &[u8]) -> Result<Self, ConvertError> {
        let mut stream = DlibStream::new(serialised);
        if stream.integer()? != 1 {
            return Err(stream.malformed("a shape predictor of version 1"));
        }
        let initial_shape = parse_column(&mut stream)?;
        let forests = parse_forests(&mut stream, initial_shape.len())?;
        let anchors = parse_anchors(&mut stream, initial_shape.len() / 2)?;
        let offsets = parse_offsets(&mut stream)?;
        if !stream.is_at_end() {
            return Err(stream.malformed("the end of the file"));
        }
        if anchors.len() != forests.len() || offsets.len() != forests.len() {
            return Err(stream.malformed("anchors and offsets for each cascade"));
        }
        let cascades: Vec<Cascade> = forests
            .into_iter()
            .zip(anchors)
            .zip(offsets)
            .map(|((trees, anchors), offsets)| Cascade { anchors, offsets, trees })
            .collect();
        let trees = Self { initial_shape, cascades };
        trees.check_uniform().map_err(|expected| stream.malformed(expected))?;
        Ok(trees)
    }

    /// The packed form.
    ///
    /// # Errors
    /// [`ConvertError::Structure`] when there are more cascades, trees or features than 16 bits count.
    pub fn pack(&self) -> Result<Vec<u8>, ConvertError> {
        let mut packed = b"RSP1".to_vec();
        let first = self.cascades.first();
        let trees = first.map_or(0, |cascade| cascade.trees.len());
        let splits = first.and_then(|c| c.trees.first()).map_or(0, |tree| tree.splits.len());
        let features = first.map_or(0, |cascade| cascade.anchors.len());
        let points = self.initial_shape.len() / 2;
        for size in [points, self.cascades.len(), trees, splits, features] {
            let size = u16::try_from(size).map_err(|_| {
                ConvertError::structure("the shape predictor", "sizes of at most 16 bits")
            })?;
            packed.extend(size.to_le_bytes());
        }
        packed.extend(self.initial_shape.iter().flat_map(|value| value.to_le_bytes()));
        for cascade in &self.cascades {
            pack_cascade(cascade, &mut packed);
        }
        Ok(packed)
    }

    /// The packed form has one size for all cascades and one for all trees.
    fn check_uniform(&self) -> Result<(), &'static str> {
        let Some(first) = self.cascades.first() else {
            return Err("at least one cascade");
        };
        let splits = first.trees.first().map_or(0, |tree| tree.splits.len());
        for cascade in &self.cascades {
            if cascade.trees.is_empty() || cascade.trees.len() != first.trees.len() {
                return Err("as many trees in each cascade");
            }
            let features = cascade.anchors.len();
            if features != first.anchors.len() || features != cascade.offsets.len() {
                return Err("one anchor and one offset for each feature");
            }
            for tree in &cascade.trees {
                if tree.splits.len() != splits || !(splits + 1).is_power_of_two() {
                    return Err("full trees of one depth");
                }
                let known = |index: u16| usize::from(index) < features;
                if !tree.splits.iter().all(|split| known(split.first) && known(split.second)) {
                    return Err("splits on features that exist");
                }
            }
        }
        Ok(())
    }
}

fn pack_cascade(cascade: &Cascade, packed: &mut Vec<u8>) {
    packed.extend(&cascade.anchors);
    packed.extend(cascade.offsets.iter().flatten().flat_map(|value| value.to_le_bytes()));
    for tree in &cascade.trees {
        for split in &tree.splits {
            packed.extend(split.first.to_le_bytes());
            packed.extend(split.second.to_le_bytes());
            packed.extend(whole_threshold(split.threshold).to_le_bytes());
        }
        packed.extend(tree.leaves.iter().flat_map(|leaf| leaf.to_le_bytes()));
    }
}

/// The greatest whole number not above `threshold`.
///
/// A split asks whether the difference of two grey values, a whole number within ±255, is greater than its threshold;
/// rounding the threshold down to a whole number changes no answer.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of differences")]
fn whole_threshold(threshold: f32) -> i16 {
    threshold.floor().clamp(-256.0, 256.0) as i16
}

/// `matrix<float, 0, 1>`: rows and columns, both negated (`dlib/matrix/matrix.h`), then the values.
fn parse_column(stream: &mut DlibStream<'_>) -> Result<Vec<f32>, ConvertError> {
    let (rows, columns) = (stream.integer()?, stream.integer()?);
    let rows = usize::try_from(rows.unsigned_abs()).ok().filter(|&rows| {
        columns.unsigned_abs() == 1 && rows.is_multiple_of(2) && (2..=510).contains(&rows)
    });
    let rows = rows.ok_or_else(|| stream.malformed("a column of 1 to 255 points"))?;
    (0..rows).map(|_| stream.float()).collect()
}

fn parse_forests(
    stream: &mut DlibStream<'_>,
    shape_len: usize,
) -> Result<Vec<Vec<Tree>>, ConvertError> {
    let cascades = stream.count()?;
    (0..cascades)
        .map(|_| {
            let trees = stream.count()?;
            (0..trees).map(|_| parse_tree(stream, shape_len)).collect()
        })
        .collect()
}

fn parse_tree(stream: &mut DlibStream<'_>, shape_len: usize) -> Result<Tree, ConvertError> {
    let split_count = stream.count()?;
    let splits = (0..split_count).map(|_| parse_split(stream)).collect::<Result<Vec<_>, _>>()?;
    let leaf_count = stream.count()?;
    if leaf_count != split_count + 1 {
        return Err(stream.malformed("one leaf more than splits"));
    }
    let mut leaves = Vec::new();
    for _ in 0..leaf_count {
        let leaf = parse_column(stream)?;
        if leaf.len() != shape_len {
            return Err(stream.malformed("leaves as long as the shape"));
        }
        leaves.extend(leaf);
    }
    Ok(Tree { splits, leaves })
}

fn parse_split(stream: &mut DlibStream<'_>) -> Result<Split, ConvertError> {
    let mut feature = || {
        let index = stream.integer()?;
        u16::try_from(index).map_err(|_| stream.malformed("a feature below 65536"))
    };
    let (first, second) = (feature()?, feature()?);
    Ok(Split { first, second, threshold: stream.float()? })
}

fn parse_anchors(stream: &mut DlibStream<'_>, points: usize) -> Result<Vec<Vec<u8>>, ConvertError> {
    let cascades = stream.count()?;
    (0..cascades)
        .map(|_| {
            let features = stream.count()?;
            (0..features)
                .map(|_| {
                    let anchor = u8::try_from(stream.integer()?).ok();
                    let anchor = anchor.filter(|&anchor| usize::from(anchor) < points);
                    anchor.ok_or_else(|| stream.malformed("an anchor that is one of the points"))
                })
                .collect()
        })
        .collect()
}

fn parse_offsets(stream: &mut DlibStream<'_>) -> Result<Vec<Vec<[f32; 2]>>, ConvertError> {
    let cascades = stream.count()?;
    (0..cascades)
        .map(|_| {
            let features = stream.count()?;
            (0..features).map(|_| Ok([stream.float()?, stream.float()?])).collect()
        })
        .collect()
}
