//! What crosses to JavaScript. `wasm-bindgen` writes the TypeScript types beside the module.

use std::rc::Rc;

use js_sys::Float32Array;
use rostro_core::decision::{Decision, Outcome};
use rostro_core::tracks::TrackDecision;
use rostro_core::{Detection, Embedding, FrameBox, FramePoint, Threshold};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::galleries::Person;
use crate::quality::FaceQuality;

/// Every face of one frame, and how long the two halves of the work took.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct FrameResult {
    /// The most prominent first: large, and near the middle. None is an empty list.
    pub faces: Vec<Face>,
    /// Finding the faces, in milliseconds.
    pub detect_ms: f64,
    /// Aligning and embedding all of them, and looking them up, in milliseconds.
    pub embed_ms: f64,
    /// Why the picture should not be enrolled, the most important first; empty for a good one.
    #[tsify(type = "PictureFault[]")]
    pub picture_faults: Vec<&'static str>,
}

/// Every face of one frame, found and not looked at.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FrameDetections {
    /// The most prominent first: large, and near the middle. None is an empty list.
    pub faces: Vec<DetectedFace>,
    /// Finding the faces, in milliseconds.
    pub detect_ms: f64,
    /// Why the picture should not be enrolled, the most important first; empty for a good one.
    #[tsify(type = "PictureFault[]")]
    pub picture_faults: Vec<&'static str>,
}

/// A face that was found and not embedded: nothing in it says who it is.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct DetectedFace {
    /// Around the face.
    #[serde(rename = "box")]
    pub bounds: FaceBox,
    /// How sure the detector is, 0..1.
    pub score: f32,
    /// The subject's right eye (on the left in the picture), left eye, tip of the nose, right and left corner of the
    /// mouth.
    pub landmarks: [Point; 5],
    /// What this picture of the face is worth, and what to do better.
    pub quality: FaceQuality,
}

/// One face of a frame.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct Face {
    /// Around the face.
    #[serde(rename = "box")]
    pub bounds: FaceBox,
    /// How sure the detector is, 0..1.
    pub score: f32,
    /// The subject's right eye (on the left in the picture), left eye, tip of the nose, right and left corner of the
    /// mouth.
    pub landmarks: [Point; 5],
    /// What this picture of the face is worth, and what to do better. In a followed video it is of this frame, where
    /// `embedding` may be of an earlier one.
    pub quality: FaceQuality,
    /// The model that made the embedding: the first of those that were asked for.
    pub model: String,
    /// 128 numbers. Biometric data.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub embedding: Float32Array,
    /// The embeddings of the other models that were asked for.
    pub other_embeddings: Vec<OtherEmbedding>,
    /// Who it is; left out where no gallery is set.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub matched: Option<FaceMatch>,
    /// Which face of a followed video it is: a number that no other face of that video has. Left out where no video is
    /// followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub track_id: Option<f64>,
    /// Who it is by all looks at it so far. `embedding` and `match` are of the latest look, which may be up to a second
    /// old. Left out where no video is followed, or no gallery is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional)]
    pub decision: Option<FaceDecision>,
}

/// Who a face of a followed video is.
#[derive(Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct FaceDecision {
    /// What the looks say together.
    pub outcome: FaceOutcome,
    /// The person's id; `null` unless known.
    pub person_id: Option<String>,
    /// The person's name; `null` unless known.
    pub name: Option<String>,
    /// Looks that voted.
    pub looks: u32,
}

/// What the looks at a face say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum FaceOutcome {
    /// Too little was seen, or who it is must be checked again.
    Undecided,
    /// Somebody enrolled.
    Known,
    /// Nobody who is enrolled.
    Unknown,
    /// The looks contradict each other.
    NotSure,
}

impl FaceDecision {
    /// A track's decision after so many looks.
    pub(crate) fn new(decision: &TrackDecision<Person>, looks: u32) -> Self {
        let outcome = match decision {
            TrackDecision::Undecided => FaceOutcome::Undecided,
            TrackDecision::Known { .. } => FaceOutcome::Known,
            TrackDecision::Unknown => FaceOutcome::Unknown,
            TrackDecision::NotSure => FaceOutcome::NotSure,
        };
        let person = decision.subject();
        Self {
            outcome,
            person_id: person.map(|person| person.id.clone()),
            name: person.map(|person| person.name.clone()),
            looks,
        }
    }
}

/// An upright rectangle in pixels of the frame; it may reach over the frame's edges.
#[derive(Serialize, Tsify)]
pub struct FaceBox {
    /// Upper side.
    pub top: f32,
    /// Right side.
    pub right: f32,
    /// Lower side.
    pub bottom: f32,
    /// Left side.
    pub left: f32,
}

impl From<FrameBox> for FaceBox {
    fn from(bounds: FrameBox) -> Self {
        let FrameBox { top, right, bottom, left } = bounds;
        Self { top, right, bottom, left }
    }
}

/// A place in pixels of the frame, from its upper left corner.
#[derive(Serialize, Tsify)]
pub struct Point {
    /// Pixels from the left side.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
}

impl From<FramePoint> for Point {
    fn from(point: FramePoint) -> Self {
        Self { x: point.x, y: point.y }
    }
}

/// An embedding and the model that made it.
#[derive(Serialize, Tsify)]
pub struct OtherEmbedding {
    /// The model.
    pub model: String,
    /// 128 numbers. Biometric data.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    pub embedding: Float32Array,
}

/// By what a gallery's people are named.
#[derive(Clone, Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct GalleryRule {
    /// Nobody is named beyond this, in the model's own metric; the model's default threshold where it is left out.
    #[tsify(optional)]
    pub threshold: Option<f32>,
    /// How often a stranger may be given a name, one in so many. Left out: the threshold alone decides where one is
    /// given, else one in 1,000.
    #[tsify(optional)]
    pub stranger_named_one_in: Option<u32>,
    /// The people who have a rate of their own.
    pub own_rates: Vec<OwnRate>,
}

/// How often a stranger may be given one person's name.
#[derive(Clone, Debug, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct OwnRate {
    /// Whose name.
    pub person_id: String,
    /// One in so many.
    pub stranger_named_one_in: u32,
}

/// Who a face is among the people of the galleries, by one look at it.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[tsify(missing_as_null)]
pub struct FaceMatch {
    /// What was decided.
    pub outcome: MatchOutcome,
    /// The person's id; `null` unless known.
    pub person_id: Option<String>,
    /// The person's name; `null` unless known.
    pub name: Option<String>,
    /// Distance to the nearest person in the metric of `model`, known or not; `null` when the galleries are empty.
    pub distance: Option<f32>,
    /// The threshold that it was held against, in the same metric: for this person and a gallery of this size.
    pub threshold: f32,
    /// The model that decided, or `combined` where both did.
    pub model: String,
    /// The calibrated probability that it is that person, 0..1; 0 unless known.
    pub confidence: f32,
    /// How much nearer the nearest person is than the second, in the same metric; `null` without a second.
    pub margin: Option<f32>,
    /// How often a stranger comes as near to somebody of these galleries, 0..1; `null` when they are empty.
    pub false_match_rate: Option<f32>,
}

/// What was decided by one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum MatchOutcome {
    /// Somebody enrolled.
    Known,
    /// Nobody who is enrolled.
    Unknown,
    /// Perhaps somebody enrolled: a little too far away, or two are about as near. Another look is needed.
    NotSure,
}

impl FaceMatch {
    /// What was decided; `None` where nobody could be the answer.
    pub(crate) fn of(decision: Decision<Rc<Person>>) -> Option<Self> {
        let evidence = decision.evidence?;
        let (outcome, person) = match decision.outcome {
            Outcome::Known(person) => (MatchOutcome::Known, Some(person)),
            Outcome::Unknown => (MatchOutcome::Unknown, None),
            Outcome::NotSure(_) => (MatchOutcome::NotSure, None),
        };
        Some(Self {
            outcome,
            confidence: person.as_ref().map_or(0.0, |_| evidence.probability),
            person_id: person.as_ref().map(|person| person.id.clone()),
            name: person.map(|person| person.name.clone()),
            distance: Some(evidence.distance),
            threshold: evidence.threshold,
            model: evidence.metric.as_str().to_owned(),
            margin: evidence.margin,
            false_match_rate: Some(evidence.false_match_rate.value()),
        })
    }

    /// Where nobody can be the answer; `distance` is that of somebody who was ruled out.
    pub(crate) fn nobody(threshold: Threshold, distance: Option<f32>) -> Self {
        Self {
            outcome: MatchOutcome::Unknown,
            person_id: None,
            name: None,
            distance,
            threshold: threshold.max(),
            model: threshold.model().to_string(),
            confidence: 0.0,
            margin: None,
            false_match_rate: None,
        }
    }
}

/// How near two embeddings of one model are.
#[derive(Serialize, Tsify)]
pub struct Comparison {
    /// In the model's own metric; 0 is the same vector.
    pub distance: f32,
    /// The threshold that it was held against.
    pub threshold: f32,
    /// Whether both are one person's.
    pub same: bool,
}

impl DetectedFace {
    /// A detection, and what it is worth.
    pub(crate) fn new(detection: &Detection, quality: FaceQuality) -> Self {
        Self {
            bounds: detection.bounds.into(),
            score: detection.score.value(),
            landmarks: detection.landmarks.0.map(Point::from),
            quality,
        }
    }
}

impl Face {
    /// A detection with its embeddings, the first of which is the preferred model's.
    pub(crate) fn new(
        detection: &Detection,
        quality: FaceQuality,
        first: &Embedding,
        others: &[Embedding],
        matched: Option<FaceMatch>,
    ) -> Self {
        Self {
            bounds: detection.bounds.into(),
            score: detection.score.value(),
            landmarks: detection.landmarks.0.map(Point::from),
            quality,
            model: first.model().to_string(),
            embedding: numbers(first),
            other_embeddings: others
                .iter()
                .map(|other| OtherEmbedding {
                    model: other.model().to_string(),
                    embedding: numbers(other),
                })
                .collect(),
            matched,
            track_id: None,
            decision: None,
        }
    }
}

fn numbers(embedding: &Embedding) -> Float32Array {
    Float32Array::from(&embedding.values()[..])
}
