//! Pictures as they come out.

use crate::cameras::newest::RawFrame;

const BLOCK_PX: u32 = 40;

/// A picture in RGB.
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
}

impl Picture {
    pub(super) fn of(frame: RawFrame) -> Self {
        match frame {
            RawFrame::Rgb { width, height, pixels } => Self { width, height, pixels },
            RawFrame::Jpeg(bytes) => {
                let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
                Self {
                    width: picture.width(),
                    height: picture.height(),
                    pixels: picture.into_raw(),
                }
            }
        }
    }

    /// The mean colour of each block, row by row.
    pub(super) fn blocks(&self) -> impl Iterator<Item = [f32; 3]> {
        let columns = self.width / BLOCK_PX;
        (0..self.height / BLOCK_PX * columns)
            .map(move |block| self.mean(block % columns * BLOCK_PX, block / columns * BLOCK_PX))
    }

    fn mean(&self, left: u32, top: u32) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for y in top..top + BLOCK_PX {
            for x in left..left + BLOCK_PX {
                let at = ((y * self.width + x) * 3) as usize;
                for (sum, value) in sum.iter_mut().zip(&self.pixels[at..at + 3]) {
                    *sum += f32::from(*value);
                }
            }
        }
        sum.map(|sum| sum / (BLOCK_PX * BLOCK_PX) as f32)
    }
}
