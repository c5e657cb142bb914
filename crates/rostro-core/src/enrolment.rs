//! What may be enrolled: one picture by itself ([`inspect`]), and several samples of one person together
//! ([`check_samples`]).

mod samples;

pub use samples::{SampleFault, SampleReport, check_samples, near_identical_distance};

use crate::detector::Detection;
use crate::frame::Frame;
use crate::quality::{FaceQuality, QualityFault, QualityLimits, assess};

/// Why a picture should not be enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PictureFault {
    /// No face was found.
    NoFace,
    /// There is another face of [comparable prominence](COMPARABLE_PROMINENCE): who is meant?
    SeveralFaces,
    /// The face that is meant is poor.
    Quality(QualityFault),
}

impl PictureFault {
    /// The code on every wire; it never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFace => "no-face",
            Self::SeveralFaces => "several-faces",
            Self::Quality(fault) => fault.code(),
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoFace => "show a face, from the front and from near",
            Self::SeveralFaces => "only one person may be in the picture",
            Self::Quality(fault) => fault.advice(),
        }
    }
}

impl std::fmt::Display for PictureFault {
    /// Code and advice, as in `no-face: show a face, from the front and from near`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.advice())
    }
}

/// A second face counts when it is at least this share as [prominent](Detection::prominence) as the first: about half its
/// side beside it, or as large and near the edge. Smaller ones are people in the background.
///
/// Chosen empirically: of 100 pairs of portraits side by side all count, also where one is scaled to 70 %; of 600 pictures
/// of LFW, 10 % have such a second face, and show two people indeed.
pub const COMPARABLE_PROMINENCE: f32 = 0.2;

/// What a picture is worth for enrolment.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// The most prominent face: its index among the detections, and its quality. `None` where there is none that can be
    /// aligned.
    pub face: Option<(usize, FaceQuality)>,
    /// What is wrong with the picture, the most important first; empty where it may be enrolled.
    pub faults: Vec<PictureFault>,
}

impl Inspection {
    /// The index of the one good face, or the most important fault.
    ///
    /// # Errors
    /// The first [`PictureFault`] where there is any.
    pub fn accepted(&self) -> Result<usize, PictureFault> {
        match (&self.face, self.faults.first()) {
            (_, Some(&fault)) => Err(fault),
            (Some((index, _)), None) => Ok(*index),
            (None, None) => Err(PictureFault::NoFace),
        }
    }
}

/// Inspects a picture for enrolment. `detections` are all its faces, the most [prominent](Detection::prominence) first, as
/// the detector gives them.
///
/// Cost: as [`assess`], once.
#[must_use]
pub fn inspect(frame: &Frame<'_>, detections: &[Detection], limits: &QualityLimits) -> Inspection {
    let measured = detections
        .iter()
        .enumerate()
        .find_map(|(index, detection)| Some((index, assess(frame, detection)?)));
    let Some((index, quality)) = measured else {
        return Inspection { face: None, faults: vec![PictureFault::NoFace] };
    };
    let prominence = |face: &Detection| face.prominence(frame.width(), frame.height());
    let comparable = COMPARABLE_PROMINENCE * prominence(&detections[index]);
    let is_comparable = |other: &Detection| prominence(other) >= comparable;
    let several = detections.iter().skip(index + 1).any(is_comparable);
    let several = several.then_some(PictureFault::SeveralFaces);
    let poor = limits.faults(&quality).into_iter().map(PictureFault::Quality);
    Inspection { face: Some((index, quality)), faults: several.into_iter().chain(poor).collect() }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::detector::Score;
    use crate::frame::PixelLayout;
    use crate::geometry::{FrameBox, FramePoint, Landmarks};

    const SIDE_PX: u16 = 400;

    /// Fine structure of middling brightness.
    fn pixels() -> Vec<u8> {
        let value = |i: u32| {
            let mixed = i.wrapping_mul(0x9E37_79B9).rotate_left(13).wrapping_mul(0x85EB_CA6B);
            mixed.to_be_bytes()[0] / 2 + 60
        };
        (0..u32::from(SIDE_PX).pow(2)).flat_map(|i| [value(i); 3]).collect()
    }

    /// A frontal face of this side around a place.
    fn face(side: f32, x: f32, y: f32) -> Detection {
        let point = |across: f32, down: f32| FramePoint::new(x + across * side, y + down * side);
        Detection {
            bounds: FrameBox::from_centre(FramePoint::new(x, y), side, side),
            score: Score::new(0.93).unwrap(),
            landmarks: Landmarks([
                point(-0.18, -0.12),
                point(0.18, -0.12),
                point(0.0, 0.08),
                point(-0.15, 0.24),
                point(0.15, 0.24),
            ]),
        }
    }

    fn codes(detections: &[Detection]) -> Vec<&'static str> {
        let pixels = pixels();
        let side = u32::from(SIDE_PX);
        let frame = Frame::new(&pixels, side, side, PixelLayout::Rgb).unwrap();
        let inspection = inspect(&frame, detections, &QualityLimits::ENROLMENT);
        assert_eq!(inspection.accepted().is_ok(), inspection.faults.is_empty());
        inspection.faults.iter().map(|fault| fault.code()).collect()
    }

    #[test]
    fn one_good_face_and_nobody_beside_it() {
        let mut unsure = face(150.0, 200.0, 200.0);
        unsure.score = Score::new(0.72).unwrap();
        let mut aside = face(150.0, 200.0, 200.0);
        aside.landmarks.0[2].x += 0.3 * 150.0;
        struct Case {
            name: &'static str,
            faces: Vec<Detection>,
            codes: &'static [&'static str],
        }
        for case in [
            Case { name: "nobody", faces: vec![], codes: &["no-face"] },
            Case { name: "one", faces: vec![face(150.0, 200.0, 200.0)], codes: &[] },
            Case {
                name: "a bystander far behind",
                faces: vec![face(150.0, 200.0, 200.0), face(60.0, 50.0, 50.0)],
                codes: &[],
            },
            Case {
                name: "two",
                faces: vec![face(150.0, 100.0, 200.0), face(140.0, 300.0, 200.0)],
                codes: &["several-faces"],
            },
            Case {
                name: "two, poor as well",
                faces: vec![face(30.0, 100.0, 200.0), face(28.0, 300.0, 200.0)],
                codes: &["several-faces", "too-small"],
            },
            Case { name: "small", faces: vec![face(30.0, 200.0, 200.0)], codes: &["too-small"] },
            Case {
                name: "at the edge",
                faces: vec![face(150.0, 40.0, 200.0)],
                codes: &["cut-off"],
            },
            Case { name: "to the side", faces: vec![aside], codes: &["turned-away"] },
            Case { name: "unsure", faces: vec![unsure], codes: &["occluded"] },
            Case { name: "no face at all", faces: vec![face(0.0, 9.0, 9.0)], codes: &["no-face"] },
        ] {
            assert_eq!(codes(&case.faces), case.codes, "{}", case.name);
        }
    }

    #[test]
    fn codes_differ_and_say_what_to_do() {
        let quality = QualityFault::ALL.map(PictureFault::Quality);
        let all = [PictureFault::NoFace, PictureFault::SeveralFaces].into_iter().chain(quality);
        let codes: HashSet<&str> = all.clone().map(PictureFault::code).collect();
        assert_eq!(codes.len(), 2 + QualityFault::ALL.len());
        for fault in all {
            assert!(!fault.advice().is_empty() && fault.to_string().starts_with(fault.code()));
            assert!(fault.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        }
    }
}
