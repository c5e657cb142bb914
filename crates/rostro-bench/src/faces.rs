//! Pictures to embeddings, on every core.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};
use rostro_core::{DetectOptions, Embedding, Engine, ModelId};
use rostro_infer::{load_detector, load_dlib, load_sface};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET, read_verified};
use rostro_server::recognition::picture::Picture;

/// The most prominent face of a picture by every way that is measured.
pub(crate) struct Looks {
    /// One for each of [`Way::ALL`].
    embeddings: [Embedding; 4],
}

/// How a face becomes an embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) model: ModelId,
    /// Averaged over views: the mirror image's too, and dlib's from nearer.
    pub(crate) mirrored: bool,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [
        Self { model: ModelId::Sface2021Dec, mirrored: false },
        Self { model: ModelId::Sface2021Dec, mirrored: true },
        Self { model: ModelId::DlibResnetV1, mirrored: false },
        Self { model: ModelId::DlibResnetV1, mirrored: true },
    ];

    pub(crate) fn name(self) -> String {
        format!("{}{}", self.model, if self.mirrored { " + mirror" } else { "" })
    }
}

impl Looks {
    pub(crate) fn embedding(&self, way: Way) -> &Embedding {
        let index = Way::ALL.iter().position(|one| *one == way).unwrap_or_default();
        &self.embeddings[index]
    }
}

/// The engine with both recognisers, from the checkout's `models/`.
pub(crate) fn engine(models: &Path) -> Result<Engine> {
    let read = |id| read_verified(models, id);
    let mut engine = Engine::new(load_detector(&read(YUNET)?)?);
    engine.add_recognizer(load_sface(&read(SFACE)?)?);
    engine.add_recognizer(load_dlib(&read(DLIB)?, &read(SHAPE_PREDICTOR)?)?);
    Ok(engine)
}

/// The most prominent face of each picture; `None` where no face was found.
pub(crate) fn look_at(
    engine: &Engine,
    what: &str,
    files: &[PathBuf],
    change: impl Fn(Picture) -> Result<Picture> + Sync,
) -> Result<Vec<Option<Looks>>> {
    in_parallel(what, files, |file| {
        let picture = change(read(file)?)?;
        let frame = picture.frame()?;
        let faces = engine.detect(&frame, &DetectOptions::default())?;
        let Some(face) = faces.first() else { return Ok(None) };
        let [sface, dlib] = [ModelId::Sface2021Dec, ModelId::DlibResnetV1].map(|model| {
            let aligned = engine.align(&frame, face, model)?;
            anyhow::Ok((engine.embed_aligned(&aligned)?, engine.embed_averaged(&aligned)?))
        });
        let ((sface, sface_mirrored), (dlib, dlib_mirrored)) = (sface?, dlib?);
        Ok(Some(Looks { embeddings: [sface, sface_mirrored, dlib, dlib_mirrored] }))
    })
}

/// Reads and decodes a picture.
pub(crate) fn read(file: &Path) -> Result<Picture> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Picture::decode(&bytes).with_context(|| format!("decoding {}", file.display()))
}

/// Does `work` with every item on every core, in any order, says now and then how far it is, and gives the results in
/// the items' order. Ends with the first error.
pub(crate) fn in_parallel<I: Sync, T: Send>(
    what: &str,
    items: &[I],
    work: impl Fn(&I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    let result = work(item);
                    if result.is_err() {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, result));
                    if done.len() % 500 == 0 {
                        eprintln!("  {what}: {} of {}", done.len(), items.len());
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_and_an_error_ends_it() {
        let items: Vec<usize> = (0..1000).collect();
        let doubled = in_parallel("doubling", &items, |item| Ok(item * 2)).expect("nothing fails");
        assert!(doubled.iter().enumerate().all(|(index, double)| *double == index * 2));
        let failed = in_parallel("failing", &items, |item| {
            anyhow::ensure!(*item != 10, "ten");
            Ok(())
        });
        assert_eq!(failed.expect_err("ten fails").to_string(), "ten");
    }
}
