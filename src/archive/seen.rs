//! Which keys a file has named so far, and in which line.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

/// Keys, as two hashes of each under secrets of their own: a million keys take some 50 MB whatever
/// their length, and no file can be made whose keys are taken for one another.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hashers: (RandomState, RandomState),
    lines: HashMap<(u64, u64), u64>,
}

impl Seen {
    /// Notes a key of a line; answers with the line that named it before.
    pub(super) fn insert(&mut self, key: &[u8], line: u64) -> Option<u64> {
        let hash = (self.hashers.0.hash_one(key), self.hashers.1.hash_one(key));
        let before = *self.lines.entry(hash).or_insert(line);
        (before != line).then_some(before)
    }
}
