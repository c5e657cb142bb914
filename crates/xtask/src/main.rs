//! The commands of this repository. `cargo xtask --help` lists them.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a tool for a terminal")]

mod bench;
mod build;
mod check;
mod children;
mod docs;
mod graphs;
mod lan;
mod models;
mod pkg;
mod port;
mod progress;
mod services;
mod setup;
mod stamp;
mod start;
mod suite;
mod test;
mod types;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sets up what is missing, builds, and runs the relay and the web app until Ctrl-C
    Start(start::Args),
    /// Sets up what is missing and runs every test: Rust, npm package, web app, clients, browser
    Test(test::Args),
    /// Proves formatting, lints, the dependency table, docs, generated types and checksums
    Check,
    /// Writes the API reference of the npm package and the crates into target/
    Docs,
    /// Builds the npm package `rostro` into pkg/
    Pkg,
    /// Rebuilds models/ from the published packages and compares
    Models(models::Args),
    /// Measures; `bench accuracy --help` lists what is needed
    Bench(bench::Args),
    /// Kills the relay while many clients send reports, and counts what it kept
    Chaos(bench::ChaosArgs),
    /// Builds and installs what `bench browser` runs
    #[command(hide = true)]
    PrepareBench { what: bench::Needs },
    /// Generates the TypeScript types of the wire into pkg/src/generated/
    Types(types::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Start(args) => start::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Check => check::run(),
        Command::Docs => docs::run(),
        Command::Pkg => pkg(),
        Command::Models(args) => models::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Chaos(args) => bench::chaos(&args),
        Command::PrepareBench { what } => bench::prepare(what),
        Command::Types(args) => types::run(&args),
    }
}

/// Builds the package even if it is current.
fn pkg() -> anyhow::Result<()> {
    let children = children::Children::new()?;
    setup::node()?;
    setup::wasm_tools(&children)?;
    pkg::run(&children)
}
