//! From YuNet's face to dlib's five points.

use crate::detector::Detection;
use crate::frame::Frame;
use crate::geometry::{FrameBox, FramePoint};
use crate::shape_predictor::ShapePredictor;

/// How far dlib's box is moved from the middle of YuNet's towards the tip of the nose, across and down: dlib's
/// detector follows where a face looks, YuNet's box holds the whole head.
///
/// Chosen empirically, as the other constants here, on 1,271 faces that both detectors found (1,000 pictures of LFW
/// and some sets of larger photos): the middle of dlib's box lies 0.035 sides from where this puts it, and 0.07 from
/// where a fixed place in YuNet's box would.
const TOWARDS_NOSE: (f32, f32) = (0.5, 0.6);
/// dlib's boxes lie a little to the left, as a fraction of the side.
const TO_THE_LEFT: f32 = 0.02;
/// Side of dlib's box, as a fraction of YuNet's (the root of its area).
const SIDE: f32 = 0.97;
/// The boxes whose points are averaged: moved right and down by fractions of the side, and scaled.
///
/// dlib's detector knows few sizes and places, so its box is off by up to a tenth in size and 0.05 in place, and its
/// points move with it. Boxes spread over that range give the points that dlib's would have on average: an encoding
/// lies 0.036 (median) from that of Python's `face_recognition`, not 0.041 as with one box, and of ten large photos
/// the worst 0.07, not 0.16. Seven, nine and eleven boxes gained nothing more.
const SPREAD: [(f32, f32, f32); 5] = [
    (0.0, 0.0, 1.0),
    (0.04, 0.04, 0.9),
    (-0.04, -0.04, 0.9),
    (0.04, -0.04, 1.1),
    (-0.04, 0.04, 1.1),
];

/// The boxes begin from a place and a side on this grid. The predictor's trees compare single pixels, so that a box that
/// differs in the last bit of a float, as it does between processors, could give points that lie elsewhere; dlib's own
/// boxes are in whole pixels.
const GRID_PX: f32 = 0.25;

/// The five points of dlib's `shape_predictor_5` for a face that YuNet found, in dlib's order.
///
/// Cost: five runs of the shape predictor, side by side.
#[must_use]
pub fn dlib_points(
    shape_predictor: &ShapePredictor,
    frame: &Frame<'_>,
    detection: &Detection,
) -> [FramePoint; 5] {
    let found = shape_predictor.predict_each(frame, &dlib_boxes(detection));
    std::array::from_fn(|point| {
        let sum = found.iter().fold(FramePoint::default(), |sum, points| {
            FramePoint::new(sum.x + points[point].x, sum.y + points[point].y)
        });
        FramePoint::new(sum.x / 5.0, sum.y / 5.0)
    })
}

/// Where dlib's own detector would have put its box, with what is uncertain about that.
fn dlib_boxes(detection: &Detection) -> [FrameBox; 5] {
    let square = detection.bounds.square();
    let (side, middle, nose) = (square.width(), square.centre(), detection.landmarks.0[2]);
    let x = on_grid(middle.x + TOWARDS_NOSE.0 * (nose.x - middle.x) - TO_THE_LEFT * side);
    let y = on_grid(middle.y + TOWARDS_NOSE.1 * (nose.y - middle.y));
    let side = on_grid(side);
    SPREAD.map(|(right, down, scale)| {
        let centre = FramePoint::new(x + right * side, y + down * side);
        FrameBox::from_centre(centre, SIDE * scale * side, SIDE * scale * side)
    })
}

fn on_grid(value: f32) -> f32 {
    (value / GRID_PX).round() * GRID_PX
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Score;
    use crate::geometry::Landmarks;

    #[test]
    fn the_boxes_follow_the_nose_and_lie_evenly_around_one_place() {
        let point = |x, y| FramePoint::new(x, y);
        let detection = Detection {
            bounds: FrameBox::from_tlwh(100.0, 200.0, 80.0, 125.0),
            score: Score::new(0.9).unwrap(),
            landmarks: Landmarks([
                point(220.0, 150.0),
                point(260.0, 150.0),
                point(260.0, 172.5),
                point(225.0, 200.0),
                point(255.0, 200.0),
            ]),
        };
        let boxes = dlib_boxes(&detection);
        // The side of a square of this area is 100; the nose lies 20 to the right of and 10 below the middle.
        assert!((boxes[0].width() - 97.0).abs() < 1e-3);
        let middle = point(240.0 + 10.0 - 2.0, 162.5 + 6.0);
        assert!(boxes[0].centre().distance(middle) < 1e-3);
        let mean = |of: fn(&FrameBox) -> f32| boxes.iter().map(of).sum::<f32>() / 5.0;
        assert!((mean(FrameBox::width) - 97.0).abs() < 1e-3);
        assert!((mean(|square| square.centre().x) - middle.x).abs() < 1e-3);
        assert!((mean(|square| square.centre().y) - middle.y).abs() < 1e-3);
    }
}
