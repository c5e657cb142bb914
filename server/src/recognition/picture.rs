//! Pictures in: from bytes of any kind that is taken to upright RGB pixels.

use rostro_core::{Frame, FrameError, PixelLayout};
use thiserror::Error;

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
        max_side = Picture::MAX_SIDE_PX, max_mp = Picture::MAX_PIXELS / 1_000_000)]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
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
    /// Largest area that is taken.
    pub const MAX_PIXELS: u64 = 50_000_000;

    /// Decodes JPEG, PNG or WebP, told apart by content. Size limits are checked on the header, before any pixel.
    ///
    /// # Errors
    /// [`PictureError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        let _ = bytes;
        unimplemented!()
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

impl std::fmt::Debug for Picture {
    /// The size only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}
