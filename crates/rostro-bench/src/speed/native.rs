//! `bench native`: the relay's path on one core, beside Python's onnxruntime and OpenCV.

mod python;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use image::codecs::jpeg::JpegEncoder;
use rostro_core::{
    DetectOptions, EMBEDDING_LEN, Embedding, Engine, Gallery, ModelId, Network, Recognizer, Tensor,
};
use rostro_infer::{load_detector, load_dlib, load_sface};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET, read_verified};
use rostro_server::recognition::picture::Picture;

use super::page::Head;
use super::scene::Scene;
use super::turns::{Run, on_this_thread, take_turns};
use super::{Output, Speed, folder, machine};
use crate::faces::engine;
use crate::report::{Figure, Goal};
use crate::root;
use python::Python;

/// Size of the picture, in pixels.
const SIZE: (u32, u32) = (640, 480);
const JPEG_QUALITY: u8 = 90;
const ENROLLED: u64 = 1000;
/// What one picture may take, decoding included, in milliseconds.
const GOAL_MS: f64 = 45.0;
const OURS: &str = "rostro, SFace";
/// OpenCV as it is called as a rule, and with a detector that sees as little as ours does at first.
const WHOLE: &str = "OpenCV, detector at 640×480";
const HALVED: &str = "OpenCV, detector at 320×240";

const HEAD: Head = Head {
    title: "How fast the relay is",
    file: "native.md",
    says: "Made by `cargo xtask bench native`; the browser is on a [page of its own](README.md). A JPEG of 640×480 with one face, \
           from its bytes to the nearest of 1,000 people; all on one core, in turns. OpenCV and onnxruntime run in Python, on one \
           thread; onnxruntime widens our small weights when it loads them, and not in every run.",
};

/// Times the relay's path on one core: a JPEG of 640×480 with one face, from its bytes to its name among 1,000
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    output: Output,
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
    /// A Python that has `onnxruntime`, `cv2` and `numpy`, to measure beside
    #[arg(long, value_name = "PROGRAM", requires = "originals")]
    python: Option<PathBuf>,
    /// Folder with the published `face_recognition_sface_2021dec.onnx`, which OpenCV needs
    #[arg(long, value_name = "DIR")]
    originals: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// A file is missing, Python fails, or somebody finds no face or several.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut speed = Speed::on(machine());
    to_one_core()?;
    let models = root().join("models");
    let jpeg = jpeg()?;
    let python = match (&args.python, &args.originals) {
        (Some(program), Some(originals)) => {
            Some(Python::start(program, &jpeg, &models, &folder("--originals", originals)?)?)
        }
        _ => None,
    };
    if let Some(python) = &python {
        speed.measured_on.push(("Python".to_owned(), python.versions.clone()));
    } else {
        speed.not_run.push("OpenCV and onnxruntime: no --python was given".to_owned());
    }
    let rounds = if args.quick { 5 } else { 21 };
    whole_picture(&models, &jpeg, python.as_ref(), rounds, &mut speed)?;
    networks(&models, python.as_ref(), rounds, &mut speed)?;
    speed.give(&HEAD, &args.output)
}

/// Keeps this process, and those that it starts, to the machine's first core.
fn to_one_core() -> Result<()> {
    let own = std::process::id().to_string();
    let mut taskset = Command::new("taskset");
    taskset.args(["--all-tasks", "--pid", "--cpu-list", "0", &own]).stdout(Stdio::null());
    let ended = taskset.status().context("starting taskset, of util-linux")?;
    ensure!(ended.success(), "taskset failed");
    Ok(())
}

/// One face, as a camera would send it.
fn jpeg() -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    Scene::new(SIZE.0, SIZE.1, 1)?
        .at(0.0)
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))
        .context("encoding the picture")?;
    Ok(bytes.into_inner())
}

/// Everything that is done with a picture, by everybody.
fn whole_picture(
    models: &Path,
    jpeg: &[u8],
    python: Option<&Python>,
    rounds: u32,
    speed: &mut Speed,
) -> Result<()> {
    let engine = engine(models)?;
    let galleries = [gallery(ModelId::Sface2021Dec)?, gallery(ModelId::DlibResnetV1)?];
    let ours = [OURS, "rostro, dlib"]
        .into_iter()
        .zip(&galleries)
        .map(|(name, gallery)| (name, on_this_thread(|| recognize(&engine, jpeg, gallery))));
    let mut contestants: Vec<(&str, Run<'_>)> = ours.collect();
    if let Some(python) = python {
        contestants.push((WHOLE, python.runs("opencv-640")));
        contestants.push((HALVED, python.runs("opencv-320")));
        contestants.push(("onnxruntime, detector at 320×256", python.runs("onnxruntime")));
    }
    let rows =
        speed.compare("A picture of 640×480 on one core", &take_turns(contestants, rounds)?)?;
    if let Some(ours) = rows.cpu(OURS) {
        let name = "JPEG of 640×480 with one face to its name, SFace, one core";
        speed.figures.push(Figure::new(name, ours, "ms", Goal::AtMost(GOAL_MS)));
        for (rival, name, goal) in [
            (WHOLE, "the same against OpenCV's YuNet + SFace", Goal::AtMost(1.0)),
            (
                HALVED,
                "the same against OpenCV's, its detector given the picture halved",
                Goal::None,
            ),
        ] {
            if let Some(rival) = rows.cpu(rival) {
                speed.figures.push(Figure::new(name, ours / rival, "×", goal));
            }
        }
    }
    Ok(())
}

/// What the relay does with a picture that comes in.
fn recognize(engine: &Engine, jpeg: &[u8], gallery: &Gallery<u64>) -> Result<()> {
    let picture = Picture::decode(jpeg)?;
    let frame = picture.frame()?;
    let model = gallery.model();
    let faces = engine.recognize(&frame, &DetectOptions::default(), &[model])?;
    ensure!(faces.len() == 1, "{} faces are found, and one is there", faces.len());
    std::hint::black_box(gallery.identify(&faces[0].embeddings[0], model.default_threshold()));
    Ok(())
}

/// People who do not exist.
fn gallery(model: ModelId) -> Result<Gallery<u64>> {
    let mut gallery = Gallery::new(model);
    let mut random = noise(-0.5, 0.5);
    for person in 0..ENROLLED {
        let values: Vec<f32> = random.by_ref().take(EMBEDDING_LEN).collect();
        gallery.push(person, &Embedding::new(model, &values)?);
    }
    Ok(gallery)
}

/// The networks alone.
fn networks(models: &Path, python: Option<&Python>, rounds: u32, speed: &mut Speed) -> Result<()> {
    let read = |id| read_verified(models, id);
    let detector = load_detector(&read(YUNET)?)?;
    let [dlib, sface] =
        [load_dlib(&read(DLIB)?, &read(SHAPE_PREDICTOR)?)?, load_sface(&read(SFACE)?)?];
    let cases = [
        ("YuNet, 320×256, native", detector.network(), [256, 320], "yunet"),
        ("dlib's network, 150×150, native", network(&dlib)?, [150, 150], "dlib"),
        ("SFace, 112×112, native", network(&sface)?, [112, 112], "sface"),
    ];
    for (title, network, [height, width], rival) in cases {
        let values = noise(0.0, 255.0).take(3 * height * width).collect();
        let input = Tensor::new(&[1, 3, height, width], values);
        let ours = on_this_thread(|| {
            std::hint::black_box(network.run(input.clone())?);
            Ok(())
        });
        let mut contestants = vec![("rostro", ours)];
        contestants.extend(python.map(|python| ("onnxruntime", python.runs(rival))));
        let rows = speed.compare(title, &take_turns(contestants, rounds)?)?;
        if let (Some(ours), Some(rival)) = (rows.cpu("rostro"), rows.cpu("onnxruntime")) {
            let name = format!("{title}: CPU time against onnxruntime");
            speed.figures.push(Figure::new(name, ours / rival, "×", Goal::None));
        }
    }
    Ok(())
}

fn network(recognizer: &Recognizer) -> Result<&dyn Network> {
    match recognizer {
        Recognizer::Dlib { network, .. } | Recognizer::Sface { network } => Ok(network.as_ref()),
        _ => bail!("a recogniser of another kind"),
    }
}

/// Numbers from `least` to `most`, the same every time.
fn noise(least: f32, most: f32) -> impl Iterator<Item = f32> {
    let mut state = 12_345_u32;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        least + (most - least) * (state >> 8) as f32 / (1 << 24) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_jpeg_of_its_size() {
        let picture = Picture::decode(&jpeg().expect("it is encoded")).expect("it is decoded");
        assert_eq!((picture.width(), picture.height()), SIZE);
    }

    #[test]
    fn noise_stays_in_its_range() {
        assert!(noise(-0.5, 0.5).take(1000).all(|value| (-0.5..0.5).contains(&value)));
    }
}
