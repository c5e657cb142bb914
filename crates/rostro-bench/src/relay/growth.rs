//! Does the relay grow? It is looked at each second, and its third minute is held against its last.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::program::Relay;
use crate::report::{Figure, Goal};
use crate::speed::{List, quantile};

const LOOK_EVERY: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// By then everything is loaded and warm.
const WARM_AFTER: Duration = Duration::from_secs(120);
/// Growth from the third minute to the last one, in percent.
const GROWTH_MAX: f64 = 5.0;

/// The relay at one moment.
pub(crate) struct Look {
    at: Duration,
    resident_mb: f64,
    open_files: f64,
}

/// # Errors
/// So many minutes are too few to tell growth.
pub(crate) fn check(minutes: u32) -> Result<()> {
    ensure!(
        minutes >= 4,
        "growth is told from the third minute to the last: that takes four at least"
    );
    Ok(())
}

/// Looks at the relay each second of so many minutes, as long as `all_run`.
///
/// # Errors
/// The relay is gone.
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
pub(crate) fn look(relay: &Relay, minutes: u32, all_run: impl Fn() -> bool) -> Result<Vec<Look>> {
    let begun = Instant::now();
    let mut looks = Vec::new();
    while begun.elapsed() < MINUTE * minutes && all_run() {
        std::thread::sleep(LOOK_EVERY);
        let resident = relay.resident_bytes().context("the relay's memory cannot be read")?;
        let open = relay.open_files().context("the relay's files cannot be read")?;
        let at = begun.elapsed();
        looks.push(Look { at, resident_mb: resident as f64 / 1e6, open_files: open as f64 });
    }
    Ok(looks)
}

/// What became of the relay.
pub(crate) struct Grown {
    /// Growth of its memory, and of its open files.
    pub(crate) figures: [Figure; 2],
    /// What says more, for a list of one column.
    pub(crate) rows: Vec<(String, Vec<f64>)>,
    /// Its memory in each minute.
    pub(crate) minutes: List,
}

/// What became of memory and open files; up to `files_max` more of those are no growth.
///
/// # Errors
/// The relay was not looked at for so long.
pub(crate) fn judge(minutes: u32, looks: &[Look], files_max: f64) -> Result<Grown> {
    let last = MINUTE * minutes.saturating_sub(1);
    let median = |from: Duration, of: fn(&Look) -> f64| -> Result<f64> {
        let minute = from..from + MINUTE;
        let within = looks.iter().filter(|look| minute.contains(&look.at));
        quantile(&within.map(of).collect::<Vec<_>>(), 0.5).context("the relay was not looked at")
    };
    let [warm_mb, last_mb] =
        [median(WARM_AFTER, |look| look.resident_mb)?, median(last, |look| look.resident_mb)?];
    let [warm_files, last_files] =
        [median(WARM_AFTER, |look| look.open_files)?, median(last, |look| look.open_files)?];
    let most_mb = looks.iter().map(|look| look.resident_mb).fold(0.0, f64::max);
    let figures = [
        Figure::new(
            format!("{minutes} minutes: memory, growth from the third to the last"),
            100.0 * (last_mb / warm_mb - 1.0),
            "%",
            Goal::AtMost(GROWTH_MAX),
        ),
        Figure::new(
            format!("{minutes} minutes: open files, growth from the third to the last"),
            last_files - warm_files,
            "",
            Goal::AtMost(files_max),
        ),
    ];
    let rows = vec![
        ("memory in the third minute, MB".to_owned(), vec![warm_mb]),
        ("memory in the last, MB".to_owned(), vec![last_mb]),
        ("memory, the most, MB".to_owned(), vec![most_mb]),
        ("open files in the last".to_owned(), vec![last_files]),
    ];
    let by_minute = (0..minutes).map(|minute| {
        let resident_mb = median(MINUTE * minute, |look| look.resident_mb)?;
        Ok((format!("{}.", minute + 1), vec![resident_mb]))
    });
    let minutes = List {
        name: format!("{minutes} minutes: memory in each"),
        columns: vec!["MB"],
        rows: by_minute.collect::<Result<_>>()?,
    };
    Ok(Grown { figures, rows, minutes })
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
            let Grown { figures, .. } = judge(5, &looks, 0.0).expect("there are looks");
            assert_eq!(figures.iter().all(|figure| figure.met == Some(true)), met, "{step_mb}");
        }
        assert!(judge(30, &[], 0.0).is_err());
    }
}
