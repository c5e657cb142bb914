//! The manifest, the files in `models/`, and what happens when the two disagree.

use std::fs;
use std::path::{Path, PathBuf};

use rostro_core::ModelId;
use rostro_models::{
    DLIB, ModelError, SFACE, SHAPE_PREDICTOR, YUNET, entry, manifest, read_verified, verify,
};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

#[test]
fn every_file_is_what_the_manifest_says_and_has_its_licence() {
    for entry in manifest() {
        let bytes = read_verified(&models(), entry.id).unwrap();
        assert_eq!(bytes.len() as u64, entry.bytes);
        let licence = fs::read_to_string(models().join(entry.licence_file)).unwrap();
        let opening = match entry.licence {
            "MIT" => "MIT License",
            "Apache-2.0" => "Apache License",
            "CC0-1.0" => "CC0 1.0 Universal",
            other => panic!("{}: a licence nobody has looked at: {other}", entry.id),
        };
        assert_eq!(
            licence.trim_start().lines().next().map(str::trim),
            Some(opening),
            "{}",
            entry.id
        );
    }
}

#[test]
fn nothing_lies_in_the_folder_that_the_manifest_does_not_name() {
    let mut named: Vec<&str> =
        manifest().iter().flat_map(|entry| [entry.file, entry.licence_file]).collect();
    named.push("models.toml");
    for file in fs::read_dir(models()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(named.contains(&name.as_str()), "models/{name} is in no entry of models.toml");
    }
}

#[test]
fn the_ids_are_those_that_the_program_asks_for() {
    let ids: Vec<&str> = manifest().iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [YUNET, SHAPE_PREDICTOR, DLIB, SFACE]);
    assert_eq!(DLIB, ModelId::DlibResnetV1.as_str());
    assert_eq!(SFACE, ModelId::Sface2021Dec.as_str());
}

#[test]
fn a_flipped_bit_is_refused_by_name() {
    for entry in manifest() {
        let mut bytes = read_verified(&models(), entry.id).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let error = verify(entry.id, &bytes).unwrap_err();
        assert!(
            matches!(error, ModelError::WrongChecksum { id, expected, .. }
                if id == entry.id && expected == entry.sha256),
            "{error}"
        );
        let text = error.to_string();
        assert!(text.contains(entry.id) && text.contains(entry.sha256), "{text}");
    }
}

#[test]
fn another_length_is_refused_without_reading_on() {
    let entry = entry(SHAPE_PREDICTOR).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(entry.file);
    let whole = fs::read(models().join(entry.file)).unwrap();

    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let short = read_verified(folder.path(), entry.id).unwrap_err();
    assert_eq!(
        short.to_string(),
        "the model shape-predictor-5 has 5583053 bytes, expected 5583054"
    );

    // A sparse file of a terabyte takes neither memory nor time.
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let long = read_verified(folder.path(), entry.id).unwrap_err();
    assert!(
        matches!(long, ModelError::WrongLength { actual, .. } if actual == entry.bytes + 1),
        "{long}"
    );
}

#[test]
fn a_missing_file_and_an_unknown_name_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = read_verified(folder.path(), YUNET).unwrap_err().to_string();
    assert!(missing.starts_with("cannot read the model yunet-2023mar from "), "{missing}");
    let unknown = read_verified(folder.path(), "../secret").unwrap_err();
    assert_eq!(unknown.to_string(), "there is no model called \"../secret\"");
}
