//! Who a face is, among many: the relay's own path, on one core.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use rostro_core::decision::{FalseMatchRate, Limits, Outcome, Policy, Rule, scored};
use rostro_core::{Embedding, Gallery, ModelId};

use super::reports::Numbers;

const MODEL: ModelId = ModelId::Sface2021Dec;

/// Milliseconds of each look-up among so many people, one encoding each.
pub(super) struct Identified {
    pub(super) people: u32,
    pub(super) ms: Vec<f64>,
}

/// Looks known and unknown faces up among `people`.
///
/// # Errors
/// An answer is not what a plain comparison with everybody gives.
pub(super) fn identify(people: u32, times: usize) -> Result<Identified> {
    let mut numbers = Numbers::new(u64::from(people));
    let mut gallery = Gallery::new(MODEL);
    let mut vectors = Vec::with_capacity(people as usize);
    for person in 0..people {
        let vector = numbers.vector();
        gallery.push(person, &Embedding::new(MODEL, &vector)?);
        vectors.push(vector);
    }
    let rate = FalseMatchRate::one_in(1000);
    let rule = Rule { limits: Limits::DEFAULT, policy: rate.map(Policy::new) };
    let mut ms = Vec::with_capacity(times);
    for turn in 0..times {
        let mut vector = numbers.vector();
        if turn % 2 == 0 {
            // Somebody who is there, seen a little differently.
            let person = numbers.next() % u64::from(people);
            let theirs = &vectors[usize::try_from(person)?];
            vector.iter_mut().zip(theirs).for_each(|(noise, own)| *noise = 0.5 * *noise + own);
        }
        let probe = [Embedding::new(MODEL, &vector)?];
        let begun = Instant::now();
        let decision = black_box(rule.decide(&scored(&probe, [&gallery]), |_| None));
        ms.push(begun.elapsed().as_secs_f64() * 1e3);
        let (nearest, distance) = plainly_nearest(&vectors, &probe[0]);
        let told = decision.evidence.map(|evidence| f64::from(evidence.distance));
        ensure!(
            told.is_some_and(|told| (told - distance).abs() < 1e-5),
            "{told:?} is not {distance}"
        );
        if let Outcome::Known(person) = decision.outcome {
            ensure!(*person == nearest, "{person} is known, and {nearest} is nearer");
        }
        ensure!(turn % 2 > 0 || matches!(decision.outcome, Outcome::Known(_)), "nobody is known");
    }
    Ok(Identified { people, ms })
}

/// By the definition, in double precision.
fn plainly_nearest(vectors: &[[f32; 128]], probe: &Embedding) -> (u32, f64) {
    let squared = |vector: &[f32; 128]| -> f64 {
        let pairs = vector.iter().zip(probe.values());
        pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
    };
    let nearest = (0..).zip(vectors.iter().map(squared)).min_by(|(_, a), (_, b)| a.total_cmp(b));
    let (person, squared) = nearest.expect("somebody is there");
    (person, squared.sqrt())
}
