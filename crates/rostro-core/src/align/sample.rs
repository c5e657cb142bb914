//! Reading colours between the pixels.

use crate::frame::Frame;

/// A rectangle of pixels, red, green and blue first in each.
#[derive(Clone, Copy)]
pub(super) struct Pixels<'a> {
    /// From its first pixel on.
    bytes: &'a [u8],
    /// Bytes from one row to the next.
    stride: usize,
    bytes_per_pixel: usize,
    width: usize,
    height: usize,
}

impl<'a> Pixels<'a> {
    /// A part of a frame; it must lie within.
    pub(super) fn of_frame(
        frame: &Frame<'a>,
        (left, top): (usize, usize),
        (width, height): (usize, usize),
    ) -> Self {
        let bytes_per_pixel = frame.layout().bytes_per_pixel();
        let (stride, bytes) = (frame.width() * bytes_per_pixel, frame.pixels());
        let bytes = &bytes[top * stride + left * bytes_per_pixel..];
        Self { bytes, stride, bytes_per_pixel, width, height }
    }

    /// A picture of `width` pixels a row.
    pub(super) fn of_rgb(rgb: &'a [[u8; 3]], (width, height): (usize, usize)) -> Self {
        Self { bytes: rgb.as_flattened(), stride: 3 * width, bytes_per_pixel: 3, width, height }
    }

    /// Width and height.
    pub(super) const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Bytes from one pixel to the next.
    pub(super) const fn bytes_per_pixel(&self) -> usize {
        self.bytes_per_pixel
    }

    /// One row, `width * bytes_per_pixel` bytes.
    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        &self.bytes[y * self.stride..][..self.width * self.bytes_per_pixel]
    }

    /// Red, green and blue at a pixel of it.
    fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        let pixel = &self.bytes[y * self.stride + x * self.bytes_per_pixel..][..3];
        [pixel[0], pixel[1], pixel[2]]
    }

    /// A pixel and the one to its right, which must be there.
    fn pair(&self, x: usize, y: usize) -> [[u8; 3]; 2] {
        let next = self.bytes_per_pixel;
        let pixels = &self.bytes[y * self.stride + x * next..][..next + 3];
        [[pixels[0], pixels[1], pixels[2]], [pixels[next], pixels[next + 1], pixels[next + 2]]]
    }
}

/// The weighted mean of four pixels: `across` is how far the place lies to the right of the left ones, `down` how far
/// below the upper ones.
fn mix(
    [[upper_left, upper_right], [lower_left, lower_right]]: [[[u8; 3]; 2]; 2],
    (across, down): (f64, f64),
) -> [f64; 3] {
    std::array::from_fn(|channel| {
        let at = |corner: [u8; 3]| f64::from(corner[channel]);
        (1.0 - down) * ((1.0 - across) * at(upper_left) + across * at(upper_right))
            + down * ((1.0 - across) * at(lower_left) + across * at(lower_right))
    })
}

/// The colour at a place, by bilinear interpolation; `None` unless all four neighbours lie in the picture.
/// Coordinates are those of pixel centres: `(0, 0)` is the centre of the first pixel.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within the picture, and the fraction is what is left"
)]
pub(super) fn inside(pixels: &Pixels<'_>, (x, y): (f64, f64)) -> Option<[f64; 3]> {
    let within = |place: f64, len: usize| place >= 0.0 && place < len as f64 - 1.0;
    if !within(x, pixels.width) || !within(y, pixels.height) {
        return None;
    }
    let (left, top) = (x as usize, y as usize);
    let corners = [pixels.pair(left, top), pixels.pair(left, top + 1)];
    Some(mix(corners, (x - left as f64, y - top as f64)))
}

/// The colour at a place, by bilinear interpolation in a picture that goes on in black beyond its edges.
/// Coordinates are those of pixel centres.
#[inline]
pub(super) fn bordered(pixels: &Pixels<'_>, at: (f64, f64)) -> [f64; 3] {
    inside(pixels, at).unwrap_or_else(|| at_the_border(pixels, at))
}

#[cold]
#[expect(clippy::cast_possible_truncation, reason = "near the picture, and whole")]
fn at_the_border(pixels: &Pixels<'_>, (x, y): (f64, f64)) -> [f64; 3] {
    let (left, top) = (x.floor(), y.floor());
    let near = |place: f64, len: usize| place >= -1.0 && place < len as f64;
    if !near(left, pixels.width) || !near(top, pixels.height) {
        return [0.0; 3];
    }
    let read = |x: i64, y: i64| match (usize::try_from(x), usize::try_from(y)) {
        (Ok(x), Ok(y)) if x < pixels.width && y < pixels.height => pixels.rgb(x, y),
        _ => [0; 3],
    };
    let row = |y: i64| [read(left as i64, y), read(left as i64 + 1, y)];
    mix([row(top as i64), row(top as i64 + 1)], (x - left, y - top))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PixelLayout;

    #[test]
    fn interpolates_and_ends_at_the_edges() {
        let bytes = [[10, 0, 0], [20, 0, 0], [30, 0, 0], [60, 0, 0]].concat();
        let frame = Frame::new(&bytes, 2, 2, PixelLayout::Rgb).unwrap();
        let whole = Pixels::of_frame(&frame, (0, 0), (2, 2));
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
