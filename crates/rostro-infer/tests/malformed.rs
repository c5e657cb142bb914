//! Files that are no models: an error that says so, never a panic.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;

use rostro_core::{DetectOptions, Frame, PixelLayout};
use rostro_infer::{LoadError, LoadErrorKind, load_detector, load_dlib, load_sface};

fn model(id: &str) -> Vec<u8> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    rostro_models::read_verified(&models, id).unwrap()
}

/// The same network as browsers load it.
fn graph(id: &str) -> Vec<u8> {
    rostro_infer::compile(id, &model(id)).unwrap()
}

type Load = fn(&[u8]) -> Option<LoadError>;

/// Each file and what loads it.
fn loads() -> [(&'static str, Load); 3] {
    [
        (rostro_models::YUNET, |onnx| load_detector(onnx).err()),
        (rostro_models::DLIB, |onnx| load_dlib(onnx, &model(rostro_models::SHAPE_PREDICTOR)).err()),
        (rostro_models::SFACE, |onnx| load_sface(onnx).err()),
    ]
}

#[test]
fn truncated_and_foreign_bytes_are_refused() {
    let both = |(id, load)| [(id, load, model(id)), (id, load, graph(id))];
    for (id, load, whole) in loads().into_iter().flat_map(both) {
        assert_eq!(load(&whole), None, "{id}");
        let cases: [(&str, &[u8]); 6] = [
            ("nothing", &[]),
            ("a byte", &[8]),
            ("text", b"this is no model"),
            ("half", &whole[..whole.len() / 2]),
            ("all but a byte", &whole[..whole.len() - 1]),
            ("zeros", &[0; 4096]),
        ];
        for (name, bytes) in cases {
            let error = load(bytes).unwrap_or_else(|| panic!("{id}: {name} was loaded"));
            assert_eq!(error.model(), id, "{name}");
            assert!(error.to_string().starts_with(&format!("cannot load the model {id}: ")));
        }
    }
}

#[test]
fn another_model_is_refused_for_its_interface() {
    for of in [model, graph] {
        let (yunet, sface) = (of(rostro_models::YUNET), of(rostro_models::SFACE));
        for error in [load_detector(&sface).err(), load_sface(&yunet).err()] {
            assert_eq!(error.map(|error| error.kind()), Some(LoadErrorKind::Interface));
        }
    }
    let misnamed = rostro_infer::compile("nobody", &model(rostro_models::SFACE)).err().unwrap();
    assert_eq!(misnamed.kind(), LoadErrorKind::Interface);
    // A graph with the right numbers of inputs and outputs, and a matrix that fits no other size of picture.
    let points = model(rostro_models::SHAPE_PREDICTOR);
    let error = load_dlib(&model(rostro_models::SFACE), &points).err().unwrap();
    assert_eq!(error.kind(), LoadErrorKind::Unsupported, "{error}");
}

#[test]
fn altered_bytes_never_panic() {
    for whole in [model(rostro_models::YUNET), graph(rostro_models::YUNET)] {
        alter(&whole);
    }
}

fn alter(whole: &[u8]) {
    let pixels = vec![90; 96 * 64 * 3];
    let frame = Frame::new(&pixels, 96, 64, PixelLayout::Rgb).unwrap();
    // Spread over the file by a step that is prime to its length; structure is in few places, weights in most.
    for place in (0..whole.len()).step_by(2311) {
        for value in [0, 0x7f, 0xff] {
            let mut altered = whole.to_vec();
            altered[place] = value;
            // Most single bytes are weights, so that many altered files still load.
            if let Ok(detector) = load_detector(&altered) {
                let _ = detector.detect(&frame, &DetectOptions::default());
            }
        }
    }
}

#[test]
fn a_shape_predictor_that_is_none_is_named() {
    let error = load_dlib(&model(rostro_models::DLIB), b"RSP1").err().unwrap();
    assert_eq!((error.model(), error.kind()), ("shape-predictor-5", LoadErrorKind::Malformed));
}

#[test]
fn altered_structure_never_panics() {
    // The first kilobyte of it: layers and their shapes, with few weights between.
    let whole = graph(rostro_models::YUNET);
    let structure =
        whole.iter().enumerate().take(1024).chain(whole.iter().enumerate().rev().take(512));
    for (place, byte) in structure {
        for value in [0, 1, 5, 0x10, 0x7f, 0xff].into_iter().filter(|value| value != byte) {
            let mut altered = whole.clone();
            altered[place] = value;
            let _ = load_detector(&altered);
        }
    }
}

#[test]
fn the_shipped_graphs_are_made_of_the_shipped_files() {
    let entries = rostro_models::manifest().iter().filter(|entry| entry.graph.is_some());
    for entry in entries.clone() {
        rostro_models::verify_for_browsers(entry.id, &graph(entry.id)).unwrap();
    }
    assert_eq!(entries.count(), 3);
}
