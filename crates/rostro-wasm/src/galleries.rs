//! The people to look for: one gallery for each model, and by what a face is given a name.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use rostro_core::decision::{Decision, FalseMatchRate, Limits, Outcome, Policy, Rule, scored};
use rostro_core::enrolment::check_samples;
use rostro_core::tracks::LookOutcome;
use rostro_core::{EMBEDDING_LEN, Embedding, Gallery, ModelId, Threshold};
use rostro_wire::ErrorCode;

use crate::fault::Fault;
use crate::quality::SampleCheck;
use crate::shapes::{FaceMatch, GalleryRule};

/// Who an embedding belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl GalleryRule {
    /// Everybody's rate; `None` where the threshold alone decides.
    fn rate(&self) -> Result<Option<FalseMatchRate>, Fault> {
        match (self.stranger_named_one_in, self.threshold) {
            (Some(n), _) => rate_of(n).map(Some),
            (None, Some(_)) => Ok(None),
            (None, None) => rate_of(Policy::DEFAULT_ONE_IN).map(Some),
        }
    }

    fn own(&self) -> Result<HashMap<String, FalseMatchRate>, Fault> {
        let own = self.own_rates.iter();
        own.map(|own| Ok((own.person_id.clone(), rate_of(own.stranger_named_one_in)?))).collect()
    }
}

fn rate_of(one_in: u32) -> Result<FalseMatchRate, Fault> {
    FalseMatchRate::one_in(one_in).ok_or_else(|| {
        Fault::new(ErrorCode::InvalidRequest, "a rate is one in so many, at least 1")
    })
}

struct Entry {
    gallery: Gallery<Rc<Person>>,
    threshold: Threshold,
    rate: Option<FalseMatchRate>,
    own: HashMap<String, FalseMatchRate>,
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
pub(crate) struct Galleries {
    entries: Vec<Entry>,
    /// The last faces that were asked for, and who they are: a face that is followed is asked for in every frame, and its
    /// embeddings change in few.
    answers: RefCell<VecDeque<(Vec<Embedding>, FaceMatch)>>,
}

/// Answers that are kept: as many as a frame has faces.
const MAX_ANSWERS: usize = 64;

impl Galleries {
    /// Replaces the gallery of `model`. On an error nothing changes. Returns the number of embeddings, without the
    /// negatives.
    pub(crate) fn set(
        &mut self,
        model: ModelId,
        rule: &GalleryRule,
        entries: Entries,
        negatives: &Negatives,
    ) -> Result<usize, Fault> {
        let Entries { ids, names, vectors } = entries;
        let vectors = chunks(&ids, &vectors)?;
        if ids.len() != names.len() {
            return Err(misfit());
        }
        let threshold = threshold_of(model, rule.threshold)?;
        let (rate, own) = (rule.rate()?, rule.own()?);
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
        self.entries.retain(|entry| entry.gallery.model() != model);
        self.entries.push(Entry { gallery, threshold, rate, own });
        self.answers.get_mut().clear();
        Ok(count)
    }

    /// Who a face with these embeddings is; `None` where there is no gallery for any of their models.
    pub(crate) fn identify(&self, embeddings: &[Embedding]) -> Option<FaceMatch> {
        let asked = self.asked(embeddings);
        let (first, _) = asked.first()?;
        let mut answers = self.answers.borrow_mut();
        if let Some((_, answer)) = answers.iter().find(|(face, _)| face == embeddings) {
            return Some(answer.clone());
        }
        let decision = self.decide(embeddings);
        let answer = FaceMatch::of(decision).unwrap_or_else(|| nobody(&asked, first));
        if answers.len() == MAX_ANSWERS {
            answers.pop_front();
        }
        answers.push_back((embeddings.to_vec(), answer.clone()));
        Some(answer)
    }

    /// What is wrong with samples of one person, all of `model`; `except` is the id of that person where they are enrolled
    /// already.
    pub(crate) fn check(
        &self,
        model: ModelId,
        samples: &[Embedding],
        except: Option<&str>,
    ) -> SampleCheck {
        let entry = self.entries.iter().find(|entry| entry.gallery.model() == model);
        let threshold = entry.map_or(model.default_threshold(), |entry| entry.threshold);
        let is_same = |person: &Rc<Person>| Some(person.id.as_str()) == except;
        check_samples(samples, threshold, entry.map(|entry| &entry.gallery), is_same).into()
    }

    /// What one look at a face says of who it is.
    pub(crate) fn outcome(&self, embeddings: &[Embedding]) -> LookOutcome<Person> {
        let Decision { outcome, evidence } = self.decide(embeddings);
        let outcome = match outcome {
            Outcome::Known(person) => Outcome::Known(Person::clone(&person)),
            Outcome::Unknown => Outcome::Unknown,
            Outcome::NotSure(doubt) => Outcome::NotSure(doubt),
        };
        LookOutcome::of_decision(Decision { outcome, evidence })
    }

    fn decide(&self, embeddings: &[Embedding]) -> Decision<Rc<Person>> {
        let candidates = scored(embeddings, self.entries.iter().map(|entry| &entry.gallery));
        let strictest = |a: FalseMatchRate, b| if a < b { a } else { b };
        // Where galleries differ in their rates, the strictest holds.
        let own = |person: &&Rc<Person>| {
            self.entries
                .iter()
                .filter_map(|entry| entry.own.get(&person.id))
                .copied()
                .reduce(strictest)
        };
        self.rule(embeddings, strictest).decide(&candidates, own).cloned()
    }

    fn rule(
        &self,
        embeddings: &[Embedding],
        strictest: impl Fn(FalseMatchRate, FalseMatchRate) -> FalseMatchRate,
    ) -> Rule {
        let asked = self.asked(embeddings);
        let limits =
            asked.iter().fold(Limits::DEFAULT, |limits, (entry, _)| limits.with(entry.threshold));
        let rate = asked.iter().filter_map(|(entry, _)| entry.rate).reduce(strictest);
        Rule { limits, policy: rate.map(Policy::new) }
    }

    /// The galleries of these models, each with the probe that it is asked about.
    fn asked<'a>(&'a self, embeddings: &'a [Embedding]) -> Vec<(&'a Entry, &'a Embedding)> {
        let gallery_of = |embedding: &'a Embedding| {
            let of_model = |entry: &&Entry| entry.gallery.model() == embedding.model();
            self.entries.iter().find(of_model).map(|entry| (entry, embedding))
        };
        embeddings.iter().filter_map(gallery_of).collect()
    }
}

/// Nobody can be the answer: the galleries are empty, or whoever is near was ruled out by corrections.
fn nobody(asked: &[(&Entry, &Embedding)], first: &Entry) -> FaceMatch {
    let nearest = asked
        .iter()
        .find_map(|(entry, probe)| Some((entry.threshold, entry.gallery.nearest_distance(probe)?)));
    let threshold = nearest.map_or(first.threshold, |(threshold, _)| threshold);
    FaceMatch::nobody(threshold, nearest.map(|(_, distance)| distance.value()))
}

/// A threshold in `model`'s own metric, its default where none is given.
pub(crate) fn threshold_of(model: ModelId, max: Option<f32>) -> Result<Threshold, Fault> {
    match max {
        None => Ok(model.default_threshold()),
        Some(max) => Ok(Threshold::new(model, max)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{MatchOutcome, OwnRate};

    const SFACE: ModelId = ModelId::Sface2021Dec;

    fn rule(threshold: Option<f32>, one_in: Option<u32>) -> GalleryRule {
        GalleryRule { threshold, stranger_named_one_in: one_in, own_rates: Vec::new() }
    }

    /// What a relay of old says: the threshold decides.
    fn limit_only() -> GalleryRule {
        rule(Some(0.6), None)
    }
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
        let count = galleries.set(DLIB, &limit_only(), two(), &Negatives::default());
        assert_eq!(count.unwrap(), 2);
        galleries
    }

    #[test]
    fn names_the_nearest_within_the_threshold() {
        let found = galleries().identify(&[embedding(DLIB, 0.9)]).unwrap();
        assert_eq!((found.person_id.as_deref(), found.name.as_deref()), (Some("2"), Some("Luis")));
        assert_eq!((found.threshold, found.model.as_str()), (0.6, "dlib-resnet-v1"));
        assert!(
            (found.distance.unwrap() - 0.1).abs() < 1e-6
                && (0.99..=1.0).contains(&found.confidence)
        );
        assert_eq!(found.outcome, MatchOutcome::Known);
    }

    #[test]
    fn what_was_corrected_is_not_named_again() {
        let mut galleries = galleries();
        let negatives = Negatives {
            ids: strings(&["2", "gone"]),
            vectors: [vector(0.5), vector(0.0)].concat(),
        };
        galleries.set(DLIB, &limit_only(), two(), &negatives).unwrap();
        let name = |first| galleries.identify(&[embedding(DLIB, first)]).unwrap().name;
        assert_eq!(name(0.65).as_deref(), None, "Luis lies nearest, and it is not him");
        assert_eq!(name(0.4).as_deref(), Some("Ana"), "she was not corrected");
        assert_eq!(name(1.0).as_deref(), Some("Luis"));
    }

    #[test]
    fn a_face_that_was_asked_for_is_asked_for_anew_once_the_gallery_changes() {
        let mut galleries = galleries();
        let face = [embedding(DLIB, 0.9)];
        let first = galleries.identify(&face);
        assert_eq!(galleries.identify(&face), first);
        assert_eq!(galleries.answers.borrow().len(), 1);
        let nobody = Entries { ids: vec![], names: vec![], vectors: vec![] };
        galleries.set(DLIB, &limit_only(), nobody, &Negatives::default()).unwrap();
        assert_eq!(galleries.identify(&face).unwrap().name, None);
        for other in 0..100_u8 {
            galleries.identify(&[embedding(DLIB, f32::from(other))]);
        }
        assert_eq!(galleries.answers.borrow().len(), MAX_ANSWERS);
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
        galleries.set(SFACE, &rule(None, None), nobody, &Negatives::default()).unwrap();
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
            let entries =
                Entries { ids: one.clone(), names: names.clone(), vectors: vectors.to_vec() };
            let fault =
                galleries.set(DLIB, &limit_only(), entries, &Negatives::default()).unwrap_err();
            assert_eq!(fault.code, code, "{name}");
            let negatives = Negatives { ids: names.clone(), vectors: vectors.to_vec() };
            let fault = galleries.set(DLIB, &limit_only(), two(), &negatives).unwrap_err();
            assert_eq!(fault.code, code, "negatives: {name}");
        }
        assert!(galleries.identify(&[embedding(DLIB, 0.0)]).unwrap().name.is_some());
    }

    #[test]
    fn a_rate_makes_three_answers_of_two() {
        let mut galleries = Galleries::default();
        galleries.set(DLIB, &rule(Some(0.6), Some(1000)), two(), &Negatives::default()).unwrap();
        let outcome = |galleries: &Galleries, first| {
            let found = galleries.identify(&[embedding(DLIB, first)]).unwrap();
            assert_eq!(found.name.is_some(), found.outcome == MatchOutcome::Known);
            found.outcome
        };
        assert_eq!(outcome(&galleries, 0.1), MatchOutcome::Known);
        assert_eq!(outcome(&galleries, 0.5), MatchOutcome::NotSure, "between two people");
        assert_eq!(outcome(&galleries, 3.0), MatchOutcome::Unknown);
        let look = galleries.outcome(&[embedding(DLIB, 0.5)]);
        assert_eq!(look, LookOutcome::NotSure);

        let own = OwnRate { person_id: "1".to_owned(), stranger_named_one_in: 100_000_000 };
        let strict = GalleryRule { own_rates: vec![own], ..rule(None, Some(1000)) };
        galleries.set(DLIB, &strict, two(), &Negatives::default()).unwrap();
        let threshold = |first| galleries.identify(&[embedding(DLIB, first)]).unwrap().threshold;
        assert!(threshold(0.0) < threshold(1.0));
    }

    #[test]
    fn somebody_in_two_galleries_is_judged_by_both_models() {
        let mut galleries = Galleries::default();
        for model in [DLIB, SFACE] {
            galleries.set(model, &rule(None, None), two(), &Negatives::default()).unwrap();
        }
        let found = galleries.identify(&[embedding(SFACE, 0.0), embedding(DLIB, 0.0)]).unwrap();
        assert_eq!((found.model.as_str(), found.name.as_deref()), ("combined", Some("Ana")));
    }
}
