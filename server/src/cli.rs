//! The command line: what may be asked, and who answers.

mod backup;
mod embed;
mod enrol;
mod faces;
mod folders;
mod memory;
mod people;
mod serve;
mod settings;
mod telemetry;
mod track;
mod transfer;
mod upgrade;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use rostro_core::ModelId;
use rostro_server::config::env;
use tokio::runtime;

/// Recognises people, and keeps who they are.
#[derive(Debug, Parser)]
#[command(name = "rostro", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the relay until it is interrupted.
    Serve(serve::Serve),
    /// Shows the settings that are in force, and who said so.
    Config(settings::Show),
    /// Prints the faces and embeddings of pictures, one line of JSON a picture.
    Embed(embed::Embed),
    /// Takes over the people of an encodings.npy and its labels.json: all of them or none.
    Import(transfer::Import),
    /// Writes everybody's encodings of one model as encodings.npy and labels.json.
    Export(transfer::Export),
    /// Adds a person by pictures that show nobody else.
    Enrol(enrol::Enrol),
    /// Says who is in pictures.
    Identify(people::Identify),
    /// Follows the faces of clips, and says who they are.
    Track(track::Track),
    /// Lists who is enrolled.
    People(people::List),
    /// Removes a person and everything that names them.
    Forget(people::Forget),
    /// Writes everything that is stored into one new file, also while the relay runs.
    Backup(backup::Backup),
    /// Puts a backup in the place of what is stored; the relay must be stopped.
    Restore(backup::Restore),
    /// Says how far the move from dlib-resnet-v1 to sface-2021dec is, or takes it back.
    Upgrade(upgrade::Upgrade),
}

impl Cli {
    /// Does what was asked.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Config(show) => show.run(),
            Command::Embed(embed) => embed.run(),
            Command::Import(import) => import.run(),
            Command::Export(export) => export.run(),
            Command::Enrol(enrol) => enrol.run(),
            Command::Identify(identify) => identify.run(),
            Command::Track(track) => track.run(),
            Command::People(list) => list.run(),
            Command::Forget(forget) => forget.run(),
            Command::Backup(backup) => backup.run(),
            Command::Restore(restore) => restore.run(),
            Command::Upgrade(upgrade) => upgrade.run(),
        }
    }
}

/// Where the relay keeps its people.
#[derive(Debug, Args)]
struct DataDir {
    /// The data directory; unless given, rostro in the user's directory for programs' data.
    #[arg(id = "data", long = "data", value_name = "DIR", env = env::DATA)]
    dir: Option<PathBuf>,
}

/// Where the models are.
#[derive(Debug, Args)]
struct ModelsDir {
    /// The models' directory; unless given, models beside the program or its checkout, else in the working directory.
    #[arg(id = "models", long = "models", value_name = "DIR", env = env::MODELS)]
    dir: Option<PathBuf>,
}

/// A model by its id.
fn model(id: &str) -> Result<ModelId, String> {
    id.parse().map_err(|error: rostro_core::UnknownModel| error.to_string())
}

/// Runs a task of the command line, which needs one thread beside the store's.
fn block_on<T>(task: impl Future<Output = Result<T>>) -> Result<T> {
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(task)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn options_do_not_clash() {
        Cli::command().debug_assert();
    }
}
