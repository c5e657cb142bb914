//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The top folder of this checkout.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("xtask lies two folders below the top").to_path_buf()
}

/// Cargo's output folder: `CARGO_TARGET_DIR` where it is set, else `target`.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The relay and command-line program that [`crate::build::relay`] makes.
pub(crate) fn relay_program() -> PathBuf {
    target().join("release/rostro")
}

/// Where the output of long commands goes, one file a command.
pub(crate) fn logs() -> PathBuf {
    target().join("logs")
}

/// Tools and Python packages that outlive a checkout: `rostro` in the user's cache folder.
///
/// # Errors
/// Neither `XDG_CACHE_HOME` nor `HOME` is set.
pub(crate) fn cache() -> anyhow::Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(
            std::env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?,
        )
        .join(".cache"),
    };
    Ok(base.join("rostro"))
}
