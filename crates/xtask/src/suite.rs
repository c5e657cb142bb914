//! A row of named steps that go on after a failure, with the time and the tests of each, and one closing line.

mod count;

use std::time::{Duration, Instant};

use anyhow::bail;

pub(crate) use count::{Counts, Runner};

use crate::progress::spoken;

/// What was done so far.
pub(crate) struct Suite {
    started: Instant,
    outcomes: Vec<Outcome>,
}

struct Outcome {
    name: String,
    time: Duration,
    counts: Counts,
}

impl Suite {
    /// Nothing done yet.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), outcomes: Vec::new() }
    }

    /// Does a step that counts as one test; says whether it passed.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<()>) -> bool {
        self.counted(name, || {
            work()?;
            Ok(Counts { passed: 1, failed: 0, left_out: 0 })
        })
    }

    /// Does a step that says itself how many tests it ran; says whether all passed.
    ///
    /// A step that ran none, or left some out, has failed.
    pub(crate) fn counted(
        &mut self,
        name: &str,
        work: impl FnOnce() -> anyhow::Result<Counts>,
    ) -> bool {
        println!("\n▸ {name}");
        let started = Instant::now();
        let result = work();
        let time = started.elapsed();
        let counts = match result {
            Ok(counts) => counts,
            Err(error) => {
                println!("    {error:#}");
                Counts { passed: 0, failed: 1, left_out: 0 }
            }
        };
        let outcome = Outcome { name: name.to_owned(), time, counts };
        println!("    {outcome}");
        let passed = outcome.passed();
        self.outcomes.push(outcome);
        passed
    }

    /// Notes that a step could not be tried because of an earlier one.
    pub(crate) fn missed(&mut self, name: &str, because: &str) {
        self.counted(name, || bail!("not tried: {because} failed"));
    }

    /// Prints every step with its time, and the closing line that continuous integration reads.
    ///
    /// # Errors
    /// Something failed.
    pub(crate) fn close(self) -> anyhow::Result<()> {
        println!("\n{}\nSummary after {}", "─".repeat(72), spoken(self.started.elapsed()));
        for outcome in &self.outcomes {
            println!("  {outcome}  {}", outcome.name);
        }
        let failures = self.outcomes.iter().filter(|outcome| !outcome.passed()).count();
        let (passed, failed) = self.outcomes.iter().fold((0, 0), |(passed, failed), outcome| {
            let silent_failure = u32::from(!outcome.passed() && outcome.counts.failed == 0);
            (passed + outcome.counts.passed, failed + outcome.counts.failed + silent_failure)
        });
        println!("\n{passed} passed, {failed} failed");
        if failures > 0 {
            std::process::exit(1);
        }
        Ok(())
    }
}

impl Outcome {
    fn passed(&self) -> bool {
        self.counts.passed > 0 && self.counts.failed == 0 && self.counts.left_out == 0
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = if self.passed() { "ok    " } else { "FAILED" };
        write!(f, "{word} {:>12} {:>4} passed", spoken(self.time), self.counts.passed)?;
        if self.counts.failed > 0 {
            write!(f, ", {} failed", self.counts.failed)?;
        }
        if self.counts.left_out > 0 {
            write!(f, ", {} left out", self.counts.left_out)?;
        }
        Ok(())
    }
}
