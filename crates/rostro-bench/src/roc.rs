//! What distances say of how exact something is. Pure.

use crate::lfw::Pair;

/// The distances between all pictures of a set, those of one person apart from those of two.
pub(crate) struct Distances {
    /// Of one person's pictures, ascending.
    pub(crate) genuine: Vec<f32>,
    /// Of two persons', ascending.
    pub(crate) impostor: Vec<f32>,
}

impl Distances {
    /// Between all of `pictures`, whose persons are `people`.
    pub(crate) fn between(
        pictures: &[usize],
        people: &[usize],
        distance: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut all = Self { genuine: Vec::new(), impostor: Vec::new() };
        for (index, &a) in pictures.iter().enumerate() {
            for &b in &pictures[index + 1..] {
                let side =
                    if people[a] == people[b] { &mut all.genuine } else { &mut all.impostor };
                side.push(distance(a, b));
            }
        }
        all.genuine.sort_unstable_by(f32::total_cmp);
        all.impostor.sort_unstable_by(f32::total_cmp);
        all
    }

    /// The distance that a share `far` of the impostors is nearer than.
    pub(crate) fn threshold_at(&self, far: f64) -> f32 {
        let count = self.impostor.len();
        self.impostor[rank(far, count).min(count - 1)]
    }

    /// The share of genuine pairs that are nearer than the distance of `far`.
    pub(crate) fn tar_at(&self, far: f64) -> f64 {
        let threshold = self.threshold_at(far);
        share(self.genuine.partition_point(|distance| *distance < threshold), self.genuine.len())
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count is a count"
)]
fn rank(share: f64, count: usize) -> usize {
    (share * count as f64) as usize
}

pub(crate) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 / whole as f64 }
}

/// A pair of the protocol, measured.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) fold: u32,
    pub(crate) distance: f32,
    pub(crate) same: bool,
}

impl Measured {
    pub(crate) fn of(pair: &Pair, distance: f32) -> Self {
        Self { fold: pair.fold, distance, same: pair.same }
    }
}

/// The share of pairs that `threshold` tells right.
pub(crate) fn right_at(pairs: &[Measured], threshold: f32) -> f64 {
    let right = pairs.iter().filter(|pair| (pair.distance <= threshold) == pair.same).count();
    share(right, pairs.len())
}

/// The threshold that tells most pairs right; the middle one of equals.
pub(crate) fn best_threshold(pairs: &[Measured]) -> f32 {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    // Right at a threshold below all of them: every pair of two persons.
    let mut right = sorted.iter().filter(|pair| !pair.same).count();
    let mut best = (right, vec![0.0]);
    for (index, pair) in sorted.iter().enumerate() {
        right = if pair.same { right + 1 } else { right - 1 };
        let next = sorted.get(index + 1).map_or(pair.distance, |next| next.distance);
        let threshold = f32::midpoint(pair.distance, next);
        match right.cmp(&best.0) {
            std::cmp::Ordering::Greater => best = (right, vec![threshold]),
            std::cmp::Ordering::Equal => best.1.push(threshold),
            std::cmp::Ordering::Less => {}
        }
    }
    best.1[best.1.len() / 2]
}

/// The protocol's own figure: each fold at the threshold that is best on the others.
pub(crate) fn right_across_folds(pairs: &[Measured]) -> f64 {
    let mut folds: Vec<u32> = pairs.iter().map(|pair| pair.fold).collect();
    folds.sort_unstable();
    folds.dedup();
    if folds.len() < 2 {
        return right_at(pairs, best_threshold(pairs));
    }
    let of_fold = |fold: u32| {
        let (held_back, others): (Vec<Measured>, Vec<Measured>) =
            pairs.iter().partition(|pair| pair.fold == fold);
        right_at(&held_back, best_threshold(&others))
    };
    folds.iter().map(|&fold| of_fold(fold)).sum::<f64>() / folds.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(fold: u32, distance: f32, same: bool) -> Measured {
        Measured { fold, distance, same }
    }

    #[test]
    fn shares_and_thresholds() {
        let people = [0, 0, 1, 1];
        let places = [0.0_f32, 0.1, 1.0, 1.3];
        let distances =
            Distances::between(&[0, 1, 2, 3], &people, |a, b| (places[a] - places[b]).abs());
        assert_eq!(distances.genuine.len(), 2);
        assert_eq!(distances.impostor.len(), 4);
        assert_eq!(distances.threshold_at(0.0), 0.9);
        assert_eq!(distances.tar_at(0.0), 1.0);
    }

    #[test]
    fn the_best_threshold_lies_between() {
        let pairs =
            [pair(1, 0.2, true), pair(1, 0.4, true), pair(2, 0.6, false), pair(2, 0.5, true)];
        let best = best_threshold(&pairs);
        assert!((0.5..0.6).contains(&best), "{best}");
        assert_eq!(right_at(&pairs, best), 1.0);
        assert_eq!(right_at(&pairs, 0.1), 0.25);
        let only_same = [pair(1, 0.2, true)];
        assert_eq!(right_at(&only_same, best_threshold(&only_same)), 1.0);
    }

    #[test]
    fn a_fold_does_not_choose_its_own_threshold() {
        // The best threshold of each fold is wrong for the other.
        let pairs =
            [pair(1, 0.2, true), pair(1, 0.3, false), pair(2, 0.4, true), pair(2, 0.5, false)];
        assert_eq!(right_across_folds(&pairs), 0.5);
    }
}
