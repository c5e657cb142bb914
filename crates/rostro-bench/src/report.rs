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
        Self { name: name.into(), value, unit, goal, met }
    }
}

/// Everything that was measured.
#[derive(Serialize)]
pub(crate) struct Report {
    /// Pictures and pairs that it was measured on.
    pub(crate) measured_on: String,
    pub(crate) figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        goal: Goal,
    ) {
        self.figures.push(Figure::new(name, value, unit, goal));
    }

    /// A table of all figures in Markdown, with the plots below it.
    pub(crate) fn page(&self, plots: &[&str]) -> String {
        let mut page = format!(
            "# How exact Rostro is\n\nMade by `cargo xtask bench accuracy`, on {}.\n\n| figure | value | \
             goal | |\n| --- | ---: | --- | --- |\n",
            self.measured_on
        );
        for Figure { name, value, unit, goal, met } in &self.figures {
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
        for plot in plots {
            write!(page, "\n![{plot}]({plot}.svg)\n").expect("a string takes what is written");
        }
        page
    }
}

/// Four digits behind the point, or as many as a small number needs.
fn shown(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.001 { format!("{value:.2e}") } else { format!("{value:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_held() {
        let mut report = Report { measured_on: "two pictures".to_owned(), figures: Vec::new() };
        report.add("pairs", 0.99, "", Goal::AtLeast(0.98));
        report.add("distance", 0.2, "", Goal::AtMost(0.1));
        report.add("rate", 0.000_12, "", Goal::None);
        let met: Vec<Option<bool>> = report.figures.iter().map(|figure| figure.met).collect();
        assert_eq!(met, [Some(true), Some(false), None]);
        let page = report.page(&["roc"]);
        assert!(page.contains("| pairs | 0.9900 | >= 0.98 | met |"), "{page}");
        assert!(page.contains("| distance | 0.2000 | <= 0.1 | **missed** |"), "{page}");
        assert!(page.contains("| rate | 1.20e-4 |"), "{page}");
        assert!(page.contains("![roc](roc.svg)"), "{page}");
    }
}
