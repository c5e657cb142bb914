//! What becomes of a page that recognises for long.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::report::{Figure, Goal};
use crate::speed::{List, Speed};

const MEGABYTE: f64 = 1e6;

/// What one minute left behind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Minute {
    minute: u32,
    frames: f64,
    faces: f64,
    /// Milliseconds of each; Chromium tells of those of 50 and more.
    long_tasks: Vec<f64>,
    errors: Vec<String>,
    /// Of the module.
    wasm_bytes: f64,
    /// Of the scripts in the page and its worker, after a collection.
    script_bytes: f64,
    /// Of the whole process.
    process_bytes: f64,
}

/// Holds every later minute against the first, by which everything has been used once.
pub(super) fn soak(measured: &Value, speed: &mut Speed) -> Result<()> {
    let minutes = Vec::<Minute>::deserialize(measured)?;
    let (first, later) = minutes.split_first().context("nothing was measured")?;
    ensure!(!later.is_empty(), "growth wants two minutes");
    ensure!(first.wasm_bytes > 0.0, "the module's memory was not seen");
    let lasted = minutes.len();
    let grown = |what: &str, of: fn(&Minute) -> f64| {
        let most = later.iter().map(of).fold(0.0, f64::max);
        let name = format!("{what} over {lasted} minutes: growth since the first");
        Figure::new(name, 100.0 * (most / of(first) - 1.0), "%", Goal::AtMost(5.0))
    };
    let sum = |of: fn(&Minute) -> f64| minutes.iter().map(of).sum::<f64>();
    let longest = minutes.iter().flat_map(|minute| &minute.long_tasks).copied().fold(0.0, f64::max);
    speed.figures.extend([
        grown("memory of the module", |minute| minute.wasm_bytes),
        grown("memory of scripts", |minute| minute.script_bytes),
        Figure::new("frames recognised meanwhile", sum(|minute| minute.frames), "", Goal::None),
        Figure::new(
            "faces found in each",
            sum(|minute| minute.faces) / sum(|minute| minute.frames),
            "",
            Goal::None,
        ),
        Figure::new(
            "tasks of the page's own thread over 50 ms meanwhile",
            sum(|minute| minute.long_tasks.len() as f64),
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new("the longest of them", longest, "ms", Goal::None),
    ]);
    speed.not_run.extend(
        minutes.iter().flat_map(|minute| &minute.errors).map(|error| format!("a frame: {error}")),
    );
    let rows = minutes.iter().map(|minute| {
        let bytes = [minute.wasm_bytes, minute.script_bytes, minute.process_bytes];
        let [wasm, scripts, process] = bytes.map(|bytes| bytes / MEGABYTE);
        (format!("minute {}", minute.minute), vec![minute.frames, wasm, scripts, process])
    });
    let columns = vec!["frames", "module, MB", "scripts, MB", "process, MB"];
    speed.lists.push(List { name: "Minute by minute".to_owned(), columns, rows: rows.collect() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(minutes: &[Value]) -> Result<Vec<(f64, Option<bool>)>> {
        let mut speed = Speed::on(Vec::new());
        soak(&json!(minutes), &mut speed)?;
        Ok(speed.figures.iter().map(|figure| (figure.value, figure.met)).collect())
    }

    fn minute(minute: u32, wasm: f64, scripts: f64, long_tasks: &[f64]) -> Value {
        json!({
            "minute": minute, "frames": 1800.0, "faces": 1800.0, "longTasks": long_tasks, "errors": [],
            "wasmBytes": wasm, "scriptBytes": scripts, "processBytes": 2e8,
        })
    }

    #[test]
    fn the_most_of_any_later_minute_counts() {
        let figures =
            judged(&[minute(1, 5e7, 4e6, &[]), minute(2, 5e7, 5e6, &[]), minute(3, 4e7, 4e6, &[])])
                .expect("it is what the bench prints");
        let met = Some(true);
        assert_eq!(figures[0], (0.0, met));
        assert_eq!(figures[1], (25.0, Some(false)));
        assert_eq!(figures[2..4], [(5400.0, None), (1.0, None)]);
        assert_eq!(figures[4..], [(0.0, met), (0.0, None)]);
    }

    #[test]
    fn a_task_that_holds_the_page_up_is_counted() {
        let figures = judged(&[minute(1, 5e7, 4e6, &[]), minute(2, 5e7, 4e6, &[51.0, 60.0])])
            .expect("it is what the bench prints");
        assert_eq!(figures[4..], [(2.0, Some(false)), (60.0, None)]);
    }

    #[test]
    fn one_minute_shows_no_growth() {
        assert!(judged(&[minute(1, 5e7, 4e6, &[])]).is_err());
    }
}
