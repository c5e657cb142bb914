//! `bench browser`: has Node.js run the contestants in Chromium, and judges what they took.

mod figures;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Speed, folder, machine};
use crate::root;

/// Parts of the bench, in their order.
const PARTS: [&str; 1] = ["networks"];

/// Times this package in Chromium, beside other libraries on the same pictures, on one thread each
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Writes a page with plots into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Runs these parts only, separated by commas
    #[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = PARTS)]
    only: Vec<String>,
    /// Of the networks, these only
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = ["yunet", "dlib", "sface"])]
    networks: Vec<String>,
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
    /// Folder with the published `face_recognition_sface_2021dec.onnx`, which onnxruntime-web is given too
    #[arg(long, value_name = "DIR")]
    originals: Option<PathBuf>,
    /// Folder with clips in motion JPEG (`.mjpeg`), 640×480 or about
    #[arg(long, value_name = "DIR")]
    video: Option<PathBuf>,
    /// Chromium's program
    #[arg(long, env = "CHROMIUM", default_value = "chromium")]
    chromium: PathBuf,
}

/// Runs it.
///
/// # Errors
/// A folder is missing, or Node.js, Chromium or all contestants of a part fail.
pub(crate) fn run(args: &Args) -> Result<()> {
    let parts: Vec<&str> = PARTS
        .into_iter()
        .filter(|part| args.only.is_empty() || args.only.iter().any(|one| one == part))
        .collect();
    let option = |name: &str, given: &Option<PathBuf>| {
        given.as_deref().map(|path| folder(name, path)).transpose()
    };
    let config = json!({
        "chromium": args.chromium,
        "parts": parts,
        "networks": if args.networks.is_empty() { Value::Null } else { json!(args.networks) },
        "quick": args.quick,
        "originals": option("--originals", &args.originals)?,
        "video": option("--video", &args.video)?,
    });
    let measured = measured(&config)?;
    let mut measured_on = machine();
    measured_on.push(("Chromium".to_owned(), text(&measured["chromium"])));
    measured_on.extend(versions()?);
    let mut speed = Speed {
        measured_on,
        figures: Vec::new(),
        tables: Vec::new(),
        not_run: Vec::new(),
        details: Value::Null,
    };
    figures::judge(&measured, &mut speed)?;
    speed.details = measured;
    speed.give("How fast Rostro is in the browser", "README.md", args.json, args.out.as_deref())
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
