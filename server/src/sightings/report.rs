//! Reports: the sender has recognised already; the relay measures again before it believes a word.

use jiff::Timestamp;
use rostro_core::{Embedding, EmbeddingError, ModelId};
use rostro_wire::v1;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Sightings;
use super::measure::upgrade;
use super::pictured::{self, Found};
use crate::captures::{NewCapture, NewFace, Notify, RecordError};
use crate::config::limits::Reports;
use crate::people::Galleries;
use crate::recognition::{ImageSource, RecognitionError, Seen};
use crate::settings::{SettingsValues, Upgrade, Verify};

/// Longest camera name, in characters.
const MAX_CAMERA_CHARS: usize = 200;

/// Why a report was not stored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A field is not what it should be.
    #[error("{field}: {fault}")]
    Field {
        /// Which one, as a path: `faces[0].embedding`.
        field: String,
        /// What was wrong.
        fault: ReportFault,
    },
    /// It was seen too long ago.
    #[error("captured_at: {age_s} seconds ago is too long; reports are taken for {max_s} seconds")]
    Expired {
        /// How long ago.
        age_s: u64,
        /// How long reports are taken.
        max_s: u64,
    },
    /// Its picture was not recognised.
    #[error(transparent)]
    Picture(#[from] RecognitionError),
    /// It could not be stored.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// What can be wrong with a field of a report.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFault {
    /// No face, or too many.
    #[error("a report has 1 to {0} faces")]
    FaceCount(usize),
    /// Not a time with a zone.
    #[error("expected ISO 8601 with a zone, such as 2026-11-22T10:00:00Z")]
    Time,
    /// It was not yet seen.
    #[error("is {0} seconds ahead of the relay's clock: set the clock of the device")]
    Ahead(u64),
    /// Too long.
    #[error("expected at most {MAX_CAMERA_CHARS} characters")]
    TooLong,
    /// Not 0..1.
    #[error("expected a number from 0 to 1")]
    Score,
    /// The right side lies left of the left one, or the bottom above the top.
    #[error("a box has right >= left and bottom >= top")]
    Box,
    /// Not a model that is known.
    #[error("expected one of: dlib-resnet-v1, sface-2021dec")]
    Model,
    /// More embeddings than there are models.
    #[error("a face has at most one embedding of each model")]
    TooManyModels,
    /// A second embedding of one model.
    #[error("the face has an embedding of this model already")]
    ModelTwice,
    /// Not an embedding of that model.
    #[error(transparent)]
    Embedding(EmbeddingError),
}

impl Sightings {
    /// Measures a report's faces again and stores it as a capture, once however often it is sent. `caller` is who asks,
    /// told from others who ask.
    ///
    /// # Errors
    /// [`ReportError`].
    pub async fn report(
        &self,
        channel: v1::Channel,
        report: v1::Report,
        caller: &str,
    ) -> Result<v1::Receipt, ReportError> {
        let occurred_at = checked(&report, &self.limits, Timestamp::now())?;
        self.cameras.heard_of(report.camera_id.as_deref());
        let digest = digest(&report);
        let settings = self.settings.get();
        let rule = settings.rule();
        let galleries = self.people.galleries();
        let seen = self.seen_in(&report, &galleries, &settings, caller).await?;
        let mut faces = Vec::with_capacity(report.faces.len());
        for (index, face) in report.faces.iter().enumerate() {
            let probes = embeddings(index, face)?;
            let evidence = Some(evidence(&probes));
            let measured = galleries.identify(&probes, &rule);
            let found = seen.as_ref().map(|seen| {
                let shown = pictured::face_at(seen, face.bounds)?;
                let is_same_face = pictured::is_same_face(&probes, shown);
                Some(Found { measured: galleries.identify(shown, &rule), is_same_face })
            });
            let found = found.as_ref().map(Option::as_ref);
            let claim = face.claim.as_ref();
            let result = pictured::judged(settings.verify, claim, &measured, found, face.bounds);
            // What a browser reports is a ground for a proposal to somebody, never for an encoding by itself.
            let is_asked = settings.upgrade == Upgrade::Ask;
            let upgrade = is_asked
                .then(|| upgrade(&measured, face.bounds, &probes, &galleries, &settings))
                .flatten();
            let probes = settings.probes_to_keep(probes);
            faces.push(NewFace { result, probes, upgrade, evidence });
        }
        let capture = NewCapture {
            capture_id: report.capture_id,
            channel,
            camera_id: report.camera_id,
            camera_stream_url: None,
            occurred_at,
            faces,
            digest,
            notify: Notify::AtMostEvery(
                self.cool_down.period().try_into().unwrap_or(jiff::SignedDuration::ZERO),
            ),
        };
        Ok(self.captures.record(capture).await?)
    }

    /// What the report's picture shows, where the policy asks for one and there is one.
    async fn seen_in(
        &self,
        report: &v1::Report,
        galleries: &Galleries,
        settings: &SettingsValues,
        caller: &str,
    ) -> Result<Option<Seen>, ReportError> {
        let Some(picture) = &report.picture else { return Ok(None) };
        if settings.verify == Verify::Embedding {
            return Ok(None);
        }
        let mut models = self.models_to_ask(galleries, settings);
        let reported =
            report.faces.iter().filter_map(|face| face.embedding.model.parse::<ModelId>().ok());
        models.extend(reported);
        models.sort_unstable();
        models.dedup();
        let image = ImageSource::Text(picture.clone());
        Ok(Some(self.recognition.recognize(image, models, caller).await?))
    }
}

/// A digest of a face's embeddings, to the last bit.
fn evidence(probes: &[Embedding]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for probe in probes {
        digest.update(probe.model().as_str());
        probe.values().iter().for_each(|value| digest.update(value.to_le_bytes()));
    }
    let digest = digest.finalize();
    std::array::from_fn(|index| digest[index])
}

/// When a report's capture was made, once all but its embeddings has been looked at.
fn checked(
    report: &v1::Report,
    limits: &Reports,
    now: Timestamp,
) -> Result<Timestamp, ReportError> {
    let faces_max = limits.faces_max;
    if !(1..=faces_max).contains(&report.faces.len()) {
        return Err(fault("faces", ReportFault::FaceCount(faces_max)));
    }
    if report.camera_id.as_ref().is_some_and(|id| id.chars().count() > MAX_CAMERA_CHARS) {
        return Err(fault("camera_id", ReportFault::TooLong));
    }
    for (index, face) in report.faces.iter().enumerate() {
        if !(0.0..=1.0).contains(&face.score) {
            return Err(fault(&format!("faces[{index}].score"), ReportFault::Score));
        }
        if face.bounds.right < face.bounds.left || face.bounds.bottom < face.bounds.top {
            return Err(fault(&format!("faces[{index}].box"), ReportFault::Box));
        }
    }
    let time = |_| fault("captured_at", ReportFault::Time);
    let captured_at: Timestamp = report.captured_at.parse().map_err(time)?;
    let seconds = |from: Timestamp, to: Timestamp| u64::try_from(to.duration_since(from).as_secs());
    let ahead_s = seconds(now, captured_at).unwrap_or(0);
    if ahead_s > limits.clock_ahead_max.as_secs() {
        return Err(fault("captured_at", ReportFault::Ahead(ahead_s)));
    }
    let (age_s, max_s) = (seconds(captured_at, now).unwrap_or(0), limits.age_max.as_secs());
    if age_s > max_s {
        return Err(ReportError::Expired { age_s, max_s });
    }
    Ok(captured_at)
}

/// The embeddings of a face, at most one of each model.
fn embeddings(index: usize, face: &v1::ReportedFace) -> Result<Vec<Embedding>, ReportError> {
    let path = format!("faces[{index}]");
    let others = face.others.as_deref().unwrap_or_default();
    if others.len() >= ModelId::ALL.len() {
        return Err(fault(&format!("{path}.others"), ReportFault::TooManyModels));
    }
    let mut embeddings = vec![embedding(&path, &face.embedding)?];
    for (other, tagged) in others.iter().enumerate() {
        let path = format!("{path}.others[{other}]");
        let embedding = embedding(&path, tagged)?;
        if embeddings.iter().any(|held| held.model() == embedding.model()) {
            return Err(fault(&format!("{path}.model"), ReportFault::ModelTwice));
        }
        embeddings.push(embedding);
    }
    Ok(embeddings)
}

fn embedding(path: &str, tagged: &v1::TaggedEmbedding) -> Result<Embedding, ReportError> {
    let model: ModelId =
        tagged.model.parse().map_err(|_| fault(&format!("{path}.model"), ReportFault::Model))?;
    Embedding::new(model, &tagged.embedding)
        .map_err(|error| fault(&format!("{path}.embedding"), ReportFault::Embedding(error)))
}

fn fault(field: &str, fault: ReportFault) -> ReportError {
    ReportError::Field { field: field.to_owned(), fault }
}

/// The same for the same report on either channel, however its JSON was spelled.
fn digest(report: &v1::Report) -> [u8; 32] {
    let bytes = serde_json::to_vec(report).unwrap_or_default();
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::*;
    use crate::config::limits::Limits;

    fn report() -> v1::Report {
        v1::Report {
            capture_id: uuid!("0193a7c1-0000-7000-8000-000000000001"),
            camera_id: Some("entrada".to_owned()),
            captured_at: "2026-11-22T10:00:00.5+01:00".to_owned(),
            faces: vec![v1::ReportedFace {
                bounds: v1::PixelBox { top: 1, right: 4, bottom: 3, left: 2 },
                score: 0.9,
                embedding: v1::TaggedEmbedding {
                    model: "sface-2021dec".to_owned(),
                    embedding: vec![0.1; 128],
                },
                others: None,
                claim: None,
            }],
            picture: None,
        }
    }

    #[test]
    fn says_which_field_is_wrong() {
        type Spoil = fn(&mut v1::Report);
        let cases: [(Spoil, &str); 10] = [
            (|r| r.faces.clear(), "faces: a report has 1 to 64 faces"),
            (
                |r| r.captured_at = "ayer".to_owned(),
                "captured_at: expected ISO 8601 with a zone, such as 2026-11-22T10:00:00Z",
            ),
            (
                |r| r.faces[0].others = Some(vec![r.faces[0].embedding.clone()]),
                "faces[0].others[0].model: the face has an embedding of this model already",
            ),
            (
                |r| r.faces[0].others = Some(vec![r.faces[0].embedding.clone(); 2]),
                "faces[0].others: a face has at most one embedding of each model",
            ),
            (|r| r.camera_id = Some("x".repeat(201)), "camera_id: expected at most 200 characters"),
            (|r| r.faces[0].score = f32::NAN, "faces[0].score: expected a number from 0 to 1"),
            (
                |r| r.faces[0].bounds.right = 1,
                "faces[0].box: a box has right >= left and bottom >= top",
            ),
            (
                |r| r.faces[0].embedding.model = "facenet".to_owned(),
                "faces[0].model: expected one of: dlib-resnet-v1, sface-2021dec",
            ),
            (
                |r| r.faces[0].embedding.embedding[7] = f32::INFINITY,
                "faces[0].embedding: number 7 of the embedding is not finite",
            ),
            (
                |r| r.faces[0].embedding.embedding.truncate(5),
                "faces[0].embedding: an embedding has 128 numbers, got 5",
            ),
        ];
        let now: Timestamp = "2026-11-22T09:00:01Z".parse().unwrap();
        let judged = |report: &v1::Report| {
            checked(report, &Limits::default().reports, now)?;
            embeddings(0, &report.faces[0]).map(drop)
        };
        assert!(judged(&report()).is_ok());
        for (spoil, expected) in cases {
            let mut spoiled = report();
            spoil(&mut spoiled);
            assert_eq!(judged(&spoiled).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_report_is_taken_for_a_week_and_from_a_clock_five_minutes_ahead() {
        let seen: Timestamp = report().captured_at.parse().unwrap();
        let at = |after_s: i64| {
            let now = seen + jiff::SignedDuration::from_secs(after_s);
            checked(&report(), &Limits::default().reports, now).map_err(|error| error.to_string())
        };
        for taken in [0, -300, 7 * 24 * 3600] {
            assert_eq!(at(taken), Ok(seen), "{taken}");
        }
        let ahead =
            "captured_at: is 301 seconds ahead of the relay's clock: set the clock of the device";
        assert_eq!(at(-301), Err(ahead.to_owned()));
        let late =
            "captured_at: 604801 seconds ago is too long; reports are taken for 604800 seconds";
        assert_eq!(at(7 * 24 * 3600 + 1), Err(late.to_owned()));
    }

    #[test]
    fn evidence_is_of_every_bit_and_the_model() {
        let of = |model, first: f32| {
            let mut values = [0.1; 128];
            values[0] = first;
            evidence(&[Embedding::new(model, &values).unwrap()])
        };
        let [sface, dlib] = [ModelId::Sface2021Dec, ModelId::DlibResnetV1];
        assert_eq!(of(dlib, 0.1), of(dlib, 0.1));
        assert_ne!(of(dlib, 0.1), of(dlib, 0.1_f32.next_up()));
        assert_ne!(of(dlib, 0.1), of(sface, 0.1));
    }

    #[test]
    fn the_digest_tells_reports_apart() {
        let mut other = report();
        assert_eq!(digest(&report()), digest(&other));
        other.faces[0].embedding.embedding[0] = 0.2;
        assert_ne!(digest(&report()), digest(&other));
    }
}
