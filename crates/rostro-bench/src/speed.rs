//! How fast Rostro is, beside others on the same machine in the same run.

pub(crate) mod browser;
pub(crate) mod native;
mod page;
mod samples;
pub(crate) mod scene;
mod turns;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use crate::report::Figure;
pub(crate) use page::Head;
pub(crate) use samples::quantile;
use samples::{Samples, Spread};

/// Where what was measured goes.
#[derive(clap::Args)]
pub(crate) struct Output {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Writes a page with its plots into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What was measured, as it is printed.
#[derive(Serialize)]
pub(crate) struct Speed {
    /// Machine, browser and versions.
    pub(crate) measured_on: Vec<(String, String)>,
    pub(crate) figures: Vec<Figure>,
    /// What the figures come to, a sentence each.
    pub(crate) in_words: Vec<String>,
    /// Medians and quartiles of every contestant, by part.
    pub(crate) tables: Vec<Table>,
    /// Whatever else was counted, by part.
    pub(crate) lists: Vec<List>,
    /// What did not run, and why.
    pub(crate) not_run: Vec<String>,
    /// All samples.
    pub(crate) details: Value,
}

/// Contestants of one comparison.
#[derive(Clone, Serialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) rows: Vec<Row>,
}

/// One contestant: milliseconds of one run.
#[derive(Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cpu: Spread,
    pub(crate) wall: Spread,
}

/// Named rows of numbers.
#[derive(Serialize)]
pub(crate) struct List {
    pub(crate) name: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<(String, Vec<f64>)>,
}

impl Table {
    /// CPU milliseconds of the contestant `name`.
    fn cpu(&self, name: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.name == name).map(|row| row.cpu.median)
    }

    /// The fewest CPU milliseconds of those whose name begins with `name`: a rival is taken at its best.
    fn least(&self, name: &str) -> Option<f64> {
        let named = self.rows.iter().filter(|row| row.name.starts_with(name));
        named.map(|row| row.cpu.median).reduce(f64::min)
    }
}

impl Row {
    /// # Errors
    /// There are no samples.
    fn of(name: &str, samples: &Samples) -> Result<Self> {
        let spread =
            |samples: &[f64]| Spread::of(samples).with_context(|| format!("{name} has no samples"));
        Ok(Self {
            name: name.to_owned(),
            cpu: spread(&samples.cpu_ms)?,
            wall: spread(&samples.wall_ms)?,
        })
    }
}

impl Speed {
    /// Nothing measured yet.
    pub(crate) const fn on(measured_on: Vec<(String, String)>) -> Self {
        Self {
            measured_on,
            figures: Vec::new(),
            in_words: Vec::new(),
            tables: Vec::new(),
            lists: Vec::new(),
            not_run: Vec::new(),
            details: Value::Null,
        }
    }

    /// Adds a table of what `contestants` took, and gives it.
    ///
    /// # Errors
    /// One of them has no samples.
    fn compare(&mut self, name: &str, contestants: &[(String, Samples)]) -> Result<Table> {
        let rows = contestants.iter().map(|(name, samples)| Row::of(name, samples));
        let table = Table { name: name.to_owned(), rows: rows.collect::<Result<_>>()? };
        self.tables.push(table.clone());
        Ok(table)
    }

    /// Prints it to the standard output or the error output, and writes the page and plots where `out` says.
    pub(crate) fn give(&self, head: &Head, Output { json, out }: &Output) -> Result<()> {
        let page = page::page(head, self);
        if let Some(folder) = out {
            page::write(folder, head.file, &page, &self.tables)?;
        }
        if *json {
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
pub(crate) fn machine() -> Vec<(String, String)> {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix("model name"));
    let model = value.and_then(|rest| rest.split_once(':')).map_or("unknown", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    vec![
        ("processor".to_owned(), format!("{}, {cores} cores", model.trim())),
        ("system".to_owned(), format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Goal;

    /// Programs read this.
    #[test]
    fn figures_are_printed_with_their_goals() {
        let mut speed = Speed::on(vec![("system".to_owned(), "linux".to_owned())]);
        speed.figures.push(Figure::new("ratio", 0.5, "×", Goal::AtMost(0.6)));
        speed.figures.push(Figure::new("rate", 0.5, "", Goal::None));
        let printed = serde_json::to_value(&speed).expect("it is plain values");
        let figures = serde_json::json!([
            { "name": "ratio", "value": 0.5, "unit": "×", "goal": "<= 0.6", "met": true },
            { "name": "rate", "value": 0.5, "unit": "", "goal": null, "met": null },
        ]);
        assert_eq!(printed["figures"], figures);
        assert!(printed.get("details").is_some() && printed.get("tables").is_some());
    }

    #[test]
    fn a_rival_is_taken_at_its_best() {
        let samples = |ms: f64| Samples { wall_ms: vec![ms], cpu_ms: vec![ms] };
        let mut speed = Speed::on(Vec::new());
        let contestants = [("ours", 1.0), ("rival", 3.0), ("rival, tuned", 2.0)];
        let contestants = contestants.map(|(name, ms)| (name.to_owned(), samples(ms)));
        let table = speed.compare("a race", &contestants).expect("all have samples");
        assert_eq!(
            (table.cpu("ours"), table.least("rival"), table.cpu("none")),
            (Some(1.0), Some(2.0), None)
        );
        assert_eq!(speed.tables.len(), 1);
        assert!(speed.compare("nothing", &[("a".to_owned(), Samples::default())]).is_err());
    }
}
