//! The pictures in `fixtures/`, carried in the binary so that tests run in a browser too.

use image::ImageFormat;
use rostro_core::{Frame, PixelLayout};

/// A decoded picture.
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

/// Portraits, two of them of one person; `fixtures/README.md` says whose and under what terms.
pub const PORTRAITS: [&str; 4] = ["collins", "obama-2012", "obama-2009", "biden-2010"];

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../fixtures/", $name, ".png")) as &[u8])),*]
    };
}

/// Every picture by name, PNG.
const FILES: &[(&str, &[u8])] = files![
    "biden-2010",
    "biden-2010.dlib-chip",
    "biden-2010.sface-crop",
    "collins",
    "collins-96",
    "collins.dlib-chip",
    "collins.sface-crop",
    "obama-2009",
    "obama-2009.dlib-chip",
    "obama-2009.sface-crop",
    "obama-2012",
    "obama-2012.dlib-chip",
    "obama-2012.sface-crop",
];

/// The PNG file of a picture.
///
/// # Panics
/// When there is no picture of that name.
#[must_use]
pub fn png(name: &str) -> &'static [u8] {
    let file = FILES.iter().find(|file| file.0 == name);
    file.unwrap_or_else(|| panic!("there is no picture {name}.png in fixtures/")).1
}

impl Picture {
    /// The picture called `name`, without `.png`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let picture = image::load_from_memory_with_format(png(name), ImageFormat::Png)
            .unwrap_or_else(|error| panic!("fixtures/{name}.png cannot be decoded: {error}"))
            .into_rgb8();
        Self { width: picture.width(), height: picture.height(), rgb: picture.into_raw() }
    }

    /// One colour all over: nobody is on it.
    #[must_use]
    pub fn plain(width: u32, height: u32, colour: [u8; 3]) -> Self {
        let pixels = width as usize * height as usize;
        Self { width, height, rgb: colour.repeat(pixels) }
    }

    /// Its pixels as the pipeline takes them.
    ///
    /// # Panics
    /// When it is empty or larger than a frame may be.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame::new(&self.rgb, self.width, self.height, PixelLayout::Rgb)
            .unwrap_or_else(|error| panic!("a picture that is no frame: {error}"))
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Red, green, blue, row by row from the top.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// As `[1, 3, height, width]`, RGB, 0 to 255: what the recognisers are fed.
    #[must_use]
    pub fn to_planes(&self) -> rostro_core::Tensor {
        let channel =
            |channel: usize| self.rgb.iter().skip(channel).step_by(3).copied().map(f32::from);
        let values = (0..3).flat_map(channel).collect();
        rostro_core::Tensor::new(&[1, 3, self.height as usize, self.width as usize], values)
    }

    /// As `[1, 3, height, width]`, BGR, 0 to 255: what YuNet is fed.
    #[must_use]
    pub fn to_bgr_planes(&self) -> rostro_core::Tensor {
        let planes = self.to_planes();
        let len = planes.values().len() / 3;
        let values = planes.values().chunks_exact(len).rev().flatten().copied().collect();
        rostro_core::Tensor::new(planes.shape(), values)
    }

    /// The mean absolute difference to `other`, over all pixels and channels, in steps of 0 to 255.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn mean_difference(&self, other: &[[u8; 3]]) -> f64 {
        let other = other.as_flattened();
        assert_eq!(self.rgb.len(), other.len(), "pictures of one size");
        let sum: f64 = self.rgb.iter().zip(other).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        sum / other.len() as f64
    }
}

impl std::fmt::Debug for Picture {
    /// Size only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_a_frame() {
        for (name, _) in FILES {
            let picture = Picture::named(name);
            let (width, height) = (picture.width() as usize, picture.height() as usize);
            assert_eq!((picture.frame().width(), picture.frame().height()), (width, height));
        }
        for name in PORTRAITS {
            let picture = Picture::named(name);
            let sides = [picture.width(), picture.height()];
            assert!(sides.iter().all(|side| side % 32 == 0), "{name} needs no padding");
        }
    }

    #[test]
    fn planes_hold_one_channel_after_the_other() {
        let picture = Picture { width: 2, height: 1, rgb: vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(picture.to_planes().values(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(picture.to_bgr_planes().values(), [3.0, 6.0, 2.0, 5.0, 1.0, 4.0]);
    }
}
