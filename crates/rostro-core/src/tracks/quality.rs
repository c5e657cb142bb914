//! What a look is worth.

use crate::detector::Detection;
use crate::quality::turn;

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
    /// distance from the middle between them; a third with the nose half aside. In webcam clips of four people, SFace's
    /// distance to a frontal look at the same person is about 0.5 there and 0.94 here, of 1.13 that are allowed.
    #[must_use]
    pub fn of(detection: &Detection) -> Self {
        let side = detection.bounds.width().min(detection.bounds.height());
        let size = (side / 60.0).clamp(0.1, 1.0);
        let sure = ((detection.score.value() - 0.5) / 0.35).clamp(0.1, 1.0);
        let frontal = (1.0 - (turn(&detection.landmarks).abs() - 0.1) / 0.6).clamp(0.1, 1.0);
        Self::new(size * sure * frontal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Score;
    use crate::geometry::{FrameBox, FramePoint, Landmarks};

    /// A face of this side and score, its nose so many eye distances aside.
    fn face(side: f32, score: f32, aside: f32) -> Detection {
        let point = |x: f32, y: f32| FramePoint::new(x * side, y * side);
        Detection {
            bounds: FrameBox::from_tlwh(0.0, 0.0, side, side),
            score: Score::new(score).unwrap(),
            landmarks: Landmarks([
                point(0.3, 0.4),
                point(0.7, 0.4),
                point(0.5 + 0.4 * aside, 0.6),
                point(0.35, 0.8),
                point(0.65, 0.8),
            ]),
        }
    }

    #[test]
    fn worth_of_a_look() {
        struct Case {
            name: &'static str,
            face: Detection,
            worth: std::ops::RangeInclusive<f32>,
        }
        for case in [
            Case { name: "near and frontal", face: face(120.0, 0.93, 0.0), worth: 1.0..=1.0 },
            Case { name: "a little aside", face: face(120.0, 0.93, -0.1), worth: 0.99..=1.0 },
            Case { name: "half aside", face: face(120.0, 0.93, 0.5), worth: 0.3..=0.4 },
            Case { name: "other side", face: face(120.0, 0.93, -0.5), worth: 0.3..=0.4 },
            Case { name: "small", face: face(30.0, 0.93, 0.0), worth: 0.45..=0.55 },
            Case { name: "faint", face: face(120.0, 0.6, 0.0), worth: 0.2..=0.4 },
            Case { name: "all at once", face: face(20.0, 0.5, 0.6), worth: 0.05..=0.05 },
            Case { name: "eyes in one place", face: face(0.0, 0.9, 0.0), worth: 0.05..=0.05 },
        ] {
            let worth = LookQuality::of(&case.face).value();
            assert!(case.worth.contains(&worth), "{}: {worth}", case.name);
        }
        assert_eq!(LookQuality::new(f32::NAN), LookQuality::MIN);
    }
}
