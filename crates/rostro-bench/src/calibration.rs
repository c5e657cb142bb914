//! From distances to the calibration table that the decision is made with, and how well it holds for other people.

use std::fmt::Write as _;

use rostro_core::decision::FalseMatchRate;

use crate::open_set::{Dice, by_person, nearest};
use crate::roc::{Distances, share};

/// Rates that the table has a row for. The least is what a few million pairs can tell; see [`tail`] for what lies beyond.
const RATES: [f64; 15] =
    [1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 0.5, 0.9, 0.999];

/// The rate down to which the table is continued.
const BEYOND: f64 = 1e-12;

/// Where the table goes on below its least measured row: with the slope that it has between 1e-5 and 1e-4, where
/// hundreds of pairs tell, as the least row itself hangs on a handful, some of them of people filed under two names
/// (SFace: between 1e-6 and 3e-6 it falls by 0.10, between 1e-5 and 3e-5 by 0.02). `None` where there are too few pairs.
fn tail(distances: &Distances) -> Option<(f32, f64)> {
    let [least, one, ten] = [RATES[0], 1e-5, 1e-4].map(|rate| distances.threshold_at(rate));
    let decades = to_f32((RATES[0] / BEYOND).log10());
    let distance = least - decades * (ten - one);
    (ten > one && distance > 0.0).then_some((distance, BEYOND))
}

/// Rows of distance and rate, both ascending.
pub(crate) fn rows(distances: &Distances) -> Vec<(f32, f64)> {
    let mut rows: Vec<(f32, f64)> = tail(distances).into_iter().collect();
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

/// A wished rate, and what happened at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) wished: f64,
    /// How often a stranger was taken for somebody.
    pub(crate) happened: usize,
    /// How often one could have been.
    pub(crate) tried: usize,
}

impl Held {
    pub(crate) fn measured(&self) -> f64 {
        share(self.happened, self.tried)
    }

    /// By what factor the measured rate misses the wished one, at least 1. Where nothing happened, half an event is
    /// taken for it.
    pub(crate) fn factor(&self) -> f64 {
        let ratio = self.measured().max(0.5 / self.tried as f64) / self.wished;
        ratio.max(1.0 / ratio)
    }

    /// Both together, of one wished rate.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let (happened, tried) = (self.happened + other.happened, self.tried + other.tried);
        Self { happened, tried, ..*self }
    }
}

/// Everybody in ten parts by person, and every pair of two persons. A table made without one or two of the parts is held
/// against those, so that nobody is measured with a table that knows them.
///
/// Why ten, and not two: what the table says of rare events hangs on few people. Of dlib's 70 nearest pairs of strangers
/// (1e-5 of all) in LFW's folds 1–5, two thirds are of three East Asian politicians with each other and with others like
/// them, a group that this model tells apart badly; SFace's four nearest pairs are of three people filed under
/// two names. Whether a half of the people holds both sides of such a pair is chance: over six ways to halve them, dlib's
/// figure for a gallery of 1,000 at 1e-3 lay anywhere from 0.5 to 2.5 times the wished rate, and a tail smoothed by a line
/// or a parabola in the logarithm from 0.1 to 3.9 times. With nine tenths of the people in the table it is 1.0 to 1.2
/// times. SFace's lies at 1.1 to 2.0 times, as its rare events are of people with one picture: they are one in 7,000,000
/// of the pairs of pictures, which make the table, and twice that of the comparisons with a gallery, where everybody
/// counts once. To take the people filed twice for one changes none of this, so the names are left as they are filed.
pub(crate) struct ByPerson<'a> {
    pictures: &'a [usize],
    people: &'a [usize],
    /// The part of each picture.
    parts: Vec<u8>,
    /// Ascending.
    pairs: Vec<Apart>,
}

/// The distance of two persons' pictures, and their parts.
struct Apart {
    distance: f32,
    parts: [u8; 2],
}

impl<'a> ByPerson<'a> {
    const PARTS: u8 = 10;

    /// `seed` says who comes into which part.
    pub(crate) fn new(
        pictures: &'a [usize],
        people: &'a [usize],
        seed: u64,
        distance: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut persons: Vec<Vec<usize>> = by_person(pictures, people).into_values().collect();
        Dice::new(seed).shuffle(&mut persons);
        let mut parts = vec![0; people.len()];
        for (person, part) in persons.iter().zip((0..Self::PARTS).cycle()) {
            person.iter().for_each(|&picture| parts[picture] = part);
        }
        let mut pairs = Vec::new();
        for (index, &a) in pictures.iter().enumerate() {
            for &b in pictures[index + 1..].iter().filter(|&&b| people[a] != people[b]) {
                pairs.push(Apart { distance: distance(a, b), parts: [parts[a], parts[b]] });
            }
        }
        pairs.sort_unstable_by(|a, b| a.distance.total_cmp(&b.distance));
        Self { pictures, people, parts, pairs }
    }

    /// The table of everybody outside these parts.
    fn table_without(&self, parts: [u8; 2]) -> Vec<(f32, f64)> {
        let outside = |pair: &&Apart| !pair.parts.iter().any(|part| parts.contains(part));
        let impostor = self.pairs.iter().filter(outside).map(|pair| pair.distance).collect();
        rows(&Distances { genuine: Vec::new(), impostor })
    }

    /// Every pair of two persons, at the table of those who share neither's part.
    pub(crate) fn verification(&self, wished: &[f64]) -> Vec<Held> {
        let mut matched = vec![0; wished.len()];
        for a in 0..Self::PARTS {
            for b in a..Self::PARTS {
                let table = self.table_without([a, b]);
                let between = |pair: &&Apart| pair.parts == [a, b] || pair.parts == [b, a];
                for (matched, &wished) in matched.iter_mut().zip(wished) {
                    let threshold = distance_at(&table, wished);
                    let within = self.pairs.partition_point(|pair| pair.distance <= threshold);
                    *matched += self.pairs[..within].iter().filter(between).count();
                }
            }
        }
        let tried = self.pairs.len();
        let held = matched.into_iter().zip(wished);
        held.map(|(matched, &wished)| Held { wished, happened: matched, tried }).collect()
    }

    /// Identification: everybody comes as a stranger to galleries of `size` people of other parts, each with one
    /// picture, at the table made without the stranger's part, corrected for the size.
    pub(crate) fn identification(
        &self,
        size: usize,
        wished: &[f64],
        distance: impl Fn(usize, usize) -> f32 + Copy,
    ) -> Vec<Held> {
        const DRAWINGS: u64 = 8;
        let first_pictures: Vec<usize> = by_person(self.pictures, self.people)
            .into_values()
            .map(|pictures| pictures[0])
            .collect();
        let (mut named, mut tried) = (vec![0; wished.len()], 0);
        for part in 0..Self::PARTS {
            let table = self.table_without([part, part]);
            let in_part = |picture: usize| self.parts[picture] == part;
            let strangers = || self.pictures.iter().filter(|&&picture| in_part(picture));
            for drawing in 0..DRAWINGS {
                let mut others: Vec<usize> =
                    first_pictures.iter().copied().filter(|&picture| !in_part(picture)).collect();
                Dice::new(drawing + 1).shuffle(&mut others);
                let gallery: Vec<Vec<usize>> =
                    others.into_iter().take(size).map(|picture| vec![picture]).collect();
                for &stranger in strangers() {
                    let (_, nearest) = nearest(&gallery, stranger, distance);
                    tried += 1;
                    for (named, &wished) in named.iter_mut().zip(wished) {
                        let each = corrected(wished, size);
                        *named += usize::from(nearest <= distance_at(&table, each));
                    }
                }
            }
        }
        let held = named.into_iter().zip(wished);
        held.map(|(named, &wished)| Held { wished, happened: named, tried }).collect()
    }
}

/// The rate of each comparison, as the decision corrects it.
fn corrected(wished: f64, size: usize) -> f64 {
    let rate = FalseMatchRate::new(to_f32(wished)).expect("a wished rate is one");
    f64::from(rate.for_each_of(size).value())
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

    #[test]
    fn nobody_is_measured_with_a_table_that_knows_them() {
        // Two hundred people on a line, two pictures each; the pictures of one lie next to each other.
        let pictures: Vec<usize> = (0..400).collect();
        let people: Vec<usize> = (0..400).map(|picture| picture / 2).collect();
        let mut dice = Dice::new(3);
        let mut places: Vec<f32> = (0..400_u16).map(f32::from).collect();
        dice.shuffle(&mut places);
        let distance = |a: usize, b: usize| (places[a] - places[b]).abs();
        let by_person = ByPerson::new(&pictures, &people, 1, distance);
        assert_eq!(by_person.pairs.len(), 400 * 398 / 2);
        assert!(
            people.chunks(2).enumerate().all(|(person, _)| {
                by_person.parts[2 * person] == by_person.parts[2 * person + 1]
            })
        );
        let held = by_person.verification(&[0.1, 0.5]);
        assert!(
            held.iter().all(|held| held.tried == 400 * 398 / 2 && held.factor() < 1.1),
            "{held:?}"
        );
        let held = by_person.identification(10, &[0.5], distance);
        assert_eq!(held[0].tried, 8 * 400);
        assert!(held[0].factor() < 1.3, "{held:?}");
        let twice = held[0].and(&held[0]);
        assert_eq!((twice.tried, twice.measured()), (2 * 8 * 400, held[0].measured()));
    }
}
