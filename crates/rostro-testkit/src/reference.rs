//! What dlib, OpenCV and onnxruntime computed; `reference/generate.py` says how.

use std::collections::BTreeMap;

use rostro_core::{
    DetectOptions, Detection, FrameBox, FramePoint, InputSide, Landmarks, Score, Tensor,
};
use serde::Deserialize;

use crate::Picture;

/// Reference results, stage by stage.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Versions of the programs that made it.
    pub made_with: BTreeMap<String, String>,
    /// One for each portrait.
    pub faces: Vec<ReferenceFace>,
    /// How far the faces are from each other.
    pub distances: Distances,
}

/// Euclidean distances; row and column in the order of [`Reference::faces`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distances {
    /// Between raw encodings of dlib.
    pub dlib: Vec<Vec<f32>>,
    /// Between embeddings of SFace, scaled to length one.
    pub sface: Vec<Vec<f32>>,
}

/// One portrait, with the one face on it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFace {
    /// Name of the [`Picture`].
    pub picture: String,
    /// Who is on it.
    pub person: String,
    /// By OpenCV's `FaceDetectorYN`, at the picture's own size, best score first.
    pub detections: Vec<ReferenceDetection>,
    /// By dlib, with the published models.
    pub dlib: DlibStages,
    /// Aligned by OpenCV, embedded by onnxruntime with the published model.
    pub sface: SfaceStages,
}

/// A face that OpenCV found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceDetection {
    #[serde(rename = "box")]
    bounds: Sides,
    score: f32,
    landmarks: [[f32; 2]; 5],
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sides {
    top: f32,
    right: f32,
    bottom: f32,
    left: f32,
}

/// What dlib made of a face.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DlibStages {
    square: Sides,
    landmarks: [[f32; 2]; 5],
    chip: String,
    /// Of the chip, by dlib's own network.
    pub encoding: Vec<f32>,
    /// What Python's `face_recognition` gives with its defaults, dlib's own face detector included.
    pub encoding_by_face_recognition: Vec<f32>,
}

/// What OpenCV and onnxruntime made of a face.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SfaceStages {
    landmarks: [[f32; 2]; 5],
    crop: String,
    /// Of the crop, as the network gives it: not scaled to length one.
    pub embedding: Vec<f32>,
}

/// YuNet's twelve outputs for a small picture, before any decoding, by onnxruntime.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YunetRaw {
    picture: String,
    /// In the order of the graph.
    pub outputs: Vec<RawOutput>,
}

/// One output of a network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawOutput {
    /// Its name in the graph.
    pub name: String,
    shape: Vec<usize>,
    values: Vec<f32>,
}

/// `reference/reference.json`.
///
/// # Panics
/// When the file is not what these types say.
#[must_use]
pub fn reference() -> Reference {
    serde_json::from_str(include_str!("../reference/reference.json"))
        .unwrap_or_else(|error| panic!("reference/reference.json: {error}"))
}

/// `reference/yunet-raw.json`.
///
/// # Panics
/// When the file is not what these types say.
#[must_use]
pub fn yunet_raw() -> YunetRaw {
    serde_json::from_str(include_str!("../reference/yunet-raw.json"))
        .unwrap_or_else(|error| panic!("reference/yunet-raw.json: {error}"))
}

impl ReferenceFace {
    /// The portrait.
    #[must_use]
    pub fn picture(&self) -> Picture {
        Picture::named(&self.picture)
    }

    /// Makes our detector look at the picture in its own size, as OpenCV did.
    #[must_use]
    pub fn detect_options(&self) -> DetectOptions {
        let picture = self.picture();
        let longest = picture.width().max(picture.height()) as usize;
        DetectOptions { input_side: InputSide::Px(longest), ..DetectOptions::default() }
    }
}

impl ReferenceDetection {
    /// As our detector gives it.
    ///
    /// # Panics
    /// When the score is none.
    #[must_use]
    pub fn detection(&self) -> Detection {
        let score = Score::new(self.score).expect("a score is from 0 to 1");
        Detection { bounds: self.bounds.to_box(), score, landmarks: self.landmarks() }
    }

    /// YuNet's five points.
    #[must_use]
    pub fn landmarks(&self) -> Landmarks {
        Landmarks(to_points(&self.landmarks))
    }
}

impl DlibStages {
    /// The box that the shape predictor was given: the sides of dlib's `rectangle`, whole pixels.
    #[must_use]
    pub fn square(&self) -> FrameBox {
        self.square.to_box()
    }

    /// dlib's five points, in its order, which it rounds to whole pixels.
    #[must_use]
    pub fn landmarks(&self) -> [FramePoint; 5] {
        to_points(&self.landmarks)
    }

    /// The face as dlib cuts it out at [`Self::landmarks`], 150 × 150.
    #[must_use]
    pub fn chip(&self) -> Picture {
        Picture::named(&self.chip)
    }
}

impl SfaceStages {
    /// The points that the crop was cut out at: those of the best detection.
    #[must_use]
    pub fn landmarks(&self) -> Landmarks {
        Landmarks(to_points(&self.landmarks))
    }

    /// The face as OpenCV's `alignCrop` cuts it out, 112 × 112.
    #[must_use]
    pub fn crop(&self) -> Picture {
        Picture::named(&self.crop)
    }
}

impl YunetRaw {
    /// What the network was fed, as [`Picture::to_bgr_planes`].
    #[must_use]
    pub fn picture(&self) -> Picture {
        Picture::named(&self.picture)
    }
}

impl RawOutput {
    /// Shape and values.
    #[must_use]
    pub fn tensor(&self) -> Tensor {
        Tensor::new(&self.shape, self.values.clone())
    }
}

impl Sides {
    fn to_box(self) -> FrameBox {
        FrameBox { top: self.top, right: self.right, bottom: self.bottom, left: self.left }
    }
}

fn to_points(points: &[[f32; 2]; 5]) -> [FramePoint; 5] {
    points.map(|[x, y]| FramePoint { x, y })
}

#[cfg(test)]
mod tests {
    use rostro_core::{EMBEDDING_LEN, Embedding, ModelId};

    use super::*;
    use crate::pictures::PORTRAITS;

    #[test]
    fn every_portrait_has_its_reference_and_one_face() {
        let reference = reference();
        let pictures: Vec<&str> =
            reference.faces.iter().map(|face| face.picture.as_str()).collect();
        assert_eq!(pictures, PORTRAITS);
        for face in &reference.faces {
            assert_eq!(face.detections.len(), 1, "{}", face.picture);
            assert_eq!(face.dlib.encoding.len(), EMBEDDING_LEN);
            assert_eq!(face.sface.embedding.len(), EMBEDDING_LEN);
        }
        assert_eq!(yunet_raw().outputs.len(), 12);
    }

    #[test]
    fn thresholds_tell_the_persons_apart() {
        let reference = reference();
        let tables = [
            (ModelId::DlibResnetV1, &reference.distances.dlib),
            (ModelId::Sface2021Dec, &reference.distances.sface),
        ];
        for (model, table) in tables {
            for (i, a) in reference.faces.iter().enumerate() {
                for (j, b) in reference.faces.iter().enumerate() {
                    let embeddings = [a, b].map(|face| {
                        let values = match model {
                            ModelId::DlibResnetV1 => &face.dlib.encoding,
                            _ => &face.sface.embedding,
                        };
                        Embedding::new(model, values).unwrap()
                    });
                    let distance = embeddings[0].distance(&embeddings[1]).unwrap();
                    assert!((distance.value() - table[i][j]).abs() < 1e-5, "{model} {i} {j}");
                    let known = model.default_threshold().accepts(distance);
                    assert_eq!(known, a.person == b.person, "{model}: {i} and {j}");
                }
            }
        }
    }
}
