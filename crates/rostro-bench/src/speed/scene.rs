//! Pictures with a known number of faces, made of the public-domain portraits of the project's tests.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use image::imageops::{FilterType, overlay, resize};
use image::{Rgb, RgbImage};

/// Portraits, in the order in which they are used.
pub(crate) const PORTRAITS: [&str; 4] = ["obama-2009", "collins", "biden-2010", "obama-2012"];
const GREY: Rgb<u8> = Rgb([128; 3]);
/// Frames of a clip; the faces are back in their places after the last, so that it can be repeated.
const FRAMES: u32 = 60;
/// Frames a second of a clip: more than are followed at a time, so that the camera is not what is measured.
const FRAMES_PER_SECOND: u32 = 60;
/// Sizes and numbers of faces of the clips.
const CLIPS: [(u32, u32, u32); 6] =
    [(640, 480, 1), (640, 480, 4), (640, 480, 10), (1280, 720, 1), (1280, 720, 4), (1280, 720, 10)];

/// The file of a portrait.
pub(crate) fn portrait(name: &str) -> PathBuf {
    crate::root().join("crates/rostro-testkit/fixtures").join(name).with_extension("png")
}

/// Portraits in a grid on grey.
pub(crate) struct Scene {
    width: u32,
    height: u32,
    cell: (u32, u32),
    columns: u32,
    portraits: Vec<RgbImage>,
}

impl Scene {
    /// `faces` portraits as large as fit into `width` × `height` with some room to move.
    ///
    /// # Errors
    /// A portrait cannot be read.
    pub(super) fn new(width: u32, height: u32, faces: u32) -> Result<Self> {
        let portraits: Vec<&str> = PORTRAITS.into_iter().cycle().take(faces as usize).collect();
        Self::of(width, height, &portraits)
    }

    /// These portraits as large as fit into `width` × `height` with some room to move.
    ///
    /// # Errors
    /// A portrait cannot be read.
    pub(crate) fn of(width: u32, height: u32, portraits: &[&str]) -> Result<Self> {
        let faces = u32::try_from(portraits.len()).context("fewer portraits than that")?.max(1);
        let columns = match faces {
            1 => 1,
            2..=4 => 2,
            _ => 5,
        };
        let cell = (width / columns, height / faces.div_ceil(columns));
        let portraits = portraits.iter().map(|name| {
            let file = portrait(name);
            let portrait = image::open(&file)
                .with_context(|| format!("reading {}", file.display()))?
                .into_rgb8();
            let (from_width, from_height) = portrait.dimensions();
            let scale = (f64::from(cell.0) / f64::from(from_width))
                .min(f64::from(cell.1) / f64::from(from_height))
                * 0.9;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "pixels of a picture"
            )]
            let side = |from: u32| (f64::from(from) * scale) as u32;
            Ok(resize(&portrait, side(from_width), side(from_height), FilterType::Triangle))
        });
        Ok(Self { width, height, cell, columns, portraits: portraits.collect::<Result<_>>()? })
    }

    /// The scene at `turn`, of which 1 is a whole round of the faces' movement.
    pub(crate) fn at(&self, turn: f64) -> RgbImage {
        let mut picture = RgbImage::from_pixel(self.width, self.height, GREY);
        for (portrait, index) in self.portraits.iter().zip(0..) {
            let angle = (turn + 0.3 * f64::from(index)) * std::f64::consts::TAU;
            let place = |index: u32, cell: u32, side: u32, moved: f64| {
                let room = f64::from(cell.saturating_sub(side)) / 2.0;
                let left = f64::from(index * cell) + room + (0.6 * room).min(12.0) * moved;
                #[expect(clippy::cast_possible_truncation, reason = "pixels of a picture")]
                {
                    left.round() as i64
                }
            };
            let x = place(index % self.columns, self.cell.0, portrait.width(), angle.cos());
            let y = place(index / self.columns, self.cell.1, portrait.height(), angle.sin());
            overlay(&mut picture, portrait, x, y);
        }
        picture
    }
}

/// The clips that Chromium shows as a camera, `640x480-1.y4m` and so on, in `folder`; those that are there are kept.
///
/// # Errors
/// One cannot be made or written.
pub(super) fn clips(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for (width, height, faces) in CLIPS {
        let file = folder.join(format!("{width}x{height}-{faces}.y4m"));
        if !file.is_file() {
            let unfinished = file.with_extension("unfinished");
            write(&unfinished, &Scene::new(width, height, faces)?)
                .and_then(|()| Ok(fs::rename(&unfinished, &file)?))
                .with_context(|| format!("writing {}", file.display()))?;
        }
    }
    Ok(())
}

fn write(file: &Path, scene: &Scene) -> Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    let Scene { width, height, .. } = scene;
    writeln!(out, "YUV4MPEG2 W{width} H{height} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg")?;
    for frame in 0..FRAMES {
        out.write_all(b"FRAME\n")?;
        out.write_all(&planes(&scene.at(f64::from(frame) / f64::from(FRAMES))))?;
    }
    Ok(out.flush()?)
}

/// Luma, then both chroma planes at half the size (BT.601, full range). The sides are even.
fn planes(picture: &RgbImage) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let mix = |[r, g, b]: [u8; 3], weights: [f32; 3], base: f32| {
        let sum = weights[0] * f32::from(r) + weights[1] * f32::from(g) + weights[2] * f32::from(b);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded into the range of a byte"
        )]
        {
            (base + sum).round() as u8
        }
    };
    let mut bytes: Vec<u8> =
        picture.pixels().map(|pixel| mix(pixel.0, [0.299, 0.587, 0.114], 0.0)).collect();
    for weights in [[-0.168_736, -0.331_264, 0.5], [0.5, -0.418_688, -0.081_312]] {
        for y in (0..height).step_by(2) {
            let row = (0..width).step_by(2);
            bytes.extend(row.map(|x| mix(picture.get_pixel(x, y).0, weights, 128.0)));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_move_and_return() {
        let scene = Scene::new(320, 240, 4).expect("the portraits are there");
        assert_eq!(scene.at(0.0).dimensions(), (320, 240));
        assert!(scene.at(0.0) == scene.at(1.0));
        assert!(scene.at(0.0) != scene.at(0.5));
    }

    #[test]
    fn colours_become_planes() {
        let bytes = planes(&RgbImage::from_pixel(4, 2, Rgb([255, 0, 0])));
        assert_eq!(bytes, [76, 76, 76, 76, 76, 76, 76, 76, 85, 85, 255, 255]);
    }
}
