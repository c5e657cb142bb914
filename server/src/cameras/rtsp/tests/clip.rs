//! A clip out of a public-domain portrait.

use std::path::Path;

use image::imageops::{self, FilterType};
use image::{ExtendedColorType, RgbImage, codecs::jpeg::JpegEncoder};
use tempfile::NamedTempFile;

use super::picture::Picture;

const WIDTH_PX: u32 = 640;
const HEIGHT_PX: u32 = 480;
const SWAY_PX: [i64; 8] = [0, 1, 2, 1, 0, -1, -2, -1];
const QUALITY: u8 = 90;

/// How far the mean colour of a block may be from that of the clip, of 255. The head sways and the coding is lossy;
/// two channels in each other's place, or a picture upside down, are far beyond it.
const NEAR: f32 = 20.0;

/// Motion JPEG of a head that sways.
pub(super) struct Clip {
    pub(super) file: NamedTempFile,
    still: Picture,
}

impl Clip {
    pub(super) fn new() -> Self {
        let portrait = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../crates/rostro-testkit/fixtures/obama-2009.png");
        let portrait = image::open(portrait).unwrap().to_rgb8();
        let height = portrait.height() * WIDTH_PX / portrait.width();
        let portrait = imageops::resize(&portrait, WIDTH_PX, height, FilterType::Triangle);
        let mut motion = Vec::new();
        for shift_px in SWAY_PX {
            let shifted = seen(&portrait, shift_px);
            JpegEncoder::new_with_quality(&mut motion, QUALITY)
                .encode(&shifted, WIDTH_PX, HEIGHT_PX, ExtendedColorType::Rgb8)
                .unwrap();
        }
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), motion).unwrap();
        let still = seen(&portrait, 0);
        Self {
            file,
            still: Picture { width: WIDTH_PX, height: HEIGHT_PX, pixels: still.into_raw() },
        }
    }

    /// Fails unless a picture is of this clip.
    pub(super) fn assert_shows(&self, picture: &Picture, context: &str) {
        assert_eq!((picture.width, picture.height), (WIDTH_PX, HEIGHT_PX), "{context}");
        for (block, (is, want)) in picture.blocks().zip(self.still.blocks()).enumerate() {
            let far = is.iter().zip(want).any(|(is, want)| (is - want).abs() > NEAR);
            assert!(!far, "{context}: block {block} is {is:?}, expected {want:?}");
        }
    }
}

/// The upper part of a portrait, shifted to the right.
fn seen(portrait: &RgbImage, shift_px: i64) -> RgbImage {
    let mut seen = RgbImage::from_pixel(WIDTH_PX, HEIGHT_PX, image::Rgb([138, 143, 148]));
    imageops::replace(&mut seen, portrait, shift_px, 0);
    seen
}
