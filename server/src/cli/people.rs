//! `rostro identify`, `people` and `forget`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use rostro_core::{DetectOptions, Engine, Face, ModelId};
use rostro_server::people::Galleries;
use rostro_server::recognition::picture::Picture;
use rostro_server::settings::{Settings, SettingsValues};
use rostro_server::store::Store;
use rostro_server::verify::{face_result, pixel_box};
use rostro_wire::{ErrorBody, v1};
use serde::Serialize;

use super::faces::{FileError, Line, Outcome, internal, picture};
use super::{DataDir, ModelsDir, block_on};

fn faces(engine: &Engine, models: &[ModelId], picture: &Picture) -> Result<Vec<Face>> {
    Ok(engine.recognize(&picture.frame()?, &DetectOptions::default(), models)?)
}

/// Says who is in pictures, as a running relay would.
///
/// The exit code is 0 if any picture could be read.
#[derive(Debug, Args)]
pub(super) struct Identify {
    /// Pictures: JPEG, PNG or WebP.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Prints a line of JSON a picture.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    models: ModelsDir,
}

/// Everybody enrolled, at least one person, and what they are held against with.
pub(super) fn enrolled(data: &DataDir) -> Result<(Arc<Galleries>, Arc<SettingsValues>)> {
    let (galleries, settings) = block_on(async {
        let people = data.open_existing().await?;
        let settings = Settings::load(Store::open(&data.path()?)?).await?;
        Ok((people.galleries(), settings.get()))
    })?;
    if galleries.is_empty() {
        bail!("nobody is enrolled: add people with «rostro enrol» or «rostro import»");
    }
    Ok((galleries, settings))
}

/// Who is in one picture.
#[derive(Serialize)]
struct Identified {
    faces: Vec<v1::FaceResult>,
}

impl Identify {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (galleries, settings) = enrolled(&self.data)?;
        let engine = self.models.engine(&galleries.models())?;
        let mut out = std::io::stdout().lock();
        let mut read_any = false;
        for path in &self.files {
            let identified = identify(&engine, &galleries, &settings, path);
            let line = Line::new(path, identified.map_err(|error| error_body(&error)));
            read_any |= line.is_seen();
            if self.json {
                writeln!(out, "{}", serde_json::to_string(&line)?)?;
            } else {
                write_line(&mut out, &line)?;
            }
        }
        Ok(if read_any { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn identify(
    engine: &Engine,
    galleries: &Galleries,
    settings: &SettingsValues,
    path: &Path,
) -> Result<Identified> {
    let picture = picture(path)?;
    let found = faces(engine, &galleries.models(), &picture)?;
    let results = found.iter().map(|face| {
        let measured = galleries.identify(&face.embeddings, &settings.rule());
        let bounds = pixel_box(&face.detection.bounds, picture.width(), picture.height());
        face_result(None, &measured, bounds)
    });
    Ok(Identified { faces: results.collect() })
}

pub(super) fn error_body(error: &anyhow::Error) -> ErrorBody {
    match error.downcast_ref::<FileError>() {
        Some(error) => error.body(),
        None => internal(error.to_string()),
    }
}

fn write_line(out: &mut impl Write, line: &Line<Identified>) -> Result<()> {
    let file = &line.file;
    match &line.outcome {
        Outcome::Failed { error } => writeln!(out, "{file}: {}", error.message)?,
        Outcome::Seen(Identified { faces }) if faces.is_empty() => {
            writeln!(out, "{file}: no face")?
        }
        Outcome::Seen(Identified { faces }) => {
            for face in faces {
                let is_in_doubt =
                    face.decision.is_some_and(|one| one.outcome == v1::Outcome::NotSure);
                let nameless = if is_in_doubt { "not sure" } else { "unknown" };
                let name = face.name.as_deref().unwrap_or(nameless);
                write!(out, "{file}: {name}")?;
                if let Some(distance) = face.distance {
                    write!(out, ", distance {distance:.3} of {:.3}", face.threshold)?;
                }
                let v1::PixelBox { top, right, bottom, left } = face.bounds;
                writeln!(out, " ({}), box {left},{top} to {right},{bottom}", face.model)?;
            }
        }
    }
    Ok(())
}

/// Lists who is enrolled, by name.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Prints JSON, as GET /v1/people answers.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataDir,
}

impl List {
    pub(super) fn run(self) -> Result<ExitCode> {
        let people = block_on(async { Ok(self.data.open_existing().await?.list().await?) })?;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(
                out,
                "{}",
                serde_json::to_string(&v1::PeopleList { people, next_after: None })?
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        let width = people.iter().map(|person| person.name.chars().count()).max().unwrap_or(0);
        for person in people {
            let held: Vec<String> =
                person.encodings.iter().map(|(model, count)| format!("{model} {count}")).collect();
            writeln!(out, "{:width$}  {}", person.name, held.join(", "))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Removes a person, their encodings, their name in stored results, and the webhooks about them that wait. A
/// running relay knows them no longer within about a second.
#[derive(Debug, Args)]
pub(super) struct Forget {
    /// The person's name; case does not matter.
    name: String,
    #[command(flatten)]
    data: DataDir,
}

impl Forget {
    pub(super) fn run(self) -> Result<ExitCode> {
        let name = block_on(async {
            let people = self.data.open_existing().await?;
            let Some(person) = people.by_name(&self.name).await? else {
                bail!("nobody is enrolled under this name; «rostro people» lists everybody");
            };
            people.forget(&person.id).await?;
            Ok(person.name)
        })?;
        writeln!(std::io::stdout(), "{name} is forgotten")?;
        Ok(ExitCode::SUCCESS)
    }
}
