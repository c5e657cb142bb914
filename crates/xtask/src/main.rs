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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;
    use rostro_testkit::documents::blocks;

    use super::Cli;

    /// Commands of a block, without comments and without what they set in their environment.
    fn commands(code: &str) -> Vec<Vec<String>> {
        let joined = code.replace("\\\n", " ");
        let lines = joined.lines().map(|line| line.split(" #").next().unwrap_or_default());
        let words = lines.map(|line| line.split_whitespace().skip_while(|word| word.contains('=')));
        words
            .map(|line| line.map(str::to_owned).collect())
            .filter(|line: &Vec<_>| !line.is_empty())
            .collect()
    }

    /// The relay's own commands are run by a test beside the relay.
    #[test]
    fn the_documentation_names_commands_that_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let web = std::fs::read_to_string(root.join("web/package.json")).expect("the web app");
        let web: serde_json::Value = serde_json::from_str(&web).expect("its package.json");
        let mut found = 0;
        for block in blocks(&root).into_iter().filter(|block| block.language == "sh") {
            for words in commands(&block.code) {
                let at = format!("{}:{} {}", block.page.display(), block.line, words.join(" "));
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                match &words[..] {
                    ["cargo", "xtask", rest @ ..] => {
                        let parsed = Cli::try_parse_from([&["cargo xtask"], rest].concat());
                        assert!(parsed.is_ok(), "{at}\n{}", parsed.err().expect("an error"));
                    }
                    ["cargo", rest @ ..] => {
                        let rest = rest.join(" ");
                        assert_eq!(rest, "build --release --workspace --bin rostro", "{at}");
                    }
                    ["npm", "run", script, ..] | ["npm", script @ "start", ..] => {
                        assert!(web["scripts"][script].is_string(), "{at}");
                    }
                    ["npm", command, ..] => assert!(["ci", "install"].contains(command), "{at}"),
                    _ => continue,
                }
                found += 1;
            }
        }
        assert!(found > 15, "only {found} commands were found");
    }
}
