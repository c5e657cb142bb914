//! At which size the detector's network sees a frame.

use super::{Detection, Detector};

/// The longest side to which a frame is scaled, up or down, before the detector's network sees it. Larger finds smaller
/// faces and costs more, with the square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputSide {
    /// A first look at 320 px, and closer ones, each at twice the side, as long as they may find more: where the look
    /// before found [small](InputSide::SMALL_PX) faces or the first found none, scores under 0.7 not counted. At most at 1280 px, and at no more
    /// pixels than the frame has.
    ///
    /// Chosen empirically, as no one side suits every frame. On LFW SFace tells 0.9917 of 3,000 pairs right with
    /// points found at 320 and 0.9907 at 160, and a picture that one face fills scores 0.95 at 320 and only 0.8 at
    /// 640, as the network is made for faces of up to 300 px. On 300 pictures of WIDER FACE, most 1,024 px wide, of the
    /// faces from 30 to 60 px 320 finds 0.51, 640 0.79 and this 0.79; of those from 15 to 30 px 0.05, 0.44 and 0.51; of
    /// the 50 above 200 px all, 49 and all. At the default score 42 boxes above 30 px are no labelled face, at 320 alone
    /// 37.
    ///
    /// Cost: that of 320 for a frame with large faces, five times that with small ones or none, and, in frames of
    /// 1,280 px and more with faces that are small at 640 too, 21 times. Of those 300 crowded pictures 100 needed one
    /// look, 186 two and 14 three; of 146 portraits, group and identity pictures 138 needed one.
    #[default]
    ByFrame,
    /// One look at this many pixels, held within [`Detector::SIDES_PX`].
    Px(usize),
}

impl InputSide {
    /// A face of less than this, in pixels of the network's input, has others beside it that a closer look finds.
    ///
    /// Chosen empirically, with the pictures of [`InputSide::ByFrame`]: 16 finds 196 instead of 202 of the 267 faces
    /// from 30 to 40 px and takes 30 closer looks fewer; 64 finds one more and takes 70 more.
    pub const SMALL_PX: f32 = 24.0;

    const FIRST_PX: usize = 320;
    const CLOSEST_PX: usize = 1280;
    /// Only faces as sure as this count: of the fainter ones many are none.
    const SURE: f32 = 0.7;

    /// The side of the first look.
    pub(super) fn first(self) -> usize {
        match self {
            Self::ByFrame => Self::FIRST_PX,
            Self::Px(side) => side.clamp(*Detector::SIDES_PX.start(), *Detector::SIDES_PX.end()),
        }
    }

    /// The side of the look after one at `side` of a frame of `longest_px`, by all faces found so far. `None` when it
    /// would find no more.
    pub(super) fn closer(
        self,
        side: usize,
        longest_px: usize,
        found: &[Detection],
    ) -> Option<usize> {
        let next = 2 * side;
        if self != Self::ByFrame || next > longest_px.min(Self::CLOSEST_PX) {
            return None;
        }
        let is_worth_it = match smallest_px(found) {
            None => side == Self::FIRST_PX,
            Some(px) => Self::is_small(px, side, longest_px),
        };
        is_worth_it.then_some(next)
    }

    /// For the frame after one with the faces `found`, whose longest side has `longest_px`: the first look alone, unless
    /// somebody small was there.
    ///
    /// Looking at large faces from farther away (at 160 or 224, so that they keep 48 px of the input, and only once they are
    /// decided) was tried: it saves half of the detector's time or more, and of the frames of a head that turns, 0.27 to
    /// 0.35 of the frame wide, 0.895 instead of 0.942 are decided.
    pub(crate) fn quick(self, longest_px: usize, found: &[Detection]) -> Self {
        let is_small = |px| Self::is_small(px, Self::FIRST_PX, longest_px);
        let is_anyone_small = smallest_px(found).is_some_and(is_small);
        if self == Self::ByFrame && !is_anyone_small { Self::Px(Self::FIRST_PX) } else { self }
    }

    fn is_small(face_px: f32, side: usize, longest_px: usize) -> bool {
        face_px * (side as f32) < Self::SMALL_PX * longest_px as f32
    }
}

/// The short side of the smallest of the faces that are sure, in frame pixels.
fn smallest_px(found: &[Detection]) -> Option<f32> {
    found
        .iter()
        .filter(|face| face.score.value() >= InputSide::SURE)
        .map(|face| face.bounds.width().min(face.bounds.height()))
        .min_by(f32::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Score;
    use crate::geometry::{FrameBox, FramePoint, Landmarks};

    fn face(side_px: f32) -> Detection {
        Detection {
            bounds: FrameBox::from_tlwh(10.0, 20.0, side_px, 1.3 * side_px),
            score: Score::new(0.9).unwrap(),
            landmarks: Landmarks([FramePoint::default(); 5]),
        }
    }

    #[test]
    fn faint_boxes_are_nobody() {
        let faint = Detection { score: Score::new(0.5).unwrap(), ..face(30.0) };
        assert_eq!(InputSide::ByFrame.closer(320, 640, &[faint]), Some(640));
        assert_eq!(InputSide::ByFrame.closer(320, 640, &[faint, face(150.0)]), None);
        assert_eq!(InputSide::ByFrame.quick(640, &[faint]), InputSide::Px(320));
    }

    #[test]
    fn a_closer_look_only_where_it_may_find_more() {
        struct Case(&'static str, usize, usize, &'static [f32], Option<usize>);
        for Case(why, side, longest_px, faces, expected) in [
            Case("somebody near", 320, 640, &[150.0], None),
            Case("nobody", 320, 640, &[], Some(640)),
            Case("nobody, also from nearer", 640, 1920, &[], None),
            Case("47 px in 640 are small", 320, 640, &[150.0, 47.0], Some(640)),
            Case("48 px in 640 are not", 320, 640, &[150.0, 48.0], None),
            Case("the frame has no more pixels", 320, 500, &[20.0], None),
            Case("small at 640 too", 640, 1920, &[300.0, 60.0], Some(1280)),
            Case("large enough at 640", 640, 1920, &[80.0], None),
            Case("as close as it gets", 1280, 8000, &[60.0], None),
        ] {
            let faces: Vec<_> = faces.iter().copied().map(face).collect();
            assert_eq!(InputSide::ByFrame.closer(side, longest_px, &faces), expected, "{why}");
            assert_eq!(InputSide::Px(side).closer(side, longest_px, &faces), None, "{why}");
        }
    }

    #[test]
    fn a_quick_look_is_one_look_unless_somebody_small_is_followed() {
        let by_frame = InputSide::ByFrame;
        assert_eq!(by_frame.quick(640, &[]), InputSide::Px(320));
        assert_eq!(by_frame.quick(640, &[face(48.0)]), InputSide::Px(320));
        assert_eq!(by_frame.quick(640, &[face(200.0), face(40.0)]), by_frame);
        assert_eq!(InputSide::Px(480).quick(640, &[face(40.0)]), InputSide::Px(480));
    }
}
