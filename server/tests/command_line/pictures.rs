//! `rostro embed`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::rostro::{Rostro, lines};

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_line_for_each_picture_in_order() {
    let rostro = Rostro::new();
    let portrait = rostro.portrait("obama-2012");
    let text = rostro.file("text.jpg", b"hello");
    let missing = rostro.path("missing.png");
    let missing = missing.to_str().unwrap();
    let files = [portrait.as_str(), missing, &text, &portrait];
    let printed = rostro.json(&[&["embed"], &files[..]].concat());
    assert_eq!(
        printed.iter().map(|line| line["file"].as_str().unwrap()).collect::<Vec<_>>(),
        files
    );

    let seen = &printed[0];
    assert_eq!(keys(seen), ["faces", "file", "height", "ms", "width"].into());
    assert_eq!(keys(&seen["ms"]), ["align", "decode", "detect", "embed"].into());
    let [face] = &seen["faces"].as_array().unwrap()[..] else { panic!("one face") };
    assert_eq!(keys(face), ["box", "embedding", "landmarks", "model", "score"].into());
    assert_eq!(keys(&face["box"]), ["bottom", "left", "right", "top"].into());
    assert_eq!(face["model"], "sface-2021dec");
    assert_eq!(face["embedding"].as_array().unwrap().len(), 128);
    assert_eq!(face["landmarks"].as_array().unwrap().len(), 5);
    let bounds = |side: &str| face["box"][side].as_f64().unwrap();
    for point in face["landmarks"].as_array().unwrap() {
        let (x, y) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        assert!((bounds("left")..bounds("right")).contains(&x), "{x}");
        assert!((bounds("top")..bounds("bottom")).contains(&y), "{y}");
    }
    let picture = image::load_from_memory(rostro_testkit::pictures::png("obama-2012")).unwrap();
    assert_eq!(seen["width"], picture.width());
    assert_eq!(seen["height"], picture.height());
    assert_eq!(printed[3]["faces"], seen["faces"]);

    assert_eq!(printed[1]["error"]["code"], "not-found");
    assert_eq!(
        printed[2]["error"],
        json!({
            "code": "invalid-image",
            "message": "not a picture of a kind that is taken: JPEG, PNG or WebP",
        })
    );
    assert_eq!(keys(&printed[2]), ["error", "file"].into());

    let failed = rostro.run(&["embed", missing, &text]);
    assert_eq!(failed.code, 1, "no picture could be read");
    assert_eq!(lines(&failed.stdout).len(), 2);
}

#[test]
fn a_list_and_the_options() {
    let rostro = Rostro::new();
    let portraits: Vec<_> =
        ["collins", "biden-2010", "obama-2009"].map(|name| rostro.portrait(name)).into();
    let list = rostro.file("list.txt", format!("{}\n\n", portraits.join("\n")).as_bytes());
    let model = ["--model", "dlib-resnet-v1", "--json-lines"];
    let printed = rostro.json(&[&["embed", "--list", &list], &model[..]].concat());
    assert_eq!(printed.len(), 3);
    for (line, portrait) in printed.iter().zip(&portraits) {
        assert_eq!(line["file"], **portrait);
        assert_eq!(line["faces"][0]["model"], "dlib-resnet-v1");
    }
    let strict =
        rostro.json(&["embed", "--min-score", "1", "--detector-side", "160", &portraits[0]]);
    assert_eq!(strict[0]["faces"], json!([]), "no face is an empty list");

    for wrong in [
        &["embed"][..],
        &["embed", "--model", "arcface", "x.png"],
        &["embed", "--min-score", "1.5", "x.png"],
        &["embed", "--detector-side", "9", "x.png"],
        &["embed", "--list", "a.txt", "x.png"],
    ] {
        assert_eq!(rostro.run(wrong).code, 2, "{wrong:?}");
    }
    let missing = rostro.path("nowhere.txt");
    let complaint = rostro.complaint(&["embed", "--list", missing.to_str().unwrap()]);
    assert!(complaint.starts_with("cannot read nowhere.txt: "), "{complaint}");
}

#[test]
fn without_its_models_it_says_so() {
    let rostro = Rostro::new();
    let portrait = rostro.portrait("collins");
    let nowhere = rostro.path("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    let complaint = rostro.complaint(&["embed", "--models", nowhere, &portrait]);
    assert!(complaint.starts_with("the model yunet-2023mar is not available: "), "{complaint}");
    assert!(complaint.contains("nowhere/yunet-2023mar.onnx"), "{complaint}");
    assert!(
        complaint.ends_with("(name the directory of the models with --models DIR)"),
        "{complaint}"
    );
}
