//! One camera, two, four and so on: what each gets.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::sender::{Manner, Sender};
use super::site::{Seen, Site};
use super::told::{latencies_ms, listen};
use super::{FPS, Shown};
use crate::relay::kills::Over;
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed, quantile};

const CAMERAS: [usize; 5] = [1, 2, 4, 8, 16];
/// The relay tells rates over five seconds: by then nothing of before is in them.
const SETTLED_AFTER: Duration = Duration::from_millis(5500);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Of what a camera sends, so much looked at counts as all: the clocks of both are not one.
const NEARLY_ALL: f64 = 0.95;

/// What so many cameras got.
pub(super) struct Got {
    /// Looks a second of each, in the order of the cameras.
    pub(super) looks: Vec<f64>,
    /// Frames a second that came of each.
    pub(super) frames: Vec<f64>,
    /// From a frame's sending to its event.
    pub(super) event_ms: Vec<f64>,
    /// Processors at work for the relay, on the mean.
    pub(super) processors: f64,
    pub(super) resident_mb: f64,
}

impl Got {
    pub(super) fn least_looks(&self) -> f64 {
        self.looks.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn row(&self) -> Vec<f64> {
        let ms = |share| quantile(&self.event_ms, share).unwrap_or(f64::NAN);
        vec![
            self.frames.iter().sum::<f64>() / count(self.frames.len()),
            self.least_looks(),
            self.looks.iter().sum::<f64>() / count(self.looks.len()),
            self.looks.iter().sum(),
            ms(0.5),
            ms(0.95),
            100.0 * self.processors,
            self.resident_mb,
        ]
    }
}

/// Reads more and more cameras, each number for so long.
///
/// # Errors
/// The relay does not start, or a camera does not get live.
pub(super) fn read(shown: &Shown, lasting: Duration, speed: &mut Speed) -> Result<()> {
    let site = Site::open("bench-cameras", "1")?;
    let mut rows = Vec::new();
    let mut least = Vec::new();
    for cameras in CAMERAS {
        let reels = shown.reels.iter().cycle().take(cameras);
        let senders = reels
            .enumerate()
            .map(|(number, reel)| Sender::start(reel, FPS, Manner::Good, number))
            .collect::<Result<Vec<_>, _>>()?;
        let ids = add(&site, &senders, "camera")?;
        let got = watch(&site, &ids, &senders, lasting)?;
        ids.iter().try_for_each(|id| site.remove(id))?;
        let looks = got.least_looks();
        eprintln!(
            "  {}, {cameras} cameras: {looks:.1} looks a second of each, at least",
            shown.name
        );
        if let Some((promised_of, promised)) = shown.promised
            && promised_of == cameras
        {
            let name = format!(
                "{cameras} cameras of {} at {FPS} frames a second: looks a second of each, at least",
                shown.name
            );
            speed.figures.push(Figure::new(name, got.least_looks(), "", Goal::AtLeast(promised)));
        }
        least.push((cameras, got.least_looks()));
        rows.push((format!("{cameras} cameras"), got.row()));
    }
    speed.in_words.push(in_words(&shown.name, &least));
    let columns = vec![
        "frames a second of each",
        "looks a second, the least",
        "the mean",
        "all together",
        "frame to event, median ms",
        "95 of 100, ms",
        "CPU, % of a core",
        "memory, MB",
    ];
    let name = format!("{} at {FPS} frames a second", shown.name);
    speed.lists.push(List { name, columns, rows });
    Ok(())
}

/// Adds a camera for each sender; their ids.
///
/// # Errors
/// One is not taken.
pub(super) fn add(site: &Site, senders: &[Sender], name: &str) -> Result<Vec<String>> {
    let ids: Vec<String> = (0..senders.len()).map(|number| format!("{name}-{number}")).collect();
    for (id, sender) in ids.iter().zip(senders) {
        site.add(id, &sender.url())?;
    }
    Ok(ids)
}

/// Waits until the cameras are live, and for what came before to be over; then looks for so long.
///
/// # Errors
/// A camera does not get live.
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
pub(super) fn watch(
    site: &Site,
    ids: &[String],
    senders: &[Sender],
    lasting: Duration,
) -> Result<Got> {
    site.until_live(ids)?;
    std::thread::sleep(SETTLED_AFTER);
    let (port, is_over) = (site.port(), AtomicBool::new(false));
    let (told, seen, worked, took) = std::thread::scope(|scope| -> Result<_> {
        let over = Over(&is_over);
        let listening = scope.spawn(|| listen(port, &is_over));
        let begun = Instant::now();
        let before = site.relay.worked().context("the relay's time cannot be read")?;
        let mut seen: Vec<Vec<Seen>> = Vec::new();
        while begun.elapsed() < lasting {
            std::thread::sleep(LOOK_EVERY);
            seen.push(site.seen(ids)?);
        }
        let after = site.relay.worked().context("the relay's time cannot be read")?;
        let took = begun.elapsed();
        drop(over);
        let told = listening.join().ok().context("who listens panicked")??;
        Ok((told, seen, after.saturating_sub(before), took))
    })?;
    let mean = |of: fn(&Seen) -> f64| -> Vec<f64> {
        let of_camera = |camera: usize| {
            seen.iter().map(|seen| of(&seen[camera])).sum::<f64>() / count(seen.len())
        };
        (0..ids.len()).map(of_camera).collect()
    };
    Ok(Got {
        looks: mean(|seen| seen.status.looks_per_second),
        frames: mean(|seen| seen.status.frames_per_second),
        event_ms: latencies_ms(&site.store(), &told, ids, senders)?,
        processors: worked.as_secs_f64() / took.as_secs_f64(),
        resident_mb: site.relay.resident_bytes().unwrap_or_default() as f64 / 1e6,
    })
}

#[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
fn count(length: usize) -> f64 {
    length.max(1) as f64
}

/// The limits as a sentence: up to how many cameras every frame is looked at, and how many of them beyond that.
fn in_words(shown: &str, least: &[(usize, f64)]) -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let is_all = |looks: f64| looks >= NEARLY_ALL * f64::from(FPS);
    let all = least.iter().rev().find(|(_, looks)| is_all(*looks)).map(|(cameras, _)| *cameras);
    let all = all.map_or_else(
        || format!("of {shown}, not every frame of one camera is looked at"),
        |cameras| format!("of {shown}, every frame is looked at of up to {}", spoken(cameras)),
    );
    let fewer = least.iter().filter(|(cameras, looks)| !is_all(*looks) && *cameras > 0);
    let fewer: Vec<String> =
        fewer.map(|(cameras, looks)| format!("{} {looks:.1}", spoken(*cameras))).collect();
    let fewer = if fewer.is_empty() {
        String::new()
    } else {
        format!("; frames a second of each that are looked at, at least: {}", fewer.join(", "))
    };
    format!("On {processors} cores, at {FPS} frames a second {all}{fewer}.")
}

fn spoken(cameras: usize) -> String {
    if cameras == 1 { "1 camera".to_owned() } else { format!("{cameras} cameras") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_said_in_words() {
        let said = in_words("640×480", &[(1, 15.1), (2, 14.9), (4, 9.96), (8, 5.0)]);
        assert!(
            said.ends_with(
                "at 15 frames a second of 640×480, every frame is looked at of up to 2 cameras; frames a second of each \
                 that are looked at, at least: 4 cameras 10.0, 8 cameras 5.0."
            ),
            "{said}"
        );
        let all = in_words("clips", &[(1, 15.0)]);
        assert!(all.ends_with("of clips, every frame is looked at of up to 1 camera."), "{all}");
    }
}
