//! `rostro track`: a clip in, who was there and for how long out.

mod clip;
mod record;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use rostro_core::tracks::{
    Change, Look, LookOutcome, LookQuality, Sight, Tracker, TrackerOptions, VisitEvent,
};
use rostro_core::{DetectOptions, Engine, EngineError, Frame, ModelId};
use rostro_server::people::{Galleries, PersonCard};
use rostro_server::settings::{Settings, Thresholds};
use rostro_server::store::Store;

use self::clip::Clip;
use self::record::{ClipRecord, ClipSummary};
use super::faces::{FileError, Line, Outcome};
use super::people::error_body;
use super::{DataDir, ModelsDir, block_on, model};

/// Says who is in clips, as somebody who watches would: one answer for each face that is followed, not for each
/// frame.
///
/// A clip is a file of JPEGs one after the other (motion JPEG), or a folder of pictures, taken in the order of their
/// names. Faces are embedded only when a track is new, better seen, changed or could be mixed up. The exit code is 0
/// if any clip could be read.
#[derive(Debug, Args)]
pub(super) struct Track {
    /// Clips: motion JPEG, or folders of pictures.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The recogniser; unless given, all in which somebody is enrolled.
    #[arg(long, value_name = "ID", value_parser = model)]
    model: Option<ModelId>,
    /// Frames per second.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1000))]
    fps: u64,
    /// Prints JSON: a line for each track, then one for the clip.
    #[arg(long)]
    json_lines: bool,
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    models: ModelsDir,
}

/// What every clip is held against.
struct Watch {
    engine: Arc<Engine>,
    models: Vec<ModelId>,
    galleries: Arc<Galleries>,
    thresholds: Thresholds,
    fps: u64,
}

impl Track {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (galleries, settings) = block_on(async {
            let people = self.data.open_existing().await?;
            let settings = Settings::load(Store::open(&self.data.path()?)?).await?;
            Ok((people.galleries(), settings.get()))
        })?;
        let mut models = galleries.models();
        if models.is_empty() {
            bail!("nobody is enrolled: add people with «rostro enrol» or «rostro import»");
        }
        if let Some(wanted) = self.model {
            if !models.contains(&wanted) {
                bail!("nobody is enrolled in {wanted}");
            }
            models = vec![wanted];
        }
        let engine = self.models.engine(&models)?;
        let thresholds = settings.thresholds();
        let watch = Watch { engine, models, galleries, thresholds, fps: self.fps };
        let mut out = std::io::stdout().lock();
        let mut read_any = false;
        for path in &self.files {
            let seen = watch.clip(path).map_err(|error| error_body(&error));
            let line = Line::new(path, seen);
            read_any |= line.is_seen();
            if self.json_lines { write_json(&mut out, line)? } else { write_text(&mut out, &line)? }
        }
        Ok(if read_any { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Watch {
    /// Follows every face of a clip.
    fn clip(&self, path: &Path) -> Result<ClipSummary> {
        let mut tracker = Tracker::new(TrackerOptions::default());
        let mut record = ClipRecord::default();
        for (number, picture) in (0_u64..).zip(Clip::open(path)?) {
            let picture = match picture {
                // The end of a recording is often cut short.
                Err(FileError::Picture(_)) if record.has_frames() => {
                    record.unreadable_frame();
                    continue;
                }
                picture => picture?,
            };
            self.frame(&mut tracker, &mut record, &picture.frame()?, number * 1000 / self.fps)?;
        }
        Ok(record.finish())
    }

    fn frame(
        &self,
        tracker: &mut Tracker<Arc<PersonCard>>,
        record: &mut ClipRecord,
        frame: &Frame<'_>,
        now_ms: u64,
    ) -> Result<()> {
        let detections = self.engine.detect(frame, &DetectOptions::for_tracks())?;
        let sights: Vec<Sight> = detections
            .into_iter()
            .map(|detection| Sight { detection, quality: LookQuality::of(&detection) })
            .collect();
        let tracked = tracker.observe(&sights, now_ms);
        for (index, tracked) in tracked.into_iter().enumerate() {
            if tracked.is_some_and(|tracked| tracked.wanted.is_some()) {
                self.look(tracker, record, frame, index, &sights[index])?;
            }
        }
        let began =
            tracker.visits().into_iter().filter(|event| matches!(event, VisitEvent::Began(_)));
        record.visits += began.count();
        record.frame((0..sights.len()).filter_map(|index| tracker.track_at(index)));
        Ok(())
    }

    /// Embeds the face of one sight and tells the tracker who it is.
    fn look(
        &self,
        tracker: &mut Tracker<Arc<PersonCard>>,
        record: &mut ClipRecord,
        frame: &Frame<'_>,
        index: usize,
        sight: &Sight,
    ) -> Result<()> {
        let embeddings =
            self.models.iter().map(|&model| self.engine.embed(frame, &sight.detection, model));
        let embeddings = match embeddings.collect::<Result<Vec<_>, _>>() {
            Err(EngineError::NotAlignable) => {
                tracker.pass(index);
                return Ok(());
            }
            embeddings => embeddings?,
        };
        let measured = self.galleries.identify(&embeddings, &self.thresholds);
        let outcome = match (measured.person, measured.nearest) {
            (Some(person), Some(distance)) => {
                LookOutcome::known(person, distance, measured.threshold)
            }
            _ => LookOutcome::Unknown,
        };
        let before = tracker.track_at(index).map(|track| track.id);
        let look = Look { embeddings, quality: sight.quality, outcome };
        if let Some(filed) = tracker.look(index, look) {
            if let (Change::Rejoined, Some(before)) = (filed.change, before) {
                record.join(before, filed.track);
            }
            record.look(filed.track, measured.nearest);
        }
        Ok(())
    }
}

fn write_json(out: &mut impl Write, line: Line<ClipSummary>) -> Result<()> {
    let Line { file, outcome } = line;
    let mut write = |value: &serde_json::Value| writeln!(out, "{value}");
    match outcome {
        Outcome::Failed { error } => write(&serde_json::json!({ "file": file, "error": error }))?,
        Outcome::Seen(ClipSummary { tracks, totals }) => {
            for track in tracks {
                write(&serde_json::to_value(Line {
                    file: file.clone(),
                    outcome: Outcome::Seen(track),
                })?)?;
            }
            write(&serde_json::json!({ "file": file, "summary": totals }))?;
        }
    }
    Ok(())
}

fn write_text(out: &mut impl Write, line: &Line<ClipSummary>) -> Result<()> {
    let file = &line.file;
    match &line.outcome {
        Outcome::Failed { error } => writeln!(out, "{file}: {}", error.message)?,
        Outcome::Seen(ClipSummary { tracks, totals }) => {
            for track in tracks {
                writeln!(out, "{file}: {track}")?;
            }
            writeln!(out, "{file}: {totals}")?;
        }
    }
    Ok(())
}
