//! How a plan is getting on, and what became of it: exactly what was done and what was left.

use std::fmt;

use crate::domain::journal::JournalId;
use crate::domain::{Key, Revision, escape};

/// How many keys are named at most, of those that are counted.
pub const NAMED: usize = 100;

/// How a plan is getting on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Keys written so far.
    pub done: u64,
    /// Keys left because they changed, or could not be written.
    pub left: u64,
    /// Keys of the whole plan.
    pub total: u64,
    /// Why nothing moves just now, when the server does not answer. Not escaped.
    pub waiting: Option<String>,
}

/// Why a key was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was written or deleted by somebody else since it was looked at.
    Changed,
    /// A key of that name exists, which would have been overwritten.
    Exists,
    /// The user may not write it.
    Denied,
    /// The server refused it, with these words. Not escaped.
    Refused(String),
    /// No answer came, and reading it did not tell: it may have been written.
    Unknown,
    /// The work ended before its turn.
    NotReached,
}

impl fmt::Display for Why {
    /// In a few words, safe on a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Changed => f.write_str("somebody changed it meanwhile"),
            Why::Exists => f.write_str("exists already, and was not overwritten"),
            Why::Denied => f.write_str("permission denied"),
            Why::Refused(words) => write!(f, "refused: {}", escape::message(words)),
            Why::Unknown => f.write_str("no answer came: it may have been written"),
            Why::NotReached => f.write_str("its turn did not come"),
        }
    }
}

/// A key that was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Which key.
    pub key: Key,
    /// Why.
    pub why: Why,
}

/// What became of a plan. Keys written, keys left and keys of the plan always add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Keys written.
    pub done: u64,
    /// Keys of the plan.
    pub total: u64,
    /// The keys that were left and their reasons; at most [`NAMED`].
    pub left: Vec<Left>,
    /// How many keys were left.
    pub left_count: u64,
    /// The revision of the first and of the last transaction that wrote.
    pub revisions: Option<(Revision, Revision)>,
    /// How many transactions wrote.
    pub transactions: u64,
    /// Whether it was stopped by the operator.
    pub stopped: bool,
    /// What ended it early, if anything did. Not escaped.
    pub error: Option<String>,
    /// Keys that lie inside the ranges now though they were not planned: created meanwhile. At most
    /// [`NAMED`], with their number.
    pub appeared: (Vec<Key>, u64),
    /// The journal's record of it, when anything was written.
    pub journal: Option<JournalId>,
}
