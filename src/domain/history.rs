//! The history of one key: every version and every delete since compaction, across its lives.
//!
//! Rows come in any order (the present entry first, then the replay from the oldest revision on) and
//! stand in the order of their revisions. Memory is bounded: values beyond [`BYTES`] and rows beyond
//! [`ROWS`] are dropped, the oldest first, and counted; a dropped value is read again when wanted.

use std::collections::VecDeque;
use std::time::SystemTime;

use super::{Entry, Event, EventKind, LeaseId, Revision, Version};

/// How many bytes of values are held.
pub const BYTES: usize = 8 << 20;
/// How many rows are held.
pub const ROWS: usize = 50_000;
/// How many bytes of a value stay for its row when the value is dropped.
const BEGINNING: usize = 160;
/// How many values that were read again are held.
const AGAIN: usize = 4;

/// What happened to the key at a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was written though it was not there.
    Created,
    /// It was written again.
    Put,
    /// It was deleted, by a request or because its lease ended: etcd does not tell which.
    Deleted,
}

/// One version of the key, or its absence from here on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When, in the store's terms.
    pub revision: Revision,
    /// What happened.
    pub what: What,
    /// Writes since creation; 0 for a delete.
    pub version: Version,
    /// The lease it hung on.
    pub lease: LeaseId,
    /// Bytes of the value.
    pub size: usize,
    /// The first bytes of the value.
    pub beginning: Vec<u8>,
    /// When it happened, where that was seen live.
    pub seen: Option<SystemTime>,
    /// The value, unless it was dropped.
    value: Option<Vec<u8>>,
}

impl Row {
    fn new(entry: Entry, kind: EventKind, seen: Option<SystemTime>) -> Row {
        let what = match kind {
            EventKind::Delete => What::Deleted,
            EventKind::Put if entry.version == Version(1) => What::Created,
            EventKind::Put => What::Put,
        };
        Row {
            revision: entry.mod_revision,
            what,
            version: entry.version,
            lease: entry.lease,
            size: entry.value.len(),
            beginning: entry.value[..entry.value.len().min(BEGINNING)].to_vec(),
            seen,
            value: Some(entry.value),
        }
    }

    /// Whether the key is there from here on.
    pub fn exists(&self) -> bool {
        self.what != What::Deleted
    }
}

/// All that is known of a key.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The oldest first.
    rows: VecDeque<Row>,
    bytes: usize,
    /// Values of rows before this revision are dropped.
    held_from: Revision,
    dropped_values: u64,
    dropped_rows: u64,
    again: VecDeque<(Revision, Vec<u8>)>,
}

impl History {
    /// Takes in a version as it was read.
    pub fn add(&mut self, entry: Entry) {
        self.insert(Row::new(entry, EventKind::Put, None));
    }

    /// Takes in what a watch told; `seen` when it was told as it happened.
    pub fn apply(&mut self, event: Event, seen: Option<SystemTime>) {
        self.insert(Row::new(event.entry, event.kind, seen));
    }

    fn insert(&mut self, row: Row) {
        let at = self.rows.partition_point(|known| known.revision < row.revision);
        if let Some(known) = self.rows.get_mut(at).filter(|known| known.revision == row.revision) {
            known.seen = known.seen.or(row.seen);
            return;
        }
        // What is older than all that was dropped would be dropped again at once.
        if self.dropped_rows > 0 && at == 0 {
            self.dropped_rows += 1;
            return;
        }
        let row = if row.revision < self.held_from && row.exists() {
            self.dropped_values += 1;
            Row { value: None, ..row }
        } else {
            row
        };
        self.bytes += row.value.as_ref().map_or(0, Vec::len);
        self.rows.insert(at, row);
        self.trim();
    }

    fn trim(&mut self) {
        while self.rows.len() > ROWS {
            let Some(row) = self.rows.pop_front() else { break };
            self.bytes -= row.value.map_or(0, |value| value.len());
            self.dropped_rows += 1;
        }
        let newest = self.rows.len().saturating_sub(1);
        let mut at = self.rows.partition_point(|row| row.revision < self.held_from);
        // The newest is always held: one value is at most a request of the server.
        while self.bytes > BYTES && at < newest {
            let row = &mut self.rows[at];
            if let Some(value) = row.value.take_if(|value| !value.is_empty()) {
                self.bytes -= value.len();
                self.dropped_values += 1;
            }
            at += 1;
            self.held_from = self.rows[at].revision;
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row, the newest being number 0.
    pub fn row(&self, index: usize) -> Option<&Row> {
        self.rows.len().checked_sub(index + 1).and_then(|at| self.rows.get(at))
    }

    /// Where the row of a revision stands, the newest at 0; that of the one before it when it is gone.
    pub fn index_of(&self, revision: Revision) -> Option<usize> {
        let after = self.rows.partition_point(|row| row.revision <= revision);
        Some(self.rows.len() - after.checked_sub(1)? - 1)
    }

    /// The row of a revision.
    pub fn at(&self, revision: Revision) -> Option<&Row> {
        self.row(self.index_of(revision)?).filter(|row| row.revision == revision)
    }

    /// The row before that of a revision.
    pub fn before(&self, revision: Revision) -> Option<&Row> {
        let at = self.rows.partition_point(|row| row.revision < revision);
        self.rows.get(at.checked_sub(1)?)
    }

    /// The value written at a revision, where it is held.
    pub fn value(&self, revision: Revision) -> Option<&[u8]> {
        let held = self.at(revision).and_then(|row| row.value.as_deref());
        held.or_else(|| {
            let again = self.again.iter().find(|(at, _)| *at == revision);
            again.map(|(_, value)| value.as_slice())
        })
    }

    /// Keeps a dropped value that was read again, for a while.
    pub fn hold(&mut self, revision: Revision, value: Vec<u8>) {
        self.again.retain(|(at, _)| *at != revision);
        self.again.push_back((revision, value));
        while self.again.len() > AGAIN {
            self.again.pop_front();
        }
    }

    /// How many values were dropped, and how many rows.
    pub fn dropped(&self) -> (u64, u64) {
        (self.dropped_values, self.dropped_rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Key;

    fn entry(revision: i64, version: i64, value: &[u8]) -> Entry {
        Entry {
            key: Key::from("/k"),
            value: value.to_vec(),
            create_revision: Revision(revision - version + 1),
            mod_revision: Revision(revision),
            version: Version(version),
            lease: LeaseId::NONE,
        }
    }

    fn event(kind: EventKind, entry: Entry) -> Event {
        Event { kind, entry, previous: None }
    }

    #[test]
    fn rows_stand_in_order_and_only_once() {
        let mut history = History::default();
        history.add(entry(9, 2, b"now"));
        history.apply(event(EventKind::Put, entry(3, 1, b"old")), None);
        history.apply(event(EventKind::Delete, entry(5, 0, b"")), None);
        history.apply(event(EventKind::Put, entry(8, 1, b"again")), None);
        history.apply(event(EventKind::Put, entry(9, 2, b"now")), Some(SystemTime::UNIX_EPOCH));
        let rows: Vec<(i64, What)> =
            (0..4).filter_map(|i| history.row(i)).map(|r| (r.revision.0, r.what)).collect();
        let expected = [(9, What::Put), (8, What::Created), (5, What::Deleted), (3, What::Created)];
        assert_eq!((history.len(), rows.as_slice()), (4, &expected[..]));
        assert_eq!(history.row(0).and_then(|row| row.seen), Some(SystemTime::UNIX_EPOCH));
        assert_eq!(history.before(Revision(8)).map(|row| row.revision), Some(Revision(5)));
        assert_eq!(history.before(Revision(3)), None);
        assert_eq!(
            (history.index_of(Revision(8)), history.index_of(Revision(7))),
            (Some(1), Some(2))
        );
        assert_eq!(history.index_of(Revision(2)), None);
        assert_eq!(history.value(Revision(3)), Some(&b"old"[..]));
    }

    #[test]
    fn what_is_beyond_the_bound_is_dropped_oldest_first_and_counted() {
        let mut history = History::default();
        let value = vec![b'x'; BYTES / 4];
        for revision in 1..=10 {
            history.apply(event(EventKind::Put, entry(revision, revision, &value)), None);
        }
        assert_eq!(history.dropped(), (6, 0));
        assert_eq!(history.value(Revision(6)), None);
        assert_eq!(history.value(Revision(7)).map(<[u8]>::len), Some(value.len()));
        assert_eq!(history.at(Revision(1)).map(|row| row.size), Some(value.len()));
        assert!(history.at(Revision(1)).is_some_and(|row| row.beginning.len() == BEGINNING));
        history.hold(Revision(2), value.clone());
        assert_eq!(history.value(Revision(2)), Some(value.as_slice()));
        for revision in 3..=6 {
            history.hold(Revision(revision), value.clone());
        }
        assert_eq!(history.value(Revision(2)), None, "only a few that were read again are held");
    }

    #[test]
    fn rows_beyond_the_bound_go_the_oldest_first() {
        let mut history = History::default();
        for revision in 1..=ROWS as i64 + 3 {
            history.apply(event(EventKind::Put, entry(revision, revision, b"v")), None);
        }
        assert_eq!((history.len(), history.dropped().1), (ROWS, 3));
        history.add(entry(2, 2, b"v"));
        assert_eq!((history.len(), history.dropped().1), (ROWS, 4), "not taken in again");
    }
}
