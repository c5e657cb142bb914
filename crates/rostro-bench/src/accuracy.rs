//! `cargo xtask bench accuracy`: everything that is measured of how exact Rostro is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rostro_core::{Embedding, Engine, InputSide, ModelId};

use crate::calibration::{ByPerson, Held, source};
use crate::degrade::Degradation;
use crate::faces::{Way, engine};
use crate::lfw::Lfw;
use crate::measure::{Measure, Set};
use crate::open_set::{Dice, draw, fnir_at};
use crate::report::{Goal, Part, Report};
use crate::roc::{Distances, best_threshold, right_across_folds, right_at};
use crate::{clips, parity, plots, root, weights, wider};

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Labeled Faces in the Wild: pictures, and `pairs.csv` with fold,name1,file1,name2,file2,same
    #[arg(long, value_name = "DIR")]
    lfw: PathBuf,
    /// WIDER FACE: pictures, and `boxes.csv` with file, x, y, w, h and invalid among its columns
    #[arg(long, value_name = "DIR")]
    wider: Option<PathBuf>,
    /// Clips, motion JPEG: who is tracked and named in them
    #[arg(long, value_name = "DIR")]
    video: Option<PathBuf>,
    /// The published files that the recognisers are made of (the names are in models.toml): what smaller weights cost
    #[arg(long, value_name = "DIR")]
    originals: Option<PathBuf>,
    /// A Python with `face_recognition`, to compare with
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Only these recognisers; both, and what they give combined, unless given
    #[arg(long = "model", value_name = "ID", value_parser = model)]
    models: Vec<ModelId>,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Leaves out the pictures made worse, which take as long as everything else, and two of three frames of clips
    #[arg(long)]
    quick: bool,
    /// Where the page and the plots go; nowhere unless given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Writes the table that decisions are made with, from these pictures
    #[arg(long)]
    write_calibration: bool,
}

fn model(id: &str) -> Result<ModelId, String> {
    id.parse().map_err(|error: rostro_core::UnknownModel| error.to_string())
}

/// Measures, prints, and writes what is asked for.
pub(crate) fn run(args: &Args) -> Result<()> {
    let models = if args.models.is_empty() { ModelId::ALL.to_vec() } else { args.models.clone() };
    let measures: Vec<Measure> =
        Measure::ALL.into_iter().filter(|measure| measure.uses(&models)).collect();
    let engine = engine(&root().join("models"))?;
    let lfw = Lfw::read(&args.lfw)?;
    let set = Set::look(&engine, &lfw, "LFW", None)?;
    let measured_on = format!("{} pictures and {} pairs of LFW", lfw.files.len(), lfw.pairs.len());
    let mut report = Report::on(measured_on);
    let unseen = set.lfw.files.len() - set.seen.len();
    report.add("LFW: pictures without a face", unseen as f64, "", Goal::AtMost(0.0));

    let all: Vec<(Measure, Distances)> =
        measures.iter().map(|&measure| (measure, set.all(measure))).collect();
    for (measure, distances) in &all {
        verify(&mut report, &set, *measure, distances);
    }
    for &measure in measures.iter().filter(|measure| !measure.mirrored()) {
        report.part = Part::Identification;
        open_set(&mut report, &set, measure);
        report.part = Part::Rates;
        rates(&mut report, &set, measure);
    }
    if let Some(python) = &args.python {
        python_parity(&mut report, &set, python)?;
    }
    if !args.quick {
        worse(&mut report, &engine, &lfw, &measures)?;
    }
    if let Some(wider) = &args.wider {
        detection(&mut report, &engine, wider)?;
    }
    if let Some(video) = &args.video {
        watched(&mut report, &engine, video, if args.quick { 3 } else { 1 })?;
    }
    if let Some(originals) = &args.originals {
        stored(&mut report, originals, &lfw.only(lfw.first_fold()))?;
    }
    if let Some(out) = &args.out {
        write_page(out, &report, &all)?;
    }
    if args.write_calibration {
        write_calibration(&all)?;
    }
    let text = if args.json { serde_json::to_string(&report)? } else { report.page(&[]) };
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// One to one.
fn verify(report: &mut Report, set: &Set<'_>, measure: Measure, all: &Distances) {
    let name = measure.name();
    let pairs = set.pairs(measure);
    let (goal, rates) = measure.goals();
    let shipped = measure.shipped_threshold();
    let at_shipped = format!("{name}: pairs right at the shipped threshold ({shipped:.3})");
    let best = best_threshold(&pairs);
    let across = format!("{name}: pairs right, threshold from the other folds");
    // dlib's averaged embeddings are not what is shipped: the threshold is theirs to choose.
    let of_shipped = if measure == Measure::Way(Way::ALL[3]) { Goal::None } else { goal };
    report.add(at_shipped, right_at(&pairs, shipped), "", of_shipped);
    let of_folds = if measure == Measure::Way(Way::ALL[3]) { goal } else { Goal::None };
    report.add(across, right_across_folds(&pairs), "", of_folds);
    let at_best = format!("{name}: pairs right at the best threshold ({best:.3})");
    report.add(at_best, right_at(&pairs, best), "", Goal::None);
    for &(far, goal) in rates {
        report.add(format!("{name}: true-match rate at FAR {far:e}"), all.tar_at(far), "", goal);
    }
}

/// Whether the rate that the user chose is the rate that is met, for people whom the table does not know.
fn rates(report: &mut Report, set: &Set<'_>, measure: Measure) {
    const WISHED: [f64; 3] = [1e-2, 1e-3, 1e-4];
    /// Ways to part the people, of which the sum is taken.
    const SEEDS: [u64; 3] = [1, 2, 3];
    const KINDS: [(&str, Option<usize>); 3] =
        [("pairs", None), ("gallery of 100", Some(100)), ("gallery of 1000", Some(1000))];
    let name = measure.name();
    let distance = |a: usize, b: usize| set.distance(measure, a, b);
    let mut sums: [Vec<Held>; 3] = Default::default();
    for seed in SEEDS {
        let by_person = ByPerson::new(&set.seen, &set.lfw.people, seed, distance);
        for ((_, size), sum) in KINDS.iter().zip(&mut sums) {
            let held = match size {
                None => by_person.verification(&WISHED),
                Some(size) => by_person.identification(*size, &WISHED, distance),
            };
            *sum = if sum.is_empty() {
                held
            } else {
                sum.iter().zip(&held).map(|(sum, held)| sum.and(held)).collect()
            };
        }
    }
    for ((kind, _), held) in KINDS.iter().zip(sums) {
        for held in held {
            // Fewer than ten events say little of a rate: then it is shown, and held to nothing.
            let enough = held.wished * held.tried as f64 >= 10.0;
            let goal = if enough { Goal::AtMost(2.0) } else { Goal::None };
            let what = format!(
                "{name}: {kind}, wished {:e}, measured {:.2e}: off by the factor",
                held.wished,
                held.measured()
            );
            report.add(what, held.factor(), "", goal);
        }
    }
}

/// One to many, where strangers come too.
fn open_set(report: &mut Report, set: &Set<'_>, measure: Measure) {
    let name = measure.name();
    for enrolled in [1, 3] {
        for size in [100, 1000, usize::MAX] {
            let drawing =
                draw(&set.seen, &set.lfw.people, size, enrolled, &mut Dice::new(size as u64));
            for fpir in [0.003, 0.01] {
                let fnir = fnir_at(&drawing, fpir, |a, b| set.distance(measure, a, b));
                let name = format!(
                    "{name}: not named rightly (FNIR) at FPIR {fpir}, {} people with {enrolled} picture{}, {} \
                     probes, {} strangers",
                    drawing.gallery.len(),
                    if enrolled == 1 { "" } else { "s" },
                    drawing.mates.len(),
                    drawing.strangers.len()
                );
                report.add(name, fnir, "", Goal::None);
            }
        }
    }
}

fn python_parity(report: &mut Report, set: &Set<'_>, python: &Path) -> Result<()> {
    report.part = Part::Python;
    let python = parity::python_encodings(python, set.lfw)?;
    let way = Way { model: ModelId::UNTAGGED, mirrored: false };
    let ours: Vec<Option<&Embedding>> =
        set.looks.iter().map(|looks| looks.as_ref().map(|looks| looks.embedding(way))).collect();
    let parity = parity::compare(set.lfw, &ours, &python).context("Python found no face at all")?;
    let found = parity.pictures as f64;
    report.add("Python: pictures in which both find a face", found, "", Goal::None);
    let (median, p95) = (f64::from(parity.median), f64::from(parity.p95));
    report.add("Python: distance to its encoding, median", median, "", Goal::AtMost(0.045));
    report.add("Python: distance to its encoding, 95th percentile", p95, "", Goal::AtMost(0.10));
    report.add("Python: pairs decided alike", parity.agree, "", Goal::AtLeast(0.993));
    report.add("Python: pairs right, both pictures ours", parity.right_ours, "", Goal::None);
    report.add("Python: pairs right, both pictures its own", parity.right_python, "", Goal::None);
    let as_often = Goal::AtLeast(parity.right_python);
    report.add("Python: pairs right, ours against its own", parity.right_mixed, "", as_often);
    Ok(())
}

/// The first fold again, its pictures made worse.
fn worse(report: &mut Report, engine: &Engine, lfw: &Lfw, measures: &[Measure]) -> Result<()> {
    report.part = Part::Worse;
    let fold = lfw.only(lfw.first_fold());
    for worse in Degradation::ALL {
        let set = Set::look(engine, &fold, &worse.name(), Some(worse))?;
        let unseen = (fold.files.len() - set.seen.len()) as f64;
        let name = worse.name();
        report.add(format!("{name}: pictures without a face"), unseen, "", Goal::None);
        for &measure in measures {
            let right = right_at(&set.pairs(measure), measure.shipped_threshold());
            let what = format!("{name}: {}: pairs right", measure.name());
            report.add(what, right, "", Goal::None);
        }
    }
    Ok(())
}

fn detection(report: &mut Report, engine: &Engine, wider: &Path) -> Result<()> {
    report.part = Part::Detection;
    let at_least = |goals: [f64; 2]| goals.map(Goal::AtLeast);
    for (looked, input_side, goals) in [
        ("at 640 px", InputSide::Px(640), at_least([0.884, 0.922])),
        ("at 320 px", InputSide::Px(320), at_least([0.757, 0.878])),
        ("at sides picked by the frame", InputSide::ByFrame, [Goal::None, Goal::None]),
    ] {
        let found = wider::measure(engine, wider, input_side, &[30.0, 60.0])?;
        for (found, goal) in found.iter().zip(goals) {
            let name = format!("WIDER FACE {looked}, faces from {} px", found.least);
            report.add(format!("{name}: average precision"), found.average_precision, "", goal);
            let recall = format!("{name}: recall at the default score");
            report.add(recall, found.recall, "", Goal::None);
            report.add(format!("{name}: precision there"), found.precision, "", Goal::None);
        }
    }
    Ok(())
}

fn watched(report: &mut Report, engine: &Engine, video: &Path, step: usize) -> Result<()> {
    report.part = Part::Clips;
    let (clips, people) = clips::measure(engine, video, step)?;
    report.add("clips: people in all of them", people as f64, "", Goal::None);
    for clip in clips {
        let name = format!("clip {}", clip.name);
        report.add(format!("{name}: people"), clip.people as f64, "", Goal::None);
        let one_each = clip.tracks as f64 / clip.people.max(1) as f64;
        report.add(format!("{name}: tracks per person"), one_each, "", Goal::AtMost(1.0));
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let decided = share(clip.decided, clip.faces);
        report.add(format!("{name}: faces decided, of all in its frames"), decided, "", Goal::None);
        let right = share(clip.right, clip.decided);
        report.add(format!("{name}: of those decided, right"), right, "", Goal::AtLeast(1.0));
        let named = clip.strangers_named as f64;
        report.add(format!("{name}: strangers given a name"), named, "", Goal::AtMost(0.0));
    }
    Ok(())
}

fn stored(report: &mut Report, originals: &Path, fold: &Lfw) -> Result<()> {
    report.part = Part::Weights;
    for stored in weights::measure(&root().join("models"), originals, fold)? {
        let name = format!("{} in {}", stored.model, stored.form.as_str());
        report.add(format!("{name}: size"), stored.bytes as f64, "bytes", Goal::None);
        report.add(format!("{name}: pairs right"), stored.right, "", Goal::None);
        for (far, found) in stored.found {
            report.add(format!("{name}: true-match rate at FAR {far:e}"), found, "", Goal::None);
        }
        let what = format!("{name}: mean distance from the embedding by f32");
        report.add(what, stored.moved, "", Goal::None);
    }
    Ok(())
}

fn write_page(out: &Path, report: &Report, all: &[(Measure, Distances)]) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    let named: Vec<(String, &Distances)> = all
        .iter()
        .filter(|(measure, _)| *measure != Measure::Combined { mirrored: true })
        .map(|(measure, distances)| (measure.name(), distances))
        .collect();
    plots::curves(&out.join("roc.svg"), &named, false)?;
    plots::curves(&out.join("det.svg"), &named, true)?;
    let mut plots = vec!["roc".to_owned(), "det".to_owned()];
    for (measure, distances) in all.iter().filter(|(measure, _)| !measure.mirrored()) {
        let name = format!("distances-{}", measure.metric().as_str());
        let file = out.join(format!("{name}.svg"));
        plots::histogram(&file, distances, measure.shipped_threshold())?;
        plots.push(name);
    }
    let plots: Vec<&str> = plots.iter().map(String::as_str).collect();
    let page = out.join("README.md");
    fs::write(&page, report.page(&plots)).with_context(|| format!("writing {}", page.display()))
}

fn write_calibration(all: &[(Measure, Distances)]) -> Result<()> {
    let of = |measure: Measure| {
        let found = all.iter().find(|(one, _)| *one == measure).map(|(_, distances)| distances);
        found.context("the table is of both models: leave out --model")
    };
    let table = source(
        of(Measure::Way(Way::ALL[2]))?,
        of(Measure::Way(Way::ALL[0]))?,
        of(Measure::Combined { mirrored: false })?,
    );
    let path = root().join("crates/rostro-core/src/decision/table.rs");
    fs::write(&path, table).with_context(|| format!("writing {}", path.display()))
}
