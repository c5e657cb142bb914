//! How fast Rostro is, beside others on the same machine in the same run.

pub(crate) mod browser;
mod page;
mod samples;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use crate::report::Figure;

/// What was measured, as it is printed.
#[derive(Serialize)]
pub(crate) struct Speed {
    /// Machine, browser and versions.
    pub(crate) measured_on: Vec<(String, String)>,
    pub(crate) figures: Vec<Figure>,
    /// Medians and quartiles of every contestant, by part.
    pub(crate) tables: Vec<Table>,
    /// What did not run, and why.
    pub(crate) not_run: Vec<String>,
    /// All samples.
    pub(crate) details: Value,
}

/// Contestants of one comparison.
#[derive(Serialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) rows: Vec<Row>,
}

/// One contestant: milliseconds of one run.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cpu: samples::Spread,
    pub(crate) wall: samples::Spread,
}

impl Speed {
    /// Prints it to the standard output or the error output, and writes the page and plots where `out` says.
    fn give(&self, title: &str, file: &str, json: bool, out: Option<&Path>) -> Result<()> {
        let page = page::page(title, self);
        if let Some(folder) = out {
            page::write(folder, file, &page, &self.tables)?;
        }
        if json {
            #[expect(clippy::print_stdout, reason = "what was asked for")]
            {
                println!("{}", serde_json::to_string_pretty(self)?);
            }
        } else {
            eprintln!("{page}");
        }
        Ok(())
    }
}

/// The folder, made absolute.
///
/// # Errors
/// There is none.
fn folder(option: &str, folder: &Path) -> Result<PathBuf> {
    ensure!(folder.is_dir(), "{option}: there is no folder {}", folder.display());
    folder.canonicalize().with_context(|| format!("finding {}", folder.display()))
}

/// Kind and cores of the processor, as Linux tells them.
fn machine() -> Vec<(String, String)> {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix("model name"));
    let model = value.and_then(|rest| rest.split_once(':')).map_or("unknown", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    vec![
        ("processor".to_owned(), format!("{}, {cores} cores", model.trim())),
        ("system".to_owned(), format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
    ]
}
