//! Which names of a level are listed, and at which revision each was.

use std::collections::BTreeMap;

use crate::domain::Revision;

/// A map from names to the revision they were listed at, kept as intervals.
///
/// A level is listed in pages, each perhaps at a revision of its own, so an event is new for some
/// names and old for others. An entry holds from its name up to the next entry.
#[derive(Clone, Debug)]
pub(super) struct Extent(BTreeMap<Vec<u8>, Option<Revision>>);

impl Extent {
    /// Nothing is listed.
    pub(super) fn new() -> Extent {
        Extent(BTreeMap::from([(Vec::new(), None)]))
    }

    /// When `name` was listed, whether it was found or not; none if it was not listed yet.
    pub(super) fn at(&self, name: &[u8]) -> Option<Revision> {
        let below = (std::ops::Bound::Unbounded, std::ops::Bound::Included(name));
        self.0.range::<[u8], _>(below).next_back().and_then(|(_, revision)| *revision)
    }

    /// The names from `from` up to, not including, `to` (none: to the end) were listed.
    pub(super) fn set(&mut self, from: Vec<u8>, to: Option<Vec<u8>>, revision: Revision) {
        if to.as_ref().is_some_and(|to| *to <= from) {
            return;
        }
        let mut tail = self.0.split_off(&from);
        if let Some(to) = to {
            // What held just before `to` goes on from there.
            let below = (std::ops::Bound::Unbounded, std::ops::Bound::Included(to.as_slice()));
            let last = tail.range::<[u8], _>(below).next_back().map(|(_, revision)| *revision);
            let going_on = last.or_else(|| self.0.values().next_back().copied()).flatten();
            tail = tail.split_off(&to);
            tail.entry(to).or_insert(going_on);
        } else {
            tail.clear();
        }
        if self.0.values().next_back() != Some(&Some(revision)) {
            self.0.insert(from, Some(revision));
        }
        self.0.append(&mut tail);
    }

    /// The stretches of names that are not listed: from, and up to (none: to the end).
    pub(super) fn gaps(&self) -> Vec<(&[u8], Option<&[u8]>)> {
        let ends = self.0.keys().skip(1).map(|name| Some(name.as_slice())).chain([None]);
        let stretches = self.0.iter().zip(ends);
        let gaps = stretches.filter(|((_, revision), _)| revision.is_none());
        gaps.map(|((from, _), to)| (from.as_slice(), to)).collect()
    }

    /// Whether every name there could be is listed.
    pub(super) fn is_everything(&self) -> bool {
        self.0.values().all(Option::is_some)
    }

    /// The oldest revision any name was listed at.
    pub(super) fn oldest(&self) -> Option<Revision> {
        self.0.values().filter_map(|revision| *revision).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_and_are_listed_again() {
        let mut extent = Extent::new();
        assert_eq!(extent.at(b"a"), None);
        extent.set(b"".to_vec(), Some(b"m\0".to_vec()), Revision(5));
        assert_eq!((extent.at(b""), extent.at(b"m")), (Some(Revision(5)), Some(Revision(5))));
        assert_eq!((extent.at(b"m\0"), extent.is_everything()), (None, false));
        extent.set(b"m\0".to_vec(), None, Revision(7));
        assert_eq!((extent.at(b"m"), extent.at(b"z")), (Some(Revision(5)), Some(Revision(7))));
        assert!(extent.is_everything());
        extent.set(b"c".to_vec(), Some(b"p".to_vec()), Revision(9));
        let found: Vec<_> =
            [&b"b"[..], b"c", b"o", b"p"].iter().map(|n| extent.at(n).map(|r| r.0)).collect();
        assert_eq!(found, [Some(5), Some(9), Some(9), Some(7)]);
        assert_eq!(extent.oldest(), Some(Revision(5)));
        extent.set(b"b".to_vec(), Some(b"b".to_vec()), Revision(11));
        assert_eq!(extent.at(b"b"), Some(Revision(5)));
    }
}
