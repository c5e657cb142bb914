//! Whether an answer goes out only after the log was flushed to disk, as the kernel saw it.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail, ensure};
use jiff::Timestamp;

use super::client::Client;
use super::folder::Folder;
use super::program::{Launch, free_port};
use super::reports::{Numbers, id, report};
use crate::report::{Figure, Goal};
use crate::speed::Speed;

/// Reports that are sent, one after the other.
const REPORTS: u32 = 200;

/// What `strace` told of the answers to so many reports.
struct Flushes {
    answers: usize,
    /// Answers without a flush of the log since the answer before.
    too_early: usize,
}

/// Has `strace` watch a relay that takes reports.
///
/// # Errors
/// The relay does not start, or refuses a report.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
pub(super) fn flushed(speed: &mut Speed) -> Result<()> {
    let Some(Flushes { answers, too_early }) = flushes()? else {
        let reason = "flushes before answers: there is no strace here, or it may not watch";
        speed.not_run.push(reason.to_owned());
        return Ok(());
    };
    let name = format!("of {answers} answers, those before a flush of the log");
    speed.figures.push(Figure::new(name, too_early as f64, "", Goal::AtMost(0.0)));
    Ok(())
}

/// Sends reports to a relay that `strace` watches. `None` where there is no `strace`, or it may not watch.
///
/// # Errors
/// The relay does not start, or refuses a report.
fn flushes() -> Result<Option<Flushes>> {
    let mut strace = Command::new("strace");
    let watched =
        strace.args(["-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !watched.status().is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let folder = Folder::make("chaos-flushes")?;
    let trace = folder.path().join("trace");
    let relay = Launch::on(folder.path(), free_port()?).watched(&trace).start()?;
    let mut numbers = Numbers::new(7);
    let mut client = Client::new(relay.port());
    for number in 0..REPORTS {
        let json = report(&id(2, 0, number), &Timestamp::now().to_string(), &mut numbers);
        let status = client.post("/v1/reports", &json)?;
        if status != 200 {
            bail!("a report is refused with {status}");
        }
    }
    relay.kill()?;
    let seen = read(&trace)?;
    ensure!(seen.answers == REPORTS as usize, "strace saw {} of {REPORTS} answers", seen.answers);
    Ok(Some(seen))
}

fn read(trace: &Path) -> Result<Flushes> {
    let text = std::fs::read(trace)?;
    Ok(judge(&String::from_utf8_lossy(&text), REPORTS as usize))
}

/// Judges the last `answers` answers of a trace: lines begin with the thread; a call that another thread's calls
/// interrupt takes two lines.
fn judge(trace: &str, answers: usize) -> Flushes {
    let mut flushing: HashSet<&str> = HashSet::new();
    let (mut has_flushed, mut came_in_time) = (false, Vec::new());
    for line in trace.lines() {
        let Some((thread, call)) = line.trim_start().split_once(' ') else { continue };
        let call = call.trim_start();
        let is_flush = call.starts_with("fdatasync(") || call.starts_with("fsync(");
        if is_flush && call.contains(".db-wal>") {
            if call.ends_with("<unfinished ...>") {
                flushing.insert(thread);
            } else {
                has_flushed |= call.ends_with("= 0");
            }
        } else if call.starts_with("<... f") && flushing.remove(thread) {
            has_flushed |= call.ends_with("= 0");
        } else if call.contains("\"HTTP/1.1 200") {
            came_in_time.push(std::mem::take(&mut has_flushed));
        }
    }
    let last = &came_in_time[came_in_time.len().saturating_sub(answers)..];
    let too_early = last.iter().filter(|in_time| !**in_time).count();
    Flushes { answers: last.len(), too_early }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_before_its_flush_is_seen() {
        let flush = "7 fdatasync(9</d/rostro.db-wal>) = 0\n";
        let answer =
            "8 sendto(12<socket:[1]>, \"HTTP/1.1 200 OK\\r\\n\"..., 700, 0, NULL, 0) = 700\n";
        let (begun, done) = (
            "7 fdatasync(9</d/rostro.db-wal> <unfinished ...>\n",
            "7 <... fdatasync resumed>)         = 0\n",
        );
        let failed = "7 fdatasync(9</d/rostro.db-wal>) = -1 EIO (Input/output error)\n";
        let other = "7 fdatasync(9</d/another>) = 0\n";
        for (trace, too_early) in [
            (vec![answer, flush, answer], 0),
            (vec![flush, answer, flush, answer], 0),
            (vec![begun, done, answer], 0),
            (vec![begun, answer, done], 1),
            (vec![flush, answer, answer], 1),
            (vec![failed, answer], 1),
            (vec![other, answer], 1),
        ] {
            assert_eq!(judge(&trace.concat(), 1).too_early, too_early, "{trace:?}");
        }
        assert_eq!(judge(&[flush, answer, answer].concat(), 2).answers, 2);
    }
}
