//! Pictures in: from bytes of any kind that is taken to upright RGB pixels.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use rostro_core::{Frame, FrameError, PixelLayout};
use thiserror::Error;

/// Bytes of a pixel in the decoder, at most: 16-bit RGBA.
const DECODER_BYTES_A_PIXEL: u64 = 8;

/// A decoded picture: upright (EXIF orientation applied), 8-bit RGB, rows from the top.
pub struct Picture {
    pixels: Vec<u8>,
    width: u32,
    height: u32,
}

/// Why bytes are not a picture that is taken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// Neither JPEG, PNG nor WebP.
    #[error("not a picture of a kind that is taken: JPEG, PNG or WebP")]
    UnknownFormat,
    /// A side or the area is over the limit.
    #[error("a picture of {width}x{height} pixels is too large: at most {max_side} px a side and {max_mp} megapixels",
        max_side = Picture::MAX_SIDE_PX, max_mp = max_px / 1_000_000)]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The largest area that is taken, in pixels.
        max_px: u64,
    },
    /// The bytes are cut short or damaged.
    #[error("the picture cannot be decoded: {reason}")]
    Undecodable {
        /// What the decoder says.
        reason: String,
    },
}

impl Picture {
    /// Longest side that is taken.
    pub const MAX_SIDE_PX: u32 = Frame::MAX_SIDE_PX;
    /// Largest area that is taken, unless said otherwise.
    pub const MAX_PIXELS: u64 = 50_000_000;

    /// Decodes JPEG (grey, RGB or CMYK), PNG (of any depth and colour) or WebP, told apart by content. Size limits
    /// are checked on the header, before any pixel. Transparency is dropped; of an animation, the first picture is
    /// taken.
    ///
    /// # Errors
    /// [`PictureError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        Self::decode_within(bytes, Self::MAX_PIXELS)
    }

    /// [`Picture::decode`] of at most `max_px` pixels.
    ///
    /// # Errors
    /// [`PictureError`].
    pub fn decode_within(bytes: &[u8], max_px: u64) -> Result<Self, PictureError> {
        let format = format_of(bytes)?;
        if format == ImageFormat::Jpeg && is_cut_short(bytes) {
            return Err(PictureError::Undecodable { reason: "the file is cut short".to_owned() });
        }
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(max_px.saturating_mul(DECODER_BYTES_A_PIXEL));
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(undecodable)?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if width.max(height) > Self::MAX_SIDE_PX || pixels > max_px {
            return Err(PictureError::TooLarge { width, height, max_px });
        }
        let orientation = decoder.orientation().map_err(undecodable)?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
        image.apply_orientation(orientation);
        let (width, height) = (image.width(), image.height());
        Ok(Self { pixels: image.into_rgb8().into_raw(), width, height })
    }

    /// Pixels that were decoded already: RGB, rows from the top.
    ///
    /// # Errors
    /// [`PictureError`], where there are more or fewer than the sides say, or none.
    pub fn of_pixels(pixels: Vec<u8>, width: u32, height: u32) -> Result<Self, PictureError> {
        let picture = Self { pixels, width, height };
        let is_frame = picture.frame().is_ok();
        let reason = || "its sides are not those of its pixels".to_owned();
        is_frame.then_some(picture).ok_or_else(|| PictureError::Undecodable { reason: reason() })
    }

    /// The pixels as the image library has them.
    #[must_use]
    pub fn into_rgb(self) -> image::RgbImage {
        image::RgbImage::from_raw(self.width, self.height, self.pixels).unwrap_or_default()
    }

    /// Width in pixels, upright.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, upright.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The picture as the pipeline takes it.
    ///
    /// # Errors
    /// [`FrameError`] never, for a picture that was decoded.
    pub fn frame(&self) -> Result<Frame<'_>, FrameError> {
        Frame::new(&self.pixels, self.width, self.height, PixelLayout::Rgb)
    }
}

fn format_of(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    image::guess_format(bytes)
        .ok()
        .filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP))
        .ok_or(PictureError::UnknownFormat)
}

/// Whether the last scan of a JPEG is never ended. The decoder would fill what is missing with grey, and a face in
/// it would be taken for another.
fn is_cut_short(jpeg: &[u8]) -> bool {
    let last = |marker: [u8; 2]| jpeg.windows(2).rposition(|pair| pair == marker);
    let (start_of_scan, end_of_image) = (last([0xff, 0xda]), last([0xff, 0xd9]));
    end_of_image < start_of_scan
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn undecodable(error: image::ImageError) -> PictureError {
    PictureError::Undecodable { reason: error.to_string() }
}

impl std::fmt::Debug for Picture {
    /// The size only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    /// 6×4: red on the left, blue on the right, white in the corner top left.
    fn flag() -> RgbImage {
        RgbImage::from_fn(6, 4, |x, y| match (x, y) {
            (0, 0) => Rgb([255, 255, 255]),
            (0..3, _) => Rgb([200, 0, 0]),
            _ => Rgb([0, 0, 200]),
        })
    }

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn jpeg(image: &RgbImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 100).encode_image(image).unwrap();
        bytes
    }

    /// A JPEG with an EXIF segment of one entry, the orientation.
    fn oriented(image: &RgbImage, orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let plain = jpeg(image);
        [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
    }

    fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
        picture.frame().unwrap().rgb(x, y)
    }

    fn near(a: [u8; 3], b: [u8; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 12)
    }

    #[test]
    fn takes_every_depth_and_colour() {
        let rgb = DynamicImage::from(flag());
        let rgba = RgbaImage::from_fn(6, 4, |x, y| {
            let [r, g, b] = flag().get_pixel(x, y).0;
            Rgba([r, g, b, 7])
        });
        let sixteen: ImageBuffer<Rgb<u16>, Vec<u16>> = rgb.to_rgb16();
        let cases = [
            ("PNG", encoded(&rgb, ImageFormat::Png)),
            ("PNG with transparency", encoded(&rgba.clone().into(), ImageFormat::Png)),
            ("PNG, 16 bits", encoded(&sixteen.into(), ImageFormat::Png)),
            ("WebP", encoded(&rgb, ImageFormat::WebP)),
            ("WebP with transparency", encoded(&rgba.into(), ImageFormat::WebP)),
        ];
        for (name, bytes) in cases {
            let picture = Picture::decode(&bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (6, 4), "{name}");
            assert_eq!(pixel(&picture, 1, 2), [200, 0, 0], "{name}");
            assert_eq!(pixel(&picture, 4, 3), [0, 0, 200], "{name}");
        }
        let grey: GrayImage = ImageBuffer::from_pixel(5, 3, Luma([99]));
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let picture = Picture::decode(&encoded(&grey.clone().into(), format)).unwrap();
            assert!(near(pixel(&picture, 4, 2), [99, 99, 99]), "{format:?}");
        }
    }

    #[test]
    fn stands_upright_whatever_the_camera_did() {
        // Where the white corner of the stored picture ends up, as EXIF has it.
        let cases = [
            (1, (6, 4), (0, 0)),
            (2, (6, 4), (5, 0)),
            (3, (6, 4), (5, 3)),
            (4, (6, 4), (0, 3)),
            (5, (4, 6), (0, 0)),
            (6, (4, 6), (3, 0)),
            (7, (4, 6), (3, 5)),
            (8, (4, 6), (0, 5)),
            (9, (6, 4), (0, 0)),
        ];
        let enlarged = image::imageops::resize(&flag(), 96, 64, image::imageops::Nearest);
        for (orientation, size, (x, y)) in cases {
            let picture = Picture::decode(&oriented(&enlarged, orientation)).unwrap();
            let (width, height) = (size.0 * 16, size.1 * 16);
            assert_eq!((picture.width(), picture.height()), (width, height), "{orientation}");
            let corner = pixel(&picture, x * 16 + 8, y * 16 + 8);
            assert!(near(corner, [255, 255, 255]), "{orientation}: {corner:?}");
        }
    }

    #[test]
    fn goes_by_content_and_refuses_the_rest() {
        let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        for bytes in [&b""[..], b"\xff", gif, svg, b"<html>", &[0; 64]] {
            let error = Picture::decode(bytes).unwrap_err();
            assert!(matches!(error, PictureError::UnknownFormat), "{error}");
        }
        let whole = jpeg(&flag());
        for bytes in [&whole[..whole.len() - 2], &whole[..whole.len() / 2], &whole[..20]] {
            let error = Picture::decode(bytes).unwrap_err();
            assert!(matches!(error, PictureError::Undecodable { .. }), "{error}");
        }
        let png = encoded(&flag().into(), ImageFormat::Png);
        assert!(Picture::decode(&png[..png.len() / 2]).is_err());
    }

    #[test]
    fn looks_at_the_header_before_the_pixels() {
        // Headers only: decoding would fail for want of pixels, so the size was seen first.
        let mut png = encoded(&flag().into(), ImageFormat::Png);
        let mut header = b"IHDR\0\x01\x86\xa0\0\x01\x86\xa0\x08\x02\0\0\0".to_vec();
        let crc = crc32(&header).to_be_bytes();
        header.extend(crc);
        png[12..12 + header.len()].copy_from_slice(&header);
        let error = Picture::decode(&png).unwrap_err();
        assert!(
            matches!(error, PictureError::TooLarge { width: 100_000, height: 100_000, .. }),
            "{error}"
        );

        let mut bytes = jpeg(&flag());
        let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        let error = Picture::decode(&bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a picture of 65535x65535 pixels is too large: at most 16384 px a side and 50 megapixels"
        );
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            kind in 0..3_usize,
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let image = DynamicImage::from(flag());
            let mut bytes = match kind {
                0 => oriented(&flag(), 6),
                1 => encoded(&image, ImageFormat::Png),
                _ => encoded(&image, ImageFormat::WebP),
            };
            for (place, value) in changes {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            if cut.index(2) == 0 {
                bytes.truncate(cut.index(bytes.len()));
            }
            drop(Picture::decode(&bytes));
        }
    }
}
