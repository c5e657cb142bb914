//! The side of the detector's input is picked by the frame, with the detector that is shipped.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

#[expect(dead_code, reason = "made for the pictures that are refused")]
#[path = "quality/pictures.rs"]
mod pictures;

use std::path::Path;

use pictures::Image;
use rostro_core::{DetectOptions, Detection, Detector, InputSide};

fn detector() -> Detector {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let network = rostro_models::read_verified(&models, rostro_models::YUNET).unwrap();
    rostro_infer::load_detector(&network).unwrap()
}

fn found(detector: &Detector, image: &Image, input_side: InputSide) -> Vec<Detection> {
    let options = DetectOptions { input_side, ..DetectOptions::default() };
    detector.detect(&image.frame(), &options).unwrap()
}

#[test]
fn somebody_far_away_is_found_where_the_first_look_sees_nobody() {
    let detector = detector();
    for name in ["collins", "obama-2009", "biden-2010"] {
        let far = Image::named(name).scaled(64).on_wall(1280, 720);
        assert_eq!(found(&detector, &far, InputSide::Px(320)), [], "{name} at 320");
        let [face] = found(&detector, &far, InputSide::ByFrame)[..] else { panic!("{name}") };
        let side_px = face.bounds.square().width();
        assert!((15.0..50.0).contains(&side_px), "{name}: {side_px} px");
        // Small at 640 too, so that a third look follows; the surer of the two stays.
        let looks = [640, 1280].map(|side| found(&detector, &far, InputSide::Px(side))[0]);
        assert!(looks.contains(&face), "{name}");
        assert!(looks.iter().all(|look| look.score <= face.score), "{name}");
    }
}

#[test]
fn somebody_near_is_seen_as_by_one_look() {
    let detector = detector();
    for name in ["collins", "obama-2009", "biden-2010"] {
        for near in [Image::named(name), Image::named(name).scaled(400).on_wall(1280, 720)] {
            let by_frame = found(&detector, &near, InputSide::ByFrame);
            assert_eq!(by_frame.len(), 1, "{name}");
            assert_eq!(by_frame, found(&detector, &near, InputSide::Px(320)), "{name}");
        }
    }
}
