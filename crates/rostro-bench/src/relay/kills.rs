//! Reports from many clients while the relay is killed again and again; then everything is counted.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use rusqlite::Connection;

use super::client::Client;
use super::folder::Folder;
use super::program::{Launch, free_port};
use super::reports::{Numbers, id, report};
use super::sockets::{Acked, Sockets};
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed, quantile};

const REST_CLIENTS: u16 = 40;
const SOCKET_CLIENTS: u16 = 10;
/// One in so many reports of REST is sent a second time after it was acknowledged.
const REPEATED: u32 = 10;
/// The pause of a client whose report was not acknowledged.
const PAUSE: Duration = Duration::from_millis(10);

/// Sends `reports` to a relay that is killed `kills` times, and counts what it kept.
///
/// # Errors
/// The relay does not start again, or a client cannot go on.
pub(super) fn killed(reports: u32, kills: u32, speed: &mut Speed) -> Result<()> {
    let each = reports.div_ceil(u32::from(REST_CLIENTS + SOCKET_CLIENTS));
    let folder = Folder::make("chaos")?;
    let begun = Instant::now();
    let survived = survive(folder.path(), each, kills)?;
    let counted = count(folder.path(), &survived.acked)?;
    judge(&survived, &counted, begun.elapsed(), speed);
    Ok(())
}

/// What clients and kills saw.
struct Survived {
    acked: Acked,
    ready_s: Vec<f64>,
    /// Times that SQLite found the files damaged.
    damaged: u32,
}

fn survive(data: &Path, each: u32, kills: u32) -> Result<Survived> {
    let port = free_port()?;
    let mut relay = Launch::on(data, port).start()?;
    let (done, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (mut ready_s, mut damaged) = (Vec::new(), 0);
    let acked = std::thread::scope(|scope| -> Result<Acked> {
        let _over = Over(&is_over);
        let sockets = Sockets::start(port, 1, SOCKET_CLIENTS, each)?;
        let clients: Vec<_> = (0..REST_CLIENTS)
            .map(|client| {
                scope.spawn({
                    let (done, is_over) = (&done, &is_over);
                    move || send(port, client, each, done, is_over)
                })
            })
            .collect();
        let mut numbers = Numbers::new(u64::from(kills));
        let all = f64::from(each) * f64::from(REST_CLIENTS);
        for kill in 0..kills {
            let at = all * (f64::from(kill) + numbers.unit()) / f64::from(kills + 1);
            #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
            while (done.load(Ordering::Relaxed) as f64) < at {
                if clients.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                    bail!("the clients ended before the relay was killed");
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            relay.kill()?;
            damaged += u32::from(!is_sound(data)?);
            relay = Launch::on(data, port).start()?;
            ready_s.push(relay.ready_in.as_secs_f64());
            eprintln!(
                "  kill {} of {kills}: ready after {:.2} s",
                kill + 1,
                ready_s[ready_s.len() - 1]
            );
        }
        let mut acked = sockets.finish()?;
        for client in clients {
            acked.all.extend(client.join().ok().context("a client panicked")??);
        }
        relay.kill()?;
        Ok(acked)
    })?;
    Ok(Survived { acked, ready_s, damaged })
}

/// Says that the run is over, however it ends: clients that are left without a relay would try for ever.
pub(crate) struct Over<'a>(pub(crate) &'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sends `each` reports, one after the other, each until it is acknowledged; their ids.
fn send(
    port: u16,
    client: u16,
    each: u32,
    done: &AtomicU64,
    is_over: &AtomicBool,
) -> Result<Vec<String>> {
    let mut numbers = Numbers::new(u64::from(client));
    let mut connection = Client::new(port);
    let mut acked = Vec::new();
    for number in 0..each {
        let id = id(1, client, number);
        let json = report(&id, &Timestamp::now().to_string(), &mut numbers);
        let mut left = if number % REPEATED == 0 { 2 } else { 1 };
        while left > 0 {
            ensure!(!is_over.load(Ordering::Relaxed), "the run was given up");
            match connection.post("/v1/reports", &json) {
                Ok(200) => left -= 1,
                Ok(503) | Err(_) => std::thread::sleep(PAUSE),
                Ok(status) => {
                    let said = String::from_utf8_lossy(connection.body());
                    bail!("a report is refused with {status}: {said}");
                }
            }
        }
        acked.push(id);
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(acked)
}

/// Whether SQLite finds a copy of the killed relay's files whole.
fn is_sound(data: &Path) -> Result<bool> {
    let copy = Folder::make("chaos-copy")?;
    for name in ["rostro.db", "rostro.db-wal"] {
        if data.join(name).exists() {
            fs::copy(data.join(name), copy.path().join(name))?;
        }
    }
    let conn = Connection::open(copy.path().join("rostro.db"))?;
    let found: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    Ok(found == "ok")
}

/// What is in the store.
struct Counted {
    lost: usize,
    doubled: usize,
    captures: usize,
    /// Hybrid captures that not both channels are noted of.
    half: usize,
}

/// Both channels in the store.
const BOTH: u8 = 3;

fn count(data: &Path, acked: &Acked) -> Result<Counted> {
    let conn = Connection::open(data.join("rostro.db"))?;
    let mut captures: HashMap<String, (u32, u8)> = HashMap::new();
    let mut query = conn.prepare(
        "SELECT lower(hex(capture.id)), count(event.id), capture.channels FROM capture
         LEFT JOIN event ON event.capture_id = capture.id GROUP BY capture.id",
    )?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    for row in rows {
        let (id, found) = row?;
        captures.insert(id, found);
    }
    let of = |id: &String| captures.get(&id.replace('-', ""));
    let is_half = |id: &&String| of(id).is_some_and(|(_, channels)| *channels != BOTH);
    Ok(Counted {
        lost: acked.all.iter().filter(|id| of(id).is_none()).count(),
        doubled: captures.values().filter(|(events, _)| *events != 1).count(),
        captures: captures.len(),
        half: acked.hybrid.iter().filter(is_half).count(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn judge(survived: &Survived, counted: &Counted, took: Duration, speed: &mut Speed) {
    let Survived { acked, ready_s, damaged } = survived;
    let slowest = ready_s.iter().copied().fold(0.0, f64::max);
    let figures = [
        Figure::new("acknowledged reports lost", counted.lost as f64, "", Goal::AtMost(0.0)),
        Figure::new(
            "captures without exactly one event",
            counted.doubled as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            "captures that nobody sent, or stored twice",
            counted.captures.abs_diff(acked.all.len()) as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            "hybrid captures without both channels",
            counted.half as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new("files found damaged after a kill", f64::from(*damaged), "", Goal::AtMost(0.0)),
        Figure::new("ready again after a kill, the slowest", slowest, "s", Goal::AtMost(2.0)),
    ];
    speed.figures.extend(figures);
    let rows = vec![
        ("reports acknowledged".to_owned(), vec![acked.all.len() as f64]),
        ("hybrid ones among them".to_owned(), vec![acked.hybrid.len() as f64]),
        ("kills".to_owned(), vec![ready_s.len() as f64]),
        ("ready again, median s".to_owned(), vec![quantile(ready_s, 0.5).unwrap_or(f64::NAN)]),
        ("the whole run, s".to_owned(), vec![took.as_secs_f64()]),
    ];
    speed.lists.push(List { name: "Killed".to_owned(), columns: vec![""], rows });
}
