//! Where a face was, where it is expected, and what it costs to say that a detection is that face.

use crate::detector::Detection;
use crate::geometry::{FrameBox, FramePoint, Landmarks};

/// A face's last place and its velocity, in frame pixels and milliseconds.
#[derive(Clone, Debug)]
pub(super) struct Motion {
    bounds: FrameBox,
    points: FramePoint,
    velocity: FramePoint,
    seen_ms: u64,
}

impl Motion {
    /// Prediction goes on for this long after the last detection; then the face is expected where it was last.
    /// Nobody crosses a frame unseen at a steady pace.
    const COAST_MS: f32 = 300.0;
    /// Share of the newest step in the velocity. Chosen empirically: a detector's boxes tremble by a few pixels, and
    /// cameras repeat frames.
    const NEW_STEP: f32 = 0.4;
    /// How far from the expected place a face may be found, in face sides: at once, per second since it was seen, and
    /// at most. A face that is turned quickly moves about two sides a second.
    const REACH: f32 = 0.6;
    const REACH_PER_S: f32 = 2.0;
    const MAX_REACH: f32 = 1.5;
    /// Largest factor between the sides of the expected face and the one found.
    const MAX_GROWTH: f32 = 1.8;
    /// What each second unseen adds to the cost, so that a face that was just there is preferred.
    const COST_PER_S_UNSEEN: f32 = 0.2;
    /// Less overlap than this with the expected box is a jump.
    const JUMP_IOU: f32 = 0.2;

    pub(super) fn new(detection: &Detection, now_ms: u64) -> Self {
        Self {
            bounds: detection.bounds,
            points: middle(&detection.landmarks),
            velocity: FramePoint::new(0.0, 0.0),
            seen_ms: now_ms,
        }
    }

    /// When the face was last detected.
    pub(super) const fn seen_ms(&self) -> u64 {
        self.seen_ms
    }

    /// Milliseconds since the face was detected; 0 when the clock went back.
    pub(super) const fn unseen_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.seen_ms)
    }

    /// Moves on to a new detection of the same face.
    pub(super) fn follow(&mut self, detection: &Detection, now_ms: u64) {
        let elapsed = self.unseen_ms(now_ms) as f32;
        let points = middle(&detection.landmarks);
        if elapsed > Self::COAST_MS {
            self.velocity = FramePoint::new(0.0, 0.0);
        } else if elapsed > 0.0 {
            let mix = |old: f32, step: f32| old + Self::NEW_STEP * (step / elapsed - old);
            self.velocity = FramePoint::new(
                mix(self.velocity.x, points.x - self.points.x),
                mix(self.velocity.y, points.y - self.points.y),
            );
        }
        self.bounds = detection.bounds;
        self.points = points;
        self.seen_ms = self.seen_ms.max(now_ms);
    }

    /// What it costs to take `detection` for this face, from 0; `None` when it cannot be.
    ///
    /// The overlap with the expected box, the distance of the landmarks' middle from where it is expected in face
    /// sides, and the logarithm of the sizes' ratio count alike.
    pub(super) fn cost(&self, detection: &Detection, now_ms: u64) -> Option<f32> {
        let unseen_s = self.unseen_ms(now_ms) as f32 / 1000.0;
        let (dx, dy) = self.expected_step(now_ms);
        let expected = self.bounds.moved(dx, dy);
        let sides = (expected.area().sqrt(), detection.bounds.area().sqrt());
        let growth = (sides.0 / sides.1).ln().abs();
        let points = FramePoint::new(self.points.x + dx, self.points.y + dy);
        let side = f32::midpoint(sides.0, sides.1);
        let centres = expected.centre().distance(detection.bounds.centre());
        let offset = f32::midpoint(centres, points.distance(middle(&detection.landmarks))) / side;
        let reach = (Self::REACH + Self::REACH_PER_S * unseen_s).min(Self::MAX_REACH);
        let is_near = offset <= reach && growth <= Self::MAX_GROWTH.ln();
        let apart = 1.0 - expected.iou(&detection.bounds);
        is_near.then_some((apart + offset + growth) / 2.0 + Self::COST_PER_S_UNSEEN * unseen_s)
    }

    /// Whether `detection` lies where this face was not expected, though it may be it.
    pub(super) fn is_jump(&self, detection: &Detection, now_ms: u64) -> bool {
        let (dx, dy) = self.expected_step(now_ms);
        self.bounds.moved(dx, dy).iou(&detection.bounds) < Self::JUMP_IOU
    }

    fn expected_step(&self, now_ms: u64) -> (f32, f32) {
        let elapsed = (self.unseen_ms(now_ms) as f32).min(Self::COAST_MS);
        (self.velocity.x * elapsed, self.velocity.y * elapsed)
    }
}

/// The mean of the five points.
fn middle(landmarks: &Landmarks) -> FramePoint {
    let sum = landmarks.0.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.x, sum.1 + point.y));
    FramePoint::new(sum.0 / 5.0, sum.1 / 5.0)
}
