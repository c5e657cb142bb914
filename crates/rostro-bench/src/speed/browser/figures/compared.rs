//! This package beside other libraries.

use anyhow::{Context as _, Result};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::report::{Figure, Goal};
use crate::speed::browser::text;
use crate::speed::samples::{Samples, Spread};
use crate::speed::{List, Speed, Table};

const OURS: &str = "rostro";
const PEAK: &str = "peak";

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

/// A whole frame in one space, against a library: the share of its CPU time that is promised.
const FRAMES: [(&str, &str, f64); 3] = [
    ("rostro, dlib", "face-api", 0.35),
    ("rostro, SFace", "face-api", 0.55),
    ("rostro, SFace", "human", 0.30),
];

pub(super) fn networks(measured: &Value, speed: &mut Speed) -> Result<()> {
    for promise in &NETWORKS {
        if let Some(one) = measured.get(promise.id) {
            network(promise, one, speed).with_context(|| promise.title)?;
        }
    }
    Ok(())
}

fn network(promise: &Promise, measured: &Value, speed: &mut Speed) -> Result<()> {
    let Promise { title, .. } = *promise;
    let table = table(title, measured, speed)?;
    let ours = table.cpu(OURS);
    if let (Some(ours), Some(rival)) = (ours, table.least("onnxruntime-web")) {
        let name = format!("{title}: CPU time against onnxruntime-web");
        speed.figures.push(Figure::new(name, ours / rival, "×", Goal::AtMost(promise.ratio)));
    }
    if let (Some(ours), Some(peak)) = (ours, table.cpu(PEAK)) {
        let macs = measured["samples"][PEAK]["macsPerRun"].as_f64().context("macsPerRun")?;
        let share = 100.0 * (promise.mega_macs * 1e6 / ours) / (macs / peak);
        let name = format!("{title}: share of the machine's peak");
        speed.figures.push(Figure::new(name, share, "%", Goal::AtLeast(promise.peak)));
    }
    Ok(())
}

pub(super) fn frame(measured: &Value, speed: &mut Speed) -> Result<()> {
    let table = table("A whole frame of 640×480 with one face", measured, speed)?;
    for (ours, rival, most) in FRAMES {
        if let (Some(took), Some(against)) = (table.cpu(ours), table.cpu(rival)) {
            let name = format!("whole frame, {ours}: CPU time against {rival}");
            speed.figures.push(Figure::new(name, took / against, "×", Goal::AtMost(most)));
        }
    }
    let rows = stages(measured);
    if !rows.is_empty() {
        let name = "Steps of a whole frame, as each tells them".to_owned();
        speed.lists.push(List { name, columns: vec!["wall ms, median"], rows });
    }
    Ok(())
}

pub(super) fn group(measured: &Value, speed: &mut Speed) -> Result<()> {
    table("Several faces in a picture of 1280×720", measured, speed)?;
    Ok(())
}

/// The median of each step of each contestant that tells its steps.
fn stages(measured: &Value) -> Vec<(String, Vec<f64>)> {
    let none = Map::new();
    let told = |value: &Value| value["stages"].as_object().cloned().unwrap_or_default();
    let contestants = measured["samples"].as_object().unwrap_or(&none).iter();
    let steps = contestants.flat_map(|(name, value)| {
        told(value).into_iter().filter_map(move |(step, samples)| {
            let samples = Vec::<f64>::deserialize(samples).ok()?;
            Some((format!("{name}: {step}"), vec![Spread::of(&samples)?.median]))
        })
    });
    steps.collect()
}

/// Adds the contestants, but for the peak, and what did not run, to `speed`; gives all contestants.
fn table(title: &str, measured: &Value, speed: &mut Speed) -> Result<Table> {
    let none = Map::new();
    for (name, reason) in measured["failed"].as_object().unwrap_or(&none) {
        speed.not_run.push(format!("{title}, {name}: {}", text(reason)));
    }
    let samples = measured["samples"].as_object().unwrap_or(&none).iter().map(|(name, value)| {
        let samples = Samples::deserialize(value).with_context(|| format!("samples of {name}"))?;
        Ok((name.clone(), samples))
    });
    let table = speed.compare(title, &samples.collect::<Result<Vec<_>>>()?)?;
    if let Some(shown) = speed.tables.last_mut() {
        shown.rows.retain(|row| row.name != PEAK);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn took(ms: f64) -> Value {
        json!({ "wallMs": [2.0 * ms], "cpuMs": [ms] })
    }

    fn judged(speed: &Speed) -> Vec<(f64, Option<bool>)> {
        speed.figures.iter().map(|figure| (figure.value, figure.met)).collect()
    }

    #[test]
    fn a_network_is_held_against_the_better_rival() {
        let mut peak = took(1.0);
        peak["macsPerRun"] = json!(27.1e6);
        let measured = json!({ "dlib": {
            "samples": {
                "rostro": took(20.0),
                "onnxruntime-web": took(50.0),
                "onnxruntime-web, published file": took(25.0),
                "peak": peak,
            },
            "failed": { "another": "no model" },
        } });
        let mut speed = Speed::on(Vec::new());
        networks(&measured, &mut speed).expect("they are samples");
        assert_eq!(judged(&speed), [(0.8, Some(false)), (50.0, Some(false))]);
        assert_eq!(speed.tables[0].rows.len(), 3);
        assert_eq!(speed.not_run, ["dlib's network, 150×150, another: no model"]);
    }

    #[test]
    fn a_frame_is_held_against_each_library() {
        let mut sface = took(30.0);
        sface["stages"] = json!({ "detectMs": [5.0, 7.0, 6.0], "whole": 12.0 });
        let measured = json!({ "samples": {
            "rostro, SFace": sface,
            "rostro, dlib": took(20.0),
            "face-api": took(80.0),
            "human": took(150.0),
        } });
        let mut speed = Speed::on(Vec::new());
        frame(&measured, &mut speed).expect("they are samples");
        assert_eq!(speed.lists[0].rows, [("rostro, SFace: detectMs".to_owned(), vec![6.0])]);
        assert_eq!(judged(&speed), [(0.25, Some(true)), (0.375, Some(true)), (0.2, Some(true))]);
    }

    #[test]
    fn samples_that_are_none_are_refused() {
        let measured = json!({ "yunet": { "samples": { "rostro": { "wallMs": [1.0] } } } });
        let refused = networks(&measured, &mut Speed::on(Vec::new())).expect_err("no CPU time");
        assert!(format!("{refused:#}").contains("samples of rostro"), "{refused:#}");
    }
}
