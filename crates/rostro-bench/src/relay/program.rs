//! The relay as a child: started, killed, started again.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::client::Client;

/// A relay that is not ready by then never will be.
const PATIENCE: Duration = Duration::from_secs(30);

/// A relay on loopback. It is killed when this is dropped.
pub(crate) struct Relay {
    child: Child,
    port: u16,
    /// From its start until it answered.
    pub(crate) ready_in: Duration,
}

/// How a relay is to be started.
#[derive(Clone, Copy)]
pub(crate) struct Launch<'a> {
    data: &'a Path,
    port: u16,
    receiver_port: Option<u16>,
    trace: Option<&'a Path>,
    settings: &'a [(&'a str, &'a str)],
}

impl<'a> Launch<'a> {
    /// The relay beside this program, with its data in `data`, on `port`, without webhooks.
    pub(crate) const fn on(data: &'a Path, port: u16) -> Self {
        Self { data, port, receiver_port: None, trace: None, settings: &[] }
    }

    /// The same, with webhooks to a receiver on that port of this machine.
    pub(crate) const fn telling(self, receiver_port: u16) -> Self {
        Self { receiver_port: Some(receiver_port), ..self }
    }

    /// The same, with its flushes and writes written to `trace` by `strace`.
    pub(crate) const fn watched(self, trace: &'a Path) -> Self {
        Self { trace: Some(trace), ..self }
    }

    /// The same, with these settings in its environment.
    pub(crate) const fn with(self, settings: &'a [(&'a str, &'a str)]) -> Self {
        Self { settings, ..self }
    }

    /// Starts it, and waits until it answers.
    ///
    /// # Errors
    /// There is no such program, it may not be watched, or it does not answer.
    pub(crate) fn start(self) -> Result<Relay> {
        let mut command = match self.trace {
            None => Command::new(program()?),
            Some(trace) => {
                let mut strace = Command::new("strace");
                // With -D it is the relay that is this program's child, and ends the watching with it.
                strace.args(["-D", "-f", "-y", "-s", "16", "-e"]);
                strace.arg("trace=fdatasync,fsync,write,writev,sendto,sendmsg");
                strace.arg("-o").arg(trace).arg(program()?);
                strace
            }
        };
        let receiver = self.receiver_port.map(|port| format!("http://127.0.0.1:{port}/webhook"));
        let started = Instant::now();
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(self.data)
            .arg("--models")
            .arg(crate::root().join("models"))
            .env("NEXTJS_WEBHOOK_URL", receiver.unwrap_or_default())
            .env_remove("ROSTRO_API_KEY")
            .env_remove("ROSTRO_ALLOWED_ORIGINS")
            .env("RUST_LOG", "error")
            .envs(self.settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().context("starting the relay")?;
        let mut relay = Relay { child, port: self.port, ready_in: Duration::ZERO };
        let mut client = Client::new(self.port);
        while !client.get("/v1/health").is_ok_and(|status| status == 200) {
            if started.elapsed() > PATIENCE {
                bail!("the relay is not ready after {} s", PATIENCE.as_secs());
            }
            if let Some(status) = relay.child.try_wait()? {
                bail!("the relay ended by itself: {status}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        relay.ready_in = started.elapsed();
        Ok(relay)
    }
}

impl Relay {
    /// Kills it at once, as `kill -9` does.
    ///
    /// # Errors
    /// It cannot be killed.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Bytes that it holds in memory.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(1024 * line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?)
    }

    /// Files and connections that it holds open.
    pub(crate) fn open_files(&self) -> Option<usize> {
        Some(std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).ok()?.count())
    }

    /// What it worked so far, all processors together. Linux tells it in hundredths of a second.
    pub(crate) fn worked(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // Behind the program's name, which may hold spaces: the third field is the first here.
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let hundredths = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Duration::from_millis(10 * (hundredths(11)? + hundredths(12)?)))
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The relay's program, beside this one.
///
/// # Errors
/// It was not built.
pub(crate) fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own.with_file_name("rostro");
    if !beside.is_file() {
        bail!("there is no relay at {}: build it first", beside.display());
    }
    Ok(beside)
}
