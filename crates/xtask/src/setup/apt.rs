//! Debian's packages.

use std::process::Command;

use anyhow::bail;

use super::{on_path, printed};
use crate::children::Children;

/// Installs packages, as root or by a `sudo` that asks for no password.
///
/// # Errors
/// Neither is to be had, this is not a Debian, or apt fails.
pub(super) fn install(children: &Children, packages: &[&str]) -> anyhow::Result<()> {
    let by_hand =
        format!("sudo apt-get update && sudo apt-get install --yes {}", packages.join(" "));
    if on_path("apt-get").is_none() {
        bail!("missing: {}. Install it with this system's package manager", packages.join(", "));
    }
    let root = printed("id", &["-u"])? == "0";
    if !root && printed("sudo", &["-n", "true"]).is_err() {
        bail!("missing: {}. Install it, then run this again:\n  {by_hand}", packages.join(", "));
    }
    let apt = |args: &[&str]| {
        let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            command.args(["-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        }
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    println!("  installing {} with apt", packages.join(", "));
    children.run("setup apt update", &mut apt(&["update"]))?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    children.run("setup apt install", &mut apt(&arguments))?;
    Ok(())
}
