//! The picture that enters the pipeline, checked once.

use thiserror::Error;

/// The order of the bytes of one pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelLayout {
    /// Three bytes: red, green, blue.
    Rgb,
    /// Four bytes: red, green, blue, alpha; alpha is ignored.
    Rgba,
}

impl PixelLayout {
    /// Bytes that one pixel takes.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// Why bytes are not a [`Frame`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// A side is zero.
    #[error("a picture of {width}x{height} pixels holds nothing")]
    Empty {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A side is over [`Frame::MAX_SIDE_PX`].
    #[error("a picture of {width}x{height} pixels is too large: no side may be over {max} px", max = Frame::MAX_SIDE_PX)]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The number of bytes does not fit the size.
    #[error("expected {expected} bytes of pixels, got {actual}")]
    WrongLength {
        /// `width * height * bytes per pixel`.
        expected: usize,
        /// Bytes given.
        actual: usize,
    },
}

/// A borrowed picture: rows from the top, pixels from the left, 8 bits a channel, no padding between rows.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pixels: &'a [u8],
    width: usize,
    height: usize,
    layout: PixelLayout,
}

impl<'a> Frame<'a> {
    /// Longest side that is taken, in pixels.
    pub const MAX_SIDE_PX: u32 = 16_384;

    /// Takes `pixels` as a picture of `width` × `height`.
    ///
    /// # Errors
    /// [`FrameError`] when a side is zero or too long, or the length does not fit.
    pub fn new(
        pixels: &'a [u8],
        width: u32,
        height: u32,
        layout: PixelLayout,
    ) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        if width > Self::MAX_SIDE_PX || height > Self::MAX_SIDE_PX {
            return Err(FrameError::TooLarge { width, height });
        }
        let (width, height) = (width as usize, height as usize);
        let expected = width * height * layout.bytes_per_pixel();
        if pixels.len() != expected {
            return Err(FrameError::WrongLength { expected, actual: pixels.len() });
        }
        Ok(Self { pixels, width, height, layout })
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Order of the bytes of a pixel.
    #[must_use]
    pub const fn layout(&self) -> PixelLayout {
        self.layout
    }

    /// All rows.
    pub(crate) const fn pixels(&self) -> &'a [u8] {
        self.pixels
    }

    /// One row, `width * bytes_per_pixel` bytes.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    pub fn row(&self, y: usize) -> &'a [u8] {
        let stride = self.width * self.layout.bytes_per_pixel();
        &self.pixels[y * stride..][..stride]
    }

    /// Red, green and blue at a pixel.
    ///
    /// # Panics
    /// When the pixel lies outside the picture.
    #[must_use]
    pub fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        let i = x * self.layout.bytes_per_pixel();
        let row = self.row(y);
        [row[i], row[i + 1], row[i + 2]]
    }
}

impl std::fmt::Debug for Frame<'_> {
    /// Size only: a picture never reaches a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({}x{} {:?})", self.width, self.height, self.layout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_its_bytes() {
        struct Case {
            name: &'static str,
            size: (u32, u32),
            bytes: usize,
            error: Option<FrameError>,
        }
        let cases = [
            Case { name: "fits", size: (2, 3), bytes: 24, error: None },
            Case {
                name: "no width",
                size: (0, 3),
                bytes: 0,
                error: Some(FrameError::Empty { width: 0, height: 3 }),
            },
            Case {
                name: "too wide",
                size: (20_000, 1),
                bytes: 80_000,
                error: Some(FrameError::TooLarge { width: 20_000, height: 1 }),
            },
            Case {
                name: "a byte short",
                size: (2, 3),
                bytes: 23,
                error: Some(FrameError::WrongLength { expected: 24, actual: 23 }),
            },
        ];
        for case in cases {
            let pixels = vec![0; case.bytes];
            let got = Frame::new(&pixels, case.size.0, case.size.1, PixelLayout::Rgba);
            assert_eq!(got.err(), case.error, "{}", case.name);
        }
    }
}
