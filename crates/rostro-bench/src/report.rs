//! Figures, as JSON and as a page.

use std::fmt::Write as _;

use serde::Serialize;

/// One figure, held against what was promised.
#[derive(Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) goal: Option<String>,
    pub(crate) met: Option<bool>,
    #[serde(skip)]
    part: Part,
}

/// Parts of the page, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    #[default]
    Pairs,
    Identification,
    Rates,
    Python,
    Worse,
    Detection,
    Clips,
    Weights,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Pairs,
        Self::Identification,
        Self::Rates,
        Self::Python,
        Self::Worse,
        Self::Detection,
        Self::Clips,
        Self::Weights,
    ];

    const fn heading(self) -> &'static str {
        match self {
            Self::Pairs => "Two pictures: the same person?",
            Self::Identification => "One picture: who of many?",
            Self::Rates => "Is the rate that was chosen the rate that is met?",
            Self::Python => "Beside Python's face_recognition",
            Self::Worse => "Worse pictures",
            Self::Detection => "Finding faces",
            Self::Clips => "Clips",
            Self::Weights => "What small weights cost",
        }
    }

    /// What the figures below the heading are.
    const fn says(self) -> &'static str {
        match self {
            Self::Pairs => {
                "Share of the protocol's pairs that are told right, and, over all pairs of all pictures, the share of \
                 one person's pairs that is found where one pair of strangers in so many is taken for one person. \
                 Combined is the weighted mean of both models' distances; mirror is the mean of a face and its mirror \
                 image, dlib's of both from nearer too."
            }
            Self::Identification => {
                "Share of enrolled people's pictures that are not given the right name (FNIR), where strangers come \
                 too and one in so many of them is given a name (FPIR). Smaller is better."
            }
            Self::Rates => {
                "Ten parts of the people; each is measured with a table made of the others. A factor of 1 is the wished \
                 rate itself; nothing is held against less than ten expected events. LFW itself files three people under \
                 two names, who come near themselves and count as strangers: with galleries of 1,000 that alone is \
                 about 8e-4, so 1e-4 cannot be measured there."
            }
            Self::Python => {
                "The same pictures by `face_recognition` 1.3 and by `dlib-resnet-v1` without the mirror image."
            }
            Self::Worse => {
                "The first fold again, every picture made worse, at the thresholds that are shipped."
            }
            Self::Detection => {
                "A box is right if it covers a face by half (intersection over union of 0.5). Smaller and invalid faces \
                 are neither right nor wrong."
            }
            Self::Clips => {
                "Each person of the clips is enrolled alone, in turn, with three looks of one clip; everybody else is a \
                 stranger then. Whose face a track is in truth is taken from the mean of all its embeddings. Decided is \
                 a frame in which a face bears a name or is called unknown."
            }
            Self::Weights => {
                "The first fold with the same networks, their weights stored in another form and widened to f32 to \
                 compute."
            }
        }
    }
}

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) -> Self {
        let (goal, met) = match goal {
            Goal::AtLeast(least) => (Some(format!(">= {least}")), Some(value >= least)),
            Goal::AtMost(most) => (Some(format!("<= {most}")), Some(value <= most)),
            Goal::None => (None, None),
        };
        Self { name: name.into(), value, unit, goal, met, part: Part::default() }
    }
}

/// Everything that was measured.
#[derive(Serialize)]
pub(crate) struct Report {
    /// Pictures and pairs that it was measured on.
    pub(crate) measured_on: String,
    pub(crate) figures: Vec<Figure>,
    /// Where the next figures belong.
    #[serde(skip)]
    pub(crate) part: Part,
}

impl Report {
    /// An empty one.
    pub(crate) const fn on(measured_on: String) -> Self {
        Self { measured_on, figures: Vec::new(), part: Part::Pairs }
    }

    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        goal: Goal,
    ) {
        let part = self.part;
        self.figures.push(Figure { part, ..Figure::new(name, value, unit, goal) });
    }

    /// All figures in Markdown: what was promised first, then part by part, and the plots.
    pub(crate) fn page(&self, plots: &[&str]) -> String {
        let promised = || self.figures.iter().filter(|figure| figure.met.is_some());
        let met = promised().filter(|figure| figure.met == Some(true)).count();
        let mut page = format!(
            "# How exact Rostro is\n\nMade by `cargo xtask bench accuracy`, on {}.\n\n## What was promised\n\n{met} of \
             {} goals are met. The parts below say what each figure is.\n\n",
            self.measured_on,
            promised().count()
        );
        table(&mut page, promised());
        for part in Part::ALL {
            let of_part = || self.figures.iter().filter(|figure| figure.part == part);
            if of_part().next().is_some() {
                write!(page, "\n## {}\n\n{}\n\n", part.heading(), part.says())
                    .expect("a string takes what is written");
                table(&mut page, of_part());
            }
            if part == Part::Pairs {
                for plot in plots {
                    write!(page, "\n![{plot}]({plot}.svg)\n")
                        .expect("a string takes what is written");
                }
            }
        }
        page
    }
}

/// Figures as a table in Markdown.
pub(crate) fn table<'a>(page: &mut String, figures: impl Iterator<Item = &'a Figure>) {
    page.push_str("| figure | value | goal | |\n| --- | ---: | --- | --- |\n");
    for Figure { name, value, unit, goal, met, .. } in figures {
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let goal = goal.as_deref().unwrap_or("");
        let met = match met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        writeln!(page, "| {name} | {}{unit} | {goal} | {met} |", shown(*value))
            .expect("a string takes what is written");
    }
}

/// Whole numbers as they are, others with four digits behind the point, or as many as a small number needs.
fn shown(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value}")
    } else if value.abs() < 0.001 {
        format!("{value:.2e}")
    } else {
        format!("{value:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_held() {
        let mut report = Report::on("two pictures".to_owned());
        report.add("pairs", 0.99, "", Goal::AtLeast(0.98));
        report.add("distance", 0.2, "", Goal::AtMost(0.1));
        report.part = Part::Rates;
        report.add("rate", 0.000_12, "", Goal::None);
        let met: Vec<Option<bool>> = report.figures.iter().map(|figure| figure.met).collect();
        assert_eq!(met, [Some(true), Some(false), None]);
        let page = report.page(&["roc"]);
        assert!(page.contains("| pairs | 0.9900 | >= 0.98 | met |"), "{page}");
        assert!(page.contains("| distance | 0.2000 | <= 0.1 | **missed** |"), "{page}");
        assert!(page.contains("| rate | 1.20e-4 |"), "{page}");
        assert!(page.contains("![roc](roc.svg)"), "{page}");
        assert!(page.contains("1 of 2 goals are met"), "{page}");
        let places =
            ["## What was promised", "## Two pictures", "## Is the rate"].map(|one| page.find(one));
        assert!(places.is_sorted() && places[0].is_some(), "{page}");
        assert!(!page.contains("## Clips"), "{page}");
    }
}
