//! GStreamer's server as a camera: H.264 over RTSP, as the tests of cameras play it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// A clip over RTSP; it ends once this is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) url: String,
}

#[derive(Deserialize)]
struct Ready {
    url: String,
}

impl Server {
    /// Plays `clip`.
    ///
    /// # Errors
    /// GStreamer or its Python binding is not there.
    pub(super) fn start(clip: &Path, fps: u32) -> Result<Self> {
        let python = std::env::var_os("ROSTRO_CAMERA_SENDERS");
        let mut command = Command::new(python.unwrap_or_else(|| "/usr/bin/python3".into()));
        command.arg(crate::root().join("server/tests/cameras/rtsp_server.py")).arg(clip);
        command.args(["--fps", &fps.to_string(), "--gop", &fps.to_string()]);
        // It ends with its input.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().context("starting Python")?;
        let mut line = String::new();
        let printed = child.stdout.take().context("it prints nothing")?;
        BufReader::new(printed).read_line(&mut line)?;
        let ready: Result<Ready, _> = serde_json::from_str(&line);
        match ready {
            Ok(Ready { url }) => Ok(Self { child, url }),
            Err(error) => {
                drop(child.kill());
                drop(child.wait());
                Err(error).context("GStreamer's RTSP server or its Python binding is not there")
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
