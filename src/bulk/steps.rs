//! The steps of a plan, in order.

use std::io;

use crate::archive::{Spool, Stored};
use crate::domain::Key;
use crate::domain::change::{Change, Step, To};

/// A step with what it weighs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The changes that are made together.
    pub step: Step,
    /// Bytes of the values that its keys have now: what the answer that tells them will hold.
    pub before: u64,
}

impl Planned {
    /// A rough size in a request, in bytes.
    pub(super) fn size(&self) -> usize {
        self.step.iter().map(Change::size).sum()
    }

    /// The key it is about, as it is called before: of a move the old one.
    pub(super) fn subject(&self) -> Key {
        let deleted = self.step.iter().find(|change| change.to == To::Deleted);
        deleted.or(self.step.first()).map(|change| change.key.clone()).unwrap_or_default()
    }
}

impl Stored for Planned {
    fn encode(&self, out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(&self.before.to_le_bytes());
        self.step.encode(out)
    }

    fn decode(bytes: &[u8]) -> io::Result<Planned> {
        let (before, step) = bytes
            .split_first_chunk()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a step cut short"))?;
        Ok(Planned { step: Step::decode(step)?, before: u64::from_le_bytes(*before) })
    }
}

/// The steps of a plan: appended once, read any number of times.
#[derive(Debug)]
pub struct Steps {
    spool: Spool<Planned>,
}

impl Steps {
    /// An empty list that keeps `memory` bytes in memory, and the rest in a temporary file.
    pub(super) fn new(memory: usize) -> Steps {
        Steps { spool: Spool::new(memory, std::env::temp_dir()) }
    }

    pub(super) fn push(&mut self, planned: &Planned) -> io::Result<()> {
        self.spool.append(planned).map(|_| ())
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.spool.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spool.is_empty()
    }

    /// All steps, from the first.
    ///
    /// # Errors
    /// An item is an error when the temporary file cannot be read; it is the last one.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Planned>> + Send + '_ {
        self.spool.iter()
    }
}
