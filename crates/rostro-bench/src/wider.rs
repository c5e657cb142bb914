//! WIDER FACE: how many faces the detector finds, and how many it makes up.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use rostro_core::{DetectOptions, Engine, FrameBox, InputSide, Score};
use serde::Deserialize;

use crate::faces::{in_parallel, read};
use crate::roc::share;

/// A box counts as a face's from this intersection over union on.
const MIN_IOU: f32 = 0.5;
/// Everything that the detector holds possible, for the whole curve.
const MIN_SCORE: f32 = 0.02;

#[derive(Deserialize)]
struct Row {
    file: String,
    x: f32,
    y: f32,
    w: f32,
    h: f32,
    invalid: u8,
}

/// A face that is there.
struct Truth {
    bounds: FrameBox,
    invalid: bool,
}

/// A box that the detector gave, and the faces of its picture.
struct Picture {
    found: Vec<(f32, FrameBox)>,
    truths: Vec<Truth>,
}

/// How good the detector is at one size of faces.
pub(crate) struct Detection {
    /// Short side of the smallest face that counts, in pixels.
    pub(crate) least: f32,
    /// Area under the curve of precision over recall.
    pub(crate) average_precision: f64,
    /// Share of the faces found at the detector's default score.
    pub(crate) recall: f64,
    /// Share of the boxes there that are faces.
    pub(crate) precision: f64,
}

/// Runs the detector on `images/` of `folder`, whose faces are in `boxes.csv`.
pub(crate) fn measure(
    engine: &Engine,
    folder: &Path,
    input_side: InputSide,
    least: &[f32],
) -> Result<Vec<Detection>> {
    let path = folder.join("boxes.csv");
    let mut rows =
        csv::Reader::from_path(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut truths = BTreeMap::<String, Vec<Truth>>::new();
    for row in rows.deserialize() {
        let Row { file, x, y, w, h, invalid } =
            row.with_context(|| format!("reading {}", path.display()))?;
        let bounds = FrameBox::from_tlwh(y, x, w, h);
        truths.entry(file).or_default().push(Truth { bounds, invalid: invalid == 1 });
    }
    let options = DetectOptions {
        input_side,
        min_score: Score::new(MIN_SCORE).context("a score")?,
        max_faces: 2000,
        ..DetectOptions::default()
    };
    let files: Vec<String> = truths.keys().cloned().collect();
    let found = in_parallel("WIDER FACE", &files, |file| {
        let picture = read(&folder.join(file))?;
        let faces = engine.detect(&picture.frame()?, &options)?;
        Ok(faces.iter().map(|face| (face.score.value(), face.bounds)).collect::<Vec<_>>())
    })?;
    let pictures: Vec<Picture> = found
        .into_iter()
        .zip(truths.into_values())
        .map(|(found, truths)| Picture { found, truths })
        .collect();
    Ok(least.iter().map(|&least| judge(&pictures, least)).collect())
}

fn judge(pictures: &[Picture], least: f32) -> Detection {
    let mut boxes: Vec<(f32, bool)> =
        pictures.iter().flat_map(|picture| matched(picture, least)).collect();
    boxes.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let faces = pictures
        .iter()
        .flat_map(|picture| &picture.truths)
        .filter(|truth| counts(truth, least))
        .count();
    let default = DetectOptions::default().min_score.value();
    let sure = boxes.iter().take_while(|(score, _)| *score >= default);
    let (right, all) =
        sure.fold((0, 0), |(right, all), (_, hit)| (right + usize::from(*hit), all + 1));
    Detection {
        least,
        average_precision: average_precision(&boxes, faces),
        recall: share(right, faces),
        precision: share(right, all),
    }
}

fn counts(truth: &Truth, least: f32) -> bool {
    !truth.invalid && truth.bounds.width().min(truth.bounds.height()) >= least
}

/// The score of each box, and whether it is a face's. Boxes of faces that do not count are left out, and so are those
/// that are themselves smaller than what counts.
fn matched(picture: &Picture, least: f32) -> Vec<(f32, bool)> {
    let mut found = picture.found.clone();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut taken = vec![false; picture.truths.len()];
    let mut judged = Vec::new();
    for (score, bounds) in found {
        let best = |counting: bool, taken: &[bool]| {
            picture
                .truths
                .iter()
                .enumerate()
                .filter(|(index, truth)| {
                    counts(truth, least) == counting && !(counting && taken[*index])
                })
                .map(|(index, truth)| (index, truth.bounds.iou(&bounds)))
                .filter(|(_, iou)| *iou >= MIN_IOU)
                .max_by(|(_, a), (_, b)| a.total_cmp(b))
        };
        if let Some((index, _)) = best(true, &taken) {
            taken[index] = true;
            judged.push((score, true));
        } else if best(false, &taken).is_none() && bounds.width().min(bounds.height()) >= least {
            judged.push((score, false));
        }
    }
    judged
}

/// The area under precision over recall, each precision being the best at its recall or more.
fn average_precision(boxes: &[(f32, bool)], faces: usize) -> f64 {
    let mut right = 0;
    let mut points: Vec<(f64, f64)> = boxes
        .iter()
        .enumerate()
        .map(|(index, (_, hit))| {
            right += usize::from(*hit);
            (share(right, faces), share(right, index + 1))
        })
        .collect();
    for index in (1..points.len()).rev() {
        points[index - 1].1 = points[index - 1].1.max(points[index].1);
    }
    let mut last = 0.0;
    points
        .into_iter()
        .map(|(recall, precision)| {
            let step = (recall - last) * precision;
            last = recall;
            step
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(left: f32, side: f32) -> FrameBox {
        FrameBox::from_tlwh(0.0, left, side, side)
    }

    #[test]
    fn each_face_once_and_what_does_not_count_is_left_out() {
        let truth = |left, side, invalid| Truth { bounds: at(left, side), invalid };
        let picture = Picture {
            found: vec![
                (0.9, at(0.0, 100.0)),
                (0.8, at(3.0, 100.0)),   // the same face again
                (0.7, at(200.0, 20.0)),  // a face too small to count
                (0.6, at(300.0, 100.0)), // marked as invalid
                (0.5, at(500.0, 100.0)), // nobody
                (0.4, at(700.0, 10.0)),  // nobody, and too small
            ],
            truths: vec![
                truth(0.0, 100.0, false),
                truth(200.0, 20.0, false),
                truth(300.0, 100.0, true),
                truth(900.0, 100.0, false),
            ],
        };
        assert_eq!(matched(&picture, 30.0), [(0.9, true), (0.8, false), (0.5, false)]);
        let judged = judge(&[picture], 30.0);
        assert_eq!((judged.recall, judged.precision), (0.5, 0.5));
        assert_eq!(judged.average_precision, 0.5);
    }

    #[test]
    fn all_found_first_is_all_there_is() {
        assert_eq!(average_precision(&[(0.9, true), (0.8, true), (0.1, false)], 2), 1.0);
        assert_eq!(average_precision(&[(0.9, false), (0.8, true)], 1), 0.5);
    }
}
