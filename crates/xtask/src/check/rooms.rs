//! The dependency table: a crate exists to keep a dependency out.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{bail, ensure};
use serde::Deserialize;

use super::cargo_prints;
use crate::workspace;

/// A crate, and what must not be among its dependencies, however far down, on this machine's own target.
///
/// A name that ends in `*` stands for all that begin so. Browsers are another matter: random numbers come from
/// JavaScript there, through wasm-bindgen.
struct Room {
    package: &'static str,
    target: Option<&'static str>,
    kept_out: &'static [&'static str],
}

const WASM: Option<&str> = Some("wasm32-unknown-unknown");

const ROOMS: [Room; 6] = [
    Room {
        package: "rostro-core",
        target: None,
        kept_out: &[
            "tract*",
            "serde",
            "serde_json",
            "wasm-bindgen",
            "tokio",
            "jiff",
            "rand",
            "getrandom",
            "rostro-*",
        ],
    },
    Room {
        package: "rostro-core",
        target: WASM,
        kept_out: &["tract*", "serde", "wasm-bindgen", "tokio"],
    },
    Room { package: "rostro-infer", target: None, kept_out: &["wasm-bindgen", "tokio"] },
    Room {
        package: "rostro-wire",
        target: None,
        kept_out: &["tract*", "axum", "wasm-bindgen", "tokio"],
    },
    Room {
        package: "rostro-wasm",
        target: WASM,
        kept_out: &[
            "tract*",
            "tokio",
            "reqwest",
            "hyper",
            "axum",
            "socketioxide",
            "web-sys",
            "rusqlite",
            "rostro-server",
        ],
    },
    Room {
        package: "rostro-server",
        target: None,
        kept_out: &["rostro-wasm", "rostro-testkit", "xtask"],
    },
];

/// The only crate that may name tract.
const NAMES_TRACT: &str = "rostro-infer";

/// Checks the table, and that the web app uses the packed package only.
///
/// # Errors
/// A crate depends on what its room keeps out; the text names both.
pub(super) fn check() -> anyhow::Result<()> {
    for room in &ROOMS {
        let found = dependencies(room.package, room.target)?;
        for name in found.iter().filter(|name| *name != room.package) {
            ensure!(
                !room.kept_out.iter().any(|pattern| fits(pattern, name)),
                "{} depends on {name}, which its room keeps out (cargo tree -p {} -i {name})",
                room.package,
                room.package,
            );
        }
    }
    tract_is_named_once()?;
    web_uses_the_package(&workspace::root().join("web"))
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

/// Names of everything that `package` is built from, itself included.
fn dependencies(package: &str, target: Option<&str>) -> anyhow::Result<BTreeSet<String>> {
    let mut arguments = vec![
        "tree",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    if let Some(target) = target {
        arguments.extend(["--target", target]);
    }
    let tree = cargo_prints(&arguments)?;
    Ok(tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

fn tract_is_named_once() -> anyhow::Result<()> {
    let metadata: Metadata =
        serde_json::from_str(&cargo_prints(&["metadata", "--no-deps", "--format-version", "1"])?)?;
    for package in metadata.packages.iter().filter(|package| package.name != NAMES_TRACT) {
        if let Some(tract) =
            package.dependencies.iter().find(|dependency| fits("tract*", &dependency.name))
        {
            bail!("{} names {}; only {NAMES_TRACT} may", package.name, tract.name);
        }
    }
    Ok(())
}

/// The web app imports nothing of the repository but the package `rostro`.
fn web_uses_the_package(web: &Path) -> anyhow::Result<()> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.mjs"])
        .current_dir(web)
        .output();
    let files = match listed {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout)?,
        _ => return Ok(()), // Without git there is nothing to commit either.
    };
    for file in files.lines() {
        let text = std::fs::read_to_string(web.join(file)).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let reaches_out =
                ["../pkg/", "../crates/", "../server/"].iter().any(|folder| line.contains(folder));
            ensure!(
                !(reaches_out && line.contains("from ")),
                "web/{file}:{} reaches out of web/",
                number + 1
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_the_rest_of_a_name() {
        assert!(fits("tract*", "tract-onnx") && fits("serde", "serde"));
        assert!(!fits("serde", "serde_json") && !fits("tract*", "extract"));
    }

    #[test]
    fn the_tree_is_read() {
        let found = dependencies("rostro-core", None).expect("cargo tree works");
        assert!(found.contains("rostro-core") && found.contains("thiserror"), "{found:?}");
    }
}
