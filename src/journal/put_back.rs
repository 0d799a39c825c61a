//! Which keys a later undo put back to what a record had made of them.
//!
//! Undoing twice in a row must work: the second undo finds keys last written by the first one, not by
//! the write it takes back. Such a key may be changed all the same, since it holds what the record
//! left there and was last written from here.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io;

use super::contents::Place;
use super::{Journal, Pieces};
use crate::domain::change::To;
use crate::domain::journal::{Before, Written};
use crate::domain::{Key, Revision};

/// Of each key that later undos wrote, the last value they put there, hashed, and when.
pub(super) struct PutBack {
    hasher: RandomState,
    keys: HashMap<Key, (Option<u64>, Revision)>,
}

impl PutBack {
    /// Looks through the later undos for the keys of a record.
    ///
    /// # Errors
    /// When contents cannot be read.
    pub(super) fn new(
        journal: &Journal,
        record: &[Place],
        later: Vec<Place>,
    ) -> io::Result<PutBack> {
        let mut put_back = PutBack { hasher: RandomState::new(), keys: HashMap::new() };
        if later.is_empty() {
            return Ok(put_back);
        }
        // Held are the keys of the record at most, however much was undone since.
        let wanted = Pieces::new(journal, record.to_vec()).map(|written| written.map(|w| w.key));
        let wanted: HashSet<Key> = wanted.collect::<io::Result<_>>()?;
        for written in Pieces::new(journal, later) {
            let written = written?;
            if written.revision.is_some() && wanted.contains(&written.key) {
                let hash = put_back.hash(&written.after);
                put_back.keys.insert(written.key, (hash, written.revision));
            }
        }
        Ok(put_back)
    }

    /// The revision at which the key became again what the record had made of it.
    pub(super) fn apply(&self, written: Written) -> Written {
        let hash = self.hash(&written.after);
        match self.keys.get(&written.key) {
            // What was there before is looked for right before the write's own revision.
            _ if !written.revision.is_some() || written.before == Before::Unknown => written,
            Some((found, revision)) if hash.is_some() && *found == hash => {
                Written { revision: *revision, ..written }
            }
            Some(_) | None => written,
        }
    }

    /// The lease is left out: an undo puts a key on the lease that still lives.
    fn hash(&self, after: &To) -> Option<u64> {
        match after {
            To::Put { value, .. } => Some(self.hasher.hash_one(value)),
            To::Deleted => None,
        }
    }
}
