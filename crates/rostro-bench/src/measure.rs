//! In what pictures are compared, and all pictures of LFW compared so.

use anyhow::Result;
use rostro_core::decision::{Metric, combined_distance};
use rostro_core::{Engine, ModelId};

use crate::degrade::Degradation;
use crate::faces::{Looks, Way, look_at};
use crate::lfw::Lfw;
use crate::report::Goal;
use crate::roc::{Distances, Measured};

/// What a distance is measured in: one way of one model, or both models combined.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Measure {
    Way(Way),
    Combined { mirrored: bool },
}

/// Everybody in LFW, looked at.
pub(crate) struct Set<'a> {
    pub(crate) lfw: &'a Lfw,
    pub(crate) looks: Vec<Option<Looks>>,
    /// Pictures with a face.
    pub(crate) seen: Vec<usize>,
}

impl Measure {
    pub(crate) const ALL: [Self; 6] = [
        Self::Way(Way::ALL[0]),
        Self::Way(Way::ALL[1]),
        Self::Way(Way::ALL[2]),
        Self::Way(Way::ALL[3]),
        Self::Combined { mirrored: false },
        Self::Combined { mirrored: true },
    ];

    pub(crate) fn name(self) -> String {
        match self {
            Self::Way(way) => way.name(),
            Self::Combined { mirrored } => {
                format!("combined{}", if mirrored { " + mirror" } else { "" })
            }
        }
    }

    pub(crate) fn metric(self) -> Metric {
        match self {
            Self::Way(way) => Metric::Model(way.model),
            Self::Combined { .. } => Metric::Combined,
        }
    }

    pub(crate) fn mirrored(self) -> bool {
        let (Self::Way(Way { mirrored, .. }) | Self::Combined { mirrored }) = self;
        mirrored
    }

    pub(crate) fn uses(self, models: &[ModelId]) -> bool {
        match self {
            Self::Way(way) => models.contains(&way.model),
            Self::Combined { .. } => ModelId::ALL.iter().all(|model| models.contains(model)),
        }
    }

    pub(crate) fn distance(self, a: &Looks, b: &Looks) -> f32 {
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
    pub(crate) fn shipped_threshold(self) -> f32 {
        match self {
            Self::Way(way) => way.model.default_threshold().max(),
            Self::Combined { .. } => Metric::Combined.calibration().even_distance(),
        }
    }

    /// What was promised of pairs and of the true-match rates at false-match rates.
    pub(crate) fn goals(self) -> (Goal, &'static [(f64, Goal)]) {
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
    pub(crate) fn look<'a>(
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

    pub(crate) fn distance(&self, measure: Measure, a: usize, b: usize) -> f32 {
        match (&self.looks[a], &self.looks[b]) {
            (Some(a), Some(b)) => measure.distance(a, b),
            _ => f32::MAX,
        }
    }

    pub(crate) fn pairs(&self, measure: Measure) -> Vec<Measured> {
        let pairs = self.lfw.pairs.iter();
        pairs
            .map(|pair| {
                Measured::of(pair, self.distance(measure, pair.pictures[0], pair.pictures[1]))
            })
            .collect()
    }

    pub(crate) fn all(&self, measure: Measure) -> Distances {
        Distances::between(&self.seen, &self.lfw.people, |a, b| self.distance(measure, a, b))
    }
}
