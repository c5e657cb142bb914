//! How many tests a runner says it ran.

use crate::progress::plain;

/// Who ran the tests, and so how their closing lines read.
#[derive(Clone, Copy)]
pub(crate) enum Runner {
    /// `test result: ok. 3 passed; 0 failed; 0 ignored; …`, once for each program.
    Cargo,
    /// `ℹ pass 3`, `ℹ fail 0`, `ℹ skipped 0`, `ℹ todo 0`; `#` in place of `ℹ` without a terminal.
    Node,
    /// `Tests  1 failed | 3 passed | 1 skipped (5)`.
    Vitest,
    /// `1 failed, 3 passed, 1 skipped in 2.1s`.
    Pytest,
    /// `1 failed`, `1 skipped`, `3 passed (2.1s)`, each on a line of its own.
    Playwright,
}

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// That passed.
    pub(crate) passed: u32,
    /// That did not.
    pub(crate) failed: u32,
    /// That were switched off.
    pub(crate) left_out: u32,
}

impl Counts {
    /// Adds up what `runner` printed.
    pub(crate) fn read(runner: Runner, output: &str) -> Self {
        plain(output).lines().map(|line| Self::read_line(runner, line.trim())).fold(
            Self::default(),
            |sum, one| Self {
                passed: sum.passed + one.passed,
                failed: sum.failed + one.failed,
                left_out: sum.left_out + one.left_out,
            },
        )
    }

    fn read_line(runner: Runner, line: &str) -> Self {
        let after = |word: &str| {
            let rest = line.strip_prefix(['ℹ', '#'])?.trim().strip_prefix(word)?;
            rest.trim().parse::<u32>().ok()
        };
        let number = |word: &str| number_before(line, word).unwrap_or(0);
        let in_words = Self {
            passed: number("passed"),
            failed: number("failed") + number("error") + number("errors"),
            left_out: number("ignored") + number("skipped") + number("flaky"),
        };
        let is_summary = match runner {
            Runner::Cargo => line.starts_with("test result: "),
            Runner::Vitest => line.starts_with("Tests "),
            Runner::Pytest => line.ends_with('s') && line.contains(" in ") || line.starts_with('='),
            Runner::Playwright => line.starts_with(|c: char| c.is_ascii_digit()),
            Runner::Node => {
                return Self {
                    passed: after("pass ").unwrap_or(0),
                    failed: after("fail ").unwrap_or(0) + after("cancelled ").unwrap_or(0),
                    left_out: after("skipped ").unwrap_or(0) + after("todo ").unwrap_or(0),
                };
            }
        };
        if is_summary { in_words } else { Self::default() }
    }
}

/// The number that stands before `word`, which may be followed by a sign but not by a letter.
fn number_before(line: &str, word: &str) -> Option<u32> {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        (pair[1].trim_end_matches([',', ';', '.']) == word).then(|| pair[0].parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_understood() {
        struct Case {
            runner: Runner,
            output: &'static str,
            want: (u32, u32, u32),
        }
        let cases = [
            Case {
                runner: Runner::Cargo,
                output: "running 3 tests\ntest a ... ok\n\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; \
                         0 filtered out; finished in 0.00s\n\ntest result: FAILED. 1 passed; 2 failed; 1 ignored; 0 \
                         measured",
                want: (4, 2, 1),
            },
            Case {
                runner: Runner::Node,
                output: "ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n",
                want: (3, 1, 0),
            },
            Case {
                runner: Runner::Node,
                output: "# pass 7\n# fail 0\n# skipped 2\n",
                want: (7, 0, 2),
            },
            Case {
                runner: Runner::Vitest,
                output: " Test Files  2 passed (2)\n\u{1b}[2m      Tests \u{1b}[22m 1 failed | 12 passed | 2 skipped (15)\n",
                want: (12, 1, 2),
            },
            Case { runner: Runner::Pytest, output: "....\n4 passed in 2.31s\n", want: (4, 0, 0) },
            Case {
                runner: Runner::Pytest,
                output: "=== 1 failed, 3 passed, 1 error in 0.12s ===",
                want: (3, 2, 0),
            },
            Case {
                runner: Runner::Playwright,
                output: "  1 skipped\n  3 passed (12.3s)\n",
                want: (3, 0, 1),
            },
            Case { runner: Runner::Cargo, output: "error: could not compile", want: (0, 0, 0) },
        ];
        for case in cases {
            let counts = Counts::read(case.runner, case.output);
            assert_eq!(
                (counts.passed, counts.failed, counts.left_out),
                case.want,
                "{}",
                case.output
            );
        }
    }
}
