//! The program on an empty data directory of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with data, pictures and whatever a test writes there.
pub(crate) struct Rostro {
    folder: TempDir,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    /// Without the folder's path, which differs from run to run.
    pub(crate) stderr: String,
}

impl Rostro {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file; its path as an argument.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A portrait of the fixtures as a file; its path as an argument.
    pub(crate) fn portrait(&self, name: &str) -> String {
        self.file(&format!("{name}.png"), rostro_testkit::pictures::png(name))
    }

    /// The program with the shipped models, this folder's data, and nothing of the tester's own settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rostro"));
        command
            .args(arguments)
            .env("ROSTRO_DATA", self.data())
            .env("ROSTRO_MODELS", Path::new(env!("CARGO_MANIFEST_DIR")).join("../models"))
            .env("NEXTJS_WEBHOOK_URL", "");
        let settings = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let own = ["ROSTRO_DATA", "ROSTRO_MODELS"];
        for name in settings.filter(|name| name.starts_with("ROSTRO_") && !own.contains(&&**name)) {
            command.env_remove(name);
        }
        command.env_remove("RUST_LOG").env_remove("FACIAL_RECOGNITION_WEBHOOK_SECRET");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let folder = format!("{}/", self.folder.path().display());
        Ran {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap().replace(&folder, ""),
        }
    }

    /// What a run that must succeed prints.
    pub(crate) fn output(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    }

    /// What a run that must succeed prints as lines of JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Vec<Value> {
        lines(&self.output(arguments))
    }

    /// What a run that must fail says.
    pub(crate) fn complaint(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 1, "{ran:?}");
        let last = ran.stderr.lines().last().unwrap_or_default();
        last.strip_prefix("rostro: ").unwrap_or_else(|| panic!("{ran:?}")).to_owned()
    }
}

pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A made-up encoding: `first`, then a tenth in every place.
pub(crate) fn encoding(first: f32) -> Vec<f32> {
    let mut values = vec![0.1; 128];
    values[0] = first;
    values
}
