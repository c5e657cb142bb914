//! What a camera offers, and which of it is read.

use super::RtspFault;

/// Longest list of offered streams that is passed on, in characters.
const OFFERED_MAX: usize = 200;

/// A coding that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// H.264, which goes through the decoder.
    H264,
    /// Motion JPEG, whose frames are files of their own.
    Jpeg,
}

/// The first video that can be read, with its place among `streams`, which are pairs of media and encoding name:
/// `("video", "h264")`.
///
/// # Errors
/// [`RtspFault::Unsupported`] with all that was offered.
pub(super) fn choose<'a>(
    streams: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> Result<(usize, Coding), RtspFault> {
    streams
        .clone()
        .enumerate()
        .find_map(|(index, (media, encoding))| {
            let coding = match (media, encoding) {
                ("video", "h264") => Coding::H264,
                ("video", "jpeg") => Coding::Jpeg,
                _ => return None,
            };
            Some((index, coding))
        })
        .ok_or_else(|| RtspFault::Unsupported { offered: offered(streams) })
}

/// Names from the camera, shortened and without what would spoil a line.
fn offered<'a>(streams: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let names: Vec<_> = streams.map(|(media, encoding)| format!("{media}/{encoding}")).collect();
    names.join(", ").chars().filter(|letter| !letter.is_control()).take(OFFERED_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(streams: &[(&str, &str)]) -> Result<(usize, Coding), RtspFault> {
        choose(streams.iter().copied())
    }

    #[test]
    fn the_first_video_that_can_be_read_is_chosen() {
        assert_eq!(chosen(&[("video", "h264"), ("video", "jpeg")]), Ok((0, Coding::H264)));
        assert_eq!(
            chosen(&[("audio", "aac"), ("video", "h265"), ("video", "jpeg")]),
            Ok((2, Coding::Jpeg))
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let unsupported =
            |offered: &str| Err(RtspFault::Unsupported { offered: offered.to_owned() });
        assert_eq!(
            chosen(&[("video", "h265"), ("audio", "aac")]),
            unsupported("video/h265, audio/aac")
        );
        assert_eq!(chosen(&[("application", "h264")]), unsupported("application/h264"));
    }
}
