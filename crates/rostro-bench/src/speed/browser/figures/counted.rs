//! What a visit costs: bytes, time, memory, and frames followed.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

use crate::report::{Figure, Goal};
use crate::speed::samples::{Samples, Spread};
use crate::speed::{List, Speed};

const MEGABYTE: f64 = 1e6;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    files: Vec<FileSize>,
    cold: Vec<Visit>,
    warm: Vec<Visit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileSize {
    file: String,
    kind: String,
    /// Loaded where no option asks for something else.
    by_default: bool,
    bytes: f64,
    brotli_bytes: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Visit {
    /// To the first recognised face.
    ms: f64,
    ready_ms: f64,
    /// How often progress was told, and the longest time without.
    progress: f64,
    longest_silence_ms: f64,
    load_timing: BTreeMap<String, f64>,
}

pub(super) fn start(measured: &Value, speed: &mut Speed) -> Result<()> {
    let Start { files, cold, warm } = Start::deserialize(measured)?;
    let brotli = |files: &mut dyn Iterator<Item = &FileSize>| {
        files.map(|file| file.brotli_bytes).sum::<f64>() / MEGABYTE
    };
    let wasm = brotli(&mut files.iter().filter(|file| file.by_default && file.kind == "wasm"));
    let all = brotli(&mut files.iter().filter(|file| file.by_default));
    let [from_nothing, from_caches] = [&cold, &warm].map(|visits| {
        let seconds: Vec<f64> = visits.iter().map(|visit| visit.ms / 1e3).collect();
        Spread::of(&seconds).context("there were no visits")
    });
    // Three reports are told even if nothing is seen of what lies between.
    let told = cold.iter().map(|visit| visit.progress).fold(f64::INFINITY, f64::min);
    for (name, value, unit, goal) in [
        ("WebAssembly, brotli", wasm, "MB", Goal::AtMost(1.2)),
        ("WebAssembly and default models, brotli", all, "MB", Goal::AtMost(12.0)),
        ("first recognised face, from warm caches", from_caches?.median, "s", Goal::AtMost(1.0)),
        (
            "first recognised face, from nothing at 20 Mbit/s",
            from_nothing?.median,
            "s",
            Goal::AtMost(7.0),
        ),
        ("reports of progress meanwhile", told, "", Goal::AtLeast(20.0)),
    ] {
        speed.figures.push(Figure::new(name, value, unit, goal));
    }
    let rows = files.iter().map(|file| {
        let name = format!("{}{}", file.file, if file.by_default { "" } else { " (if asked for)" });
        (name, vec![file.bytes / MEGABYTE, file.brotli_bytes / MEGABYTE])
    });
    let columns = vec!["MB", "MB, brotli"];
    speed.lists.push(List { name: "Bytes moved".to_owned(), columns, rows: rows.collect() });
    let mut rows = Vec::new();
    for (name, visits) in [("from nothing at 20 Mbit/s", &cold), ("from warm caches", &warm)] {
        rows.push((name.to_owned(), visited(visits)?));
    }
    let columns = vec![
        "first face, s",
        "ready, s",
        "module, s",
        "files, s",
        "networks, s",
        "first run, s",
        "longest without progress, s",
    ];
    speed.lists.push(List { name: "The first recognised face".to_owned(), columns, rows });
    Ok(())
}

/// Medians of a visit and its steps, in seconds.
fn visited(visits: &[Visit]) -> Result<Vec<f64>> {
    let median = |of: &dyn Fn(&Visit) -> f64| {
        let seconds: Vec<f64> = visits.iter().map(|visit| of(visit) / 1e3).collect();
        Ok(Spread::of(&seconds).context("there were no visits")?.median)
    };
    let step = |name: &'static str| {
        median(&move |visit| visit.load_timing.get(name).copied().unwrap_or_default())
    };
    [
        median(&|visit| visit.ms),
        median(&|visit| visit.ready_ms),
        step("moduleMs"),
        step("filesMs"),
        step("buildMs"),
        step("warmUpMs"),
        median(&|visit| visit.longest_silence_ms),
    ]
    .into_iter()
    .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    frames: u32,
    /// Of the module.
    wasm_bytes: f64,
    /// Of the scripts in the page and its worker.
    script_bytes: f64,
    /// Of the whole process.
    process_bytes: f64,
}

pub(super) fn memory(measured: &Value, speed: &mut Speed) -> Result<()> {
    let cases = BTreeMap::<String, Vec<Mark>>::deserialize(measured)?;
    let mut rows = Vec::new();
    for (name, marks) in &cases {
        let (from, last) = marks
            .iter()
            .find(|mark| mark.frames == 100)
            .zip(marks.last())
            .with_context(|| format!("{name}: no hundredth frame"))?;
        if name.starts_with("both") {
            let wasm = last.wasm_bytes / MEGABYTE;
            ensure!(wasm > 0.0, "the module's memory was not seen");
            let wasm = Figure::new("memory: both recognisers", wasm, "MB", Goal::AtMost(200.0));
            let held = |mark: &Mark| mark.wasm_bytes + mark.script_bytes;
            let grown = 100.0 * (held(last) / held(from) - 1.0).abs();
            let grown = Figure::new(
                format!("memory: change from frame 100 to {}", last.frames),
                grown,
                "%",
                Goal::AtMost(2.0),
            );
            speed.figures.extend([wasm, grown]);
        }
        rows.extend(marks.iter().map(|mark| {
            let bytes = [mark.wasm_bytes, mark.script_bytes, mark.process_bytes];
            let name = format!("{name}, frame {}", mark.frames);
            (name, bytes.map(|bytes| bytes / MEGABYTE).to_vec())
        }));
    }
    let columns = vec!["module, MB", "scripts, MB", "process, MB"];
    speed.lists.push(List { name: "Memory".to_owned(), columns, rows });
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Clip {
    name: String,
    width: Option<u32>,
    shown: Option<f64>,
    /// CPU milliseconds of a frame of the video that nobody follows.
    alone_ms_per_frame: f64,
    /// At 30 frames a second.
    cost: Followed,
    /// At up to 60 frames a second.
    sustained: Option<Followed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Followed {
    frames: f64,
    faces: f64,
    frames_per_second: f64,
    cpu_ms_per_frame: f64,
    worker_ms_per_frame: f64,
    #[serde(flatten)]
    samples: Samples,
    /// Milliseconds of each.
    long_tasks: Vec<f64>,
    errors: Vec<String>,
}

pub(super) fn video(measured: &Value, speed: &mut Speed) -> Result<()> {
    let clips = Vec::<Clip>::deserialize(measured)?;
    let mut rows = Vec::new();
    let mut samples = Vec::new();
    for clip in clips {
        let Clip { name, cost, .. } = &clip;
        speed.not_run.extend(cost.errors.iter().map(|error| format!("a frame of {name}: {error}")));
        let seen = cost.faces / cost.frames;
        if clip.shown.is_some_and(|shown| (seen - shown).abs() > 0.1 * shown) {
            let found =
                format!("{name}: {seen:.1} faces were found, so this measures something else");
            speed.not_run.push(found);
        }
        if clip.shown == Some(1.0) && clip.width == Some(640) {
            promises(&clip, speed);
        }
        rows.push((
            name.clone(),
            vec![
                seen,
                cost.cpu_ms_per_frame,
                cost.worker_ms_per_frame,
                clip.alone_ms_per_frame,
                cost.frames_per_second,
                clip.sustained.as_ref().map_or(f64::NAN, |followed| followed.frames_per_second),
                cost.long_tasks.len() as f64,
            ],
        ));
        samples.push((clip.name, clip.cost.samples));
    }
    let columns = vec![
        "faces",
        "CPU ms a frame",
        "of these in the worker",
        "CPU ms of the video alone",
        "frames a second of 30",
        "of 60",
        "long tasks of the page",
    ];
    let name = "Faces followed, on one core".to_owned();
    speed.lists.push(List { name, columns, rows });
    speed.compare("A followed frame, second by second", &samples)?;
    Ok(())
}

fn promises(clip: &Clip, speed: &mut Speed) {
    let Clip { name, cost, sustained, alone_ms_per_frame, .. } = clip;
    let spent = cost.cpu_ms_per_frame - alone_ms_per_frame;
    speed.figures.push(Figure::new(
        format!("{name}, followed: mean CPU time of a frame, beyond the video's own"),
        spent,
        "ms",
        Goal::AtMost(12.0),
    ));
    if let Some(sustained) = sustained {
        speed.figures.push(Figure::new(
            format!("{name}, followed: frames a second on one core"),
            sustained.frames_per_second,
            "",
            Goal::AtLeast(30.0),
        ));
    }
    let long = cost.long_tasks.len() as f64;
    let name = format!("{name}, followed: long tasks of the page's own thread");
    speed.figures.push(Figure::new(name, long, "", Goal::None));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(judge: fn(&Value, &mut Speed) -> Result<()>, measured: &Value) -> Speed {
        let mut speed = Speed::on(Vec::new());
        judge(measured, &mut speed).expect("it is what the bench prints");
        speed
    }

    fn values(speed: &Speed) -> Vec<(f64, Option<bool>)> {
        speed.figures.iter().map(|figure| (figure.value, figure.met)).collect()
    }

    #[test]
    fn a_visit_is_held_to_bytes_and_seconds() {
        let file = |kind: &str, default: bool, bytes: f64| json!({ "id": "a", "file": "a", "kind": kind, "byDefault": default, "bytes": 2.0 * bytes, "brotliBytes": bytes });
        let visit = |ms: f64| json!({ "ms": ms, "readyMs": ms, "progress": 30, "longestSilenceMs": 100.0, "loadTiming": { "moduleMs": 500.0 } });
        let speed = judged(
            start,
            &json!({
                "files": [file("wasm", true, 1.5e6), file("wasm", false, 9e6), file("model", true, 8e6)],
                "cold": [visit(6000.0)],
                "warm": [visit(800.0), visit(900.0), visit(5000.0)],
            }),
        );
        let met = Some(true);
        assert_eq!(
            values(&speed),
            [(1.5, Some(false)), (9.5, met), (0.9, met), (6.0, met), (30.0, met)]
        );
        assert_eq!(speed.lists[1].rows[0].1[2], 0.5);
    }

    #[test]
    fn memory_is_held_from_the_hundredth_frame_on() {
        let mark = |frames: u32, bytes: f64| json!({ "frames": frames, "wasmBytes": 5e7, "scriptBytes": bytes, "processBytes": 2e8 });
        let marks = json!([mark(1, 5e7), mark(100, 5e7), mark(10_000, 5.3e7)]);
        let speed = judged(memory, &json!({ "both recognisers": marks }));
        assert_eq!(values(&speed)[0], (50.0, Some(true)));
        assert!((speed.figures[1].value - 3.0).abs() < 1e-9);
        assert_eq!(speed.figures[1].met, Some(false));
        assert!(memory(&json!({ "SFace": [mark(1, 1.0)] }), &mut Speed::on(Vec::new())).is_err());
    }

    #[test]
    fn a_followed_frame_costs_what_the_video_does_not() {
        let followed = |faces: f64, rate: f64| {
            json!({
                "frames": 100.0, "faces": faces, "framesPerSecond": rate, "cpuMsPerFrame": 14.0,
                "workerMsPerFrame": 9.0, "wallMs": [9.0], "cpuMs": [14.0], "longTasks": [], "errors": [],
            })
        };
        let clip = |width: u32, faces: f64| {
            json!({
                "name": "a clip", "width": width, "shown": 1.0, "aloneMsPerFrame": 3.0,
                "cost": followed(faces, 30.0), "sustained": followed(faces, 45.0),
            })
        };
        let speed = judged(video, &json!([clip(640, 100.0), clip(1280, 50.0)]));
        let met = Some(true);
        assert_eq!(values(&speed), [(11.0, met), (45.0, met), (0.0, None)]);
        assert_eq!(speed.not_run.len(), 1, "half of the faces are not found");
        assert_eq!(speed.tables[0].rows.len(), 2);
    }
}
