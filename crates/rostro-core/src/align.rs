//! Alignment: the face turned, scaled and cut out as each recogniser was trained to see it.

mod chip;
mod points;
mod pyramid;
mod sample;
mod sface;

pub use chip::{CHIP_SIDE_PX, dlib_chip};
pub use points::dlib_points;
pub use sface::{SFACE_SIDE_PX, sface_crop};

use crate::embedding::ModelId;
use crate::network::Tensor;

/// A square picture of one face, cut out for one recogniser. Biometric: `Debug` prints the size only.
#[derive(Clone, PartialEq, Eq)]
pub struct AlignedFace {
    model: ModelId,
    side_px: usize,
    rgb: Vec<[u8; 3]>,
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

    /// Its pixels, red, green and blue, row by row from the top.
    #[must_use]
    pub fn rgb(&self) -> &[[u8; 3]] {
        &self.rgb
    }

    /// What a network is fed: `[1, 3, side, side]`, RGB, 0 to 255.
    #[must_use]
    pub fn to_planes(&self) -> Tensor {
        let channel = |channel: usize| self.rgb.iter().map(move |pixel| f32::from(pixel[channel]));
        let values = (0..3).flat_map(channel).collect();
        Tensor::new(&[1, 3, self.side_px, self.side_px], values)
    }
}

impl std::fmt::Debug for AlignedFace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AlignedFace({0}x{0})", self.side_px)
    }
}
