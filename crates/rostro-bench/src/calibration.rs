//! From distances to the calibration table that the decision is made with, and how well it holds for other people.

use std::fmt::Write as _;

use rostro_core::decision::FalseMatchRate;

use crate::open_set::{Dice, by_person, nearest};
use crate::roc::{Distances, share};

/// Rates that the table has a row for. The least is what a few million pairs can tell.
const RATES: [f64; 15] =
    [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 0.5, 0.9, 0.999];

/// Rows of distance and rate, both ascending.
pub(crate) fn rows(distances: &Distances) -> Vec<(f32, f64)> {
    let mut rows: Vec<(f32, f64)> = Vec::new();
    for rate in RATES {
        let distance = distances.threshold_at(rate);
        if rows.last().is_none_or(|(last, _)| distance - last > 1e-4) {
            rows.push((distance, rate));
        }
    }
    rows
}

/// Slope and middle of the logistic curve that fits best, pairs of one person and of two weighing the same: Newton's
/// method on the log-likelihood.
pub(crate) fn logistic(distances: &Distances) -> (f64, f64) {
    let weighted = |side: &[f32], same: f64| {
        let weight = 0.5 / side.len() as f64;
        side.iter().map(move |&distance| (f64::from(distance), same, weight)).collect::<Vec<_>>()
    };
    let samples = [weighted(&distances.genuine, 1.0), weighted(&distances.impostor, 0.0)].concat();
    let middle = f64::from(distances.threshold_at(0.01));
    let (mut slope, mut offset) = (-40.0, 40.0 * middle);
    for _ in 0..50 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(distance, same, weight) in &samples {
            let p = 1.0 / (1.0 + (-(slope * distance + offset)).exp());
            let (miss, curve) = (weight * (same - p), weight * p * (1.0 - p));
            g0 += miss * distance;
            g1 += miss;
            h00 += curve * distance * distance;
            h01 += curve * distance;
            h11 += curve;
        }
        let determinant = h00 * h11 - h01 * h01;
        if determinant.abs() < 1e-18 {
            break;
        }
        slope += (g0 * h11 - g1 * h01) / determinant;
        offset += (g1 * h00 - g0 * h01) / determinant;
    }
    (-slope, -offset / slope)
}

/// The table as the source of `rostro-core`'s `decision/table.rs`, for the three metrics in their order there.
pub(crate) fn source(dlib: &Distances, sface: &Distances, combined: &Distances) -> String {
    let mut text = "//! Made by `cargo xtask bench accuracy --write-calibration`. Do not edit.\n\n\
                    use super::calibration::Calibration;\n"
        .to_owned();
    for (name, distances) in [("DLIB", dlib), ("SFACE", sface), ("COMBINED", combined)] {
        let rows: String = rows(distances)
            .iter()
            .map(|(distance, rate)| format!("        ({distance:.4}, {rate}),\n"))
            .collect();
        let (slope, middle) = logistic(distances);
        write!(
            text,
            "\npub(super) const {name}: Calibration = Calibration {{\n    strangers: &[\n{rows}    \
             ],\n    logistic: ({slope:.3}, {middle:.4}),\n}};\n"
        )
        .expect("a string takes what is written");
    }
    text
}

/// Distance at a rate, by a table's rows.
fn distance_at(rows: &[(f32, f64)], rate: f64) -> f32 {
    let next = rows.partition_point(|row| row.1 < rate).clamp(1, rows.len() - 1);
    let ((x0, rate0), (x1, rate1)) = (rows[next - 1], rows[next]);
    let along = (rate / rate0).ln() / (rate1 / rate0).ln();
    to_f32(f64::from(x0) + along * f64::from(x1 - x0))
}

#[expect(clippy::cast_possible_truncation, reason = "distances and rates need few digits")]
fn to_f32(value: f64) -> f32 {
    value as f32
}

/// Wished and measured rate.
pub(crate) struct Held {
    pub(crate) wished: f64,
    pub(crate) measured: f64,
    /// How many comparisons it was measured on.
    pub(crate) tried: usize,
}

impl Held {
    /// By what factor the measured rate misses the wished one, at least 1. Where nothing happened, half an event is
    /// taken for it.
    pub(crate) fn factor(&self) -> f64 {
        let ratio = self.measured.max(0.5 / self.tried as f64) / self.wished;
        ratio.max(1.0 / ratio)
    }
}

/// People in two halves; a table of each half, held against pairs of the other.
pub(crate) fn verification(
    pictures: &[usize],
    people: &[usize],
    wished: &[f64],
    distance: impl Fn(usize, usize) -> f32 + Copy,
) -> Vec<Held> {
    let halves = halves(pictures, people);
    let of_half = halves.each_ref().map(|half| Distances::between(half, people, distance));
    let tables = of_half.each_ref().map(rows);
    wished
        .iter()
        .map(|&wished| {
            let measured = [(0, 1), (1, 0)].map(|(table, other)| {
                of_half[other].far_within(distance_at(&tables[table], wished))
            });
            Held {
                wished,
                measured: f64::midpoint(measured[0], measured[1]),
                tried: of_half.iter().map(|half| half.impostor.len()).sum(),
            }
        })
        .collect()
}

/// The same for identification: strangers of one half come to galleries of `size` people from everybody else, at the
/// other half's table, corrected for the size.
pub(crate) fn identification(
    pictures: &[usize],
    people: &[usize],
    size: usize,
    wished: &[f64],
    distance: impl Fn(usize, usize) -> f32 + Copy,
) -> Vec<Held> {
    const DRAWINGS: u64 = 8;
    let halves = halves(pictures, people);
    let tables = halves.each_ref().map(|half| rows(&Distances::between(half, people, distance)));
    let mut nearest_stranger: [Vec<f32>; 2] = [Vec::new(), Vec::new()];
    for drawing in 0..DRAWINGS {
        for (half, nearest_of_half) in halves.iter().zip(&mut nearest_stranger) {
            let mut dice = Dice::new(drawing + 1);
            let mut of_half: Vec<Vec<usize>> = by_person(half, people).into_values().collect();
            dice.shuffle(&mut of_half);
            let strangers: Vec<usize> =
                of_half.split_off(of_half.len() / 2).into_iter().flatten().collect();
            let away: Vec<usize> = strangers.iter().map(|&one| people[one]).collect();
            let mut others: Vec<usize> = by_person(pictures, people)
                .into_iter()
                .filter(|(person, _)| !away.contains(person))
                .map(|(_, pictures)| pictures[0])
                .collect();
            dice.shuffle(&mut others);
            let gallery: Vec<Vec<usize>> =
                others.into_iter().take(size).map(|picture| vec![picture]).collect();
            nearest_of_half.extend(strangers.iter().map(|&one| nearest(&gallery, one, distance).1));
        }
    }
    wished
        .iter()
        .map(|&wished| {
            let each = corrected(wished, size);
            let named: usize = [(0, 1), (1, 0)]
                .map(|(half, other)| {
                    let threshold = distance_at(&tables[other], each);
                    nearest_stranger[half].iter().filter(|&&nearest| nearest <= threshold).count()
                })
                .iter()
                .sum();
            let tried = nearest_stranger.iter().map(Vec::len).sum();
            Held { wished, measured: share(named, tried), tried }
        })
        .collect()
}

/// The rate of each comparison, as the decision corrects it.
fn corrected(wished: f64, size: usize) -> f64 {
    let rate = FalseMatchRate::new(to_f32(wished)).expect("a wished rate is one");
    f64::from(rate.for_each_of(size).value())
}

/// Everybody's pictures in two halves by person.
fn halves(pictures: &[usize], people: &[usize]) -> [Vec<usize>; 2] {
    let mut persons: Vec<Vec<usize>> = by_person(pictures, people).into_values().collect();
    Dice::new(7).shuffle(&mut persons);
    let second = persons.split_off(persons.len() / 2);
    [persons, second].map(|persons| persons.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_lies_between_the_two_sides() {
        let side =
            |middle: f32| (0..1000).map(|i| middle + (i as f32 / 1000.0 - 0.5) * 0.6).collect();
        let distances = Distances { genuine: side(0.5), impostor: side(1.0) };
        let (slope, middle) = logistic(&distances);
        assert!((middle - 0.75).abs() < 0.01, "{middle}");
        assert!(slope > 5.0, "{slope}");
    }

    #[test]
    fn rates_are_found_again() {
        let impostor: Vec<f32> = (0..1_000_000).map(|i| i as f32 * 1e-3).collect();
        let rows = rows(&Distances { genuine: vec![0.1], impostor });
        for rate in [1e-5, 1e-3, 0.05] {
            let distance = f64::from(distance_at(&rows, rate));
            // Between the rows the rate is a line in the logarithm.
            assert!((distance / 1000.0 - rate).abs() < rate / 2.0, "{rate}: {distance}");
        }
    }
}
