//! What a layer of a network computes, on pictures whose values lie pixel by pixel: `[row][column][channel]`.
//!
//! So every inner loop runs over channels that lie side by side. Each kernel is written once, over vectors of any
//! width ([`lanes`]); plain Rust is one of them, and the tests hold all of them against loops that say what is meant.

pub(crate) mod depthwise;
pub(crate) mod elementwise;
pub(crate) mod gather;
pub(crate) mod gemm;
mod lanes;
pub(crate) mod pool;
pub(crate) mod separable;
pub(crate) mod tuning;
pub(crate) mod whole;
pub(crate) mod winograd;

#[cfg(test)]
mod tests;

pub(crate) use lanes::Isa;

/// The size of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl Size {
    pub(crate) const fn pixels(self) -> usize {
        self.height * self.width
    }
}
