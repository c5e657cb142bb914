//! The WebAssembly builds of the package: one source, three sets of instructions, one glue.
//!
//! Cargo keeps what it compiles with different flags apart, in one target folder: build scripts and macros are shared, and
//! no build drives out another.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

use crate::children::Children;
use crate::stamp::{Stamp, unless_current};
use crate::{setup, workspace};

/// What the browser builds are made of.
const INPUTS: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "crates/rostro-core",
    "crates/rostro-infer",
    "crates/rostro-models",
    "crates/rostro-wasm",
    "crates/rostro-wire",
    "models/models.toml",
];

/// Settings of cargo for the browser builds only: small code wherever speed does not matter. The kernels of the
/// networks are in rostro-infer; rostro-core scales and samples pictures; sha2 reads every model file.
pub(crate) const CARGO_SETTINGS: [&str; 4] = [
    "profile.release.opt-level='s'",
    "profile.release.package.rostro-core.opt-level=3",
    "profile.release.package.rostro-infer.opt-level=3",
    "profile.release.package.sha2.opt-level=3",
];

/// Flags in the environment would take the place of those of `.cargo/config.toml`.
pub(crate) const FLAGS_OF_THE_ENVIRONMENT: [&str; 3] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS"];

/// Name that wasm-bindgen gives its files.
const GLUE: &str = "rostro_wasm";
/// What wasm-bindgen writes beside the module; the same for every build.
const GLUE_FILES: [&str; 3] = ["rostro_wasm.js", "rostro_wasm.d.ts", "rostro_wasm_bg.wasm.d.ts"];

/// One set of instructions.
struct Build {
    /// As the package's option calls it.
    name: &'static str,
    /// The module's file in the package.
    file: &'static str,
    /// Differs so from `.cargo/config.toml`.
    target_feature: Option<&'static str>,
    /// Instructions that a browser may lack for which it is made.
    lacks: &'static [&'static str],
}

/// The first has the name that the glue itself refers to.
const BUILDS: [Build; 3] = [
    Build {
        name: "simd",
        file: "rostro_wasm_bg.wasm",
        target_feature: None,
        lacks: &["relaxed-simd"],
    },
    Build {
        name: "relaxed-simd",
        file: "rostro_wasm_relaxed_simd.wasm",
        target_feature: Some("+relaxed-simd"),
        lacks: &[],
    },
    Build {
        name: "plain",
        file: "rostro_wasm_plain.wasm",
        target_feature: Some("-simd128"),
        lacks: &["relaxed-simd", "simd128"],
    },
];

/// The list of builds that the package reads.
const LIST: &str = "builds.js";
const LIST_TYPES: &str = "builds.d.ts";

/// Files in the package's folder `wasm`.
pub(super) fn files() -> impl Iterator<Item = &'static str> {
    BUILDS.iter().map(|build| build.file).chain(GLUE_FILES).chain([LIST, LIST_TYPES])
}

/// Compiles every build that is not current, and lays them with their glue and their list into `folder`.
pub(super) fn run(children: &Children, folder: &Path) -> anyhow::Result<()> {
    let root = workspace::root();
    let mut inputs = Stamp::new().value("settings", &CARGO_SETTINGS.join(" "));
    for input in INPUTS {
        inputs = inputs.tree(&root.join(input), &["tests", "examples", "benches"])?;
    }
    let inputs = inputs.finish();
    let mut outputs = Vec::new();
    for build in &BUILDS {
        outputs.push(build.compile(children, &inputs)?);
    }
    lay(&outputs, folder)
}

impl Build {
    /// Runs wasm-pack, unless nothing changed since the last time; where its output is.
    fn compile(&self, children: &Children, inputs: &str) -> anyhow::Result<PathBuf> {
        let root = workspace::root();
        let out = workspace::target().join("pkg-wasm").join(self.name);
        let stamp_file = workspace::target().join(format!("stamps/pkg-wasm-{}", self.name));
        let flag = self.target_feature.map(|feature| format!("target-feature={feature}"));
        let stamp =
            Stamp::new().value("inputs", inputs).value("flag", flag.as_deref().unwrap_or_default());
        unless_current(&stamp_file, &stamp.finish(), &module_in(&out), || {
            versions_agree(children)?;
            println!("  compiling to WebAssembly, {} (minutes when cold)", self.name);
            let mut wasm_pack = Command::new("wasm-pack");
            wasm_pack
                .args(["build", "--target", "web", "--release", "--mode", "no-install"])
                .args(["--no-pack", "--out-name", GLUE, "--out-dir"])
                .arg(&out)
                .arg(root.join("crates/rostro-wasm"))
                .arg("--")
                .args(CARGO_SETTINGS.iter().flat_map(|setting| ["--config", setting]))
                .env("PATH", setup::tools_path()?)
                .current_dir(&root);
            if let Some(flag) = &flag {
                // Lists of a setting are joined.
                let flags = format!("target.wasm32-unknown-unknown.rustflags=['-C', '{flag}']");
                wasm_pack.args(["--config", &flags]);
            }
            for name in FLAGS_OF_THE_ENVIRONMENT {
                wasm_pack.env_remove(name);
            }
            children.run(&format!("build wasm {}", self.name), &mut wasm_pack)?;
            self.check(&out)
        })?;
        Ok(out)
    }

    /// A browser refuses a module for a single instruction that it does not know.
    fn check(&self, out: &Path) -> anyhow::Result<()> {
        let module = read(&module_in(out))?;
        for feature in self.lacks {
            ensure!(
                !uses(&module, feature),
                "the build `{}` has instructions of {feature}: some dependency turns them on by itself",
                self.name
            );
        }
        Ok(())
    }
}

/// What wasm-bindgen writes into a folder, of any build.
fn module_in(out: &Path) -> PathBuf {
    out.join(format!("{GLUE}_bg.wasm"))
}

/// Whether a module lists `feature` in its section `target_features`: a plus sign, the length, the name.
fn uses(module: &[u8], feature: &str) -> bool {
    let length = u8::try_from(feature.len()).expect("names of features are short");
    let entry = [&[b'+', length], feature.as_bytes()].concat();
    module.windows(entry.len()).any(|window| window == entry)
}

/// Lays what the builds made, one glue for all, and the list of them.
fn lay(outputs: &[PathBuf], folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let (first, others) = outputs.split_first().context("there are builds")?;
    for file in GLUE_FILES {
        let glue = read(&first.join(file))?;
        for other in others {
            ensure!(
                read(&other.join(file))? == glue,
                "{file} differs between {} and {}: one glue no longer serves every build",
                first.display(),
                other.display()
            );
        }
        write(&folder.join(file), &glue)?;
    }
    let mut list = String::from("// Made by `cargo xtask pkg`.\nexport const WASM_BUILDS = {\n");
    for (build, out) in BUILDS.iter().zip(outputs) {
        let module = read(&module_in(out))?;
        write(&folder.join(build.file), &module)?;
        list.push_str(&entry(build, &module));
    }
    list.push_str("};\n");
    write(&folder.join(LIST), list.as_bytes())?;
    write(&folder.join(LIST_TYPES), types().as_bytes())
}

fn entry(Build { name, file, .. }: &Build, module: &[u8]) -> String {
    let sha256: String = Sha256::digest(module).iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = module.len();
    format!(
        "  \"{name}\": {{\n    file: \"{file}\",\n    bytes: {bytes},\n    sha256: \"{sha256}\",\n    \
         url: () => new URL(\"{file}\", import.meta.url),\n  }},\n"
    )
}

fn types() -> String {
    let names: Vec<String> = BUILDS.iter().map(|build| format!("\"{}\"", build.name)).collect();
    format!(
        "/** A build of the WebAssembly module, by the instructions that a browser needs for it. */\n\
         export type WasmBuild = {};\n\
         /** The builds and where they lie in the package. */\n\
         export declare const WASM_BUILDS: Readonly<\n  Record<WasmBuild, {{ readonly file: string; readonly \
         bytes: number; readonly sha256: string; readonly url: () => URL }}>\n>;\n",
        names.join(" | ")
    )
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// The program wasm-bindgen reads only what the library of the same version wrote.
fn versions_agree(children: &Children) -> anyhow::Result<()> {
    let pinned = setup::wasm_bindgen_version()?;
    let mut program = Command::new("wasm-bindgen");
    program.arg("--version").env("PATH", setup::tools_path()?);
    let printed = children.run("wasm-bindgen version", &mut program)?;
    ensure!(
        printed.split_whitespace().nth(1) == Some(pinned.as_str()),
        "Cargo.toml pins wasm-bindgen {pinned}, the program is {}",
        printed.trim()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_found_by_their_whole_name() {
        let module = b"\x0ftarget_features\x02+\x0crelaxed-simd-\x07simd128";
        assert!(uses(module, "relaxed-simd"));
        assert!(!uses(module, "simd128"));
        assert!(uses(b"..+\x07simd128", "simd128"));
    }

    #[test]
    fn the_list_says_where_each_build_lies() {
        let entry = entry(&BUILDS[2], b"module");
        assert!(entry.contains("\"plain\": {") && entry.contains("bytes: 6,"), "{entry}");
        assert!(
            entry.contains("new URL(\"rostro_wasm_plain.wasm\", import.meta.url)"),
            "bundlers look for it as a literal: {entry}"
        );
    }
}
