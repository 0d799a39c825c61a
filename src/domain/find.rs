//! Finding keys anywhere: what is looked for, what is found, and how far the index is.

use std::ops::Range;

use super::{Key, Revision};

/// How a text is compared with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Its letters occur in order; the best first.
    #[default]
    Fuzzy,
    /// It occurs as it is; in key order.
    Substring,
    /// A regular expression; in key order.
    Regex,
}

impl Mode {
    /// The one after this, round and round.
    #[must_use]
    pub fn next(self) -> Mode {
        match self {
            Mode::Fuzzy => Mode::Substring,
            Mode::Substring => Mode::Regex,
            Mode::Regex => Mode::Fuzzy,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Fuzzy => "fuzzy",
            Mode::Substring => "substring",
            Mode::Regex => "regex",
        }
    }
}

/// What is looked for. Small letters stand for large ones too, unless there is a large one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// How it is compared.
    pub mode: Mode,
    /// As it was typed: with the escapes of keys, or those of regular expressions.
    pub text: String,
}

/// Why a query cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, of our own or the library's words. Not escaped.
    pub reason: String,
    /// Where in the text, in bytes; the whole of it when unknown.
    pub at: Range<usize>,
}

/// A key that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The key.
    pub key: Key,
    /// The bytes of it that match, in order.
    pub marks: Vec<Range<usize>>,
}

/// What was found, as far as it is listed and counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The first of them.
    pub rows: Vec<Hit>,
    /// How many there are.
    pub matches: u64,
    /// In how many keys they were looked for.
    pub of: u64,
    /// Whether all keys of the index were looked at.
    pub complete: bool,
}

/// How far an index of keys is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// How many keys it holds.
    pub keys: u64,
    /// How many there are to read, as counted when the reading began.
    pub total: u64,
    /// Its memory in bytes.
    pub bytes: u64,
    /// Keys a second that are read at present.
    pub rate: u64,
    /// The revision it is true at; none before the first answer.
    pub revision: Revision,
    /// What it does.
    pub phase: Phase,
}

/// What an index of keys does. Its reasons are not escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its keys are being read.
    Reading,
    /// The reading was stopped, and can go on.
    Stopped,
    /// The reading waits for the connection: what broke.
    Waiting(String),
    /// All is read, and it follows the store.
    Live,
    /// All is read and was followed; the watch is broken: how. It goes on after the last event.
    Lost(String),
    /// All is read, and it stays as it was at its revision: why, where that is not by wish.
    Still(Option<String>),
    /// It is not what the store holds any more: why.
    Stale(String),
    /// It could not be read: why.
    Failed(String),
}

impl Phase {
    /// Whether all keys are there.
    pub fn is_whole(&self) -> bool {
        match self {
            Phase::Live | Phase::Lost(_) | Phase::Still(_) | Phase::Stale(_) => true,
            Phase::Reading | Phase::Stopped | Phase::Waiting(_) | Phase::Failed(_) => false,
        }
    }
}

/// So many matches are counted in one value.
pub const COUNTED: u64 = 1000;

/// A value that holds what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueHit {
    /// The key.
    pub key: Key,
    /// Where the first match begins, in bytes from the start of the value.
    pub at: u64,
    /// The line it is in, from 1.
    pub line: u64,
    /// How many matches the value holds; [`COUNTED`] where there may be more.
    pub matches: u64,
    /// What stands around the first match: a piece of its line.
    pub excerpt: Vec<u8>,
    /// The bytes of the excerpt that match.
    pub mark: Range<usize>,
    /// Whether the value goes on before and behind the excerpt.
    pub cut: (bool, bool),
}

/// How far a search in values is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Keys whose values were looked at.
    pub keys: u64,
    /// How many there are.
    pub total: u64,
    /// Bytes of their values.
    pub bytes: u64,
    /// How many values hold it.
    pub matches: u64,
    /// The revision it all is read at; none before the first answer.
    pub revision: Revision,
}
