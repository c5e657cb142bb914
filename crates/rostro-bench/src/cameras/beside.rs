//! Cameras beside those who want more than their share: a client that floods, and a camera of 4K.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::FPS;
use super::many::{Got, add, watch};
use super::reel::Reel;
use super::sender::{Manner, Sender};
use super::site::Site;
use crate::relay::client::Client;
use crate::relay::kills::Over;
use crate::relay::websocket::WebSocket;
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed, quantile};

const CAMERAS: usize = 4;
/// Connections of the client that floods: more than one client may have pictures waiting, so that some are refused.
const FLOOD: usize = 24;
/// Of the good client, from one picture to the next.
const GOOD_EVERY: Duration = Duration::from_millis(200);
/// What a camera gets beside a flood or a large one, and what a good client waits.
const LOOKS_AT_LEAST: f64 = 5.0;
const GOOD_AT_MOST_MS: f64 = 500.0;
/// What 4K is.
pub(super) const LARGE: (u32, u32) = (3840, 2160);
const LARGE_PICTURES: u32 = 8;

/// Four cameras, alone and beside a client that floods; a good client each time.
///
/// # Errors
/// The relay does not start, or refuses the good client.
pub(super) fn flooded(reel: &Arc<Reel>, lasting: Duration, speed: &mut Speed) -> Result<()> {
    let site = Site::open("bench-cameras-flood", "1")?;
    let senders = senders(reel)?;
    let ids = add(&site, &senders, "camera")?;
    let mut rows = Vec::new();
    for is_flooded in [false, true] {
        eprintln!("  {CAMERAS} cameras{}", if is_flooded { " beside a flood" } else { "" });
        let (got, good_ms, answered) = beside_clients(&site, &ids, &senders, lasting, is_flooded)?;
        let good = |share| quantile(&good_ms, share).unwrap_or(f64::NAN);
        let name = if is_flooded { "beside a flood" } else { "no flood" };
        rows.push((
            name.to_owned(),
            vec![
                got.least_looks(),
                quantile(&got.event_ms, 0.95).unwrap_or(f64::NAN),
                good(0.5),
                good(0.99),
                answered,
                100.0 * got.processors,
                got.resident_mb,
            ],
        ));
        if is_flooded {
            let name =
                format!("{CAMERAS} cameras beside a flood: looks a second of each, at least");
            let goal = Goal::AtLeast(LOOKS_AT_LEAST);
            speed.figures.push(Figure::new(name, got.least_looks(), "", goal));
            let name = "a good client beside a flood and cameras: 99 of 100 answers within";
            speed.figures.push(Figure::new(name, good(0.99), "ms", Goal::AtMost(GOOD_AT_MOST_MS)));
        }
    }
    let columns = vec![
        "looks a second of a camera, the least",
        "frame to event, 95 of 100, ms",
        "good client, median ms",
        "99 of 100, ms",
        "pictures of the flood answered a second",
        "CPU, % of a core",
        "memory, MB",
    ];
    let name = format!("{CAMERAS} cameras of 640×480, a good client, and a flood");
    speed.lists.push(List { name, columns, rows });
    Ok(())
}

/// Four small cameras, alone and beside a large one.
///
/// # Errors
/// The relay does not start, or a camera does not get live.
pub(super) fn large(reel: &Arc<Reel>, lasting: Duration, speed: &mut Speed) -> Result<()> {
    let site = Site::open("bench-cameras-large", "1")?;
    let mut senders = senders(reel)?;
    let mut ids = add(&site, &senders, "camera")?;
    eprintln!("  {CAMERAS} cameras without a large one");
    let alone = watch(&site, &ids, &senders, lasting)?;
    eprintln!("  {CAMERAS} cameras beside one of 4K");
    let large = Arc::new(Reel::of_one(LARGE.0, LARGE.1, LARGE_PICTURES)?);
    let sender = Sender::start(&large, FPS, Manner::Good, 0)?;
    site.add("large", &sender.url())?;
    ids.push("large".to_owned());
    senders.push(sender);
    let beside = watch(&site, &ids, &senders, lasting)?;
    let small = beside.looks[..CAMERAS].iter().copied().fold(f64::INFINITY, f64::min);
    let name = format!("{CAMERAS} cameras beside one of 4K: looks a second of each, at least");
    speed.figures.push(Figure::new(name, small, "", Goal::AtLeast(LOOKS_AT_LEAST)));
    let row = |got: &Got, small: f64, large: f64| {
        vec![small, large, 100.0 * got.processors, got.resident_mb]
    };
    let rows = vec![
        ("alone".to_owned(), row(&alone, alone.least_looks(), f64::NAN)),
        ("beside one of 4K".to_owned(), row(&beside, small, beside.looks[CAMERAS])),
    ];
    let columns = vec![
        "looks a second of a small one, the least",
        "of the large one",
        "CPU, % of a core",
        "memory, MB",
    ];
    let name = format!("{CAMERAS} cameras of 640×480, and one of 3840×2160");
    speed.lists.push(List { name, columns, rows });
    Ok(())
}

fn senders(reel: &Arc<Reel>) -> Result<Vec<Sender>> {
    let senders = (0..CAMERAS).map(|number| Sender::start(reel, FPS, Manner::Good, number));
    Ok(senders.collect::<Result<_, _>>()?)
}

/// What the cameras got, the milliseconds of the good client's answers, and the flood's answers a second.
fn beside_clients(
    site: &Site,
    ids: &[String],
    senders: &[Sender],
    lasting: Duration,
    is_flooded: bool,
) -> Result<(Got, Vec<f64>, f64)> {
    let (port, is_over) = (site.port(), AtomicBool::new(false));
    let answered = AtomicU32::new(0);
    let picture = STANDARD.encode(Reel::of_one(640, 480, 1)?.jpeg(0));
    let begun = Instant::now();
    let (got, good_ms) = std::thread::scope(|scope| -> Result<_> {
        let over = Over(&is_over);
        for _ in 0..if is_flooded { FLOOD } else { 0 } {
            scope.spawn(|| flood(port, &picture, &answered, &is_over));
        }
        let good = scope.spawn(|| good_client(port, &picture, &is_over));
        let got = watch(site, ids, senders, lasting)?;
        drop(over);
        Ok((got, good.join().ok().context("the good client panicked")??))
    })?;
    let answered = f64::from(answered.into_inner()) / begun.elapsed().as_secs_f64();
    Ok((got, good_ms, answered))
}

/// Sends pictures as fast as they are answered; whatever the answer is.
fn flood(port: u16, picture: &str, answered: &AtomicU32, is_over: &AtomicBool) {
    let mut client = Client::new(port);
    let body = format!(
        r#"{{"image":"data:image/jpeg;base64,{picture}","timestamp":"2026-01-01T00:00:00Z"}}"#
    );
    while !is_over.load(Ordering::Relaxed) {
        if let Ok(200) = client.post("/webrtc/face/", &body) {
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Sends a picture now and then; the milliseconds of the answers.
fn good_client(port: u16, picture: &str, is_over: &AtomicBool) -> Result<Vec<f64>> {
    let mut socket = WebSocket::join(port)?;
    let mut ms = Vec::new();
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let sent = Instant::now();
        socket.send(&format!(
            r#"421["process_frame",{{"image":"data:image/jpeg;base64,{picture}","frame_id":{number}}}]"#
        ))?;
        let answer = socket.wait_for("431")?;
        ensure!(answer.contains("reconocido"), "a good client is refused: {answer}");
        ms.push(sent.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(GOOD_EVERY.saturating_sub(sent.elapsed()));
    }
    Ok(ms)
}
