//! Clips: whether a face is one track, and whether its name is right in every frame.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use rostro_core::decision::{FalseMatchRate, Limits, Policy, Rule, scored};
use rostro_core::gallery::Gallery;
use rostro_core::tracks::{LookOutcome, TrackDecision, TrackId, TrackerOptions};
use rostro_core::watch::{Moment, Watch, WatchedFace};
use rostro_core::{DetectOptions, Detection, EMBEDDING_LEN, Embedding, Engine, ModelId};
use rostro_server::recognition::mjpeg::jpeg_len;
use rostro_server::recognition::picture::Picture;

use crate::faces::in_parallel;

const MODEL: ModelId = ModelId::Sface2021Dec;
/// Milliseconds between frames: 30 a second.
const FRAME_MS: u64 = 33;
/// Shorter tracks are something that looked like a face for a moment, as `rostro track` has it.
const TRACK_MIN_FRAMES: usize = 3;
/// Looks that a person is enrolled with.
const ENROLLED: usize = 3;
/// Tracks whose mean embeddings are nearer are one person's: about one in 10,000 by the calibration of single
/// pictures, and means are steadier than those.
const ONE_PERSON: f32 = 1.07;

/// Somebody in the clips, from 0.
type Person = usize;

/// Who each track of a clip is.
type Cast = BTreeMap<TrackId, Person>;

/// A clip with its faces found.
struct Clip {
    name: String,
    frames: Vec<(Picture, Vec<Detection>)>,
}

/// A track of a first pass, with nobody enrolled.
struct Seen {
    clip: usize,
    frames: usize,
    /// With the score of the detection that each was made of.
    looks: Vec<(f32, Embedding)>,
}

/// One clip, over the enrolments of everybody in turn.
pub(crate) struct Figures {
    pub(crate) name: String,
    pub(crate) people: usize,
    pub(crate) tracks: usize,
    /// Faces of frames with a decision, and those among them that are right.
    pub(crate) decided: usize,
    pub(crate) right: usize,
    /// Faces of frames in all.
    pub(crate) faces: usize,
    /// Tracks of strangers that were given a name, in any frame.
    pub(crate) strangers_named: usize,
}

/// Watches every motion JPEG of `folder`, every `step`th frame of it. Gives the clips, and how many people are in all of
/// them.
pub(crate) fn measure(
    engine: &Engine,
    folder: &Path,
    step: usize,
) -> Result<(Vec<Figures>, usize)> {
    let clips: Vec<Clip> =
        files(folder)?.iter().map(|file| read(engine, file, step)).collect::<Result<_>>()?;
    let passes: Vec<BTreeMap<TrackId, Seen>> = clips
        .iter()
        .enumerate()
        .map(|(index, clip)| first_pass(engine, index, clip, step))
        .collect::<Result<_>>()?;
    let (people, enrolled) = people(&passes)?;
    let mut figures: Vec<Figures> =
        clips.iter().zip(&people).map(|(clip, people)| empty(clip, people)).collect();
    for (person, looks) in enrolled.iter().enumerate() {
        let mut gallery = Gallery::new(MODEL);
        for look in looks {
            ensure!(gallery.push(person, look), "a look of another model");
        }
        for ((clip, people), figures) in clips.iter().zip(&people).zip(&mut figures) {
            let mut named = BTreeSet::new();
            watch(engine, clip, step, &gallery, |faces| {
                for face in faces {
                    figures.faces += 1;
                    let is_enrolled = people.get(&face.track) == Some(&person);
                    let right = match face.decision {
                        TrackDecision::Known { .. } => is_enrolled,
                        TrackDecision::Unknown => !is_enrolled,
                        _ => continue,
                    };
                    figures.decided += 1;
                    figures.right += usize::from(right);
                    if face.decision.subject().is_some() && !is_enrolled {
                        named.insert(face.track);
                    }
                }
            })?;
            figures.strangers_named += named.len();
        }
    }
    Ok((figures, enrolled.len()))
}

fn empty(clip: &Clip, people: &Cast) -> Figures {
    Figures {
        name: clip.name.clone(),
        people: people.values().collect::<BTreeSet<_>>().len(),
        tracks: people.len(),
        decided: 0,
        right: 0,
        faces: 0,
        strangers_named: 0,
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let reading = || format!("reading {}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(reading)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .with_context(reading)?;
    let is_clip = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "mjpeg" || extension == "mjpg")
    };
    files.retain(is_clip);
    files.sort();
    ensure!(!files.is_empty(), "{} holds no motion JPEG (*.mjpeg)", folder.display());
    Ok(files)
}

fn read(engine: &Engine, file: &Path, step: usize) -> Result<Clip> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let mut jpegs = Vec::new();
    let mut rest = &bytes[..];
    while let Some(len) = jpeg_len(rest) {
        jpegs.push(&rest[..len]);
        rest = &rest[len..];
    }
    let jpegs: Vec<&[u8]> = jpegs.into_iter().step_by(step).collect();
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let pictures = in_parallel(&name, &jpegs, |jpeg| {
        Picture::decode(jpeg).with_context(|| format!("decoding {name}"))
    })?;
    let mut watch = Watch::<Person>::new(DetectOptions::default(), TrackerOptions::default());
    let mut frames = Vec::with_capacity(pictures.len());
    for (number, picture) in (0_u64..).zip(pictures) {
        let found = watch.detect(engine, &picture.frame()?, at_ms(number, step))?;
        frames.push((picture, found));
    }
    Ok(Clip { name, frames })
}

/// The clip's clock at its frame `number`, when every `step`th is looked at.
const fn at_ms(number: u64, step: usize) -> u64 {
    number * FRAME_MS * step as u64
}

/// Follows the faces of a clip, held against `gallery`, and shows those of each frame to `see`.
fn watch(
    engine: &Engine,
    clip: &Clip,
    step: usize,
    gallery: &Gallery<Person>,
    mut see: impl FnMut(&[WatchedFace<Person>]),
) -> Result<()> {
    let mut watch = Watch::new(DetectOptions::default(), TrackerOptions::default());
    let rate = FalseMatchRate::one_in(Policy::DEFAULT_ONE_IN).context("the default is a rate")?;
    let rule = Rule { limits: Limits::DEFAULT, policy: Some(Policy::new(rate)) };
    for (number, (picture, found)) in (0_u64..).zip(&clip.frames) {
        let moment = Moment { engine, models: &[MODEL], now_ms: at_ms(number, step) };
        let identify = |probes: &[Embedding]| {
            let decision = rule.decide(&scored(probes, [gallery]), |_| None);
            LookOutcome::of_decision(decision.cloned())
        };
        see(&watch.follow(&picture.frame()?, found.clone(), &moment, identify)?);
    }
    Ok(())
}

/// The tracks of a clip that last, and what they look like.
fn first_pass(
    engine: &Engine,
    index: usize,
    clip: &Clip,
    step: usize,
) -> Result<BTreeMap<TrackId, Seen>> {
    let mut tracks = BTreeMap::<TrackId, Seen>::new();
    watch(engine, clip, step, &Gallery::new(MODEL), |faces| {
        for face in faces {
            let seen = tracks.entry(face.track).or_insert_with(|| Seen {
                clip: index,
                frames: 0,
                looks: Vec::new(),
            });
            seen.frames += 1;
            if face.looked.is_some() {
                let score = face.detection.score.value();
                seen.looks.extend(face.embeddings.first().map(|look| (score, look.clone())));
            }
        }
    })?;
    tracks.retain(|_, seen| seen.frames >= TRACK_MIN_FRAMES && !seen.looks.is_empty());
    Ok(tracks)
}

/// Who each track is, by the mean of its looks, and what each person is enrolled with: the looks with the best scores
/// of the first clip with that person.
fn people(passes: &[BTreeMap<TrackId, Seen>]) -> Result<(Vec<Cast>, Vec<Vec<Embedding>>)> {
    let mut known: Vec<Embedding> = Vec::new();
    let mut enrolled: Vec<Vec<Embedding>> = Vec::new();
    let mut of_clips = vec![BTreeMap::new(); passes.len()];
    // The longest first: the steadiest means.
    let mut tracks: Vec<(&TrackId, &Seen)> = passes.iter().flatten().collect();
    tracks.sort_by_key(|(track, seen)| (std::cmp::Reverse(seen.frames), seen.clip, **track));
    for (&track, seen) in tracks {
        let mean = mean(&seen.looks)?;
        let near =
            |other: &Embedding| other.distance(&mean).map_or(f32::MAX, |distance| distance.value());
        let nearest = (0..known.len()).min_by(|&a, &b| near(&known[a]).total_cmp(&near(&known[b])));
        let person = match nearest.filter(|&person| near(&known[person]) <= ONE_PERSON) {
            Some(person) => person,
            None => {
                let mut looks = seen.looks.clone();
                looks.sort_by(|(a, _), (b, _)| b.total_cmp(a));
                enrolled.push(looks.into_iter().take(ENROLLED).map(|(_, look)| look).collect());
                known.push(mean);
                known.len() - 1
            }
        };
        of_clips[seen.clip].insert(track, person);
    }
    Ok((of_clips, enrolled))
}

fn mean(looks: &[(f32, Embedding)]) -> Result<Embedding> {
    let mut sum = [0.0; EMBEDDING_LEN];
    for (_, look) in looks {
        sum.iter_mut().zip(look.values()).for_each(|(sum, value)| *sum += value);
    }
    Ok(Embedding::new(MODEL, &sum)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_that_look_alike_are_one_person() {
        let looking = |axis: usize, frames: usize, clip: usize| {
            let look = |score: f32, aside: f32| {
                let mut values = [0.0; EMBEDDING_LEN];
                values[axis] = 1.0;
                values[100] = aside;
                (score, Embedding::new(MODEL, &values).expect("it has a length"))
            };
            Seen {
                clip,
                frames,
                looks: vec![look(0.5, 0.6), look(0.9, -0.5), look(0.7, 0.1), look(0.6, 0.0)],
            }
        };
        let ids: Vec<TrackId> = tracks(2);
        let passes = [
            BTreeMap::from([(ids[0], looking(0, 50, 0)), (ids[1], looking(1, 40, 0))]),
            BTreeMap::from([(ids[0], looking(1, 90, 1))]),
        ];
        let (of_clips, enrolled) = people(&passes).expect("means have lengths");
        assert_eq!(of_clips[0][&ids[1]], of_clips[1][&ids[0]]);
        assert_ne!(of_clips[0][&ids[0]], of_clips[0][&ids[1]]);
        assert_eq!(enrolled.iter().map(Vec::len).collect::<Vec<_>>(), [ENROLLED, ENROLLED]);
    }

    /// Ids as a tracker gives them.
    fn tracks(count: u16) -> Vec<TrackId> {
        use rostro_core::tracks::{LookQuality, Sight, Tracker};
        use rostro_core::{FrameBox, FramePoint, Landmarks, Score};

        let sight = |index: u16| {
            let detection = Detection {
                bounds: FrameBox::from_tlwh(0.0, f32::from(index) * 300.0, 100.0, 100.0),
                score: Score::new(0.9).expect("it is a score"),
                landmarks: Landmarks([FramePoint::new(1.0, 1.0); 5]),
            };
            Sight { detection, quality: LookQuality::new(1.0) }
        };
        let sights: Vec<Sight> = (0..count).map(sight).collect();
        let mut tracker = Tracker::<Person>::new(TrackerOptions::default());
        (0..5)
            .flat_map(|frame| tracker.observe(&sights, frame * FRAME_MS))
            .flatten()
            .map(|tracked| tracked.track)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }
}
