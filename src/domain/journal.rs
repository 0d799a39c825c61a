//! The journal: what was written from here, with the bytes before and after.
//!
//! The contents lie where the writing happens; the screen holds a [`JournalLine`] of each record and
//! asks for the contents when it shows or undoes one.

use std::fmt;
use std::time::SystemTime;

use super::change::{Guard, To};
use super::{Entry, Key, Revision};

/// The number of a record, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalId(pub u64);

impl fmt::Display for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One key as a write of ours found it and left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which key.
    pub key: Key,
    /// What was there before.
    pub before: Before,
    /// What it became.
    pub after: To,
    /// The revision of the write.
    pub revision: Revision,
}

/// What a write found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// No key of that name.
    Absent,
    /// This entry.
    Entry(Entry),
    /// Nobody knows: the user may write this key but not read it.
    Unknown,
}

impl Written {
    /// What must be true of the key for the write to be taken back: that it is still as we left it.
    pub fn guard(&self) -> Guard {
        match self.after {
            To::Put { .. } => Guard::Unchanged(self.revision),
            To::Deleted => Guard::Absent,
        }
    }
}

/// What became of a record since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was written and stands.
    Done,
    /// It was sent, and no answer came: it may have been written.
    Unknown,
    /// It was taken back by this record.
    Undone(JournalId),
}

/// A record as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalLine {
    /// Its number.
    pub id: JournalId,
    /// When its first answer came.
    pub time: SystemTime,
    /// What was done, in a few words (`save /config/app/name`). Not escaped beyond its keys.
    pub what: String,
    /// How many keys were written.
    pub keys: u64,
    /// The first of them.
    pub first: Option<Key>,
    /// The revisions of its first and last transaction.
    pub revisions: (Revision, Revision),
    /// What became of it.
    pub standing: Standing,
    /// The record that this one took back, when it is an undo.
    pub undoes: Option<JournalId>,
}
