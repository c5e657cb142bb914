//! The relay's verdict on what a client claims. Pure.

use rostro_core::ModelId;
use rostro_core::embedding::legacy_confidence;
use rostro_wire::v1;

use crate::people::{Measured, name};

/// What the relay's own measurement says of a claim. Without a claim the result is simply the relay's own.
///
/// The relay cannot measure when it has nobody enrolled to compare with: a claimed name then stands alone.
#[must_use]
pub fn judge(claim: Option<&v1::Claim>, measured: &Measured) -> v1::Verdict {
    let claimed = claim.and_then(|claim| claim.name.as_deref());
    let found = measured.person.as_ref().map(|person| person.name.as_str());
    match (claim, claimed, found) {
        (None, _, _) | (Some(_), None, None) => v1::Verdict::Server,
        (Some(_), Some(claimed), Some(found)) if name::same(claimed, found) => v1::Verdict::Server,
        (Some(_), Some(_), None) if measured.nearest.is_none() => v1::Verdict::ClientClaim,
        (Some(_), _, _) => v1::Verdict::Mismatch,
    }
}

/// The result for one face: always what the relay measured. A claimed name that it could not confirm is never
/// passed on as a name.
#[must_use]
pub fn face_result(
    claim: Option<&v1::Claim>,
    measured: &Measured,
    bounds: v1::PixelBox,
) -> v1::FaceResult {
    let model: ModelId = measured.threshold.model();
    let confidence = match (&measured.person, measured.nearest) {
        (Some(_), Some(distance)) => legacy_confidence(distance),
        _ => 0.0,
    };
    v1::FaceResult {
        name: measured.person.as_ref().map(|person| person.name.clone()),
        person_id: measured.person.as_ref().map(|person| person.id.clone()),
        distance: measured.nearest.map(rostro_core::Distance::value),
        threshold: measured.threshold.max(),
        model: model.as_str().to_owned(),
        confidence,
        verified: judge(claim, measured),
        liveness: v1::Liveness::NotChecked,
        bounds,
    }
}
