//! How a face is turned, by its five points.

use crate::geometry::{FramePoint, Landmarks};

/// Where a face looks, in degrees; estimates from five points, good to about 10°.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// To the side: above 0 to the right of the picture. 45 is half profile, 90 profile.
    pub yaw_deg: f32,
    /// Up (above 0) or down.
    pub pitch_deg: f32,
    /// Tilted in the picture's plane: above 0 clockwise, -180 to 180. Alignment takes it back.
    pub roll_deg: f32,
}

/// How far the tip of the nose stands out from the plane of eyes and mouth, as a fraction of the distance between the
/// eyes, and nearly so of that between eyes and mouth, which is as long.
///
/// Chosen empirically: with it, on 3,811 faces of LFW, the angle by the nose agrees with the one by the eyes' distance,
/// which shrinks with its cosine (1.00 of the height from eyes to mouth in front, 0.85 at 32°, 0.6 at 53°).
const NOSE_DEPTH: f32 = 0.42;
/// Where the tip of the nose lies on the way from the eyes to the mouth, seen from the front: the median of LFW.
const NOSE_HEIGHT: f32 = 0.56;

impl Pose {
    /// The pose of the face that these points mark. Points that mark no face look away.
    #[must_use]
    pub fn of(landmarks: &Landmarks) -> Self {
        let [right, left, nose, mouth_right, mouth_left] = landmarks.0;
        let across = FramePoint::new(left.x - right.x, left.y - right.y);
        let eyes = middle(right, left);
        let mouth = middle(mouth_right, mouth_left);
        let eyes_px = right.distance(left);
        let below = |point: FramePoint| {
            ((point.y - eyes.y) * across.x - (point.x - eyes.x) * across.y) / eyes_px
        };
        let height_px = below(mouth);
        let nose_height = if height_px > 0.0 { below(nose) / height_px } else { f32::INFINITY };
        Self {
            yaw_deg: (turn(landmarks) / NOSE_DEPTH).atan().to_degrees(),
            pitch_deg: ((NOSE_HEIGHT - nose_height) / NOSE_DEPTH).atan().to_degrees(),
            roll_deg: across.y.atan2(across.x).to_degrees(),
        }
    }
}

/// How far the tip of the nose lies from the middle between the eyes, along their line, as a fraction of their distance:
/// 0 for a face that looks into the camera, about 0.4 in half profile, above 0 for one that looks to the right of the
/// picture. 1 where the eyes lie in one place.
#[must_use]
pub(crate) fn turn(landmarks: &Landmarks) -> f32 {
    let [right, left, nose, ..] = landmarks.0;
    let eyes_px = right.distance(left);
    if eyes_px <= 0.0 {
        return 1.0;
    }
    let eyes = middle(right, left);
    let along =
        ((nose.x - eyes.x) * (left.x - right.x) + (nose.y - eyes.y) * (left.y - right.y)) / eyes_px;
    along / eyes_px
}

fn middle(a: FramePoint, b: FramePoint) -> FramePoint {
    FramePoint::new(f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A head of 100 px between the eyes, turned to the side, then up, then tilted, and seen from far away.
    fn head(yaw_deg: f32, pitch_deg: f32, roll_deg: f32, scale: f32) -> Landmarks {
        let points = [
            [-50.0, -50.0, 0.0],
            [50.0, -50.0, 0.0],
            [0.0, -50.0 + 100.0 * NOSE_HEIGHT, 100.0 * NOSE_DEPTH],
            [-40.0, 50.0, 0.0],
            [40.0, 50.0, 0.0],
        ];
        let [yaw, pitch, roll] = [yaw_deg, pitch_deg, roll_deg].map(f32::to_radians);
        Landmarks(points.map(|[x, y, z]| {
            let (x, z) = (x * yaw.cos() + z * yaw.sin(), z * yaw.cos() - x * yaw.sin());
            let y = y * pitch.cos() - z * pitch.sin();
            let (x, y) = (x * roll.cos() - y * roll.sin(), x * roll.sin() + y * roll.cos());
            FramePoint::new(500.0 + scale * x, 400.0 + scale * y)
        }))
    }

    proptest! {
        #[test]
        fn each_angle_is_found_again(angle in -60.0_f32..60.0, roll in -170.0_f32..170.0, scale in 0.1_f32..20.0) {
            let turned = Pose::of(&head(angle, 0.0, roll, scale));
            prop_assert!((turned.yaw_deg - angle).abs() < 1.0, "{turned:?}");
            prop_assert!(turned.pitch_deg.abs() < 1.0 && (turned.roll_deg - roll).abs() < 1.0);
            let raised = Pose::of(&head(0.0, angle, roll, scale));
            prop_assert!((raised.pitch_deg - angle).abs() < 1.0, "{raised:?}");
            prop_assert!(raised.yaw_deg.abs() < 1.0);
        }

        #[test]
        fn any_points_give_numbers(points in proptest::array::uniform5((-1e4_f32..1e4, -1e4_f32..1e4))) {
            let pose = Pose::of(&Landmarks(points.map(|(x, y)| FramePoint::new(x, y))));
            prop_assert!(pose.yaw_deg.abs() <= 90.0 && pose.pitch_deg.abs() <= 90.0);
            prop_assert!(pose.roll_deg.abs() <= 180.0);
        }
    }

    #[test]
    fn a_mirrored_face_looks_the_other_way() {
        let Landmarks([right, left, nose, mouth_right, mouth_left]) = head(30.0, 5.0, 10.0, 1.0);
        let mirror = |point: FramePoint| FramePoint::new(1000.0 - point.x, point.y);
        let mirrored = Landmarks([left, right, nose, mouth_left, mouth_right].map(mirror));
        let pose = Pose::of(&mirrored);
        assert!(pose.yaw_deg < -25.0 && pose.roll_deg < -5.0, "{pose:?}");
    }

    #[test]
    fn points_in_one_place_look_away() {
        let pose = Pose::of(&Landmarks([FramePoint::new(3.0, 3.0); 5]));
        assert!(pose.yaw_deg > 60.0 && pose.pitch_deg == -90.0, "{pose:?}");
    }
}
