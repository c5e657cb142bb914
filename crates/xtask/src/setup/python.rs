//! Python with the packages that the client tests use.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;

use super::{apt, printed};
use crate::children::Children;
use crate::stamp::{Stamp, unless_current};
use crate::workspace;

/// The interpreter of an environment that holds the packages of `server/tests/clients/requirements.txt`.
///
/// # Errors
/// Python 3 is missing and cannot be installed, or pip fails.
pub(crate) fn python(children: &Children) -> anyhow::Result<PathBuf> {
    let requirements = workspace::root().join("server/tests/clients/requirements.txt");
    if printed("python3", &["-c", "import venv, ensurepip"]).is_err() {
        apt::install(children, &["python3", "python3-venv"])?;
    }
    let version =
        printed("python3", &["--version"]).context("Python 3 is needed for the client tests")?;
    let stamp = Stamp::new().value("python", &version).tree(&requirements, &[])?.finish();
    let folder = workspace::cache()?.join("python");
    let interpreter = folder.join("bin/python");
    unless_current(&folder.join("installed"), &stamp, &interpreter, || {
        println!("  installing the Python packages of the client tests");
        children.run(
            "setup python environment",
            Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder),
        )?;
        children.run(
            "setup python packages",
            Command::new(&interpreter)
                .args(["-m", "pip", "install", "--disable-pip-version-check", "--requirement"])
                .arg(&requirements),
        )?;
        Ok(())
    })?;
    Ok(interpreter)
}
