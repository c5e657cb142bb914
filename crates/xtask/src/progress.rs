//! Says what is being done, how far it is, and how long it took.

use std::time::{Duration, Instant};

/// Counts the steps of a command aloud.
pub(crate) struct Steps {
    number: usize,
    total: usize,
}

impl Steps {
    /// No step of `total` is done yet.
    pub(crate) fn new(total: usize) -> Self {
        Self { number: 0, total }
    }

    /// Does the next step, saying so before and after.
    ///
    /// # Errors
    /// Those of `work`.
    pub(crate) fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.number += 1;
        println!("[{}/{}] {name}", self.number, self.total);
        let started = Instant::now();
        let done = work()?;
        println!("    {:>12}", spoken(started.elapsed()));
        Ok(done)
    }
}

/// `0.4 s`, `12 s`, `3 min 05 s`.
pub(crate) fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// The last line of a log that says something, without colours, cut to a terminal's width.
pub(crate) fn last_line(log: &str) -> Option<String> {
    log.rsplit(['\n', '\r']).map(plain).find(|line| !line.trim().is_empty()).map(|line| {
        let line = line.trim();
        line.char_indices()
            .nth(100)
            .map_or_else(|| line.to_owned(), |(end, _)| format!("{}…", &line[..end]))
    })
}

/// `text` without terminal escape sequences.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().skip(1).find(char::is_ascii_alphabetic);
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_a_clock() {
        for (duration, want) in [
            (Duration::from_millis(420), "0.4 s"),
            (Duration::from_secs(59), "59 s"),
            (Duration::from_secs(185), "3 min 05 s"),
        ] {
            assert_eq!(spoken(duration), want);
        }
    }

    #[test]
    fn the_last_line_skips_blanks_and_colours() {
        assert_eq!(last_line("one\n\u{1b}[32mtwo\u{1b}[0m\n\n"), Some("two".to_owned()));
        assert_eq!(last_line("10 %\r20 %\r"), Some("20 %".to_owned()));
        assert_eq!(last_line("\n"), None);
    }
}
