//! The page about speed, and its plots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{List, Speed, Table};
use crate::plots;
use crate::report;

/// What a page is called, and what stands above its figures.
pub(crate) struct Head {
    pub(crate) title: &'static str,
    pub(crate) file: &'static str,
    pub(crate) says: &'static str,
}

/// Everything in Markdown: what was promised first.
pub(super) fn page(&Head { title, says, .. }: &Head, speed: &Speed) -> String {
    let promised = || speed.figures.iter().filter(|figure| figure.met.is_some());
    let met = promised().filter(|figure| figure.met == Some(true)).count();
    let mut page = format!(
        "# {title}\n\n{says}\n\n## What was promised\n\n{met} of {} goals are met.\n\n",
        promised().count()
    );
    report::table(&mut page, speed.figures.iter());
    listed_words(&mut page, "In words", &speed.in_words);
    for Table { name, rows } in &speed.tables {
        let file = file_of(name);
        write!(
            page,
            "\n## {name}\n\n| | CPU ms | quartiles | wall ms | quartiles |\n| --- | ---: | ---: | ---: | ---: |\n"
        )
        .expect("a string takes what is written");
        for row in rows {
            writeln!(
                page,
                "| {} | {:.2} | {:.2}–{:.2} | {:.2} | {:.2}–{:.2} |",
                row.name,
                row.cpu.median,
                row.cpu.lower_quartile,
                row.cpu.upper_quartile,
                row.wall.median,
                row.wall.lower_quartile,
                row.wall.upper_quartile
            )
            .expect("a string takes what is written");
        }
        write!(page, "\n![{name}]({file}.svg)\n").expect("a string takes what is written");
    }
    for list in &speed.lists {
        listed(&mut page, list);
    }
    listed_words(&mut page, "Not run", &speed.not_run);
    page.push_str("\n## Measured on\n\n");
    for (what, which) in &speed.measured_on {
        writeln!(page, "- {what}: {which}").expect("a string takes what is written");
    }
    page
}

fn listed_words(page: &mut String, heading: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    write!(page, "\n## {heading}\n\n").expect("a string takes what is written");
    for sentence in sentences {
        writeln!(page, "- {sentence}").expect("a string takes what is written");
    }
}

fn listed(page: &mut String, List { name, columns, rows }: &List) {
    let rule = " ---: |".repeat(columns.len());
    write!(page, "\n## {name}\n\n| | {} |\n| --- |{rule}\n", columns.join(" | "))
        .expect("a string takes what is written");
    for (name, values) in rows {
        let values: Vec<String> = values.iter().map(|value| shown(*value)).collect();
        writeln!(page, "| {name} | {} |", values.join(" | "))
            .expect("a string takes what is written");
    }
}

/// Two digits behind the point; a dash where nothing was measured.
fn shown(value: f64) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.2}") }
}

/// Writes the page and a plot for each table.
pub(super) fn write(folder: &Path, file: &str, page: &str, tables: &[Table]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for Table { name, rows } in tables {
        let bars: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.name.as_str(),
                    [row.cpu.lower_quartile, row.cpu.median, row.cpu.upper_quartile],
                )
            })
            .collect();
        plots::bars(&folder.join(file_of(name)).with_extension("svg"), name, &bars)?;
    }
    let file = folder.join(file);
    fs::write(&file, page).with_context(|| format!("writing {}", file.display()))
}

/// A file's name out of a table's: letters and figures, joined by hyphens.
fn file_of(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Figure, Goal};
    use crate::speed::{Row, samples::Spread};

    #[test]
    fn the_page_says_what_was_measured() {
        let spread = Spread { median: 2.0, lower_quartile: 1.5, upper_quartile: 2.5 };
        let speed = Speed {
            measured_on: vec![("browser".to_owned(), "1".to_owned())],
            figures: vec![Figure::new("ratio", 0.5, "×", Goal::AtMost(0.6))],
            in_words: vec!["Half of it.".to_owned()],
            tables: vec![Table {
                name: "SFace, 112×112".to_owned(),
                rows: vec![Row { name: "ours".to_owned(), cpu: spread, wall: spread }],
            }],
            lists: vec![List {
                name: "Bytes".to_owned(),
                columns: vec!["raw", "brotli"],
                rows: vec![("module".to_owned(), vec![2.0, 1.25])],
            }],
            not_run: vec!["somebody: no model".to_owned()],
            details: serde_json::Value::Null,
        };
        let head = Head { title: "How fast", file: "README.md", says: "Made by hand." };
        let page = page(&head, &speed);
        for part in [
            "# How fast\n\nMade by hand.\n",
            "1 of 1 goals are met",
            "| ratio | 0.5000 × | <= 0.6 | met |",
            "met |\n\n## In words\n\n- Half of it.\n\n## SFace",
            "| ours | 2.00 | 1.50–2.50 | 2.00 | 1.50–2.50 |",
            "(sface-112-112.svg)",
            "| | raw | brotli |\n| --- | ---: | ---: |\n| module | 2.00 | 1.25 |",
            "- somebody: no model",
            "- browser: 1",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}
