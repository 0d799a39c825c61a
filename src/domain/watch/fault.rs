//! What a server must not send, said plainly: events again, late, in pieces, or of other keys.

use std::fmt;

use crate::domain::{Key, Revision};

/// How events broke the promises of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// They had been told already. They are not told again.
    Repeated,
    /// They came after later ones. They are told where they came.
    Late,
    /// The events of one revision came in pieces. All of them are told.
    Split,
    /// They are of keys that are not watched. They are not told.
    Stray,
    /// An event says that the key was written before it at a revision that was never told. The watch is
    /// asked again from before that.
    Missed,
}

/// A fault of a watch: events of one message that were not as they have to be. The watch is opened
/// anew, at the first revision that may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What was wrong.
    pub kind: FaultKind,
    /// The revision of the first such event; for [`FaultKind::Missed`] the one that is missing.
    pub revision: Revision,
    /// Its key.
    pub key: Key,
    /// How many more of its kind the message held.
    pub others: u64,
}

impl FaultKind {
    /// One word for it, as files have it.
    pub fn word(self) -> &'static str {
        match self {
            FaultKind::Repeated => "repeated",
            FaultKind::Late => "late",
            FaultKind::Split => "split",
            FaultKind::Stray => "stray",
            FaultKind::Missed => "missed",
        }
    }
}

impl fmt::Display for Fault {
    /// A sentence with the key escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (revision, key) = (self.revision, &self.key);
        match self.kind {
            FaultKind::Repeated => {
                write!(f, "revision {revision} of {key} came again, not shown twice")
            }
            FaultKind::Late => write!(f, "revision {revision} of {key} came after later ones"),
            FaultKind::Split => write!(f, "revision {revision} came in pieces, {key} apart"),
            FaultKind::Stray => {
                write!(f, "revision {revision} of {key}, which is not watched, not shown")
            }
            FaultKind::Missed => {
                write!(f, "revision {revision} of {key} was left out, asked for again")
            }
        }?;
        match self.others {
            0 => Ok(()),
            others => write!(f, "; and {others} more"),
        }
    }
}
