//! Runs programs, each in a process group of its own, and ends them, and only them, by id.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{park, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::progress::{last_line, plain, spoken};
use crate::workspace;

/// How often a long step says where it is.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a program has to end when asked, before it is killed.
const GRACE: Duration = Duration::from_secs(8);
const POLL: Duration = Duration::from_millis(50);
/// Lines of a failed program's output that are shown.
const SHOWN_LINES: usize = 60;

/// The process groups that this run started and that have not ended.
#[derive(Clone, Default)]
pub(crate) struct Children {
    groups: Arc<Mutex<BTreeSet<i32>>>,
    /// Somebody asked this run to stop.
    stopping: Arc<AtomicBool>,
}

impl Children {
    /// Ends every program of this run, then this run itself, on Ctrl-C, `SIGTERM` and hang-up.
    ///
    /// # Errors
    /// The signal handler cannot be set.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let children = Self::default();
        let on_signal = children.clone();
        ctrlc::set_handler(move || {
            on_signal.stopping.store(true, Ordering::Relaxed);
            println!("\nstopping …");
            on_signal.stop_all();
            println!("stopped");
            std::process::exit(130);
        })
        .context("setting the handler for Ctrl-C")?;
        Ok(children)
    }

    /// Runs `command` to its end and returns what it printed; its output goes to a log named after `step`.
    ///
    /// Says every 15 seconds that it is still at it, with the newest line of the output.
    ///
    /// # Errors
    /// The program cannot be started, or does not succeed: its last lines are printed.
    pub(crate) fn run(&self, step: &str, command: &mut Command) -> anyhow::Result<String> {
        let log = log_file(step);
        let mut child = self.spawn(command, &log)?;
        let started = Instant::now();
        let mut next_word = HEARTBEAT;
        let status = loop {
            if let Some(status) = child.ended()? {
                break status;
            }
            if started.elapsed() >= next_word {
                next_word += HEARTBEAT;
                let line = last_line(&read_log(&log)).unwrap_or_default();
                println!("    {:>12}  {line}", spoken(started.elapsed()));
            }
            sleep(POLL);
        };
        let output = read_log(&log);
        if !status.success() {
            show_tail(&output);
            bail!("{step}: {status}; the whole output is in {}", log.display());
        }
        Ok(output)
    }

    /// Starts a program that goes on until the returned handle is dropped; its output goes to `log`.
    ///
    /// # Errors
    /// The program cannot be started.
    pub(crate) fn spawn(&self, command: &mut Command, log: &Path) -> anyhow::Result<Running> {
        use std::os::unix::process::CommandExt as _;
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        without_our_package(command);
        let output = File::create(log).with_context(|| format!("writing {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        let group = i32::try_from(child.id()).context("a process id that does not fit")?;
        self.lock().insert(group);
        Ok(Running { child, group, log: log.to_path_buf(), children: self.clone() })
    }

    fn stop_all(&self) {
        let groups: Vec<i32> = self.lock().iter().copied().collect();
        for group in &groups {
            signal(*group, Signal::SIGTERM);
        }
        let asked = Instant::now();
        while groups.iter().any(|group| alive(*group)) && asked.elapsed() < GRACE {
            sleep(POLL);
        }
        for group in groups {
            signal(group, Signal::SIGKILL);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<i32>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A program that runs; dropping it ends it and whatever it started.
pub(crate) struct Running {
    child: Child,
    group: i32,
    log: PathBuf,
    children: Children,
}

impl Running {
    /// How it ended, if it has.
    ///
    /// # Errors
    /// The operating system cannot say.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        let status = self.child.try_wait();
        while self.children.stopping.load(Ordering::Relaxed) {
            park(); // It did not end by itself, so there is nothing to say of it; the handler ends this run.
        }
        Ok(status?)
    }

    /// The file that holds its output.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Waits until it answers a `GET` of `path` at `port` with success, at most `limit`.
    ///
    /// # Errors
    /// The program ended (its last lines are printed), or did not answer in time.
    pub(crate) fn answers(
        &mut self,
        what: &str,
        port: u16,
        path: &str,
        limit: Duration,
    ) -> anyhow::Result<()> {
        self.is_up(what, limit, || crate::port::answers(port, path))
    }

    /// Waits until `is_there`, at most `limit`.
    ///
    /// # Errors
    /// As of [`Self::answers`].
    pub(crate) fn is_up(
        &mut self,
        what: &str,
        limit: Duration,
        is_there: impl Fn() -> bool,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        while !is_there() {
            if let Some(status) = self.ended()? {
                show_tail(&read_log(&self.log));
                bail!("{what} ended ({status}); its output is in {}", self.log.display());
            }
            if started.elapsed() > limit {
                show_tail(&read_log(&self.log));
                bail!(
                    "{what} did not answer within {}; its output is in {}",
                    spoken(limit),
                    self.log.display()
                );
            }
            sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        signal(self.group, Signal::SIGTERM);
        let asked = Instant::now();
        while self.child.try_wait().is_ok_and(|status| status.is_none()) && asked.elapsed() < GRACE
        {
            sleep(POLL);
        }
        signal(self.group, Signal::SIGKILL);
        // Reaped here if it had to be killed; an error means that it already was.
        let _ = self.child.wait();
        self.children.lock().remove(&self.group);
    }
}

/// Takes away what `cargo run` tells xtask of xtask's own package. Some build scripts watch these variables (ring's
/// does), so that cargo would otherwise build their crates anew whenever it is called now from here, now by hand.
pub(crate) fn without_our_package(command: &mut Command) {
    const PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
        {
            command.env_remove(name);
        }
    }
}

/// A group that is gone is what was wanted, so the answer does not matter.
fn signal(group: i32, signal: Signal) {
    let _ = killpg(Pid::from_raw(group), signal);
}

/// Whether anybody of the group is left. Its leader is reaped if it ended, as it would count as there until then.
fn alive(group: i32) -> bool {
    let group = Pid::from_raw(group);
    let _ = waitpid(group, Some(WaitPidFlag::WNOHANG));
    killpg(group, None).is_ok()
}

/// `target/logs/<step, with what a file name cannot hold replaced>.log`
pub(crate) fn log_file(step: &str) -> PathBuf {
    let name: String =
        step.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    workspace::logs().join(format!("{name}.log"))
}

fn read_log(log: &Path) -> String {
    fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn show_tail(output: &str) {
    let lines: Vec<&str> = output.lines().collect();
    for line in &lines[lines.len().saturating_sub(SHOWN_LINES)..] {
        println!("    | {}", plain(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_program_ends_with_what_it_started() {
        let children = Children::default();
        let log = std::env::temp_dir().join(format!("xtask-children-{}.log", std::process::id()));
        let running = children
            .spawn(Command::new("sh").args(["-c", "sleep 600 & echo $!; wait"]), &log)
            .expect("sh starts");
        let grandchild = loop {
            if let Ok(id) = read_log(&log).trim().parse::<i32>() {
                break id;
            }
            sleep(POLL);
        };
        drop(running);
        // A zombie that waits for init still has an id; its group must have nobody who could be asked to stop.
        let state = fs::read_to_string(format!("/proc/{grandchild}/stat")).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "still there: {state}");
        assert!(children.lock().is_empty());
        fs::remove_file(log).expect("the log was there");
    }

    #[test]
    fn nothing_is_told_of_our_own_package() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "cargo sets it for tests");
        let output = Children::default()
            .run("xtask own environment", &mut Command::new("env"))
            .expect("it runs");
        assert!(!output.contains("CARGO_PKG_") && output.contains("PATH="), "{output}");
    }

    #[test]
    fn a_failure_names_the_step_and_the_log() {
        let error = Children::default()
            .run("xtask own failure", Command::new("sh").args(["-c", "echo oh; exit 3"]))
            .expect_err("exit 3 is a failure");
        let text = error.to_string();
        assert!(
            text.contains("xtask own failure") && text.contains("xtask-own-failure.log"),
            "{text}"
        );
    }
}
