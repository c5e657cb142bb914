//! How near our dlib encodings are to those of Python's `face_recognition`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use rostro_core::{Embedding, ModelId};

use crate::lfw::Lfw;
use crate::roc::{Measured, right_at};

/// Compared with Python.
pub(crate) struct Parity {
    /// Pictures in which both found a face.
    pub(crate) pictures: usize,
    pub(crate) median: f32,
    pub(crate) p95: f32,
    /// Share of pairs on which both decide the same, at 0.6.
    pub(crate) agree: f64,
    /// Share of pairs told right where both pictures are ours, both Python's, or one each.
    pub(crate) right_ours: f64,
    pub(crate) right_python: f64,
    pub(crate) right_mixed: f64,
}

/// Runs Python on `files` with the committed script; `None` where it finds no face.
pub(crate) fn python_encodings(python: &Path, lfw: &Lfw) -> Result<Vec<Option<Embedding>>> {
    let folder = std::env::temp_dir().join(format!("rostro-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).context("making a scratch folder")?;
    let [script, list, out] = ["encodings.py", "list.txt", "out.txt"].map(|name| folder.join(name));
    fs::write(&script, include_str!("../python/encodings.py")).context("writing the script")?;
    let paths: Vec<&str> = lfw.files.iter().filter_map(|file| file.to_str()).collect();
    ensure!(paths.len() == lfw.files.len(), "a path is no UTF-8 text");
    fs::write(&list, paths.join("\n")).context("writing the list of pictures")?;
    let status = Command::new(python).args([&script, &list, &out]).status();
    let status = status.with_context(|| format!("running {}", python.display()))?;
    ensure!(status.success(), "{} failed; has it face_recognition?", python.display());
    let text = fs::read_to_string(&out).context("reading what Python wrote")?;
    fs::remove_dir_all(&folder).context("removing the scratch folder")?;
    let encodings: Vec<Option<Embedding>> = text
        .lines()
        .map(|line| {
            let numbers: Vec<f32> =
                line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
            let embedding = (!numbers.is_empty())
                .then(|| Embedding::new(ModelId::UNTAGGED, &numbers))
                .transpose()?;
            anyhow::Ok(embedding)
        })
        .collect::<Result<_>>()
        .context("reading what Python wrote")?;
    ensure!(encodings.len() == lfw.files.len(), "Python answered for fewer pictures");
    Ok(encodings)
}

/// Compares, over the pictures in which both found a face.
pub(crate) fn compare(
    lfw: &Lfw,
    ours: &[Option<&Embedding>],
    python: &[Option<Embedding>],
) -> Option<Parity> {
    let distance = |a: &Embedding, b: &Embedding| a.distance(b).map_or(f32::MAX, |one| one.value());
    let both: Vec<Option<(&Embedding, &Embedding)>> =
        ours.iter().zip(python).map(|(ours, python)| ours.zip(python.as_ref())).collect();
    let mut apart: Vec<f32> =
        both.iter().flatten().map(|(ours, python)| distance(ours, python)).collect();
    apart.sort_unstable_by(f32::total_cmp);
    let quantile = |numerator: usize, denominator: usize| {
        apart.get(apart.len() * numerator / denominator).copied()
    };
    let threshold = ModelId::UNTAGGED.default_threshold().max();
    let pairs = lfw.pairs.iter().filter_map(|pair| {
        let [a, b] = pair.pictures.map(|picture| both[picture]);
        let ((our_a, python_a), (our_b, python_b)) = a.zip(b)?;
        Some(
            [(our_a, our_b), (python_a, python_b), (our_a, python_b)]
                .map(|(a, b)| Measured::of(pair, distance(a, b))),
        )
    });
    let pairs: Vec<[Measured; 3]> = pairs.collect();
    let way = |index: usize| pairs.iter().map(|pair| pair[index]).collect::<Vec<_>>();
    let same =
        |pair: &&[Measured; 3]| (pair[0].distance <= threshold) == (pair[1].distance <= threshold);
    Some(Parity {
        pictures: apart.len(),
        median: quantile(1, 2)?,
        p95: quantile(19, 20)?,
        agree: crate::roc::share(pairs.iter().filter(same).count(), pairs.len()),
        right_ours: right_at(&way(0), threshold),
        right_python: right_at(&way(1), threshold),
        right_mixed: right_at(&way(2), threshold),
    })
}
