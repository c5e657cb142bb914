//! Measures how exact Rostro is, on pictures that whoever runs it brings, and how fast. `cargo xtask bench` runs it.

mod accuracy;
mod calibration;
mod cameras;
mod clips;
mod degrade;
mod faces;
mod lfw;
mod measure;
mod open_set;
mod parity;
mod plots;
mod relay;
mod report;
mod roc;
mod speed;
mod weights;
mod wider;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// Benches.
#[derive(Parser)]
#[command(name = "bench", bin_name = "cargo xtask bench")]
enum Bench {
    /// How exact the recognisers, the decision and the detector are
    Accuracy(accuracy::Args),
    /// How fast the npm package is in Chromium, beside other libraries
    Browser(speed::browser::Args),
    /// How fast the relay's path is on one core, beside OpenCV and onnxruntime
    Native(speed::native::Args),
    /// How much the relay takes: faces looked up, reports made durable
    Relay(relay::bench::Args),
    /// How many cameras the relay reads, and what they and others leave each other
    Cameras(cameras::Args),
    /// What the relay keeps when it is killed: `cargo xtask chaos`
    #[command(hide = true)]
    Chaos(relay::chaos::Args),
}

/// The checkout that this was built in.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn main() -> ExitCode {
    let ended = match Bench::parse() {
        Bench::Accuracy(args) => accuracy::run(&args),
        Bench::Browser(args) => speed::browser::run(&args),
        Bench::Native(args) => speed::native::run(&args),
        Bench::Relay(args) => relay::bench::run(&args),
        Bench::Cameras(args) => cameras::run(&args),
        Bench::Chaos(args) => relay::chaos::run(&args),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
