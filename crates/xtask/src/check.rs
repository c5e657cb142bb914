//! `cargo xtask check`: what can be proven without running the programs.

mod licences;
mod rooms;
mod versions;

use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::children::Children;
use crate::suite::Suite;
use crate::{setup, types, workspace};

/// Runs every check and prints a summary.
///
/// # Errors
/// A check fails, or what the checks need is missing.
pub(crate) fn run() -> anyhow::Result<()> {
    let children = Children::new()?;
    let mut suite = Suite::new();
    if suite.step("setup", || set_up(&children)) {
        steps(&children, &mut suite);
    }
    suite.close()
}

/// Sets up what [`steps`] needs.
///
/// # Errors
/// Something is missing and cannot be set up.
pub(crate) fn set_up(children: &Children) -> anyhow::Result<()> {
    setup::c_compiler(children)?;
    setup::rust_components(children)?;
    setup::wasm_tools(children)
}

/// Adds every check to `suite`.
pub(crate) fn steps(children: &Children, suite: &mut Suite) {
    suite.step("formatting", || {
        children
            .run("check formatting", &mut cargo(&["fmt", "--all", "--check"]))
            .map(drop)
            .context("`cargo fmt --all` puts it right")
    });
    suite.step("dependency table", rooms::check);
    suite.step("licences", licences::check);
    suite.step("versions of wasm-bindgen", versions::check);
    suite.step("models", models);
    suite.step("generated types", || types::run(&types::Args { check: true }));
    // The release profile, because the tests are built in it too: what build scripts compile is then compiled once.
    suite.step("lints", || {
        let all = ["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"];
        children.run("check lints", &mut cargo(&all)).map(drop)
    });
    suite.step("lints of the browser build", || {
        let wasm = [
            "clippy",
            "--release",
            "--package",
            "rostro-wasm",
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ];
        children.run("check lints wasm", &mut cargo(&wasm)).map(drop)
    });
    suite.step("documentation", || {
        let docs = ["doc", "--release", "--workspace", "--no-deps", "--document-private-items"];
        children
            .run("check documentation", cargo(&docs).env("RUSTDOCFLAGS", "-D warnings"))
            .map(drop)
    });
}

/// Every file that the manifest names is there and has its checksum.
fn models() -> anyhow::Result<()> {
    let folder = workspace::root().join("models");
    for entry in rostro_models::manifest() {
        rostro_models::read_verified(&folder, entry.id)?;
    }
    Ok(())
}

/// What a cargo command prints on its standard output.
///
/// # Errors
/// It fails; the text holds its standard error.
fn cargo_prints(args: &[&str]) -> anyhow::Result<String> {
    let output = cargo(args).stdin(Stdio::null()).output().context("starting cargo")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo {}: {}", args.join(" "), complaint.trim());
    Ok(String::from_utf8(output.stdout)?)
}

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(args).current_dir(workspace::root());
    cargo
}
