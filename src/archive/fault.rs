//! What is wrong with a file, and in which line.

use std::fmt;

use crate::domain::escape;

/// A line that cannot be read, with what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: u64,
    /// What is wrong and what was expected. Not escaped.
    pub what: String,
}

impl fmt::Display for Fault {
    /// `line 3: column 5: expected ',' or '}', found 'x'`, safe on a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, escape::message(&self.what))
    }
}

impl std::error::Error for Fault {}
