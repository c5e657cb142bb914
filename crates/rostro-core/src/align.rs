//! Alignment: the face turned, scaled and cut out as each recogniser was trained to see it.

mod chip;
mod points;
mod pyramid;
mod sample;
mod sface;
mod views;

pub use chip::{CHIP_SIDE_PX, dlib_chip};
pub use points::dlib_points;
pub(crate) use sface::sface_crop_to_frame;
pub use sface::{SFACE_SIDE_PX, sface_crop};

use crate::embedding::ModelId;
use crate::network::Tensor;

/// A square picture of one face, cut out for one recogniser. Biometric: `Debug` prints the size only.
///
/// Its colours are not rounded where the recogniser does not need it: landmarks that differ in the last bit of a float,
/// as they do between processors, would turn some over to the next whole number, and the embedding with them.
#[derive(Clone, PartialEq)]
pub struct AlignedFace {
    model: ModelId,
    side_px: usize,
    /// 0 to 255.
    rgb: Vec<[f32; 3]>,
}

impl AlignedFace {
    /// The recogniser that it was cut out for.
    #[must_use]
    pub const fn model(&self) -> ModelId {
        self.model
    }

    /// Side in pixels.
    #[must_use]
    pub const fn side_px(&self) -> usize {
        self.side_px
    }

    /// Its pixels as a picture's, red, green and blue, row by row from the top.
    #[must_use]
    pub fn rgb(&self) -> Vec<[u8; 3]> {
        self.rgb.iter().map(|pixel| pixel.map(nearest)).collect()
    }

    /// What a network is fed: `[1, 3, side, side]`, RGB, 0 to 255.
    #[must_use]
    pub fn to_planes(&self) -> Tensor {
        let channel = |channel: usize| self.rgb.iter().map(move |pixel| pixel[channel]);
        let values = (0..3).flat_map(channel).collect();
        Tensor::new(&[1, 3, self.side_px, self.side_px], values)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean of bytes is a byte"
)]
fn nearest(channel: f32) -> u8 {
    channel.round() as u8
}

impl std::fmt::Debug for AlignedFace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AlignedFace({0}x{0})", self.side_px)
    }
}
