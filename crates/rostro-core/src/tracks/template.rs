//! What the face of a track looks like: per model, the best few embeddings and their weighted mean.

use super::LookQuality;
use crate::embedding::{EMBEDDING_LEN, Embedding, ModelId};

/// The face of a track, in every model that it was embedded with.
#[derive(Clone, Debug, Default)]
pub(super) struct Templates {
    models: Vec<Template>,
}

#[derive(Clone, Debug)]
struct Template {
    model: ModelId,
    /// Best first.
    samples: Vec<(Embedding, LookQuality)>,
    mean: Embedding,
}

impl Templates {
    /// Embeddings kept of each model.
    const SAMPLES: usize = 6;

    /// Whether nothing is known of the face.
    pub(super) const fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// The best quality held; 0 when there is none.
    pub(super) fn best_quality(&self) -> f32 {
        let best = |template: &Template| template.samples.first().map(|sample| sample.1.value());
        self.models.iter().filter_map(best).fold(0.0, f32::max)
    }

    /// How far `embeddings` lie from the face, as a fraction of each model's default threshold, on average over the
    /// models: up to 1 it is taken for the same. `None` when no model is known to both.
    pub(super) fn misfit(&self, embeddings: &[Embedding]) -> Option<f32> {
        let of_each = embeddings.iter().filter_map(|embedding| {
            self.models
                .iter()
                .find(|template| template.model == embedding.model())
                .map(|template| template.misfit(embedding))
        });
        let (sum, count) = of_each.fold((0.0, 0_u8), |(sum, count), one| (sum + one, count + 1));
        (count > 0).then(|| sum / f32::from(count))
    }

    /// Takes a look in; of more than a few, the best are kept.
    pub(super) fn add(&mut self, embeddings: &[Embedding], quality: LookQuality) {
        for embedding in embeddings {
            let known = self.models.iter_mut().find(|known| known.model == embedding.model());
            match known {
                Some(template) => template.add(embedding, quality),
                None => self.models.push(Template {
                    model: embedding.model(),
                    samples: vec![(embedding.clone(), quality)],
                    mean: embedding.clone(),
                }),
            }
        }
    }
}

impl Template {
    fn misfit(&self, embedding: &Embedding) -> f32 {
        let samples = self.samples.iter().map(|sample| &sample.0);
        let distances = samples.chain([&self.mean]).filter_map(|sample| embedding.distance(sample));
        let nearest = distances.map(|distance| distance.value()).fold(f32::INFINITY, f32::min);
        nearest / self.model.default_threshold().max()
    }

    fn add(&mut self, embedding: &Embedding, quality: LookQuality) {
        let place = self.samples.partition_point(|sample| sample.1.value() >= quality.value());
        if place >= Templates::SAMPLES {
            return;
        }
        self.samples.insert(place, (embedding.clone(), quality));
        self.samples.truncate(Templates::SAMPLES);
        let mut mean = [0.0_f32; EMBEDDING_LEN];
        let total: f32 = self.samples.iter().map(|sample| sample.1.value()).sum();
        for (embedding, quality) in &self.samples {
            for (sum, value) in mean.iter_mut().zip(embedding.values()) {
                *sum += value * quality.value() / total;
            }
        }
        // A mean of length zero is no face's; then the best look stands alone.
        self.mean = Embedding::new(self.model, &mean).unwrap_or_else(|_| self.samples[0].0.clone());
    }
}
