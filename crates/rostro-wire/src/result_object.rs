//! The result object of the Flask-style wires and of the webhook.

use rostro_core::decision::Metric;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::v1::{FaceResult, PixelBox};

/// The name that the legacy wires give to a face that nobody is known by.
pub const UNKNOWN_NAME: &str = "Desconocido";

/// The distance that the legacy wires read when there was nobody to compare with, so that the confidence is 0.
pub const NOBODY_DISTANCE: f64 = 1.0;

/// One result on the legacy wires: `/api/results`, `/api/latest` and the webhook.
///
/// Distances are on the scale of dlib's encodings whatever model decided: the model's default threshold reads 0.6.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ResultObject {
    /// When the face was seen: ISO 8601 in the relay's local time, without a zone.
    pub timestamp: String,
    /// The person's name, or [`UNKNOWN_NAME`].
    pub name: String,
    /// `1 - distance`, 0..=1, two decimals.
    pub confidence: f64,
    /// Distance to the nearest person enrolled, at least 0, three decimals; [`NOBODY_DISTANCE`] when nobody is.
    pub distance: f64,
    /// Where the face was, in whole pixels of the full frame.
    #[serde(rename = "box")]
    pub bounds: PixelBox,
}

impl ResultObject {
    /// The result of one face, seen at the local time `timestamp`.
    #[must_use]
    pub fn new(timestamp: String, face: &FaceResult) -> Self {
        let (distance, confidence) = match measured(face) {
            Some((metric, distance)) => {
                (metric.legacy_distance(distance).into(), metric.legacy_confidence(distance).into())
            }
            None => (NOBODY_DISTANCE, 0.0),
        };
        Self {
            timestamp,
            name: face.name.clone().unwrap_or_else(|| UNKNOWN_NAME.to_owned()),
            confidence: rounded(confidence, 100.0),
            distance: rounded(distance, 1000.0),
            bounds: face.bounds,
        }
    }
}

/// The distance of a result; `None` when there was nobody to compare with.
fn measured(face: &FaceResult) -> Option<(Metric, f32)> {
    Some((face.model.parse().ok()?, face.distance?))
}

/// `value` to the nearest `1 / steps`.
fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use rostro_core::ModelId;

    use super::*;
    use crate::v1::{Liveness, Verdict};

    fn face(name: Option<&str>, model: ModelId, distance: Option<f32>) -> FaceResult {
        FaceResult {
            name: name.map(str::to_owned),
            person_id: name.map(|_| "p1".to_owned()),
            distance,
            threshold: model.default_threshold().max(),
            model: model.as_str().to_owned(),
            confidence: 0.0,
            decision: None,
            verified: Verdict::Server,
            replayed: false,
            liveness: Liveness::NotChecked,
            bounds: PixelBox { top: 10, right: 110, bottom: 120, left: 20 },
        }
    }

    #[test]
    fn reads_on_the_scale_of_the_legacy_wires() {
        struct Case {
            name: &'static str,
            face: FaceResult,
            label: &'static str,
            distance: f64,
            confidence: f64,
        }
        let (dlib, sface) = (ModelId::DlibResnetV1, ModelId::Sface2021Dec);
        let cases = [
            Case {
                name: "dlib's distance is kept",
                face: face(Some("Ana"), dlib, Some(0.4126)),
                label: "Ana",
                distance: 0.413,
                confidence: 0.59,
            },
            Case {
                name: "another model's threshold reads 0.6",
                face: face(Some("Ana"), sface, Some(1.128)),
                label: "Ana",
                distance: 0.6,
                confidence: 0.4,
            },
            Case {
                name: "confidence is never below 0",
                face: face(None, dlib, Some(1.25)),
                label: "Desconocido",
                distance: 1.25,
                confidence: 0.0,
            },
            Case {
                name: "nobody is enrolled",
                face: face(None, sface, None),
                label: "Desconocido",
                distance: 1.0,
                confidence: 0.0,
            },
        ];
        for case in cases {
            let got = ResultObject::new("2026-11-22T10:00:00.000000".to_owned(), &case.face);
            assert_eq!(got.name, case.label, "{}", case.name);
            assert_eq!(got.distance, case.distance, "{}", case.name);
            assert_eq!(got.confidence, case.confidence, "{}", case.name);
        }
    }

    #[test]
    fn the_wire_is_frozen() {
        let face = face(Some("José Núñez"), ModelId::DlibResnetV1, Some(0.3504));
        let result = ResultObject::new("2026-11-22T10:00:00.123456".to_owned(), &face);
        insta::assert_snapshot!(serde_json::to_string_pretty(&result).unwrap(), @r#"
        {
          "timestamp": "2026-11-22T10:00:00.123456",
          "name": "José Núñez",
          "confidence": 0.65,
          "distance": 0.35,
          "box": {
            "top": 10,
            "right": 110,
            "bottom": 120,
            "left": 20
          }
        }
        "#);
    }
}
