//! The colours of decoded pictures.

use h264_reader::nal::sps::SeqParameterSet;
use h264_reader::rbsp::{BitReader, decode_nal};
use openh264::formats::YUVSource;
use openh264::nal_units;

const NAL_TYPE: u8 = 0x1f;
const SEQUENCE_PARAMETER_SET: u8 = 7;
const START_CODE_BYTES: usize = 3;

/// What the values of a picture's brightness stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Range {
    /// Black is 16 and white 235, as in broadcasting.
    #[default]
    Limited,
    /// Black is 0 and white 255, as in JPEG. Many cameras send that.
    Full,
}

impl Range {
    /// What the parameter set says that goes before a key frame; limited if it says nothing.
    pub(super) fn of(key_frame: &[u8]) -> Self {
        let is_full = nal_units(key_frame)
            .map(|unit| &unit[START_CODE_BYTES..])
            .find(|unit| unit.first().is_some_and(|it| it & NAL_TYPE == SEQUENCE_PARAMETER_SET))
            .and_then(says_full);
        if is_full == Some(true) { Self::Full } else { Self::Limited }
    }

    /// The pixels of a picture: RGB, by BT.601.
    pub(super) fn pixels(self, picture: &impl YUVSource, limited: impl Fn(&mut [u8])) -> Vec<u8> {
        let mut pixels = vec![0; picture.rgb8_len()];
        match self {
            Self::Limited => limited(&mut pixels),
            Self::Full => write_full(picture, &mut pixels),
        }
        pixels
    }
}

fn says_full(parameter_set: &[u8]) -> Option<bool> {
    let last = parameter_set.iter().rposition(|byte| *byte != 0)?;
    let bits = decode_nal(&parameter_set[..=last]).ok()?;
    let set = SeqParameterSet::from_bits(BitReader::new(&*bits)).ok()?;
    Some(set.vui_parameters?.video_signal_type?.video_full_range_flag)
}

/// BT.601 with the whole range, as in JFIF, in 65536ths.
fn write_full(picture: &impl YUVSource, pixels: &mut [u8]) {
    let (width, _) = picture.dimensions();
    let (y_stride, u_stride, v_stride) = picture.strides();
    let colours = picture.u().chunks(u_stride).zip(picture.v().chunks(v_stride));
    let rows = picture.y().chunks(y_stride).zip(colours.flat_map(|row| [row, row]));
    for (row, (y, (u, v))) in pixels.chunks_exact_mut(width * 3).zip(rows) {
        // Two pixels beside each other share a colour.
        for ((pair, y), (u, v)) in row.chunks_mut(6).zip(y.chunks(2)).zip(u.iter().zip(v)) {
            let (u, v) = (i32::from(*u) - 128, i32::from(*v) - 128);
            let colour = [91_881 * v, -22_554 * u - 46_802 * v, 116_130 * u];
            for (pixel, y) in pair.chunks_exact_mut(3).zip(y) {
                let grey = (i32::from(*y) << 16) + (1 << 15);
                for (value, part) in pixel.iter_mut().zip(colour) {
                    *value = clamped((grey + part) >> 16);
                }
            }
        }
    }
}

fn clamped(value: i32) -> u8 {
    u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use openh264::formats::YUVSlices;

    use super::*;

    #[test]
    fn the_whole_range_gives_the_colours_of_jfif() {
        for (y, u, v, want) in [
            (0, 128, 128, [0, 0, 0]),
            (255, 128, 128, [255, 255, 255]),
            (76, 85, 255, [254, 0, 0]),
            (150, 44, 21, [0, 255, 1]),
            (29, 255, 107, [0, 0, 254]),
        ] {
            // Six by four pixels, in rows of eight.
            let planes = (&[y; 32][..], &[u; 8][..], &[v; 8][..]);
            let picture = YUVSlices::new(planes, (6, 4), (8, 4, 4));
            let pixels = Range::Full.pixels(&picture, |_| panic!("the range is full"));
            assert_eq!(pixels, want.repeat(24), "{y} {u} {v}");
        }
    }

    #[test]
    fn a_range_that_is_not_said_is_limited() {
        for bytes in [&b""[..], &[0, 0, 0, 1, 0x65, 1], &[0, 0, 0, 1, 0x67], &[0, 0, 1, 0x67, 66]] {
            assert_eq!(Range::of(bytes), Range::Limited, "{bytes:?}");
        }
    }
}
