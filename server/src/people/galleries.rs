//! The galleries of all models at one moment, and the one question asked of them.

use std::sync::Arc;

use rostro_core::decision::{Decision, Metric, Outcome, Rule, scored};
use rostro_core::{Embedding, Gallery, ModelId};
use rostro_wire::v1;

use super::PersonCard;
use crate::settings::OneIn;

/// The enrolled encodings of everybody active, by model, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Galleries {
    galleries: Vec<Gallery<Arc<PersonCard>>>,
}

/// What the relay found for one face.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Who it is; `None` when nobody is near enough, or that is not sure.
    pub person: Option<Arc<PersonCard>>,
    /// In what it was measured.
    pub metric: Metric,
    /// Distance to the nearest person, known or not; `None` when there is nobody to compare with.
    pub distance: Option<f32>,
    /// The threshold that decided.
    pub threshold: f32,
    /// What was decided, and why; `None` when there is nobody who could be the answer.
    pub decision: Option<v1::Decision>,
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

    /// What is held of one model, be it nothing but negatives of people who are enrolled in none or in another.
    #[must_use]
    pub(crate) fn held(&self, model: ModelId) -> Option<&Gallery<Arc<PersonCard>>> {
        self.galleries.iter().find(|gallery| gallery.model() == model)
    }

    /// The galleries as if nobody but this person were enrolled.
    #[must_use]
    pub fn only(&self, person_id: &str) -> Self {
        let mut only = Self::default();
        for gallery in &self.galleries {
            for (person, entry) in gallery.entries().filter(|(person, _)| person.id == person_id) {
                if let Ok(embedding) = Embedding::new(gallery.model(), entry) {
                    only.push(Arc::clone(person), &embedding);
                }
            }
            let negatives = gallery.negatives().filter(|(person, _)| person.id == person_id);
            for (person, negative) in negatives {
                if let Ok(embedding) = Embedding::new(gallery.model(), negative) {
                    only.push_negative(Arc::clone(person), &embedding);
                }
            }
        }
        only
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

    /// Who one face is, given its embeddings in one or more models: by both models together where the person is
    /// enrolled in both.
    ///
    /// Where there is nobody to compare with, the threshold is that of the first embedding's model.
    #[must_use]
    pub fn identify(&self, probes: &[Embedding], rule: &Rule) -> Measured {
        let decision = self.decide(probes, rule);
        let told = v1::Decision::new(&decision);
        let Some(evidence) = decision.evidence else { return self.nobody(probes, rule) };
        let person = match decision.outcome {
            Outcome::Known(person) => Some(person),
            Outcome::Unknown | Outcome::NotSure(_) => None,
        };
        Measured {
            person,
            metric: evidence.metric,
            distance: Some(evidence.distance),
            threshold: evidence.threshold,
            decision: told,
        }
    }

    /// As [`Galleries::identify`], as it was decided.
    #[must_use]
    pub fn decide(&self, probes: &[Embedding], rule: &Rule) -> Decision<Arc<PersonCard>> {
        let own = |person: &&Arc<PersonCard>| person.stranger_named.map(OneIn::rate);
        rule.decide(&scored(probes, &self.galleries), own).cloned()
    }

    /// What is measured where nobody can be the answer: nobody is enrolled, or whoever is near was ruled out by
    /// corrections, and the relay did measure.
    fn nobody(&self, probes: &[Embedding], rule: &Rule) -> Measured {
        let nearest =
            probes.iter().find_map(|probe| self.gallery(probe.model())?.nearest_distance(probe));
        let model = nearest.map(|distance| distance.model());
        let model = model.or_else(|| probes.first().map(Embedding::model));
        let metric = Metric::from(model.unwrap_or(ModelId::DEFAULT));
        let threshold = rule.limits.of(metric);
        let distance = nearest.map(|distance| distance.value());
        Measured { person: None, metric, distance, threshold, decision: None }
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

    const DLIB: ModelId = ModelId::DlibResnetV1;
    const SFACE: ModelId = ModelId::Sface2021Dec;

    fn embedding(model: ModelId, first: f32) -> Embedding {
        let mut values = [0.1; rostro_core::EMBEDDING_LEN];
        values[0] = first;
        Embedding::new(model, &values).unwrap()
    }

    fn name(measured: &Measured) -> Option<&str> {
        measured.person.as_ref().map(|person| person.name.as_str())
    }

    #[test]
    fn a_face_is_decided_in_every_model_that_somebody_is_enrolled_in() {
        let rule = SettingsValues::default().rule();
        let mut galleries = Galleries::default();
        let probes = [embedding(SFACE, 0.1), embedding(DLIB, 0.1)];

        let nobody = galleries.identify(&probes, &rule);
        assert_eq!((name(&nobody), nobody.distance, nobody.metric), (None, None, SFACE.into()));
        assert_eq!(nobody.decision, None);

        galleries.push(PersonCard::named("ana"), &embedding(DLIB, 0.3));
        assert_eq!(galleries.models(), [DLIB]);
        let found = galleries.identify(&probes, &rule);
        assert_eq!((name(&found), found.metric), (Some("ana"), DLIB.into()));
        assert!((found.distance.unwrap() - 0.2).abs() < 1e-6);
        assert_eq!(found.decision.unwrap().outcome, v1::Outcome::Known);

        let elsewhere = galleries.identify(&probes[..1], &rule);
        assert_eq!(name(&elsewhere), None, "models never meet");

        galleries.push(PersonCard::named("ana"), &embedding(SFACE, 0.1));
        assert_eq!(galleries.len(), 2);
        assert_eq!(galleries.identify(&probes, &rule).metric, Metric::Combined);
        assert_eq!(galleries.identify(&probes[..1], &rule).metric, SFACE.into());
    }

    #[test]
    fn the_more_people_the_nearer_a_face_must_be_unless_the_threshold_alone_decides() {
        let settings = SettingsValues::default();
        let mut galleries = Galleries::default();
        galleries.push(PersonCard::named("ana"), &embedding(DLIB, 0.1));
        let probe = [embedding(DLIB, 0.58)];
        let legacy = galleries.identify(&probe, &settings.legacy_rule());
        assert_eq!((name(&legacy), legacy.threshold), (Some("ana"), 0.6));
        let alone = galleries.identify(&probe, &settings.rule()).threshold;
        for other in 0..200_u8 {
            let far = embedding(DLIB, 3.0 + f32::from(other));
            galleries.push(PersonCard::named(&other.to_string()), &far);
        }
        let among_many = galleries.identify(&probe, &settings.rule());
        assert_eq!(name(&among_many), None);
        assert!(among_many.threshold < alone);
        assert_eq!(name(&galleries.identify(&probe, &settings.legacy_rule())), Some("ana"));
    }

    #[test]
    fn a_persons_own_rate_counts_for_them_alone() {
        let mut galleries = Galleries::default();
        let strict = PersonCard {
            stranger_named: Some(OneIn::new(10_000_000).unwrap()),
            ..PersonCard::clone(&PersonCard::named("twin"))
        };
        galleries.push(Arc::new(strict), &embedding(SFACE, 3.0));
        galleries.push(PersonCard::named("ana"), &embedding(SFACE, -3.0));
        let rule = SettingsValues::default().rule();
        let threshold = |first| galleries.identify(&[embedding(SFACE, first)], &rule).threshold;
        assert!(threshold(3.0) < threshold(-3.0));
    }

    #[test]
    fn a_face_that_was_corrected_was_measured() {
        let mut galleries = Galleries::default();
        galleries.push(PersonCard::named("ana"), &embedding(DLIB, 0.1));
        galleries.push_negative(PersonCard::named("ana"), &embedding(DLIB, 0.2));
        let rule = SettingsValues::default().rule();
        let measured = galleries.identify(&[embedding(DLIB, 0.2)], &rule);
        assert_eq!((name(&measured), measured.decision), (None, None));
        assert!((measured.distance.unwrap() - 0.1).abs() < 1e-6);
    }
}
