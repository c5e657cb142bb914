//! The part of a picture in which faces count. Pure.

use rostro_core::FrameBox;

/// A polygon; corners are fractions of the picture's sides, from the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(Vec<[f32; 2]>);

/// Why corners are no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a zone has 3 to 32 corners, each [x, y] from 0 to 1")]
pub struct NoZone;

impl Zone {
    /// Of these corners, in their order around it.
    ///
    /// # Errors
    /// [`NoZone`].
    pub fn new(corners: Vec<[f32; 2]>) -> Result<Self, NoZone> {
        let is_within = |at: &f32| (0.0..=1.0).contains(at);
        if (3..=32).contains(&corners.len()) && corners.iter().flatten().all(is_within) {
            Ok(Self(corners))
        } else {
            Err(NoZone)
        }
    }

    /// Its corners.
    #[must_use]
    pub fn corners(&self) -> &[[f32; 2]] {
        &self.0
    }

    /// Whether the middle of a face in a picture of that size is within. Source of the rule: crossings of a ray, so a
    /// corner that the polygon passes twice is counted as it looks.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sides are at most 16384, exact in f32")]
    pub fn contains(&self, face: &FrameBox, width: u32, height: u32) -> bool {
        let x = f32::midpoint(face.left, face.right) / width.max(1) as f32;
        let y = f32::midpoint(face.top, face.bottom) / height.max(1) as f32;
        let ends = self.0.iter().zip(self.0.iter().cycle().skip(1));
        let crosses = |(from, to): &(&[f32; 2], &[f32; 2])| {
            (from[1] > y) != (to[1] > y)
                && x < (to[0] - from[0]) * (y - from[1]) / (to[1] - from[1]) + from[0]
        };
        ends.filter(crosses).count() % 2 == 1
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }

    pub(super) fn from_json(json: &str) -> Option<Self> {
        Self::new(serde_json::from_str(json).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face_at(x: f32, y: f32) -> FrameBox {
        FrameBox::from_tlwh(y - 10.0, x - 10.0, 20.0, 20.0)
    }

    #[test]
    fn a_face_counts_by_its_middle() {
        let left_half = Zone::new(vec![[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]).unwrap();
        let triangle = Zone::new(vec![[0.0, 1.0], [1.0, 1.0], [0.5, 0.0]]).unwrap();
        for (zone, x, y, expected) in [
            (&left_half, 100.0, 200.0, true),
            (&left_half, 310.0, 200.0, true),
            (&left_half, 330.0, 200.0, false),
            (&triangle, 320.0, 240.0, true),
            (&triangle, 40.0, 40.0, false),
            (&triangle, 600.0, 460.0, true),
        ] {
            assert_eq!(zone.contains(&face_at(x, y), 640, 480), expected, "{x} {y}");
        }
    }

    #[test]
    fn corners_that_are_none() {
        let corner = [0.5, 0.5];
        for corners in [
            vec![],
            vec![corner; 2],
            vec![corner; 33],
            vec![corner, corner, [1.1, 0.0]],
            vec![corner, corner, [0.0, f32::NAN]],
        ] {
            assert_eq!(Zone::new(corners), Err(NoZone));
        }
        let zone = Zone::new(vec![[0.0, 0.0], [1.0, 0.0], [0.25, 1.0]]).unwrap();
        assert_eq!(Zone::from_json(&zone.to_json()), Some(zone));
        assert_eq!(Zone::from_json("[[0,0]]"), None);
    }
}
