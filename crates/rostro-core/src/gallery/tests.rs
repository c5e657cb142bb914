use proptest::prelude::*;

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
        assert!((candidate.distance.value() - case.distance).abs() < 1e-6, "probe {}", case.probe);
    }
}

#[test]
fn another_model_is_neither_stored_nor_found() {
    let mut gallery = Gallery::new(ModelId::DlibResnetV1);
    assert!(!gallery.push("ana", &embedding(ModelId::Sface2021Dec, 0.0)));
    assert!(gallery.push("ana", &embedding(ModelId::DlibResnetV1, 0.0)));
    assert_eq!(gallery.nearest(&embedding(ModelId::Sface2021Dec, 0.0)), None);
}

/// A vector of small whole tenths in a few places, so that ties and near ones come about.
fn vectors(model: ModelId, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Embedding>> {
    let vector = proptest::collection::vec(-4_i8..=4, 6).prop_map(move |steps| {
        let mut values = [0.1; EMBEDDING_LEN];
        for (value, step) in values.iter_mut().zip(steps) {
            *value += f32::from(step) * 0.1;
        }
        Embedding::new(model, &values).unwrap()
    });
    proptest::collection::vec(vector, count)
}

/// A gallery of three subjects, in the order given, and the negatives of some of them.
fn corrected_gallery(
    positives: &[Embedding],
    negatives: &[Embedding],
    late: bool,
) -> Gallery<usize> {
    let mut gallery = Gallery::new(positives[0].model());
    let add_negatives = |gallery: &mut Gallery<usize>| {
        for (index, negative) in negatives.iter().enumerate() {
            assert!(gallery.push_negative(index % 2, negative));
        }
    };
    if !late {
        add_negatives(&mut gallery);
    }
    for (index, positive) in positives.iter().enumerate() {
        assert!(gallery.push(index % 3, positive));
    }
    if late {
        add_negatives(&mut gallery);
    }
    gallery
}

fn least<'a>(probe: &Embedding, others: impl Iterator<Item = &'a [f32; EMBEDDING_LEN]>) -> f32 {
    others.map(|other| squared_distance(probe.values(), other)).fold(f32::INFINITY, f32::min)
}

proptest! {
    #[test]
    fn a_subject_is_never_given_to_a_probe_as_near_to_a_negative(
        positives in vectors(ModelId::DlibResnetV1, 1..12),
        negatives in vectors(ModelId::DlibResnetV1, 0..5),
        probes in vectors(ModelId::DlibResnetV1, 1..8),
        late in any::<bool>(),
    ) {
        let gallery = corrected_gallery(&positives, &negatives, late);
        let radius = negative_radius(gallery.model()).value();
        for probe in probes.iter().chain(&negatives) {
            let own = |subject| {
                least(probe, gallery.entries().filter(|(s, _)| **s == subject).map(|(_, v)| v))
            };
            let is_ruled_out = |subject| {
                let negatives = gallery.negatives().filter(|(s, _)| **s == subject);
                let negative = least(probe, negatives.map(|(_, v)| v));
                negative.is_finite() && (negative <= own(subject) || negative <= radius * radius)
            };
            let expected = (0..3)
                .filter(|&subject| own(subject).is_finite() && !is_ruled_out(subject))
                .map(own)
                .fold(f32::INFINITY, f32::min);
            match gallery.nearest(probe) {
                Some(found) => {
                    prop_assert!(!is_ruled_out(found.subject));
                    prop_assert_eq!(found.distance.value(), expected.sqrt());
                }
                None => prop_assert!(expected.is_infinite()),
            }
        }
    }

    #[test]
    fn what_was_corrected_does_not_match_again(
        positives in vectors(ModelId::Sface2021Dec, 1..12),
        probes in vectors(ModelId::Sface2021Dec, 1..8),
    ) {
        let mut gallery = corrected_gallery(&positives, &[], false);
        for probe in &probes {
            let Some(before) = gallery.nearest(probe) else { continue };
            gallery.push_negative(before.subject, probe);
            let after = gallery.nearest(probe);
            prop_assert!(after.is_none_or(|after| after.subject != before.subject));
        }
    }

    #[test]
    fn the_right_person_still_matches(
        positives in vectors(ModelId::DlibResnetV1, 1..12),
        negatives in vectors(ModelId::DlibResnetV1, 1..5),
    ) {
        let gallery = corrected_gallery(&positives, &negatives, true);
        let radius = negative_radius(gallery.model()).value();
        let without = corrected_gallery(&positives, &[], true);
        for probe in &positives {
            // A probe that lies on an enrolled embedding, away from every negative: corrections change nothing.
            if negatives.iter().all(|negative| probe.distance(negative).unwrap().value() > radius) {
                prop_assert_eq!(gallery.nearest(probe), without.nearest(probe));
            }
        }
    }
}

#[test]
fn a_negative_takes_the_name_from_its_own_face_only() {
    let model = ModelId::DlibResnetV1;
    let mut gallery = Gallery::new(model);
    gallery.push("ana", &embedding(model, 0.0));
    gallery.push("luis", &embedding(model, 2.0));
    assert!(!gallery.push_negative("ana", &embedding(ModelId::Sface2021Dec, 0.5)));
    assert!(gallery.push_negative("ana", &embedding(model, 0.5)));
    let who = |gallery: &Gallery<&'static str>, first| match gallery
        .identify(&embedding(model, first), model.default_threshold())
    {
        Identification::Known(found) => Some(found.subject),
        Identification::Unknown { .. } => None,
    };
    let cases =
        [(-0.5, Some("ana")), (0.19, Some("ana")), (0.21, None), (0.5, None), (1.6, Some("luis"))];
    for (first, expected) in cases {
        assert_eq!(who(&gallery, first), expected, "{first}");
    }
    // Enrolled later, and nearer to the probe than the negative: still within its radius.
    gallery.push("ana", &embedding(model, 0.45));
    assert_eq!(who(&gallery, 0.45), None);
    assert_eq!(gallery.nearest_distance(&embedding(model, 0.45)).unwrap().value(), 0.0);
    assert_eq!(gallery.negatives().count(), 1);
    let second = gallery.nearest_where(&embedding(model, 0.0), |subject| *subject != "ana");
    assert_eq!(second.unwrap().subject, "luis");
}
