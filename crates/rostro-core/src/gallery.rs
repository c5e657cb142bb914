//! The gallery: enrolled embeddings of one model, and the two questions asked of it.
//!
//! *verify* is one to one, *identify* is one to many. Search is exact, over one flat matrix.
//!
//! A gallery may also hold *negative examples*: embeddings that were taken for a subject and are not of that subject.
//! They only ever take a name away, see [`Gallery::push_negative`].

use crate::embedding::{Distance, EMBEDDING_LEN, Embedding, ModelId, Threshold, squared_distance};

/// Enrolled embeddings of one model, each with the subject `S` it belongs to. A subject may have several.
#[derive(Clone)]
pub struct Gallery<S> {
    model: ModelId,
    subjects: Vec<S>,
    vectors: Vec<[f32; EMBEDDING_LEN]>,
    /// For each vector, its subject's place in `corrected`.
    corrected_places: Vec<Option<usize>>,
    corrected: Vec<Corrected<S>>,
}

/// A subject that has negative examples.
#[derive(Clone)]
struct Corrected<S> {
    subject: S,
    negatives: Vec<[f32; EMBEDDING_LEN]>,
}

/// A subject and how near it is to the probe.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<S> {
    /// Who it is.
    pub subject: S,
    /// Distance of the probe to the subject's nearest embedding.
    pub distance: Distance,
}

/// The answer of [`Gallery::identify`].
#[derive(Clone, Debug, PartialEq)]
pub enum Identification<S> {
    /// The nearest subject lies within the threshold.
    Known(Candidate<S>),
    /// Nobody does; who came nearest, if anybody is enrolled.
    Unknown {
        /// For tuning and logs of distances only: never to be shown as a name.
        nearest: Option<Candidate<S>>,
    },
}

impl<S> Gallery<S> {
    /// An empty gallery of `model`.
    #[must_use]
    pub const fn new(model: ModelId) -> Self {
        Self {
            model,
            subjects: Vec::new(),
            vectors: Vec::new(),
            corrected_places: Vec::new(),
            corrected: Vec::new(),
        }
    }

    /// The model of all its embeddings.
    #[must_use]
    pub const fn model(&self) -> ModelId {
        self.model
    }

    /// Embeddings held.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether nobody is enrolled.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// Adds an embedding; `false`, and nothing added, when it is of another model.
    pub fn push(&mut self, subject: S, embedding: &Embedding) -> bool
    where
        S: PartialEq,
    {
        if embedding.model() != self.model {
            return false;
        }
        self.corrected_places.push(self.corrected_place(&subject));
        self.subjects.push(subject);
        self.vectors.push(*embedding.values());
        true
    }

    /// Adds a negative example: an embedding that is *not* of `subject`, whom it was taken for. `false`, and nothing
    /// added, when it is of another model.
    ///
    /// From then on `subject` is never the answer for a probe that lies within [`negative_radius`] of the example, or
    /// as near to it as to any embedding of `subject`, or nearer. So the face that was corrected is not given that
    /// name again, while a probe that lies nearer to the subject's own embeddings is. Other subjects are not touched.
    pub fn push_negative(&mut self, subject: S, embedding: &Embedding) -> bool
    where
        S: PartialEq,
    {
        if embedding.model() != self.model {
            return false;
        }
        let place = self.corrected_place(&subject).unwrap_or_else(|| {
            let place = self.corrected.len();
            for (own, held) in self.corrected_places.iter_mut().zip(&self.subjects) {
                if *held == subject {
                    *own = Some(place);
                }
            }
            self.corrected.push(Corrected { subject, negatives: Vec::new() });
            place
        });
        self.corrected[place].negatives.push(*embedding.values());
        true
    }

    /// Every negative example with the subject that it is not of, by subject.
    pub fn negatives(&self) -> impl Iterator<Item = (&S, &[f32; EMBEDDING_LEN])> {
        self.corrected.iter().flat_map(|corrected| {
            corrected.negatives.iter().map(|negative| (&corrected.subject, negative))
        })
    }

    fn corrected_place(&self, subject: &S) -> Option<usize>
    where
        S: PartialEq,
    {
        self.corrected.iter().position(|corrected| corrected.subject == *subject)
    }

    /// Every embedding with its subject, in the order in which they were added.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&S, &[f32; EMBEDDING_LEN])> {
        self.subjects.iter().zip(&self.vectors)
    }

    /// The distance of the probe to every embedding whose subject may be the answer, in the order in which they were
    /// added. Subjects that a negative example rules out for this probe are left out. Nothing where the probe is of
    /// another model.
    ///
    /// Cost: one pass, 128 multiply-adds an embedding; a second one and as much for each negative example where there
    /// are any.
    pub fn distances(&self, probe: &Embedding) -> impl Iterator<Item = (&S, Distance)> {
        let is_comparable = probe.model() == self.model;
        let ruled_out = if is_comparable { self.ruled_out(probe) } else { Vec::new() };
        let count = if is_comparable { self.len() } else { 0 };
        let probe = *probe.values();
        (0..count)
            .filter(move |&index| {
                self.corrected_places[index].is_none_or(|place| !ruled_out[place])
            })
            .map(move |index| {
                let squared = squared_distance(&probe, &self.vectors[index]);
                (&self.subjects[index], Distance::new(self.model, squared.sqrt()))
            })
    }

    /// For each subject with negative examples, whether they rule it out for this probe.
    fn ruled_out(&self, probe: &Embedding) -> Vec<bool> {
        if self.corrected.is_empty() {
            return Vec::new();
        }
        let squared = |vector| squared_distance(probe.values(), vector);
        let mut own = vec![f32::INFINITY; self.corrected.len()];
        for (place, vector) in self.corrected_places.iter().zip(&self.vectors) {
            if let Some(place) = *place {
                own[place] = own[place].min(squared(vector));
            }
        }
        let radius = negative_radius(self.model).value();
        self.corrected
            .iter()
            .zip(own)
            .map(|(corrected, own)| {
                let negative =
                    corrected.negatives.iter().map(squared).fold(f32::INFINITY, f32::min);
                negative <= own || negative <= radius * radius
            })
            .collect()
    }

    /// The subject whose embedding is nearest; the first of equals. A subject that a negative example rules out for
    /// this probe is passed over. `None` when nobody is left, or the gallery is of another model than the probe.
    ///
    /// Cost: as [`Gallery::distances`].
    #[must_use]
    pub fn nearest(&self, probe: &Embedding) -> Option<Candidate<S>>
    where
        S: Clone,
    {
        self.nearest_where(probe, |_| true)
    }

    /// As [`Gallery::nearest`], among the subjects that `is_asked` picks: who comes second, for example.
    #[must_use]
    pub fn nearest_where(
        &self,
        probe: &Embedding,
        is_asked: impl Fn(&S) -> bool,
    ) -> Option<Candidate<S>>
    where
        S: Clone,
    {
        let mut best: Option<(&S, Distance)> = None;
        for (subject, distance) in self.distances(probe) {
            if best.is_none_or(|(_, least)| distance.value() < least.value()) && is_asked(subject) {
                best = Some((subject, distance));
            }
        }
        best.map(|(subject, distance)| Candidate { subject: subject.clone(), distance })
    }

    /// The distance to the nearest embedding, whoever's it is and whatever was corrected; `None` as for
    /// [`Gallery::nearest`].
    #[must_use]
    pub fn nearest_distance(&self, probe: &Embedding) -> Option<Distance> {
        if probe.model() != self.model {
            return None;
        }
        let squared = self.vectors.iter().map(|vector| squared_distance(probe.values(), vector));
        let least = squared.min_by(f32::total_cmp)?;
        Some(Distance::new(self.model, least.sqrt()))
    }

    /// Who the probe is, among everybody enrolled (1:N).
    #[must_use]
    pub fn identify(&self, probe: &Embedding, threshold: Threshold) -> Identification<S>
    where
        S: Clone,
    {
        match self.nearest(probe) {
            Some(candidate) if threshold.accepts(candidate.distance) => {
                Identification::Known(candidate)
            }
            nearest => Identification::Unknown { nearest },
        }
    }
}

impl<S> std::fmt::Debug for Gallery<S> {
    /// Model and count only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gallery({}, {} embeddings)", self.model, self.len())
    }
}

/// How near to a negative example a probe is taken for the very face that was corrected, however near it may be to the
/// subject as well: half of the model's default threshold.
///
/// Chosen by reason: two people seldom lie within the threshold, and hardly ever within half of it (0.3 for dlib, a
/// cosine of 0.84 for SFace), where frames of one face a moment apart do. So the radius covers the same face seen
/// again, and not the person it was taken for.
#[must_use]
pub const fn negative_radius(model: ModelId) -> Distance {
    Distance::new(model, model.default_threshold().max() / 2.0)
}

/// Whether two embeddings are one person's (1:1): the distance, and the verdict. `None` when the models differ.
#[must_use]
pub fn verify(a: &Embedding, b: &Embedding, threshold: Threshold) -> Option<(Distance, bool)> {
    let distance = a.distance(b)?;
    Some((distance, threshold.accepts(distance)))
}

/// The answer over several models for one face: the candidate that lies deepest within its own model's threshold.
///
/// A person known in several models is judged in the best of them; distances of different models are compared only
/// as fractions of their thresholds. With nobody known, the nearest of all is reported.
#[must_use]
pub fn best_of<S>(
    answers: impl IntoIterator<Item = (Identification<S>, Threshold)>,
) -> Identification<S> {
    let mut best: Option<(bool, f32, Candidate<S>)> = None;
    for (answer, threshold) in answers {
        let (known, candidate) = match answer {
            Identification::Known(candidate) => (true, candidate),
            Identification::Unknown { nearest: Some(candidate) } => (false, candidate),
            Identification::Unknown { nearest: None } => continue,
        };
        let fraction = candidate.distance.value() / threshold.max();
        let better = best.as_ref().is_none_or(|(best_known, best_fraction, _)| {
            (known, -fraction) > (*best_known, -*best_fraction)
        });
        if better {
            best = Some((known, fraction, candidate));
        }
    }
    match best {
        Some((true, _, candidate)) => Identification::Known(candidate),
        Some((false, _, candidate)) => Identification::Unknown { nearest: Some(candidate) },
        None => Identification::Unknown { nearest: None },
    }
}

#[cfg(test)]
mod tests;
