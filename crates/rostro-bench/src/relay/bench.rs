//! `bench relay`: how fast the relay looks faces up, and makes reports durable.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;

use super::client::Client;
use super::identify::{Identified, identify};
use super::program::{Launch, free_port};
use super::reports::{Numbers, id, report};
use crate::report::{Figure, Goal};
use crate::speed::{Head, List, Output, Speed, machine, quantile};

/// Clients that send reports at the same time.
const CLIENTS: u16 = 50;

const HEAD: Head = Head {
    title: "How much the relay takes",
    file: "relay.md",
    says: "Made by `cargo xtask bench relay`. Looking up is the relay's own path, on one core: the distances to everybody, and the \
           decision; every answer is held against a plain comparison in double precision. Reports come from 50 clients over REST, each \
           sending the next when the last is acknowledged; an acknowledged report is on disk. The clients run on the same machine.",
};

/// Times the relay: looking faces up among up to a million people, and reports made durable
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,
    /// Fewer rounds, and a hundred thousand people at most
    #[arg(long)]
    quick: bool,
}

/// Runs it.
///
/// # Errors
/// The relay does not start, refuses a report, or gives a wrong answer.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut speed = Speed::on(machine());
    looked_up(args.quick, &mut speed)?;
    reported(Duration::from_secs(if args.quick { 5 } else { 20 }), &mut speed)?;
    speed.give(&HEAD, &args.output)
}

fn looked_up(quick: bool, speed: &mut Speed) -> Result<()> {
    let sizes = [(1000, 400), (10_000, 400), (100_000, 200), (1_000_000, 60)];
    let sizes = &sizes[..if quick { 3 } else { 4 }];
    let mut rows = Vec::new();
    for &(people, times) in sizes {
        eprintln!("  among {people}");
        let Identified { people, ms } = identify(people, times)?;
        let [median, p99] = [0.5, 0.99].map(|share| quantile(&ms, share).unwrap_or(f64::NAN));
        let goal = match people {
            10_000 => Goal::AtMost(1.0),
            1_000_000 => Goal::AtMost(40.0),
            _ => Goal::None,
        };
        let name = format!("looking up among {people} people, median");
        speed.figures.push(Figure::new(name, median, "ms", goal));
        rows.push((format!("{people} people"), vec![median, p99]));
    }
    let columns = vec!["median, ms", "99 of 100, ms"];
    speed.lists.push(List { name: "Looking up, on one core".to_owned(), columns, rows });
    Ok(())
}

fn reported(lasting: Duration, speed: &mut Speed) -> Result<()> {
    eprintln!("  reports");
    let folder = super::folder::Folder::make("bench-relay")?;
    let relay = Launch::on(folder.path(), free_port()?).start()?;
    let (port, over) = (relay.port(), AtomicBool::new(false));
    let begun = Instant::now();
    let ms = std::thread::scope(|scope| -> Result<Vec<f64>> {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn({
                    let over = &over;
                    move || send(port, client, over)
                })
            })
            .collect();
        std::thread::sleep(lasting);
        over.store(true, Ordering::Relaxed);
        let mut ms = Vec::new();
        for client in clients {
            ms.extend(client.join().ok().context("a client panicked")??);
        }
        Ok(ms)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let a_second = ms.len() as f64 / begun.elapsed().as_secs_f64();
    let [median, p99] = [0.5, 0.99].map(|share| quantile(&ms, share).unwrap_or(f64::NAN));
    let name = "durable reports a second, 50 clients";
    speed.figures.push(Figure::new(name, a_second, "", Goal::AtLeast(2000.0)));
    let name = "reports acknowledged, 99 of 100 within";
    speed.figures.push(Figure::new(name, p99, "ms", Goal::AtMost(100.0)));
    let memory = relay.resident_bytes().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
    let rows = vec![
        ("acknowledged, median ms".to_owned(), vec![median]),
        ("a flush of this disk, median ms".to_owned(), vec![flush_ms(&folder)?]),
        ("memory of the relay afterwards, MB".to_owned(), vec![memory as f64 / 1e6]),
    ];
    speed.lists.push(List { name: "Reports".to_owned(), columns: vec![""], rows });
    Ok(())
}

/// Sends reports until it is over; the milliseconds of each.
fn send(port: u16, client: u16, over: &AtomicBool) -> Result<Vec<f64>> {
    let mut numbers = Numbers::new(u64::from(client));
    let mut connection = Client::new(port);
    let mut ms = Vec::new();
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let json = report(&id(1, client, number), &Timestamp::now().to_string(), &mut numbers);
        let begun = Instant::now();
        let status = connection.post("/v1/reports", &json)?;
        ms.push(begun.elapsed().as_secs_f64() * 1e3);
        let said = || String::from_utf8_lossy(connection.body()).into_owned();
        ensure!(status == 200, "a report is refused with {status}: {}", said());
    }
    Ok(ms)
}

/// What one flush takes, of a file to which a page was added.
fn flush_ms(folder: &super::folder::Folder) -> Result<f64> {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.path().join("flush"))?;
    let mut ms = Vec::new();
    for _ in 0..50 {
        file.write_all(&[1; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        ms.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    quantile(&ms, 0.5).context("fifty samples")
}
