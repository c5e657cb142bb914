//! Identification where strangers come too. Pure.

use std::collections::BTreeMap;

use crate::roc::share;

/// One drawing: who is enrolled with which pictures, and who comes.
pub(crate) struct Drawing {
    /// Pictures of each enrolled person.
    pub(crate) gallery: Vec<Vec<usize>>,
    /// Pictures of enrolled people that are not enrolled themselves, with the person's place in `gallery`.
    pub(crate) mates: Vec<(usize, usize)>,
    /// Pictures of people who are not enrolled.
    pub(crate) strangers: Vec<usize>,
}

/// Numbers that look random, the same on every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number: the generator splitmix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Shuffles.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(last);
            items.swap(last, other);
        }
    }
}

/// Pictures by person.
pub(crate) fn by_person(pictures: &[usize], people: &[usize]) -> BTreeMap<usize, Vec<usize>> {
    let mut by_person = BTreeMap::<usize, Vec<usize>>::new();
    for &picture in pictures {
        by_person.entry(people[picture]).or_default().push(picture);
    }
    by_person
}

/// Enrols `size` people, or as many as there are, with `enrolled` pictures each; those who have one more come first,
/// and a fifth of the people stays away to come as strangers.
pub(crate) fn draw(
    pictures: &[usize],
    people: &[usize],
    size: usize,
    enrolled: usize,
    dice: &mut Dice,
) -> Drawing {
    let mut persons: Vec<Vec<usize>> = by_person(pictures, people).into_values().collect();
    for pictures in &mut persons {
        dice.shuffle(pictures);
    }
    dice.shuffle(&mut persons);
    let mut strangers: Vec<Vec<usize>> = persons.split_off(persons.len() - persons.len() / 5);
    persons.sort_by_key(|pictures| pictures.len() <= enrolled);
    let fit = persons.partition_point(|pictures| pictures.len() >= enrolled.max(1));
    let size = size.min(if enrolled == 1 { persons.len() } else { fit });
    strangers.extend(persons.split_off(size));
    let mates = persons.iter().enumerate().flat_map(|(place, pictures)| {
        pictures[enrolled.min(pictures.len())..].iter().map(move |&picture| (picture, place))
    });
    Drawing {
        mates: mates.collect(),
        strangers: strangers.into_iter().flatten().collect(),
        gallery: persons
            .into_iter()
            .map(|pictures| pictures[..enrolled.min(pictures.len())].to_vec())
            .collect(),
    }
}

/// The nearest enrolled person to a picture, and how near.
pub(crate) fn nearest(
    gallery: &[Vec<usize>],
    probe: usize,
    distance: impl Fn(usize, usize) -> f32,
) -> (usize, f32) {
    let of_person = |pictures: &[usize]| {
        pictures.iter().map(|&one| distance(probe, one)).fold(f32::MAX, f32::min)
    };
    gallery
        .iter()
        .enumerate()
        .map(|(place, pictures)| (place, of_person(pictures)))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .unwrap_or((0, f32::MAX))
}

/// The share of enrolled people's pictures that are not named rightly (FNIR), at the distance where the share `fpir` of
/// strangers is given a name.
pub(crate) fn fnir_at(
    drawing: &Drawing,
    fpir: f64,
    distance: impl Fn(usize, usize) -> f32 + Copy,
) -> f64 {
    let near = |probe: usize| nearest(&drawing.gallery, probe, distance);
    let mut strangers: Vec<f32> = drawing.strangers.iter().map(|&probe| near(probe).1).collect();
    strangers.sort_unstable_by(f32::total_cmp);
    let allowed =
        (1..=strangers.len()).take_while(|&count| share(count, strangers.len()) <= fpir).count();
    let threshold = strangers.get(allowed).copied().unwrap_or(f32::MAX);
    let missed = drawing.mates.iter().filter(|&&(probe, place)| {
        let (found, distance) = near(probe);
        found != place || distance >= threshold
    });
    share(missed.count(), drawing.mates.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_set_the_threshold_and_the_others_are_missed_beyond_it() {
        let places = [0.0_f32, 0.1, 1.0, 1.4, 5.0, 1.2];
        let distance = |a: usize, b: usize| (places[a] - places[b]).abs();
        let drawing = Drawing {
            gallery: vec![vec![0], vec![2]],
            mates: vec![(1, 0), (3, 1)],
            strangers: vec![4, 5],
        };
        // The nearest stranger is 0.2 away: of the two mates, the one at 0.4 is missed.
        assert_eq!(fnir_at(&drawing, 0.0, distance), 0.5);
        // With half of the strangers let in, both are found.
        assert_eq!(fnir_at(&drawing, 0.5, distance), 0.0);
    }

    #[test]
    fn nobody_is_enrolled_and_a_stranger_at_once() {
        let people: Vec<usize> = (0..60).map(|picture| picture / 3).collect();
        let pictures: Vec<usize> = (0..60).collect();
        for (size, enrolled, expected) in [(10, 1, 10), (10, 2, 10), (100, 1, 16)] {
            let drawing = draw(&pictures, &people, size, enrolled, &mut Dice::new(1));
            assert_eq!(drawing.gallery.len(), expected);
            let enrolled_people: Vec<usize> =
                drawing.gallery.iter().map(|pictures| people[pictures[0]]).collect();
            assert!(drawing.gallery.iter().all(|pictures| pictures.len() == enrolled));
            assert!(drawing.strangers.iter().all(|&one| !enrolled_people.contains(&people[one])));
            for &(probe, place) in &drawing.mates {
                assert_eq!(people[probe], enrolled_people[place]);
                assert!(!drawing.gallery[place].contains(&probe));
            }
        }
    }
}
