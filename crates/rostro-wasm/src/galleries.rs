//! The people to look for: one gallery for each model.

use std::collections::HashMap;
use std::rc::Rc;

use rostro_core::embedding::legacy_confidence;
use rostro_core::enrolment::check_samples;
use rostro_core::gallery::best_of;
use rostro_core::tracks::LookOutcome;
use rostro_core::{
    Distance, EMBEDDING_LEN, Embedding, Gallery, Identification, ModelId, Threshold,
};
use rostro_wire::ErrorCode;

use crate::fault::Fault;
use crate::quality::SampleCheck;
use crate::shapes::FaceMatch;

/// Who an embedding belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Who was nearest to a face, and the threshold of the same model.
struct Found {
    person: Option<Rc<Person>>,
    nearest: Option<Distance>,
    threshold: Threshold,
}

struct Entry {
    gallery: Gallery<Rc<Person>>,
    threshold: Threshold,
}

/// Enrolled embeddings, flat: one id, one name and [`EMBEDDING_LEN`] numbers for each.
pub(crate) struct Entries {
    pub(crate) ids: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) vectors: Vec<f32>,
}

/// Embeddings that are not of the person whom they were taken for, flat: that person's id and [`EMBEDDING_LEN`]
/// numbers for each. Those of people without an entry count for nothing.
#[derive(Default)]
pub(crate) struct Negatives {
    pub(crate) ids: Vec<String>,
    pub(crate) vectors: Vec<f32>,
}

/// The numbers of each of `ids`.
fn chunks<'a>(ids: &[String], vectors: &'a [f32]) -> Result<&'a [[f32; EMBEDDING_LEN]], Fault> {
    let (vectors, rest) = vectors.as_chunks::<EMBEDDING_LEN>();
    if ids.len() == vectors.len() && rest.is_empty() { Ok(vectors) } else { Err(misfit()) }
}

fn misfit() -> Fault {
    let message = "a gallery has as many ids as names, and 128 numbers for each";
    Fault::new(ErrorCode::InvalidRequest, message)
}

/// At most one gallery for each model.
#[derive(Default)]
pub(crate) struct Galleries(Vec<Entry>);

impl Galleries {
    /// Replaces the gallery of `model`. On an error nothing changes. Returns the number of embeddings, without the
    /// negatives.
    pub(crate) fn set(
        &mut self,
        model: ModelId,
        threshold: Threshold,
        entries: Entries,
        negatives: &Negatives,
    ) -> Result<usize, Fault> {
        let Entries { ids, names, vectors } = entries;
        let vectors = chunks(&ids, &vectors)?;
        if ids.len() != names.len() {
            return Err(misfit());
        }
        let mut gallery = Gallery::new(model);
        let mut people = HashMap::new();
        for ((id, name), vector) in ids.into_iter().zip(names).zip(vectors) {
            let person = Rc::new(Person { id, name });
            people.insert(person.id.clone(), Rc::clone(&person));
            gallery.push(person, &Embedding::new(model, vector)?);
        }
        for (id, vector) in negatives.ids.iter().zip(chunks(&negatives.ids, &negatives.vectors)?) {
            let negative = Embedding::new(model, vector)?;
            if let Some(person) = people.get(id) {
                gallery.push_negative(Rc::clone(person), &negative);
            }
        }
        let count = gallery.len();
        self.0.retain(|entry| entry.gallery.model() != model);
        self.0.push(Entry { gallery, threshold });
        Ok(count)
    }

    /// Who a face with these embeddings is; `None` where there is no gallery for any of their models.
    pub(crate) fn identify(&self, embeddings: &[Embedding]) -> Option<FaceMatch> {
        self.find(embeddings).map(FaceMatch::from)
    }

    /// What is wrong with samples of one person, all of `model`; `except` is the id of that person where they are enrolled
    /// already.
    pub(crate) fn check(
        &self,
        model: ModelId,
        samples: &[Embedding],
        except: Option<&str>,
    ) -> SampleCheck {
        let entry = self.0.iter().find(|entry| entry.gallery.model() == model);
        let threshold = entry.map_or(model.default_threshold(), |entry| entry.threshold);
        let is_same = |person: &Rc<Person>| Some(person.id.as_str()) == except;
        check_samples(samples, threshold, entry.map(|entry| &entry.gallery), is_same).into()
    }

    /// What one look at a face says of who it is.
    pub(crate) fn outcome(&self, embeddings: &[Embedding]) -> LookOutcome<Person> {
        match self.find(embeddings) {
            Some(Found { person: Some(person), nearest: Some(distance), threshold }) => {
                LookOutcome::known(Person::clone(&person), distance, threshold)
            }
            Some(found) => LookOutcome::beyond(found.nearest, found.threshold),
            None => LookOutcome::Unknown,
        }
    }

    fn find(&self, embeddings: &[Embedding]) -> Option<Found> {
        let asked: Vec<(&Entry, &Embedding)> = embeddings
            .iter()
            .filter_map(|embedding| {
                let of_model = |entry: &&Entry| entry.gallery.model() == embedding.model();
                self.0.iter().find(of_model).map(|entry| (entry, embedding))
            })
            .collect();
        let (first, _) = asked.first()?;
        let answers = asked.iter().map(|(entry, embedding)| {
            (entry.gallery.identify(embedding, entry.threshold), entry.threshold)
        });
        let (person, nearest) = match best_of(answers) {
            Identification::Known(candidate) => (Some(candidate.subject), Some(candidate.distance)),
            Identification::Unknown { nearest } => (None, nearest.map(|nearest| nearest.distance)),
        };
        let model = nearest.map_or(first.threshold.model(), |distance| distance.model());
        let threshold = asked
            .iter()
            .map(|(entry, _)| entry.threshold)
            .find(|threshold| threshold.model() == model)?;
        Some(Found { person, nearest, threshold })
    }
}

impl From<Found> for FaceMatch {
    fn from(found: Found) -> Self {
        let Found { person, nearest, threshold } = found;
        Self {
            confidence: match (&person, nearest) {
                (Some(_), Some(distance)) => legacy_confidence(distance),
                _ => 0.0,
            },
            person_id: person.as_ref().map(|person| person.id.clone()),
            name: person.map(|person| person.name.clone()),
            distance: nearest.map(|distance| distance.value()),
            threshold: threshold.max(),
            model: threshold.model().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SFACE: ModelId = ModelId::Sface2021Dec;
    const DLIB: ModelId = ModelId::DlibResnetV1;

    fn vector(first: f32) -> [f32; EMBEDDING_LEN] {
        let mut values = [0.1; EMBEDDING_LEN];
        values[0] = first;
        values
    }

    fn embedding(model: ModelId, first: f32) -> Embedding {
        Embedding::new(model, &vector(first)).unwrap()
    }

    fn strings(values: &[&str]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }

    fn two() -> Entries {
        Entries {
            ids: strings(&["1", "2"]),
            names: strings(&["Ana", "Luis"]),
            vectors: [vector(0.0), vector(1.0)].concat(),
        }
    }

    fn galleries() -> Galleries {
        let mut galleries = Galleries::default();
        let count = galleries.set(DLIB, DLIB.default_threshold(), two(), &Negatives::default());
        assert_eq!(count.unwrap(), 2);
        galleries
    }

    #[test]
    fn names_the_nearest_within_the_threshold() {
        let found = galleries().identify(&[embedding(DLIB, 0.9)]).unwrap();
        assert_eq!((found.person_id.as_deref(), found.name.as_deref()), (Some("2"), Some("Luis")));
        assert_eq!((found.threshold, found.model.as_str()), (0.6, "dlib-resnet-v1"));
        assert!(
            (found.distance.unwrap() - 0.1).abs() < 1e-6 && (found.confidence - 0.9).abs() < 1e-6
        );
    }

    #[test]
    fn what_was_corrected_is_not_named_again() {
        let mut galleries = galleries();
        let negatives = Negatives {
            ids: strings(&["2", "gone"]),
            vectors: [vector(0.5), vector(0.0)].concat(),
        };
        galleries.set(DLIB, DLIB.default_threshold(), two(), &negatives).unwrap();
        let name = |first| galleries.identify(&[embedding(DLIB, first)]).unwrap().name;
        assert_eq!(name(0.65).as_deref(), None, "Luis lies nearest, and it is not him");
        assert_eq!(name(0.4).as_deref(), Some("Ana"), "she was not corrected");
        assert_eq!(name(1.0).as_deref(), Some("Luis"));
    }

    #[test]
    fn somebody_unknown_has_a_distance_and_no_name() {
        let found = galleries().identify(&[embedding(DLIB, 2.0)]).unwrap();
        assert_eq!((found.person_id, found.name, found.confidence), (None, None, 0.0));
        assert!((found.distance.unwrap() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_model_without_a_gallery_gives_no_match_and_an_empty_gallery_knows_nobody() {
        let mut galleries = galleries();
        let probe = [embedding(SFACE, 0.5)];
        assert_eq!(galleries.identify(&probe), None);
        let threshold = SFACE.default_threshold();
        let nobody = Entries { ids: vec![], names: vec![], vectors: vec![] };
        galleries.set(SFACE, threshold, nobody, &Negatives::default()).unwrap();
        let found = galleries.identify(&probe).unwrap();
        assert_eq!((found.name, found.distance, found.threshold), (None, None, threshold.max()));
    }

    #[test]
    fn samples_are_held_against_everybody_else() {
        let galleries = galleries();
        let samples = [embedding(DLIB, 0.95), embedding(DLIB, 0.97), embedding(DLIB, 1.4)];
        let check = |except| galleries.check(DLIB, &samples, except);
        assert_eq!(check(None).near_identical, [(0, 1)]);
        let found = check(Some("1")).already_enrolled.unwrap();
        assert_eq!((found.person_id.as_str(), found.name.as_str()), ("2", "Luis"));
        assert!((found.distance - 0.03).abs() < 1e-5);
        assert_eq!(check(Some("2")).already_enrolled, None, "more samples of Luis");
        let unlike = [embedding(SFACE, 0.1), embedding(SFACE, -30.0)];
        let check = galleries.check(SFACE, &unlike, None);
        assert_eq!((check.odd, check.already_enrolled), (vec![0, 1], None), "no gallery is set");
    }

    #[test]
    fn a_gallery_that_does_not_fit_changes_nothing() {
        let mut galleries = galleries();
        let one = strings(&["1"]);
        let nan = [f32::NAN; EMBEDDING_LEN];
        for (name, names, vectors, code) in [
            ("a number short", &one, &vector(0.0)[1..], ErrorCode::InvalidRequest),
            ("no names", &vec![], &vector(0.0)[..], ErrorCode::InvalidRequest),
            ("no numbers", &one, &nan[..], ErrorCode::InvalidEmbedding),
        ] {
            let threshold = DLIB.default_threshold();
            let entries =
                Entries { ids: one.clone(), names: names.clone(), vectors: vectors.to_vec() };
            let fault = galleries.set(DLIB, threshold, entries, &Negatives::default()).unwrap_err();
            assert_eq!(fault.code, code, "{name}");
            let negatives = Negatives { ids: names.clone(), vectors: vectors.to_vec() };
            let fault = galleries.set(DLIB, threshold, two(), &negatives).unwrap_err();
            assert_eq!(fault.code, code, "negatives: {name}");
        }
        assert!(galleries.identify(&[embedding(DLIB, 0.0)]).unwrap().name.is_some());
    }
}
