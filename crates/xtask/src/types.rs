//! To be written.

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Compares only, and fails if a file would change
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(_args: &Args) -> anyhow::Result<()> {
    anyhow::bail!("this command is not written yet")
}
