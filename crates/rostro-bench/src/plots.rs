//! Curves and histograms as SVG.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use crate::roc::Distances;

const SIZE: (u32, u32) = (720, 440);
const COLOURS: [RGBColor; 5] = [
    RGBColor(31, 119, 180),
    RGBColor(23, 150, 110),
    RGBColor(214, 90, 20),
    RGBColor(148, 80, 180),
    BLACK,
];

/// The share of pairs found over the false-match rate, which is a logarithmic axis. `inverted` draws the share that is
/// missed instead, logarithmic too: the DET curve.
pub(crate) fn curves(file: &Path, named: &[(String, &Distances)], inverted: bool) -> Result<()> {
    let lines: Vec<Vec<(f64, f64)>> = named
        .iter()
        .map(|(_, distances)| {
            (-24..=0)
                .map(|quarter| 10_f64.powf(f64::from(quarter) / 4.0))
                .filter(|far| *far * distances.impostor.len() as f64 >= 1.0)
                .map(|far| {
                    let found = distances.tar_at(far.min(0.999_999));
                    (far, if inverted { (1.0 - found).max(1e-4) } else { found })
                })
                .collect()
        })
        .collect();
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    let drawn = || -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        area.fill(&WHITE)?;
        let mut builder = ChartBuilder::on(&area);
        builder.margin(12).x_label_area_size(40).y_label_area_size(60);
        let x = (1e-6..1.0).log_scale();
        if inverted {
            let mut chart = builder.build_cartesian_2d(x, (1e-4..1.0).log_scale())?;
            chart
                .configure_mesh()
                .x_desc("false-match rate")
                .y_desc("false-non-match rate")
                .draw()?;
            for ((line, colour), (name, _)) in lines.iter().zip(COLOURS).zip(named) {
                chart
                    .draw_series(LineSeries::new(line.iter().copied(), colour.stroke_width(2)))?
                    .label(name)
                    .legend(move |(x, y)| {
                        PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2))
                    });
            }
            chart.configure_series_labels().background_style(WHITE.mix(0.8)).draw()?;
        } else {
            let mut chart = builder.build_cartesian_2d(x, 0.3..1.0)?;
            chart.configure_mesh().x_desc("false-match rate").y_desc("true-match rate").draw()?;
            for ((line, colour), (name, _)) in lines.iter().zip(COLOURS).zip(named) {
                chart
                    .draw_series(LineSeries::new(line.iter().copied(), colour.stroke_width(2)))?
                    .label(name)
                    .legend(move |(x, y)| {
                        PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2))
                    });
            }
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::LowerRight)
                .background_style(WHITE.mix(0.8))
                .draw()?;
        }
        area.present()
    };
    drawn().map_err(|error| anyhow!("drawing {}: {error}", file.display()))
}

/// A bar for each of `named`, from above: lower quartile, median and upper quartile of milliseconds.
pub(crate) fn bars(file: &Path, title: &str, named: &[(&str, [f64; 3])]) -> Result<()> {
    const BAR_PX: i32 = 34;
    const LEFT_PX: i32 = 240;
    const TOP_PX: i32 = 46;
    let count = i32::try_from(named.len())?;
    let (width, height) = (SIZE.0.cast_signed(), TOP_PX + BAR_PX * count + 14);
    let end = named.iter().map(|(_, quarters)| quarters[2]).fold(f64::MIN_POSITIVE, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a picture")]
    let x = |ms: f64| LEFT_PX + (ms / end * f64::from(width - LEFT_PX - 90)) as i32;
    let area = SVGBackend::new(file, (SIZE.0, height.cast_unsigned())).into_drawing_area();
    let drawn = || -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        area.fill(&WHITE)?;
        let heading = format!("{title}: CPU milliseconds, median and quartiles");
        area.draw(&Text::new(heading, (14, 14), ("sans-serif", 17)))?;
        for ((name, [lower, median, upper]), row) in named.iter().zip(0..) {
            let top = TOP_PX + BAR_PX * row;
            let middle = top + BAR_PX / 2 - 4;
            let colour = if name.starts_with("rostro") { COLOURS[1] } else { COLOURS[0] };
            area.draw(&Text::new((*name).to_owned(), (14, middle - 7), ("sans-serif", 14)))?;
            let bar = [(LEFT_PX, top), (x(*median), top + BAR_PX - 8)];
            area.draw(&Rectangle::new(bar, colour.mix(0.75).filled()))?;
            let spread = [(x(*lower), middle), (x(*upper), middle)];
            area.draw(&PathElement::new(spread, BLACK.stroke_width(2)))?;
            let at = (x(*upper) + 8, middle - 7);
            area.draw(&Text::new(format!("{median:.1}"), at, ("sans-serif", 14)))?;
        }
        area.present()
    };
    drawn().map_err(|error| anyhow!("drawing {}: {error}", file.display()))
}

/// How many pairs of one person and of two lie at which distance.
pub(crate) fn histogram(file: &Path, distances: &Distances, threshold: f32) -> Result<()> {
    const BINS: usize = 80;
    let end = distances.impostor.last().copied().unwrap_or(1.0);
    let share_in = |side: &[f32], bin: usize| {
        let edge = |bin: usize| end * bin as f32 / BINS as f32;
        let within = |distance: f32| side.partition_point(|one| *one < distance);
        (within(edge(bin + 1)) - within(edge(bin))) as f64 / side.len().max(1) as f64
    };
    let line = |side: &[f32]| {
        (0..BINS)
            .map(|bin| ((bin as f64 + 0.5) / BINS as f64 * f64::from(end), share_in(side, bin)))
            .collect::<Vec<_>>()
    };
    let sides =
        [("one person", line(&distances.genuine)), ("two persons", line(&distances.impostor))];
    let top = sides.iter().flat_map(|(_, line)| line).map(|(_, y)| *y).fold(0.0, f64::max) * 1.1;
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    let drawn = || -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..f64::from(end), 0.0..top)?;
        chart.configure_mesh().x_desc("distance").y_desc("share of pairs").draw()?;
        for ((name, line), colour) in sides.iter().zip(COLOURS) {
            chart
                .draw_series(
                    AreaSeries::new(line.iter().copied(), 0.0, colour.mix(0.35))
                        .border_style(colour),
                )?
                .label(*name)
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2))
                });
        }
        let at = f64::from(threshold);
        chart
            .draw_series(LineSeries::new([(at, 0.0), (at, top)], BLACK.stroke_width(1)))?
            .label("default threshold")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], BLACK));
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .draw()?;
        area.present()
    };
    drawn().map_err(|error| anyhow!("drawing {}: {error}", file.display()))
}
