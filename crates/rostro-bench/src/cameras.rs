//! `bench cameras`: how many cameras the relay reads, and what they and others leave each other.

mod beside;
mod long;
mod many;
mod reel;
mod rtsp;
mod sender;
mod site;
mod told;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::speed::{Head, Output, Speed, machine};
use reel::Reel;

/// Frames a second that the cameras send.
const FPS: u32 = 15;

const HEAD: Head = Head {
    title: "How many cameras the relay reads",
    file: "cameras.md",
    says: "Made by `cargo xtask bench cameras`. The relay is a program of its own, with 1,000 people enrolled; the cameras send motion \
           JPEG over HTTP from the same machine, and so share its processors. Before each camera one person after the other stands for \
           three seconds, with an empty second between them. A look is a picture in which faces were found and followed, and embedded \
           where the tracker wants it; of the pictures that come while one is looked at the newest is next. The time to an event is from \
           the last byte of a picture that was sent until a Socket.IO client has the event that was made of that very picture.\n\n\
           A flood is 24 connections of one client that each send a picture to `POST /webrtc/face/` as soon as the last is answered or refused; a good \
           client sends five a second over Socket.IO. The long run is part of it only where it is named, `--only many,flood,large,long \
           --minutes 30`: good cameras, one of 4K among them and one that loses its power each minute, one that speaks RTSP where GStreamer is \
           there, some that send as none should but can be read (no lengths, a wrong boundary), some that cannot (a byte a second, pictures cut \
           short, junk, one picture and the end, an endless head), and viewers of the feeds who come and go, some of whom read nothing.",
};

/// Reads 1 to 16 cameras, beside a flood and a camera of 4K, and for long
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,
    /// A folder of clips (*.mjpeg) that the cameras show in place of portraits
    #[arg(long, value_name = "DIR")]
    video: Option<PathBuf>,
    /// Shorter turns
    #[arg(long)]
    quick: bool,
    /// Parts to run, with commas between them; all but the long one where none is named
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// How long the long part lasts, at least 4
    #[arg(long, default_value_t = 30)]
    minutes: u32,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// One camera, two, four and so on.
    Many,
    /// Some beside a client that floods the relay.
    Flood,
    /// Some beside one of 4K.
    Large,
    /// Good and bad ones and viewers who come and go, for long. Runs only where it is named.
    Long,
}

impl Part {
    /// Those that run where none is named.
    const USUAL: [Self; 3] = [Self::Many, Self::Flood, Self::Large];
}

/// Runs it.
///
/// # Errors
/// The relay does not start, or a camera does not get live.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut speed = Speed::on(machine());
    let lasting = Duration::from_secs(if args.quick { 8 } else { 20 });
    let small = Arc::new(Reel::of_people(640, 480, FPS)?);
    for part in if args.only.is_empty() { &Part::USUAL[..] } else { &args.only } {
        match part {
            Part::Many => {
                for shown in shown(args)? {
                    many::read(&shown, lasting, &mut speed)?;
                }
            }
            Part::Flood => beside::flooded(&small, lasting, &mut speed)?,
            Part::Large => beside::large(&small, lasting, &mut speed)?,
            Part::Long => long::run(args.minutes, &mut speed)?,
        }
    }
    speed.give(&HEAD, &args.output)
}

/// What the cameras show, all of one kind: their reels, one for each camera in turn.
struct Shown {
    name: String,
    reels: Vec<Arc<Reel>>,
    /// Of so many cameras, so many looks a second of each were promised.
    promised: Option<(usize, f64)>,
}

fn shown(args: &Args) -> Result<Vec<Shown>> {
    if let Some(folder) = &args.video {
        let reels = Reel::of_clips(folder)?;
        return Ok(vec![Shown { name: "the clips".to_owned(), reels, promised: None }]);
    }
    let sizes = [(640, 480, Some((8, 10.0))), (1280, 720, Some((4, 10.0)))];
    let shown = sizes.into_iter().map(|(width, height, promised)| {
        let reel = Arc::new(Reel::of_people(width, height, FPS)?);
        Ok(Shown { name: format!("{width}×{height}"), reels: vec![reel], promised })
    });
    shown.collect()
}
