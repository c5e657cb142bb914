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
use super::kills::Over;
use super::program::{Launch, Relay, free_port};
use super::reports::{Numbers, id, report};
use super::websocket::WebSocket;
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed, quantile};

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
const LOOK_EVERY: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// By then everything is loaded and warm.
const WARM_AFTER: Duration = Duration::from_secs(120);
/// Growth from the third minute to the last one, in percent.
const GROWTH_MAX: f64 = 5.0;

/// Reports, sends frames and reads for so long.
///
/// # Errors
/// The relay does not start, or a client is refused; or the time is too short to tell anything.
pub(super) fn soaked(minutes: u32, speed: &mut Speed) -> Result<()> {
    ensure!(
        minutes >= 4,
        "growth is told from the third minute to the last: that takes four at least"
    );
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
        let looks = look(&relay, MINUTE * minutes, all_run)?;
        drop(over);
        let mut done = Vec::new();
        for client in clients {
            done.push(client.join().ok().context("a client panicked")??);
        }
        Ok((looks, done))
    })?;
    relay.kill()?;
    judge(minutes, &looks, &done, speed)
}

/// The relay at one moment.
struct Look {
    at: Duration,
    resident_mb: f64,
    open_files: f64,
}

/// Looks at the relay now and then, as long as `all_run`.
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
fn look(relay: &Relay, lasting: Duration, all_run: impl Fn() -> bool) -> Result<Vec<Look>> {
    let begun = Instant::now();
    let mut looks = Vec::new();
    while begun.elapsed() < lasting && all_run() {
        std::thread::sleep(LOOK_EVERY);
        let resident = relay.resident_bytes().context("the relay's memory cannot be read")?;
        let open = relay.open_files().context("the relay's files cannot be read")?;
        let at = begun.elapsed();
        looks.push(Look { at, resident_mb: resident as f64 / 1e6, open_files: open as f64 });
    }
    Ok(looks)
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

fn judge(minutes: u32, looks: &[Look], done: &[u32], speed: &mut Speed) -> Result<()> {
    let last = MINUTE * (minutes - 1);
    let median = |from: Duration, of: fn(&Look) -> f64| -> Result<f64> {
        let minute = from..from + MINUTE;
        let within = looks.iter().filter(|look| minute.contains(&look.at));
        quantile(&within.map(of).collect::<Vec<_>>(), 0.5).context("the relay was not looked at")
    };
    let [warm_mb, last_mb] =
        [median(WARM_AFTER, |look| look.resident_mb)?, median(last, |look| look.resident_mb)?];
    let [warm_files, last_files] =
        [median(WARM_AFTER, |look| look.open_files)?, median(last, |look| look.open_files)?];
    let growth = 100.0 * (last_mb / warm_mb - 1.0);
    let figures = [
        Figure::new(
            format!("{minutes} minutes: memory, growth from the third to the last"),
            growth,
            "%",
            Goal::AtMost(GROWTH_MAX),
        ),
        Figure::new(
            format!("{minutes} minutes: open files, growth from the third to the last"),
            last_files - warm_files,
            "",
            Goal::AtMost(0.0),
        ),
    ];
    speed.figures.extend(figures);
    let sum = |from: usize, count: u16| -> f64 {
        done.iter().skip(from).take(usize::from(count)).copied().map(f64::from).sum()
    };
    let (reporters, sockets) = (usize::from(REPORTERS), usize::from(SOCKETS));
    let rows = vec![
        ("memory in the third minute, MB".to_owned(), vec![warm_mb]),
        ("memory in the last, MB".to_owned(), vec![last_mb]),
        ("open files in the last".to_owned(), vec![last_files]),
        ("reports".to_owned(), vec![sum(0, REPORTERS)]),
        ("frames recognised".to_owned(), vec![sum(reporters, SOCKETS)]),
        ("reads".to_owned(), vec![sum(reporters + sockets, 1)]),
    ];
    speed.lists.push(List { name: "A long run".to_owned(), columns: vec![""], rows });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_between_minutes() {
        for (step_mb, step_files, met) in
            [(0.0, 0.0, true), (0.02, 0.0, true), (0.1, 0.0, false), (0.0, 0.1, false)]
        {
            let looks: Vec<_> = (1..=300_u16)
                .map(|second| Look {
                    at: Duration::from_secs(u64::from(second)),
                    resident_mb: 100.0 + step_mb * f64::from(second),
                    open_files: 30.0 + step_files * f64::from(second),
                })
                .collect();
            let mut speed = Speed::on(Vec::new());
            judge(5, &looks, &[], &mut speed).expect("there are looks");
            assert_eq!(
                speed.figures.iter().all(|figure| figure.met == Some(true)),
                met,
                "{step_mb}"
            );
        }
        assert!(judge(30, &[], &[], &mut Speed::on(Vec::new())).is_err());
    }
}
