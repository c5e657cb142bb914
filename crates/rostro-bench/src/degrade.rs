//! Pictures made worse, as cameras and networks make them.

use std::io::Cursor;

use anyhow::{Context as _, Result};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use rostro_server::recognition::picture::Picture;

/// What is done to a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Degradation {
    /// Turned about its middle, in degrees.
    Turned(f32),
    /// Scaled to a share of its sides.
    Scaled(f32),
    /// Every colour multiplied.
    Darkened(f32),
    /// Gaussian blur, sigma in pixels.
    Blurred(f32),
    /// JPEG of this quality.
    Compressed(u8),
}

impl Degradation {
    pub(crate) const ALL: [Self; 8] = [
        Self::Turned(15.0),
        Self::Turned(30.0),
        Self::Scaled(0.5),
        Self::Scaled(0.25),
        Self::Darkened(0.25),
        Self::Blurred(1.5),
        Self::Blurred(3.0),
        Self::Compressed(15),
    ];

    pub(crate) fn name(self) -> String {
        match self {
            Self::Turned(degrees) => format!("turned by {degrees} degrees"),
            Self::Scaled(share) => format!("scaled to {} %", share * 100.0),
            Self::Darkened(share) => format!("darkened to {} %", share * 100.0),
            Self::Blurred(sigma) => format!("blurred, sigma {sigma} px"),
            Self::Compressed(quality) => format!("JPEG of quality {quality}"),
        }
    }

    /// The worse picture.
    pub(crate) fn apply(self, picture: &Picture) -> Result<Picture> {
        let frame = picture.frame()?;
        let (width, height) = (frame.width(), frame.height());
        let pixels = (0..height).flat_map(|y| frame.row(y)).copied().collect();
        let image = RgbImage::from_raw(u32::try_from(width)?, u32::try_from(height)?, pixels)
            .context("a picture is RGB")?;
        let mut bytes = Vec::new();
        let worse = match self {
            Self::Turned(degrees) => turned(&image, degrees),
            Self::Scaled(share) => {
                let [width, height] = [width, height].map(|side| scaled(side, share));
                imageops::resize(&image, width, height, FilterType::Triangle)
            }
            Self::Darkened(share) => {
                let mut darker = image;
                darker.iter_mut().for_each(|value| *value = byte(f32::from(*value) * share));
                darker
            }
            Self::Blurred(sigma) => imageops::blur(&image, sigma),
            Self::Compressed(quality) => {
                JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&image)?;
                return Ok(Picture::decode(&bytes)?);
            }
        };
        DynamicImage::from(worse).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
        Ok(Picture::decode(&bytes)?)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within a byte")]
fn byte(value: f32) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides are at most 16384, shares at most 1"
)]
fn scaled(side: usize, share: f32) -> u32 {
    ((side as f32 * share) as u32).max(1)
}

/// Turned about the middle, the nearest pixel of the edge beyond it; linear between pixels.
fn turned(image: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = image.dimensions();
    let middle = [width as f32 / 2.0 - 0.5, height as f32 / 2.0 - 0.5];
    RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - middle[0], y as f32 - middle[1]);
        let x = (middle[0] + cos * dx + sin * dy).clamp(0.0, width as f32 - 1.0);
        let y = (middle[1] - sin * dx + cos * dy).clamp(0.0, height as f32 - 1.0);
        imageops::interpolate_bilinear(image, x, y).unwrap_or(Rgb([0; 3]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_makes_another_picture_that_can_be_read() {
        let image = RgbImage::from_fn(64, 48, |x, y| {
            Rgb([byte(x as f32 * 4.0), byte(y as f32 * 5.0), 200])
        });
        let mut bytes = Vec::new();
        DynamicImage::from(image)
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .expect("a picture can be written");
        let picture = Picture::decode(&bytes).expect("it was written just now");
        for degradation in Degradation::ALL {
            let worse = degradation.apply(&picture).expect("pictures can be made worse");
            let [before, after] = [&picture, &worse].map(|one| one.frame().expect("it is a frame"));
            let same_size = (before.width(), before.height()) == (after.width(), after.height());
            let name = degradation.name();
            assert_eq!(same_size, !matches!(degradation, Degradation::Scaled(_)), "{name}");
            assert_ne!(before.row(10), after.row(10), "{name}");
        }
    }
}
