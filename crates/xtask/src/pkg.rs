//! `cargo xtask pkg`: builds the npm package `rostro` in `pkg/` and packs it.
//!
//! `package.json` and `src/` are written by hand; `wasm/`, `dist/`, `models/` and the licences are laid beside them here.

mod wasm;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::children::Children;
use crate::stamp::Stamp;
use crate::{build, graphs, types, workspace};

pub(crate) use wasm::{CARGO_SETTINGS, FLAGS_OF_THE_ENVIRONMENT};

/// Copied from the top of the repository into the package.
pub(crate) const NOTICES: [&str; 3] = ["LICENSE-MIT", "LICENSE-APACHE", "THIRD_PARTY.md"];

/// Builds whatever is not current, and packs.
///
/// # Errors
/// A tool is missing or fails, the generated types are not current, or the packed package lacks a file.
pub(crate) fn run(children: &Children) -> anyhow::Result<()> {
    types::run(&types::Args { check: true })?;
    wasm::run(children, &folder().join("wasm"))?;
    lay_files(children)?;
    let pkg = folder();
    build::npm_ci(children, &pkg, Stamp::new())?;
    println!("  compiling TypeScript");
    let dist = pkg.join("dist");
    if dist.exists() {
        fs::remove_dir_all(&dist).with_context(|| format!("removing {}", dist.display()))?;
    }
    children.run("build pkg", Command::new("npm").args(["run", "build"]).current_dir(&pkg))?;
    pack(children)
}

fn folder() -> PathBuf {
    workspace::root().join("pkg")
}

/// Lays the models, their licences and ours into the package.
fn lay_files(children: &Children) -> anyhow::Result<()> {
    let root = workspace::root();
    let models = folder().join("models");
    if models.exists() {
        fs::remove_dir_all(&models).with_context(|| format!("removing {}", models.display()))?;
    }
    fs::create_dir_all(&models).with_context(|| format!("making {}", models.display()))?;
    for entry in rostro_models::manifest() {
        let bytes = graphs::for_browsers(children, entry)?;
        let to = models.join(entry.for_browsers().file);
        fs::write(&to, bytes).with_context(|| format!("writing {}", to.display()))?;
        copy(&root.join("models").join(entry.licence_file), &models.join(entry.licence_file))?;
    }
    for notice in NOTICES {
        copy(&root.join(notice), &folder().join(notice))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::copy(from, to).with_context(|| format!("copying {}", from.display()))?;
    Ok(())
}

/// What `npm pack --json` says.
#[derive(Deserialize)]
struct Packed {
    filename: String,
    files: Vec<PackedFile>,
}

#[derive(Deserialize)]
struct PackedFile {
    path: String,
}

fn pack(children: &Children) -> anyhow::Result<()> {
    println!("  packing");
    let mut npm = Command::new("npm");
    npm.args(["pack", "--json", "--silent"]).current_dir(folder());
    let output = children.run("pack pkg", &mut npm)?;
    // npm's warnings come before.
    let json = output.find("[\n").map_or("", |start| &output[start..]);
    let [packed] = serde_json::from_str::<[Packed; 1]>(json).context("reading what npm packed")?;
    let made = folder().join(&packed.filename);
    ensure!(made == build::packed(), "npm packed {}", made.display());
    let inside: BTreeSet<String> = packed.files.into_iter().map(|file| file.path).collect();
    let missing: Vec<String> = needed().into_iter().filter(|path| !inside.contains(path)).collect();
    ensure!(missing.is_empty(), "the package lacks {}", missing.join(", "));
    let stray: Vec<&str> =
        inside.iter().map(String::as_str).filter(|path| !belongs(path)).collect();
    ensure!(stray.is_empty(), "the package must not hold {}", stray.join(", "));
    Ok(())
}

/// What a user of the package cannot do without.
fn needed() -> Vec<String> {
    let mut files: Vec<String> = ["package.json", "README.md"]
        .into_iter()
        .chain(NOTICES)
        .map(str::to_owned)
        .chain(wasm::files().map(|file| format!("wasm/{file}")))
        .collect();
    for entry in ["index", "worker", "react", "local", "relay", "next", "face-api", "slim"] {
        files.extend([format!("dist/{entry}.js"), format!("dist/{entry}.d.ts")]);
    }
    for entry in rostro_models::manifest() {
        files.extend([
            format!("models/{}", entry.for_browsers().file),
            format!("models/{}", entry.licence_file),
        ]);
    }
    files
}

/// Whether a file is one of those that the package is made to hold.
fn belongs(path: &str) -> bool {
    ["dist/", "wasm/", "models/"].iter().any(|folder| path.starts_with(folder))
        || ["package.json", "README.md"].contains(&path)
        || NOTICES.contains(&path)
}
