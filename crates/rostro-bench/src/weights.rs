//! What it costs to store a recogniser's weights in fewer bits.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use rostro_core::{DetectOptions, Embedding, Engine, ModelId};
use rostro_infer::{load_detector, load_dlib, load_sface};
use rostro_models::convert::{WeightForm, convert_with};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET, manifest, read_verified};

use crate::faces::{in_parallel, read};
use crate::lfw::Lfw;
use crate::roc::{Distances, Measured, right_at};

/// One model's weights in one form.
pub(crate) struct Stored {
    pub(crate) model: ModelId,
    pub(crate) form: WeightForm,
    /// Of the whole file.
    pub(crate) bytes: usize,
    /// Share of pairs told right at the shipped threshold.
    pub(crate) right: f64,
    /// True-match rates at these false-match rates.
    pub(crate) found: [(f64, f64); 2],
    /// Mean distance of an embedding from the one with full weights.
    pub(crate) moved: f64,
}

/// Measures every form of both recognisers on `lfw`, from the published files in `originals`.
pub(crate) fn measure(models: &Path, originals: &Path, lfw: &Lfw) -> Result<Vec<Stored>> {
    let mut all = Vec::new();
    for (model, id) in [(ModelId::Sface2021Dec, SFACE), (ModelId::DlibResnetV1, DLIB)] {
        let published = published(originals, id)?;
        let files = WeightForm::ALL.map(|form| convert_with(id, &published, form));
        let files = files.into_iter().collect::<Result<Vec<_>, _>>()?;
        let engines = files.iter().map(|file| engine(models, model, file));
        let engines = engines.collect::<Result<Vec<Engine>>>()?;
        let embeddings = in_parallel(&format!("{model} in every form"), &lfw.files, |file| {
            embed(&engines, model, file)
        })?;
        for (index, (form, file)) in WeightForm::ALL.into_iter().zip(&files).enumerate() {
            all.push(stored(lfw, model, form, file.len(), &embeddings, index));
        }
    }
    Ok(all)
}

/// The file that `models/` was made from, by its own name.
fn published(originals: &Path, id: &str) -> Result<Vec<u8>> {
    let entry = manifest().iter().find(|entry| entry.id == id).context("the model is shipped")?;
    let name = Path::new(entry.source.path).file_name().context("a file has a name")?;
    let path = originals.join(name);
    fs::read(&path).with_context(|| format!("reading {}", path.display()))
}

fn engine(models: &Path, model: ModelId, file: &[u8]) -> Result<Engine> {
    let mut engine = Engine::new(load_detector(&read_verified(models, YUNET)?)?);
    engine.add_recognizer(if model == ModelId::Sface2021Dec {
        load_sface(file)?
    } else {
        load_dlib(file, &read_verified(models, SHAPE_PREDICTOR)?)?
    });
    Ok(engine)
}

/// The most prominent face by every engine; they differ in their weights only.
fn embed(engines: &[Engine], model: ModelId, file: &Path) -> Result<Option<Vec<Embedding>>> {
    let picture = read(file)?;
    let (frame, first) = (picture.frame()?, &engines[0]);
    let faces = first.detect(&frame, &DetectOptions::default())?;
    let Some(face) = faces.first() else { return Ok(None) };
    let aligned = first.align(&frame, face, model)?;
    let embeddings = engines.iter().map(|engine| Ok(engine.embed_aligned(&aligned)?));
    embeddings.collect::<Result<_>>().map(Some)
}

fn stored(
    lfw: &Lfw,
    model: ModelId,
    form: WeightForm,
    bytes: usize,
    embeddings: &[Option<Vec<Embedding>>],
    index: usize,
) -> Stored {
    let between = |a: Option<&Embedding>, b: Option<&Embedding>| {
        let distance = a.zip(b).and_then(|(a, b)| a.distance(b));
        distance.map_or(f32::MAX, |distance| distance.value())
    };
    let of = |picture: usize| embeddings[picture].as_ref().map(|forms| &forms[index]);
    let distance = |a: usize, b: usize| between(of(a), of(b));
    let pairs = lfw
        .pairs
        .iter()
        .map(|pair| Measured::of(pair, distance(pair.pictures[0], pair.pictures[1])));
    let seen: Vec<usize> = (0..embeddings.len()).filter(|&picture| of(picture).is_some()).collect();
    let all = Distances::between(&seen, &lfw.people, distance);
    let moved = embeddings
        .iter()
        .flatten()
        .map(|forms| f64::from(between(Some(&forms[0]), Some(&forms[index]))));
    Stored {
        model,
        form,
        bytes,
        right: right_at(&pairs.collect::<Vec<_>>(), model.default_threshold().max()),
        found: [1e-3, 1e-4].map(|far| (far, all.tar_at(far))),
        moved: moved.sum::<f64>() / seen.len() as f64,
    }
}
