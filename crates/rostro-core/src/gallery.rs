//! The gallery: enrolled embeddings of one model, and the two questions asked of it.
//!
//! *verify* is one to one, *identify* is one to many. Search is exact, over one flat matrix.
//!
//! A gallery may also hold *negative examples*: embeddings that were taken for a subject and are not of that subject.
//! They only ever take a name away, see [`Gallery::push_negative`].

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::embedding::{Distance, EMBEDDING_LEN, Embedding, ModelId, Threshold, squared_distance};

/// Enrolled embeddings of one model, each with the subject `S` it belongs to. A subject may have several.
#[derive(Clone)]
pub struct Gallery<S> {
    model: ModelId,
    /// Everybody with an embedding or a negative example, each once; a subject's *place* is its index here.
    subjects: Vec<S>,
    places: HashMap<S, usize>,
    vectors: Vec<[f32; EMBEDDING_LEN]>,
    /// For each vector, its subject's place.
    owners: Vec<usize>,
    /// The negative examples of those places that have any.
    negatives: BTreeMap<usize, Vec<[f32; EMBEDDING_LEN]>>,
}

/// How a probe stands to one subject of a gallery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Standing {
    /// Its nearest embedding lies at this distance.
    At(Distance),
    /// It may not be the answer: a negative example lies nearer.
    RuledOut,
    /// It has no embedding here.
    Absent,
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
    pub fn new(model: ModelId) -> Self {
        Self {
            model,
            subjects: Vec::new(),
            places: HashMap::new(),
            vectors: Vec::new(),
            owners: Vec::new(),
            negatives: BTreeMap::new(),
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

    /// Every embedding with its subject, in the order in which they were added.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&S, &[f32; EMBEDDING_LEN])> {
        self.owners.iter().map(|&place| &self.subjects[place]).zip(&self.vectors)
    }

    /// Every negative example with the subject that it is not of, by subject.
    pub fn negatives(&self) -> impl Iterator<Item = (&S, &[f32; EMBEDDING_LEN])> {
        self.negatives.iter().flat_map(move |(&place, negatives)| {
            negatives.iter().map(move |negative| (&self.subjects[place], negative))
        })
    }

    /// The distance of the probe to every subject that may be the answer: to its nearest embedding, in the order of
    /// enrolment. Subjects that a negative example rules out for this probe are left out. Nothing where the probe is
    /// of another model.
    ///
    /// Cost: one pass, 128 multiply-adds an embedding, and as much for each negative example.
    pub fn candidates(&self, probe: &Embedding) -> impl Iterator<Item = (&S, Distance)> {
        self.subjects.iter().zip(self.standings(probe)).filter_map(|(subject, standing)| {
            match standing {
                Standing::At(distance) => Some((subject, distance)),
                Standing::RuledOut | Standing::Absent => None,
            }
        })
    }

    /// Everybody with an embedding or a negative example, each once.
    pub fn subjects(&self) -> impl ExactSizeIterator<Item = &S> {
        self.subjects.iter()
    }

    /// How the probe stands to each place; to all of them as absent where it is of another model.
    pub(crate) fn standings(&self, probe: &Embedding) -> Vec<Standing> {
        let mut least = vec![f32::INFINITY; self.subjects.len()];
        if probe.model() != self.model {
            return vec![Standing::Absent; least.len()];
        }
        let squared = |vector| squared_distance(probe.values(), vector);
        for (&place, vector) in self.owners.iter().zip(&self.vectors) {
            least[place] = least[place].min(squared(vector));
        }
        let standing = |&least: &f32| {
            if least.is_finite() {
                Standing::At(Distance::new(self.model, least.sqrt()))
            } else {
                Standing::Absent
            }
        };
        let mut standings: Vec<Standing> = least.iter().map(standing).collect();
        let radius = negative_radius(self.model).value();
        for (&place, negatives) in &self.negatives {
            let nearest = negatives.iter().map(squared).fold(f32::INFINITY, f32::min);
            let is_nearer = least[place].is_finite() && nearest <= least[place];
            if is_nearer || nearest <= radius * radius {
                standings[place] = Standing::RuledOut;
            }
        }
        standings
    }

    /// The subject whose embedding is nearest; the first of equals. A subject that a negative example rules out for
    /// this probe is passed over. `None` when nobody is left, or the gallery is of another model than the probe.
    ///
    /// Cost: as [`Gallery::candidates`].
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
        let asked = self.candidates(probe).filter(|(subject, _)| is_asked(subject));
        let (subject, distance) = asked.min_by(|(_, a), (_, b)| a.value().total_cmp(&b.value()))?;
        Some(Candidate { subject: subject.clone(), distance })
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

impl<S: Eq + Hash> Gallery<S> {
    /// The place of `subject`, if it has one; `expected` is looked at first.
    pub(crate) fn place_near(&self, subject: &S, expected: usize) -> Option<usize> {
        if self.subjects.get(expected) == Some(subject) {
            return Some(expected);
        }
        self.places.get(subject).copied()
    }
}

impl<S: Clone + Eq + Hash> Gallery<S> {
    /// Adds an embedding; `false`, and nothing added, when it is of another model.
    pub fn push(&mut self, subject: S, embedding: &Embedding) -> bool {
        if embedding.model() != self.model {
            return false;
        }
        let place = self.place_for(subject);
        self.owners.push(place);
        self.vectors.push(*embedding.values());
        true
    }

    /// Adds a negative example: an embedding that is *not* of `subject`, whom it was taken for. `false`, and nothing
    /// added, when it is of another model.
    ///
    /// From then on `subject` is never the answer for a probe that lies within [`negative_radius`] of the example, or
    /// as near to it as to any embedding of `subject`, or nearer. So the face that was corrected is not given that
    /// name again, while a probe that lies nearer to the subject's own embeddings is. Other subjects are not touched.
    pub fn push_negative(&mut self, subject: S, embedding: &Embedding) -> bool {
        if embedding.model() != self.model {
            return false;
        }
        let place = self.place_for(subject);
        self.negatives.entry(place).or_default().push(*embedding.values());
        true
    }

    fn place_for(&mut self, subject: S) -> usize {
        *self.places.entry(subject).or_insert_with_key(|subject| {
            self.subjects.push(subject.clone());
            self.subjects.len() - 1
        })
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

#[cfg(test)]
mod tests;
