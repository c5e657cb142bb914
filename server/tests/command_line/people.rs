//! Enrol, identify, list, forget.

use serde_json::json;

use crate::rostro::Rostro;

#[test]
fn a_person_comes_and_goes() {
    let rostro = Rostro::new();
    let (first, second) = (rostro.portrait("obama-2012"), rostro.portrait("obama-2009"));
    let other = rostro.portrait("collins");
    assert_eq!(
        rostro.complaint(&["identify", &second]),
        "there is no data in data: nobody was enrolled yet, or it is elsewhere (--data DIR)"
    );

    let enrolled = rostro.output(&["enrol", "Barack Obama", &first]);
    assert_eq!(enrolled, "Barack Obama: 1 encoding of sface-2021dec added, 1 held\n");
    let enrolled =
        rostro.json(&["enrol", "BARACK OBAMA", &first, "--model", "dlib-resnet-v1", "--json"]);
    assert_eq!(enrolled[0]["name"], "Barack Obama");
    assert_eq!(enrolled[0]["encodings"], json!({ "dlib-resnet-v1": 1, "sface-2021dec": 1 }));

    let answers = rostro.json(&["identify", "--json", &second, &other]);
    let known = &answers[0]["faces"][0];
    assert_eq!(answers[0]["file"], *second);
    assert_eq!(known["name"], "Barack Obama");
    assert_eq!(known["person_id"], enrolled[0]["id"]);
    assert_eq!(known["verified"], "server");
    assert!(known["distance"].as_f64().unwrap() < known["threshold"].as_f64().unwrap());
    assert_eq!(answers[0]["faces"].as_array().unwrap().len(), 1);
    assert_eq!(answers[1]["faces"][0]["name"], json!(null));
    let said = rostro.output(&["identify", &second, &other]);
    assert!(said.contains("obama-2009.png: Barack Obama, distance "), "{said}");
    assert!(said.contains("collins.png: unknown, distance "), "{said}");

    assert_eq!(rostro.output(&["people"]), "Barack Obama  dlib-resnet-v1 1, sface-2021dec 1\n");
    assert_eq!(rostro.json(&["people", "--json"])[0]["people"][0]["id"], enrolled[0]["id"]);

    assert_eq!(rostro.output(&["forget", "barack obama"]), "Barack Obama is forgotten\n");
    assert_eq!(rostro.output(&["people"]), "");
    assert_eq!(
        rostro.complaint(&["identify", &second]),
        "nobody is enrolled: add people with «rostro enrol» or «rostro import»"
    );
    assert_eq!(
        rostro.complaint(&["forget", "Barack Obama"]),
        "nobody is enrolled under this name; «rostro people» lists everybody"
    );
}

#[test]
fn a_picture_that_is_unfit_enrols_nobody() {
    let rostro = Rostro::new();
    let good = rostro.portrait("collins");
    let nobody = rostro.file("text.png", b"hello");
    let grey = image::GrayImage::from_pixel(64, 64, image::Luma([128]));
    grey.save(rostro.path("grey.png")).unwrap();
    let empty = rostro.path("grey.png");
    let empty = empty.to_str().unwrap();
    let cases = [
        (nobody.as_str(), "text.png: not a picture of a kind that is taken: JPEG, PNG or WebP"),
        (
            empty,
            "grey.png: no-face: show a face, from the front and from near: nobody was enrolled",
        ),
    ];
    for (picture, complaint) in cases {
        assert_eq!(rostro.complaint(&["enrol", "Eileen", &good, picture]), complaint);
        assert!(!rostro.data().exists());
    }
    let two = beside(&rostro, "collins", "biden-2010");
    assert_eq!(
        rostro.complaint(&["enrol", "Eileen", &two]),
        "two.png: several-faces: only one person may be in the picture: \
         nobody was enrolled; --force enrols all the same"
    );
    assert!(!rostro.data().exists());
    assert_eq!(rostro.complaint(&["enrol", " ", &good]), "a name has at least one character");
}

#[test]
fn a_poor_picture_is_refused_with_its_reason_unless_forced() {
    let rostro = Rostro::new();
    let good = rostro.portrait("obama-2012");
    let portrait = image::load_from_memory(rostro_testkit::pictures::png("obama-2009")).unwrap();
    let blurred = rostro.path("blurred.png");
    portrait.blur(10.0).save(&blurred).unwrap();
    let dark = rostro.path("dark.png");
    let mut darker = portrait.to_rgb8();
    darker.iter_mut().for_each(|value| *value /= 5);
    darker.save(&dark).unwrap();
    let [blurred, dark] = [&blurred, &dark].map(|path| path.to_str().unwrap());

    let small = rostro.portrait("collins-96");
    for (picture, reason) in [
        (blurred, "blurred.png: blurred: hold the camera still, and in focus"),
        (dark, "dark.png: too-dark: more light on the face"),
        (&small, "collins-96.png: too-small: come closer"),
    ] {
        let said = rostro.complaint(&["enrol", "Barack", &good, picture]);
        assert_eq!(said, format!("{reason}: nobody was enrolled; --force enrols all the same"));
    }
    let several = rostro.run(&["enrol", "Barack", &good, blurred, dark]);
    assert_eq!(several.code, 1);
    assert_eq!(
        several.stderr,
        "rostro: blurred.png: blurred: hold the camera still, and in focus\n\
         rostro: dark.png: too-dark: more light on the face\n\
         rostro: 2 reasons against: nobody was enrolled; --force enrols all the same\n"
    );
    assert!(!rostro.data().exists());

    let forced = rostro.run(&["enrol", "Barack", &good, dark, "--force"]);
    assert_eq!(forced.code, 0);
    assert_eq!(forced.stdout, "Barack: 2 encodings of sface-2021dec added, 2 held\n");
    assert_eq!(
        forced.stderr,
        "rostro: warning: dark.png: too-dark: more light on the face\ndata: data\n"
    );
}

#[test]
fn samples_that_do_not_suit_are_refused_unless_forced() {
    let rostro = Rostro::new();
    let (first, second) = (rostro.portrait("obama-2012"), rostro.portrait("obama-2009"));
    let other = rostro.portrait("biden-2010");
    let refused = |arguments: &[&str], reason: &str| {
        let said = rostro.complaint(&[&["enrol"], arguments].concat());
        assert_eq!(said, format!("{reason}: nobody was enrolled; --force enrols all the same"));
    };
    refused(
        &["Barack", &first, &second, &first],
        "obama-2012.png: near-identical: take another picture, from another side or in other light",
    );
    refused(
        &["Barack", &first, &second, &other],
        "biden-2010.png: odd-one-out: leave it out: it does not look like the others",
    );
    assert_eq!(rostro.output(&["people"]), "");
    rostro.output(&["enrol", "Barack", &first]);
    refused(&["Joe", &second], "already-enrolled: the same face is enrolled as Barack");
    refused(
        &["barack", &first],
        "obama-2012.png: near-identical: take another picture, from another side or in other light",
    );
    assert_eq!(rostro.output(&["people"]), "Barack  sface-2021dec 1\n");

    let forced = rostro.json(&["enrol", "Joe", &second, "--force", "--json"]);
    assert_eq!(forced[0]["name"], "Joe");
    assert_eq!(
        forced[0]["warnings"],
        json!([{"code": "already-enrolled", "message": "the same face is enrolled as Barack"}])
    );
    let good = rostro.json(&["enrol", "Joseph", &other, "--json"]);
    assert_eq!(good[0].get("warnings"), None);
}

/// A picture of two portraits side by side.
fn beside(rostro: &Rostro, left: &str, right: &str) -> String {
    let [left, right] = [left, right].map(|name| {
        image::load_from_memory(rostro_testkit::pictures::png(name)).unwrap().to_rgb8()
    });
    let size = (left.width() + right.width(), left.height().max(right.height()));
    let mut both = image::RgbImage::new(size.0, size.1);
    image::imageops::replace(&mut both, &left, 0, 0);
    image::imageops::replace(&mut both, &right, i64::from(left.width()), 0);
    let path = rostro.path("two.png");
    both.save(&path).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_move_to_sface_is_reported_and_revoked() {
    let rostro = Rostro::new();
    let (first, second) = (rostro.portrait("obama-2012"), rostro.portrait("collins"));
    rostro.output(&["enrol", "Barack", &first, "--model", "dlib-resnet-v1"]);
    rostro.output(&["enrol", "Eileen", &second]);
    assert_eq!(
        rostro.output(&["upgrade", "status"]),
        "policy: off\npeople in dlib-resnet-v1 only: 1\npeople in both models: 0\n\
         people in sface-2021dec only: 1\nderived encodings: 0\nsightings that wait: 0\n"
    );
    assert_eq!(rostro.json(&["upgrade", "status", "--json"])[0]["dlib_only"], 1);
    assert_eq!(rostro.output(&["upgrade", "revoke"]), "0 derived encodings removed\n");
    assert_eq!(rostro.output(&["upgrade", "revoke", "barack"]), "0 derived encodings removed\n");
    assert_eq!(
        rostro.complaint(&["upgrade", "revoke", "Nadie"]),
        "nobody is enrolled under this name; «rostro people» lists everybody"
    );
    assert_eq!(rostro.json(&["people", "--json"])[0]["people"].as_array().unwrap().len(), 2);
}

#[test]
fn everybody_is_backed_up_and_restored() {
    let rostro = Rostro::new();
    let backup = rostro.path("monday.db").to_str().unwrap().to_owned();
    assert_eq!(
        rostro.complaint(&["backup", &backup]),
        "there is nothing to back up in data: no relay has kept anything there"
    );
    rostro.output(&["enrol", "Barack Obama", &rostro.portrait("obama-2012")]);
    let said = rostro.output(&["backup", &backup]);
    assert!(said.contains("monday.db written, "), "{said}");
    assert!(rostro.complaint(&["backup", &backup]).contains("monday.db: "), "it stays as it is");
    rostro.output(&["forget", "Barack Obama"]);
    assert_eq!(rostro.json(&["people", "--json"])[0]["people"], json!([]));

    let said = rostro.output(&["restore", &backup]);
    assert!(said.contains("monday.db restored in "), "{said}");
    assert!(said.contains("what was there is now "), "{said}");
    assert_eq!(rostro.json(&["people", "--json"])[0]["people"][0]["name"], "Barack Obama");
    let junk = rostro.file("junk.db", b"no database");
    assert!(rostro.complaint(&["restore", &junk]).contains("junk.db is damaged"));
    assert_eq!(rostro.json(&["people", "--json"])[0]["people"][0]["name"], "Barack Obama");
}
