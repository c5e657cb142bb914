//! Faces held against the galleries. Pure.

use rostro_core::decision::Metric;
use rostro_core::{Embedding, ModelId};
use rostro_wire::v1::{Decision, Outcome, PixelBox};

use super::Known;
use crate::captures::NewFace;
use crate::people::{Galleries, Measured, upgrades};
use crate::recognition::Seen;
use crate::settings::{SettingsValues, Upgrade};
use crate::verify::{face_result, pixel_box};

/// A face must be at least this high to make an encoding: smaller ones are enlarged to the recognisers' 112 px from
/// less than half as many rows of the face itself.
const MIN_UPGRADE_FACE_PX: i32 = 80;

/// A face of a picture, and who it is.
pub(super) struct MeasuredFace {
    measured: Measured,
    bounds: PixelBox,
    probes: Vec<Embedding>,
    upgrade: Option<Embedding>,
}

/// Every face of a picture, held against everybody enrolled by the rule of the legacy wires, which pictures come over.
/// Who may be given another model's encoding is asked only where the policy wants to know.
pub(super) fn measure(
    seen: &Seen,
    galleries: &Galleries,
    settings: &SettingsValues,
) -> Vec<MeasuredFace> {
    seen.faces
        .iter()
        .zip(&seen.qualities)
        .map(|(face, &quality)| {
            let bounds = pixel_box(&face.detection.bounds, seen.width, seen.height);
            MeasuredFace::of(&face.embeddings, quality, bounds, galleries, settings)
        })
        .collect()
}

/// The embedding by which the person may be given another model's encoding.
pub(super) fn upgrade(
    measured: &Measured,
    bounds: PixelBox,
    probes: &[Embedding],
    galleries: &Galleries,
    settings: &SettingsValues,
) -> Option<Embedding> {
    if bounds.bottom - bounds.top < MIN_UPGRADE_FACE_PX {
        return None;
    }
    let decided = (measured.metric, settings.threshold(upgrades::FROM));
    upgrades::candidate(galleries, probes, &measured.person.as_ref()?.id, decided)
}

impl MeasuredFace {
    /// One face by its embeddings, held against everybody enrolled by the rule of the legacy wires.
    pub(super) fn of(
        probes: &[Embedding],
        quality: Option<f32>,
        bounds: PixelBox,
        galleries: &Galleries,
        settings: &SettingsValues,
    ) -> Self {
        let mut measured = galleries.identify(probes, &settings.legacy_rule());
        measured.decision = measured.decision.map(|decision| Decision { quality, ..decision });
        let is_asked = settings.upgrade != Upgrade::Off;
        let upgrade =
            is_asked.then(|| upgrade(&measured, bounds, probes, galleries, settings)).flatten();
        Self { measured, bounds, probes: probes.to_vec(), upgrade }
    }

    /// Whether it is surely nobody who is enrolled.
    pub(super) fn is_nobody(&self) -> bool {
        let outcome = self.measured.decision.map(|decision| decision.outcome);
        self.measured.person.is_none() && outcome.is_none_or(|outcome| outcome == Outcome::Unknown)
    }

    /// The face as it is stored and told.
    pub(super) fn to_store(&self, settings: &SettingsValues) -> NewFace {
        let result = face_result(None, &self.measured, self.bounds);
        let probes = settings.probes_to_keep(self.probes.clone());
        NewFace { result, probes, upgrade: self.upgrade.clone(), evidence: None }
    }

    /// The id of who it is, where this sighting may become an encoding of theirs.
    pub(super) fn upgradable(&self) -> Option<&str> {
        self.upgrade.as_ref().and_then(|_| self.person_id())
    }

    /// The id of who it is, where it is somebody known.
    pub(super) fn person_id(&self) -> Option<&str> {
        self.measured.person.as_ref().map(|person| person.id.as_str())
    }

    /// Who it is, where it is somebody known.
    pub(super) fn known(&self) -> Option<Known> {
        let (person, distance) = (self.measured.person.clone()?, self.measured.distance?);
        Some(Known { person, confidence: self.measured.metric.legacy_confidence(distance) })
    }

    /// The model that decided, the preferred one where several did; `None` where there was nobody to compare with.
    pub(super) fn decided_by(&self) -> Option<ModelId> {
        self.measured.distance.map(|_| match self.measured.metric {
            Metric::Model(model) => model,
            Metric::Combined => ModelId::DEFAULT,
        })
    }

    /// The face that an answer for a single face is about: the best known one, else the largest.
    pub(super) fn to_show(faces: &[Self]) -> Option<&Self> {
        let best_known = faces
            .iter()
            .filter_map(|face| Some((face, face.known()?.confidence)))
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        let largest = || faces.iter().max_by_key(|face| area(&face.bounds));
        best_known.map(|(face, _)| face).or_else(largest)
    }
}

fn area(bounds: &PixelBox) -> i64 {
    i64::from(bounds.right - bounds.left) * i64::from(bounds.bottom - bounds.top)
}

#[cfg(test)]
mod tests {
    use rostro_core::FrameBox;

    use super::*;
    use crate::people::PersonCard;

    fn face(person: Option<&str>, distance: Option<f32>, side: i32) -> MeasuredFace {
        let metric = Metric::from(ModelId::DlibResnetV1);
        MeasuredFace {
            measured: Measured {
                person: person.map(PersonCard::named),
                metric,
                distance,
                threshold: metric.default_threshold(),
                decision: None,
            },
            bounds: PixelBox { top: 0, right: side, bottom: side, left: 0 },
            probes: Vec::new(),
            upgrade: None,
        }
    }

    #[test]
    fn the_best_known_face_is_shown_else_the_largest() {
        let known = |faces: &[MeasuredFace]| {
            MeasuredFace::to_show(faces).and_then(MeasuredFace::known).map(|k| k.person.id.clone())
        };
        let far = || face(Some("far"), Some(0.5), 300);
        let near = || face(Some("near"), Some(0.2), 50);
        let unknown = || face(None, Some(0.7), 400);
        assert_eq!(known(&[unknown(), far(), near()]).as_deref(), Some("near"));
        assert_eq!(known(&[near(), far()]).as_deref(), Some("near"));
        assert_eq!(known(&[unknown()]), None);
        assert!(MeasuredFace::to_show(&[]).is_none());
        let faces = [face(None, None, 10), face(None, Some(0.9), 20)];
        let shown = MeasuredFace::to_show(&faces).unwrap();
        assert_eq!(shown.bounds.right, 20);
        assert_eq!(shown.decided_by(), Some(ModelId::DlibResnetV1));
    }

    #[test]
    fn boxes_are_whole_pixels_within_the_picture() {
        let bounds = FrameBox { top: -3.2, right: 640.9, bottom: 99.5, left: 10.4 };
        let expected = PixelBox { top: 0, right: 640, bottom: 100, left: 10 };
        assert_eq!(pixel_box(&bounds, 640, 480), expected);
    }
}
