//! Reading colours between the pixels.

use crate::frame::Frame;

/// A rectangle of pixels that can be read one by one.
pub(super) trait Pixels {
    /// Width and height.
    fn size(&self) -> (usize, usize);
    /// Red, green and blue at a pixel of it.
    fn rgb(&self, x: usize, y: usize) -> [u8; 3];
}

/// A part of a frame.
pub(super) struct Region<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Pixels for Region<'_> {
    fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        self.frame.rgb(self.left + x, self.top + y)
    }
}

/// The four pixels around a place, and how far it lies to the right of and below the first.
struct Neighbours {
    left: i64,
    top: i64,
    across: f64,
    down: f64,
}

impl Neighbours {
    /// `None` where the place is so far away that nothing of a picture is near.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "held far within what i64 and f64 hold exactly"
    )]
    fn of((x, y): (f64, f64)) -> Option<Self> {
        let (left, top) = (x.floor(), y.floor());
        let near = |value: f64| (-1e9..1e9).contains(&value);
        (near(left) && near(top)).then_some(Self {
            left: left as i64,
            top: top as i64,
            across: x - left,
            down: y - top,
        })
    }

    fn mix(&self, corners: [[u8; 3]; 4]) -> [f64; 3] {
        std::array::from_fn(|channel| {
            let [upper_left, upper_right, lower_left, lower_right] =
                corners.map(|corner| f64::from(corner[channel]));
            (1.0 - self.down) * ((1.0 - self.across) * upper_left + self.across * upper_right)
                + self.down * ((1.0 - self.across) * lower_left + self.across * lower_right)
        })
    }
}

/// The colour at a place, by bilinear interpolation; `None` unless all four neighbours lie in the picture.
/// Coordinates are those of pixel centres: `(0, 0)` is the centre of the first pixel.
pub(super) fn inside(pixels: &impl Pixels, at: (f64, f64)) -> Option<[f64; 3]> {
    let neighbours = Neighbours::of(at)?;
    let (width, height) = pixels.size();
    let (x, y) = (usize::try_from(neighbours.left).ok()?, usize::try_from(neighbours.top).ok()?);
    if x + 1 >= width || y + 1 >= height {
        return None;
    }
    Some(neighbours.mix([
        pixels.rgb(x, y),
        pixels.rgb(x + 1, y),
        pixels.rgb(x, y + 1),
        pixels.rgb(x + 1, y + 1),
    ]))
}

/// The colour at a place, by bilinear interpolation in a picture that goes on in black beyond its edges.
/// Coordinates are those of pixel centres.
pub(super) fn bordered(pixels: &impl Pixels, at: (f64, f64)) -> [f64; 3] {
    if let Some(colour) = inside(pixels, at) {
        return colour;
    }
    let Some(neighbours) = Neighbours::of(at) else { return [0.0; 3] };
    let (width, height) = pixels.size();
    let read = |x: i64, y: i64| match (usize::try_from(x), usize::try_from(y)) {
        (Ok(x), Ok(y)) if x < width && y < height => pixels.rgb(x, y),
        _ => [0; 3],
    };
    let Neighbours { left, top, .. } = neighbours;
    neighbours.mix([
        read(left, top),
        read(left + 1, top),
        read(left, top + 1),
        read(left + 1, top + 1),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PixelLayout;

    #[test]
    fn interpolates_and_ends_at_the_edges() {
        let bytes = [[10, 0, 0], [20, 0, 0], [30, 0, 0], [60, 0, 0]].concat();
        let frame = Frame::new(&bytes, 2, 2, PixelLayout::Rgb).unwrap();
        let whole = Region { frame, left: 0, top: 0, width: 2, height: 2 };
        struct Case {
            at: (f64, f64),
            inside: Option<f64>,
            bordered: f64,
        }
        for case in [
            Case { at: (0.0, 0.0), inside: Some(10.0), bordered: 10.0 },
            Case { at: (0.5, 0.5), inside: Some(30.0), bordered: 30.0 },
            Case { at: (0.25, 0.0), inside: Some(12.5), bordered: 12.5 },
            // dlib asks for the right and lower neighbour even where its weight is nothing.
            Case { at: (1.0, 0.0), inside: None, bordered: 20.0 },
            Case { at: (-0.5, 0.0), inside: None, bordered: 5.0 },
            Case { at: (1.5, 1.5), inside: None, bordered: 15.0 },
            Case { at: (-2.0, 0.0), inside: None, bordered: 0.0 },
            Case { at: (1e300, f64::NAN), inside: None, bordered: 0.0 },
        ] {
            assert_eq!(
                inside(&whole, case.at).map(|colour| colour[0]),
                case.inside,
                "{:?}",
                case.at
            );
            assert_eq!(bordered(&whole, case.at)[0], case.bordered, "{:?}", case.at);
        }
    }
}
