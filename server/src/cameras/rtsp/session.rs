//! The conversation with a camera, up to whole frames.

use std::time::Duration;

use futures_util::StreamExt as _;
use retina::Error;
use retina::client::{
    Credentials, Demuxed, Described, PlayOptions, Session as Connection, SessionOptions,
    SetupOptions, TcpTransportOptions, TeardownPolicy, Transport, UdpTransportOptions,
};
use retina::codec::{CodecItem, FrameFormat, ParametersRef, VideoFrame};
use tokio::time::timeout;

use super::fault::reason;
use super::offer::{Coding, choose};
use super::{Limits, Login, RtspFault, RtspTarget, RtspTransport};

const UNAUTHORIZED: u16 = 401;
const FORBIDDEN: u16 = 403;
const NOT_FOUND: u16 = 404;
const UNSUPPORTED_TRANSPORT: u16 = 461;

/// Bad packets in a row, without a whole frame between them, that are put up with. Chosen so that a burst of loss over
/// UDP ends within it: a frame of 1080p has about as many packets.
const BAD_PACKETS_MAX: u32 = 200;

/// A camera that plays.
pub(super) struct Session {
    connection: Demuxed,
    stream: usize,
    coding: Coding,
}

/// What a camera sent.
pub(super) struct Sent {
    /// The frame.
    pub(super) frame: VideoFrame,
    /// Whether something before it is missing.
    pub(super) after_gap: bool,
}

/// Connects, and has the camera play the first video that can be read.
///
/// # Errors
/// [`RtspFault`].
pub(super) async fn open(target: &RtspTarget, limits: &Limits) -> Result<Session, RtspFault> {
    if target.url.scheme() != "rtsp" {
        return Err(RtspFault::Scheme { scheme: target.url.scheme().to_owned() });
    }
    let refusals = Refusals { has_login: target.login.is_some() };
    let describe = Connection::describe(target.url.clone(), options(target.login.as_ref()));
    let mut connection = within(limits.answer, "DESCRIBE", describe)
        .await?
        .map_err(|error| refusals.of_describe(&error))?;
    let (stream, coding) =
        choose(connection.streams().iter().map(|stream| (stream.media(), stream.encoding_name())))?;
    set_up(&mut connection, stream, target.transport, limits, &refusals).await?;
    let connection = within(limits.answer, "PLAY", connection.play(PlayOptions::default()))
        .await?
        .and_then(Connection::demuxed)
        .map_err(|error| refusals.of("PLAY", &error))?;
    Ok(Session { connection, stream, coding })
}

impl Session {
    /// How frames are coded.
    pub(super) fn coding(&self) -> Coding {
        self.coding
    }

    /// Width and height of the pictures, as far as the camera has said.
    pub(super) fn size(&self) -> Option<(u32, u32)> {
        match self.connection.streams().get(self.stream)?.parameters()? {
            ParametersRef::Video(video) => {
                Some(decoded_size(video.pixel_dimensions(), video.coded_pixel_dimensions()))
            }
            _ => None,
        }
    }

    /// The next whole frame. Packets that make no sense are left out, as long as they are not too many.
    ///
    /// # Errors
    /// [`RtspFault::Ended`], [`RtspFault::Broken`].
    pub(super) async fn next(&mut self) -> Result<Sent, RtspFault> {
        let mut bad = 0;
        let mut first = None;
        loop {
            match self.connection.next().await {
                Some(Ok(CodecItem::VideoFrame(frame))) => {
                    let after_gap = bad > 0 || frame.loss() > 0;
                    return Ok(Sent { frame, after_gap });
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    bad += 1;
                    let first = first.get_or_insert_with(|| reason(&error));
                    if bad > BAD_PACKETS_MAX {
                        return Err(RtspFault::Broken { reason: std::mem::take(first) });
                    }
                }
                None => {
                    return Err(
                        first.map_or(RtspFault::Ended, |reason| RtspFault::Broken { reason })
                    );
                }
            }
        }
    }
}

/// What is to be reckoned with: the size that is seen, or the one that is coded, where much of that is cut off.
/// Pictures are coded in blocks of 16 pixels, or pairs of them, and most are no multiple of it.
fn decoded_size(seen: (u32, u32), coded: (u32, u32)) -> (u32, u32) {
    const CUT_OFF_PX: u32 = 32;
    let is_cut = |seen: u32, coded: u32| coded.saturating_sub(seen) >= CUT_OFF_PX;
    if is_cut(seen.0, coded.0) || is_cut(seen.1, coded.1) { coded } else { seen }
}

/// The session is never torn down by a request. Closing the connection ends it, while the library would go on asking
/// from a task of its own, for as long as the camera says, at whatever address the camera gave as its base.
fn options(login: Option<&Login>) -> SessionOptions {
    let credentials = login.map(|login| Credentials {
        username: login.user.clone(),
        password: login.password.as_ref().map_or("", |password| password.expose()).to_owned(),
    });
    SessionOptions::default()
        .creds(credentials)
        .teardown(TeardownPolicy::Never)
        .user_agent("rostro".to_owned())
}

/// Sets the stream up the way that is asked for.
async fn set_up(
    connection: &mut Connection<Described>,
    stream: usize,
    transport: RtspTransport,
    limits: &Limits,
    refusals: &Refusals,
) -> Result<(), RtspFault> {
    let ways: &[Way] = match transport {
        RtspTransport::Auto => &[Way::Tcp, Way::Udp],
        RtspTransport::Tcp => &[Way::Tcp],
        RtspTransport::Udp => &[Way::Udp],
    };
    let mut refused = RtspFault::TransportRefused { transport: "TCP" };
    for way in ways {
        let options =
            SetupOptions::default().transport(way.transport()).frame_format(FrameFormat::SIMPLE);
        match within(limits.answer, "SETUP", connection.setup(stream, options)).await? {
            Ok(()) => return Ok(()),
            Err(error) if error.status_code() == Some(UNSUPPORTED_TRANSPORT) => {
                refused = RtspFault::TransportRefused { transport: way.name() };
            }
            Err(error) => return Err(refusals.of("SETUP", &error)),
        }
    }
    Err(refused)
}

/// One way for frames to travel.
#[derive(Clone, Copy)]
enum Way {
    Tcp,
    Udp,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }

    fn transport(self) -> Transport {
        match self {
            Self::Tcp => Transport::Tcp(TcpTransportOptions::default()),
            Self::Udp => Transport::Udp(UdpTransportOptions::default()),
        }
    }
}

/// What a request comes to, if it does in time.
async fn within<T>(
    limit: Duration,
    request: &'static str,
    answer: impl Future<Output = T>,
) -> Result<T, RtspFault> {
    timeout(limit, answer).await.map_err(|_| RtspFault::Timeout { request, after: limit })
}

/// What a camera's refusals mean.
struct Refusals {
    has_login: bool,
}

impl Refusals {
    /// Before the camera was described, an error without a status means that there is no camera.
    fn of_describe(&self, error: &Error) -> RtspFault {
        match error.status_code() {
            // Described, and not in a way that can be understood.
            Some(200) => RtspFault::Broken { reason: reason(error) },
            Some(status) => self.of_status("DESCRIBE", status),
            None => RtspFault::Unreachable { reason: reason(error) },
        }
    }

    fn of(&self, request: &'static str, error: &Error) -> RtspFault {
        match error.status_code() {
            Some(200) | None => RtspFault::Broken { reason: reason(error) },
            Some(status) => self.of_status(request, status),
        }
    }

    fn of_status(&self, request: &'static str, status: u16) -> RtspFault {
        match status {
            UNAUTHORIZED | FORBIDDEN if self.has_login => RtspFault::LoginRefused,
            UNAUTHORIZED => RtspFault::LoginNeeded,
            FORBIDDEN => RtspFault::LoginRefused,
            NOT_FOUND => RtspFault::NoSuchStream,
            status => RtspFault::Refused { request, status },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_counts_where_it_is_much() {
        for (seen, coded, want) in [
            ((1920, 1080), (1920, 1088), (1920, 1080)),
            ((640, 480), (640, 480), (640, 480)),
            ((16, 16), (4096, 2304), (4096, 2304)),
            ((1920, 16), (1920, 1088), (1920, 1088)),
        ] {
            assert_eq!(decoded_size(seen, coded), want);
        }
    }
}
