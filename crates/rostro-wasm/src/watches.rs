//! The videos that are watched: the faces of each are followed over time.

use std::collections::VecDeque;

use rostro_core::DetectOptions;
use rostro_core::tracks::TrackerOptions;
use rostro_core::watch::Watch;

use crate::galleries::Person;

/// A watch for each video, the one used last at the end.
pub(crate) struct Watches {
    detect: DetectOptions,
    held: VecDeque<(u32, Watch<Person>)>,
}

impl Watches {
    /// Videos followed at a time; of more, the one not looked at for longest begins anew.
    const MAX: usize = 8;

    pub(crate) const fn new(detect: DetectOptions) -> Self {
        Self { detect, held: VecDeque::new() }
    }

    /// The watch called `id`, new where there is none.
    pub(crate) fn of(&mut self, id: u32) -> &mut Watch<Person> {
        let held = self.held.iter().position(|(known, _)| *known == id);
        let watch = held.and_then(|index| self.held.remove(index)).unwrap_or_else(|| {
            if self.held.len() == Self::MAX {
                self.held.pop_front();
            }
            (id, Watch::new(self.detect, TrackerOptions::default()))
        });
        let last = self.held.len();
        self.held.push_back(watch);
        &mut self.held[last].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_held_and_the_oldest_goes_first() {
        let mut watches = Watches::new(DetectOptions::default());
        for id in 0..20 {
            watches.of(0);
            watches.of(id);
        }
        let held: Vec<u32> = watches.held.iter().map(|(id, _)| *id).collect();
        assert_eq!(held, [13, 14, 15, 16, 17, 18, 0, 19]);
    }
}
