//! Reading from a real server: GStreamer's, by `server/tests/cameras/rtsp_server.py`. Those tests are left out unless
//! `ROSTRO_CAMERA_SENDERS` names the Python that has what the script needs.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::*;
use crate::config::Secret;
use clip::Clip;
use sender::{Sender, python};

mod clip;
mod lossy;
mod picture;
mod sender;

const LIMITS: Limits = Limits {
    answer: Duration::from_secs(20),
    silence: Duration::from_secs(20),
    undecoded: Duration::from_secs(20),
    frame_max_px: 2_000_000,
};

/// Within which it is noticed that a camera is gone.
const NOTICED: Duration = Duration::from_secs(5);

fn target(url: &str) -> RtspTarget {
    RtspTarget { url: Url::parse(url).unwrap(), login: None, transport: RtspTransport::Auto }
}

fn login(user: &str, password: &str) -> Option<Login> {
    Some(Login { user: user.to_owned(), password: Secret::new(password.to_owned()) })
}

/// Some pictures of a camera, one after the other.
async fn pictures(
    target: &RtspTarget,
    limits: &Limits,
    count: usize,
) -> Result<Vec<picture::Picture>, RtspFault> {
    let frames = Newest::default();
    let taken = async {
        let mut taken = Vec::new();
        while taken.len() < count {
            taken.push(picture::Picture::of(frames.take().await));
        }
        taken
    };
    tokio::select! {
        fault = read(target, limits, &frames) => Err(fault),
        taken = taken => Ok(taken),
    }
}

async fn fault(target: &RtspTarget, limits: &Limits) -> RtspFault {
    read(target, limits, &Newest::default()).await
}

#[tokio::test]
async fn both_codings_come_over_both_transports_with_each_login() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    for codec in ["h264", "mjpeg"] {
        for asked in ["none", "basic", "digest"] {
            let sender = Sender::start(&python, &clip, &["--codec", codec, "--login", asked]);
            for transport in [RtspTransport::Tcp, RtspTransport::Udp] {
                let login = if asked == "none" { None } else { Sender::login() };
                let target = RtspTarget { login, transport, ..target(&sender.url) };
                let pictures = pictures(&target, &LIMITS, 5)
                    .await
                    .unwrap_or_else(|fault| panic!("{codec} {asked} {transport:?}: {fault}"));
                for picture in pictures {
                    clip.assert_shows(&picture, &format!("{codec} {asked} {transport:?}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn wrong_logins_and_paths_are_told_apart() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    for asked in ["basic", "digest"] {
        let sender = Sender::start(&python, &clip, &["--login", asked]);
        let of = async |login| fault(&RtspTarget { login, ..target(&sender.url) }, &LIMITS).await;
        assert_eq!(of(None).await, RtspFault::LoginNeeded, "{asked}");
        assert_eq!(of(login("camera", "guess")).await, RtspFault::LoginRefused, "{asked}");
        assert_eq!(of(login("nobody", "")).await, RtspFault::LoginRefused, "{asked}");
    }
    let sender = Sender::start(&python, &clip, &[]);
    let elsewhere = target(&sender.url.replace("/camera", "/other"));
    assert_eq!(fault(&elsewhere, &LIMITS).await, RtspFault::NoSuchStream);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_sound_is_passed_over() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    for codec in ["h265", "vp8"] {
        let sender = Sender::start(&python, &clip, &["--codec", codec, "--audio"]);
        let offered = format!("audio/pcma, video/{codec}");
        assert_eq!(fault(&target(&sender.url), &LIMITS).await, RtspFault::Unsupported { offered });
    }
    let sender = Sender::start(&python, &clip, &["--codec", "h264", "--audio"]);
    for picture in pictures(&target(&sender.url), &LIMITS, 2).await.unwrap() {
        clip.assert_shows(&picture, "with sound");
    }
}

#[tokio::test]
async fn a_camera_that_sends_one_way_only_is_asked_for_the_other() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    for (offered, refused, name) in
        [("udp", RtspTransport::Tcp, "TCP"), ("tcp", RtspTransport::Udp, "UDP")]
    {
        let sender = Sender::start(&python, &clip, &["--transport", offered]);
        for picture in pictures(&target(&sender.url), &LIMITS, 2).await.unwrap() {
            clip.assert_shows(&picture, offered);
        }
        let target = RtspTarget { transport: refused, ..target(&sender.url) };
        assert_eq!(fault(&target, &LIMITS).await, RtspFault::TransportRefused { transport: name });
    }
}

#[tokio::test]
async fn a_camera_that_goes_away_or_hangs_is_noticed() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    let limits = Limits { silence: Duration::from_secs(2), ..LIMITS };
    for transport in [RtspTransport::Tcp, RtspTransport::Udp] {
        for hangs in [false, true] {
            let mut sender = Sender::start(&python, &clip, &[]);
            let target = RtspTarget { transport, ..target(&sender.url) };
            let frames = Newest::default();
            let reading = read(&target, &LIMITS, &frames);
            let reading =
                async { if hangs { read(&target, &limits, &frames).await } else { reading.await } };
            let mut reading = std::pin::pin!(reading);
            tokio::select! {
                fault = &mut reading => panic!("{transport:?}: {fault}"),
                _ = frames.take() => {}
            }
            if hangs {
                sender.hang()
            } else {
                sender.end()
            }
            let gone = Instant::now();
            let fault = reading.await;
            assert!(gone.elapsed() < NOTICED, "{transport:?}: {fault} after {:?}", gone.elapsed());
            let is_fit = match fault {
                RtspFault::Silent { .. } => hangs,
                RtspFault::Ended | RtspFault::Broken { .. } => !hangs,
                _ => false,
            };
            assert!(is_fit, "{transport:?}, hangs: {hangs}: {fault}");
        }
    }
}

#[tokio::test]
async fn lost_packets_cost_pictures_and_spoil_none() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    let sender = Sender::start(&python, &clip, &["--gop", "4", "--kbps", "800"]);
    for every in [37, 60, 150] {
        let target = target(&lossy::line(&sender.url, every).await);
        for picture in pictures(&target, &LIMITS, 8).await.unwrap() {
            clip.assert_shows(&picture, &format!("every packet of {every} is lost"));
        }
    }
}

#[tokio::test]
async fn pictures_over_the_limit_are_refused_before_they_are_decoded() {
    let Some(python) = python() else { return };
    let clip = Clip::new();
    let limits = Limits { frame_max_px: 640 * 480 - 1, ..LIMITS };
    for codec in ["h264", "mjpeg"] {
        let sender = Sender::start(&python, &clip, &["--codec", codec]);
        assert_eq!(
            fault(&target(&sender.url), &limits).await,
            RtspFault::TooLarge { width: 640, height: 480, max_px: limits.frame_max_px }
        );
    }
}

#[tokio::test]
async fn only_rtsp_is_spoken() {
    let fault = fault(&target("rtsps://127.0.0.1/camera"), &LIMITS).await;
    assert_eq!(fault, RtspFault::Scheme { scheme: "rtsps".to_owned() });
}

#[tokio::test]
async fn nobody_and_somebody_who_is_silent_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = target(&format!("rtsp://{}/camera", listener.local_addr().unwrap()));
    let limits = Limits { answer: Duration::from_millis(200), ..LIMITS };
    let want = RtspFault::Timeout { request: "DESCRIBE", after: limits.answer };
    assert_eq!(fault(&target, &limits).await, want);
    drop(listener);
    let fault = fault(&target, &LIMITS).await;
    assert!(matches!(fault, RtspFault::Unreachable { .. }), "{fault}");
    assert!(fault.to_string().starts_with("no camera answers there: "), "{fault}");
}

/// What becomes of one who answers the first request with `answer`.
async fn answered(answer: &str) -> RtspFault {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = target(&format!("rtsp://{}/camera", listener.local_addr().unwrap()));
    // As a task, which a camera's worker will be.
    let reading = tokio::spawn(async move { fault(&target, &LIMITS).await });
    let (mut connection, _) = listener.accept().await.unwrap();
    connection.write_all(answer.as_bytes()).await.unwrap();
    reading.await.unwrap()
}

fn described(sdp: &str) -> String {
    let length = sdp.len();
    format!(
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
    )
}

#[tokio::test]
async fn something_else_than_a_camera_is_said_to_be_none() {
    let fault = answered("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    assert!(matches!(fault, RtspFault::Unreachable { .. }), "{fault}");
}

#[tokio::test]
async fn a_description_that_makes_no_sense_is_a_fault_of_the_camera() {
    const SESSION: &str = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\n";
    for medium in
        ["", "m=video 0 RTP/AVP \r\n", "m=video 0 RTP/AVP  \r\n", "m=video 0 RTP/AVP 300\r\n"]
    {
        let fault = answered(&described(&format!("{SESSION}{medium}"))).await;
        assert!(matches!(fault, RtspFault::Broken { .. }), "{medium}: {fault}");
    }
}

#[test]
fn a_login_is_not_shown() {
    let target = RtspTarget { login: login("camera", "hush-hush"), ..target("rtsp://127.0.0.1/") };
    assert!(!format!("{target:?}").contains("hush"), "{target:?}");
}
