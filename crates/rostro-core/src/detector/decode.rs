//! From YuNet's outputs to boxes.

use super::{Detection, Score};
use crate::geometry::{FrameBox, FramePoint, InputPoint, Landmarks, Letterbox};
use crate::network::{NetworkError, Tensor};

/// Input pixels between the cells of each level, in the order of the outputs.
const STRIDES_PX: [usize; 3] = [8, 16, 32];
/// Most boxes that go on to non-maximum suppression, the best ones; a hostile network cannot ask for more work.
/// As in OpenCV's `FaceDetectorYN` (`top_k`).
const MAX_CANDIDATES: usize = 5000;

/// One level's outputs, each with as many rows as the level has cells.
struct Level<'a> {
    stride_px: usize,
    cells_across: usize,
    cls: &'a [f32],
    obj: &'a [f32],
    bbox: &'a [[f32; 4]],
    kps: &'a [[f32; 10]],
}

/// Boxes of at least `min_score`, in frame pixels, not more than [`MAX_CANDIDATES`], in no order.
///
/// Score = √(cls · obj), each held to 0..1; centre = (cell + offset) · stride, size = exp(output) · stride, point =
/// (cell + offset) · stride: as in OpenCV's `FaceDetectorYN`. What is not finite is no box.
pub(super) fn candidates(
    outputs: &[Tensor],
    letterbox: &Letterbox,
    min_score: Score,
) -> Result<Vec<Detection>, NetworkError> {
    let mut found = Vec::new();
    for (index, stride_px) in STRIDES_PX.into_iter().enumerate() {
        let level = level(outputs, letterbox, index, stride_px)?;
        for cell in 0..level.cls.len() {
            let confidence = |value: f32| value.clamp(0.0, 1.0);
            let score = (confidence(level.cls[cell]) * confidence(level.obj[cell])).sqrt();
            // NaN is below every score, and makes no `Score`.
            let Some(score) = Score::new(score).filter(|score| *score >= min_score) else {
                continue;
            };
            found.extend(detection(&level, cell, score, letterbox));
        }
    }
    if found.len() > MAX_CANDIDATES {
        found.select_nth_unstable_by(MAX_CANDIDATES, |a, b| {
            b.score.value().total_cmp(&a.score.value())
        });
        found.truncate(MAX_CANDIDATES);
    }
    Ok(found)
}

fn detection(
    level: &Level<'_>,
    cell: usize,
    score: Score,
    letterbox: &Letterbox,
) -> Option<Detection> {
    let stride = level.stride_px as f32;
    let (column, row) = ((cell % level.cells_across) as f32, (cell / level.cells_across) as f32);
    let point = |x: f32, y: f32| -> FramePoint {
        letterbox.to_frame(InputPoint { x: (column + x) * stride, y: (row + y) * stride })
    };
    let [x, y, log_width, log_height] = level.bbox[cell];
    let (half_width, half_height) = (log_width.exp() / 2.0, log_height.exp() / 2.0);
    let upper_left = point(x - half_width, y - half_height);
    let lower_right = point(x + half_width, y + half_height);
    let bounds = FrameBox::from_tlbr(upper_left.y, upper_left.x, lower_right.y, lower_right.x);

    let kps = level.kps[cell];
    let landmarks = Landmarks(std::array::from_fn(|i| point(kps[2 * i], kps[2 * i + 1])));
    let proper = bounds.is_proper()
        && landmarks.0.iter().all(|point| point.x.is_finite() && point.y.is_finite());
    proper.then_some(Detection { bounds, score, landmarks })
}

fn level<'a>(
    outputs: &'a [Tensor],
    letterbox: &Letterbox,
    index: usize,
    stride_px: usize,
) -> Result<Level<'a>, NetworkError> {
    let (width, height) = letterbox.input_size();
    let cells_across = width / stride_px;
    let cells = cells_across * (height / stride_px);
    Ok(Level {
        stride_px,
        cells_across,
        cls: rows::<1>(outputs, index, cells)?.as_flattened(),
        obj: rows::<1>(outputs, index + 3, cells)?.as_flattened(),
        bbox: rows(outputs, index + 6, cells)?,
        kps: rows(outputs, index + 9, cells)?,
    })
}

/// Output `index` as `cells` rows of `N` numbers.
fn rows<const N: usize>(
    outputs: &[Tensor],
    index: usize,
    cells: usize,
) -> Result<&[[f32; N]], NetworkError> {
    let output = outputs.get(index).filter(|output| output.shape() == [1, cells, N]);
    output.map(|output| output.values().as_chunks().0).ok_or_else(|| NetworkError {
        network: "yunet".to_owned(),
        reason: format!("output {index} is not of shape [1, {cells}, {N}]"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL_CELLS: [usize; 3] = [16, 4, 1];

    /// YuNet's outputs for a 32 × 32 input, every number from `value`.
    fn outputs(mut value: impl FnMut() -> f32) -> Vec<Tensor> {
        [1, 1, 4, 10]
            .into_iter()
            .flat_map(|channels| ALL_CELLS.map(|cells| (cells, channels)))
            .map(|(cells, channels)| {
                let values = (0..cells * channels).map(|_| value()).collect();
                Tensor::new(&[1, cells, channels], values)
            })
            .collect()
    }

    fn letterbox() -> Letterbox {
        Letterbox::fit(32, 32, 32, 32)
    }

    proptest! {
        #[test]
        fn whatever_a_network_gives_is_finite_or_nothing(numbers in proptest::collection::vec(
            prop_oneof![any::<f32>(), Just(f32::NAN), Just(f32::INFINITY), 0.0_f32..1.0, -90.0_f32..90.0], 64,
        )) {
            let mut numbers = numbers.iter().copied().cycle();
            let outputs = outputs(|| numbers.next().unwrap());
            for found in candidates(&outputs, &letterbox(), Score::new(0.3).unwrap()).unwrap() {
                prop_assert!(found.bounds.is_proper());
                prop_assert!(found.score >= Score::new(0.3).unwrap());
                prop_assert!(found.landmarks.0.iter().all(|point| point.x.is_finite() && point.y.is_finite()));
            }
        }
    }

    #[test]
    fn foreign_outputs_are_refused() {
        let good = outputs(|| 0.0);
        let mut swapped = good.clone();
        swapped.swap(0, 1);
        for (name, outputs) in
            [("none", &good[..0]), ("one short", &good[..11]), ("swapped", &swapped[..])]
        {
            let error = candidates(outputs, &letterbox(), Score::new(0.5).unwrap()).unwrap_err();
            assert!(error.reason.contains("is not of shape [1, "), "{name}: {error}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let side = 1024;
        let cells = [8, 16, 32].map(|stride| (side / stride) * (side / stride));
        let outputs: Vec<Tensor> = [1, 1, 4, 10]
            .into_iter()
            .flat_map(|channels| {
                cells.map(|cells| Tensor::new(&[1, cells, channels], vec![1.0; cells * channels]))
            })
            .collect();
        let letterbox = Letterbox::fit(side, side, side, 32);
        let found = candidates(&outputs, &letterbox, Score::new(0.5).unwrap()).unwrap();
        assert_eq!(found.len(), MAX_CANDIDATES);
    }
}
