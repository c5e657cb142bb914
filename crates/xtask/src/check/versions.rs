//! wasm-bindgen writes files that only the program of the very same version reads.

use std::fs;

use anyhow::{Context as _, ensure};

use crate::setup;
use crate::workspace;

/// The version that `Cargo.toml` pins is the one in `Cargo.lock`.
///
/// # Errors
/// It is not, or one of the files cannot be read.
pub(super) fn check() -> anyhow::Result<()> {
    let pinned = setup::wasm_bindgen_version()?;
    let file = workspace::root().join("Cargo.lock");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let lock: toml::Table = toml::from_str(&text).context("reading Cargo.lock")?;
    let packages = lock["package"].as_array().context("Cargo.lock lists no packages")?;
    let locked: Vec<&str> = packages
        .iter()
        .filter(|package| package["name"].as_str() == Some("wasm-bindgen"))
        .filter_map(|package| package["version"].as_str())
        .collect();
    ensure!(
        locked == [pinned.as_str()],
        "wasm-bindgen {pinned} is pinned, Cargo.lock has {locked:?}"
    );
    Ok(())
}
