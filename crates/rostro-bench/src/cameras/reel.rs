//! What a camera shows, picture by picture, again and again.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Rgb, RgbImage};
use rostro_server::recognition::mjpeg::jpeg_len;
use sha2::{Digest as _, Sha256};

use crate::speed::scene::Scene;

/// Who passes; each is enrolled.
pub(super) const PEOPLE: [&str; 3] = ["obama-2009", "collins", "biden-2010"];
/// Seconds for which each stands there, and for which nobody does.
const STAYS_S: u32 = 3;
const EMPTY_S: u32 = 1;
const QUALITY: u8 = 80;
/// Pictures of a clip that are shown, at most.
const CLIP_MAX: usize = 450;

/// Pictures, and which one a digest is of: no two are alike.
pub(super) struct Reel {
    jpegs: Vec<Vec<u8>>,
    by_digest: HashMap<[u8; 32], usize>,
}

impl Reel {
    /// One person after the other, and nobody in between; `fps` pictures a second.
    ///
    /// # Errors
    /// A portrait cannot be read.
    pub(super) fn of_people(width: u32, height: u32, fps: u32) -> Result<Self> {
        let mut jpegs = Vec::new();
        for name in PEOPLE {
            let scene = Scene::of(width, height, &[name])?;
            jpegs.extend(standing(&scene, STAYS_S * fps)?);
            let empty = jpeg(&RgbImage::from_pixel(width, height, Rgb([128; 3])))?;
            jpegs.extend(std::iter::repeat_n(empty, (EMPTY_S * fps) as usize));
        }
        Self::of(&jpegs)
    }

    /// One person who stays, in so many pictures.
    ///
    /// # Errors
    /// The portrait cannot be read.
    pub(super) fn of_one(width: u32, height: u32, pictures: u32) -> Result<Self> {
        Self::of(&standing(&Scene::of(width, height, &PEOPLE[..1])?, pictures)?)
    }

    /// The clips of a folder.
    ///
    /// # Errors
    /// There is none, or one cannot be read.
    pub(super) fn of_clips(folder: &Path) -> Result<Vec<Arc<Self>>> {
        let mut files = fs::read_dir(folder)
            .and_then(|entries| {
                entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
            })
            .with_context(|| format!("reading {}", folder.display()))?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "mjpeg"));
        files.sort();
        ensure!(!files.is_empty(), "{} holds no motion JPEG (*.mjpeg)", folder.display());
        let reel = |file: &std::path::PathBuf| -> Result<Arc<Self>> {
            let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
            Ok(Arc::new(Self::of(&split(&bytes))?))
        };
        files.iter().map(reel).collect()
    }

    fn of(jpegs: &[Vec<u8>]) -> Result<Self> {
        ensure!(!jpegs.is_empty(), "a camera has nothing to show");
        let jpegs: Vec<_> = (0_u16..).zip(jpegs).map(|(index, jpeg)| marked(jpeg, index)).collect();
        let digests = jpegs.iter().enumerate();
        let by_digest = digests.map(|(index, jpeg)| (Sha256::digest(jpeg).into(), index)).collect();
        Ok(Self { jpegs, by_digest })
    }

    pub(super) const fn len(&self) -> usize {
        self.jpegs.len()
    }

    /// The picture of that number, which goes on behind the last with the first.
    pub(super) fn jpeg(&self, number: usize) -> &[u8] {
        &self.jpegs[number % self.jpegs.len()]
    }

    /// Which picture has that SHA-256.
    pub(super) fn find(&self, digest: &[u8]) -> Option<usize> {
        self.by_digest.get(digest).copied()
    }

    /// All of it as one file: JPEGs one after the other.
    pub(super) fn to_clip(&self) -> Vec<u8> {
        self.jpegs.concat()
    }
}

/// So many pictures of a scene, a whole round of its movement.
fn standing(scene: &Scene, pictures: u32) -> Result<Vec<Vec<u8>>> {
    (0..pictures).map(|n| jpeg(&scene.at(f64::from(n) / f64::from(pictures)))).collect()
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let (width, height) = picture.dimensions();
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, QUALITY).encode(
        picture,
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}

fn split(clip: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = clip;
    let jpegs = std::iter::from_fn(|| {
        let (jpeg, others) = rest.split_at(jpeg_len(rest)?);
        rest = others;
        Some(jpeg.to_vec())
    });
    jpegs.take(CLIP_MAX).collect()
}

/// A JPEG with a comment that tells it from every other of its reel.
fn marked(jpeg: &[u8], index: u16) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2.min(jpeg.len()));
    [start, &[0xff, 0xfe, 0, 4], &index.to_be_bytes(), rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_apart_and_found_again() {
        let reel = Reel::of_one(160, 120, 4).expect("the portrait is there");
        let again = Reel::of(&split(&reel.to_clip())).expect("it holds pictures");
        assert_eq!((reel.len(), again.len()), (4, 4));
        for number in 0..8 {
            let jpeg = reel.jpeg(number);
            assert_eq!(reel.find(&Sha256::digest(jpeg)), Some(number % 4));
            assert!(image::load_from_memory(jpeg).is_ok());
        }
        assert_eq!(reel.find(&[0; 32]), None);
    }
}
