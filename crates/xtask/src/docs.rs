//! `cargo xtask docs`: the reference of everything that is public, out of the code.

use std::process::Command;

use crate::children::Children;
use crate::stamp::Stamp;
use crate::{build, workspace};

/// Writes the reference of the npm package and of the crates into `target/`, and says where.
///
/// # Errors
/// A tool is missing or fails, or the docs link to what is not there.
pub(crate) fn run() -> anyhow::Result<()> {
    let children = Children::new()?;
    crate::setup::node()?;
    build::package(&children)?;
    typescript(&children)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["doc", "--no-deps", "--workspace", "--lib"]).current_dir(workspace::root());
    children.run("docs rust", &mut cargo)?;
    println!("  the npm package   target/docs/typescript/index.html");
    println!("  the crates        target/doc/rostro_core/index.html");
    println!("  the relay's API   http://127.0.0.1:8000/v1/docs/, of a relay that runs");
    Ok(())
}

/// The npm package's, by TypeDoc; a link that leads nowhere, or a type that is named and not exported, is an error.
///
/// # Errors
/// As above.
pub(crate) fn typescript(children: &Children) -> anyhow::Result<()> {
    let pkg = workspace::root().join("pkg");
    build::npm_ci(children, &pkg, Stamp::new())?;
    let mut npm = Command::new("npm");
    npm.args(["run", "docs"]).current_dir(pkg);
    children.run("docs typescript", &mut npm).map(drop)
}
