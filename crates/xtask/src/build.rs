//! Builds what runs: the relay, the npm package, the web app. What is current is left alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::children::Children;
use crate::stamp::{Stamp, unless_current};
use crate::{pkg, workspace};

/// What is made from sources, and tests: nothing of the running app depends on them.
const BUILT: [&str; 10] = [
    "node_modules",
    "dist",
    "wasm",
    ".next",
    "e2e",
    "tsconfig.tsbuildinfo",
    "data",
    "test-results",
    "target",
    "next-env.d.ts",
];

/// The packed npm package, in `pkg/`.
const PACKED: &str = "rostro-0.1.0.tgz";

/// What is laid into the npm package when it is built.
const PACKAGE_BUILT: [&str; 8] = [
    "node_modules",
    "dist",
    "wasm",
    "models",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "THIRD_PARTY.md",
    PACKED,
];

/// Builds the relay and command-line program `rostro`; cargo knows what is current.
///
/// # Errors
/// It does not build.
pub(crate) fn relay(children: &Children) -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    // The whole workspace decides on the features of its dependencies, as it does when tests are built: with
    // `--package` some would differ, and nearly every dependency would be compiled twice.
    cargo.args(["build", "--release", "--workspace", "--bin", "rostro"]);
    children.run("build relay", cargo.current_dir(workspace::root()))?;
    Ok(())
}

/// Builds the npm package, and lays it packed where the web app installs it from.
///
/// # Errors
/// It does not build.
pub(crate) fn package(children: &Children) -> anyhow::Result<()> {
    let root = workspace::root();
    let mut stamp = Stamp::new();
    for input in [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "crates/rostro-core",
        "crates/rostro-infer",
        "crates/rostro-models",
        "crates/rostro-wasm",
        "crates/rostro-wire",
        "models",
    ] {
        stamp = stamp.tree(&root.join(input), &[])?;
    }
    let stamp = stamp.tree(&root.join("pkg"), &PACKAGE_BUILT)?.finish();
    unless_current(&stamp_file("pkg"), &stamp, &packed(), || pkg::run(children))?;
    Ok(())
}

/// Installs the web app's packages and builds it for production.
///
/// # Errors
/// npm or Next.js fails.
pub(crate) fn web(children: &Children) -> anyhow::Result<()> {
    web_packages(children)?;
    let web = workspace::root().join("web");
    let stamp = Stamp::new().tree(&web, &BUILT)?.tree(&packed(), &[])?.finish();
    unless_current(&stamp_file("web"), &stamp, &web.join(".next/BUILD_ID"), || {
        let mut next = Command::new("npm");
        next.args(["run", "build"]).current_dir(&web).env("NEXT_TELEMETRY_DISABLED", "1");
        children.run("build web", &mut next)?;
        Ok(())
    })?;
    Ok(())
}

/// Installs the web app's packages, the packed npm package among them.
///
/// # Errors
/// npm fails.
pub(crate) fn web_packages(children: &Children) -> anyhow::Result<()> {
    let web = workspace::root().join("web");
    npm_ci(children, &web, Stamp::new().tree(&packed(), &[])?)
}

/// Installs what the lock file in `folder` says, when it or `inputs` changed.
///
/// # Errors
/// npm fails.
pub(crate) fn npm_ci(children: &Children, folder: &Path, inputs: Stamp) -> anyhow::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stamp = inputs
        .tree(&folder.join("package.json"), &[])?
        .tree(&folder.join("package-lock.json"), &[])?;
    let modules = folder.join("node_modules");
    unless_current(&stamp_file(&format!("npm-{name}")), &stamp.finish(), &modules, || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
        children.run(&format!("npm ci {name}"), &mut npm)?;
        Ok(())
    })?;
    Ok(())
}

/// The packed npm package, where the web app installs it from.
pub(crate) fn packed() -> PathBuf {
    workspace::root().join("pkg").join(PACKED)
}

fn stamp_file(name: &str) -> PathBuf {
    workspace::target().join("stamps").join(name)
}
