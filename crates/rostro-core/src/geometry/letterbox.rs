//! From the frame to a network's input and back.

use super::{FrameBox, FramePoint};

/// A place in a network's input, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputPoint {
    /// Pixels from the left side.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
}

/// How a part of a frame lies in a network's input: scaled, in the upper left corner, with padding to its right and
/// below.
///
/// The one place where frame and input coordinates are converted into each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letterbox {
    window: FrameBox,
    scaled: (usize, usize),
    input: (usize, usize),
}

impl Letterbox {
    /// Fits a whole frame of `width` × `height` so that its longest side takes `max_side_px`, and pads both sides up
    /// to the next multiple of `multiple`. A frame of any shape keeps at least one pixel on its short side.
    ///
    /// # Panics
    /// When a size is zero: frames are not empty, and the limits are this crate's own.
    #[must_use]
    pub fn fit(width: usize, height: usize, max_side_px: usize, multiple: usize) -> Self {
        assert!(width > 0 && height > 0 && max_side_px > 0 && multiple > 0, "sizes are above zero");
        let longest = width.max(height);
        // Rounded to the nearest pixel, in integers.
        let scale = |side: usize| ((2 * side * max_side_px + longest) / (2 * longest)).max(1);
        let scaled = (scale(width), scale(height));
        let input = (scaled.0.next_multiple_of(multiple), scaled.1.next_multiple_of(multiple));
        Self { window: FrameBox::from_tlwh(0.0, 0.0, width as f32, height as f32), scaled, input }
    }

    /// Scales a square of the frame to an input of `side_px` on a side. What lies beyond the frame's edges is
    /// padding too. `None` when the square is not [proper](FrameBox::is_proper).
    #[must_use]
    pub fn square(square: &FrameBox, side_px: usize) -> Option<Self> {
        let window = square.square();
        let size = (side_px, side_px);
        (window.is_proper() && side_px > 0).then_some(Self { window, scaled: size, input: size })
    }

    /// The part of the frame that the input shows.
    #[must_use]
    pub const fn window(&self) -> &FrameBox {
        &self.window
    }

    /// Width and height of that part after scaling, in input pixels.
    #[must_use]
    pub const fn scaled_size(&self) -> (usize, usize) {
        self.scaled
    }

    /// Width and height of the input, padding included.
    #[must_use]
    pub const fn input_size(&self) -> (usize, usize) {
        self.input
    }

    /// Input pixels per frame pixel, across and down; they differ by the rounding of the scaled size only.
    #[must_use]
    pub fn scale(&self) -> (f32, f32) {
        (self.scaled.0 as f32 / self.window.width(), self.scaled.1 as f32 / self.window.height())
    }

    /// Where a point of the frame lies in the input.
    #[must_use]
    pub fn to_input(&self, point: FramePoint) -> InputPoint {
        let (across, down) = self.scale();
        InputPoint {
            x: (point.x - self.window.left) * across,
            y: (point.y - self.window.top) * down,
        }
    }

    /// Where a point of the input lies in the frame.
    #[must_use]
    pub fn to_frame(&self, point: InputPoint) -> FramePoint {
        let (across, down) = self.scale();
        FramePoint { x: self.window.left + point.x / across, y: self.window.top + point.y / down }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_by_hand() {
        struct Case {
            frame: (usize, usize),
            side: usize,
            scaled: (usize, usize),
            input: (usize, usize),
        }
        for case in [
            Case { frame: (640, 480), side: 320, scaled: (320, 240), input: (320, 256) },
            Case { frame: (480, 640), side: 320, scaled: (240, 320), input: (256, 320) },
            Case { frame: (250, 250), side: 320, scaled: (320, 320), input: (320, 320) },
            Case { frame: (1, 16_384), side: 320, scaled: (1, 320), input: (32, 320) },
            Case { frame: (3, 2), side: 1, scaled: (1, 1), input: (32, 32) },
        ] {
            let letterbox = Letterbox::fit(case.frame.0, case.frame.1, case.side, 32);
            assert_eq!(letterbox.scaled_size(), case.scaled, "{:?}", case.frame);
            assert_eq!(letterbox.input_size(), case.input, "{:?}", case.frame);
        }
    }

    proptest! {
        #[test]
        fn there_and_back(
            width in 1_usize..=16_384, height in 1_usize..=16_384, side in 32_usize..=2048,
            across in 0.0_f32..1.0, down in 0.0_f32..1.0,
        ) {
            let letterbox = Letterbox::fit(width, height, side, 32);
            let (input_width, input_height) = letterbox.input_size();
            prop_assert_eq!((input_width % 32, input_height % 32), (0, 0));
            prop_assert_eq!(letterbox.scaled_size().0.max(letterbox.scaled_size().1), side);

            let point = FramePoint::new(across * width as f32, down * height as f32);
            let input = letterbox.to_input(point);
            prop_assert!(input.x <= input_width as f32 && input.y <= input_height as f32);
            prop_assert!(letterbox.to_frame(input).distance(point) < 0.01);
        }

        #[test]
        fn there_and_back_in_a_square(
            left in -500.0_f32..5000.0, top in -500.0_f32..5000.0, side in 4.0_f32..3000.0,
            across in 0.0_f32..1.0, down in 0.0_f32..1.0,
        ) {
            let square = FrameBox::from_tlwh(top, left, side, side);
            let letterbox = Letterbox::square(&square, 256).unwrap();
            let point = FramePoint::new(left + across * side, top + down * side);
            let input = letterbox.to_input(point);
            prop_assert!((input.x - across * 256.0).abs() < 0.2 && (input.y - down * 256.0).abs() < 0.2);
            prop_assert!(letterbox.to_frame(input).distance(point) < 0.01);
        }
    }

    #[test]
    fn a_square_that_is_none_has_no_letterbox() {
        for side in [0.0, f32::NAN, f32::INFINITY] {
            assert_eq!(Letterbox::square(&FrameBox::from_tlwh(0.0, 0.0, side, side), 256), None);
        }
    }
}
