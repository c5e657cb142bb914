//! What those who watch a camera see: its picture with boxes and names, or a card that says why there is none.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use axum::body::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageError, Rgb, RgbImage, imageops};
use rostro_wire::v1::PixelBox;

/// Pictures wider than this are shown smaller: a feed is to be looked at.
const WIDTH_MAX_PX: u32 = 1280;
/// Quality of the JPEGs, 1 to 100.
const QUALITY: u8 = 75;
/// Size of a card.
const CARD_PX: (u32, u32) = (640, 360);

const KNOWN: Rgb<u8> = Rgb([21, 128, 61]);
const UNKNOWN: Rgb<u8> = Rgb([185, 28, 28]);
const UNDECIDED: Rgb<u8> = Rgb([71, 85, 105]);
const INK: Rgb<u8> = Rgb([255, 255, 255]);
const CARD: Rgb<u8> = Rgb([15, 23, 42]);
const CARD_SECOND_LINE: Rgb<u8> = Rgb([203, 213, 225]);

/// Ubuntu, which the crate carries: Latin, Greek and Cyrillic letters.
static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).ok());

/// Who a box is around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Somebody enrolled.
    Known,
    /// Nobody who is enrolled.
    Unknown,
    /// That is not decided yet.
    Undecided,
}

/// A box and what stands above it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    /// Where, in pixels of the picture.
    pub(super) bounds: PixelBox,
    /// The colour.
    pub(super) who: Who,
    /// The words; empty for none.
    pub(super) text: String,
}

/// `picture` with `labels`, as JPEG.
///
/// # Errors
/// [`ImageError`], for a picture without pixels.
pub(super) fn labelled(picture: RgbImage, labels: &[Label]) -> Result<Bytes, ImageError> {
    let mut picture = picture;
    let scale = if picture.width() > WIDTH_MAX_PX {
        let scale = f64::from(WIDTH_MAX_PX) / f64::from(picture.width());
        let height = scaled(picture.height(), scale).max(1);
        picture = imageops::thumbnail(&picture, WIDTH_MAX_PX, height);
        scale
    } else {
        1.0
    };
    let line = (picture.width() / 320).clamp(2, 4);
    for label in labels {
        let side = |at: i32| scaled(u32::try_from(at).unwrap_or(0), scale);
        let PixelBox { top, right, bottom, left } = label.bounds;
        let place =
            Place { top: side(top), right: side(right), bottom: side(bottom), left: side(left) };
        frame(&mut picture, place, line, colour(label.who));
        caption(&mut picture, place, label);
    }
    encoded(&picture)
}

/// A card with a line of words, and one that says more.
///
/// # Errors
/// As [`labelled`].
pub(super) fn card(title: &str, more: &str) -> Result<Bytes, ImageError> {
    let mut picture = RgbImage::from_pixel(CARD_PX.0, CARD_PX.1, CARD);
    for (words, px, top, ink) in [(title, 34.0, 130, INK), (more, 19.0, 190, CARD_SECOND_LINE)] {
        let words = shortened(words, px, CARD_PX.0 - 40);
        let left = (CARD_PX.0.saturating_sub(width_of(&words, px))) / 2;
        write(&mut picture, &words, px, (left, top), ink);
    }
    encoded(&picture)
}

/// Pixels of a picture; `right` and `bottom` are outside.
#[derive(Clone, Copy)]
struct Place {
    top: u32,
    right: u32,
    bottom: u32,
    left: u32,
}

const fn colour(who: Who) -> Rgb<u8> {
    match who {
        Who::Known => KNOWN,
        Who::Unknown => UNKNOWN,
        Who::Undecided => UNDECIDED,
    }
}

fn frame(picture: &mut RgbImage, place: Place, line: u32, colour: Rgb<u8>) {
    let Place { top, right, bottom, left } = place;
    fill(picture, Place { bottom: top + line, ..place }, colour);
    fill(picture, Place { top: bottom.saturating_sub(line).max(top), ..place }, colour);
    fill(picture, Place { right: left + line, ..place }, colour);
    fill(picture, Place { left: right.saturating_sub(line).max(left), ..place }, colour);
}

/// The words on a bar above the box, or within it where there is no room above.
fn caption(picture: &mut RgbImage, place: Place, label: &Label) {
    if label.text.is_empty() {
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few pixels")]
    let px = (picture.width() / 36).clamp(14, 30) as f32;
    let height = whole(px * 1.35);
    let words = shortened(&label.text, px, picture.width().saturating_sub(12));
    let width = width_of(&words, px) + 12;
    let top = if place.top >= height { place.top - height } else { place.top };
    let left = place.left.min(picture.width().saturating_sub(width));
    let bar = Place { top, right: left + width, bottom: top + height, left };
    fill(picture, bar, colour(label.who));
    write(picture, &words, px, (left + 6, top + whole(px * 0.12)), INK);
}

fn fill(picture: &mut RgbImage, place: Place, colour: Rgb<u8>) {
    for y in place.top..place.bottom.min(picture.height()) {
        for x in place.left..place.right.min(picture.width()) {
            picture.put_pixel(x, y, colour);
        }
    }
}

/// Words with their top left corner there.
fn write(picture: &mut RgbImage, words: &str, px: f32, (left, top): (u32, u32), ink: Rgb<u8>) {
    let Some(font) = FONT.as_ref() else { return };
    let scaled = font.as_scaled(PxScale::from(px));
    #[expect(clippy::cast_precision_loss, reason = "sides are at most 16384, exact in f32")]
    let (mut x, baseline) = (left as f32, top as f32 + scaled.ascent());
    let mut before = None;
    for letter in words.chars() {
        let id = scaled.glyph_id(letter);
        x += before.map_or(0.0, |before| scaled.kern(before, id));
        let glyph = id.with_scale_and_position(px, point(x, baseline));
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|column, row, cover| {
                let (x, y) = (whole(corner.x) + column, whole(corner.y) + row);
                if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
                    blend(pixel, ink, cover);
                }
            });
        }
        x += scaled.h_advance(id);
        before = Some(id);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=255")]
fn blend(pixel: &mut Rgb<u8>, ink: Rgb<u8>, cover: f32) {
    let cover = cover.clamp(0.0, 1.0);
    for (under, over) in pixel.0.iter_mut().zip(ink.0) {
        *under = (f32::from(*under) * (1.0 - cover) + f32::from(over) * cover).round() as u8;
    }
}

/// Width of the words in whole pixels.
fn width_of(words: &str, px: f32) -> u32 {
    let Some(font) = FONT.as_ref() else { return 0 };
    let scaled = font.as_scaled(PxScale::from(px));
    whole(words.chars().map(|letter| scaled.h_advance(scaled.glyph_id(letter))).sum::<f32>().ceil())
}

/// As many of the words' letters as fit, with an ellipsis where some do not.
fn shortened(words: &str, px: f32, width: u32) -> String {
    let words: String = words.chars().filter(|letter| !letter.is_control()).take(200).collect();
    if width_of(&words, px) <= width {
        return words;
    }
    let mut letters: Vec<char> = words.chars().collect();
    loop {
        letters.pop();
        let shorter = letters.iter().collect::<String>() + "…";
        if letters.is_empty() || width_of(&shorter, px) <= width {
            return shorter;
        }
    }
}

/// The nearest whole number of pixels from 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by 16384")]
fn whole(px: f32) -> u32 {
    px.clamp(0.0, 16_384.0).round() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than it was")]
fn scaled(px: u32, scale: f64) -> u32 {
    (f64::from(px) * scale).round() as u32
}

fn encoded(picture: &RgbImage) -> Result<Bytes, ImageError> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture)?;
    Ok(jpeg.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(jpeg: &[u8]) -> RgbImage {
        image::load_from_memory(jpeg).unwrap().into_rgb8()
    }

    fn near(a: Rgb<u8>, b: Rgb<u8>) -> bool {
        a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) <= 40)
    }

    #[test]
    fn a_box_in_its_colour_and_words_above_it() {
        let grey = Rgb([128, 128, 128]);
        let picture = RgbImage::from_pixel(640, 480, grey);
        let bounds = PixelBox { top: 200, right: 300, bottom: 320, left: 200 };
        let label = Label { bounds, who: Who::Known, text: "José Núñez".to_owned() };
        let drawn = decoded(&labelled(picture, &[label]).unwrap());
        assert_eq!(drawn.dimensions(), (640, 480));
        assert!(near(*drawn.get_pixel(250, 201), KNOWN), "the upper edge");
        assert!(near(*drawn.get_pixel(201, 300), KNOWN), "the left edge");
        assert!(near(*drawn.get_pixel(250, 260), grey), "within the box nothing is painted over");
        let bar = (180..198).flat_map(|y| (200..300).map(move |x| (x, y)));
        let (mut ink, mut paint) = (0, 0);
        for (x, y) in bar {
            let pixel = *drawn.get_pixel(x, y);
            ink += u32::from(pixel.0.iter().all(|value| *value > 200));
            paint += u32::from(near(pixel, KNOWN));
        }
        assert!(ink > 50 && paint > 500, "words on a bar: {ink} {paint}");
    }

    #[test]
    fn boxes_beyond_the_edge_and_large_pictures() {
        let picture = RgbImage::from_pixel(3840, 2160, Rgb([0, 0, 0]));
        let bounds = PixelBox { top: 0, right: 5000, bottom: 3000, left: 3000 };
        let text = "x".repeat(500);
        let drawn = labelled(picture, &[Label { bounds, who: Who::Unknown, text }]).unwrap();
        let drawn = decoded(&drawn);
        assert_eq!(drawn.dimensions(), (1280, 720));
        assert!(near(*drawn.get_pixel(1001, 400), UNKNOWN), "the left edge, scaled");
    }

    #[test]
    fn a_card_has_words() {
        let card = decoded(&card("Conectando…", "connection refused").unwrap());
        assert_eq!(card.dimensions(), CARD_PX);
        assert!(
            card.pixels().filter(|pixel| pixel.0.iter().all(|value| *value > 200)).count() > 200
        );
    }
}
