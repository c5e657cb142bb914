//! Room for the values between layers, kept from one run to the next.

use std::sync::{Mutex, PoisonError};

/// Rooms that are kept: as many as are ever in use at once in our networks, and some.
const MAX_SPARE: usize = 12;

/// Rooms that nobody uses.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    spare: Mutex<Vec<Vec<f32>>>,
}

/// Room for some values, which hold whatever they held before.
#[derive(Debug)]
pub(super) struct Room {
    /// At least `len` of them.
    values: Vec<f32>,
    len: usize,
}

impl Room {
    pub(super) fn values(&self) -> &[f32] {
        &self.values[..self.len]
    }

    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.len]
    }
}

impl Rooms {
    /// Room for `len` values: the smallest that is large enough, or a new one.
    pub(super) fn take(&self, len: usize) -> Room {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let large = spare.iter().enumerate().filter(|(_, values)| values.len() >= len);
        let smallest = large.min_by_key(|(_, values)| values.len()).map(|(index, _)| index);
        let values = smallest.map_or_else(|| vec![0.0; len], |index| spare.swap_remove(index));
        Room { values, len }
    }

    /// Keeps it for others. Of too many, the smallest goes.
    pub(super) fn give_back(&self, room: Room) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.push(room.values);
        if spare.len() > MAX_SPARE {
            let sizes = spare.iter().enumerate();
            let smallest = sizes.min_by_key(|(_, values)| values.len()).map(|(index, _)| index);
            smallest.map(|index| spare.swap_remove(index));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_used_again_and_never_too_many() {
        let rooms = Rooms::default();
        let (small, large) = (rooms.take(10), rooms.take(100));
        let (small_at, large_at) = (small.values.as_ptr(), large.values.as_ptr());
        rooms.give_back(large);
        rooms.give_back(small);
        let (again, other) = (rooms.take(7), rooms.take(11));
        assert_eq!((again.values.as_ptr(), again.values().len()), (small_at, 7));
        assert_eq!((other.values.as_ptr(), other.values().len()), (large_at, 11));
        for _ in 0..100 {
            rooms.give_back(Room { values: vec![0.0; 5], len: 5 });
        }
        assert_eq!(rooms.spare.lock().unwrap().len(), MAX_SPARE);
    }
}
