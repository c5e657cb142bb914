//! The last few plans that were used.

/// A handful of values by key, the least recently used of which goes when there are too many.
pub(crate) struct Plans<K, V> {
    max: usize,
    /// The most recently used is last. So few that a list is the fastest map.
    kept: Vec<(K, V)>,
}

impl<K: PartialEq, V: Clone> Plans<K, V> {
    pub(crate) const fn new(max: usize) -> Self {
        Self { max, kept: Vec::new() }
    }

    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        let index = self.kept.iter().position(|(kept, _)| kept == key)?;
        self.kept[index..].rotate_left(1);
        self.kept.last().map(|(_, value)| value.clone())
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        self.kept.retain(|(kept, _)| *kept != key);
        self.kept.push((key, value));
        let surplus = self.kept.len().saturating_sub(self.max);
        self.kept.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes() {
        let mut plans = Plans::new(2);
        plans.put("a", 1);
        plans.put("b", 2);
        assert_eq!(plans.get(&"a"), Some(1));
        plans.put("c", 3);
        assert_eq!(plans.get(&"b"), None);
        assert_eq!(plans.get(&"a"), Some(1));
        plans.put("a", 4);
        assert_eq!((plans.get(&"a"), plans.get(&"c")), (Some(4), Some(3)));
    }
}
