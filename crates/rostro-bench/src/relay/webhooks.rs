//! Webhooks: a receiver that is down for a while; a relay that is killed while it delivers.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde_json::Value;

use super::cameras::{self, CAMERAS, People, Round};
use super::folder::Folder;
use super::kills::Over;
use super::program::{Launch, free_port};
use super::receiver::{Receiver, Taken};
use super::reports::Numbers;
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed};

/// Events that all cameras make in a second while the receiver is down.
const A_SECOND: u32 = 20;
/// All that waited is to be delivered so long after the receiver's return.
const RETURN_MAX: Duration = Duration::from_secs(300);
/// What a receiver takes before it answers, so that kills come between.
const ANSWER_AFTER: Duration = Duration::from_millis(50);
/// How many events a second each camera makes while the relay is killed.
const EACH_A_SECOND: u32 = 15;

/// Cameras report for as long as `down` while nobody listens; then the receiver returns.
///
/// # Errors
/// The relay does not start, or refuses a report.
#[expect(clippy::cast_precision_loss, reason = "some thousands")]
pub(super) fn receiver_down(down: Duration, speed: &mut Speed) -> Result<()> {
    let folder = Folder::make("chaos-webhooks")?;
    let (port, receiver_port) = (free_port()?, free_port()?);
    let relay = Launch::on(folder.path(), port).telling(receiver_port).start()?;
    let people = People::enrol(port)?;
    let every = Duration::from_secs(u64::from(CAMERAS)) / A_SECOND;
    let each = u32::try_from(down.as_millis() / every.as_millis())?;
    let sent =
        cameras::watch(port, &people, Round { run: 1, each, every }, &AtomicBool::new(false))?;
    let receiver = Receiver::start(receiver_port, Duration::ZERO)?;
    let events: usize = sent.iter().map(Vec::len).sum();
    let took = delivered_all(&receiver, events, RETURN_MAX);
    // Whatever comes twice, or late, comes soon.
    std::thread::sleep(Duration::from_secs(2));
    let judged = judge(&sent, &receiver.taken());
    relay.kill()?;
    let waited = format!("of {events} webhooks that waited for their receiver");
    let figures = [
        Figure::new(
            format!("{waited}, not delivered"),
            judged.missing as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            format!("{waited}, the last delivered after its return"),
            took.as_secs_f64(),
            "s",
            Goal::AtMost(RETURN_MAX.as_secs_f64()),
        ),
        Figure::new(
            format!("{waited}, out of their camera's order"),
            judged.out_of_order as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            format!("{waited}, ids with two bodies, or events with two ids"),
            judged.doubled as f64,
            "",
            Goal::AtMost(0.0),
        ),
    ];
    speed.figures.extend(figures);
    let rows = vec![
        ("the receiver was down, s".to_owned(), vec![down.as_secs_f64()]),
        ("webhooks that waited".to_owned(), vec![events as f64]),
        ("sent more than once".to_owned(), vec![judged.repeats as f64]),
    ];
    speed.lists.push(List { name: "A receiver that was down".to_owned(), columns: vec![""], rows });
    Ok(())
}

/// Kills the relay while it delivers what cameras report.
///
/// # Errors
/// The relay does not start again, or refuses a report.
#[expect(clippy::cast_precision_loss, reason = "some thousands")]
pub(super) fn relay_killed(kills: u32, speed: &mut Speed) -> Result<()> {
    let folder = Folder::make("chaos-deliveries")?;
    let receiver_port = free_port()?;
    let receiver = Receiver::start(receiver_port, ANSWER_AFTER)?;
    let port = free_port()?;
    let launch = Launch::on(folder.path(), port).telling(receiver_port);
    let mut relay = launch.start()?;
    let people = People::enrol(port)?;
    let every = Duration::from_secs(1) / EACH_A_SECOND;
    // A kill takes about 1.5 s with the start after it.
    let round = Round { run: 2, each: EACH_A_SECOND * (kills * 3 / 2 + 2), every };
    let is_over = AtomicBool::new(false);
    let (sent, under_way, relay) = std::thread::scope(|scope| -> Result<_> {
        let _over = Over(&is_over);
        let cameras = scope.spawn(|| cameras::watch(port, &people, round, &is_over));
        let mut numbers = Numbers::new(u64::from(kills));
        let mut under_way = 0;
        for _ in 0..kills {
            std::thread::sleep(Duration::from_secs_f64(0.4 + 0.8 * numbers.unit()));
            relay.kill()?;
            under_way += u32::from(is_under_way(folder.path(), &receiver.taken())?);
            relay = launch.start()?;
        }
        Ok((cameras.join().ok().context("the cameras panicked")??, under_way, relay))
    })?;
    let events: usize = sent.iter().map(Vec::len).sum();
    delivered_all(&receiver, events, Duration::from_secs(60));
    std::thread::sleep(Duration::from_secs(1));
    let judged = judge(&sent, &receiver.taken());
    relay.kill()?;
    let killed = format!("of {events} events, the relay killed while it delivered");
    let figures = [
        Figure::new(
            format!("{killed}, never delivered"),
            judged.missing as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            format!("{killed}, ids with two bodies, or events with two ids"),
            judged.doubled as f64,
            "",
            Goal::AtMost(0.0),
        ),
        Figure::new(
            format!("{killed}, out of their camera's order once repeats are left out"),
            judged.out_of_order as f64,
            "",
            Goal::AtMost(0.0),
        ),
    ];
    speed.figures.extend(figures);
    let rows = vec![
        ("kills".to_owned(), vec![f64::from(kills)]),
        (
            "kills while the receiver held a webhook unanswered".to_owned(),
            vec![f64::from(under_way)],
        ),
        ("sent more than once".to_owned(), vec![judged.repeats as f64]),
    ];
    speed.lists.push(List { name: "Killed while it delivers".to_owned(), columns: vec![""], rows });
    Ok(())
}

/// Whether the killed relay still holds a delivery that the receiver has noted.
fn is_under_way(data: &std::path::Path, taken: &[Taken]) -> Result<bool> {
    let conn = rusqlite::Connection::open(data.join("rostro.db"))?;
    let mut query = conn.prepare("SELECT 1 FROM delivery WHERE webhook_id = ?1")?;
    for Taken { id, .. } in taken.iter().rev().take(usize::from(CAMERAS)) {
        if query.exists([id])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Waits until `events` different webhooks came, for so long at most; how long it took.
fn delivered_all(receiver: &Receiver, events: usize, patience: Duration) -> Duration {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if receiver.count() >= events {
            let taken = receiver.taken();
            if taken.iter().map(|one| &one.id).collect::<HashSet<_>>().len() >= events {
                break;
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}

/// What became of events.
#[derive(Debug, Default, PartialEq, Eq)]
struct Judged {
    /// Events that no webhook told of.
    missing: usize,
    /// Webhooks under an id that had another body before, and webhooks of an event that had another id before, or that
    /// nobody made.
    doubled: usize,
    /// Webhooks that came, for the first time, after one of a later event of their camera.
    out_of_order: usize,
    /// Webhooks that came again as they were.
    repeats: usize,
}

/// Holds what was taken against what each camera sent.
fn judge(sent: &[Vec<i64>], taken: &[Taken]) -> Judged {
    let mut judged = Judged::default();
    let mut waited_for: HashSet<(String, i64)> = HashSet::new();
    for (camera, times) in sent.iter().enumerate() {
        waited_for.extend(times.iter().map(|time| (cameras::name(camera), *time)));
    }
    let mut bodies: HashMap<&str, &str> = HashMap::new();
    let mut latest: HashMap<String, i64> = HashMap::new();
    for Taken { id, body } in taken {
        if let Some(before) = bodies.insert(id, body) {
            if before == body {
                judged.repeats += 1;
            } else {
                judged.doubled += 1;
            }
            continue;
        }
        let event = event_of(body);
        let Some((camera, time)) = event.filter(|event| waited_for.remove(event)) else {
            judged.doubled += 1;
            continue;
        };
        let latest = latest.entry(camera).or_insert(i64::MIN);
        judged.out_of_order += usize::from(time < *latest);
        *latest = time.max(*latest);
    }
    judged.missing = waited_for.len();
    judged
}

/// Camera and time of the event that a body tells of.
fn event_of(body: &str) -> Option<(String, i64)> {
    let body: Value = serde_json::from_str(body).ok()?;
    let at: Timestamp = body["timestamp"].as_str()?.parse().ok()?;
    Some((body["camera_id"].as_str()?.to_owned(), at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(id: &str, camera: usize, second: i64) -> Taken {
        let at = Timestamp::from_second(second).expect("a small number");
        let body =
            serde_json::json!({ "camera_id": cameras::name(camera), "timestamp": at.to_string() });
        Taken { id: id.to_owned(), body: body.to_string() }
    }

    #[test]
    fn what_is_wrong_with_deliveries_is_seen() {
        let sent = [vec![1_000_000, 2_000_000], vec![1_000_000]];
        let right = [taken("a", 0, 1), taken("b", 1, 1), taken("c", 0, 2)];
        let altered = Taken { id: "a".to_owned(), ..taken("", 0, 2) };
        let nobodys = taken("d", 1, 9);
        let [first, other, second] = right.clone();
        let cases = [
            (right.to_vec(), Judged::default()),
            (vec![first.clone(), second.clone()], Judged { missing: 1, ..Judged::default() }),
            (
                vec![second.clone(), first.clone(), other.clone()],
                Judged { out_of_order: 1, ..Judged::default() },
            ),
            (
                vec![first.clone(), first.clone(), second.clone(), other.clone(), first.clone()],
                Judged { repeats: 2, ..Judged::default() },
            ),
            (
                vec![first.clone(), altered, second.clone(), other.clone()],
                Judged { doubled: 1, ..Judged::default() },
            ),
            (
                vec![first.clone(), taken("e", 0, 1), second.clone(), other.clone()],
                Judged { doubled: 1, ..Judged::default() },
            ),
            (vec![first, other, second, nobodys], Judged { doubled: 1, ..Judged::default() }),
        ];
        for (taken, expected) in cases {
            assert_eq!(judge(&sent, &taken), expected, "{taken:?}");
        }
    }
}
