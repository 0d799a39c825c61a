//! The steps of a plan, in order.

use std::io;

use crate::domain::change::Step;

/// A step with what it weighs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The changes that are made together.
    pub step: Step,
    /// Bytes of the values that its keys have now: what the answer that tells them will hold.
    pub before: u64,
}

/// The steps of a plan: appended once, read any number of times.
#[derive(Debug, Default)]
pub struct Steps {
    steps: Vec<Planned>,
}

impl Steps {
    /// An empty list that keeps `memory` bytes in memory.
    pub(crate) fn new(_memory: usize) -> Steps {
        Steps::default()
    }

    /// Appends a step.
    #[expect(clippy::unnecessary_wraps, reason = "the steps beyond the memory will go to a file")]
    pub(crate) fn push(&mut self, planned: Planned) -> io::Result<()> {
        self.steps.push(planned);
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.steps.len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// All steps, from the first.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Planned>> + Send + '_ {
        self.steps.iter().cloned().map(Ok)
    }
}
