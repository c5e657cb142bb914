//! What the browser build needs: the wasm target, wasm-pack, and wasm-bindgen in the very version of the crate.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::printed;
use crate::children::Children;
use crate::workspace;

const TARGET: &str = "wasm32-unknown-unknown";
const WASM_PACK: &str = "0.15.1";

/// A tool that `cargo install` builds.
struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Whether the lock file of the package is followed; wasm-bindgen-cli's names a crate that was withdrawn.
    locked: bool,
}

/// Installs what is missing of the wasm target, wasm-pack and wasm-bindgen.
///
/// # Errors
/// rustup is missing, or an installation fails.
pub(crate) fn wasm_tools(children: &Children) -> anyhow::Result<()> {
    let sysroot = printed("rustc", &["--print", "sysroot"])?;
    if !Path::new(&sysroot).join("lib/rustlib").join(TARGET).exists() {
        println!("  adding the Rust target {TARGET}");
        children
            .run("setup wasm target", Command::new("rustup").args(["target", "add", TARGET]))
            .with_context(|| {
            format!("the Rust target {TARGET} is needed: rustup target add {TARGET}")
        })?;
    }
    let tools = [
        Tool {
            package: "wasm-pack",
            program: "wasm-pack",
            version: WASM_PACK.to_owned(),
            locked: true,
        },
        Tool {
            package: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: wasm_bindgen_version()?,
            locked: false,
        },
    ];
    let folder = workspace::cache()?.join("tools");
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !tool.is_in(&folder)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // Both share most of their dependencies, so they are built in one folder, which is not needed afterwards.
    let scratch = folder.join("build");
    for tool in missing {
        tool.install(children, &folder, &scratch)?;
    }
    fs::remove_dir_all(&scratch).with_context(|| format!("removing {}", scratch.display()))
}

/// `PATH` with the tools of [`wasm_tools`] in front, for programs that look for them there.
///
/// # Errors
/// The cache folder is unknown, or holds a character that `PATH` cannot.
pub(crate) fn tools_path() -> anyhow::Result<OsString> {
    let tools = workspace::cache()?.join("tools/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&path)))?)
}

/// The version of wasm-bindgen that the workspace pins; the program must be the same.
///
/// # Errors
/// `Cargo.toml` cannot be read or pins none with `=`.
pub(crate) fn wasm_bindgen_version() -> anyhow::Result<String> {
    let file = workspace::root().join("Cargo.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let manifest: toml::Table = toml::from_str(&text).context("reading Cargo.toml")?;
    let pinned = manifest["workspace"]["dependencies"]["wasm-bindgen"].as_str().unwrap_or_default();
    match pinned.strip_prefix('=') {
        Some(version) => Ok(version.to_owned()),
        None => bail!("wasm-bindgen must be pinned with `=` in Cargo.toml, found \"{pinned}\""),
    }
}

impl Tool {
    fn is_in(&self, folder: &Path) -> bool {
        printed(folder.join("bin").join(self.program), &["--version"])
            .is_ok_and(|text| text.split_whitespace().nth(1) == Some(self.version.as_str()))
    }

    fn install(&self, children: &Children, folder: &Path, scratch: &Path) -> anyhow::Result<()> {
        println!("  building {} {} (about two minutes)", self.package, self.version);
        let mut command = Command::new("cargo");
        command.args(["install", self.package, "--version", &self.version, "--root"]).arg(folder);
        if self.locked {
            command.arg("--locked");
        }
        // A tool that runs for seconds: what counts is how soon it is there.
        command
            .env("CARGO_TARGET_DIR", scratch)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        children.run(&format!("setup {}", self.package), &mut command)?;
        Ok(())
    }
}
