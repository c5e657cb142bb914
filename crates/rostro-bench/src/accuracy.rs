//! `cargo xtask bench accuracy`: everything that is measured of how exact Rostro is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rostro_core::decision::{Metric, combined_distance};
use rostro_core::{Embedding, Engine, ModelId};

use crate::calibration::{Held, identification, source, verification};
use crate::degrade::Degradation;
use crate::faces::{Looks, Way, engine, look_at};
use crate::lfw::Lfw;
use crate::open_set::{Dice, draw, fnir_at};
use crate::report::{Goal, Report};
use crate::roc::{Distances, Measured, best_threshold, right_across_folds, right_at};
use crate::{parity, plots, root, wider};

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Labeled Faces in the Wild: pictures, and `pairs.csv` with fold,name1,file1,name2,file2,same
    #[arg(long, value_name = "DIR")]
    lfw: PathBuf,
    /// WIDER FACE: pictures, and `boxes.csv` with file, x, y, w, h and invalid among its columns
    #[arg(long, value_name = "DIR")]
    wider: Option<PathBuf>,
    /// A Python with `face_recognition`, to compare with
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Only these recognisers; both, and what they give combined, unless given
    #[arg(long = "model", value_name = "ID", value_parser = model)]
    models: Vec<ModelId>,
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Leaves out the pictures made worse, which take as long as everything else
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

/// What a distance is measured in: one way of one model, or both models combined.
#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Way(Way),
    Combined { mirrored: bool },
}

/// Everybody in LFW, looked at.
struct Set<'a> {
    lfw: &'a Lfw,
    looks: Vec<Option<Looks>>,
    /// Pictures with a face.
    seen: Vec<usize>,
}

impl Measure {
    const ALL: [Self; 6] = [
        Self::Way(Way::ALL[0]),
        Self::Way(Way::ALL[1]),
        Self::Way(Way::ALL[2]),
        Self::Way(Way::ALL[3]),
        Self::Combined { mirrored: false },
        Self::Combined { mirrored: true },
    ];

    fn name(self) -> String {
        match self {
            Self::Way(way) => way.name(),
            Self::Combined { mirrored } => {
                format!("combined{}", if mirrored { " + mirror" } else { "" })
            }
        }
    }

    fn metric(self) -> Metric {
        match self {
            Self::Way(way) => Metric::Model(way.model),
            Self::Combined { .. } => Metric::Combined,
        }
    }

    fn mirrored(self) -> bool {
        let (Self::Way(Way { mirrored, .. }) | Self::Combined { mirrored }) = self;
        mirrored
    }

    fn uses(self, models: &[ModelId]) -> bool {
        match self {
            Self::Way(way) => models.contains(&way.model),
            Self::Combined { .. } => ModelId::ALL.iter().all(|model| models.contains(model)),
        }
    }

    fn distance(self, a: &Looks, b: &Looks) -> f32 {
        let one = |way: Way| a.embedding(way).distance(b.embedding(way));
        let distance = match self {
            Self::Way(way) => one(way).map(|distance| distance.value()),
            Self::Combined { mirrored } => {
                let [sface, dlib] = [ModelId::Sface2021Dec, ModelId::DlibResnetV1]
                    .map(|model| one(Way { model, mirrored }));
                sface.zip(dlib).and_then(|(sface, dlib)| combined_distance(sface, dlib))
            }
        };
        distance.expect("two looks of one model can be compared")
    }

    /// The threshold that is shipped; of the combined distance, where both errors are as likely.
    fn shipped_threshold(self) -> f32 {
        match self {
            Self::Way(way) => way.model.default_threshold().max(),
            Self::Combined { .. } => Metric::Combined.calibration().even_distance(),
        }
    }

    /// What was promised of pairs and of the true-match rates at false-match rates.
    fn goals(self) -> (Goal, &'static [(f64, Goal)]) {
        use Goal::{AtLeast, None};
        const SFACE: Measure = Measure::Way(Way::ALL[0]);
        const DLIB: Measure = Measure::Way(Way::ALL[3]);
        match self {
            SFACE => {
                (AtLeast(0.993), &[(1e-3, None), (1e-4, AtLeast(0.972)), (1e-5, AtLeast(0.945))])
            }
            DLIB => (AtLeast(0.990), &[(1e-3, AtLeast(0.915)), (1e-4, None), (1e-5, None)]),
            Self::Combined { mirrored: false } => {
                (AtLeast(0.996), &[(1e-3, None), (1e-4, AtLeast(0.978)), (1e-5, AtLeast(0.950))])
            }
            _ => (None, &[(1e-3, None), (1e-4, None), (1e-5, None)]),
        }
    }
}

impl Set<'_> {
    fn look<'a>(
        engine: &Engine,
        lfw: &'a Lfw,
        what: &str,
        worse: Option<Degradation>,
    ) -> Result<Set<'a>> {
        let looks = look_at(engine, what, &lfw.files, |picture| match worse {
            Some(worse) => worse.apply(&picture),
            None => Ok(picture),
        })?;
        let seen = (0..looks.len()).filter(|&picture| looks[picture].is_some()).collect();
        Ok(Set { lfw, looks, seen })
    }

    fn distance(&self, measure: Measure, a: usize, b: usize) -> f32 {
        match (&self.looks[a], &self.looks[b]) {
            (Some(a), Some(b)) => measure.distance(a, b),
            _ => f32::MAX,
        }
    }

    fn pairs(&self, measure: Measure) -> Vec<Measured> {
        let pairs = self.lfw.pairs.iter();
        pairs
            .map(|pair| {
                Measured::of(pair, self.distance(measure, pair.pictures[0], pair.pictures[1]))
            })
            .collect()
    }

    fn all(&self, measure: Measure) -> Distances {
        Distances::between(&self.seen, &self.lfw.people, |a, b| self.distance(measure, a, b))
    }
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
    let mut report = Report { measured_on, figures: Vec::new() };
    let unseen = set.lfw.files.len() - set.seen.len();
    report.add("LFW: pictures without a face", unseen as f64, "", Goal::AtMost(0.0));

    let all: Vec<(Measure, Distances)> =
        measures.iter().map(|&measure| (measure, set.all(measure))).collect();
    for (measure, distances) in &all {
        verify(&mut report, &set, *measure, distances);
    }
    for &measure in measures.iter().filter(|measure| !measure.mirrored()) {
        rates(&mut report, &set, measure);
        open_set(&mut report, &set, measure);
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

/// Whether the rate that the user chose is the rate that is met.
fn rates(report: &mut Report, set: &Set<'_>, measure: Measure) {
    const WISHED: [f64; 3] = [1e-2, 1e-3, 1e-4];
    let name = measure.name();
    let distance = |a: usize, b: usize| set.distance(measure, a, b);
    let mut add = |what: &str, held: Vec<Held>| {
        for held in held {
            // Fewer than ten events say little of a rate: then it is shown, and held to nothing.
            let enough = held.wished * held.tried as f64 >= 10.0;
            let goal = if enough { Goal::AtMost(2.0) } else { Goal::None };
            let what = format!(
                "{name}: {what}, wished {:e}, measured {:.2e}: off by the factor",
                held.wished, held.measured
            );
            report.add(what, held.factor(), "", goal);
        }
    };
    add("pairs", verification(&set.seen, &set.lfw.people, &WISHED, distance));
    for size in [100, 1000] {
        let held = identification(&set.seen, &set.lfw.people, size, &WISHED, distance);
        add(&format!("gallery of {size}"), held);
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
    let goals = [(640, [0.884, 0.922]), (320, [0.757, 0.878])];
    for (side, goals) in goals {
        for (found, goal) in wider::measure(engine, wider, side, &[30.0, 60.0])?.iter().zip(goals) {
            let name = format!("WIDER FACE at {} px, faces from {} px", found.side, found.least);
            let precision = found.average_precision;
            report.add(format!("{name}: average precision"), precision, "", Goal::AtLeast(goal));
            report.add(
                format!("{name}: recall at the default score"),
                found.recall,
                "",
                Goal::None,
            );
            report.add(format!("{name}: precision there"), found.precision, "", Goal::None);
        }
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
