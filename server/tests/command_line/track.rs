//! `rostro track`, on clips made of the fixtures' portraits.

use std::fs;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use crate::rostro::Rostro;

const FRAMES: u32 = 24;

/// A portrait, a good hand wide on the screen.
fn portrait(name: &str) -> RgbImage {
    let picture = image::load_from_memory(rostro_testkit::pictures::png(name)).unwrap().to_rgb8();
    imageops::resize(&picture, 200, 200 * picture.height() / picture.width(), FilterType::Triangle)
}

/// The frames of a clip: Obama goes to the right and is hidden for a third of a second; Eileen Collins stays.
fn frames() -> Vec<RgbImage> {
    let (walker, stayer) = (portrait("obama-2012"), portrait("collins"));
    let frame = |number: u32| {
        let mut frame = RgbImage::from_pixel(640, 320, Rgb([90, 100, 110]));
        imageops::replace(&mut frame, &stayer, 430, 20);
        if !(8..12).contains(&number) {
            imageops::replace(&mut frame, &walker, i64::from(8 * number), 30);
        }
        frame
    };
    (0..FRAMES).map(frame).collect()
}

/// The frames as one file of JPEGs.
fn mjpeg(frames: &[RgbImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in frames {
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(frame).unwrap();
    }
    bytes
}

/// A clip of two people, as a file of JPEGs.
pub(crate) fn clip() -> Vec<u8> {
    mjpeg(&frames())
}

fn track<'a>(lines: &'a [Value], decision: &str) -> &'a Value {
    lines.iter().find(|line| line["decision"] == decision).unwrap_or_else(|| panic!("{lines:?}"))
}

#[test]
fn everybody_in_a_clip_has_one_track_and_only_who_is_enrolled_a_name() {
    let rostro = Rostro::new();
    rostro.output(&["enrol", "Barack Obama", &rostro.portrait("obama-2009")]);
    let frames = frames();
    let mut clip = mjpeg(&frames);
    clip.extend_from_slice(&mjpeg(&frames[..1])[..1000]);
    let clip = rostro.file("clip.mjpeg", &clip);
    let lines = rostro.json(&["track", "--json-lines", "--fps", "12", &clip]);
    assert_eq!(lines.len(), 3, "two tracks and the summary: {lines:?}");
    let known = track(&lines, "known");
    assert_eq!(known["name"], "Barack Obama");
    assert_eq!(known["file"], *clip);
    assert_eq!([&known["first_frame"], &known["last_frame"]], [0, FRAMES - 1]);
    assert_eq!(known["frames"], FRAMES - 4, "hidden in four");
    assert_eq!(known["names"].as_object().unwrap().len(), 1);
    assert_eq!(known["frames_unknown"], 0);
    assert_eq!(known["model"], "sface-2021dec");
    let unknown = track(&lines, "unknown");
    assert_eq!((&unknown["name"], &unknown["names"]), (&json!(null), &json!({})));
    assert_eq!(unknown["frames"], FRAMES);
    assert_ne!(known["track"], unknown["track"]);
    assert!(unknown["distance"].as_f64().unwrap() > known["distance"].as_f64().unwrap());

    let summary = &lines[2]["summary"];
    let count = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!([count("frames"), count("frames_unreadable")], [u64::from(FRAMES) + 1, 1]);
    assert_eq!([count("tracks"), count("visits")], [2, 2]);
    assert_eq!(count("faces"), u64::from(2 * FRAMES - 4));
    assert!(count("embeddings") <= count("faces") / 3, "{summary}");
    assert_eq!(count("frames_decided"), count("frames_known") + count("frames_unknown"));
    assert!(count("frames_undecided") <= 8, "{summary}");

    let folder = rostro.path("folder");
    fs::create_dir(&folder).unwrap();
    for (number, frame) in frames.iter().enumerate() {
        frame.save(folder.join(format!("{number:03}.png"))).unwrap();
    }
    fs::write(folder.join("notes.txt"), "not a picture").unwrap();
    let said = rostro.output(&["track", "--fps", "12", folder.to_str().unwrap()]);
    assert!(said.contains("folder: track 1: Barack Obama, frames 0 to 23 (20 seen), "), "{said}");
    assert!(said.contains("folder: 24 frames, 44 faces, "), "{said}");
}

#[test]
fn a_clip_that_cannot_be_read_says_so() {
    let rostro = Rostro::new();
    let portrait = rostro.portrait("collins");
    let text = rostro.file("text.mjpeg", b"hello");
    let missing = rostro.path("missing.mjpeg");
    let missing = missing.to_str().unwrap();
    assert_eq!(
        rostro.complaint(&["track", &portrait]),
        "there is no data in data: nobody was enrolled yet, or it is elsewhere (--data DIR)"
    );
    rostro.output(&["enrol", "Eileen Collins", &portrait]);
    assert_eq!(
        rostro.complaint(&["track", "--model", "dlib-resnet-v1", &portrait]),
        "nobody is enrolled in dlib-resnet-v1"
    );
    let lines = rostro.json(&["track", "--json-lines", missing, &text, &portrait]);
    assert_eq!(lines[0]["error"]["code"], "not-found");
    assert_eq!(lines[1]["error"]["code"], "invalid-image");
    // One picture is a clip of one frame, too short for a track.
    let summary = &lines[2]["summary"];
    assert_eq!(
        (&summary["frames"], &summary["tracks"], &summary["brief_tracks"]),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(rostro.run(&["track", missing, &text]).code, 1);
    assert_eq!(rostro.run(&["track", "--fps", "0", &portrait]).code, 2);
}
