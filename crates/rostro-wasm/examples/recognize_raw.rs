//! Recognises raw frames with the native build, for the test that compares it with the browser's.
//!
//! `recognize_raw MODELS_DIR MODEL[,MODEL] WIDTHxHEIGHT:FILE…` prints one JSON array of faces a line; a file holds
//! RGBA bytes.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::fs;
use std::path::Path;

use rostro_core::{DetectOptions, Engine, Face, Frame, ModelId, PixelLayout, Recognizer};
use rostro_infer::{load_detector, load_dlib, load_sface};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET, read_verified};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let (folder, models) =
        args.next().zip(args.next()).ok_or("usage: recognize_raw MODELS_DIR MODELS FRAME…")?;
    let models: Vec<ModelId> = models.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let engine = engine(Path::new(&folder), &models)?;
    for frame in args {
        println!("{}", recognized(&engine, &models, &frame)?);
    }
    Ok(())
}

fn engine(folder: &Path, models: &[ModelId]) -> Result<Engine, Failure> {
    let mut engine = Engine::new(load_detector(&read_verified(folder, YUNET)?)?);
    for &model in models {
        engine.add_recognizer(recognizer(folder, model)?);
    }
    Ok(engine)
}

fn recognizer(folder: &Path, model: ModelId) -> Result<Recognizer, Failure> {
    match model {
        ModelId::DlibResnetV1 => {
            Ok(load_dlib(&read_verified(folder, DLIB)?, &read_verified(folder, SHAPE_PREDICTOR)?)?)
        }
        ModelId::Sface2021Dec => Ok(load_sface(&read_verified(folder, SFACE)?)?),
        other => Err(format!("no way to load {other}").into()),
    }
}

fn recognized(engine: &Engine, models: &[ModelId], frame: &str) -> Result<Value, Failure> {
    let parts = frame.split_once(':').and_then(|(size, file)| {
        let (width, height) = size.split_once('x')?;
        Some((width.parse().ok()?, height.parse().ok()?, file))
    });
    let (width, height, file) = parts.ok_or("a frame is WIDTHxHEIGHT:FILE")?;
    let rgba = fs::read(file)?;
    let frame = Frame::new(&rgba, width, height, PixelLayout::Rgba)?;
    let faces = engine.recognize(&frame, &DetectOptions::default(), models)?;
    Ok(faces.iter().map(face).collect())
}

fn face(face: &Face) -> Value {
    let bounds = face.detection.bounds;
    let embeddings: Vec<Value> = face
        .embeddings
        .iter()
        .map(|embedding| {
            json!({ "model": embedding.model().as_str(), "embedding": embedding.values().to_vec() })
        })
        .collect();
    json!({
        "box": [bounds.top, bounds.right, bounds.bottom, bounds.left],
        "score": face.detection.score.value(),
        "landmarks": face.detection.landmarks.0.map(|point| [point.x, point.y]),
        "embeddings": embeddings,
    })
}
