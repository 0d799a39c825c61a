//! The multi-version store: every version of every key since the last compaction, and the log of
//! what happened at each revision.
//!
//! Writes go to the revision after the present one and are seen by reads at once; [`History::commit`]
//! makes that revision the present one. A transaction is any number of writes before one commit.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use super::check;
use crate::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId, Revision, Version};
use crate::store::StoreError;

/// One version of a key: an entry, or the mark that it was deleted.
#[derive(Clone)]
pub(super) struct Change {
    pub(super) kind: EventKind,
    /// In a delete only key and `mod_revision` are set, as in etcd's events.
    pub(super) entry: Arc<Entry>,
}

/// All versions of all keys since the last compaction.
pub(super) struct History {
    revision: Revision,
    /// The oldest revision that can be read; -1 before the first compaction.
    compacted: Revision,
    /// The versions of each key, oldest first; never empty.
    versions: BTreeMap<Key, Vec<Change>>,
    /// What happened at each revision: the last one is that of `revision`, without gaps.
    log: VecDeque<Vec<Change>>,
    /// What was written since the last commit.
    pending: Vec<Change>,
}

impl Default for History {
    fn default() -> History {
        History {
            revision: Revision(1),
            compacted: Revision(-1),
            versions: BTreeMap::new(),
            log: VecDeque::new(),
            pending: Vec::new(),
        }
    }
}

impl History {
    /// The revision of the last commit.
    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    /// The oldest revision that can be read; -1 before the first compaction.
    pub(super) fn compacted(&self) -> Revision {
        self.compacted
    }

    /// The revision that reads see: the one being written when something was written already.
    pub(super) fn read_revision(&self) -> Revision {
        if self.pending.is_empty() { self.revision } else { self.revision.next() }
    }

    /// Which revision a read that asks for `wanted` gets.
    ///
    /// # Errors
    /// It was compacted, or lies in the future.
    pub(super) fn resolve(&self, wanted: Revision) -> Result<Revision, StoreError> {
        if wanted > self.read_revision() {
            return Err(check::future());
        }
        let revision = if wanted.is_some() { wanted } else { self.read_revision() };
        if revision < self.compacted {
            return Err(check::compacted(Revision::NONE));
        }
        Ok(revision)
    }

    /// A key as reads see it now.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Arc<Entry>> {
        live(self.versions.get(key)?.last()?)
    }

    /// A key as it was at a revision.
    fn get_at(&self, key: &[u8], revision: Revision) -> Option<&Arc<Entry>> {
        newest(self.versions.get(key)?, revision)
    }

    /// The keys of a range as they were at a revision, in key order.
    pub(super) fn range(
        &self,
        range: &KeyRange,
        revision: Revision,
    ) -> impl Iterator<Item = &Arc<Entry>> {
        let start = range.start().as_bytes();
        let successor = range.start().successor();
        let (lower, upper) = if range.is_single() {
            (Bound::Included(start), Bound::Excluded(successor.as_bytes()))
        } else if range.is_open() {
            (Bound::Included(start), Bound::Unbounded)
        } else {
            // An end before the start is an empty interval to etcd, and a panic to the map.
            (Bound::Included(start), Bound::Excluded(range.end().max(start)))
        };
        let found = self.versions.range::<[u8], _>((lower, upper));
        found.filter_map(move |(_, versions)| newest(versions, revision))
    }

    /// Writes a key and answers with what was there.
    pub(super) fn put(&mut self, key: Key, value: Vec<u8>, lease: LeaseId) -> Option<Arc<Entry>> {
        let revision = self.revision.next();
        let previous = self.get(key.as_bytes()).cloned();
        let (create_revision, version) = match &previous {
            Some(entry) => (entry.create_revision, Version(entry.version.0 + 1)),
            None => (revision, Version(1)),
        };
        let entry = Entry { key, value, create_revision, mod_revision: revision, version, lease };
        self.record(Change { kind: EventKind::Put, entry: Arc::new(entry) });
        previous
    }

    /// Deletes the keys of a range and answers with what they were, in key order.
    pub(super) fn delete(&mut self, range: &KeyRange) -> Vec<Arc<Entry>> {
        let gone: Vec<Arc<Entry>> = self.range(range, self.read_revision()).cloned().collect();
        for entry in &gone {
            let mark = Entry {
                key: entry.key.clone(),
                mod_revision: self.revision.next(),
                ..Entry::default()
            };
            self.record(Change { kind: EventKind::Delete, entry: Arc::new(mark) });
        }
        gone
    }

    fn record(&mut self, change: Change) {
        self.versions.entry(change.entry.key.clone()).or_default().push(change.clone());
        self.pending.push(change);
    }

    /// Makes what was written since the last commit the next revision, if anything was.
    pub(super) fn commit(&mut self) -> Revision {
        if !self.pending.is_empty() {
            self.log.push_back(std::mem::take(&mut self.pending));
            self.revision = self.revision.next();
        }
        self.revision
    }

    /// Forgets every version that no read at `at` or later can see.
    ///
    /// # Errors
    /// It was compacted already, or lies in the future.
    pub(super) fn compact(&mut self, at: Revision) -> Result<(), StoreError> {
        self.check_compact(at)?;
        self.compacted = at;
        let kept = self.log.len().min((self.revision.0 - at.0 + 1).max(0) as usize);
        self.log.drain(..self.log.len() - kept);
        self.versions.retain(|_, versions| {
            let older = versions.partition_point(|change| change.entry.mod_revision <= at);
            versions.drain(..older.saturating_sub(1));
            if older > 0 && live(&versions[0]).is_none() {
                versions.remove(0);
            }
            !versions.is_empty()
        });
        Ok(())
    }

    /// Whether `compact` would take this revision.
    pub(super) fn check_compact(&self, at: Revision) -> Result<(), StoreError> {
        if at <= self.compacted {
            return Err(check::compacted(Revision::NONE));
        }
        if at > self.revision { Err(check::future()) } else { Ok(()) }
    }

    /// What happened at a revision; nothing where that is compacted or to come.
    pub(super) fn changes(&self, revision: Revision) -> &[Change] {
        let first = self.revision.0 - self.log.len() as i64 + 1;
        let at = usize::try_from(revision.0 - first).ok();
        at.and_then(|at| self.log.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The event of a change, with the entry as it was before when that is asked for and not
    /// compacted: as etcd does it, the state at the revision before, even inside a transaction.
    pub(super) fn event(&self, change: &Change, with_previous: bool) -> Event {
        let before = Revision(change.entry.mod_revision.0 - 1);
        let previous = || self.get_at(change.entry.key.as_bytes(), before);
        let previous = with_previous.then(previous).flatten();
        Event {
            kind: change.kind,
            entry: change.entry.as_ref().clone(),
            previous: previous.map(|entry| entry.as_ref().clone()),
        }
    }

    /// Bytes of keys and values: of all versions kept, and of those that reads see now.
    pub(super) fn sizes(&self) -> (usize, usize) {
        let size = |change: &Change| change.entry.key.as_bytes().len() + change.entry.value.len();
        let all = self.versions.values().flatten().map(size).sum();
        let present = self.versions.values().filter_map(|versions| versions.last());
        (all, present.filter(|change| live(change).is_some()).map(size).sum())
    }
}

/// The entry of a change, when it left one.
fn live(change: &Change) -> Option<&Arc<Entry>> {
    match change.kind {
        EventKind::Put => Some(&change.entry),
        EventKind::Delete => None,
    }
}

/// What the versions of a key were at a revision.
fn newest(versions: &[Change], revision: Revision) -> Option<&Arc<Entry>> {
    let older = versions.partition_point(|change| change.entry.mod_revision <= revision);
    live(versions[..older].last()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compaction_keeps_what_reads_at_its_revision_see_and_drops_the_rest() {
        let mut history = History::default();
        for value in ["1", "2", "3"] {
            history.put(Key::from("a"), value.into(), LeaseId::NONE);
            history.commit();
        }
        history.put(Key::from("b"), Vec::new(), LeaseId::NONE);
        history.commit();
        history.delete(&KeyRange::single("b"));
        assert_eq!(history.commit(), Revision(6));

        history.compact(Revision(3)).expect("revision 3 is there");
        let value = |at| history.get_at(b"a", Revision(at)).map(|entry| entry.value.clone());
        assert_eq!((value(2), value(3), value(4)), (None, Some("2".into()), Some("3".into())));
        assert!(history.changes(Revision(2)).is_empty());
        assert_eq!(history.changes(Revision(3)).len(), 1);
        assert!(history.compact(Revision(3)).is_err() && history.compact(Revision(7)).is_err());

        history.compact(Revision(6)).expect("revision 6 is there");
        assert_eq!(history.versions.len(), 1, "a deleted key leaves nothing behind");
        assert_eq!(history.log.len(), 1);
    }
}
