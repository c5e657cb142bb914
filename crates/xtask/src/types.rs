//! `cargo xtask types`: what the npm package says in TypeScript, generated from Rust: the types of the wire, the list
//! of error codes, and the models' manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use rostro_core::{EMBEDDING_LEN, ModelId};
use rostro_models::{DLIB, GraphFile, SFACE, SHAPE_PREDICTOR, YUNET};
use rostro_wire::webhook::WebhookBody;
use rostro_wire::{Enrolled, ErrorCode, ErrorEnvelope, v1};
use ts_rs::TS;

use crate::workspace;

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Compares only, and fails if a file would change
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes `pkg/src/generated/`, or compares it.
///
/// # Errors
/// A file cannot be read or written; with `check`, one is not current.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let folder = workspace::root().join("pkg/src/generated");
    let current = files_in(&folder)?;
    let wanted = generated()?;
    let stale: BTreeSet<&str> = current
        .keys()
        .chain(wanted.keys())
        .filter(|name| current.get(*name) != wanted.get(*name))
        .map(String::as_str)
        .collect();
    if args.check {
        ensure!(
            stale.is_empty(),
            "not current in pkg/src/generated: {}; `cargo xtask types` writes them",
            Vec::from_iter(stale).join(", ")
        );
        return Ok(());
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for name in stale {
        let path = folder.join(name);
        match wanted.get(name) {
            Some(text) => fs::write(&path, text),
            None => fs::remove_file(&path),
        }
        .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// Every generated file by its name.
fn generated() -> anyhow::Result<BTreeMap<String, String>> {
    // A new folder each time: ts-rs writes a file once in a process, even if it has been removed since.
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    wire_types(scratch.path()).context("generating the types of the wire")?;
    let mut files = files_in(scratch.path())?;
    files.insert("errorCodes.ts".to_owned(), error_codes());
    files.insert("models.ts".to_owned(), models()?);
    files.insert("modelUrls.ts".to_owned(), model_urls());
    Ok(files)
}

/// The types of everything that the package sends or reads; what they contain comes along.
fn wire_types(folder: &Path) -> anyhow::Result<()> {
    let config = ts_rs::Config::new().with_out_dir(folder).with_import_extension(Some("js"));
    v1::Report::export_all(&config)?;
    v1::ReportAck::export_all(&config)?;
    v1::PeopleList::export_all(&config)?;
    v1::Enrolment::export_all(&config)?;
    Enrolled::export_all(&config)?;
    v1::GalleryList::export_all(&config)?;
    v1::EventList::export_all(&config)?;
    v1::NewCorrection::export_all(&config)?;
    v1::RelaySettings::export_all(&config)?;
    v1::PersonChange::export_all(&config)?;
    v1::RelaySettingsChange::export_all(&config)?;
    v1::UpgradeStatus::export_all(&config)?;
    v1::UpgradeAnswer::export_all(&config)?;
    v1::Health::export_all(&config)?;
    v1::IdentifyAnswer::export_all(&config)?;
    v1::VerifyAnswer::export_all(&config)?;
    v1::EncodingList::export_all(&config)?;
    v1::NewWebhook::export_all(&config)?;
    v1::WebhookChange::export_all(&config)?;
    v1::WebhookList::export_all(&config)?;
    v1::WebhookWithSecret::export_all(&config)?;
    v1::DeliveryList::export_all(&config)?;
    v1::Replay::export_all(&config)?;
    v1::Replayed::export_all(&config)?;
    v1::CameraList::export_all(&config)?;
    v1::NewCamera::export_all(&config)?;
    v1::CameraChange::export_all(&config)?;
    v1::TicketRequest::export_all(&config)?;
    v1::TicketAnswer::export_all(&config)?;
    ErrorEnvelope::export_all(&config)?;
    WebhookBody::export_all(&config)?;
    Ok(())
}

/// The codes of [`ErrorCode`] as a list, for programs that meet a code they do not know.
fn error_codes() -> String {
    let codes = ErrorCode::inline(&ts_rs::Config::new());
    let mut text = note();
    text.push_str("import type { ErrorCode } from \"./ErrorCode.js\";\n\n");
    text.push_str("/** Every code that this version knows. */\n");
    text.push_str("export const ERROR_CODES: readonly ErrorCode[] = [\n");
    for code in codes.split('|') {
        push(&mut text, format_args!("  {},\n", code.trim()));
    }
    text.push_str("];\n");
    text
}

/// The manifest, and which files each recogniser needs.
///
/// Bundlers carry a file along only where they see its whole path in `new URL(…, import.meta.url)`, so each file has
/// such an expression.
fn models() -> anyhow::Result<String> {
    let mut text = note();
    push(
        &mut text,
        format_args!(
            "/** Numbers in an embedding. */\nexport const EMBEDDING_LEN = {EMBEDDING_LEN};\n\n"
        ),
    );
    let ids: Vec<String> = ModelId::ALL.iter().map(|model| format!("\"{model}\"")).collect();
    push(
        &mut text,
        format_args!(
            "/** Every recogniser. */\nexport const MODEL_IDS = [{}] as const;\n\n",
            ids.join(", ")
        ),
    );
    text.push_str("/** Which recogniser made an embedding. */\n");
    text.push_str("export type ModelId = (typeof MODEL_IDS)[number];\n\n");
    text.push_str("/** What a new installation recognises with. */\n");
    push(
        &mut text,
        format_args!("export const DEFAULT_MODEL: ModelId = \"{}\";\n\n", ModelId::DEFAULT),
    );
    text.push_str(
        "/** The model files. Each is checked against its sha256 before it is used. */\n",
    );
    text.push_str("export const MODEL_FILES = {\n");
    for entry in rostro_models::manifest() {
        let GraphFile { file, bytes, sha256 } = entry.for_browsers();
        push(
            &mut text,
            format_args!(
                "  \"{}\": {{\n    file: \"{file}\",\n    bytes: {},\n    sha256: \"{}\",\n  }},\n",
                entry.id, bytes, sha256,
            ),
        );
    }
    text.push_str("} as const;\n\n");
    text.push_str(
        "/** The id of a model file. */\nexport type ModelFileId = keyof typeof MODEL_FILES;\n\n",
    );
    text.push_str("/** The files that each recogniser needs, the detector's among them. */\n");
    text.push_str("export const FILES_OF: Readonly<Record<ModelId, readonly ModelFileId[]>> = {\n");
    for model in ModelId::ALL {
        let files: Vec<String> =
            files_of(model)?.iter().map(|file| format!("\"{file}\"")).collect();
        push(&mut text, format_args!("  \"{model}\": [{}],\n", files.join(", ")));
    }
    text.push_str("};\n");
    Ok(text)
}

/// Where the package has the model files. Apart from what they are, so that a bundler lays none into an app that has them
/// elsewhere.
fn model_urls() -> String {
    let mut text = note();
    text.push_str("import type { ModelFileId } from \"./models.js\";\n\n");
    text.push_str("/** Where the package has each model file. */\n");
    text.push_str("export const MODEL_URLS: Readonly<Record<ModelFileId, () => URL>> = {\n");
    for entry in rostro_models::manifest() {
        let GraphFile { file, .. } = entry.for_browsers();
        push(
            &mut text,
            format_args!(
                "  \"{}\": () => new URL(\"../../models/{file}\", import.meta.url),\n",
                entry.id
            ),
        );
    }
    text.push_str("};\n");
    text
}

fn files_of(model: ModelId) -> anyhow::Result<&'static [&'static str]> {
    match model {
        ModelId::DlibResnetV1 => Ok(&[YUNET, SHAPE_PREDICTOR, DLIB]),
        ModelId::Sface2021Dec => Ok(&[YUNET, SFACE]),
        other => bail!("say here which files {other} needs"),
    }
}

fn note() -> String {
    "// Generated by `cargo xtask types`. Do not edit.\n\n".to_owned()
}

fn push(text: &mut String, part: std::fmt::Arguments<'_>) {
    text.write_fmt(part).expect("a string takes what is written");
}

/// The files of `folder` by name; none if there is no such folder.
fn files_in(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    if !folder.exists() {
        return Ok(BTreeMap::new());
    }
    let paths: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .with_context(|| format!("reading {}", folder.display()))?;
    paths
        .into_iter()
        .map(|path| {
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_types_are_current() {
        run(&Args { check: true }).expect("`cargo xtask types` was run after the last change");
    }

    #[test]
    fn types_can_be_generated_again_in_the_same_process() {
        let [first, second] = [(); 2].map(|()| generated().expect("generating works"));
        assert!(first.contains_key("Report.ts"));
        assert_eq!(first, second);
    }
}
