//! `cargo xtask bench`: builds the benches and runs one.

mod browser;

use std::ffi::OsString;
use std::process::Command;

pub(crate) use browser::{Needs, prepare};

use anyhow::{Context as _, ensure};

use crate::{children, workspace};

/// What the bench is given.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The bench and its options: `accuracy --help` shows them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    bench: Vec<OsString>,
}

/// What `chaos` is given.
#[derive(clap::Args)]
pub(crate) struct ChaosArgs {
    /// Options: `chaos --help` shows them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    chaos: Vec<OsString>,
}

/// Runs it. Only the bench prints to the standard output, so that its JSON can be read by programs.
///
/// # Errors
/// It does not build, or fails.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let asks_for_help = args.bench.iter().any(|one| one == "--help" || one == "-h");
    if args.bench.first().is_some_and(|bench| bench == "browser") && !asks_for_help {
        browser::prepare_quietly(Needs::Browser)?;
    }
    run_bench(&args.bench)
}

/// Runs `cargo xtask chaos`.
///
/// # Errors
/// As [`run`].
pub(crate) fn chaos(args: &ChaosArgs) -> anyhow::Result<()> {
    let asks_for_help = args.chaos.iter().any(|one| one == "--help" || one == "-h");
    if !asks_for_help {
        browser::prepare_quietly(Needs::Packages)?;
    }
    let given: Vec<OsString> =
        [OsString::from("chaos")].into_iter().chain(args.chaos.clone()).collect();
    run_bench(&given)
}

fn run_bench(given: &[OsString]) -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    // As the relay is built: see `build::relay`.
    cargo.args(["build", "--release", "--workspace", "--bin", "rostro", "--bin", "rostro-bench"]);
    children::without_our_package(&mut cargo);
    let built = cargo.current_dir(workspace::root()).status().context("starting cargo")?;
    ensure!(built.success(), "the benches do not build");
    let program = workspace::target().join("release/rostro-bench");
    let mut bench = Command::new(&program);
    let ended = bench.args(given).status();
    let ended = ended.with_context(|| format!("starting {}", program.display()))?;
    ensure!(ended.success(), "the bench failed");
    Ok(())
}
