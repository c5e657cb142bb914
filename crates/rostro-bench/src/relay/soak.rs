//! Everything at a modest pace, for long: does the relay grow?

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::cameras::People;
use super::client::Client;
use super::folder::Folder;
use super::growth::{self, Grown};
use super::kills::Over;
use super::program::{Launch, free_port};
use super::reports::{Numbers, id, report};
use super::websocket::WebSocket;
use crate::speed::{List, Speed};

/// Clients that report over REST, each so often.
const REPORTERS: u16 = 4;
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Sockets that send frames, each so often.
const SOCKETS: u16 = 2;
const FRAME_EVERY: Duration = Duration::from_millis(500);
const READ_EVERY: Duration = Duration::from_millis(250);
const READS: [&str; 4] =
    ["/v1/gallery?model=sface-2021dec", "/v1/events?limit=50", "/v1/people", "/api/stats"];
/// The portrait that frames show.
const PORTRAIT: &str = "crates/rostro-testkit/fixtures/obama-2012.png";

/// Reports, sends frames and reads for so long.
///
/// # Errors
/// The relay does not start, or a client is refused; or the time is too short to tell anything.
pub(super) fn soaked(minutes: u32, speed: &mut Speed) -> Result<()> {
    growth::check(minutes)?;
    let folder = Folder::make("chaos-soak")?;
    let relay = Launch::on(folder.path(), free_port()?).start()?;
    let port = relay.port();
    People::enrol(port)?;
    let is_over = AtomicBool::new(false);
    let (looks, done) = std::thread::scope(|scope| -> Result<_> {
        let over = Over(&is_over);
        let is_over = &is_over;
        let mut clients = Vec::new();
        for client in 0..REPORTERS {
            clients.push(scope.spawn(move || reports(port, client, is_over)));
        }
        for _ in 0..SOCKETS {
            clients.push(scope.spawn(move || frames(port, is_over)));
        }
        clients.push(scope.spawn(move || reads(port, is_over)));
        let all_run = || !clients.iter().any(std::thread::ScopedJoinHandle::is_finished);
        let looks = growth::look(&relay, minutes, all_run)?;
        drop(over);
        let mut done = Vec::new();
        for client in clients {
            done.push(client.join().ok().context("a client panicked")??);
        }
        Ok((looks, done))
    })?;
    relay.kill()?;
    let Grown { figures, rows, minutes: by_minute } = growth::judge(minutes, &looks, 0.0)?;
    speed.figures.extend(figures);
    speed.lists.push(done_besides(rows, &done));
    speed.lists.push(by_minute);
    Ok(())
}

fn reports(port: u16, client: u16, is_over: &AtomicBool) -> Result<u32> {
    let mut numbers = Numbers::new(u64::from(client));
    let mut connection = Client::new(port);
    every(REPORT_EVERY, is_over, |number| {
        let id = id(6, client, number);
        let json = report(&id, &Timestamp::now().to_string(), &mut numbers);
        let status = connection.post("/v1/reports", &json)?;
        ensure!(status == 200, "a report is refused with {status}");
        Ok(())
    })
}

fn frames(port: u16, is_over: &AtomicBool) -> Result<u32> {
    let picture = std::fs::read(crate::root().join(PORTRAIT)).context(PORTRAIT)?;
    let picture = STANDARD.encode(picture);
    let mut socket = WebSocket::join(port)?;
    every(FRAME_EVERY, is_over, |number| {
        let frame = format!(
            r#"421["process_frame",{{"image":"data:image/png;base64,{picture}","frame_id":{number}}}]"#
        );
        socket.send(&frame)?;
        let answer = socket.wait_for("431")?;
        ensure!(answer.contains("reconocido"), "a frame is refused: {answer}");
        Ok(())
    })
}

fn reads(port: u16, is_over: &AtomicBool) -> Result<u32> {
    let mut client = Client::new(port);
    every(READ_EVERY, is_over, |number| {
        let path = READS[number as usize % READS.len()];
        let status = client.get(path)?;
        ensure!(status == 200, "{path} answers {status}");
        Ok(())
    })
}

/// Does it at that pace until it is over; how often it was done.
fn every(
    pace: Duration,
    is_over: &AtomicBool,
    mut work: impl FnMut(u32) -> Result<()>,
) -> Result<u32> {
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            return Ok(number);
        }
        let begun = Instant::now();
        work(number)?;
        std::thread::sleep(pace.saturating_sub(begun.elapsed()));
    }
    Ok(u32::MAX)
}

/// The long run, with what the clients did in it.
fn done_besides(mut rows: Vec<(String, Vec<f64>)>, done: &[u32]) -> List {
    let sum = |from: usize, count: u16| -> f64 {
        done.iter().skip(from).take(usize::from(count)).copied().map(f64::from).sum()
    };
    let (reporters, sockets) = (usize::from(REPORTERS), usize::from(SOCKETS));
    rows.extend([
        ("reports".to_owned(), vec![sum(0, REPORTERS)]),
        ("frames recognised".to_owned(), vec![sum(reporters, SOCKETS)]),
        ("reads".to_owned(), vec![sum(reporters + sockets, 1)]),
    ]);
    List { name: "A long run".to_owned(), columns: vec![""], rows }
}
