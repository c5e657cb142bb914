//! The networks as browsers load them, made of `models/`.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, ensure};
use rostro_models::{ModelEntry, sha256_hex};

use crate::children::Children;
use crate::workspace;

/// Makes the graph of the model `entry`, which has one, out of its file in `models/`.
///
/// # Errors
/// The program that does it cannot be built, or the model's file is missing or damaged.
pub(crate) fn compile(children: &Children, entry: &ModelEntry) -> anyhow::Result<Vec<u8>> {
    let mut cargo = Command::new("cargo");
    // As the relay is built, so that both share what they depend on.
    cargo.args(["build", "--release", "--workspace", "--bin", "rostro-compile"]);
    children.run("build rostro-compile", cargo.current_dir(workspace::root()))?;
    let folder = workspace::target().join("graphs");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let file = folder.join(entry.for_browsers().file);
    let mut compile = Command::new(workspace::target().join("release/rostro-compile"));
    compile.arg(entry.id).arg(workspace::root().join("models").join(entry.file)).arg(&file);
    children.run(&format!("compile {}", entry.id), &mut compile)?;
    fs::read(&file).with_context(|| format!("reading {}", file.display()))
}

/// The file of the model `entry` that browsers load: its graph, made unless it was before, or the file itself.
///
/// # Errors
/// As [`compile`]; or it is not the graph that `models.toml` names.
pub(crate) fn for_browsers(children: &Children, entry: &ModelEntry) -> anyhow::Result<Vec<u8>> {
    let Some(graph) = entry.graph else {
        return Ok(rostro_models::read_verified(&workspace::root().join("models"), entry.id)?);
    };
    let made = fs::read(workspace::target().join("graphs").join(graph.file));
    if let Ok(bytes) = made
        && sha256_hex(&bytes) == graph.sha256
    {
        return Ok(bytes);
    }
    let bytes = compile(children, entry)?;
    ensure!(
        sha256_hex(&bytes) == graph.sha256,
        "{} is not what models.toml names; `cargo xtask models --write` sets it right",
        graph.file
    );
    Ok(bytes)
}
