//! What became of a range since a revision, in numbers and in rows.

use super::{Entry, Key, Revision};

/// How many rows are held; the rest is counted.
pub const ROWS: usize = 10_000;
/// How many bytes of a value are held.
const BEGINNING: usize = 120;

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It did not exist then.
    Added,
    /// Its value is another one.
    Changed,
    /// It does not exist now.
    Removed,
}

/// One of the two values of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// When it was written.
    pub revision: Revision,
    /// Bytes of the value.
    pub size: usize,
    /// The first bytes of it.
    pub beginning: Vec<u8>,
}

impl Side {
    /// The whole value, where its beginning is all of it.
    pub fn whole(&self) -> Option<&[u8]> {
        (self.size == self.beginning.len()).then_some(self.beginning.as_slice())
    }
}

impl From<&Entry> for Side {
    fn from(entry: &Entry) -> Side {
        let value = &entry.value;
        let beginning = value[..value.len().min(BEGINNING)].to_vec();
        Side { revision: entry.mod_revision, size: value.len(), beginning }
    }
}

/// A key that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffRow {
    /// Which key.
    pub key: Key,
    /// What became of it.
    pub became: Became,
    /// What it was then.
    pub then: Option<Side>,
    /// What it is now.
    pub now: Option<Side>,
}

/// What became of a range between two revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The older revision.
    pub then: Revision,
    /// The newer one: the present when it was read.
    pub now: Revision,
    /// Keys that did not exist then.
    pub added: u64,
    /// Keys that have another value.
    pub changed: u64,
    /// Keys that exist no more.
    pub removed: u64,
    /// Keys that were written since, or deleted and created again, and have the value they had.
    pub rewritten: u64,
    /// Keys nobody wrote.
    pub same: u64,
    /// The first keys that differ, at most [`ROWS`], in key order.
    pub rows: Vec<DiffRow>,
}

impl Difference {
    /// Takes in a key as it was and as it is; at least one of the two.
    pub fn add(&mut self, then: Option<&Entry>, now: Option<&Entry>) {
        let (became, key) = match (then, now) {
            (Some(then), Some(now)) if then.value == now.value => {
                self.rewritten += 1;
                return;
            }
            (Some(_), Some(now)) => (Became::Changed, &now.key),
            (None, Some(now)) => (Became::Added, &now.key),
            (Some(then), None) => (Became::Removed, &then.key),
            (None, None) => return,
        };
        match became {
            Became::Added => self.added += 1,
            Became::Changed => self.changed += 1,
            Became::Removed => self.removed += 1,
        }
        if self.rows.len() < ROWS {
            let (then, now) = (then.map(Side::from), now.map(Side::from));
            self.rows.push(DiffRow { key: key.clone(), became, then, now });
        }
    }

    /// How many keys differ.
    pub fn count(&self) -> u64 {
        self.added + self.changed + self.removed
    }

    /// How many keys that differ are not among the rows.
    pub fn left_out(&self) -> u64 {
        self.count() - self.rows.len() as u64
    }
}
