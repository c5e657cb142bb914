//! Turns `models/models.toml` into constants, so that a program carries the checksums it was built with.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    model: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: String,
    file: String,
    bytes: u64,
    sha256: String,
    licence: String,
    licence_file: String,
    input: String,
    output: String,
    evaluation: String,
    graph: Option<Graph>,
    source: Source,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Graph {
    file: String,
    bytes: u64,
    sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    registry: String,
    package: String,
    version: String,
    form: String,
    path: String,
    sha256: String,
    conversion: String,
}

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let path = root.join("../../models/models.toml");
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rerun-if-changed=build.rs");
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let manifest: Manifest =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("manifest.rs");
    fs::write(&out, constants(&manifest))
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", out.display()));
}

/// The manifest as one Rust slice expression.
fn constants(manifest: &Manifest) -> String {
    let mut code = String::from("&[\n");
    for model in &manifest.model {
        check(model);
        let source = &model.source;
        let graph = model.graph.as_ref().map_or_else(
            || "None".to_owned(),
            |Graph { file, bytes, sha256 }| {
                format!("Some(GraphFile {{ file: {file:?}, bytes: {bytes}, sha256: {sha256:?} }})")
            },
        );
        writeln!(
            code,
            "ModelEntry {{ id: {:?}, file: {:?}, bytes: {}, sha256: {:?}, graph: {graph}, licence: {:?}, \
             licence_file: {:?}, input: {:?}, output: {:?}, evaluation: {:?}, \
             source: ModelSource {{ registry: {:?}, package: {:?}, version: {:?}, form: {:?}, \
             path: {:?}, sha256: {:?}, conversion: {:?} }} }},",
            model.id,
            model.file,
            model.bytes,
            model.sha256,
            model.licence,
            model.licence_file,
            model.input,
            model.output,
            model.evaluation,
            source.registry,
            source.package,
            source.version,
            source.form,
            source.path,
            source.sha256,
            source.conversion,
        )
        .expect("a string takes what is written");
    }
    code.push(']');
    code
}

/// Stops the build on a value that would only fail later, at run time.
fn check(model: &Model) {
    let graph = model.graph.iter();
    let sums = graph.clone().map(|graph| &graph.sha256);
    for sum in [&model.sha256, &model.source.sha256].into_iter().chain(sums) {
        let hex = sum.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        assert!(hex && sum.len() == 64, "{}: {sum:?} is no lower-case sha256", model.id);
    }
    let names = graph.map(|graph| &graph.file);
    for name in [&model.file, &model.licence_file].into_iter().chain(names) {
        let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
        assert!(plain, "{}: {name:?} is not a plain file name", model.id);
    }
}
