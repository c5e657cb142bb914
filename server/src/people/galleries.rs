//! The galleries of all models at one moment, and the one question asked of them.

use std::sync::Arc;

use rostro_core::gallery::best_of;
use rostro_core::{Distance, Embedding, Gallery, Identification, ModelId, Threshold};

use super::PersonCard;
use crate::settings::Thresholds;

/// The enrolled encodings of everybody active, by model, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Galleries {
    galleries: Vec<Gallery<Arc<PersonCard>>>,
}

/// What the relay found for one face.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Who it is; `None` when nobody is near enough.
    pub person: Option<Arc<PersonCard>>,
    /// Distance to the nearest person, known or not; `None` when there is nobody to compare with.
    pub nearest: Option<Distance>,
    /// The threshold that decided, of the same model.
    pub threshold: Threshold,
}

impl Galleries {
    /// The models that somebody is enrolled in.
    #[must_use]
    pub fn models(&self) -> Vec<ModelId> {
        self.enrolled().map(Gallery::model).collect()
    }

    /// The gallery of one model; `None` when nobody is enrolled in it.
    #[must_use]
    pub fn gallery(&self, model: ModelId) -> Option<&Gallery<Arc<PersonCard>>> {
        self.enrolled().find(|gallery| gallery.model() == model)
    }

    /// Encodings held, over all models.
    #[must_use]
    pub fn len(&self) -> usize {
        self.galleries.iter().map(Gallery::len).sum()
    }

    /// Whether nobody is enrolled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.enrolled().next().is_none()
    }

    /// Who one face is, given its embeddings in one or more models: the best of them.
    ///
    /// Where there is nobody to compare with, the threshold is that of the first embedding's model.
    #[must_use]
    pub fn identify(&self, probes: &[Embedding], thresholds: &Thresholds) -> Measured {
        let answers = probes.iter().filter_map(|probe| {
            let threshold = thresholds.of(probe.model());
            Some((self.gallery(probe.model())?.identify(probe, threshold), threshold))
        });
        let (person, nearest) = match best_of(answers) {
            Identification::Known(found) => (Some(found.subject), Some(found.distance)),
            Identification::Unknown { nearest } => (None, nearest.map(|found| found.distance)),
        };
        // A face that was corrected has nobody left, and yet the relay did measure.
        let measured =
            || probes.iter().find_map(|probe| self.gallery(probe.model())?.nearest_distance(probe));
        let nearest = nearest.or_else(measured);
        let decided = nearest.map(Distance::model).or_else(|| probes.first().map(Embedding::model));
        Measured { person, nearest, threshold: thresholds.of(decided.unwrap_or(ModelId::DEFAULT)) }
    }

    /// Adds one encoding.
    pub(super) fn push(&mut self, person: Arc<PersonCard>, embedding: &Embedding) {
        self.of_model(embedding.model()).push(person, embedding);
    }

    /// Adds an embedding that is not of `person`, whom it was taken for.
    pub(super) fn push_negative(&mut self, person: Arc<PersonCard>, embedding: &Embedding) {
        self.of_model(embedding.model()).push_negative(person, embedding);
    }

    /// The galleries that hold somebody: one may hold nothing but negatives, for those who are enrolled later.
    fn enrolled(&self) -> impl Iterator<Item = &Gallery<Arc<PersonCard>>> {
        self.galleries.iter().filter(|gallery| !gallery.is_empty())
    }

    fn of_model(&mut self, model: ModelId) -> &mut Gallery<Arc<PersonCard>> {
        let index = self.galleries.iter().position(|gallery| gallery.model() == model);
        let index = index.unwrap_or_else(|| {
            self.galleries.push(Gallery::new(model));
            self.galleries.len() - 1
        });
        &mut self.galleries[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SettingsValues;

    fn embedding(model: ModelId, first: f32) -> Embedding {
        let mut values = [0.1; rostro_core::EMBEDDING_LEN];
        values[0] = first;
        Embedding::new(model, &values).unwrap()
    }

    fn card(name: &str) -> Arc<PersonCard> {
        Arc::new(PersonCard {
            id: name.to_owned(),
            name: name.to_owned(),
            unit: None,
            kind: None,
            document: None,
            client_id: None,
        })
    }

    #[test]
    fn a_probe_is_judged_in_every_model_that_somebody_is_enrolled_in() {
        let (dlib, sface) = (ModelId::DlibResnetV1, ModelId::Sface2021Dec);
        let thresholds = SettingsValues::default().thresholds();
        let mut galleries = Galleries::default();
        let probes = [embedding(sface, 0.1), embedding(dlib, 0.1)];

        let nobody = galleries.identify(&probes, &thresholds);
        assert_eq!((nobody.person, nobody.nearest, nobody.threshold.model()), (None, None, sface));

        galleries.push(card("ana"), &embedding(dlib, 0.3));
        assert_eq!(galleries.models(), [dlib]);
        let found = galleries.identify(&probes, &thresholds);
        assert_eq!(found.person.unwrap().name, "ana");
        assert_eq!(found.threshold.model(), dlib);
        assert!((found.nearest.unwrap().value() - 0.2).abs() < 1e-6);

        let elsewhere = galleries.identify(&probes[..1], &thresholds);
        assert_eq!(elsewhere.person, None, "models never meet");

        galleries.push(card("ana"), &embedding(sface, 0.1));
        assert_eq!(galleries.len(), 2);
        assert_eq!(galleries.identify(&probes, &thresholds).threshold.model(), sface);
    }
}
