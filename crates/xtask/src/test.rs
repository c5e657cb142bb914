//! `cargo xtask test`: every test there is.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use clap::ValueEnum;

use crate::children::{Children, log_file};
use crate::services::{Services, Settings};
use crate::stamp::Stamp;
use crate::suite::{Counts, Runner, Suite};
use crate::{build, check, docs, port, setup, workspace};

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Runs only these parts, in the usual order
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
}

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, lints, the dependency table, docs, generated types, checksums
    Check,
    /// Every crate, and the relay
    Rust,
    /// The npm package, wasm and all
    Pkg,
    /// The Next.js app
    Web,
    /// The packed npm package in apps of Next.js, Vite and no bundler, in Chromium
    Bundlers,
    /// The flows of existing clients, in Node.js and Python, against the real relay
    Clients,
    /// The relay reading cameras: ffmpeg, GStreamer's RTSP server, and senders that send wrongly
    Cameras,
    /// The whole line in Chromium, with a clip for a camera
    E2e,
}

/// Runs the parts and prints a summary; the exit code is 1 if anything failed.
///
/// # Errors
/// Something failed.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let children = Children::new()?;
    let mut suite = Suite::new();
    let wanted = |part: Part| args.only.is_empty() || args.only.contains(&part);
    let set_up = suite.step("setup", || {
        setup::node()?;
        check::set_up(&children)?;
        if wanted(Part::Clients) || wanted(Part::Cameras) {
            setup::python(&children)?;
        }
        if wanted(Part::Rust) || wanted(Part::Cameras) {
            setup::camera_senders(&children)?;
        }
        if wanted(Part::E2e) || wanted(Part::Pkg) || wanted(Part::Bundlers) {
            setup::chromium(&children)?;
        }
        Ok(())
    });
    if !set_up {
        return suite.close();
    }
    if wanted(Part::Check) {
        check::steps(&children, &mut suite);
    }
    if wanted(Part::Rust) {
        rust(&children, &mut suite);
    }
    let packaged = [Part::Pkg, Part::Web, Part::Bundlers, Part::E2e].into_iter().any(wanted)
        && suite.step("npm package: build", || build::package(&children));
    let of_relay = [Part::Pkg, Part::Bundlers, Part::Clients, Part::Cameras, Part::E2e];
    let relay =
        of_relay.into_iter().any(wanted) && suite.step("relay: build", || build::relay(&children));
    if wanted(Part::Pkg) {
        speed_bench(&children, &mut suite);
        after(packaged && relay, &mut suite, "npm package: tests", |suite, name| {
            package(&children, suite, name)
        });
    }
    let built = (wanted(Part::Web) || wanted(Part::E2e))
        && packaged
        && web(&children, &mut suite, wanted(Part::Web));
    if wanted(Part::Bundlers) {
        after(packaged && relay, &mut suite, "npm package: in apps", |suite, name| {
            bundlers(&children, suite, name)
        });
    }
    if wanted(Part::Clients) {
        after(relay, &mut suite, "clients", |suite, _| clients(&children, suite));
    }
    if wanted(Part::Cameras) {
        after(relay, &mut suite, "cameras", |suite, name| cameras(&children, suite, name));
    }
    if wanted(Part::E2e) {
        after(relay && built, &mut suite, "browser", |suite, name| browser(&children, suite, name));
    }
    suite.close()
}

/// Does `work` if what it needs is there, else notes that it was missed.
fn after(ready: bool, suite: &mut Suite, name: &str, work: impl FnOnce(&mut Suite, &str)) {
    if ready { work(suite, name) } else { suite.missed(name, "what it needs") }
}

fn rust(children: &Children, suite: &mut Suite) {
    suite.counted("Rust", || {
        let mut cargo = Command::new("cargo");
        cargo
            .args(["test", "--release", "--workspace", "--no-fail-fast"])
            .current_dir(workspace::root())
            .env("ROSTRO_CAMERA_SENDERS", setup::camera_senders(children)?);
        tests(children, "rust", Runner::Cargo, &mut cargo)
    });
}

fn package(children: &Children, suite: &mut Suite, name: &str) {
    suite.step("npm package: API reference", || docs::typescript(children));
    suite.counted(name, || {
        let mut npm = npm(&["test"], &workspace::root().join("pkg"));
        npm.env("CHROMIUM", setup::chromium(children)?).env("PATH", setup::tools_path()?);
        tests(children, "pkg", Runner::Vitest, &mut npm)
    });
}

/// Next.js and React are those of the web app.
fn bundlers(children: &Children, suite: &mut Suite, name: &str) {
    suite.counted(name, || {
        build::npm_ci(children, &workspace::root().join("pkg"), Stamp::new())?;
        build::web_packages(children)?;
        let mut npm = npm(&["run", "test:bundlers"], &workspace::root().join("pkg"));
        npm.env("CHROMIUM", setup::chromium(children)?);
        tests(children, "bundlers", Runner::Vitest, &mut npm)
    });
}

/// What the speed bench reckons with; it measures nothing here, and needs no other library for it.
fn speed_bench(children: &Children, suite: &mut Suite) {
    suite.counted("speed bench: its arithmetic", || {
        let folder = workspace::root().join("bench");
        tests(children, "bench", Runner::Node, &mut npm(&["test"], &folder))
    });
}

/// Builds the web app, and tests it where that is wanted; says whether it was built.
fn web(children: &Children, suite: &mut Suite, tested: bool) -> bool {
    let folder = workspace::root().join("web");
    if tested {
        suite.step("web app: packages", || build::web_packages(children));
        suite.step("web app: lints and types", || {
            children.run("web lint", &mut npm(&["run", "lint"], &folder)).map(drop)
        });
        suite.counted("web app: tests", || {
            let mut npm = npm(&["test"], &folder);
            npm.env("ROSTRO_POSTGRES_BIN", setup::postgres(children)?);
            tests(children, "web", Runner::Vitest, &mut npm)
        });
    }
    suite.step("web app: build", || build::web(children))
}

fn clients(children: &Children, suite: &mut Suite) {
    let folder = workspace::root().join("server/tests/clients");
    suite.counted("clients: socket.io-client and fetch (Node.js)", || {
        build::npm_ci(children, &folder, Stamp::new())?;
        let mut node = npm(&["test"], &folder);
        node.env("ROSTRO_PROGRAM", workspace::relay_program());
        tests(children, "clients node", Runner::Node, &mut node)
    });
    suite.counted("clients: python-socketio and requests (Python)", || {
        tests(children, "clients python", Runner::Pytest, &mut pytest(children, &folder)?)
    });
}

/// With ffmpeg and GStreamer's RTSP server as cameras.
fn cameras(children: &Children, suite: &mut Suite, name: &str) {
    let folder = workspace::root().join("server/tests/cameras");
    suite.counted(name, || {
        let mut pytest = pytest(children, &folder)?;
        pytest.env("ROSTRO_CAMERA_SENDERS", setup::camera_senders(children)?);
        tests(children, "cameras", Runner::Pytest, &mut pytest)
    });
}

/// The tests of a folder, in Python.
fn pytest(children: &Children, folder: &Path) -> anyhow::Result<Command> {
    let mut pytest = Command::new(setup::python(children)?);
    pytest
        .args(["-m", "pytest", "-p", "no:cacheprovider", "--quiet", "--color=no"])
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ROSTRO_PROGRAM", workspace::relay_program());
    Ok(pytest)
}

fn browser(children: &Children, suite: &mut Suite, name: &str) {
    suite.counted(name, || {
        let data = workspace::target().join("e2e/data");
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("removing {}", data.display()))?;
        }
        let settings = Settings {
            relay_port: port::any_free()?,
            flask_port: Some(port::any_free()?),
            web_port: port::any_free()?,
            data,
            // Where the tests' own receivers and cameras are.
            allowed_hosts: Some("127.0.0.1"),
            lan: None,
        };
        let services = Services::up(children, &settings)?;
        let mut playwright = npm(&["run", "e2e"], &workspace::root().join("web"));
        playwright
            .env("CHROMIUM", setup::chromium(children)?)
            .env("ROSTRO_E2E_WEB", settings.web_url())
            .env("ROSTRO_E2E_RELAY", settings.relay_url())
            .env("ROSTRO_E2E_WORK", workspace::target().join("e2e"))
            .env("ROSTRO_E2E_SECRET", &services.secret);
        tests(children, "browser", Runner::Playwright, &mut playwright)
    });
}

/// Runs a test runner to its end and counts, whether it succeeds or not.
fn tests(
    children: &Children,
    step: &str,
    runner: Runner,
    command: &mut Command,
) -> anyhow::Result<Counts> {
    match children.run(step, command) {
        Ok(output) => Ok(Counts::read(runner, &output)),
        Err(error) => {
            println!("    {error:#}");
            let output = fs::read(log_file(step)).unwrap_or_default();
            let counts = Counts::read(runner, &String::from_utf8_lossy(&output));
            Ok(Counts { failed: counts.failed.max(1), ..counts })
        }
    }
}

fn npm(arguments: &[&str], folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.args(arguments).current_dir(folder).env("NEXT_TELEMETRY_DISABLED", "1").env("CI", "true");
    npm
}
