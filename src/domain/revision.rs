//! The integers of etcd as types of their own, so that one is never passed for another.
//!
//! All are 64-bit and exact: lease IDs regularly exceed 2^53, member and cluster IDs exceed `i64`.

use std::fmt;
use std::str::FromStr;

/// A revision of the store: grows by one with every transaction that writes. 0 means "none".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub i64);

impl Revision {
    /// No revision: "the current one" in a request, "never" in an answer.
    pub const NONE: Revision = Revision(0);

    /// The revision after this one: where a watch goes on.
    #[must_use]
    pub const fn next(self) -> Revision {
        Revision(self.0.saturating_add(1))
    }

    /// Whether this is a real revision.
    pub const fn is_some(self) -> bool {
        self.0 > 0
    }

    /// What to say of a revision that is compacted; `oldest` is the oldest one left, if known.
    ///
    /// ```
    /// use etcdeck::domain::Revision;
    ///
    /// let sentence = "revision 3 is compacted; the oldest that still works is 17";
    /// assert_eq!(Revision(3).compacted(Revision(17)), sentence);
    /// ```
    pub fn compacted(self, oldest: Revision) -> String {
        if oldest.is_some() {
            format!("revision {self} is compacted; the oldest that still works is {oldest}")
        } else {
            format!("revision {self} is compacted")
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many times a key was written since it was created; 1 at creation, 0 when it does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub i64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The ID of a lease, written in hexadecimal as etcdctl prints and reads it. 0 means "no lease".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(pub i64);

impl LeaseId {
    /// No lease.
    pub const NONE: LeaseId = LeaseId(0);

    /// Whether this names a lease.
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

impl fmt::Display for LeaseId {
    /// `694d81…` as etcdctl prints it: lowercase hexadecimal, no padding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// A lease ID that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseIdError;

impl fmt::Display for LeaseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a lease ID is written in hexadecimal, at most 16 digits, for example 694d81417acd4a1f",
        )
    }
}

impl std::error::Error for LeaseIdError {}

impl FromStr for LeaseId {
    type Err = LeaseIdError;

    fn from_str(text: &str) -> Result<LeaseId, LeaseIdError> {
        // `from_str_radix` accepts a leading `+`, which no lease ID has.
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(LeaseIdError);
        }
        u64::from_str_radix(text, 16).map(|id| LeaseId(id as i64)).map_err(|_| LeaseIdError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lease_ids_are_hexadecimal_both_ways() {
        for id in [1, 0x694d_8141_7acd_4a1f, i64::MAX, -1] {
            assert_eq!(LeaseId(id).to_string().parse(), Ok(LeaseId(id)));
        }
        for wrong in ["", "+1", "0x1", "xyz", "11112222333344445"] {
            assert_eq!(wrong.parse::<LeaseId>(), Err(LeaseIdError), "{wrong}");
        }
    }
}
