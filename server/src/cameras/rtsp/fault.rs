//! Why reading a camera ended.

use std::time::Duration;

/// Longest part of a library's text that is passed on, in characters.
const REASON_MAX: usize = 200;

/// Why reading a camera ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RtspFault {
    /// Not an address of RTSP that can be read.
    #[error("expected an address that begins with rtsp://, not {scheme}://")]
    Scheme {
        /// What it begins with; `rtsps` would be RTSP over TLS.
        scheme: String,
    },
    /// Nobody answers, or something else than a camera.
    #[error("no camera answers there: {reason}")]
    Unreachable {
        /// What went wrong.
        reason: String,
    },
    /// An answer did not come in time.
    #[error("the camera gave no answer to {request} within {} s", .after.as_secs())]
    Timeout {
        /// What it was asked.
        request: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The camera asks for a user and a password, and there are none.
    #[error("the camera asks for a user and a password")]
    LoginNeeded,
    /// The camera does not take them.
    #[error("the camera refuses the user or the password")]
    LoginRefused,
    /// The address has no stream.
    #[error("the camera has no stream at this path")]
    NoSuchStream,
    /// There is no video, or none that can be decoded.
    #[error("expected video/h264 or video/jpeg; the camera offers {offered}")]
    Unsupported {
        /// Every stream that it offers: `video/h265, audio/aac`.
        offered: String,
    },
    /// The camera cannot send frames the way that was asked for.
    #[error("the camera does not send over {transport}")]
    TransportRefused {
        /// `TCP` or `UDP`.
        transport: &'static str,
    },
    /// Another answer than the one hoped for.
    #[error("the camera answers {request} with status {status}")]
    Refused {
        /// What it was asked.
        request: &'static str,
        /// RTSP's status, much like that of HTTP.
        status: u16,
    },
    /// The pictures are larger than is taken.
    #[error("pictures of {width}x{height} pixels are too large: at most {max_px} pixels are taken")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The largest area that is taken, in pixels.
        max_px: u64,
    },
    /// The camera sends JPEG pictures larger than RTP has numbers for.
    #[error(
        "the camera sends JPEG pictures of more than 2040 pixels a side, which RTP has no numbers for"
    )]
    UnsizedJpeg,
    /// The connection stands, and nothing comes.
    #[error("the camera sent no frame for {} s", .after.as_secs())]
    Silent {
        /// How long was waited.
        after: Duration,
    },
    /// Frames come, and none can be decoded.
    #[error("nothing that the camera sent could be decoded for {} s", .after.as_secs())]
    Undecodable {
        /// For how long.
        after: Duration,
    },
    /// The connection broke, or what comes over it is no RTSP.
    #[error("the stream broke off: {reason}")]
    Broken {
        /// What went wrong.
        reason: String,
    },
    /// The camera closed the connection.
    #[error("the camera ended the stream")]
    Ended,
}

/// What `error` says in its first line, fit for a sentence: further lines describe the connection.
pub(super) fn reason(error: &impl ToString) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default().trim().trim_end_matches(['.', ':']);
    let mut letters = line.chars().filter(|letter| !letter.is_control());
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).take(REASON_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_the_first_line_without_capital_and_full_stop() {
        for (text, want) in [
            ("Timeout", "timeout"),
            ("Unable to read: gone.\n\nconn: 1.2.3.4", "unable to read: gone"),
            ("", ""),
            ("a\u{1b}[31mb", "a[31mb"),
        ] {
            assert_eq!(reason(&text), want);
        }
        assert_eq!(reason(&"é".repeat(500)).chars().count(), REASON_MAX);
    }

    #[test]
    fn the_texts_are_sentences_for_an_operator() {
        let after = Duration::from_secs(10);
        let texts = [
            RtspFault::Scheme { scheme: "rtsps".to_owned() },
            RtspFault::Timeout { request: "DESCRIBE", after },
            RtspFault::Unsupported { offered: "video/h265, audio/aac".to_owned() },
            RtspFault::TransportRefused { transport: "TCP" },
            RtspFault::Refused { request: "PLAY", status: 503 },
            RtspFault::TooLarge { width: 7680, height: 4320, max_px: 9_000_000 },
            RtspFault::Silent { after },
        ]
        .map(|fault| fault.to_string());
        assert_eq!(
            texts,
            [
                "expected an address that begins with rtsp://, not rtsps://",
                "the camera gave no answer to DESCRIBE within 10 s",
                "expected video/h264 or video/jpeg; the camera offers video/h265, audio/aac",
                "the camera does not send over TCP",
                "the camera answers PLAY with status 503",
                "pictures of 7680x4320 pixels are too large: at most 9000000 pixels are taken",
                "the camera sent no frame for 10 s",
            ]
        );
    }
}
