//! Socket.IO clients that nobody here wrote: `socket.io-client` in Node.js.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Clients at work; each sends a report again until it is acknowledged, some over REST too.
pub(crate) struct Sockets {
    child: Child,
    said: BufReader<ChildStdout>,
}

/// Reports that were acknowledged.
#[derive(Default)]
pub(crate) struct Acked {
    /// Ids of all.
    pub(crate) all: Vec<String>,
    /// Ids of those that both channels acknowledged.
    pub(crate) hybrid: Vec<String>,
}

impl Drop for Sockets {
    /// Without a relay they would try for ever.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Sockets {
    /// Has `clients` send `each` reports to the relay on that port.
    ///
    /// # Errors
    /// Node.js or its packages are missing.
    pub(crate) fn start(port: u16, run: u16, clients: u16, each: u32) -> Result<Self> {
        let script = crate::root().join("bench/relay/sockets.mjs");
        let mut command = Command::new("node");
        command.arg(script).args([
            port.to_string(),
            run.to_string(),
            clients.to_string(),
            each.to_string(),
        ]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting Node.js, for Socket.IO clients")?;
        let said = BufReader::new(child.stdout.take().context("a pipe")?);
        Ok(Self { child, said })
    }

    /// Waits until all are done; what was acknowledged.
    ///
    /// # Errors
    /// They failed.
    pub(crate) fn finish(mut self) -> Result<Acked> {
        let mut acked = Acked::default();
        for line in self.said.by_ref().lines() {
            let line = line?;
            let (id, is_hybrid) =
                line.strip_suffix(" hybrid").map_or((&*line, false), |id| (id, true));
            acked.all.push(id.to_owned());
            acked.hybrid.extend(is_hybrid.then(|| id.to_owned()));
        }
        ensure!(self.child.wait()?.success(), "the Socket.IO clients failed");
        Ok(acked)
    }
}
