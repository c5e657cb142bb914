//! From a camera that plays to the newest frame, until that ends.

use std::time::Instant;

use axum::body::Bytes;
use tokio::time::timeout;

use super::backlog::Coded;
use super::decoder::DecoderThread;
use super::fault::reason;
use super::offer::Coding;
use super::session::{Sent, Session};
use super::{Limits, RtspFault};
use crate::cameras::newest::{Newest, RawFrame};

/// Passes frames on until that ends, and says why it did.
pub(super) async fn run(session: Session, limits: &Limits, frames: &Newest) -> RtspFault {
    let ended = match session.coding() {
        Coding::Jpeg => pass_jpeg(session, limits, frames).await,
        Coding::H264 => decode_h264(session, limits, frames).await,
    };
    match ended {
        Err(fault) => fault,
    }
}

/// What goes on until it fails.
type UntilFault = Result<std::convert::Infallible, RtspFault>;

async fn pass_jpeg(mut session: Session, limits: &Limits, frames: &Newest) -> UntilFault {
    loop {
        let sent = next(&mut session, limits).await?;
        if let Some((0, _) | (_, 0)) = session.size() {
            return Err(RtspFault::UnsizedJpeg);
        }
        frames.put(RawFrame::Jpeg(Bytes::from(sent.frame.into_data())));
    }
}

async fn decode_h264(mut session: Session, limits: &Limits, frames: &Newest) -> UntilFault {
    let mut decoder = DecoderThread::start(frames.clone(), limits.frame_max_px)
        .map_err(|error| RtspFault::Broken { reason: reason(&error) })?;
    let mut progress = Progress { decoded: 0, since: Instant::now() };
    loop {
        let sent = next(&mut session, limits).await?;
        if sent.after_gap {
            decoder.gap();
        }
        let is_key = sent.frame.is_random_access_point();
        decoder
            .push(Coded { bytes: sent.frame.into_data(), is_key })
            .map_err(|_| RtspFault::Broken { reason: "the decoder failed".to_owned() })?;
        progress.check(decoder.decoded(), limits)?;
    }
}

/// The next frame, if it comes in time and is of a size that is taken.
async fn next(session: &mut Session, limits: &Limits) -> Result<Sent, RtspFault> {
    let sent = timeout(limits.silence, session.next())
        .await
        .map_err(|_| RtspFault::Silent { after: limits.silence })??;
    match session.size() {
        Some((width, height)) if u64::from(width) * u64::from(height) > limits.frame_max_px => {
            Err(RtspFault::TooLarge { width, height, max_px: limits.frame_max_px })
        }
        _ => Ok(sent),
    }
}

/// When pictures were last seen to come out of the decoder.
struct Progress {
    decoded: u64,
    since: Instant,
}

impl Progress {
    fn check(&mut self, decoded: u64, limits: &Limits) -> Result<(), RtspFault> {
        if decoded != self.decoded {
            *self = Self { decoded, since: Instant::now() };
        } else if self.since.elapsed() > limits.undecoded {
            return Err(RtspFault::Undecodable { after: limits.undecoded });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn frames_without_pictures_are_borne_for_a_while() {
        let after = Duration::from_secs(20);
        let limits =
            Limits { answer: after, silence: after, undecoded: after, frame_max_px: 1_000_000 };
        let ago = |time| Instant::now().checked_sub(time).unwrap();
        let mut progress = Progress { decoded: 3, since: ago(after / 2) };
        assert_eq!(progress.check(3, &limits), Ok(()));
        progress.since = ago(after * 2);
        assert_eq!(progress.check(3, &limits), Err(RtspFault::Undecodable { after }));
        assert_eq!(progress.check(4, &limits), Ok(()));
        assert_eq!(progress.check(4, &limits), Ok(()));
    }
}
