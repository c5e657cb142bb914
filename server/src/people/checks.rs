//! Whether samples suit each other and nobody else: told of, never refused here.

use std::collections::HashMap;
use std::sync::Arc;

use rostro_core::enrolment::{SampleFault, SampleReport, check_samples};
use rostro_core::{Embedding, Gallery, ModelId};
use rostro_wire::EnrolmentWarning;

use super::{Galleries, People, PeopleError, PersonCard, name};
use crate::store::StoreError;

/// Encodings of one person that new samples are held against, the latest ones.
const HELD: usize = 20;
/// Distances that a check of an import may measure against other people: about five seconds on one core.
const MAX_COMPARISONS: usize = 100_000_000;

/// Something about one of several samples, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleWarning {
    /// What it is.
    pub fault: SampleFault,
    /// The sample; `None` where it is about the person.
    pub sample: Option<usize>,
    /// Who looks the same, where somebody does.
    pub other: Option<Arc<PersonCard>>,
}

impl SampleWarning {
    /// What is said of it, in English.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.other {
            Some(other) => format!("the same face is enrolled as {}", other.name),
            None => self.fault.advice().to_owned(),
        }
    }

    /// As it crosses the wire.
    #[must_use]
    pub fn told(&self) -> EnrolmentWarning {
        let code = self.fault.code().to_owned();
        EnrolmentWarning { code, message: self.message(), sample: self.sample }
    }
}

/// Something about an imported person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportWarning {
    /// The person.
    pub person: Arc<PersonCard>,
    /// [`SampleFault::OddOneOut`] or [`SampleFault::AlreadyEnrolled`].
    pub fault: SampleFault,
    /// Who looks the same, where somebody does.
    pub other: Option<Arc<PersonCard>>,
}

/// What a check of an import found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportCheck {
    /// By person, in the order of the gallery.
    pub warnings: Vec<ImportWarning>,
    /// People who were not held against the others, as that would have taken too long.
    pub unchecked: usize,
}

impl People {
    /// What is to be said of samples of the person of that name, who may be enrolled already: which are practically the same
    /// as another or as one of the latest held, which do not look like the others, and who else looks the same. Nothing for
    /// a name that cannot be enrolled.
    ///
    /// Cost: a pass over the gallery for each sample.
    ///
    /// # Errors
    /// [`PeopleError::Store`].
    pub async fn check(
        &self,
        name: &str,
        samples: &[Embedding],
    ) -> Result<Vec<SampleWarning>, PeopleError> {
        let Ok(name) = name::checked(name) else { return Ok(Vec::new()) };
        let id = self.by_name(&name).await?.map(|person| person.id);
        let (galleries, samples) = (self.galleries(), samples.to_vec());
        let check = tokio::task::spawn_blocking(move || {
            let of_model = |&model| of_model(&galleries, id.as_deref(), model, &samples);
            ModelId::ALL.iter().flat_map(of_model).collect()
        });
        Ok(check.await.map_err(|_| StoreError::Fault)?)
    }

    /// What is to be said of people who were just imported, by their names in the files: whose encodings disagree among
    /// themselves, and who looks like somebody else.
    ///
    /// Cost: bounded. Of each person twenty encodings, spread evenly, are held against each other, and the first one against
    /// everybody else, until a hundred million distances were measured (about five seconds): with 10,000 encodings
    /// everybody is looked at, with 100,000 the first thousand people.
    #[must_use]
    pub fn check_import<'a>(
        &self,
        model: ModelId,
        labels: impl IntoIterator<Item = &'a str>,
    ) -> ImportCheck {
        let galleries = self.galleries();
        let Some(gallery) = galleries.gallery(model) else { return ImportCheck::default() };
        let imported: std::collections::HashSet<String> = labels
            .into_iter()
            .filter_map(|label| Some(name::key(&name::checked(label).ok()?)))
            .collect();
        check_import(gallery, |card| imported.contains(&name::key(&card.name)))
    }
}

fn of_model(
    galleries: &Galleries,
    id: Option<&str>,
    model: ModelId,
    samples: &[Embedding],
) -> Vec<SampleWarning> {
    let (places, new): (Vec<usize>, Vec<&Embedding>) =
        samples.iter().enumerate().filter(|(_, sample)| sample.model() == model).unzip();
    if new.is_empty() {
        return Vec::new();
    }
    let gallery = galleries.gallery(model);
    let mut together = match (gallery, id) {
        (Some(gallery), Some(id)) => held(gallery, id),
        _ => Vec::new(),
    };
    let held = together.len();
    together.extend(new.into_iter().cloned());
    let is_same = |card: &Arc<PersonCard>| Some(card.id.as_str()) == id;
    let report = check_samples(&together, model.default_threshold(), gallery, is_same);
    warnings(&report, |index| index.checked_sub(held).map(|new| places[new]))
}

/// The latest encodings of a person, in the order in which they were added.
fn held(gallery: &Gallery<Arc<PersonCard>>, id: &str) -> Vec<Embedding> {
    let own = gallery.entries().filter(|(card, _)| card.id == id);
    let own: Vec<_> = own.map(|(_, vector)| vector).collect();
    let latest = own.iter().skip(own.len().saturating_sub(HELD));
    latest.filter_map(|vector| Embedding::new(gallery.model(), &vector[..]).ok()).collect()
}

/// The report's faults of those samples that `place` knows; `None` is one that is held already.
fn warnings(
    report: &SampleReport<Arc<PersonCard>>,
    place: impl Fn(usize) -> Option<usize>,
) -> Vec<SampleWarning> {
    let of_sample = |fault, index| {
        place(index).map(|sample| SampleWarning { fault, sample: Some(sample), other: None })
    };
    let same = report.redundant().into_iter();
    let same = same.filter_map(|index| of_sample(SampleFault::NearIdentical, index));
    let odd = report.odd.iter().filter_map(|&index| of_sample(SampleFault::OddOneOut, index));
    let double = report.already_enrolled.as_ref().map(|found| SampleWarning {
        fault: SampleFault::AlreadyEnrolled,
        sample: None,
        other: Some(Arc::clone(&found.subject)),
    });
    same.chain(odd).chain(double).collect()
}

fn check_import(
    gallery: &Gallery<Arc<PersonCard>>,
    is_imported: impl Fn(&PersonCard) -> bool,
) -> ImportCheck {
    let mut order: Vec<&Arc<PersonCard>> = Vec::new();
    let mut vectors: HashMap<&str, Vec<&[f32]>> = HashMap::new();
    for (card, vector) in gallery.entries() {
        let own = vectors.entry(card.id.as_str()).or_insert_with(|| {
            order.push(card);
            Vec::new()
        });
        own.push(&vector[..]);
    }
    order.retain(|card| is_imported(card));
    let (model, threshold) = (gallery.model(), gallery.model().default_threshold());
    let compared = (MAX_COMPARISONS / gallery.len().max(1)).max(1);
    let mut check = ImportCheck::default();
    for (index, person) in order.into_iter().enumerate() {
        let own = &vectors[person.id.as_str()];
        let step = own.len().div_ceil(HELD).max(1);
        let samples: Vec<Embedding> = own
            .iter()
            .step_by(step)
            .filter_map(|vector| Embedding::new(model, vector).ok())
            .collect();
        let is_same = |card: &Arc<PersonCard>| card.id == person.id;
        let warn = |fault, other| ImportWarning { person: Arc::clone(person), fault, other };
        let among = check_samples::<Arc<PersonCard>>(&samples, threshold, None, is_same);
        if !among.odd.is_empty() {
            check.warnings.push(warn(SampleFault::OddOneOut, None));
        }
        if index >= compared {
            check.unchecked += 1;
            continue;
        }
        let first = samples.get(..1).unwrap_or_default();
        let others = check_samples(first, threshold, Some(gallery), is_same);
        if let Some(found) = others.already_enrolled {
            check.warnings.push(warn(SampleFault::AlreadyEnrolled, Some(found.subject)));
        }
    }
    check
}

#[cfg(test)]
mod tests {
    use rostro_core::EMBEDDING_LEN;

    use super::*;
    use crate::people::{EncodingSource, LabelledEncoding, NewPerson, NumberType};
    use crate::store::Store;

    const SFACE: ModelId = ModelId::Sface2021Dec;

    /// A unit vector so many degrees from the first axis towards the `towards`-th: 90 are a distance of 1.41, 60 of 1.
    fn sample(towards: usize, degrees: f32) -> Embedding {
        let mut values = [0.0; EMBEDDING_LEN];
        values[0] = degrees.to_radians().cos();
        values[towards] = degrees.to_radians().sin();
        Embedding::new(SFACE, &values).unwrap()
    }

    fn named(name: &str) -> NewPerson {
        NewPerson { name: name.to_owned(), ..NewPerson::default() }
    }

    #[tokio::test]
    async fn new_samples_are_held_against_the_person_and_the_others() {
        let dir = tempfile::tempdir().unwrap();
        let people = People::load(Store::open(dir.path()).unwrap()).await.unwrap();
        let enrol = |name, samples| people.enrol(named(name), samples, EncodingSource::Browser);
        enrol("Ana", vec![sample(1, 0.0), sample(1, 50.0)]).await.unwrap();
        enrol("Luis", vec![sample(2, 90.0)]).await.unwrap();
        struct Case {
            name: &'static str,
            samples: Vec<Embedding>,
            expected: Vec<(SampleFault, Option<usize>, Option<&'static str>)>,
        }
        use SampleFault::{AlreadyEnrolled, NearIdentical, OddOneOut};
        for case in [
            Case { name: "Ana", samples: vec![sample(3, 40.0)], expected: vec![] },
            Case {
                name: "ANA",
                samples: vec![sample(3, 40.0), sample(1, 5.0)],
                expected: vec![(NearIdentical, Some(1), None)],
            },
            Case {
                name: "Ana",
                samples: vec![sample(3, 100.0)],
                expected: vec![(OddOneOut, Some(0), None)],
            },
            Case {
                name: "Ana",
                samples: vec![sample(2, 85.0)],
                expected: vec![(OddOneOut, Some(0), None), (AlreadyEnrolled, None, Some("Luis"))],
            },
            Case {
                name: "Carla",
                samples: vec![sample(1, 10.0), sample(1, 12.0)],
                expected: vec![
                    (NearIdentical, Some(1), None),
                    (AlreadyEnrolled, None, Some("Ana")),
                ],
            },
            Case { name: " ", samples: vec![sample(1, 10.0)], expected: vec![] },
        ] {
            let found = people.check(case.name, &case.samples).await.unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|it| (it.fault, it.sample, it.other.as_ref().map(|it| it.name.as_str())))
                .collect();
            assert_eq!(found, case.expected, "{}", case.name);
        }
    }

    #[tokio::test]
    async fn an_import_is_looked_through() {
        let dir = tempfile::tempdir().unwrap();
        let people = People::load(Store::open(dir.path()).unwrap()).await.unwrap();
        let row = |label: &str, embedding| LabelledEncoding {
            label: label.to_owned(),
            number_type: NumberType::Float32,
            embedding,
        };
        let rows = vec![
            row("Ana", sample(1, 0.0)),
            row("Ana", sample(1, 40.0)),
            row("Luis", sample(2, 90.0)),
            row("Luis", sample(3, 90.0)),
            row("Anita", sample(1, 3.0)),
            row("Eva", sample(4, 90.0)),
        ];
        let labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
        people.import(rows).await.unwrap();
        let check = people.check_import(SFACE, labels.iter().map(String::as_str));
        let found: Vec<_> = check
            .warnings
            .iter()
            .map(|it| {
                (it.person.name.as_str(), it.fault, it.other.as_ref().map(|it| it.name.as_str()))
            })
            .collect();
        let double = SampleFault::AlreadyEnrolled;
        assert_eq!(
            found,
            [
                ("Ana", double, Some("Anita")),
                ("Luis", SampleFault::OddOneOut, None),
                ("Anita", double, Some("Ana")),
            ]
        );
        assert_eq!(check.unchecked, 0);
        assert_eq!(people.check_import(SFACE, ["Eva"]), ImportCheck::default());
        assert_eq!(people.check_import(ModelId::DlibResnetV1, ["Ana"]), ImportCheck::default());
    }
}
