//! The blast radius of a plan: what it would touch, counted exactly at one revision.

use std::path::PathBuf;

use crate::domain::{Key, LeaseId, Revision};

/// How many keys are named as a sample.
pub const SAMPLE: usize = 10;

/// What happens to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It does not exist and is created.
    Create,
    /// Its value or lease is changed.
    Change,
    /// It is deleted.
    Delete,
    /// It is given another name.
    Move,
    /// Nothing: it is already what it is to become.
    Same,
}

/// A key of the sample, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which key, as it is called now.
    pub key: Key,
    /// What happens to it.
    pub verb: Verb,
    /// What there is to say of it beside: its value before and after, its new name. Not escaped.
    pub detail: String,
}

/// What a plan would touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// All of it was read at this revision.
    pub revision: Revision,
    /// Keys to be created.
    pub creates: u64,
    /// Keys to be changed.
    pub changes: u64,
    /// Keys to be deleted.
    pub deletes: u64,
    /// Keys to be given another name.
    pub moves: u64,
    /// Keys that are already what they are to become.
    pub same: u64,
    /// Bytes of the keys and values touched, as they are now; of a key that is created, as it is to be.
    pub bytes: u64,
    /// The first few keys touched.
    pub sample: Vec<Sample>,
    /// Leases that keys touched hang on, with the number of those keys; at most [`NAMED`](super::NAMED).
    pub leases: Vec<(LeaseId, u64)>,
    /// How many such leases there are.
    pub lease_count: u64,
    /// Keys of locks and elections among those touched (`NAME/<hex lease>` on that lease); at most
    /// [`NAMED`](super::NAMED).
    pub locks: Vec<Key>,
    /// How many such keys there are.
    pub lock_count: u64,
    /// Keys that cannot be changed as wanted and will be left, with the reason; at most
    /// [`NAMED`](super::NAMED). Not escaped.
    pub blocked: Vec<(Key, String)>,
    /// How many such keys there are.
    pub blocked_count: u64,
    /// What cannot be as it was, in sentences: a lease that has ended, a value nobody recorded. Not
    /// escaped.
    pub notes: Vec<String>,
    /// Where the pairs as they are now were written to, when they are more than memory should hold.
    pub backup: Option<PathBuf>,
}

impl Survey {
    /// How many keys would be written: what is to be typed to confirm.
    pub fn touched(&self) -> u64 {
        self.creates + self.changes + self.deletes + self.moves
    }
}
