//! `cargo xtask pkg`: builds the npm package `rostro` in `pkg/` and packs it.
//!
//! `package.json` and `src/` are written by hand; `wasm/`, `dist/`, `models/` and the licences are laid beside them here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::children::Children;
use crate::stamp::{Stamp, unless_current};
use crate::{build, setup, types, workspace};

/// What the browser build is made of.
const WASM_INPUTS: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "crates/rostro-core",
    "crates/rostro-infer",
    "crates/rostro-models",
    "crates/rostro-wasm",
    "crates/rostro-wire",
    "models/models.toml",
];

/// Copied from the top of the repository into the package.
pub(crate) const NOTICES: [&str; 3] = ["LICENSE-MIT", "LICENSE-APACHE", "THIRD_PARTY.md"];

/// Settings of cargo for the browser build only: small code wherever speed does not matter. The kernels of the
/// networks are in tract-linalg; rostro-core scales and samples pictures; sha2 reads every model file. Measured: the
/// file is 40 % smaller (1.8 MB with brotli), and the networks take as long.
pub(crate) const CARGO_SETTINGS: [&str; 4] = [
    "profile.release.opt-level='s'",
    "profile.release.package.rostro-core.opt-level=3",
    "profile.release.package.sha2.opt-level=3",
    "profile.release.package.tract-linalg.opt-level=3",
];

/// Builds whatever is not current, and packs.
///
/// # Errors
/// A tool is missing or fails, the generated types are not current, or the packed package lacks a file.
pub(crate) fn run(children: &Children) -> anyhow::Result<()> {
    types::run(&types::Args { check: true })?;
    wasm(children)?;
    lay_files()?;
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

/// Runs wasm-pack, unless nothing changed since the last time.
fn wasm(children: &Children) -> anyhow::Result<()> {
    let root = workspace::root();
    let mut stamp = Stamp::new().value("settings", &CARGO_SETTINGS.join(" "));
    for input in WASM_INPUTS {
        stamp = stamp.tree(&root.join(input), &["tests", "examples", "benches"])?;
    }
    let out = folder().join("wasm");
    let stamp_file = workspace::target().join("stamps/pkg-wasm");
    let output = out.join("rostro_wasm_bg.wasm");
    unless_current(&stamp_file, &stamp.finish(), &output, || {
        versions_agree(children)?;
        println!("  compiling to WebAssembly (minutes when cold)");
        let mut wasm_pack = Command::new("wasm-pack");
        wasm_pack
            .args(["build", "--target", "web", "--release", "--mode", "no-install", "--no-pack"])
            .args(["--out-name", "rostro_wasm", "--out-dir"])
            .arg(&out)
            .arg(root.join("crates/rostro-wasm"))
            .arg("--")
            .args(CARGO_SETTINGS.iter().flat_map(|setting| ["--config", setting]))
            .env("PATH", setup::tools_path()?)
            .current_dir(&root);
        children.run("build wasm", &mut wasm_pack)?;
        // It holds `*`, and npm would leave the folder out.
        let ignore = out.join(".gitignore");
        if ignore.exists() {
            fs::remove_file(&ignore).with_context(|| format!("removing {}", ignore.display()))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The program wasm-bindgen reads only what the library of the same version wrote.
fn versions_agree(children: &Children) -> anyhow::Result<()> {
    let pinned = setup::wasm_bindgen_version()?;
    let mut program = Command::new("wasm-bindgen");
    program.arg("--version").env("PATH", setup::tools_path()?);
    let printed = children.run("wasm-bindgen version", &mut program)?;
    ensure!(
        printed.split_whitespace().nth(1) == Some(pinned.as_str()),
        "Cargo.toml pins wasm-bindgen {pinned}, the program is {}",
        printed.trim()
    );
    Ok(())
}

/// Lays the models, their licences and ours into the package.
fn lay_files() -> anyhow::Result<()> {
    let root = workspace::root();
    let models = folder().join("models");
    if models.exists() {
        fs::remove_dir_all(&models).with_context(|| format!("removing {}", models.display()))?;
    }
    fs::create_dir_all(&models).with_context(|| format!("making {}", models.display()))?;
    for entry in rostro_models::manifest() {
        let bytes = rostro_models::read_verified(&root.join("models"), entry.id)?;
        let to = models.join(entry.file);
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
        .chain(["wasm/rostro_wasm.js", "wasm/rostro_wasm.d.ts", "wasm/rostro_wasm_bg.wasm"])
        .map(str::to_owned)
        .collect();
    for entry in ["index", "worker", "relay", "next"] {
        files.extend([format!("dist/{entry}.js"), format!("dist/{entry}.d.ts")]);
    }
    for entry in rostro_models::manifest() {
        files.extend([format!("models/{}", entry.file), format!("models/{}", entry.licence_file)]);
    }
    files
}

/// Whether a file is one of those that the package is made to hold.
fn belongs(path: &str) -> bool {
    ["dist/", "wasm/", "models/"].iter().any(|folder| path.starts_with(folder))
        || ["package.json", "README.md"].contains(&path)
        || NOTICES.contains(&path)
}
