//! What a listing found after a gap: differences to what was known, which are no events.

use std::fmt;

use crate::domain::{Key, Revision};

/// How a key differs from what was known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundKind {
    /// It was not there and is.
    Put,
    /// It was written since.
    Changed,
    /// It was there and is not.
    Gone,
}

impl FoundKind {
    /// One word for it, on the screen and in files.
    pub fn word(self) -> &'static str {
        match self {
            FoundKind::Put => "put",
            FoundKind::Changed => "changed",
            FoundKind::Gone => "gone",
        }
    }
}

/// A key that a listing found different. Nobody saw the events that made it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How.
    pub kind: FoundKind,
    /// The key.
    pub key: Key,
    /// When it was written last; none for a key that is gone.
    pub revision: Revision,
}

/// What is known of the keys that are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// So many, all of which are named.
    Named(u64),
    /// So many (keys that were deleted and created again included), which cannot be named: there were
    /// too many keys to remember.
    Counted(u64),
    /// Nothing: it was not known which keys there were.
    Unknown,
}

/// A listing of the watched range after a gap, summed up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// At which revision.
    pub at: Revision,
    /// Up to which revision everything had been told; none when the store is another one.
    pub since: Revision,
    /// How many keys there are.
    pub keys: u64,
    /// Whether it could be compared with anything: else what changed is not known.
    pub is_compared: bool,
    /// Keys that are new.
    pub put: u64,
    /// Keys that were written since.
    pub changed: u64,
    /// Keys that are gone.
    pub gone: Gone,
    /// How many of them all are not named, being too many for the log.
    pub unnamed: u64,
}

impl Default for Listed {
    fn default() -> Listed {
        Listed {
            at: Revision::NONE,
            since: Revision::NONE,
            keys: 0,
            is_compared: false,
            put: 0,
            changed: 0,
            gone: Gone::Named(0),
            unnamed: 0,
        }
    }
}

impl fmt::Display for Listed {
    /// A sentence: `listed at revision 12, not events: 1 put, 2 changed, 0 gone since revision 7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Listed { at, since, put, changed, .. } = self;
        if !self.is_compared {
            return write!(f, "listed at revision {at}: what changed before is not known");
        }
        write!(f, "listed at revision {at}, not events: {put} put, {changed} changed, ")?;
        match self.gone {
            Gone::Named(gone) => write!(f, "{gone} gone"),
            Gone::Counted(gone) => write!(f, "{gone} gone that cannot be named"),
            Gone::Unknown => write!(f, "which are gone is not known"),
        }?;
        if since.is_some() {
            write!(f, " since revision {since}")?;
        }
        match self.unnamed {
            0 => Ok(()),
            unnamed => write!(f, "; {unnamed} not named"),
        }
    }
}

/// The store is not the one that was watched: another cluster, or one that went back in time because
/// it was restored from a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The revision that was told of the old store.
    pub told: Revision,
    /// The revision the store has now.
    pub now: Revision,
    /// Whether its cluster ID is another.
    pub other_cluster: bool,
}

impl fmt::Display for Replaced {
    /// A sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Replaced { told, now, .. } = self;
        if self.other_cluster {
            write!(f, "this is another cluster, at revision {now}; listed anew")
        } else {
            write!(
                f,
                "the store went back from revision {told} to {now} or has another history, as after a \
                 restore from a backup; listed anew"
            )
        }
    }
}
