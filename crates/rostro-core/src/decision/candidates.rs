//! The distances of one face to everybody enrolled.

use std::collections::HashMap;
use std::hash::Hash;

use super::calibration::{Metric, combined_distance};
use crate::embedding::{Distance, Embedding, ModelId, squared_distance};
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
/// the subject is enrolled in both, else that of the one.
///
/// Cost: one pass over the galleries, 128 multiply-adds an embedding.
#[must_use]
pub fn scored<'a, S>(
    probes: &[Embedding],
    galleries: impl IntoIterator<Item = &'a Gallery<S>>,
) -> Vec<Scored<S>>
where
    S: Clone + Eq + Hash + 'a,
{
    let mut order: Vec<S> = Vec::new();
    let mut nearest: HashMap<S, HashMap<ModelId, f32>> = HashMap::new();
    for gallery in galleries {
        let model = gallery.model();
        let Some(probe) = probes.iter().find(|probe| probe.model() == model) else { continue };
        for (subject, vector) in gallery.entries() {
            let squared = squared_distance(probe.values(), vector);
            let of_subject = nearest.entry(subject.clone()).or_insert_with(|| {
                order.push(subject.clone());
                HashMap::new()
            });
            let least = of_subject.entry(model).or_insert(f32::INFINITY);
            *least = least.min(squared);
        }
    }
    order
        .into_iter()
        .map(|subject| {
            let distances: Vec<Distance> = nearest[&subject]
                .iter()
                .map(|(&model, squared)| Distance::new(model, squared.sqrt()))
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
    }
}
