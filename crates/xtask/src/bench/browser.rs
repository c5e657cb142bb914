//! What the bench in the browser needs: the npm package, the networks alone as a WebAssembly module of their own, in both
//! builds, and the other libraries.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::children::Children;
use crate::stamp::Stamp;
use crate::{build, pkg, setup, workspace};

/// Builds of the networks alone: a name, and features of WebAssembly beyond those of every build.
const BUILDS: [(&str, &str); 2] = [("simd", ""), ("relaxed", "+relaxed-simd")];

/// What is to be there.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Needs {
    /// What the bench in the browser runs.
    Browser,
    /// The packages of Node.js alone.
    Packages,
}

/// Has this program do [`prepare`], with everything that is printed on the error output.
///
/// # Errors
/// It fails.
pub(super) fn prepare_quietly(needs: Needs) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("finding this program")?;
    let mut prepare = Command::new(program);
    let needs = match needs {
        Needs::Browser => "browser",
        Needs::Packages => "packages",
    };
    prepare.args(["prepare-bench", needs]).stdout(Stdio::from(std::io::stderr()));
    let ended = prepare.status().context("starting this program again")?;
    ensure!(ended.success(), "the bench cannot be prepared");
    Ok(())
}

/// Builds and installs what is not current.
///
/// # Errors
/// A tool is missing or fails.
pub(crate) fn prepare(needs: Needs) -> anyhow::Result<()> {
    let children = Children::new()?;
    setup::node()?;
    if matches!(needs, Needs::Browser) {
        setup::wasm_tools(&children)?;
        setup::chromium(&children)?;
        build::package(&children)?;
        for (name, features) in BUILDS {
            networks_alone(&children, name, features)?;
        }
    }
    println!("  other libraries");
    build::npm_ci(&children, &workspace::root().join("bench"), Stamp::new())
}

/// Builds the module with the settings of the package's own, so that the same code is measured.
fn networks_alone(children: &Children, name: &str, features: &str) -> anyhow::Result<()> {
    println!("  networks alone, {name} (minutes when cold)");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--lib", "--package", "rostro-bench-wasm"]);
    cargo.args(["--target", "wasm32-unknown-unknown"]);
    cargo.args(pkg::CARGO_SETTINGS.iter().flat_map(|setting| ["--config", setting]));
    // The peak is what it measures by itself.
    cargo.args(["--config", "profile.release.package.rostro-bench-wasm.opt-level=3"]);
    if !features.is_empty() {
        // Added to those of .cargo/config.toml.
        let flags =
            format!("target.wasm32-unknown-unknown.rustflags=['-C', 'target-feature={features}']");
        cargo.args(["--config", &flags]);
    }
    for name in pkg::FLAGS_OF_THE_ENVIRONMENT {
        cargo.env_remove(name);
    }
    children.run(&format!("build bench {name}"), cargo.current_dir(workspace::root()))?;
    let target = workspace::target();
    bindgen(
        children,
        &target.join("wasm32-unknown-unknown/release/rostro_bench_wasm.wasm"),
        &target.join("bench-wasm").join(name),
    )
}

fn bindgen(children: &Children, module: &Path, out: &Path) -> anyhow::Result<()> {
    let mut bindgen = Command::new("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(out).arg(module);
    children.run("bindgen bench", bindgen.env("PATH", setup::tools_path()?))?;
    Ok(())
}
