//! `rostro backup` and `rostro restore`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use rostro_server::store::{Store, back_up, restore};

use super::DataDir;

/// What is stored, in one new file, also while a relay runs.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file; it must not be there yet. It holds biometric data.
    file: PathBuf,
    #[command(flatten)]
    data: DataDir,
}

impl Backup {
    pub(super) fn run(self) -> Result<ExitCode> {
        let dir = self.data.path()?;
        if !Store::exists(&dir) {
            bail!(
                "there is nothing to back up in {}: no relay has kept anything there",
                dir.display()
            );
        }
        back_up(&dir, &self.file)?;
        let bytes = std::fs::metadata(&self.file)?.len();
        writeln!(std::io::stdout(), "{} written, {bytes} bytes", self.file.display())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Takes a backup in the place of what is stored; the relay must be stopped.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The file that «rostro backup» wrote.
    file: PathBuf,
    #[command(flatten)]
    data: DataDir,
}

impl Restore {
    pub(super) fn run(self) -> Result<ExitCode> {
        let dir = self.data.path()?;
        let kept = restore(&dir, &self.file)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{} restored in {}", self.file.display(), dir.display())?;
        if let Some(kept) = kept {
            writeln!(
                out,
                "what was there is now {}: it holds biometric data, remove it once it is not needed",
                kept.display()
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
