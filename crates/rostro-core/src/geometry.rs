//! Points, boxes and the maps between coordinate spaces.
//!
//! Two spaces exist. *Frame* coordinates are pixels of the picture as it came in; everything that leaves the
//! pipeline is in them. *Input* coordinates are pixels of what a network is fed; only [`Letterbox`] converts. In
//! both, the origin is the corner of the picture and x grows to the right, y downwards.

mod letterbox;
mod similarity;

pub use letterbox::{InputPoint, Letterbox};
pub use similarity::Similarity;

/// A place in the frame, in its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FramePoint {
    /// Pixels from the left side.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
}

impl FramePoint {
    /// The point at `x`, `y`.
    #[must_use]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// Distance to another point, in pixels.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The five points of a face, in the order of YuNet: the subject's right eye (on the left in the picture), left eye,
/// tip of the nose, right corner of the mouth, left corner of the mouth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landmarks(pub [FramePoint; 5]);

/// An upright rectangle in the frame, in its pixels; it may reach over the picture's edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameBox {
    /// Upper side.
    pub top: f32,
    /// Right side.
    pub right: f32,
    /// Lower side.
    pub bottom: f32,
    /// Left side.
    pub left: f32,
}

impl FrameBox {
    /// The box with these sides, in the order of Python's `face_recognition`: top, right, bottom, left.
    #[must_use]
    pub const fn from_trbl(top: f32, right: f32, bottom: f32, left: f32) -> Self {
        Self { top, right, bottom, left }
    }

    /// The box with these corners: top and left, bottom and right.
    #[must_use]
    pub const fn from_tlbr(top: f32, left: f32, bottom: f32, right: f32) -> Self {
        Self { top, right, bottom, left }
    }

    /// The box with this upper left corner and this size.
    #[must_use]
    pub fn from_tlwh(top: f32, left: f32, width: f32, height: f32) -> Self {
        Self { top, right: left + width, bottom: top + height, left }
    }

    /// The box of this size around `centre`.
    #[must_use]
    pub fn from_centre(centre: FramePoint, width: f32, height: f32) -> Self {
        Self::from_tlwh(centre.y - height / 2.0, centre.x - width / 2.0, width, height)
    }

    /// Width in pixels, never below 0.
    #[must_use]
    pub fn width(&self) -> f32 {
        (self.right - self.left).max(0.0)
    }

    /// Height in pixels, never below 0.
    #[must_use]
    pub fn height(&self) -> f32 {
        (self.bottom - self.top).max(0.0)
    }

    /// Area in square pixels, never below 0.
    #[must_use]
    pub fn area(&self) -> f32 {
        self.width() * self.height()
    }

    /// Its middle.
    #[must_use]
    pub fn centre(&self) -> FramePoint {
        FramePoint::new((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Whether every side is a finite number and the box encloses something.
    #[must_use]
    pub fn is_proper(&self) -> bool {
        let area = self.area();
        area.is_finite()
            && area > 0.0
            && [self.top, self.right, self.bottom, self.left].iter().all(|side| side.is_finite())
    }

    /// Intersection over union with another box, 0 to 1; 0 where either is empty.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f32 {
        let overlap = Self {
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
            left: self.left.max(other.left),
        }
        .area();
        let (area, other_area) = (self.area(), other.area());
        if area > 0.0 && other_area > 0.0 {
            (overlap / (area + other_area - overlap)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// The part of the box that lies in a picture of `width` × `height` pixels.
    #[must_use]
    pub fn clamp(&self, width: usize, height: usize) -> Self {
        let (width, height) = (width as f32, height as f32);
        Self {
            top: self.top.clamp(0.0, height),
            right: self.right.clamp(0.0, width),
            bottom: self.bottom.clamp(0.0, height),
            left: self.left.clamp(0.0, width),
        }
    }

    /// The square of the same area around the same centre.
    #[must_use]
    pub fn square(&self) -> Self {
        let side = self.area().sqrt();
        Self::from_centre(self.centre(), side, side)
    }

    /// The box moved by `dx` to the right and `dy` down.
    #[must_use]
    pub fn moved(&self, dx: f32, dy: f32) -> Self {
        Self {
            top: self.top + dy,
            right: self.right + dx,
            bottom: self.bottom + dy,
            left: self.left + dx,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_box() -> impl Strategy<Value = FrameBox> {
        (-500.0_f32..2000.0, -500.0_f32..2000.0, 0.5_f32..800.0, 0.5_f32..800.0)
            .prop_map(|(top, left, width, height)| FrameBox::from_tlwh(top, left, width, height))
    }

    proptest! {
        #[test]
        fn iou_is_symmetric_bounded_and_one_to_itself(a in any_box(), b in any_box()) {
            prop_assert_eq!(a.iou(&b), b.iou(&a));
            prop_assert!((0.0..=1.0).contains(&a.iou(&b)));
            prop_assert!((a.iou(&a) - 1.0).abs() < 1e-5);
        }

        #[test]
        fn clamped_lies_inside_and_stays(a in any_box(), width in 1_usize..3000, height in 1_usize..3000) {
            let inside = a.clamp(width, height);
            prop_assert!(inside.left >= 0.0 && inside.right <= width as f32);
            prop_assert!(inside.top >= 0.0 && inside.bottom <= height as f32);
            prop_assert!(inside.area() <= a.area() * 1.0001);
            prop_assert_eq!(inside.clamp(width, height), inside);
        }

        #[test]
        fn square_keeps_area_and_centre(a in any_box()) {
            let square = a.square();
            prop_assert!((square.width() - square.height()).abs() < 1e-2);
            prop_assert!((square.area() / a.area() - 1.0).abs() < 1e-2);
            prop_assert!(square.centre().distance(a.centre()) < 1e-2);
        }
    }

    #[test]
    fn iou_by_hand() {
        struct Case {
            name: &'static str,
            other: FrameBox,
            iou: f32,
        }
        let unit = FrameBox::from_tlwh(0.0, 0.0, 2.0, 2.0);
        for case in [
            Case { name: "apart", other: FrameBox::from_tlwh(0.0, 5.0, 2.0, 2.0), iou: 0.0 },
            Case { name: "touching", other: FrameBox::from_tlwh(2.0, 0.0, 2.0, 2.0), iou: 0.0 },
            Case { name: "half", other: FrameBox::from_tlwh(0.0, 1.0, 2.0, 2.0), iou: 1.0 / 3.0 },
            Case { name: "inside", other: FrameBox::from_tlbr(0.0, 0.0, 1.0, 1.0), iou: 0.25 },
            Case { name: "inside out", other: FrameBox::from_tlbr(2.0, 2.0, 0.0, 0.0), iou: 0.0 },
            Case {
                name: "not a number",
                other: FrameBox::from_trbl(f32::NAN, 1.0, 1.0, 0.0),
                iou: 0.0,
            },
        ] {
            assert!((unit.iou(&case.other) - case.iou).abs() < 1e-6, "{}", case.name);
        }
    }
}
