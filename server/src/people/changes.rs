//! Whom the last changes were about, so that a gallery that was fetched before can be brought up to date.
//!
//! Kept in memory alone: it names people who were forgotten by their ids, which nothing else knows any more. After a
//! restart galleries are fetched whole.

use std::collections::{HashSet, VecDeque};

/// Changes that are remembered; a gallery that is older than these is fetched whole.
const KEPT: usize = 1024;

/// Whom a change was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// This person's encodings, negative examples or details.
    Person(String),
    /// Anybody: a file was imported, or another process wrote.
    Everybody,
    /// Nobody: what decides over all of them was changed.
    Nobody,
}

/// The last changes, by the version that each led to.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// From this version on, every change is known.
    known_from: u64,
    last: VecDeque<(u64, String)>,
}

impl Changes {
    /// Notes the change that led to `version`; versions grow.
    pub(super) fn note(&mut self, version: u64, touched: Touched) {
        match touched {
            Touched::Nobody => {}
            Touched::Everybody => {
                self.known_from = version;
                self.last.clear();
            }
            Touched::Person(id) => {
                if self.last.len() == KEPT
                    && let Some((oldest, _)) = self.last.pop_front()
                {
                    self.known_from = oldest;
                }
                self.last.push_back((version, id));
            }
        }
    }

    /// Everybody whom changes after `version` were about; `None` where that is not known any more.
    pub(super) fn since(&self, version: u64) -> Option<HashSet<String>> {
        if version < self.known_from {
            return None;
        }
        let newer = self.last.iter().filter(|(led_to, _)| *led_to > version);
        Some(newer.map(|(_, id)| id.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(id: &str) -> Touched {
        Touched::Person(id.to_owned())
    }

    fn since(changes: &Changes, version: u64) -> Option<Vec<String>> {
        let mut ids: Vec<_> = changes.since(version)?.into_iter().collect();
        ids.sort();
        Some(ids)
    }

    #[test]
    fn whom_the_changes_after_a_version_were_about() {
        let mut changes = Changes::default();
        assert_eq!(since(&changes, 0).unwrap(), [""; 0]);
        for (version, touched) in
            [(1, about("ana")), (2, about("joe")), (3, Touched::Nobody), (4, about("ana"))]
        {
            changes.note(version, touched);
        }
        assert_eq!(since(&changes, 0).unwrap(), ["ana", "joe"]);
        assert_eq!(since(&changes, 1).unwrap(), ["ana", "joe"]);
        assert_eq!(since(&changes, 2).unwrap(), ["ana"]);
        assert_eq!(since(&changes, 4).unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_not_known_is_said() {
        let mut changes = Changes::default();
        changes.note(1, about("ana"));
        changes.note(2, Touched::Everybody);
        changes.note(3, about("joe"));
        assert_eq!(since(&changes, 1), None);
        assert_eq!(since(&changes, 2).unwrap(), ["joe"]);
        for version in 0..KEPT as u64 {
            changes.note(4 + version, about("eva"));
        }
        assert_eq!(since(&changes, 2), None, "joe's was the oldest, and is forgotten");
        assert_eq!(since(&changes, 3).unwrap(), ["eva"]);
    }
}
