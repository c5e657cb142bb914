//! The recogniser as JavaScript calls it.
#![expect(
    clippy::needless_pass_by_value,
    reason = "what JavaScript hands over is owned: wasm-bindgen passes arrays by value"
)]

use js_sys::Float32Array;
use rostro_core::watch::WatchedFace;
use rostro_core::{
    DetectOptions, Detection, EMBEDDING_LEN, Embedding, Engine, Frame, FrameBox, FramePoint,
    InputSide, Landmarks, ModelId, PixelLayout, Score, verify,
};
use rostro_infer::{load_detector, load_dlib, load_sface};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET};
use rostro_wire::ErrorCode;
use tsify::{Ts, Tsify};
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::Fault;
use crate::frames::{self, Found, Look, OpenFrame, Pixels};
use crate::galleries::{Entries, Galleries, Negatives, Person, threshold_of};
use crate::model_files::ModelFiles;
use crate::quality::{FaceQuality, PictureQuality, SampleCheck};
use crate::shapes::{
    Comparison, DetectedFace, Face, FaceDecision, FrameDetections, FrameResult, GalleryRule,
};
use crate::watches::Watches;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds of the worker's clock.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn now_ms() -> f64;
}

/// Size of the frame that [`Recognizer::warm_up`] runs on: what cameras give by default.
const WARM_UP_FRAME_PX: (u32, u32) = (640, 480);

/// A loaded engine, and the people to look for.
#[wasm_bindgen]
pub struct Recognizer {
    engine: Engine,
    models: Vec<ModelId>,
    options: DetectOptions,
    galleries: Galleries,
    watches: Watches,
    open: Option<OpenFrame>,
}

#[wasm_bindgen]
#[expect(private_interfaces, reason = "JavaScript sees the `Error` that a fault becomes")]
impl Recognizer {
    /// Builds the detector and the recognisers `models`, the preferred one first, out of `files`.
    ///
    /// `detector_side` is the longer side of the detector's input in pixels, picked by the frame where it is left out;
    /// `min_score` the least confidence of a detection, 0..1.
    ///
    /// Throws `model-unavailable` when a file is missing or no such network, `invalid-request` for an unknown model or
    /// a score out of range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        mut files: ModelFiles,
        models: Vec<String>,
        detector_side: Option<u32>,
        min_score: Option<f32>,
    ) -> Result<Self, Fault> {
        let models: Vec<ModelId> = models.iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
        let options = detect_options(detector_side, min_score)?;
        let mut engine = Engine::new(load_detector(&files.take(YUNET)?)?);
        for &model in &models {
            engine.add_recognizer(load_recognizer(model, &mut files)?);
        }
        let (galleries, watches) = (Galleries::default(), Watches::new(options));
        Ok(Self { engine, models, options, galleries, watches, open: None })
    }

    /// Runs every network once, so that the first frame takes no longer than the others, and chooses the kernels that
    /// are the fastest here: by timing them, or as `choice`, what it gave on this machine before.
    ///
    /// Throws `model-unavailable` when a network cannot run.
    #[wasm_bindgen(js_name = warmUp)]
    pub fn warm_up(&self, choice: Option<usize>) -> Result<usize, Fault> {
        let (width, height) = WARM_UP_FRAME_PX;
        let rgba = vec![128; (width * height * 4) as usize];
        let frame = Frame::new(&rgba, width, height, PixelLayout::Rgba)?;
        self.engine.detect(&frame, &self.options)?;
        self.engine.embed_all(&frame, &[somebody()], &self.models)?;
        let chosen = choice.filter(|&rows| rostro_infer::choose_tiles(rows));
        Ok(chosen.unwrap_or_else(|| rostro_infer::tune(now_ms)))
    }

    /// Finds the faces of a frame, `width * height` pixels with rows from the top; how many of them want a look, which
    /// [`Recognizer::finish`] then takes, but for those that were [taken](Recognizer::take) before. `watch` names the video
    /// whose next frame it is, whose faces are followed: a face is then looked at only when that is worth it. A frame that
    /// was begun before and not finished is dropped.
    ///
    /// Throws `invalid-image` or `too-large` for pixels that are no frame, `model-unavailable` when a network fails.
    pub fn begin(
        &mut self,
        watch: Option<u32>,
        rgba: Clamped<Vec<u8>>,
        width: u32,
        height: u32,
    ) -> Result<usize, Fault> {
        self.open = None;
        let pixels = Pixels::new(rgba.0, width, height)?;
        let begun = now_ms();
        let (engine, frame) = (&self.engine, pixels.frame());
        let detections = match watch {
            None => engine.detect(&frame, &self.options)?,
            Some(id) => self.watches.of(id).detect(engine, &frame, whole_ms(begun))?,
        };
        let detected = now_ms();
        let found = match watch {
            None => Found::Picture,
            Some(watch) => {
                let followed = self.watches.of(watch);
                Found::Video { watch, seen: followed.begin(detections.clone(), whole_ms(begun)) }
            }
        };
        let open = OpenFrame::new(pixels, detections, found, (begun, detected));
        Ok(self.open.insert(open).wanted().len())
    }

    /// The faces of the begun frame that want a look, 15 numbers each, for [`Recognizer::look_at`] of another worker.
    pub fn wanted(&self) -> Vec<f32> {
        self.open.as_ref().map(|open| frames::to_numbers(open.wanted())).unwrap_or_default()
    }

    /// Looks at one face of the begun frame.
    ///
    /// Throws `invalid-request` for a face that is not there, `model-unavailable` when a network fails.
    pub fn look(&mut self, index: usize) -> Result<(), Fault> {
        let open = self.open.as_mut().ok_or_else(not_begun)?;
        open.look(index, &self.engine, &self.models)
    }

    /// Looks at faces of another worker's frame; 128 numbers of each model for each face, none for one that cannot be
    /// aligned.
    ///
    /// Throws as [`Recognizer::begin`], and `invalid-request` for faces that are none.
    #[wasm_bindgen(js_name = lookAt)]
    pub fn look_at(
        &self,
        rgba: Clamped<Vec<u8>>,
        width: u32,
        height: u32,
        faces: &[f32],
    ) -> Result<Vec<Float32Array>, Fault> {
        let pixels = Pixels::new(rgba.0, width, height)?;
        let frame = pixels.frame();
        let look = |face: &Detection| {
            let look = self.engine.look(&frame, face, &self.models)?;
            Ok(Float32Array::from(&frames::look_to_numbers(&look)[..]))
        };
        frames::from_numbers(faces)?.iter().map(look).collect()
    }

    /// Takes what [`Recognizer::look_at`] of another worker gave for a face of the begun frame.
    ///
    /// Throws `invalid-request` or `invalid-embedding` for what is no look at one of its faces.
    pub fn take(&mut self, index: usize, look: &[f32]) -> Result<(), Fault> {
        let look = frames::look_from_numbers(&self.models, look)?;
        self.open.as_mut().ok_or_else(not_begun)?.take(index, look)
    }

    /// Every face of the begun frame, without a look at any: the frame is then done with.
    ///
    /// Throws `invalid-request` when no frame was begun.
    pub fn found(&mut self) -> Result<Ts<FrameDetections>, Fault> {
        let open = self.open.take().ok_or_else(not_begun)?;
        let frame = open.pixels.frame();
        let worth = PictureQuality::of(&frame, &open.detections);
        let face = |detection: &Detection| {
            Some(DetectedFace::new(detection, worth.of_face(&frame, detection)?))
        };
        let faces = open.detections.iter().filter_map(face).collect();
        let detect_ms = open.detected_ms - open.begun_ms;
        let found = FrameDetections { faces, detect_ms, picture_faults: worth.faults };
        found.into_ts().map_err(unsendable)
    }

    /// Every face of the begun frame. In a followed video it keeps the embeddings of its latest look, has a track and,
    /// where a gallery is set, a decision.
    ///
    /// Throws `invalid-request` when no frame was begun, `model-unavailable` when a network fails.
    pub fn finish(&mut self) -> Result<Ts<FrameResult>, Fault> {
        let mut open = self.open.take().ok_or_else(not_begun)?;
        let looks = open.looks(&self.engine, &self.models)?;
        let frame = open.pixels.frame();
        let worth = PictureQuality::of(&frame, &open.detections);
        let galleries = &self.galleries;
        let faces = match &open.found {
            Found::Picture => {
                let faces = open.detections.iter().zip(&looks);
                let face = |(detection, look): (&Detection, &Look)| {
                    let embeddings = look.as_ref()?;
                    let (first, others) = embeddings.split_first()?;
                    let matched = galleries.identify(embeddings);
                    let quality = worth.of_face(&frame, detection)?;
                    Some(Face::new(detection, quality, first, others, matched))
                };
                faces.filter_map(face).collect()
            }
            Found::Video { watch, seen } => {
                let identify = |probes: &[Embedding]| galleries.outcome(probes);
                let faces = self.watches.of(*watch).finish(seen, looks, identify);
                let face = |face: &WatchedFace<Person>| {
                    let quality = worth.of_face(&frame, &face.detection)?;
                    followed(face, quality, galleries)
                };
                faces.iter().filter_map(face).collect()
            }
        };
        let (detect_ms, embed_ms) = (open.detected_ms - open.begun_ms, now_ms() - open.detected_ms);
        let result = FrameResult { faces, detect_ms, embed_ms, picture_faults: worth.faults };
        result.into_ts().map_err(unsendable)
    }

    /// Replaces the gallery of `model` and returns how many embeddings it holds. `vectors` holds 128 numbers for each
    /// of `ids` and `names`; `rule` says by what they are named.
    /// `negative_vectors` holds 128 numbers for each of `negative_ids`: they are not of that person.
    ///
    /// Throws `invalid-embedding` or `invalid-request`, and then changes nothing.
    #[expect(clippy::too_many_arguments, reason = "JavaScript hands over flat arrays")]
    #[wasm_bindgen(js_name = setGallery)]
    pub fn set_gallery(
        &mut self,
        model: &str,
        rule: Ts<GalleryRule>,
        ids: Vec<String>,
        names: Vec<String>,
        vectors: Vec<f32>,
        negative_ids: Vec<String>,
        negative_vectors: Vec<f32>,
    ) -> Result<usize, Fault> {
        let model: ModelId = model.parse()?;
        let rule = rule.to_rust().map_err(|error| {
            Fault::new(ErrorCode::InvalidRequest, format!("a gallery's rule: {error}"))
        })?;
        let entries = Entries { ids, names, vectors };
        let negatives = Negatives { ids: negative_ids, vectors: negative_vectors };
        self.galleries.set(model, &rule, entries, &negatives)
    }

    /// Compares two embeddings of `model`, 128 numbers each.
    ///
    /// Throws `invalid-embedding` or `invalid-request`.
    pub fn compare(
        &self,
        model: &str,
        a: &[f32],
        b: &[f32],
        threshold: Option<f32>,
    ) -> Result<Ts<Comparison>, Fault> {
        let model: ModelId = model.parse()?;
        let threshold = threshold_of(model, threshold)?;
        let (a, b) = (Embedding::new(model, a)?, Embedding::new(model, b)?);
        let (distance, same) =
            verify(&a, &b, threshold).expect("two embeddings of one model can be compared");
        let comparison =
            Comparison { distance: distance.value(), threshold: threshold.max(), same };
        comparison.into_ts().map_err(unsendable)
    }

    /// Holds samples of one person, 128 numbers each in `vectors`, against each other and against the gallery of `model`.
    /// `except` is the id of that person where they are enrolled already.
    ///
    /// Throws `invalid-embedding` or `invalid-request`.
    #[wasm_bindgen(js_name = checkSamples)]
    pub fn check_samples(
        &self,
        model: &str,
        vectors: &[f32],
        except: Option<String>,
    ) -> Result<Ts<SampleCheck>, Fault> {
        let model: ModelId = model.parse()?;
        let samples = vectors.chunks(EMBEDDING_LEN).map(|numbers| Embedding::new(model, numbers));
        let samples = samples.collect::<Result<Vec<_>, _>>()?;
        let check = self.galleries.check(model, &samples, except.as_deref());
        check.into_ts().map_err(unsendable)
    }
}

fn load_recognizer(
    model: ModelId,
    files: &mut ModelFiles,
) -> Result<rostro_core::Recognizer, Fault> {
    match model {
        ModelId::DlibResnetV1 => Ok(load_dlib(&files.take(DLIB)?, &files.take(SHAPE_PREDICTOR)?)?),
        ModelId::Sface2021Dec => Ok(load_sface(&files.take(SFACE)?)?),
        other => {
            let message = format!("the browser build cannot load {other}");
            Err(Fault::new(ErrorCode::ModelUnavailable, message))
        }
    }
}

fn not_begun() -> Fault {
    Fault::new(ErrorCode::InvalidRequest, "no frame was begun")
}

/// A followed face as JavaScript sees it; `None` before it has an embedding.
fn followed(
    face: &WatchedFace<Person>,
    quality: FaceQuality,
    galleries: &Galleries,
) -> Option<Face> {
    let (first, others) = face.embeddings.split_first()?;
    let matched = galleries.identify(&face.embeddings);
    let decision = matched.is_some().then(|| FaceDecision::new(&face.decision, face.looks));
    Some(Face {
        track_id: Some(face.track.value() as f64),
        decision,
        ..Face::new(&face.detection, quality, first, others, matched)
    })
}

/// A reading of the worker's clock, which is never negative and far from overflowing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since the page was opened"
)]
const fn whole_ms(ms: f64) -> u64 {
    ms as u64
}

fn detect_options(side_px: Option<u32>, min_score: Option<f32>) -> Result<DetectOptions, Fault> {
    let default = DetectOptions::default();
    let min_score = match min_score {
        None => default.min_score,
        Some(score) => Score::new(score)
            .ok_or_else(|| Fault::new(ErrorCode::InvalidRequest, "a score lies between 0 and 1"))?,
    };
    let input_side = side_px.map_or(default.input_side, |side| InputSide::Px(side as usize));
    Ok(DetectOptions { input_side, min_score, ..default })
}

/// A face in the middle of the warm-up frame, where none is.
fn somebody() -> Detection {
    let point = FramePoint::new;
    Detection {
        bounds: FrameBox::from_trbl(160.0, 400.0, 320.0, 240.0),
        score: Score::new(1.0).expect("1 is a score"),
        landmarks: Landmarks([
            point(285.0, 220.0),
            point(355.0, 220.0),
            point(320.0, 250.0),
            point(290.0, 280.0),
            point(350.0, 280.0),
        ]),
    }
}

fn unsendable(error: impl std::fmt::Display) -> Fault {
    Fault::new(ErrorCode::Internal, format!("the answer cannot be handed over: {error}"))
}
