//! A backup that is taken while clients report.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rusqlite::Connection;

use super::client::Client;
use super::folder::Folder;
use super::kills::Over;
use super::program::{Launch, free_port, program};
use super::reports::{Numbers, id, report};
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed};

const CLIENTS: u16 = 50;
/// Reports go on for so long before the first backup and after the last.
const BESIDE: Duration = Duration::from_secs(1);

/// Takes `backups` while 50 clients report, restores each into a directory of its own, and holds it against what was sent.
///
/// # Errors
/// The relay does not start, or a backup is refused.
pub(super) fn backed_up(backups: u32, speed: &mut Speed) -> Result<()> {
    let folder = Folder::make("chaos-backup")?;
    let data = folder.path().join("data");
    let relay = Launch::on(&data, free_port()?).start()?;
    let port = relay.port();
    let (acked, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let acked_now = || acked.lock().expect("nobody panics with it").len();
    let taken = std::thread::scope(|scope| -> Result<Vec<Taken>> {
        let _over = Over(&is_over);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn({
                    let (acked, is_over) = (&acked, &is_over);
                    move || send(port, client, acked, is_over)
                })
            })
            .collect();
        let mut taken = Vec::new();
        for number in 0..backups {
            std::thread::sleep(BESIDE);
            let file = folder.path().join(format!("backup-{number}"));
            let (before, begun) = (acked_now(), Instant::now());
            rostro("backup", &file, &data)?;
            taken.push(Taken { file, before, during: acked_now() - before, took: begun.elapsed() });
        }
        std::thread::sleep(BESIDE);
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().ok().context("a client panicked")??;
        }
        Ok(taken)
    })?;
    relay.kill()?;
    let acked = acked.into_inner().unwrap_or_default();
    let mut wrong = Wrong::default();
    for (number, one) in taken.iter().enumerate() {
        let restored = folder.path().join(format!("restored-{number}"));
        rostro("restore", &one.file, &restored)?;
        // A relay that starts with it has checked it, and migrated it.
        Launch::on(&restored, free_port()?).start()?.kill()?;
        wrong.add(&restored, &data, &acked[..one.before])?;
    }
    judge(&taken, &wrong, speed);
    Ok(())
}

/// A backup that was written.
struct Taken {
    file: std::path::PathBuf,
    /// Reports acknowledged before it began.
    before: usize,
    /// Reports acknowledged while it was written.
    during: usize,
    took: Duration,
}

/// What is wrong with backups.
#[derive(Default)]
struct Wrong {
    /// Reports acknowledged before they began that are not in them.
    missing: usize,
    /// Captures stored later than one that is missing: no moment of the source had them without it.
    out_of_time: usize,
    damaged: u32,
}

impl Wrong {
    fn add(&mut self, restored: &Path, source: &Path, acked_before: &[String]) -> Result<()> {
        let conn = Connection::open(restored.join("rostro.db"))?;
        let found: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        self.damaged += u32::from(found != "ok");
        let kept = stored(&conn)?;
        let has = |id: &String| kept.contains(&id.replace('-', ""));
        self.missing += acked_before.iter().filter(|id| !has(id)).count();
        // Events are numbered as they are stored: those of a backup are the first of the source's, without a gap.
        let last: i64 = conn.query_row("SELECT max(id) FROM event", [], |row| row.get(0))?;
        let events: i64 = conn.query_row("SELECT count(*) FROM event", [], |row| row.get(0))?;
        let source = Connection::open(source.join("rostro.db"))?;
        let until = "SELECT count(*) FROM event WHERE id <= ?1";
        let of_source: i64 = source.query_row(until, [last], |row| row.get(0))?;
        self.out_of_time += usize::try_from(events.abs_diff(of_source))?;
        // Each capture has one event.
        self.out_of_time += kept.len().abs_diff(usize::try_from(events)?);
        Ok(())
    }
}

/// Ids of all captures.
fn stored(conn: &Connection) -> Result<HashSet<String>> {
    let mut query = conn.prepare("SELECT lower(hex(id)) FROM capture")?;
    let ids = query.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Has the command line back up or restore.
fn rostro(what: &str, file: &Path, data: &Path) -> Result<()> {
    let mut command = Command::new(program()?);
    command.arg(what).arg(file).arg("--data").arg(data).stdout(Stdio::null());
    ensure!(command.status()?.success(), "rostro {what} failed");
    Ok(())
}

/// Reports until it is over.
fn send(port: u16, client: u16, acked: &Mutex<Vec<String>>, is_over: &AtomicBool) -> Result<()> {
    let mut numbers = Numbers::new(u64::from(client));
    let mut connection = Client::new(port);
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let id = id(4, client, number);
        let json = report(&id, &Timestamp::now().to_string(), &mut numbers);
        let status = connection.post("/v1/reports", &json)?;
        ensure!(status == 200, "a report is refused with {status}");
        acked.lock().expect("nobody panics with it").push(id);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn judge(taken: &[Taken], wrong: &Wrong, speed: &mut Speed) {
    let backup = |what: &str| format!("backups under load: {what}");
    let figures = [
        Figure::new(
            backup("reports missing that were acknowledged before"),
            wrong.missing as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            backup("captures of no one moment of the source"),
            wrong.out_of_time as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(backup("files found damaged"), f64::from(wrong.damaged), "", Goal::AtMost(0.0)),
    ];
    speed.figures.extend(figures);
    let during: usize = taken.iter().map(|one| one.during).sum();
    let seconds: f64 = taken.iter().map(|one| one.took.as_secs_f64()).sum();
    let rows = vec![
        ("backups".to_owned(), vec![taken.len() as f64]),
        (
            "reports in the last, at least".to_owned(),
            vec![taken.last().map_or(0.0, |one| one.before as f64)],
        ),
        ("writing all, s".to_owned(), vec![seconds]),
        ("reports acknowledged meanwhile".to_owned(), vec![during as f64]),
    ];
    speed.lists.push(List { name: "Backups under load".to_owned(), columns: vec![""], rows });
}
