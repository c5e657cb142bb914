//! The distances of one face to everybody enrolled.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::calibration::{Metric, combined_distance};
use crate::embedding::{Distance, Embedding, ModelId};
use crate::gallery::Gallery;

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
/// Cost: as [`Gallery::distances`], for each gallery.
#[must_use]
pub fn scored<'a, S>(
    probes: &[Embedding],
    galleries: impl IntoIterator<Item = &'a Gallery<S>>,
) -> Vec<Scored<S>>
where
    S: Clone + Eq + Hash + 'a,
{
    let mut order: Vec<S> = Vec::new();
    let mut ruled_out: HashSet<S> = HashSet::new();
    let mut nearest: HashMap<S, HashMap<ModelId, f32>> = HashMap::new();
    for gallery in galleries {
        let model = gallery.model();
        let Some(probe) = probes.iter().find(|probe| probe.model() == model) else { continue };
        for (subject, distance) in gallery.distances(probe) {
            let of_subject = nearest.entry(subject.clone()).or_insert_with(|| {
                order.push(subject.clone());
                HashMap::new()
            });
            let least = of_subject.entry(model).or_insert(f32::INFINITY);
            *least = least.min(distance.value());
        }
        let corrected = gallery.negatives().map(|(subject, _)| subject);
        let is_left = |subject: &&S| {
            nearest.get(*subject).is_some_and(|distances| distances.contains_key(&model))
        };
        // Who has negative examples and no distance here was ruled out.
        ruled_out.extend(corrected.filter(|subject| !is_left(subject)).cloned());
    }
    order
        .into_iter()
        .filter(|subject| !ruled_out.contains(subject))
        .map(|subject| {
            let distances: Vec<Distance> = nearest[&subject]
                .iter()
                .map(|(&model, &distance)| Distance::new(model, distance))
                .collect();
            let both = match distances[..] {
                [a, b] => combined_distance(a, b),
                _ => None,
            };
            let (metric, distance) = both.map_or_else(
                || (Metric::Model(distances[0].model()), distances[0].value()),
                |both| (Metric::Combined, both),
            );
            Scored { subject, metric, distance }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::EMBEDDING_LEN;

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
        assert_eq!(both.iter().map(|one| one.subject).collect::<Vec<_>>(), ["ana", "luis"]);
        assert_eq!(both[0].metric, Metric::Combined);
        assert_eq!(both[1].metric, Metric::Model(dlib));
        assert!((both[1].distance - 0.3).abs() < 1e-6);
        let one = scored(&probes[..1], [&in_dlib, &in_sface]);
        assert!(one.iter().all(|one| one.metric == Metric::Model(dlib)));
        assert_eq!(scored(&probes[1..], [&in_dlib]), []);

        // What one model rules out is not let in by the other.
        in_sface.push_negative("ana", &embedding(sface, 0.1));
        let left = scored(&probes, [&in_dlib, &in_sface]);
        assert_eq!(left.iter().map(|one| one.subject).collect::<Vec<_>>(), ["luis"]);
    }
}
