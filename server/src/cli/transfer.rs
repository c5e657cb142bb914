//! `rostro import` and `rostro export`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use rostro_core::ModelId;
use rostro_server::npy::{read_files, write_files};
use rostro_server::people::{ImportCheck, ImportWarning, Imported, People};
use serde_json::json;

use super::{DataDir, block_on, model};

/// Warnings that are printed one by one.
const SAID: usize = 20;

/// Takes over the people of an encodings.npy and its labels.json: all of them or none.
///
/// What is there already is left out, so that the same files may be given again. People whose encodings disagree among
/// themselves, or who look like somebody else, are told of as warnings.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// float32 or float64 of shape (N, 128).
    #[arg(long, value_name = "FILE")]
    encodings: PathBuf,
    /// A list of N names.
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// The model that made them.
    #[arg(long, value_name = "ID", default_value_t = ModelId::UNTAGGED, value_parser = model)]
    model: ModelId,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataDir,
}

impl Import {
    pub(super) fn run(self) -> Result<ExitCode> {
        let rows = read_files(&self.encodings, &self.labels, self.model)?;
        let labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
        let store = self.data.open()?;
        let (imported, check) = block_on(async {
            let people = People::load(store).await?;
            let imported = people
                .import(rows)
                .await
                .with_context(|| format!("cannot take over {}", self.labels.display()))?;
            Ok((imported, people.check_import(self.model, labels.iter().map(String::as_str))))
        })?;
        let Imported { people_added, encodings_added, already_there } = imported;
        warn(&check)?;
        let mut out = std::io::stdout().lock();
        if self.json {
            let done = json!({
                "people_added": people_added,
                "encodings_added": encodings_added,
                "already_there": already_there,
            });
            writeln!(out, "{done}")?;
        } else {
            writeln!(out, "{encodings_added} encodings added, {people_added} people are new")?;
            if already_there > 0 {
                writeln!(out, "{already_there} were already there")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints what is to be said of the people: of the first twenty, and how many more.
fn warn(check: &ImportCheck) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for ImportWarning { person, fault, other } in check.warnings.iter().take(SAID) {
        let (name, code) = (&person.name, fault.code());
        match other {
            Some(other) => writeln!(
                err,
                "rostro: warning: {name}: {code}: the same face is enrolled as {}",
                other.name
            )?,
            None => writeln!(
                err,
                "rostro: warning: {name}: {code}: some of the encodings do not look like the others"
            )?,
        }
    }
    let more = check.warnings.len().saturating_sub(SAID);
    if more > 0 {
        writeln!(err, "rostro: warning: and {more} more")?;
    }
    if check.unchecked > 0 {
        let unchecked = check.unchecked;
        writeln!(err, "rostro: {unchecked} people were not held against the others: too many")?;
    }
    Ok(())
}

/// Writes everybody's encodings of one model as encodings.npy and labels.json, in the order of import and enrolment.
/// Files of these names are replaced.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Where the encodings go.
    #[arg(long, value_name = "FILE")]
    encodings: PathBuf,
    /// Where the names go.
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// The model that made them. Only dlib-resnet-v1 is what Python's face_recognition understands.
    #[arg(long, value_name = "ID", default_value_t = ModelId::UNTAGGED, value_parser = model)]
    model: ModelId,
    #[command(flatten)]
    data: DataDir,
}

impl Export {
    pub(super) fn run(self) -> Result<ExitCode> {
        let rows = block_on(async {
            let people = self.data.open_existing().await?;
            Ok(people.export(self.model).await?)
        })?;
        write_files(&rows, &self.encodings, &self.labels)?;
        writeln!(std::io::stdout(), "{} encodings of {} written", rows.len(), self.model)?;
        Ok(ExitCode::SUCCESS)
    }
}
