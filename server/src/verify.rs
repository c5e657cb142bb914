//! The relay's verdict on what a client claims. Pure.
//!
//! What a verdict shows is that the embedding fits, not that a person stood there: liveness is a field of its own.

use rostro_core::FrameBox;
use rostro_wire::v1;

use crate::people::{Measured, name};

/// What the relay's own measurement says of a claim. Without a claim the result is simply the relay's own.
///
/// Where nobody is enrolled to compare with, the relay cannot measure: a claimed name then stands alone.
#[must_use]
pub fn judge(claim: Option<&v1::Claim>, measured: &Measured) -> v1::Verdict {
    let Some(claim) = claim else { return v1::Verdict::Server };
    let found = measured.person.as_ref().map(|person| person.name.as_str());
    match (claim.name.as_deref(), found) {
        (None, None) => v1::Verdict::Server,
        (Some(claimed), Some(found)) if name::same(claimed, found) => v1::Verdict::Server,
        (Some(_), None) if measured.distance.is_none() => v1::Verdict::ClientClaim,
        _ => v1::Verdict::Mismatch,
    }
}

/// The result for one face: always what the relay measured. A claimed name that it did not find itself is never
/// passed on as a name.
#[must_use]
pub fn face_result(
    claim: Option<&v1::Claim>,
    measured: &Measured,
    bounds: v1::PixelBox,
) -> v1::FaceResult {
    let person = measured.person.as_ref();
    let probability = measured.decision.map(|decision| decision.probability);
    v1::FaceResult {
        name: person.map(|person| person.name.clone()),
        person_id: person.map(|person| person.id.clone()),
        distance: measured.distance,
        threshold: measured.threshold,
        model: measured.metric.as_str().to_owned(),
        confidence: person.and(probability).unwrap_or(0.0),
        decision: measured.decision,
        verified: judge(claim, measured),
        replayed: false,
        liveness: v1::Liveness::NotChecked,
        bounds,
    }
}

/// The box in whole pixels, cut off at the picture's edges.
#[must_use]
pub fn pixel_box(bounds: &FrameBox, width: u32, height: u32) -> v1::PixelBox {
    v1::PixelBox {
        top: pixel(bounds.top, height),
        right: pixel(bounds.right, width),
        bottom: pixel(bounds.bottom, height),
        left: pixel(bounds.left, width),
    }
}

/// The nearest whole pixel within `0..=side`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "sides are at most 16384, exact in f32 and far within i32"
)]
fn pixel(at: f32, side: u32) -> i32 {
    at.clamp(0.0, side as f32).round() as i32
}

#[cfg(test)]
mod tests {
    use rostro_core::ModelId;
    use rostro_core::decision::Metric;
    use v1::Verdict;

    use super::*;
    use crate::people::PersonCard;

    fn measured(person: Option<&str>, distance: Option<f32>) -> Measured {
        let metric = Metric::from(ModelId::Sface2021Dec);
        let outcome = if person.is_some() { v1::Outcome::Known } else { v1::Outcome::Unknown };
        Measured {
            person: person.map(PersonCard::named),
            metric,
            distance,
            threshold: metric.default_threshold(),
            decision: distance.map(|_| v1::Decision {
                outcome,
                doubt: None,
                margin: None,
                false_match_rate: 0.001,
                probability: 0.9,
                quality: None,
            }),
        }
    }

    #[test]
    fn verdicts() {
        struct Case {
            name: &'static str,
            /// Outer `None`: no claim at all.
            claimed: Option<Option<&'static str>>,
            found: Option<&'static str>,
            nearest: Option<f32>,
            verdict: Verdict,
        }
        let cases = [
            Case {
                name: "no claim, somebody found",
                claimed: None,
                found: Some("Ana"),
                nearest: Some(0.5),
                verdict: Verdict::Server,
            },
            Case {
                name: "no claim, nobody enrolled",
                claimed: None,
                found: None,
                nearest: None,
                verdict: Verdict::Server,
            },
            Case {
                name: "the same name",
                claimed: Some(Some("Ana")),
                found: Some("Ana"),
                nearest: Some(0.5),
                verdict: Verdict::Server,
            },
            Case {
                name: "the same name in another spelling",
                claimed: Some(Some("JOSE\u{301}")),
                found: Some("José"),
                nearest: Some(0.5),
                verdict: Verdict::Server,
            },
            Case {
                name: "an unknown face, as claimed",
                claimed: Some(None),
                found: None,
                nearest: Some(1.3),
                verdict: Verdict::Server,
            },
            Case {
                name: "somebody else",
                claimed: Some(Some("Ana")),
                found: Some("Luis"),
                nearest: Some(0.5),
                verdict: Verdict::Mismatch,
            },
            Case {
                name: "nobody near, though a name is claimed",
                claimed: Some(Some("Ana")),
                found: None,
                nearest: Some(1.3),
                verdict: Verdict::Mismatch,
            },
            Case {
                name: "somebody, though none is claimed",
                claimed: Some(None),
                found: Some("Ana"),
                nearest: Some(0.5),
                verdict: Verdict::Mismatch,
            },
            Case {
                name: "nobody to compare with",
                claimed: Some(Some("Ana")),
                found: None,
                nearest: None,
                verdict: Verdict::ClientClaim,
            },
        ];
        for case in cases {
            let claim = case
                .claimed
                .map(|name| v1::Claim { name: name.map(str::to_owned), distance: Some(0.1) });
            let measured = measured(case.found, case.nearest);
            assert_eq!(judge(claim.as_ref(), &measured), case.verdict, "{}", case.name);
            let bounds = v1::PixelBox { top: 0, right: 1, bottom: 1, left: 0 };
            let result = face_result(claim.as_ref(), &measured, bounds);
            assert_eq!(result.name.as_deref(), case.found, "{}: never a claimed name", case.name);
            assert_eq!(result.distance, case.nearest, "{}: never a claimed distance", case.name);
            assert_eq!(result.confidence > 0.0, case.found.is_some(), "{}", case.name);
            assert_eq!(result.liveness, v1::Liveness::NotChecked, "{}", case.name);
        }
    }
}
