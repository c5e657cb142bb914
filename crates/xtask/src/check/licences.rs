//! What `THIRD_PARTY.md` says of the Rust packages: each may be used under a licence that asks for a notice at most.

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use super::cargo_prints;

const ACCEPTED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    // Of letters, which may be built into a program.
    "OFL-1.1",
    "Ubuntu-font-1.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

/// Checks every package of the lock file, those for tests and other systems too.
///
/// # Errors
/// A package names no licence, or none that is accepted.
pub(super) fn check() -> anyhow::Result<()> {
    let metadata: Metadata =
        serde_json::from_str(&cargo_prints(&["metadata", "--format-version", "1"])?)?;
    for package in &metadata.packages {
        let licence = package.license.as_deref().unwrap_or_default();
        let fits = is_accepted(licence)
            .with_context(|| format!("{} {}", package.name, package.version))?;
        ensure!(fits, "{} {} asks for \"{licence}\"", package.name, package.version);
    }
    Ok(())
}

fn is_accepted(licence: &str) -> anyhow::Result<bool> {
    let expression = Expression::parse_mode(licence, ParseMode::LAX)?;
    let accepted =
        |asked: &LicenseReq| asked.license.id().is_some_and(|id| ACCEPTED.contains(&id.name));
    Ok(expression.evaluate(accepted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_that_is_accepted_is_enough() {
        for (licence, want) in [
            ("MIT OR GPL-3.0-only", true),
            ("(Apache-2.0 OR MIT) AND BSD-3-Clause", true),
            ("MIT/Apache-2.0", true),
            ("MIT AND LGPL-2.1-or-later", false),
            ("AGPL-3.0-only", false),
        ] {
            assert_eq!(is_accepted(licence).expect("an SPDX expression"), want, "{licence}");
        }
    }
}
