//! Figures out of samples.

use anyhow::{Context as _, Result};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::report::{Figure, Goal};
use crate::speed::samples::{Samples, Spread};
use crate::speed::{Row, Speed, Table};

const OURS: &str = "rostro";

/// A network, what it is promised against onnxruntime-web, and the share of the peak it is to reach.
struct Promise {
    id: &'static str,
    title: &'static str,
    ratio: f64,
    peak: f64,
    /// Millions of multiply-adds of one run, each convolution counted as if done directly.
    mega_macs: f64,
}

const NETWORKS: [Promise; 3] = [
    Promise { id: "yunet", title: "YuNet, 320×256", ratio: 0.85, peak: 30.0, mega_macs: 69.0 },
    Promise {
        id: "dlib",
        title: "dlib's network, 150×150",
        ratio: 0.52,
        peak: 70.0,
        mega_macs: 271.0,
    },
    Promise { id: "sface", title: "SFace, 112×112", ratio: 0.60, peak: 62.0, mega_macs: 574.0 },
];

/// Adds what `measured` shows to `speed`.
///
/// # Errors
/// It is not what `bench/run.mjs` prints.
pub(super) fn judge(measured: &Value, speed: &mut Speed) -> Result<()> {
    if let Some(networks) = measured.get("networks") {
        for promise in &NETWORKS {
            if let Some(one) = networks.get(promise.id) {
                network(promise, one, speed).with_context(|| promise.title)?;
            }
        }
    }
    Ok(())
}

fn network(promise: &Promise, measured: &Value, speed: &mut Speed) -> Result<()> {
    let Promise { title, .. } = *promise;
    let rows = rows(title, measured, speed)?;
    let ours = cpu(&rows, OURS);
    if let (Some(ours), Some(rival)) = (ours, least(&rows, "onnxruntime-web")) {
        let name = format!("{title}: CPU time against onnxruntime-web");
        speed.figures.push(Figure::new(name, ours / rival, "×", Goal::AtMost(promise.ratio)));
    }
    if let (Some(ours), Some(peak)) = (ours, cpu(&rows, "peak")) {
        let macs = measured["samples"]["peak"]["macsPerRun"].as_f64().unwrap_or_default();
        let share = 100.0 * (promise.mega_macs * 1e6 / ours) / (macs / peak);
        let name = format!("{title}: share of the machine's peak");
        speed.figures.push(Figure::new(name, share, "%", Goal::AtLeast(promise.peak)));
    }
    let rows = rows.into_iter().filter(|row| row.name != "peak").collect();
    speed.tables.push(Table { name: title.to_owned(), rows });
    Ok(())
}

/// Contestants in their order, and what did not run.
fn rows(title: &str, measured: &Value, speed: &mut Speed) -> Result<Vec<Row>> {
    let none = Map::new();
    for (name, reason) in measured["failed"].as_object().unwrap_or(&none) {
        speed.not_run.push(format!("{title}, {name}: {}", super::text(reason)));
    }
    let samples = measured["samples"].as_object().unwrap_or(&none);
    samples.iter().map(|(name, value)| row(name, value)).collect()
}

fn row(name: &str, value: &Value) -> Result<Row> {
    let samples = Samples::deserialize(value).with_context(|| format!("samples of {name}"))?;
    let spread =
        |samples: &[f64]| Spread::of(samples).with_context(|| format!("{name} has no samples"));
    Ok(Row {
        name: name.to_owned(),
        cpu: spread(&samples.cpu_ms)?,
        wall: spread(&samples.wall_ms)?,
    })
}

/// CPU milliseconds of the contestant `name`.
fn cpu(rows: &[Row], name: &str) -> Option<f64> {
    rows.iter().find(|row| row.name == name).map(|row| row.cpu.median)
}

/// The fewest CPU milliseconds of those whose name begins with `name`: a rival is taken at its best.
fn least(rows: &[Row], name: &str) -> Option<f64> {
    rows.iter().filter(|row| row.name.starts_with(name)).map(|row| row.cpu.median).reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn empty() -> Speed {
        Speed {
            measured_on: Vec::new(),
            figures: Vec::new(),
            tables: Vec::new(),
            not_run: Vec::new(),
            details: Value::Null,
        }
    }

    fn took(ms: f64) -> Value {
        json!({ "wallMs": [2.0 * ms], "cpuMs": [ms] })
    }

    #[test]
    fn a_network_is_held_against_the_better_rival() {
        let mut peak = took(1.0);
        peak["macsPerRun"] = json!(27.1e6);
        let measured = json!({ "networks": { "dlib": {
            "samples": {
                "rostro": took(20.0),
                "onnxruntime-web": took(50.0),
                "onnxruntime-web, published file": took(25.0),
                "peak": peak,
            },
            "failed": { "another": "no model" },
        } } });
        let mut speed = empty();
        judge(&measured, &mut speed).expect("they are samples");
        let values: Vec<_> =
            speed.figures.iter().map(|figure| (figure.value, figure.met)).collect();
        assert_eq!(values, [(0.8, Some(false)), (50.0, Some(false))]);
        assert_eq!(speed.tables[0].rows.len(), 3);
        assert_eq!(speed.not_run, ["dlib's network, 150×150, another: no model"]);
    }

    #[test]
    fn samples_that_are_none_are_refused() {
        let measured =
            json!({ "networks": { "yunet": { "samples": { "rostro": { "wallMs": [1.0] } } } } });
        let refused = judge(&measured, &mut empty()).expect_err("there is no CPU time");
        assert!(format!("{refused:#}").contains("samples of rostro"), "{refused:#}");
    }
}
