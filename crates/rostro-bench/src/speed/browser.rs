//! `bench browser`: has Node.js run the contestants in Chromium, and judges what they took.

mod figures;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::page::Head;
use super::{Output, Speed, folder, machine, scene};
use crate::root;

/// Parts of the bench, in their order. The last one runs only where it is named: it takes as long as it is told to.
const PARTS: [&str; 7] = ["networks", "frame", "group", "start", "memory", "video", SOAK];
const SOAK: &str = "soak";

const HEAD: Head = Head {
    title: "How fast Rostro is in the browser",
    file: "README.md",
    says: "Made by `cargo xtask bench browser`; what the relay takes is on a [page of its own](native.md), by `cargo xtask \
           bench native`. Everybody runs on one thread, but where two workers are named, in a process of their own, on the same pictures, and takes turns \
           with the others: what slows the machine down for a while slows all alike. CPU time is that of all threads of the \
           process, as machines are shared; ratios are of its medians, against the rival's best. A share of the peak counts each \
           convolution as if done directly, against fused multiply-adds that never leave the registers.",
};

/// Times this package in Chromium, beside other libraries on the same pictures, on one thread each
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,
    /// Runs these parts only, separated by commas
    #[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = PARTS)]
    only: Vec<String>,
    /// How long `soak` takes, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(2..))]
    minutes: u32,
    /// Of the networks, these only
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = ["yunet", "dlib", "sface"])]
    networks: Vec<String>,
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
    /// Folder with the published `face_recognition_sface_2021dec.onnx`, which onnxruntime-web is given too
    #[arg(long, value_name = "DIR")]
    originals: Option<PathBuf>,
    /// Folder with clips in motion JPEG (`.mjpeg`) that the camera shows too, beside those that are made
    #[arg(long, value_name = "DIR")]
    video: Option<PathBuf>,
    /// Chromium's program; the one in `PATH` if left out
    #[arg(long, env = "CHROMIUM")]
    chromium: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// A folder is missing, or Node.js, Chromium or all contestants of a part fail.
pub(crate) fn run(args: &Args) -> Result<()> {
    let parts: Vec<&str> = PARTS
        .into_iter()
        .filter(|part| match args.only.as_slice() {
            [] => *part != SOAK,
            named => named.iter().any(|one| one == part),
        })
        .collect();
    let option = |name: &str, given: &Option<PathBuf>| {
        given.as_deref().map(|path| folder(name, path)).transpose()
    };
    let films = parts.iter().any(|part| ["memory", "video", SOAK].contains(part));
    let clips = root().join("target/bench/clips");
    if films {
        eprintln!("  clips");
        scene::clips(&clips)?;
    }
    let config = json!({
        "chromium": args.chromium.clone().or_else(chromium).context("no Chromium is in PATH: give --chromium")?,
        "parts": parts,
        "networks": if args.networks.is_empty() { Value::Null } else { json!(args.networks) },
        "quick": args.quick,
        "minutes": args.minutes,
        "originals": option("--originals", &args.originals)?,
        "video": option("--video", &args.video)?,
        "clips": clips,
    });
    let measured = measured(&config)?;
    let mut measured_on = machine();
    measured_on.push(("Chromium".to_owned(), text(&measured["chromium"])));
    measured_on.extend(versions()?);
    let mut speed = Speed::on(measured_on);
    figures::judge(&measured, &mut speed)?;
    speed.details = measured;
    speed.give(&HEAD, &args.output)
}

/// Chromium, as one of the names by which systems call it.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut places = names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)));
    places.find(|place| place.is_file())
}

/// What `bench/run.mjs` prints.
fn measured(config: &Value) -> Result<Value> {
    let folder = root().join("bench");
    ensure!(
        folder.join("node_modules").is_dir(),
        "the other libraries are not installed: run `cargo xtask bench browser`, which does that"
    );
    let output = Command::new("node")
        .args(["run.mjs", &config.to_string()])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting node: Node.js is needed")?;
    if !output.status.success() {
        bail!("what runs in the browser failed; the lines above say why");
    }
    serde_json::from_slice(&output.stdout).context("reading what was measured")
}

/// The libraries that are measured, and their versions.
fn versions() -> Result<Vec<(String, String)>> {
    let file = root().join("bench/package.json");
    let text = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let package: Value = serde_json::from_slice(&text).context("reading package.json")?;
    let dependencies = package["devDependencies"].as_object().cloned().unwrap_or_default();
    Ok(dependencies
        .into_iter()
        .filter(|(name, _)| name != "playwright-core")
        .map(|(name, version)| (name, self::text(&version)))
        .collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("unknown").to_owned()
}
