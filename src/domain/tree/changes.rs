//! The changes seen last, so that an answer older than they are can be brought up to date.
//!
//! A listing or a count is true at the revision it was taken at, and may arrive after events of
//! later revisions. Those are played again on top of it.

use std::collections::VecDeque;

use super::node::Leaf;
use crate::domain::{Event, EventKind, Key, Revision};

/// At most this many changes are kept, and at most this many bytes of keys: some 3 MB together.
const MOST: usize = 16_384;
const MOST_BYTES: usize = 2 << 20;

/// What an event means for the tree.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) revision: Revision,
    pub(super) key: Key,
    /// The key after the change; none when it was deleted.
    pub(super) leaf: Option<Leaf>,
}

impl Change {
    pub(super) fn of(event: &Event) -> Change {
        let entry = &event.entry;
        let leaf = match event.kind {
            EventKind::Put => Some(Leaf {
                mod_revision: entry.mod_revision,
                version: entry.version,
                lease: entry.lease,
            }),
            EventKind::Delete => None,
        };
        Change { revision: entry.mod_revision, key: entry.key.clone(), leaf }
    }

    /// How many keys there are more than before.
    pub(super) fn delta(&self) -> i64 {
        match self.leaf {
            Some(leaf) => i64::from(leaf.version.0 == 1),
            None => -1,
        }
    }
}

/// A bounded run of changes, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    run: VecDeque<Change>,
    bytes: usize,
    /// Changes up to this revision are not, or not all, in the run.
    floor: Revision,
    newest: Revision,
}

impl Changes {
    /// Remembers a change, in its place among the others. The oldest gives way.
    pub(super) fn push(&mut self, change: Change) {
        self.newest = self.newest.max(change.revision);
        if change.revision <= self.floor {
            return;
        }
        self.bytes += change.key.as_bytes().len();
        let later = |known: &&Change| known.revision > change.revision;
        let behind = self.run.iter().rev().take_while(later).count();
        self.run.insert(self.run.len() - behind, change);
        while self.run.len() > MOST || self.bytes > MOST_BYTES {
            let Some(oldest) = self.run.pop_front() else { break };
            self.bytes -= oldest.key.as_bytes().len();
            self.floor = oldest.revision;
        }
    }

    /// A change that is not remembered, and with it none before it.
    pub(super) fn skip(&mut self, revision: Revision) {
        self.newest = self.newest.max(revision);
        if self.floor < revision {
            self.forget(revision);
        }
    }

    /// The changes after `revision`, oldest first; none if some of them are no longer known.
    pub(super) fn since(&self, revision: Revision) -> Option<impl Iterator<Item = &Change>> {
        let from = self.run.partition_point(|change| change.revision <= revision);
        (revision >= self.floor).then(|| self.run.range(from..))
    }

    /// The revision of the newest change seen.
    pub(super) fn newest(&self) -> Revision {
        self.newest
    }

    /// Forgets all: changes up to `floor` may be missing.
    pub(super) fn forget(&mut self, floor: Revision) {
        self.run.clear();
        self.bytes = 0;
        self.floor = floor.max(self.floor);
    }
}
