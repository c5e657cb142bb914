//! The distances of one face to everybody enrolled.

use std::hash::Hash;
use std::iter;

use super::calibration::{Metric, combined_distance};
use crate::embedding::{Distance, Embedding};
use crate::gallery::{Gallery, Standing};

/// How near a face is to one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored<S> {
    /// Who.
    pub subject: S,
    /// In what the distance is.
    pub metric: Metric,
    /// To the person's nearest embedding.
    pub distance: f32,
}

/// The distance of a face to every subject of `galleries`, whose models `probes` are of: both models' combined where
/// the subject is enrolled in both, else that of the one. A subject that a negative example rules out in one model is
/// left out altogether.
///
/// Cost: as [`Gallery::candidates`], for each gallery; with two of them a look-up for each subject too, by hash for those
/// who are not enrolled at the same place in both.
#[must_use]
pub fn scored<'a, S>(
    probes: &[Embedding],
    galleries: impl IntoIterator<Item = &'a Gallery<S>>,
) -> Vec<Scored<&'a S>>
where
    S: Eq + Hash + 'a,
{
    let asked: Vec<Asked<'a, S>> = galleries
        .into_iter()
        .filter_map(|gallery| {
            let probe = probes.iter().find(|probe| probe.model() == gallery.model())?;
            Some(Asked { gallery, standings: gallery.standings(probe) })
        })
        .collect();
    let mut scored = Vec::new();
    for (index, one) in asked.iter().enumerate() {
        let (before, after) = (&asked[..index], &asked[index + 1..]);
        for (place, (subject, &own)) in one.gallery.subjects().zip(&one.standings).enumerate() {
            let is_counted = |other: &Asked<'_, S>| other.holds(subject, place);
            if own == Standing::Absent || before.iter().any(is_counted) {
                continue;
            }
            let others = before.iter().chain(after);
            let elsewhere = others.map(|other| other.standing(subject, place));
            scored.extend(joined(subject, iter::once(own).chain(elsewhere)));
        }
    }
    scored
}

/// A gallery, and how the probe of its model stands to everybody in it.
struct Asked<'a, S> {
    gallery: &'a Gallery<S>,
    standings: Vec<Standing>,
}

impl<S: Eq + Hash> Asked<'_, S> {
    /// `expected` is the place where the subject probably is.
    fn standing(&self, subject: &S, expected: usize) -> Standing {
        let place = self.gallery.place_near(subject, expected);
        place.map_or(Standing::Absent, |place| self.standings[place])
    }

    fn holds(&self, subject: &S, expected: usize) -> bool {
        self.standing(subject, expected) != Standing::Absent
    }
}

/// One subject out of how it stands in each gallery; `None` where one rules it out.
fn joined<S>(subject: &S, standings: impl Iterator<Item = Standing>) -> Option<Scored<&S>> {
    let mut joined: Option<(Metric, f32, Distance)> = None;
    for standing in standings {
        let distance = match standing {
            Standing::At(distance) => distance,
            Standing::RuledOut => return None,
            Standing::Absent => continue,
        };
        let alone = (Metric::Model(distance.model()), distance.value(), distance);
        joined = Some(match joined {
            Some((.., first)) => combined_distance(first, distance)
                .map_or(alone, |both| (Metric::Combined, both, first)),
            None => alone,
        });
    }
    let (metric, distance, _) = joined?;
    Some(Scored { subject, metric, distance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::{EMBEDDING_LEN, ModelId};

    fn embedding(model: ModelId, first: f32) -> Embedding {
        let mut values = [0.1; EMBEDDING_LEN];
        values[0] = first;
        Embedding::new(model, &values).unwrap()
    }

    #[test]
    fn each_person_once_in_the_metric_that_both_allow() {
        let [dlib, sface] = ModelId::ALL;
        let (mut in_dlib, mut in_sface) = (Gallery::new(dlib), Gallery::new(sface));
        in_dlib.push("ana", &embedding(dlib, 0.5));
        in_dlib.push("luis", &embedding(dlib, 0.9));
        in_dlib.push("luis", &embedding(dlib, 0.4));
        in_sface.push("ana", &embedding(sface, 0.5));
        let probes = [embedding(dlib, 0.1), embedding(sface, 0.1)];
        let both = scored(&probes, [&in_dlib, &in_sface]);
        assert_eq!(both.iter().map(|one| *one.subject).collect::<Vec<_>>(), ["ana", "luis"]);
        assert_eq!(both[0].metric, Metric::Combined);
        assert_eq!(both[1].metric, Metric::Model(dlib));
        assert!((both[1].distance - 0.3).abs() < 1e-6);
        let one = scored(&probes[..1], [&in_dlib, &in_sface]);
        assert!(one.iter().all(|one| one.metric == Metric::Model(dlib)));
        assert_eq!(scored(&probes[1..], [&in_dlib]), []);

        // What one model rules out is not let in by the other.
        in_sface.push_negative("ana", &embedding(sface, 0.1));
        let left = scored(&probes, [&in_dlib, &in_sface]);
        assert_eq!(left.iter().map(|one| *one.subject).collect::<Vec<_>>(), ["luis"]);
    }
    #[test]
    fn a_negative_of_a_model_that_the_person_is_not_enrolled_in_rules_out_that_face_only() {
        let [dlib, sface] = ModelId::ALL;
        let (mut in_dlib, mut in_sface) = (Gallery::new(dlib), Gallery::new(sface));
        in_dlib.push("ana", &embedding(dlib, 0.5));
        in_sface.push("luis", &embedding(sface, 0.5));
        in_sface.push_negative("ana", &embedding(sface, -20.0));
        let is_asked = |first| {
            let probes = [embedding(dlib, 0.4), embedding(sface, first)];
            scored(&probes, [&in_sface, &in_dlib]).iter().any(|one| *one.subject == "ana")
        };
        assert!(!is_asked(-20.0), "the face that was corrected");
        assert!(is_asked(20.0), "another");
    }
}
