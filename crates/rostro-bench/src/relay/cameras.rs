//! Cameras that see enrolled people pass, at a pace.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use rostro_core::EMBEDDING_LEN;
use serde_json::json;

use super::client::Client;
use super::reports::{Numbers, id, report_of};

/// Cameras at work.
pub(super) const CAMERAS: u16 = 8;
/// People who pass each of them in turn. Of one who was there ten seconds ago no webhook tells.
const PEOPLE: u32 = 200;
/// The pause of a camera whose report was not acknowledged.
const PAUSE: Duration = Duration::from_millis(10);

/// The faces of people who are enrolled.
pub(super) struct People(Vec<[f32; EMBEDDING_LEN]>);

impl People {
    /// Enrols them.
    ///
    /// # Errors
    /// The relay does not take them.
    pub(super) fn enrol(port: u16) -> Result<Self> {
        let mut numbers = Numbers::new(77);
        let mut client = Client::new(port);
        let mut faces = Vec::new();
        for person in 0..PEOPLE {
            let face = numbers.vector();
            let sample = json!({ "model": "sface-2021dec", "embedding": face.as_slice() });
            let enrolment = json!({ "name": format!("Person {person}"), "samples": [sample] });
            let status = client.post("/v1/people", &enrolment.to_string())?;
            ensure!(status == 201, "a person is refused with {status}");
            faces.push(face);
        }
        Ok(Self(faces))
    }
}

/// What all cameras do.
#[derive(Clone, Copy)]
pub(super) struct Round {
    /// Told from every other round by this.
    pub(super) run: u16,
    /// Events of each camera.
    pub(super) each: u32,
    /// Between two events of one camera.
    pub(super) every: Duration,
}

/// Reports what every camera sees, each report again until it is acknowledged. For each camera the times of its events,
/// in microseconds; or an error as soon as `is_over`.
///
/// # Errors
/// A report is refused.
pub(super) fn watch(
    port: u16,
    people: &People,
    round: Round,
    is_over: &AtomicBool,
) -> Result<Vec<Vec<i64>>> {
    std::thread::scope(|scope| {
        let cameras: Vec<_> = (0..CAMERAS)
            .map(|camera| scope.spawn(move || pass(port, people, camera, round, is_over)))
            .collect();
        cameras.into_iter().map(|camera| camera.join().ok().context("a camera panicked")?).collect()
    })
}

/// The name of that camera.
pub(super) fn name(camera: usize) -> String {
    format!("camera-{camera}")
}

fn pass(
    port: u16,
    People(faces): &People,
    camera: u16,
    round: Round,
    is_over: &AtomicBool,
) -> Result<Vec<i64>> {
    let (begun, first) = (Instant::now(), Timestamp::now());
    let camera_name = name(usize::from(camera));
    let mut connection = Client::new(port);
    let mut numbers = Numbers::new(u64::from(camera));
    let mut times = Vec::new();
    for number in 0..round.each {
        let passed = round.every * number;
        std::thread::sleep(passed.saturating_sub(begun.elapsed()));
        let at = first.checked_add(SignedDuration::try_from(passed)?)?;
        let face = numbers.seen_again(&faces[number as usize % faces.len()]);
        let id = id(round.run, camera, number);
        let json = report_of(&id, &camera_name, &at.to_string(), None, &face);
        loop {
            ensure!(!is_over.load(Ordering::Relaxed), "the run was given up");
            match connection.post("/v1/reports", &json) {
                Ok(200) => break,
                Ok(503) | Err(_) => std::thread::sleep(PAUSE),
                Ok(status) => bail!("a report is refused with {status}"),
            }
        }
        times.push(at.as_microsecond());
    }
    Ok(times)
}
