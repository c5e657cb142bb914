//! Good cameras and bad ones, and viewers who come and go, for long: does the relay grow?

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::beside::LARGE;
use super::many::add;
use super::reel::Reel;
use super::rtsp::Server;
use super::sender::{Manner, Sender};
use super::site::{Site, seen_by};
use super::told::listen;
use crate::relay::client::Client;
use crate::relay::growth::{self, Grown};
use crate::relay::kills::Over;
use crate::report::{Figure, Goal};
use crate::speed::{List, Speed};

const SLOW_FPS: u32 = 10;
const LARGER_FPS: u32 = 5;
/// Of 4K.
const LARGEST_FPS: u32 = 2;
/// Cameras that send as none should, and whose pictures can be read nonetheless.
const READABLE: [Manner; 2] = [Manner::NoLengths, Manner::WrongBoundary];
const BAD: [Manner; 5] =
    [Manner::Drip, Manner::CutShort, Manner::Junk, Manner::HangsUp, Manner::EndlessHead];
/// Viewers at one time, each for so long, and one who reads nothing.
const VIEWERS: usize = 3;
const VIEWED_FOR: Duration = Duration::from_secs(3);
const UNREAD_FOR: Duration = Duration::from_secs(40);
/// How often a good camera loses its power, and for how long.
const LOST_EVERY: Duration = Duration::from_secs(60);
const LOST_FOR: Duration = Duration::from_secs(5);
/// How soon a camera that came back is seen again, and how often that is looked at.
const BACK_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Viewers and cameras that are called again hold a few files now and a few less a second later.
const FILES_MAX: f64 = 4.0;
/// Of the looks at cameras that keep their power and whose pictures can be read, so many of a hundred find them live.
const LIVE_AT_LEAST: f64 = 99.0;

/// What the run saw, apart from the relay's memory.
#[derive(Default)]
struct Watched {
    looks: u32,
    live: u32,
    /// Times that the camera lost its power, and the longest until it was live again.
    losses: u32,
    back_s: f64,
}

/// Runs it for so many minutes.
///
/// # Errors
/// The relay does not start, or ends.
pub(super) fn run(minutes: u32, speed: &mut Speed) -> Result<()> {
    eprintln!("  {minutes} minutes");
    growth::check(minutes)?;
    let site = Site::open("bench-cameras-long", "10")?;
    let small = Arc::new(Reel::of_people(640, 480, SLOW_FPS)?);
    let larger = Arc::new(Reel::of_people(1280, 720, LARGER_FPS)?);
    let largest = Arc::new(Reel::of_people(LARGE.0, LARGE.1, LARGEST_FPS)?);
    let good = [
        (&small, SLOW_FPS, Manner::Good),
        (&small, SLOW_FPS, Manner::Good),
        (&larger, LARGER_FPS, Manner::Good),
        (&largest, LARGEST_FPS, Manner::Good),
    ];
    let readable = READABLE.map(|manner| (&small, SLOW_FPS, manner));
    let good = good.into_iter().chain(readable).enumerate();
    let good = good
        .map(|(number, (reel, fps, manner))| Sender::start(reel, fps, manner, number))
        .collect::<Result<Vec<_>, _>>()?;
    let mut steady = add(&site, &good, "good")?;
    let bad = BAD.map(|manner| Sender::start(&small, SLOW_FPS, manner, 0));
    let bad = bad.into_iter().collect::<Result<Vec<_>, _>>()?;
    let bad_ids = add(&site, &bad, "bad")?;
    let server = rtsp(&site, &small);
    match &server {
        Ok(_) => steady.push("rtsp".to_owned()),
        Err(error) => speed.not_run.push(format!("a long run, the camera over RTSP: {error:#}")),
    }
    let lossy = Lossy { reel: &small, sender: Sender::start(&small, SLOW_FPS, Manner::Good, 7)? };
    site.add("lossy", &lossy.sender.url())?;
    site.until_live(&steady)?;
    let (looks, watched, viewed, told) = beside_viewers(&site, minutes, &steady, lossy)?;
    let of_bad = site.seen(&bad_ids)?;
    let Grown { figures, mut rows, minutes: by_minute } =
        growth::judge(minutes, &looks, FILES_MAX)?;
    speed.figures.extend(figures);
    let live = 100.0 * f64::from(watched.live) / f64::from(watched.looks.max(1));
    let name =
        format!("{minutes} minutes: looks that find a camera live whose pictures can be read");
    speed.figures.push(Figure::new(name, live, "%", Goal::AtLeast(LIVE_AT_LEAST)));
    let name =
        format!("{minutes} minutes: a camera that lost its power is live again after, at most");
    let most = Goal::AtMost(BACK_WITHIN.as_secs_f64());
    speed.figures.push(Figure::new(name, watched.back_s, "s", most));
    rows.extend([
        (
            "cameras whose pictures can be read".to_owned(),
            vec![f64::from(u16::try_from(steady.len())?)],
        ),
        ("times that a further one lost its power".to_owned(), vec![f64::from(watched.losses)]),
        ("viewers of feeds".to_owned(), vec![f64::from(viewed)]),
        ("events".to_owned(), vec![f64::from(told)]),
    ]);
    speed.lists.push(List { name: "A long run".to_owned(), columns: vec![""], rows });
    speed.lists.push(by_minute);
    let states = BAD.iter().zip(&of_bad);
    let states: Vec<_> =
        states.map(|(bad, seen)| format!("{bad:?} {}", seen.status.state)).collect();
    speed.in_words.push(format!(
        "How the cameras were at the end whose pictures cannot be read: {}.",
        states.join(", ")
    ));
    Ok(())
}

/// A camera over RTSP, where that can be had.
fn rtsp(site: &Site, reel: &Reel) -> Result<Server> {
    let clip = site.folder().join("clip.mjpeg");
    std::fs::write(&clip, reel.to_clip())?;
    let server = Server::start(&clip, SLOW_FPS)?;
    site.add("rtsp", &server.url)?;
    site.until_live(&["rtsp".to_owned()])?;
    Ok(server)
}

/// A camera that loses its power now and then.
struct Lossy<'a> {
    reel: &'a Arc<Reel>,
    sender: Sender,
}

/// Looks at the relay, while viewers come and go and a camera loses its power. What was looked at, what was seen of the
/// cameras, and how many viewers and events there were.
fn beside_viewers(
    site: &Site,
    minutes: u32,
    steady: &[String],
    lossy: Lossy<'_>,
) -> Result<(Vec<growth::Look>, Watched, u32, u32)> {
    let (port, is_over) = (site.port(), AtomicBool::new(false));
    let relay = &site.relay;
    std::thread::scope(|scope| -> Result<_> {
        let over = Over(&is_over);
        let is_over = &is_over;
        let mut viewers = Vec::new();
        for number in 0..VIEWERS {
            let camera = steady[number % steady.len()].clone();
            viewers.push(scope.spawn(move || view(port, &camera, VIEWED_FOR, is_over)));
        }
        let camera = steady[0].clone();
        viewers.push(scope.spawn(move || view_nothing(port, &camera, is_over)));
        let events = scope.spawn(move || listen(port, is_over).map(|told| told.len()));
        let watching = scope.spawn(move || watch(port, steady, lossy, is_over));
        let all_run = || {
            !events.is_finished()
                && !watching.is_finished()
                && !viewers.iter().any(std::thread::ScopedJoinHandle::is_finished)
        };
        let looks = growth::look(relay, minutes, all_run)?;
        drop(over);
        let mut viewed = 0;
        for viewer in viewers {
            viewed += viewer.join().ok().context("a viewer panicked")??;
        }
        let watched = watching.join().ok().context("who watches panicked")??;
        let told = events.join().ok().context("who listens panicked")??;
        Ok((looks, watched, viewed, u32::try_from(told)?))
    })
}

/// Looks how the cameras are, and takes the power of one of them now and then.
fn watch(port: u16, steady: &[String], lossy: Lossy<'_>, is_over: &AtomicBool) -> Result<Watched> {
    let mut watched = Watched::default();
    let Lossy { reel, sender } = lossy;
    let at = sender.port();
    let mut sender = Some(sender);
    let (mut turned, mut waited_for) = (Instant::now(), None::<Instant>);
    let mut client = Client::new(port);
    while !is_over.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK_EVERY);
        for camera in seen_by(&mut client)? {
            let is_live = camera.status.state == "live";
            if steady.contains(&camera.id) {
                watched.looks += 1;
                watched.live += u32::from(is_live);
            }
            if camera.id == "lossy"
                && is_live
                && let Some(since) = waited_for.take()
            {
                watched.back_s = watched.back_s.max(since.elapsed().as_secs_f64());
            }
        }
        if sender.is_some() && turned.elapsed() > LOST_EVERY {
            ensure!(waited_for.is_none(), "a camera did not come back for a minute");
            sender = None;
            (turned, watched.losses) = (Instant::now(), watched.losses + 1);
        } else if sender.is_none() && turned.elapsed() > LOST_FOR {
            sender = Some(Sender::at(at, reel, SLOW_FPS, Manner::Good, 7)?);
            (turned, waited_for) = (Instant::now(), Some(Instant::now()));
        }
    }
    Ok(watched)
}

/// Watches a feed for a while, again and again; how often.
fn view(port: u16, camera: &str, lasting: Duration, is_over: &AtomicBool) -> Result<u32> {
    let mut viewed = 0;
    while !is_over.load(Ordering::Relaxed) {
        let mut stream = feed(port, camera)?;
        let begun = Instant::now();
        let mut bytes = [0; 65536];
        while begun.elapsed() < lasting && !is_over.load(Ordering::Relaxed) {
            ensure!(stream.read(&mut bytes)? > 0, "a feed ended");
        }
        viewed += 1;
    }
    Ok(viewed)
}

/// Asks for a feed and reads nothing of it, for longer than the relay keeps the place.
fn view_nothing(port: u16, camera: &str, is_over: &AtomicBool) -> Result<u32> {
    let mut viewed = 0;
    while !is_over.load(Ordering::Relaxed) {
        let _unread = feed(port, camera)?;
        let begun = Instant::now();
        while begun.elapsed() < UNREAD_FOR && !is_over.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK_EVERY);
        }
        viewed += 1;
    }
    Ok(viewed)
}

fn feed(port: u16, camera: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "GET /v1/cameras/{camera}/feed HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    Ok(stream)
}
