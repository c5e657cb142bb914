//! Pictures that should not be enrolled are refused for the right reason, with the detector that is shipped.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "quality/pictures.rs"]
mod pictures;

use std::path::Path;

use pictures::{Image, Side, noise};
use rostro_core::enrolment::inspect;
use rostro_core::quality::{QualityLimits, assess};
use rostro_core::{DetectOptions, Detector};

fn detector() -> Detector {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let network = rostro_models::read_verified(&models, rostro_models::YUNET).unwrap();
    rostro_infer::load_detector(&network).unwrap()
}

/// The codes of the faults of a picture, as `rostro enrol` and the wizard see them.
fn codes(detector: &Detector, image: &Image) -> Vec<&'static str> {
    let frame = image.frame();
    let detections = detector.detect(&frame, &DetectOptions::default()).unwrap();
    let inspection = inspect(&frame, &detections, &QualityLimits::ENROLMENT);
    inspection.faults.iter().map(|fault| fault.code()).collect()
}

struct Case {
    name: &'static str,
    image: Image,
    /// The most important fault; `None` where the picture may be enrolled.
    fault: Option<&'static str>,
}

impl Case {
    const fn good(name: &'static str, image: Image) -> Self {
        Self { name, image, fault: None }
    }

    const fn poor(fault: &'static str, name: &'static str, image: Image) -> Self {
        Self { name, image, fault: Some(fault) }
    }
}

#[test]
fn each_picture_is_taken_or_refused_for_the_right_reason() {
    let detector = detector();
    let [collins, obama_2009, obama_2012, biden] =
        ["collins", "obama-2009", "obama-2012", "biden-2010"].map(Image::named);
    let aside = |image: &Image, degrees| {
        let found = detector.detect(&image.frame(), &DetectOptions::default()).unwrap();
        image.looking_aside(&found[0], degrees)
    };
    let wall = |image: &Image, width| image.scaled(width).on_wall(400, 300);
    let blank = |image: &Image| image.covered([0.15, 0.1, 0.85, 0.9], [170.0, 140.0, 120.0]);
    let cases = [
        Case::good("collins", collins.clone()),
        Case::good("obama-2009", obama_2009.clone()),
        Case::good("obama-2012", obama_2012.clone()),
        Case::good("biden-2010", biden.clone()),
        Case::good("collins, a noisy camera", collins.noisy(10.0)),
        Case::good("obama-2009, a noisy camera", obama_2009.noisy(10.0)),
        Case::good("biden, a noisy camera", biden.noisy(10.0)),
        Case::good("collins, head tilted", collins.turned(20.0)),
        Case::good("obama-2012, head tilted", obama_2012.turned(-30.0)),
        Case::good("biden, head tilted", biden.turned(15.0)),
        Case::good("obama-2012, a little darker", obama_2012.exposed(0.7)),
        Case::good("collins, a little darker", collins.exposed(0.7)),
        Case::good("obama-2009, from farther away", wall(&obama_2009, 160)),
        Case::good("biden, from farther away", wall(&biden, 192)),
        Case::good("obama-2012, looking a little aside", aside(&obama_2012, -15.0)),
        Case::good("somebody small in the background", biden.beside(&collins.scaled(64))),
        Case::poor("too-small", "collins, a thumbnail", Image::named("collins-96")),
        Case::poor("too-small", "collins, from far away", wall(&collins, 64)),
        Case::poor("too-small", "obama-2009, from far away", wall(&obama_2009, 40)),
        Case::poor("too-small", "obama-2012, from far away", wall(&obama_2012, 64)),
        Case::poor("too-small", "biden, from far away", wall(&biden, 64)),
        Case::poor("too-small", "biden, far away in the dark", wall(&biden, 64).exposed(0.3)),
        Case::poor("blurred", "collins, out of focus", collins.blurred(4.0)),
        Case::poor("blurred", "obama-2009, out of focus", obama_2009.blurred(10.0)),
        Case::poor("blurred", "obama-2012, out of focus", obama_2012.blurred(6.0)),
        Case::poor("blurred", "biden, out of focus", biden.blurred(7.0)),
        Case::poor("blurred", "collins, moved sideways", collins.shaken((1, 0), 15)),
        Case::poor("blurred", "obama-2009, moved sideways", obama_2009.shaken((1, 0), 41)),
        Case::poor("blurred", "obama-2012, moved up", obama_2012.shaken((0, 1), 21)),
        Case::poor("blurred", "biden, moved askew", biden.shaken((1, 1), 21)),
        Case::poor("blurred", "biden, moved up", biden.shaken((0, 1), 25)),
        Case::poor("blurred", "obama-2012, noise over blur", obama_2012.blurred(6.0).noisy(4.0)),
        Case::poor("too-dark", "collins, dark", collins.exposed(0.3)),
        Case::poor("too-dark", "collins, very dark", collins.exposed(0.12)),
        Case::poor("too-dark", "obama-2009, dark", obama_2009.exposed(0.3)),
        Case::poor("too-dark", "obama-2012, dark", obama_2012.exposed(0.3)),
        Case::poor("too-dark", "biden, dark", biden.exposed(0.3)),
        Case::poor("too-bright", "collins, overexposed", collins.exposed(1.8)),
        Case::poor("too-bright", "obama-2009, overexposed", obama_2009.exposed(2.5)),
        Case::poor("too-bright", "obama-2012, overexposed", obama_2012.exposed(2.2)),
        Case::poor("too-bright", "biden, overexposed", biden.exposed(3.0)),
        Case::poor("low-contrast", "obama-2012, in fog", obama_2012.fogged(0.12)),
        Case::poor("low-contrast", "obama-2009, in fog", obama_2009.fogged(0.12)),
        Case::poor("cut-off", "collins, left", collins.cut(Side::Left, 0.45)),
        Case::poor("cut-off", "collins, right", collins.cut(Side::Right, 0.5)),
        Case::poor("cut-off", "obama-2009, left", obama_2009.cut(Side::Left, 0.4)),
        Case::poor("cut-off", "obama-2009, right", obama_2009.cut(Side::Right, 0.4)),
        Case::poor("cut-off", "obama-2009, top", obama_2009.cut(Side::Top, 0.45)),
        Case::poor("cut-off", "obama-2009, bottom", obama_2009.cut(Side::Bottom, 0.4)),
        Case::poor("cut-off", "obama-2012, left", obama_2012.cut(Side::Left, 0.45)),
        Case::poor("cut-off", "biden, top", biden.cut(Side::Top, 0.45)),
        Case::poor("cut-off", "biden, bottom", biden.cut(Side::Bottom, 0.4)),
        Case::poor("turned-away", "collins, half profile", aside(&collins, -60.0)),
        Case::poor(
            "turned-away",
            "obama-2009, half profile",
            aside(&wall(&obama_2009, 224), -65.0),
        ),
        Case::poor("turned-away", "obama-2012, half profile", aside(&obama_2012, -60.0)),
        Case::poor("turned-away", "biden, half profile", aside(&biden, 40.0)),
        Case::poor("turned-away", "biden, nearly profile", aside(&biden, 70.0)),
        Case::poor("several-faces", "collins beside biden", collins.beside(&biden)),
        Case::poor("several-faces", "two of one size", obama_2012.beside(&biden.scaled(320))),
        Case::poor("several-faces", "collins twice", collins.beside(&collins)),
        Case::poor("no-face", "collins, blanked", blank(&collins)),
        Case::poor("no-face", "obama-2009, blanked", blank(&obama_2009)),
        Case::poor("no-face", "obama-2012, blanked", blank(&obama_2012)),
        Case::poor("no-face", "biden, blanked", blank(&biden)),
        Case::poor("no-face", "a wall", wall(&collins, 1)),
        Case::poor(
            "no-face",
            "noise",
            Image::from_fn(320, 240, |x, y| [128.0 + 100.0 * noise(x, y); 3]),
        ),
        Case::poor(
            "no-face",
            "a gradient",
            Image::from_fn(320, 240, |x, y| [x as f32 * 0.8, y as f32, 128.0]),
        ),
    ];
    assert!(cases.len() >= 48);
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| (case, codes(&detector, &case.image)))
        .filter(|(case, codes)| codes.first().copied() != case.fault)
        .map(|(case, codes)| format!("{}: expected {:?}, got {codes:?}", case.name, case.fault))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_head_that_turns_is_seen_to_turn() {
    let detector = detector();
    let portrait = Image::named("obama-2012");
    let found = detector.detect(&portrait.frame(), &DetectOptions::default()).unwrap()[0];
    let yaw = |degrees| {
        let turned = portrait.looking_aside(&found, degrees);
        let frame = turned.frame();
        let face = detector.detect(&frame, &DetectOptions::default()).unwrap()[0];
        assess(&frame, &face).unwrap().pose.yaw_deg
    };
    let seen = [-50.0, -30.0, 0.0, 30.0, 50.0].map(yaw);
    assert!(seen.windows(2).all(|pair| pair[0] + 5.0 < pair[1]), "{seen:?}");
}
