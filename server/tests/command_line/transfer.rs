//! `rostro import` and `rostro export`.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::rostro::Rostro;

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/npy/golden").join(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_goes_in_comes_out_bit_for_bit() {
    let rostro = Rostro::new();
    let (encodings, labels) = (golden("f4-le-c-v1.npy"), golden("labels.json"));
    let import = ["import", "--encodings", &encodings, "--labels", &labels];
    assert_eq!(rostro.output(&import), "3 encodings added, 2 people are new\n");
    assert_eq!(
        rostro.output(&import),
        "0 encodings added, 0 people are new\n3 were already there\n"
    );
    let again = rostro.json(&[&import[..], &["--json"]].concat());
    assert_eq!(again, [json!({ "people_added": 0, "encodings_added": 0, "already_there": 3 })]);
    assert_eq!(
        rostro.output(&["people"]),
        "Ana         dlib-resnet-v1 1\nJosé Núñez  dlib-resnet-v1 2\n"
    );

    let (out_encodings, out_labels) = (rostro.path("out.npy"), rostro.path("out.json"));
    let export = ["export", "--encodings", out_encodings.to_str().unwrap()];
    let export = [&export[..], &["--labels", out_labels.to_str().unwrap()]].concat();
    assert_eq!(rostro.output(&export), "3 encodings of dlib-resnet-v1 written\n");
    assert_eq!(fs::read(&out_encodings).unwrap(), fs::read(&encodings).unwrap());
    assert_eq!(fs::read(&out_labels).unwrap(), fs::read(&labels).unwrap());

    // The same people from float64 in Fortran order are the same people.
    let wide = ["import", "--encodings", &golden("f8-le-f-v3.npy"), "--labels", &labels];
    assert!(rostro.output(&wide).ends_with("3 were already there\n"));
    assert_eq!(
        rostro.output(&[&export[..], &["--model", "sface-2021dec"]].concat()),
        "0 encodings of sface-2021dec written\n"
    );
}

#[test]
fn float64_comes_out_as_float64() {
    let rostro = Rostro::new();
    let (encodings, labels) = (golden("f8-le-c-v1.npy"), golden("labels.json"));
    rostro.output(&["import", "--encodings", &encodings, "--labels", &labels]);
    let [out, names] = ["out.npy", "out.json"].map(|name| rostro.path(name));
    let [to, with] = [&out, &names].map(|path| path.to_str().unwrap());
    rostro.output(&["export", "--encodings", to, "--labels", with]);
    assert_eq!(fs::read(&out).unwrap(), fs::read(&encodings).unwrap());
}

#[test]
fn a_faulty_file_is_named_and_nothing_is_taken_over() {
    let rostro = Rostro::new();
    let good = golden("f4-le-c-v1.npy");
    let cut = rostro.file("cut.npy", &fs::read(&good).unwrap()[..1000]);
    let reserved = rostro.file("reserved.json", br#"["Ana", "Desconocido", "Luis"]"#);
    let cases = [
        (&cut, "cut.npy: it holds 872 bytes of numbers, expected 1536 for 3 rows"),
        (
            &good,
            "cannot take over reserved.json: label 1 (counted from 0): \
             this name stands for an unknown face, choose another",
        ),
    ];
    for (encodings, complaint) in cases {
        let said = rostro.complaint(&["import", "--encodings", encodings, "--labels", &reserved]);
        assert_eq!(said, complaint);
    }
    assert_eq!(rostro.output(&["people"]), "");
}

#[test]
fn people_who_look_the_same_and_those_who_do_not_are_told_of() {
    let rostro = Rostro::new();
    // Seen from the middle of all faces, in eight directions.
    let vector = |places: &[usize]| {
        let mut values = [0.1_f64; 128];
        places.iter().for_each(|place| values[*place] += 0.5);
        values
    };
    let rows = [vector(&[1]), vector(&[1]), vector(&[2, 3, 4]), vector(&[5, 6, 7]), vector(&[8])];
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 128), }";
    let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    file.extend(format!("{header:<117}\n").bytes());
    rows.iter().flatten().for_each(|value| file.extend(value.to_le_bytes()));
    let encodings = rostro.file("encodings.npy", &file);
    let labels = rostro.file("labels.json", br#"["Ana", "Anita", "Luis", "Luis", "Eva"]"#);
    let ran = rostro.run(&["import", "--encodings", &encodings, "--labels", &labels]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.stdout, "5 encodings added, 4 people are new\n");
    assert_eq!(
        ran.stderr,
        "data: data\n\
         rostro: warning: Ana: already-enrolled: the same face is enrolled as Anita\n\
         rostro: warning: Anita: already-enrolled: the same face is enrolled as Ana\n\
         rostro: warning: Luis: odd-one-out: some of the encodings do not look like the others\n"
    );
}
