//! Who is told of what cameras see, and how soon.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::sender::Sender;
use crate::relay::websocket::WebSocket;

/// How an event begins on the wire of Socket.IO.
const EVENT: &str = r#"42["event","#;

/// An event, and when it came.
pub(super) struct Told {
    at: Instant,
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    id: i64,
    camera_id: Option<String>,
}

/// Takes in events until it is over.
///
/// # Errors
/// The relay takes no socket.
pub(super) fn listen(port: u16, is_over: &AtomicBool) -> Result<Vec<Told>> {
    let mut socket = WebSocket::join(port)?;
    let mut told = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let packet = match socket.wait_for(EVENT) {
            Ok(packet) => packet,
            Err(error) if is_timeout(&error) => continue,
            Err(error) => return Err(error).context("events are not told any more"),
        };
        let at = Instant::now();
        let event = packet[EVENT.len()..].strip_suffix(']').context("an event without its end")?;
        told.push(Told { at, event: serde_json::from_str(event)? });
    }
    Ok(told)
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock)
}

/// From a picture's sending to its event, in milliseconds: of the cameras `ids`, which `senders` are in the same order.
///
/// # Errors
/// The relay's file cannot be read.
pub(super) fn latencies_ms(
    store: &Path,
    told: &[Told],
    ids: &[String],
    senders: &[Sender],
) -> Result<Vec<f64>> {
    let conn = rusqlite::Connection::open(store)?;
    let mut digest_of = conn.prepare(
        "SELECT digest FROM capture JOIN event ON capture.id = event.capture_id WHERE event.id = ?1",
    )?;
    let mut ms = Vec::new();
    for Told { at, event } in told {
        let by_name = |id: &String| Some(id) == event.camera_id.as_ref();
        let Some(camera) = ids.iter().position(by_name) else { continue };
        let digest: Vec<u8> = digest_of.query_row([event.id], |row| row.get(0))?;
        ms.extend(senders[camera].sent_before(&digest, *at).map(|ago| ago.as_secs_f64() * 1e3));
    }
    Ok(ms)
}
