//! `rostro enrol`: pictures that are worth it, of one person, who is not enrolled under another name.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use rostro_core::enrolment::{PictureFault, SampleFault, inspect};
use rostro_core::quality::QualityLimits;
use rostro_core::{DetectOptions, Embedding, Engine, ModelId};
use rostro_server::people::{EncodingSource, NewPerson, People, SampleWarning};
use rostro_wire::Enrolled;

use super::faces::{picture, shown};
use super::{DataDir, ModelsDir, block_on, model};

/// Adds a person by pictures that show nobody else, or encodings to the person of that name. All pictures are taken
/// or none. A running relay knows them within about a second.
///
/// Poor pictures are refused, each with its reason, and so are pictures that are practically the same, that do not look
/// like the others, or whose face is enrolled under another name.
#[derive(Debug, Args)]
pub(super) struct Enrol {
    /// The person's name.
    name: String,
    /// Pictures with exactly one face; several make recognition surer.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The recogniser.
    #[arg(long, value_name = "ID", default_value_t = ModelId::DEFAULT, value_parser = model)]
    model: ModelId,
    /// Enrols pictures that would be refused; the reasons are printed as warnings. Of several faces the most prominent
    /// is taken.
    #[arg(long)]
    force: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    models: ModelsDir,
}

/// What a refusal ends with.
const NOBODY: &str = "nobody was enrolled; --force enrols all the same";

impl Enrol {
    pub(super) fn run(self) -> Result<ExitCode> {
        let engine = self.models.engine(&[self.model])?;
        let looks = self.files.iter().map(|path| Look::at(path, &engine, self.model));
        let looks = looks.collect::<Result<Vec<Look<'_>>>>()?;
        let poor: Vec<String> = looks.iter().flat_map(Look::complaints).collect();
        self.tell(&poor)?;
        let samples: Vec<Embedding> = looks.into_iter().map(|look| look.sample).collect();
        let added = samples.len();
        let store = self.data.open()?;
        let person = NewPerson { name: self.name.clone(), ..NewPerson::default() };
        let enrolled = block_on(async {
            let people = People::load(store).await?;
            let warnings = people.check(&person.name, &samples).await?;
            self.tell(&warnings.iter().map(|it| self.complaint(it)).collect::<Vec<_>>())?;
            let person = people.enrol(person, samples, EncodingSource::Picture).await?;
            Ok(Enrolled { person, warnings: warnings.iter().map(SampleWarning::told).collect() })
        })?;
        let mut out = io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&enrolled)?)?;
        } else {
            let (person, model) = (&enrolled.person, self.model.as_str());
            let held = person.encodings.get(model).copied().unwrap_or_default();
            let s = if added == 1 { "" } else { "s" };
            writeln!(out, "{}: {added} encoding{s} of {model} added, {held} held", person.name)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Prints complaints. They end the run unless it was told to go on.
    fn tell(&self, complaints: &[String]) -> Result<()> {
        let mut err = io::stderr().lock();
        if self.force {
            for complaint in complaints {
                writeln!(err, "rostro: warning: {complaint}")?;
            }
            return Ok(());
        }
        match complaints {
            [] => Ok(()),
            [only] => bail!("{only}: {NOBODY}"),
            several => {
                for complaint in several {
                    writeln!(err, "rostro: {complaint}")?;
                }
                bail!("{} reasons against: {NOBODY}", several.len())
            }
        }
    }

    /// A warning by the name of the file.
    fn complaint(&self, warning: &SampleWarning) -> String {
        let what = format!("{}: {}", warning.fault.code(), warning.message());
        let file = warning.sample.and_then(|sample| self.files.get(sample));
        match file {
            Some(file) if warning.fault != SampleFault::AlreadyEnrolled => {
                format!("{}: {what}", shown(file))
            }
            _ => what,
        }
    }
}

/// The face of a picture, and what is wrong with the picture.
struct Look<'a> {
    path: &'a Path,
    faults: Vec<PictureFault>,
    sample: Embedding,
}

impl<'a> Look<'a> {
    fn at(path: &'a Path, engine: &Engine, model: ModelId) -> Result<Self> {
        Self::embedded(path, engine, model).with_context(|| shown(path))
    }

    fn embedded(path: &'a Path, engine: &Engine, model: ModelId) -> Result<Self> {
        let picture = picture(path)?;
        let frame = picture.frame()?;
        let detections = engine.detect(&frame, &DetectOptions::default())?;
        let inspection = inspect(&frame, &detections, &QualityLimits::ENROLMENT);
        let face = inspection.face.and_then(|(index, _)| detections.get(index));
        let Some(face) = face else { bail!("{}: nobody was enrolled", PictureFault::NoFace) };
        let sample = engine.embed(&frame, face, model)?;
        Ok(Self { path, faults: inspection.faults, sample })
    }

    /// Each fault by the name of the file.
    fn complaints(&self) -> impl Iterator<Item = String> {
        self.faults.iter().map(|fault| format!("{}: {fault}", shown(self.path)))
    }
}
