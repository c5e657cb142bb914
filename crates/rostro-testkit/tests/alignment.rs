//! The stages that need no network, against dlib and OpenCV.

use std::path::Path;

use rostro_core::align::{dlib_chip, sface_crop};
use rostro_core::shape_predictor::ShapePredictor;
use rostro_testkit::{reference, tolerance};

#[test]
fn the_shape_predictor_finds_dlibs_points() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let packed = rostro_models::read_verified(&models, rostro_models::SHAPE_PREDICTOR).unwrap();
    let predictor = ShapePredictor::from_packed(&packed).unwrap();
    for face in &reference().faces {
        let found = predictor.predict(&face.picture().frame(), &face.dlib.square());
        for (i, (found, expected)) in found.iter().zip(face.dlib.landmarks()).enumerate() {
            let moved = (found.x - expected.x).abs().max((found.y - expected.y).abs());
            assert!(moved <= tolerance::DLIB_LANDMARK_PX, "{} {i}: {moved} px", face.picture);
        }
    }
}

#[test]
fn the_chip_is_dlibs() {
    for face in &reference().faces {
        let chip = dlib_chip(&face.picture().frame(), &face.dlib.landmarks()).unwrap();
        let difference = face.dlib.chip().mean_difference(&chip.rgb());
        assert!(difference <= tolerance::CHIP_MEAN_GREY, "{}: {difference}", face.picture);
    }
}

#[test]
fn the_crop_is_opencvs() {
    for face in &reference().faces {
        let crop = sface_crop(&face.picture().frame(), &face.sface.landmarks()).unwrap();
        let difference = face.sface.crop().mean_difference(&crop.rgb());
        assert!(difference <= tolerance::CROP_MEAN_GREY, "{}: {difference}", face.picture);
    }
}
