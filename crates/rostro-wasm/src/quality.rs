//! Picture quality and enrolment checks as JavaScript sees them.
//!
//! Faults cross as their codes; the union of them is written by hand in `faults.d.ts` and held to the engine's list by a test.

use rostro_core::enrolment::{PictureFault, SampleReport, inspect};
use rostro_core::quality::{self, QualityFault, QualityLimits, assess};
use rostro_core::{Detection, Frame};
use serde::Serialize;
use std::rc::Rc;
use tsify::Tsify;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::galleries::Person;

#[wasm_bindgen(typescript_custom_section)]
const SECTION: &str = include_str!("faults.d.ts");

/// What the picture of a face is worth.
#[derive(Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FaceQuality {
    /// For enrolment, 0..1: 0.5 or less where something is at the limit. To pick the best of several frames.
    pub score: f32,
    /// Why the face should not be enrolled, the most important first; empty for a good one.
    #[tsify(type = "QualityFault[]")]
    pub faults: Vec<&'static str>,
    /// The same by the lenient limits of live recognition: what makes it hard to recognise.
    #[tsify(type = "QualityFault[]")]
    pub hints: Vec<&'static str>,
    /// Fine structure, 0 to about 0.8, at a fixed size of the face.
    pub sharpness: f32,
    /// Mean brightness of the face, 0..255.
    pub brightness: f32,
    /// Degrees to the right of the picture (above 0) or to the left; estimated. 45 is half profile.
    pub yaw: f32,
    /// Degrees up (above 0) or down; estimated.
    pub pitch: f32,
    /// Degrees tilted clockwise in the picture. Alignment takes it back.
    pub roll: f32,
    /// Side of the face in pixels of the frame.
    pub side_px: f32,
}

/// What a frame is worth for enrolment, and its most prominent face, measured once.
pub(crate) struct PictureQuality {
    /// Why the picture should not be enrolled.
    pub(crate) faults: Vec<&'static str>,
    measured: Option<(Detection, quality::FaceQuality)>,
}

impl PictureQuality {
    /// `detections` are all faces of the frame, the most prominent first.
    pub(crate) fn of(frame: &Frame<'_>, detections: &[Detection]) -> Self {
        let inspection = inspect(frame, detections, &QualityLimits::ENROLMENT);
        let faults = inspection.faults.into_iter().map(PictureFault::code).collect();
        let measured = inspection.face.map(|(index, quality)| (detections[index], quality));
        Self { faults, measured }
    }

    /// The quality of a detection; `None` for one that cannot be aligned, and so has no embedding either.
    pub(crate) fn of_face(&self, frame: &Frame<'_>, detection: &Detection) -> Option<FaceQuality> {
        match &self.measured {
            Some((first, quality)) if first == detection => Some(FaceQuality::from(quality)),
            _ => assess(frame, detection).as_ref().map(FaceQuality::from),
        }
    }
}

impl From<&quality::FaceQuality> for FaceQuality {
    fn from(quality: &quality::FaceQuality) -> Self {
        let codes = |limits: &QualityLimits| {
            quality.faults(limits).into_iter().map(QualityFault::code).collect()
        };
        Self {
            score: quality.score(),
            faults: codes(&QualityLimits::ENROLMENT),
            hints: codes(&QualityLimits::LIVE),
            sharpness: quality.sharpness,
            brightness: quality.light.brightness,
            yaw: quality.pose.yaw_deg,
            pitch: quality.pose.pitch_deg,
            roll: quality.pose.roll_deg,
            side_px: quality.side_px,
        }
    }
}

/// What is wrong with several samples of one person; indices count the samples from 0.
#[derive(Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct SampleCheck {
    /// Pairs that are practically the same picture: the second adds nothing.
    pub near_identical: Vec<(usize, usize)>,
    /// Samples that look unlike most of the others. Of two that are unlike, both.
    pub odd: Vec<usize>,
    /// Somebody else of the gallery who looks the same; `null` if nobody does, or no gallery is set.
    pub already_enrolled: Option<AlreadyEnrolled>,
}

/// A person of the gallery who looks the same as a new one.
#[derive(Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct AlreadyEnrolled {
    /// The person's id.
    pub person_id: String,
    /// The person's name.
    pub name: String,
    /// To the nearest sample, in the model's own metric.
    pub distance: f32,
}

impl From<SampleReport<Rc<Person>>> for SampleCheck {
    fn from(report: SampleReport<Rc<Person>>) -> Self {
        let already_enrolled = report.already_enrolled.map(|found| AlreadyEnrolled {
            person_id: found.subject.id.clone(),
            name: found.subject.name.clone(),
            distance: found.distance.value(),
        });
        Self { near_identical: report.near_identical, odd: report.odd, already_enrolled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAULTS: &str = include_str!("faults.d.ts");

    #[test]
    fn the_types_name_every_fault() {
        for fault in QualityFault::ALL {
            assert!(FAULTS.contains(&format!("| \"{}\"", fault.code())), "{}", fault.code());
        }
        for fault in [PictureFault::NoFace, PictureFault::SeveralFaces] {
            assert!(FAULTS.contains(&format!("\"{}\" |", fault.code())), "{}", fault.code());
        }
        // Quoted words are the codes, and none else.
        assert_eq!(FAULTS.matches('"').count(), 2 * (QualityFault::ALL.len() + 2));
    }
}
