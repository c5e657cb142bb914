//! `rostro embed`: pictures in, a line of JSON each, in their order.

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use rostro_core::detector::{DetectOptions, Detection, Detector, InputSide, Score};
use rostro_core::{Engine, EngineError, Frame, FramePoint, ModelId};
use rostro_server::recognition::picture::Picture;
use rostro_wire::ErrorBody;
use serde::Serialize;

use super::faces::{Line, internal, listed, picture, shown};
use super::{ModelsDir, model};

/// Prints the faces and embeddings of pictures, one line of JSON a picture, in the order given.
///
/// Coordinates are pixels of the picture as it is looked at: upright, after EXIF orientation. A picture that cannot
/// be read gives a line with an error, and the run goes on. The exit code is 0 if any picture could be read.
#[derive(Debug, Args)]
pub(super) struct Embed {
    /// The recogniser.
    #[arg(long, value_name = "ID", default_value_t = ModelId::DEFAULT, value_parser = model)]
    model: ModelId,
    /// Averages with the mirror image, and for dlib-resnet-v1 with views from nearer: more exact, takes twice as long
    /// (dlib-resnet-v1: four times), and is no longer what face_recognition gives.
    #[arg(long)]
    mirror: bool,
    /// The picture's longest side as the detector sees it, in pixels: larger finds smaller faces and takes longer.
    /// Without it, 320 first, and closer where that finds small faces or none.
    #[arg(long, value_name = "PX", value_parser = side_px)]
    detector_side: Option<usize>,
    /// Faces that the detector is less sure of are left out, 0 to 1.
    #[arg(long, value_name = "S", default_value_t = DetectOptions::default().min_score.value(), value_parser = score)]
    min_score: f32,
    /// Lines of JSON, which is what is always printed.
    #[arg(long)]
    json_lines: bool,
    #[command(flatten)]
    models: ModelsDir,
    #[command(flatten)]
    files: Files,
}

/// Which pictures.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Files {
    /// Pictures: JPEG, PNG or WebP.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A file with the path of a picture on each line.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
}

fn side_px(text: &str) -> Result<usize, String> {
    let range = Detector::SIDES_PX;
    let side: Option<usize> = text.parse().ok().filter(|side| range.contains(side));
    side.ok_or_else(|| format!("expected {} to {} pixels", range.start(), range.end()))
}

fn score(text: &str) -> Result<f32, String> {
    let score = text.parse().ok().and_then(Score::new);
    score.map(Score::value).ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

/// What was seen in one picture.
#[derive(Serialize)]
struct Seen {
    width: u32,
    height: u32,
    faces: Vec<SeenFace>,
    ms: Times,
}

#[derive(Serialize)]
struct SeenFace {
    #[serde(rename = "box")]
    bounds: Bounds,
    score: f32,
    landmarks: [[f32; 2]; 5],
    model: &'static str,
    embedding: Vec<f32>,
}

#[derive(Serialize)]
struct Bounds {
    top: f32,
    right: f32,
    bottom: f32,
    left: f32,
}

/// Milliseconds of each stage, over all faces of the picture.
#[derive(Serialize)]
struct Times {
    decode: f64,
    detect: f64,
    align: f64,
    embed: f64,
}

impl Embed {
    pub(super) fn run(self) -> Result<ExitCode> {
        let files = match &self.files.list {
            None => self.files.files,
            Some(list) => listed(list).with_context(|| format!("cannot read {}", shown(list)))?,
        };
        let engine = self.models.engine(&[self.model])?;
        let options = DetectOptions {
            input_side: self.detector_side.map_or_else(InputSide::default, InputSide::Px),
            min_score: Score::new(self.min_score).context("a score lies between 0 and 1")?,
            ..DetectOptions::default()
        };
        let way = Way { model: self.model, mirror: self.mirror };
        let look = |path: &Path| look_at(&engine, &options, way, path);
        let read_any = print_in_order(&files, look)?;
        let failed = !files.is_empty() && !read_any;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Prints a line for each file, in the order of the files. Every core looks at one picture at a time. Whether any
/// could be read.
fn print_in_order(files: &[PathBuf], look: impl Fn(&Path) -> Line<Seen> + Sync) -> Result<bool> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(files.len());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        // Few lines may wait to be printed, so that a slow reader holds the work up and not the memory.
        let (done, lines) = mpsc::sync_channel(2 * workers);
        for _ in 0..workers {
            let (done, next, look) = (done.clone(), &next, &look);
            scope.spawn(move || {
                while let Some((index, path)) = claim(files, next) {
                    if done.send((index, look(path))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut out = std::io::stdout().lock();
        let mut early = BTreeMap::new();
        let mut read_any = false;
        let mut printed = 0;
        for (index, line) in lines {
            early.insert(index, line);
            while let Some(line) = early.remove(&printed) {
                printed += 1;
                read_any |= line.is_seen();
                serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
        out.flush()?;
        Ok(read_any)
    })
}

/// The next file that nobody has looked at.
fn claim<'a>(files: &'a [PathBuf], next: &AtomicUsize) -> Option<(usize, &'a Path)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    files.get(index).map(|path| (index, path.as_path()))
}

/// How a face becomes an embedding.
#[derive(Clone, Copy)]
struct Way {
    model: ModelId,
    mirror: bool,
}

fn look_at(engine: &Engine, options: &DetectOptions, way: Way, path: &Path) -> Line<Seen> {
    // A fault in a decoder is a fault with that one file.
    let seen = catch_unwind(AssertUnwindSafe(|| see(engine, options, way, path)));
    Line::new(path, seen.unwrap_or_else(|_| Err(internal("a fault in the program".to_owned()))))
}

fn see(engine: &Engine, options: &DetectOptions, way: Way, path: &Path) -> Result<Seen, ErrorBody> {
    let (picture, decode) = timed(|| picture(path));
    let picture = picture.map_err(|error| error.body())?;
    let seen = recognize(engine, options, way, &picture, decode);
    seen.map_err(|error| internal(error.to_string()))
}

fn recognize(
    engine: &Engine,
    options: &DetectOptions,
    way: Way,
    picture: &Picture,
    decode: Duration,
) -> Result<Seen> {
    let frame = picture.frame()?;
    let (detections, detect) = timed(|| engine.detect(&frame, options));
    let mut spent = Spent::default();
    let mut faces = Vec::new();
    for detection in detections? {
        faces.extend(embed(engine, &frame, &detection, way, &mut spent)?);
    }
    Ok(Seen {
        width: picture.width(),
        height: picture.height(),
        faces,
        ms: Times {
            decode: ms(decode),
            detect: ms(detect),
            align: ms(spent.align),
            embed: ms(spent.embed),
        },
    })
}

#[derive(Default)]
struct Spent {
    align: Duration,
    embed: Duration,
}

/// The face of a detection; `None` when it is too small to be aligned.
fn embed(
    engine: &Engine,
    frame: &Frame<'_>,
    detection: &Detection,
    Way { model, mirror }: Way,
    spent: &mut Spent,
) -> Result<Option<SeenFace>, EngineError> {
    let (aligned, align) = timed(|| engine.align(frame, detection, model));
    spent.align += align;
    let aligned = match aligned {
        Err(EngineError::NotAlignable) => return Ok(None),
        aligned => aligned?,
    };
    let (embedding, embed) = timed(|| {
        if mirror { engine.embed_averaged(&aligned) } else { engine.embed_aligned(&aligned) }
    });
    spent.embed += embed;
    let bounds = detection.bounds;
    Ok(Some(SeenFace {
        bounds: Bounds {
            top: bounds.top,
            right: bounds.right,
            bottom: bounds.bottom,
            left: bounds.left,
        },
        score: detection.score.value(),
        landmarks: detection.landmarks.0.map(|FramePoint { x, y }| [x, y]),
        model: model.as_str(),
        embedding: embedding?.values().to_vec(),
    }))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let done = work();
    (done, started.elapsed())
}

/// Milliseconds, to a hundredth.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}
