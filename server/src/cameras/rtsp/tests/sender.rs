//! The script that plays a clip as a camera would.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::clip::Clip;
use super::{Login, login};

const USER: &str = "camera";
const PASSWORD: &str = "a password: with @ in it";

/// The Python to run it with; `None` where that is not to be tested.
pub(super) fn python() -> Option<OsString> {
    std::env::var_os("ROSTRO_CAMERA_SENDERS")
}

/// A running one; it ends with the value.
pub(super) struct Sender {
    pub(super) url: String,
    process: Child,
}

impl Sender {
    pub(super) fn start(python: &OsString, clip: &Clip, options: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cameras/rtsp_server.py");
        let mut process = Command::new(python)
            .arg(script)
            .arg(clip.file.path())
            .args(["--user", USER, "--password", PASSWORD])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { url: ready["url"].as_str().unwrap().to_owned(), process }
    }

    /// Who may look, where it asks.
    pub(super) fn login() -> Option<Login> {
        login(USER, PASSWORD)
    }

    /// Ends it at once.
    pub(super) fn end(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Stops it where it is, with its connections open.
    pub(super) fn hang(&self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if self.process.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.end();
        }
    }
}
