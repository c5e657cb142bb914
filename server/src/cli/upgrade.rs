//! `rostro upgrade status` and `revoke`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use rostro_server::settings::Settings;
use rostro_server::store::Store;

use super::{DataDir, block_on};

/// The move of people from dlib-resnet-v1 to sface-2021dec by their sightings (PUT /v1/settings sets whether).
#[derive(Debug, Args)]
pub(super) struct Upgrade {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Says how far it is.
    Status(Status),
    /// Removes the encodings that were derived from sightings, everybody's or one person's.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Status {
    /// Prints JSON, as GET /v1/upgrades answers.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataDir,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The person's name; everybody unless given.
    name: Option<String>,
    #[command(flatten)]
    data: DataDir,
}

impl Upgrade {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self.what {
            What::Status(status) => status.run(),
            What::Revoke(revoke) => revoke.run(),
        }
    }
}

impl Status {
    fn run(self) -> Result<ExitCode> {
        let status = block_on(async {
            let people = self.data.open_existing().await?;
            let settings = Settings::load(Store::open(&self.data.path()?)?).await?;
            Ok(people.upgrade_status(settings.get().upgrade).await?)
        })?;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&status)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "policy: {}", status.policy)?;
        writeln!(out, "people in dlib-resnet-v1 only: {}", status.dlib_only)?;
        writeln!(out, "people in both models: {}", status.both)?;
        writeln!(out, "people in sface-2021dec only: {}", status.sface_only)?;
        writeln!(out, "derived encodings: {}", status.derived_encodings)?;
        writeln!(out, "sightings that wait: {}", status.proposals.len())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Revoke {
    fn run(self) -> Result<ExitCode> {
        let removed = block_on(async {
            let people = self.data.open_existing().await?;
            let id = match &self.name {
                None => None,
                Some(name) => match people.by_name(name).await? {
                    Some(person) => Some(person.id),
                    None => {
                        bail!("nobody is enrolled under this name; «rostro people» lists everybody")
                    }
                },
            };
            Ok(people.revoke_upgrades(id.as_deref()).await?)
        })?;
        writeln!(std::io::stdout(), "{removed} derived encodings removed")?;
        Ok(ExitCode::SUCCESS)
    }
}
