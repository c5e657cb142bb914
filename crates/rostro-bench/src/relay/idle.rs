//! Many sockets that are joined and say nothing; then they do not even answer pings.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::client::Client;
use super::folder::Folder;
use super::program::{Launch, free_port};
use super::websocket::WebSocket;
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed};

/// How often each socket is looked after: a ping wants its answer within 20 s.
const TEND_EVERY: Duration = Duration::from_secs(1);
/// A ping every 25 s, and 20 s for its answer; and a while to look.
const CUT_WITHIN: Duration = Duration::from_secs(60);
/// What ten thousand may take.
const MEMORY_MAX_MB: f64 = 1000.0;

/// Joins `sockets`, and keeps them for so long, answering pings and nothing else.
///
/// # Errors
/// The relay does not start, or takes no socket.
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
pub(super) fn idle(sockets: usize, lasting: Duration, speed: &mut Speed) -> Result<()> {
    let folder = Folder::make("chaos-idle")?;
    let relay = Launch::on(folder.path(), free_port()?).start()?;
    let port = relay.port();
    let megabytes = || relay.resident_bytes().unwrap_or_default() as f64 / 1e6;
    let before = megabytes();
    let begun = Instant::now();
    let mut joined = Vec::with_capacity(sockets);
    for _ in 0..sockets {
        joined.push(WebSocket::join(port)?);
    }
    let joining = begun.elapsed();
    let begun = Instant::now();
    let mut most = 0.0_f64;
    while begun.elapsed() < lasting {
        let round = Instant::now();
        joined.retain_mut(|socket| socket.tend().is_ok());
        most = most.max(megabytes());
        std::thread::sleep(TEND_EVERY.saturating_sub(round.elapsed()));
    }
    let kept = joined.len();
    let begun = Instant::now();
    while !joined.is_empty() && begun.elapsed() < CUT_WITHIN {
        joined.retain_mut(|socket| !socket.is_closed());
        std::thread::sleep(TEND_EVERY);
    }
    let cut = begun.elapsed();
    ensure!(Client::new(port).get("/v1/health")? == 200, "the relay is not well");
    let figures = [
        Figure::new(
            format!("of {sockets} idle sockets, still joined"),
            kept as f64,
            "",
            Goal::AtLeast(sockets as f64),
        ),
        Figure::new(
            format!("of {sockets} sockets that answer no ping any more, still open after a minute"),
            joined.len() as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            format!("memory with {sockets} idle sockets"),
            most,
            "MB",
            Goal::AtMost(MEMORY_MAX_MB),
        ),
    ];
    speed.figures.extend(figures);
    let rows = vec![
        ("joining all, s".to_owned(), vec![joining.as_secs_f64()]),
        ("kept for, s".to_owned(), vec![lasting.as_secs_f64()]),
        ("memory before, MB".to_owned(), vec![before]),
        ("the last cut off without its pongs after, s".to_owned(), vec![cut.as_secs_f64()]),
    ];
    speed.lists.push(List { name: "Idle sockets".to_owned(), columns: vec![""], rows });
    relay.kill()
}
