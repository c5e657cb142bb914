//! Samples of one person, held against each other and against everybody else.

use crate::decision::{FalseMatchRate, Metric};
use crate::embedding::{Distance, Embedding, ModelId, Threshold};
use crate::gallery::{Candidate, Gallery};

/// Why samples should not be enrolled together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SampleFault {
    /// Two are practically the same picture: the second adds nothing.
    NearIdentical,
    /// One does not look like the others: another person, or a poor picture.
    OddOneOut,
    /// The person is enrolled already, under another name.
    AlreadyEnrolled,
}

impl SampleFault {
    /// Every fault.
    pub const ALL: [Self; 3] = [Self::NearIdentical, Self::OddOneOut, Self::AlreadyEnrolled];

    /// The code on every wire; it never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NearIdentical => "near-identical",
            Self::OddOneOut => "odd-one-out",
            Self::AlreadyEnrolled => "already-enrolled",
        }
    }

    /// What a person can do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NearIdentical => "take another picture, from another side or in other light",
            Self::OddOneOut => "leave it out: it does not look like the others",
            Self::AlreadyEnrolled => "the same face is enrolled under another name",
        }
    }
}

impl std::fmt::Display for SampleFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.advice())
    }
}

/// What is wrong with the samples of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleReport<S> {
    /// Pairs of samples that are practically the same picture, by index, the lower first.
    pub near_identical: Vec<(usize, usize)>,
    /// Samples that look unlike most of the others, by index. Of two that are unlike, both.
    pub odd: Vec<usize>,
    /// Somebody else of the gallery who looks the same: the nearest.
    pub already_enrolled: Option<Candidate<S>>,
}

impl<S> SampleReport<S> {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.near_identical.is_empty() && self.odd.is_empty() && self.already_enrolled.is_none()
    }

    /// The later sample of each near-identical pair, each once, ascending: without them none is left twice.
    #[must_use]
    pub fn redundant(&self) -> Vec<usize> {
        let mut later: Vec<usize> = self.near_identical.iter().map(|&(_, later)| later).collect();
        later.sort_unstable();
        later.dedup();
        later
    }
}

/// Within this distance two samples are practically the same picture.
///
/// Chosen empirically, in webcam clips of four people: of frames that follow each other, 70 to 80 % lie within it (median
/// 0.32 for SFace, 0.16 for dlib), and of frames more than two seconds apart fewer than 1 %.
#[must_use]
pub const fn near_identical_distance(model: ModelId) -> Distance {
    let value = match model {
        ModelId::DlibResnetV1 => 0.20,
        ModelId::Sface2021Dec => 0.40,
    };
    Distance::new(model, value)
}

/// Two people look the same to this model when a stranger who is enrolled comes as near to anybody with this rate: one
/// warning in a thousand enrolments is false, however large the gallery.
const FALSE_WARNINGS: u32 = 1000;

/// Holds `samples` of one person against each other and against the people of `gallery`; `is_same` says which of those
/// are the person in question. `threshold` is the distance up to which two samples count as alike. Samples of another
/// model than the threshold's are passed over.
///
/// Cost: `samples.len()` passes over the gallery, and every pair of samples.
#[must_use]
pub fn check_samples<S: Clone>(
    samples: &[Embedding],
    threshold: Threshold,
    gallery: Option<&Gallery<S>>,
    is_same: impl Fn(&S) -> bool,
) -> SampleReport<S> {
    let model = threshold.model();
    let samples: Vec<(usize, &Embedding)> =
        samples.iter().enumerate().filter(|(_, sample)| sample.model() == model).collect();
    let near = near_identical_distance(model).value();
    let mut near_identical = Vec::new();
    let mut alike = vec![0_usize; samples.len()];
    for (i, (first, a)) in samples.iter().enumerate() {
        for (j, (second, b)) in samples.iter().enumerate().skip(i + 1) {
            let Some(distance) = a.distance(b) else { continue };
            if distance.value() <= near {
                near_identical.push((*first, *second));
            }
            if threshold.accepts(distance) {
                alike[i] += 1;
                alike[j] += 1;
            }
        }
    }
    // Alike with fewer than half of the others.
    let others = samples.len().saturating_sub(1);
    let is_odd = |alike: usize| 2 * alike < others;
    let odd = samples.iter().zip(alike).filter(|(_, alike)| is_odd(*alike));
    let odd = odd.map(|((index, _), _)| *index).collect();
    let already_enrolled = gallery.and_then(|gallery| {
        let nearest = samples
            .iter()
            .filter_map(|(_, sample)| gallery.nearest_where(sample, |subject| !is_same(subject)))
            .min_by(|a, b| a.distance.value().total_cmp(&b.distance.value()))?;
        let limit = same_face_distance(model, gallery.len() * samples.len()).min(threshold.max());
        (nearest.distance.value() <= limit).then_some(nearest)
    });
    SampleReport { near_identical, odd, already_enrolled }
}

/// Within this distance a new person and one enrolled are taken for one, after so many comparisons.
fn same_face_distance(model: ModelId, comparisons: usize) -> f32 {
    let calibration = Metric::Model(model).calibration();
    let rate = FalseMatchRate::one_in(FALSE_WARNINGS);
    rate.map_or(0.0, |rate| calibration.distance_at(rate.for_each_of(comparisons)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::embedding::EMBEDDING_LEN;

    const MODEL: ModelId = ModelId::Sface2021Dec;

    /// A unit vector at this angle, in degrees, from the first axis towards the `towards`-th.
    fn sample(towards: usize, degrees: f32) -> Embedding {
        let mut values = [0.0; EMBEDDING_LEN];
        values[0] = degrees.to_radians().cos();
        values[towards] = degrees.to_radians().sin();
        Embedding::new(MODEL, &values).unwrap()
    }

    fn check(samples: &[Embedding]) -> SampleReport<&'static str> {
        check_samples(samples, MODEL.default_threshold(), None, |_| false)
    }

    #[test]
    fn pairs_that_are_the_same_and_samples_that_are_not() {
        struct Case {
            name: &'static str,
            samples: Vec<Embedding>,
            near_identical: &'static [(usize, usize)],
            odd: &'static [usize],
        }
        // 60 degrees are a distance of 1, 4 degrees of 0.07, 30 degrees of 0.52, 90 degrees of 1.41.
        for case in [
            Case { name: "none", samples: vec![], near_identical: &[], odd: &[] },
            Case { name: "one", samples: vec![sample(1, 0.0)], near_identical: &[], odd: &[] },
            Case {
                name: "alike",
                samples: vec![sample(1, 0.0), sample(1, 30.0), sample(2, 30.0)],
                near_identical: &[],
                odd: &[],
            },
            Case {
                name: "the same twice, and once more",
                samples: vec![sample(1, 0.0), sample(1, 40.0), sample(2, 4.0), sample(1, 41.0)],
                near_identical: &[(0, 2), (1, 3)],
                odd: &[],
            },
            Case {
                name: "two that are unlike",
                samples: vec![sample(1, 0.0), sample(1, 90.0)],
                near_identical: &[],
                odd: &[0, 1],
            },
            Case {
                name: "one of three",
                samples: vec![sample(1, 0.0), sample(2, 90.0), sample(1, 30.0)],
                near_identical: &[],
                odd: &[1],
            },
        ] {
            let report = check(&case.samples);
            assert_eq!(report.near_identical, case.near_identical, "{}", case.name);
            assert_eq!(report.odd, case.odd, "{}", case.name);
            let is_good = case.near_identical.is_empty() && case.odd.is_empty();
            assert_eq!(report.is_empty(), is_good, "{}", case.name);
        }
        let thrice = check(&[sample(1, 0.0), sample(1, 1.0), sample(1, 2.0)]);
        assert_eq!(thrice.redundant(), [1, 2]);
    }

    #[test]
    fn somebody_else_who_looks_the_same() {
        let mut gallery = Gallery::new(MODEL);
        gallery.push("luis", &sample(3, 90.0));
        gallery.push("ana", &sample(1, 10.0));
        let samples = [sample(1, 0.0), sample(1, 40.0)];
        let threshold = MODEL.default_threshold();
        let report = |is_same: &'static str| {
            check_samples(&samples, threshold, Some(&gallery), move |subject| *subject == is_same)
                .already_enrolled
        };
        assert_eq!(report("carla").map(|found| found.subject), Some("ana"));
        assert_eq!(report("ana"), None, "more samples of ana");
        let elsewhere = Gallery::<&str>::new(ModelId::DlibResnetV1);
        let other = check_samples(&samples, threshold, Some(&elsewhere), |_| false);
        assert_eq!(other.already_enrolled, None);
    }

    #[test]
    fn the_larger_the_gallery_the_nearer_a_double_must_be() {
        for model in ModelId::ALL {
            let distances = [1, 100, 10_000].map(|people| same_face_distance(model, people));
            assert!(distances.windows(2).all(|pair| pair[0] > pair[1]), "{model}: {distances:?}");
            assert!(distances[2] > near_identical_distance(model).value(), "{model}");
        }
    }

    proptest! {
        #[test]
        fn the_order_of_samples_does_not_matter(degrees in proptest::collection::vec(0.0_f32..180.0, 0..6)) {
            let samples: Vec<_> = degrees.iter().map(|degrees| sample(1, *degrees)).collect();
            let backwards: Vec<_> = samples.iter().rev().cloned().collect();
            let last = samples.len().saturating_sub(1);
            let forwards = check(&samples);
            let mut turned = check(&backwards);
            turned.odd = turned.odd.iter().rev().map(|index| last - index).collect();
            prop_assert_eq!(&turned.odd, &forwards.odd);
            let mut pairs: Vec<_> =
                turned.near_identical.iter().map(|(a, b)| (last - b, last - a)).collect();
            pairs.sort_unstable();
            prop_assert_eq!(&pairs, &forwards.near_identical);
        }
    }
}
