//! Non-maximum suppression: of boxes that overlap, the best stays.

use super::Detection;

/// The boxes that overlap no better box by more than `max_iou`, best score first, at most `max_kept`.
///
/// Of equal scores the one that came first counts as the better, so that a frame always gives the same answer.
///
/// Cost: candidates × kept.
pub(super) fn keep_best(
    mut candidates: Vec<Detection>,
    max_iou: f32,
    max_kept: usize,
) -> Vec<Detection> {
    candidates.sort_by(|a, b| b.score.value().total_cmp(&a.score.value()));
    let mut kept: Vec<Detection> = Vec::new();
    for candidate in candidates {
        if kept.len() >= max_kept {
            break;
        }
        if kept.iter().all(|better| better.bounds.iou(&candidate.bounds) <= max_iou) {
            kept.push(candidate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detector::Score;
    use crate::geometry::{FrameBox, FramePoint, Landmarks};

    const MAX_IOU: f32 = 0.3;

    fn detection() -> impl Strategy<Value = Detection> {
        // Few places and sizes, so that boxes overlap; few scores, so that some are equal.
        (0_u8..8, 0_u8..8, 1_u8..5, 1_u8..5, 0_u8..=20).prop_map(
            |(top, left, width, height, score)| Detection {
                bounds: FrameBox::from_tlwh(
                    f32::from(top) * 10.0,
                    f32::from(left) * 10.0,
                    f32::from(width) * 12.0,
                    f32::from(height) * 12.0,
                ),
                score: Score::new(f32::from(score) / 20.0).unwrap(),
                landmarks: Landmarks([FramePoint::default(); 5]),
            },
        )
    }

    proptest! {
        #[test]
        fn the_best_stay(candidates in proptest::collection::vec(detection(), 0..40)) {
            let kept = keep_best(candidates.clone(), MAX_IOU, usize::MAX);
            prop_assert!(kept.is_sorted_by(|a, b| a.score >= b.score));
            for (i, a) in kept.iter().enumerate() {
                prop_assert!(candidates.contains(a));
                prop_assert!(kept[..i].iter().all(|b| a.bounds.iou(&b.bounds) <= MAX_IOU));
            }
            // Whatever went was overlapped by something kept that is at least as good.
            for gone in candidates.iter().filter(|candidate| !kept.contains(candidate)) {
                let overlapped = kept.iter().any(|better| {
                    better.score >= gone.score && better.bounds.iou(&gone.bounds) > MAX_IOU
                });
                prop_assert!(overlapped);
            }
        }

        #[test]
        fn twice_is_once(candidates in proptest::collection::vec(detection(), 0..40), max in 0_usize..10) {
            let once = keep_best(candidates, MAX_IOU, max);
            prop_assert!(once.len() <= max);
            prop_assert_eq!(keep_best(once.clone(), MAX_IOU, max), once);
        }
    }
}
