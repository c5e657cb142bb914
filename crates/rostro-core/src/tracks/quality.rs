//! What a look is worth.

use crate::detector::Detection;

/// What one look at a face is worth, above 0 and up to 1: how much its vote counts and its embedding weighs.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LookQuality(f32);

impl LookQuality {
    /// The least: even the worst look says something.
    pub const MIN: Self = Self(0.05);

    /// Takes a number from 0 to 1; what lies beyond is held within [`LookQuality::MIN`] and 1, and what is no number
    /// is the least.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self::MIN } else { Self(value.clamp(Self::MIN.0, 1.0)) }
    }

    /// The number, 0.05 to 1.
    #[must_use]
    pub const fn value(self) -> f32 {
        self.0
    }

    /// What the detection alone tells: the face's size, how sure the detector is, and how far the face is turned
    /// aside. No pixel is looked at.
    ///
    /// Chosen empirically: full worth from 60 px, at a score of 0.85, and with the nose within a tenth of the eyes'
    /// distance from the middle between them; in webcam clips of four people, SFace's distance to a frontal look of the same
    /// person is about 0.5 there, and above 1.1 for some of the faces whose nose lies a quarter aside.
    #[must_use]
    pub fn of(detection: &Detection) -> Self {
        let side = detection.bounds.width().min(detection.bounds.height());
        let size = (side / 60.0).clamp(0.1, 1.0);
        let sure = ((detection.score.value() - 0.5) / 0.35).clamp(0.1, 1.0);
        let frontal = (1.0 - (turn(detection) - 0.1) / 0.4).clamp(0.1, 1.0);
        Self::new(size * sure * frontal)
    }
}

/// How far the tip of the nose lies from the middle between the eyes, along their line, as a fraction of their distance:
/// 0 for a face that looks into the camera, about 0.5 in half profile.
fn turn(detection: &Detection) -> f32 {
    let [right, left, nose, ..] = detection.landmarks.0;
    let eyes = right.distance(left);
    if eyes <= 0.0 {
        return 1.0;
    }
    let along = ((nose.x - f32::midpoint(right.x, left.x)) * (left.x - right.x)
        + (nose.y - f32::midpoint(right.y, left.y)) * (left.y - right.y))
        / eyes;
    along.abs() / eyes
}
