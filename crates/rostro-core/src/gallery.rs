//! The gallery: enrolled embeddings of one model, and the two questions asked of it.
//!
//! *verify* is one to one, *identify* is one to many. Search is exact, over one flat matrix.

use crate::embedding::{Distance, EMBEDDING_LEN, Embedding, ModelId, Threshold, squared_distance};

/// Enrolled embeddings of one model, each with the subject `S` it belongs to. A subject may have several.
#[derive(Clone)]
pub struct Gallery<S> {
    model: ModelId,
    subjects: Vec<S>,
    vectors: Vec<[f32; EMBEDDING_LEN]>,
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
        Self { model, subjects: Vec::new(), vectors: Vec::new() }
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
    pub fn push(&mut self, subject: S, embedding: &Embedding) -> bool {
        if embedding.model() != self.model {
            return false;
        }
        self.subjects.push(subject);
        self.vectors.push(*embedding.values());
        true
    }

    /// Every embedding with its subject, in the order in which they were added.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&S, &[f32; EMBEDDING_LEN])> {
        self.subjects.iter().zip(&self.vectors)
    }

    /// The subject whose embedding is nearest; the first of equals. `None` when the gallery is empty or of another
    /// model than the probe.
    ///
    /// Cost: one pass, 128 multiply-adds an embedding.
    #[must_use]
    pub fn nearest(&self, probe: &Embedding) -> Option<Candidate<S>>
    where
        S: Clone,
    {
        if probe.model() != self.model {
            return None;
        }
        let mut best: Option<(usize, f32)> = None;
        for (index, vector) in self.vectors.iter().enumerate() {
            let squared = squared_distance(probe.values(), vector);
            if best.is_none_or(|(_, least)| squared < least) {
                best = Some((index, squared));
            }
        }
        best.map(|(index, squared)| Candidate {
            subject: self.subjects[index].clone(),
            distance: Distance::new(self.model, squared.sqrt()),
        })
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
mod tests {
    use super::*;

    /// An embedding with one number set apart from a common base, so that distances are known by hand.
    fn embedding(model: ModelId, first: f32) -> Embedding {
        let mut values = [0.1; EMBEDDING_LEN];
        values[0] = first;
        Embedding::new(model, &values).unwrap()
    }

    #[test]
    fn identifies_the_nearest_within_the_threshold() {
        let model = ModelId::DlibResnetV1;
        let mut gallery = Gallery::new(model);
        for (name, first) in [("ana", 0.0), ("luis", 1.0), ("ana", 0.4)] {
            assert!(gallery.push(name, &embedding(model, first)));
        }
        struct Case {
            probe: f32,
            known: Option<&'static str>,
            distance: f32,
        }
        for case in [
            Case { probe: 0.1, known: Some("ana"), distance: 0.1 },
            Case { probe: 0.6, known: Some("ana"), distance: 0.2 },
            Case { probe: 0.9, known: Some("luis"), distance: 0.1 },
            Case { probe: 2.0, known: None, distance: 1.0 },
        ] {
            let probe = embedding(model, case.probe);
            let (known, candidate) = match gallery.identify(&probe, model.default_threshold()) {
                Identification::Known(candidate) => (Some(candidate.subject), candidate),
                Identification::Unknown { nearest } => (None, nearest.unwrap()),
            };
            assert_eq!(known, case.known, "probe {}", case.probe);
            assert!(
                (candidate.distance.value() - case.distance).abs() < 1e-6,
                "probe {}",
                case.probe
            );
        }
    }

    #[test]
    fn another_model_is_neither_stored_nor_found() {
        let mut gallery = Gallery::new(ModelId::DlibResnetV1);
        assert!(!gallery.push("ana", &embedding(ModelId::Sface2021Dec, 0.0)));
        assert!(gallery.push("ana", &embedding(ModelId::DlibResnetV1, 0.0)));
        assert_eq!(gallery.nearest(&embedding(ModelId::Sface2021Dec, 0.0)), None);
    }

    #[test]
    fn the_best_of_two_models_is_the_deepest_within_its_threshold() {
        let candidate = |subject, model, distance| Candidate {
            subject,
            distance: Distance::new(model, distance),
        };
        let (dlib, sface) = (ModelId::DlibResnetV1, ModelId::Sface2021Dec);
        let judge = |dlib_answer, sface_answer| {
            best_of([
                (dlib_answer, dlib.default_threshold()),
                (sface_answer, sface.default_threshold()),
            ])
        };
        let near = Identification::Known(candidate("ana", sface, 0.3));
        let far = Identification::Known(candidate("luis", dlib, 0.5));
        assert_eq!(judge(far.clone(), near.clone()), near);
        let unknown = Identification::Unknown { nearest: Some(candidate("eva", sface, 1.2)) };
        assert_eq!(judge(far.clone(), unknown.clone()), far);
        assert_eq!(judge(Identification::Unknown { nearest: None }, unknown.clone()), unknown);
    }
}
