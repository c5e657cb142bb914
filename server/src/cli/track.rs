//! `rostro track`: a clip in, who was there and for how long out.

mod clip;
mod record;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use rostro_core::decision::{Metric, Rule};
use rostro_core::tracks::{LookOutcome, TrackerOptions, VisitEvent};
use rostro_core::watch::{Moment, Watch};
use rostro_core::{DetectOptions, Embedding, Engine, ModelId};
use rostro_server::people::{Galleries, PersonCard};

use self::clip::Clip;
use self::record::{ClipRecord, ClipSummary};
use super::faces::{FileError, Line, Outcome};
use super::people::{enrolled, error_body};
use super::{DataDir, ModelsDir, model};

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
struct Watching {
    engine: Arc<Engine>,
    models: Vec<ModelId>,
    galleries: Arc<Galleries>,
    rule: Rule,
    fps: u64,
}

impl Track {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (galleries, settings) = enrolled(&self.data)?;
        let mut models = galleries.models();
        if let Some(wanted) = self.model {
            if !models.contains(&wanted) {
                bail!("nobody is enrolled in {wanted}");
            }
            models = vec![wanted];
        }
        let engine = self.models.engine(&models)?;
        let rule = settings.rule();
        let watching = Watching { engine, models, galleries, rule, fps: self.fps };
        let mut out = std::io::stdout().lock();
        let mut read_any = false;
        for path in &self.files {
            let seen = watching.clip(path).map_err(|error| error_body(&error));
            let line = Line::new(path, seen);
            read_any |= line.is_seen();
            if self.json_lines { write_json(&mut out, line)? } else { write_text(&mut out, &line)? }
        }
        Ok(if read_any { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Watching {
    /// Follows every face of a clip.
    fn clip(&self, path: &Path) -> Result<ClipSummary> {
        let mut watch = Watch::new(DetectOptions::default(), TrackerOptions::default());
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
            let (engine, models) = (&*self.engine, &self.models[..]);
            let moment = Moment { engine, models, now_ms: number * 1000 / self.fps };
            let faces = watch.frame(&picture.frame()?, &moment, |probes| self.outcome(probes))?;
            record.visits += watch.visits().iter().filter(|event| is_begin(event)).count();
            record.frame(&faces, |face| self.distance(&face.embeddings));
        }
        Ok(record.finish())
    }

    fn distance(&self, probes: &[Embedding]) -> Option<(Metric, f32)> {
        let measured = self.galleries.identify(probes, &self.rule);
        Some((measured.metric, measured.distance?))
    }

    fn outcome(&self, probes: &[Embedding]) -> LookOutcome<Arc<PersonCard>> {
        LookOutcome::of_decision(self.galleries.decide(probes, &self.rule))
    }
}

const fn is_begin<S>(event: &VisitEvent<S>) -> bool {
    matches!(event, VisitEvent::Began(_))
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
