//! Takes turns: what slows the machine down for a while slows all contestants alike.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::samples::{Samples, Took};

/// How long one contestant's turn takes, in milliseconds.
const TURN_MS: f64 = 250.0;
/// Runs before anything is measured.
const WARM_UP: u32 = 5;

/// Runs so many times and says what one run took.
pub(super) type Run<'a> = Box<dyn FnMut(u32) -> Result<Took> + 'a>;

/// Times `work`, which runs on this thread alone.
pub(super) fn on_this_thread<'a>(mut work: impl FnMut() -> Result<()> + 'a) -> Run<'a> {
    Box::new(move |times| {
        let (cpu, wall) = (thread_cpu_ms()?, Instant::now());
        for _ in 0..times {
            work()?;
        }
        let wall_ms = wall.elapsed().as_secs_f64() * 1e3;
        let times = f64::from(times);
        Ok(Took { wall_ms: wall_ms / times, cpu_ms: (thread_cpu_ms()? - cpu) / times })
    })
}

/// Milliseconds that this thread has run, from Linux's scheduler.
fn thread_cpu_ms() -> Result<f64> {
    let file = "/proc/thread-self/schedstat";
    let text = fs::read_to_string(file).with_context(|| format!("reading {file}"))?;
    let ran = text.split_whitespace().next().context("a schedstat file begins with a number")?;
    Ok(ran.parse::<f64>().context("reading CPU time")? / 1e6)
}

/// Warms all `contestants` up and runs them in turn, `rounds` times over.
///
/// # Errors
/// One of them fails.
pub(super) fn take_turns(
    contestants: Vec<(&str, Run<'_>)>,
    rounds: u32,
) -> Result<Vec<(String, Samples)>> {
    let mut fields = Vec::new();
    for (name, mut run) in contestants {
        run(WARM_UP).with_context(|| name.to_owned())?;
        let once = run(WARM_UP).with_context(|| name.to_owned())?.wall_ms;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small range"
        )]
        let times = (TURN_MS / once.max(0.01)).round().clamp(1.0, 1000.0) as u32;
        fields.push((name, run, times, Samples::default()));
    }
    for _ in 0..rounds {
        for (name, run, times, samples) in &mut fields {
            samples.push(run(*times).with_context(|| (*name).to_owned())?);
        }
    }
    Ok(fields.into_iter().map(|(name, _, _, samples)| (name.to_owned(), samples)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_has_a_turn_in_every_round() {
        let taking = |ms: f64| -> Run<'static> {
            Box::new(move |_| Ok(Took { wall_ms: ms, cpu_ms: ms / 2.0 }))
        };
        let taken = take_turns(vec![("a", taking(4.0)), ("b", taking(8.0))], 3).expect("they run");
        assert_eq!(taken[0].1.wall_ms, [4.0; 3]);
        assert_eq!(taken[1].1.cpu_ms, [4.0; 3]);
    }

    #[test]
    fn who_fails_is_named() {
        let failing: Run<'_> = Box::new(|_| anyhow::bail!("no picture"));
        let error = take_turns(vec![("a", failing)], 1).expect_err("it fails");
        assert_eq!(format!("{error:#}"), "a: no picture");
    }
}
