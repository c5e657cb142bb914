//! A disk without space: what the relay refuses, what it goes on doing, and how it recovers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rusqlite::Connection;

use super::cameras::People;
use super::client::Client;
use super::folder::Folder;
use super::kills::Over;
use super::program::{Launch, free_port};
use super::reports::{Numbers, id, report};
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed};

const DISK_BYTES: u64 = 64 << 20;
/// What is given back: half of the disk.
const FILLER_BYTES: u64 = DISK_BYTES / 2;
const CLIENTS: u16 = 20;
/// So long the disk stays full, and so long reports go on afterwards.
const FULL_FOR: Duration = Duration::from_secs(5);
/// A disk that is not full by then, or a relay that takes nothing by then, never will.
const PATIENCE: Duration = Duration::from_secs(120);
/// The pause of a client whose report was not taken.
const PAUSE: Duration = Duration::from_millis(20);
/// What is read while there is no space.
const READS: [&str; 5] = [
    "/v1/events?limit=20",
    "/v1/people",
    "/v1/gallery?model=sface-2021dec",
    "/api/stats",
    "/v1/health",
];

/// Fills the disk below a relay with reports, and gives space back.
///
/// # Errors
/// The relay does not start, or the disk is never full.
pub(super) fn filled(speed: &mut Speed) -> Result<()> {
    let folder = Folder::make("chaos-full")?;
    let Some(disk) = Disk::mount(&folder.path().join("disk"))? else {
        let reason = "a full disk: a small one may not be mounted here (root may, on Linux)";
        speed.not_run.push(reason.to_owned());
        return Ok(());
    };
    let filler = disk.0.join("filler");
    fs::write(&filler, vec![1; usize::try_from(FILLER_BYTES)?])?;
    let data = disk.0.join("data");
    let relay = Launch::on(&data, free_port()?).start()?;
    let port = relay.port();
    People::enrol(port)?;
    let seen = Seen::default();
    let recovered = std::thread::scope(|scope| -> Result<Duration> {
        let _over = Over(&seen.is_over);
        for client in 0..CLIENTS {
            scope.spawn({
                let seen = &seen;
                move || send(port, client, seen)
            });
        }
        let is_full = || seen.full.load(Ordering::Relaxed) >= u32::from(CLIENTS);
        wait_for(is_full).context("the disk is never full")?;
        read_for(FULL_FOR, port, &seen);
        seen.is_given_back.store(true, Ordering::Relaxed);
        fs::remove_file(&filler)?;
        let given_back = Instant::now();
        wait_for(|| seen.taken_again.load(Ordering::Relaxed))
            .context("no report is taken again")?;
        let recovered = given_back.elapsed();
        read_for(FULL_FOR.saturating_sub(recovered), port, &seen);
        Ok(recovered)
    })?;
    relay.kill()?;
    let (lost, is_sound) = count(&data, &seen)?;
    judge(&seen, recovered, lost, is_sound, speed);
    Ok(())
}

/// What clients saw.
#[derive(Default)]
struct Seen {
    is_over: AtomicBool,
    is_given_back: AtomicBool,
    taken_again: AtomicBool,
    /// Answers of 507 `storage-full`.
    full: AtomicU32,
    /// Other answers than that a report was stored, or that the disk is full.
    others: Mutex<Vec<String>>,
    reads: AtomicU32,
    failed_reads: AtomicU32,
    acked: Mutex<Vec<String>>,
}

/// Reports until it is over, each report until it is taken.
fn send(port: u16, client: u16, seen: &Seen) {
    let mut numbers = Numbers::new(u64::from(client));
    let mut connection = Client::new(port);
    for number in 0.. {
        let id = id(3, client, number);
        let json = report(&id, &Timestamp::now().to_string(), &mut numbers);
        loop {
            if seen.is_over.load(Ordering::Relaxed) {
                return;
            }
            let is_given_back = seen.is_given_back.load(Ordering::Relaxed);
            match connection.post("/v1/reports", &json) {
                Ok(200) => {
                    seen.taken_again.fetch_or(is_given_back, Ordering::Relaxed);
                    seen.acked.lock().expect("nobody panics with it").push(id);
                    break;
                }
                Ok(507) if is_storage_full(connection.body()) => {
                    seen.full.fetch_add(1, Ordering::Relaxed);
                }
                other => {
                    let said = String::from_utf8_lossy(connection.body()).into_owned();
                    let other = format!("{other:?} {said}");
                    seen.others.lock().expect("nobody panics with it").push(other);
                }
            }
            std::thread::sleep(PAUSE);
        }
    }
}

fn is_storage_full(body: &[u8]) -> bool {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    body["error"]["code"] == "storage-full"
}

/// Reads everything again and again.
fn read_for(lasting: Duration, port: u16, seen: &Seen) {
    let begun = Instant::now();
    let mut client = Client::new(port);
    while begun.elapsed() < lasting {
        for path in READS {
            seen.reads.fetch_add(1, Ordering::Relaxed);
            if !client.get(path).is_ok_and(|status| status == 200) {
                seen.failed_reads.fetch_add(1, Ordering::Relaxed);
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn wait_for(condition: impl Fn() -> bool) -> Result<()> {
    let begun = Instant::now();
    while !condition() {
        ensure!(begun.elapsed() < PATIENCE, "not within {} s", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Acknowledged reports that are not in the file, and whether SQLite finds it whole.
fn count(data: &Path, seen: &Seen) -> Result<(usize, bool)> {
    let conn = Connection::open(data.join("rostro.db"))?;
    let mut query = conn.prepare("SELECT 1 FROM capture WHERE id = unhex(?1)")?;
    let mut lost = 0;
    for id in seen.acked.lock().expect("nobody panics with it").iter() {
        lost += usize::from(!query.exists([id.replace('-', "")])?);
    }
    let found: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    Ok((lost, found == "ok"))
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn judge(seen: &Seen, recovered: Duration, lost: usize, is_sound: bool, speed: &mut Speed) {
    let acked = seen.acked.lock().expect("nobody panics with it").len();
    let others = seen.others.lock().expect("nobody panics with it");
    for other in others.iter().take(3) {
        eprintln!("  a report on a full disk: {other}");
    }
    let failed_reads = f64::from(seen.failed_reads.load(Ordering::Relaxed));
    let full = |what: &str| format!("disk full: {what}");
    let figures = [
        Figure::new(full("acknowledged reports lost"), lost as f64, "", Goal::AtMost(0.0)),
        Figure::new(full("files found damaged"), f64::from(!is_sound), "", Goal::AtMost(0.0)),
        Figure::new(
            full("answers other than 507 `storage-full`"),
            others.len() as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(full("reads that failed"), failed_reads, "", Goal::AtMost(0.0)),
        Figure::new(
            full("reports taken again once space returned"),
            recovered.as_secs_f64(),
            "s",
            Goal::AtMost(5.0),
        ),
    ];
    speed.figures.extend(figures);
    let rows = vec![
        ("the disk, MB".to_owned(), vec![DISK_BYTES as f64 / 1e6]),
        ("reports acknowledged".to_owned(), vec![acked as f64]),
        ("reports refused".to_owned(), vec![f64::from(seen.full.load(Ordering::Relaxed))]),
        ("reads".to_owned(), vec![f64::from(seen.reads.load(Ordering::Relaxed))]),
    ];
    speed.lists.push(List { name: "Disk full".to_owned(), columns: vec![""], rows });
}

/// A small disk in memory; unmounted when it is dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` where it may not be mounted.
    fn mount(at: &Path) -> Result<Option<Self>> {
        fs::create_dir_all(at)?;
        let size = format!("size={DISK_BYTES},mode=700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "rostro-chaos"]).arg(at).stderr(Stdio::null());
        let is_mounted = mount.status().is_ok_and(|status| status.success());
        Ok(is_mounted.then(|| Self(at.to_owned())))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if !Command::new("umount").arg(&self.0).status().is_ok_and(|status| status.success()) {
            eprintln!("  {} is still mounted", self.0.display());
        }
    }
}
