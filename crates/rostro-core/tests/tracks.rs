//! Faces over time: synthetic people who walk, hide, cross and change places before a camera.
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rostro_core::decision::{FalseMatchRate, Policy, decide, scored};
use rostro_core::tracks::{
    Change, Look, LookOutcome, LookQuality, LookReason, Sight, TrackDecision, TrackId, Tracker,
    TrackerOptions, VisitEvent,
};
use rostro_core::{
    Detection, EMBEDDING_LEN, Embedding, FrameBox, FramePoint, Gallery, Landmarks, ModelId, Score,
};

const MODEL: ModelId = ModelId::Sface2021Dec;
const FRAME_MS: u64 = 33;
const SIDE_PX: f32 = 80.0;

/// A frontal face around a place.
fn face(x: f32, y: f32, side: f32) -> Detection {
    let point = |dx: f32, dy: f32| FramePoint::new(x + dx * side, y + dy * side);
    Detection {
        bounds: FrameBox::from_centre(FramePoint::new(x, y), side, side),
        score: Score::new(0.9).unwrap(),
        landmarks: Landmarks([
            point(-0.2, -0.1),
            point(0.2, -0.1),
            point(0.0, 0.1),
            point(-0.15, 0.25),
            point(0.15, 0.25),
        ]),
    }
}

/// What a person looks like at one moment: their own direction, and a little that changes. Two people lie 1.3 apart or
/// more, two looks at one at most 0.6.
fn embedding(person: usize, moment: u64) -> Embedding {
    let mut values = [0.0; EMBEDDING_LEN];
    values[person] = 1.0;
    values[40 + usize::try_from(moment * 7 % 80).unwrap()] = 0.4;
    Embedding::new(MODEL, &values).unwrap()
}

/// Where everybody is, and what the tracker makes of it.
struct Scene {
    tracker: Tracker<usize>,
    enrolled: Gallery<usize>,
    embedded: usize,
    reasons: BTreeSet<&'static str>,
    changes: Vec<(u64, Change)>,
    began: Vec<Option<usize>>,
}

impl Scene {
    /// Only these people are enrolled.
    fn new(enrolled: &[usize]) -> Self {
        let mut gallery = Gallery::new(MODEL);
        for &person in enrolled {
            gallery.push(person, &embedding(person, 3));
        }
        Self {
            tracker: Tracker::new(TrackerOptions::default()),
            enrolled: gallery,
            embedded: 0,
            reasons: BTreeSet::new(),
            changes: Vec::new(),
            began: Vec::new(),
        }
    }

    /// One frame: who is where. Gives everybody's track, and checks that nobody bears another's name.
    fn frame(&mut self, people: &[(usize, Detection)], now_ms: u64) -> BTreeMap<usize, TrackId> {
        let sight = |&(_, detection): &(usize, Detection)| Sight {
            detection,
            quality: LookQuality::of(&detection),
        };
        let sights: Vec<Sight> = people.iter().map(sight).collect();
        let tracked = self.tracker.observe(&sights, now_ms);
        for (index, ((person, _), tracked)) in people.iter().zip(tracked).enumerate() {
            if let Some(reason) = tracked.and_then(|tracked| tracked.wanted) {
                self.reasons.insert(word(reason));
                self.look(*person, index, sights[index].quality, now_ms);
            }
        }
        for event in self.tracker.visits() {
            if let VisitEvent::Began(visit) = event {
                self.began.push(visit.subject);
            }
        }
        let track = |(index, &(person, _))| Some((person, self.tracker.track_at(index)?.id));
        people.iter().enumerate().filter_map(track).collect()
    }

    fn look(&mut self, person: usize, index: usize, quality: LookQuality, now_ms: u64) {
        self.embedded += 1;
        let probe = embedding(person, now_ms);
        let candidates = scored(std::slice::from_ref(&probe), [&self.enrolled]);
        let policy = Policy::new(FalseMatchRate::one_in(Policy::DEFAULT_ONE_IN).unwrap());
        let outcome = LookOutcome::of_decision(decide(&candidates, &policy).cloned());
        let look = Look { embeddings: vec![probe], quality, outcome };
        let filed = self.tracker.look(index, look).unwrap();
        if filed.change != Change::Kept {
            self.changes.push((now_ms, filed.change));
        }
    }

    fn decision(&self, id: TrackId) -> &TrackDecision<usize> {
        self.tracker.track(id).unwrap().decision
    }
}

fn word(reason: LookReason) -> &'static str {
    match reason {
        LookReason::New => "new",
        LookReason::Better => "better",
        LookReason::Changed => "changed",
        LookReason::Ambiguous => "ambiguous",
        LookReason::Recheck => "recheck",
        _ => "other",
    }
}

fn known(subject: usize) -> TrackDecision<usize> {
    TrackDecision::Known { subject }
}

/// The moments of so many milliseconds of video.
fn moments(until_ms: u64) -> impl Iterator<Item = u64> {
    (0..until_ms).step_by(usize::try_from(FRAME_MS).unwrap())
}

fn at(ms: u64) -> f32 {
    ms as f32 / 1000.0
}

#[test]
fn somebody_walks_by_and_is_embedded_now_and_then() {
    let mut scene = Scene::new(&[0]);
    let mut ids = BTreeSet::new();
    for now in moments(10_000) {
        // Half a face side a second, nearer and farther.
        let place = face(100.0 + 40.0 * at(now), 200.0, SIDE_PX + 20.0 * at(now).sin());
        let tracks = scene.frame(&[(0, place)], now);
        ids.insert(tracks[&0]);
        assert_eq!(scene.decision(tracks[&0]), &known(0), "at {now} ms");
    }
    assert_eq!(ids.len(), 1);
    assert!(scene.embedded <= 12, "{} embeddings in 10 s", scene.embedded);
    assert_eq!(scene.reasons, ["new", "recheck"].into());
    assert_eq!(scene.began, [Some(0)], "one event a visit");
}

#[test]
fn an_occluded_face_keeps_its_track_and_is_checked_before_it_bears_a_name_again() {
    for hidden in [300, 1000, 2000, 3500] {
        let mut scene = Scene::new(&[0]);
        let mut ids = BTreeSet::new();
        for now in moments(8000) {
            let place = face(300.0 + 30.0 * (at(now) * 2.0).sin(), 200.0, SIDE_PX);
            let people = [(0, place)];
            let is_hidden = (2000..2000 + hidden).contains(&now);
            ids.extend(scene.frame(if is_hidden { &[] } else { &people }, now).into_values());
        }
        assert_eq!(ids.len(), 1, "hidden for {hidden} ms");
        assert_eq!(scene.decision(*ids.first().unwrap()), &known(0));
        assert_eq!(scene.reasons.contains("ambiguous"), hidden > 600, "{:?}", scene.reasons);
        assert_eq!(scene.began, [Some(0)]);
    }
}

#[test]
fn a_stranger_in_the_place_of_somebody_who_left_is_never_named() {
    for gap in [700, 1500, 3000] {
        let mut scene = Scene::new(&[0]);
        for now in moments(8000) {
            let person = match now {
                0..2000 => 0,
                _ if now < 2000 + gap => continue,
                _ => 1,
            };
            let tracks = scene.frame(&[(person, face(300.0, 200.0, SIDE_PX))], now);
            if person == 1 {
                assert_eq!(scene.decision(tracks[&1]).subject(), None, "gap {gap}, at {now} ms");
            }
        }
        assert_eq!(scene.began, [Some(0), None]);
    }
}

/// Two people walk through each other at this speed; of two faces that overlap, the detector finds the one in front.
fn cross(scene: &mut Scene, px_per_s: f32, apart_px: f32) -> Vec<BTreeMap<usize, TrackId>> {
    let steps = moments(6000).map(|now| {
        let way = px_per_s * (at(now) - 3.0);
        let (front, behind) = (320.0 + way, 320.0 - way);
        let mut people = vec![(0, face(front, 200.0, SIDE_PX))];
        if (front - behind).hypot(apart_px) > 0.7 * SIDE_PX {
            people.push((1, face(behind, 200.0 + apart_px, SIDE_PX)));
        }
        let tracks = scene.frame(&people, now);
        for (person, id) in &tracks {
            let named = scene.decision(*id).subject();
            assert!(named.is_none_or(|name| name == person), "{named:?} is {person} at {now} ms");
        }
        tracks
    });
    steps.collect()
}

#[test]
fn two_who_cross_keep_their_ids_and_names() {
    for (enrolled, apart_px) in [(vec![0], 0.0), (vec![1], 0.0), (vec![0, 1], 30.0), (vec![], 60.0)]
    {
        for px_per_s in [40.0, 80.0, 160.0] {
            let mut scene = Scene::new(&enrolled);
            let seen = cross(&mut scene, px_per_s, apart_px);
            let name = format!("{enrolled:?} enrolled, {px_per_s} px/s, {apart_px} px apart");
            let (first, last) = (&seen[0], seen.last().unwrap());
            assert_eq!(first, last, "{name}");
            assert_ne!(first[&0], first[&1], "{name}");
            for person in [0, 1] {
                let expected =
                    if enrolled.contains(&person) { known(person) } else { TrackDecision::Unknown };
                assert_eq!(scene.decision(last[&person]), &expected, "{name}");
            }
            assert!(scene.embedded < 60, "{} embeddings: {name}", scene.embedded);
        }
    }
}

#[test]
fn a_swapped_face_is_revoked_by_two_good_looks() {
    let mut scene = Scene::new(&[0]);
    let swapped_ms = 3000;
    let mut named_until = 0;
    for now in moments(8000) {
        let person = usize::from(now >= swapped_ms);
        let tracks = scene.frame(&[(person, face(300.0, 200.0, SIDE_PX))], now);
        if scene.decision(tracks[&person]) == &known(0) {
            named_until = now;
        }
    }
    let doubted: Vec<_> = scene.changes.iter().map(|(_, change)| *change).collect();
    assert_eq!(doubted, [Change::Doubted, Change::Revoked]);
    let options = TrackerOptions::default();
    let within = options.recheck_ms + options.pace_ms + 3 * FRAME_MS;
    assert!(named_until < swapped_ms + within, "named until {named_until} ms");
    assert_eq!(scene.decision(scene.tracker.tracks().next().unwrap().id), &TrackDecision::Unknown);
    assert_eq!(scene.began, [Some(0), None]);
}

#[test]
fn whoever_comes_back_elsewhere_takes_up_their_track() {
    let mut scene = Scene::new(&[]);
    let here = scene.frame(&[(0, face(100.0, 200.0, SIDE_PX))], 0);
    scene.frame(&[], 1000);
    let there = scene.frame(&[(0, face(500.0, 120.0, 1.5 * SIDE_PX))], 6000);
    assert_eq!(here, there);
    assert_eq!(scene.changes, [(6000, Change::Rejoined)]);
    let other = scene.frame(&[(1, face(100.0, 300.0, SIDE_PX))], 9000);
    assert!(other[&1] > here[&0], "a new face has a new id");
}

#[test]
fn a_faint_face_goes_on_with_a_track_and_begins_none() {
    let mut scene = Scene::new(&[]);
    let faint = Detection { score: Score::new(0.4).unwrap(), ..face(300.0, 200.0, SIDE_PX) };
    assert!(scene.frame(&[(0, faint)], 0).is_empty());
    let clear = scene.frame(&[(0, face(300.0, 200.0, SIDE_PX))], 33);
    assert_eq!(scene.frame(&[(0, faint)], 66), clear);
}

/// Looks at one track of one face, as they come: what is decided after each.
fn decisions(outcomes: &[(LookOutcome<u8>, f32)]) -> Vec<TrackDecision<u8>> {
    let mut tracker = Tracker::new(TrackerOptions::default());
    let sight = Sight { detection: face(300.0, 200.0, SIDE_PX), quality: LookQuality::new(1.0) };
    let step = |(number, (outcome, quality)): (usize, &(LookOutcome<u8>, f32))| {
        let now_ms = 100 * u64::try_from(number).unwrap();
        tracker.observe(&[sight], now_ms);
        let look = Look {
            embeddings: vec![embedding(0, now_ms / 100)],
            quality: LookQuality::new(*quality),
            outcome: outcome.clone(),
        };
        tracker.look(0, look).unwrap();
        tracker.track_at(0).unwrap().decision.clone()
    };
    outcomes.iter().enumerate().map(step).collect()
}

fn vote(subject: u8, sureness: f32) -> LookOutcome<u8> {
    LookOutcome::Known { subject, sureness }
}

#[test]
fn naming_asks_for_agreement_and_revoking_for_little() {
    use TrackDecision::{Known, NotSure, Undecided, Unknown};
    struct Case {
        name: &'static str,
        looks: Vec<(LookOutcome<u8>, f32)>,
        decided: TrackDecision<u8>,
    }
    let cases = [
        Case { name: "one look", looks: vec![(vote(1, 0.5), 1.0)], decided: Undecided },
        Case {
            name: "one very sure look",
            looks: vec![(vote(1, 1.0), 0.9)],
            decided: Known { subject: 1 },
        },
        Case {
            name: "one very sure look, blurred",
            looks: vec![(vote(1, 1.0), 0.2)],
            decided: Undecided,
        },
        Case {
            name: "two that agree",
            looks: vec![(vote(1, 0.4), 0.8); 2],
            decided: Known { subject: 1 },
        },
        Case {
            name: "two that hardly count",
            looks: vec![(vote(1, 0.4), 0.1); 2],
            decided: Undecided,
        },
        Case {
            name: "two that do not agree",
            looks: vec![(vote(1, 0.4), 0.8), (vote(2, 0.4), 0.8)],
            decided: Undecided,
        },
        Case {
            name: "a sure one against an unknown one",
            looks: vec![(LookOutcome::Unknown, 0.9), (vote(1, 1.0), 0.9)],
            decided: Undecided,
        },
        Case {
            name: "one unknown look",
            looks: vec![(LookOutcome::Unknown, 1.0)],
            decided: Undecided,
        },
        Case {
            name: "two unknown looks",
            looks: vec![(LookOutcome::Unknown, 0.7); 2],
            decided: Unknown,
        },
        Case {
            name: "everything at once",
            looks: [vote(1, 0.2), LookOutcome::Unknown, vote(2, 0.2), LookOutcome::NotSure]
                .map(|outcome| (outcome, 0.8))
                .into_iter()
                .cycle()
                .take(8)
                .collect(),
            decided: NotSure,
        },
        Case {
            name: "named, then one look against",
            looks: vec![(vote(1, 0.5), 0.9), (vote(1, 0.5), 0.9), (LookOutcome::Unknown, 0.9)],
            decided: Known { subject: 1 },
        },
        Case {
            name: "hardly named, then two looks against",
            looks: [vec![(vote(1, 0.25), 0.9); 2], vec![(LookOutcome::Unknown, 0.9); 2]].concat(),
            decided: Unknown,
        },
        Case {
            name: "named for sure, then three looks against",
            looks: [vec![(vote(1, 0.9), 0.9); 6], vec![(LookOutcome::Unknown, 0.9); 3]].concat(),
            decided: Known { subject: 1 },
        },
        Case {
            name: "named for sure, then a dozen looks against",
            looks: [vec![(vote(1, 0.9), 0.9); 12], vec![(LookOutcome::Unknown, 0.9); 12]].concat(),
            decided: Unknown,
        },
        Case {
            name: "always at the threshold",
            looks: vec![(vote(1, 0.1), 0.9); 16],
            decided: NotSure,
        },
        Case {
            name: "named, then somebody else twice",
            looks: [vec![(vote(1, 0.9), 0.9); 12], vec![(vote(2, 0.9), 0.9); 2]].concat(),
            decided: Known { subject: 2 },
        },
    ];
    for case in cases {
        assert_eq!(decisions(&case.looks).last(), Some(&case.decided), "{}", case.name);
    }
}

proptest! {
    #[test]
    fn a_name_does_not_flicker(against in proptest::collection::vec(any::<bool>(), 60)) {
        // Never two contrary looks in a row.
        let mut before = true;
        let outcomes = against.into_iter().map(|against| {
            let is_against = against && !before;
            before = is_against;
            if is_against { (LookOutcome::Unknown, 0.8) } else { (vote(1, 0.7), 0.8) }
        });
        let outcomes: Vec<_> = [(vote(1, 0.7), 0.8)].into_iter().chain(outcomes).collect();
        let decided = decisions(&outcomes);
        let changes = decided.windows(2).filter(|pair| pair[0] != pair[1]).count();
        prop_assert!(changes <= 1, "{changes} changes");
        prop_assert_eq!(decided.last(), Some(&TrackDecision::Known { subject: 1 }));
    }

    #[test]
    fn a_stranger_whom_some_looks_mistake_is_never_named(
        mistakes in proptest::collection::vec((0_u8..5, 0_u8..4, 0.0_f32..0.45), 60),
    ) {
        // One look in four is mistaken for somebody, never twice in a row, and never for sure.
        let mut before = true;
        let outcomes: Vec<_> = mistakes
            .into_iter()
            .map(|(subject, kind, sureness)| {
                let is_mistake = kind == 0 && !before;
                before = is_mistake;
                (if is_mistake { vote(subject, sureness) } else { LookOutcome::Unknown }, 0.8)
            })
            .collect();
        for decision in decisions(&outcomes) {
            prop_assert_eq!(decision.subject(), None);
        }
    }

    #[test]
    fn tracks_and_detections_pair_off_in_any_order(
        frames in proptest::collection::vec(
            (1_u64..900, proptest::collection::vec((0_u16..640, 0_u16..480, 20_u16..200), 0..8)),
            1..30,
        ),
        turn in 0_usize..8,
    ) {
        let options = TrackerOptions { max_tracks: 6, lost_ms: 1500, rejoin_ms: 1500, ..TrackerOptions::default() };
        let (mut one, mut other) = (Tracker::<u8>::new(options), Tracker::<u8>::new(options));
        let (mut now_ms, mut ended, mut newest) = (0, BTreeSet::new(), 0);
        for (step_ms, places) in frames {
            now_ms += step_ms;
            let sights: Vec<_> = places
                .iter()
                .map(|&(x, y, side)| face(f32::from(x), f32::from(y), f32::from(side)))
                .map(|detection| Sight { detection, quality: LookQuality::of(&detection) })
                .collect();
            let before: BTreeSet<_> = one.tracks().map(|track| track.id).collect();
            let tracked = one.observe(&sights, now_ms);
            let after: BTreeSet<_> = one.tracks().map(|track| track.id).collect();
            prop_assert!(after.len() <= options.max_tracks);

            let ids: Vec<_> = tracked.iter().flatten().map(|tracked| tracked.track).collect();
            let distinct: BTreeSet<_> = ids.iter().copied().collect();
            prop_assert_eq!(distinct.len(), ids.len(), "no two detections are one track's");
            for id in &ids {
                prop_assert!(!ended.contains(id), "an id came back");
                if !before.contains(id) {
                    prop_assert!(id.value() > newest, "an id was given twice");
                }
            }
            newest = ids.iter().map(|id| id.value()).max().unwrap_or(0).max(newest);
            ended.extend(before.difference(&after).copied());

            // Equal faces cannot be told apart by any order.
            let mut turned = sights.clone();
            turned.rotate_left(turn % sights.len().max(1));
            let mut again = other.observe(&turned, now_ms);
            again.rotate_right(turn % sights.len().max(1));
            if places.iter().collect::<BTreeSet<_>>().len() == places.len() {
                prop_assert_eq!(&tracked, &again);
            } else {
                other = one.clone();
            }
        }
    }
}
