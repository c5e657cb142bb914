//! Sets up what a fresh machine is missing, and says what it cannot set up.
//!
//! Needed beforehand: cargo and rustc, Node.js with npm, a C compiler, and for the tests Python 3. Everything else is
//! fetched here: the wasm target by rustup; wasm-pack and wasm-bindgen by `cargo install`, and Python packages by pip,
//! into [`workspace::cache`]; Chromium, PostgreSQL and what sends like a camera by apt, on Debian and its relatives.

mod apt;
mod python;
mod wasm;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

pub(crate) use python::python;
pub(crate) use wasm::{tools_path, wasm_bindgen_version, wasm_tools};

use crate::children::Children;
use crate::workspace;

/// The test runner of the web app asks for it; Next.js 16 would be content with 20.9.
const NODE_AT_LEAST: (u32, u32) = (20, 19);

/// Depends on `gstreamer1.0-plugins-bad`, which has the coders of H.264 and H.265.
const RTSP_SERVER_PACKAGES: [&str; 3] =
    ["gir1.2-gst-rtsp-server-1.0", "python3-gi", "gstreamer1.0-plugins-good"];

const RTSP_SERVER_PROBE: &str = "\
import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer
Gst.init(None)
for name in ['multifilesrc', 'jpegdec', 'jpegenc', 'openh264enc', 'x265enc', 'vp8enc', 'rtph264pay']:
    assert Gst.ElementFactory.find(name), name
";

/// Checks for Node.js and npm.
///
/// # Errors
/// One is missing or too old.
pub(crate) fn node() -> anyhow::Result<()> {
    let (major, minor) = NODE_AT_LEAST;
    let wanted = format!(
        "Node.js {major}.{minor} or later with npm is needed: https://nodejs.org/en/download"
    );
    let version = printed("node", &["--version"]).with_context(|| wanted.clone())?;
    let mut parts =
        version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < NODE_AT_LEAST {
        bail!("{wanted} (found {version})");
    }
    printed("npm", &["--version"]).context(wanted)?;
    Ok(())
}

/// Checks for a C compiler, and installs one where apt can: SQLite and the TLS library contain C.
///
/// # Errors
/// There is none and it cannot be installed.
pub(crate) fn c_compiler(children: &Children) -> anyhow::Result<()> {
    if on_path("cc").is_none() {
        apt::install(children, &["build-essential"])?;
    }
    Ok(())
}

/// Adds rustfmt and clippy to the toolchain where they are missing.
///
/// # Errors
/// rustup is missing or cannot fetch them.
pub(crate) fn rust_components(children: &Children) -> anyhow::Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if printed("cargo", &[subcommand, "--version"]).is_err() {
            println!("  installing {component}");
            children.run(
                &format!("setup {component}"),
                Command::new("rustup").args(["component", "add", component]),
            )?;
        }
    }
    Ok(())
}

/// A Chromium that tests can drive: `CHROMIUM`, else the system's, else Debian's, installed now.
///
/// # Errors
/// There is none and it cannot be installed.
pub(crate) fn chromium(children: &Children) -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let found = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path);
    if found().is_none() {
        apt::install(children, &["chromium", "chromium-driver"])?;
    }
    found().context("Chromium is needed for the browser tests; set CHROMIUM to its path")
}

/// The folder of PostgreSQL's programs: `ROSTRO_POSTGRES_BIN`, else Debian's, installed now where it is missing.
///
/// # Errors
/// There is none and it cannot be installed.
pub(crate) fn postgres(children: &Children) -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("ROSTRO_POSTGRES_BIN") {
        return Ok(path.into());
    }
    let found = || on_path("initdb").or_else(debian_initdb)?.parent().map(Path::to_owned);
    if found().is_none() {
        apt::install(children, &["postgresql"])?;
    }
    found().context(
        "PostgreSQL is needed for the web app's tests; set ROSTRO_POSTGRES_BIN to the folder of initdb",
    )
}

/// The Python that plays clips as cameras do, with GStreamer's RTSP server, and ffmpeg beside it:
/// `ROSTRO_CAMERA_SENDERS`, else the system's, with what it misses of Debian's packages installed now.
///
/// # Errors
/// Something is missing and cannot be installed.
pub(crate) fn camera_senders(children: &Children) -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("ROSTRO_CAMERA_SENDERS") {
        return Ok(path.into());
    }
    // Debian's packages are for its own Python only, whichever comes first in `PATH`.
    let python = PathBuf::from("/usr/bin/python3");
    if !has_rtsp_server(&python) {
        apt::install(children, &RTSP_SERVER_PACKAGES)?;
    }
    if on_path("ffmpeg").is_none() {
        apt::install(children, &["ffmpeg"])?;
    }
    if !has_rtsp_server(&python) || on_path("ffmpeg").is_none() {
        bail!(
            "GStreamer's RTSP server with its Python binding, and ffmpeg, are needed for the tests of cameras; set \
             ROSTRO_CAMERA_SENDERS to a Python that has them"
        );
    }
    Ok(python)
}

/// Whether a Python finds GStreamer's RTSP server and the elements that the script of the tests asks for.
fn has_rtsp_server(python: &Path) -> bool {
    printed(python, &["-c", RTSP_SERVER_PROBE]).is_ok()
}

/// Debian keeps each version in a folder of its own, out of `PATH`.
fn debian_initdb() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions.flatten().map(|version| version.path().join("bin/initdb")).find(|file| file.is_file())
}

/// The program of that name in `PATH`.
fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// What a program prints, trimmed.
///
/// # Errors
/// It cannot be started, or fails.
fn printed(program: impl AsRef<Path>, args: &[&str]) -> anyhow::Result<String> {
    let program = program.as_ref();
    let output = Command::new(program)
        .args(args)
        .current_dir(workspace::root())
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {}", program.display()))?;
    if !output.status.success() {
        bail!("{} {}: {}", program.display(), args.join(" "), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
