//! A draft as it is kept in case the program ends before it is saved.

use super::edit::{Base, Form};
use super::{Entry, Revision};

/// The number of a draft within one run of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DraftId {
    /// Begun in this run.
    Own(u32),
    /// Found, left by an earlier run.
    Found(u32),
}

/// The store a draft belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The cluster's ID; 0 where it was never told.
    pub cluster: u64,
    /// The endpoints that led there.
    pub endpoints: Vec<String>,
}

impl Home {
    /// Whether both are the same store as far as can be told. Clusters that were set up alike may
    /// have one ID; what is there is compared before anything is written.
    pub fn is(&self, other: &Home) -> bool {
        if self.cluster != 0 && other.cluster != 0 {
            return self.cluster == other.cluster;
        }
        self.endpoints == other.endpoints
            || self.endpoints.iter().any(|endpoint| other.endpoints.contains(endpoint))
    }
}

/// A draft with all that it takes to go on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDraft {
    /// Where it belongs.
    pub home: Home,
    /// What it is an edit of.
    pub base: Base,
    /// The form it is edited in.
    pub form: Form,
    /// The draft in that form, as it was typed: hexadecimal may be half written.
    pub text: String,
    /// The revisions of the marks of a merge that is not finished.
    pub merging: Option<(Revision, Revision)>,
}

/// What became of a key since a draft of it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It is as it was.
    Unchanged,
    /// It holds exactly the draft, since this revision.
    AlreadyThere(Revision),
    /// Somebody else wrote it at this revision.
    Written(Revision),
    /// It does not exist any more.
    Deleted,
    /// It has the revision of the base and another value: the store is not the one it was, but
    /// another cluster, or one restored from a backup.
    OtherStore,
}

impl KeptDraft {
    /// The draft as bytes, where it can be read; else the text it is.
    pub fn bytes(&self) -> Vec<u8> {
        match self.form {
            Form::Text => self.text.clone().into_bytes(),
            Form::Hex => {
                super::hex::from_text(&self.text).unwrap_or_else(|_| self.text.clone().into_bytes())
            }
        }
    }

    /// What became of the key, which now holds `present`.
    pub fn since(&self, present: Option<&Entry>) -> Since {
        match (&self.base, present) {
            (Base::Entry(base), Some(now)) if base == now => Since::Unchanged,
            (Base::Absent(_), None) => Since::Unchanged,
            (Base::Entry(_), None) => Since::Deleted,
            (_, Some(now)) if now.value == self.bytes() => Since::AlreadyThere(now.mod_revision),
            (Base::Entry(base), Some(now)) if base.mod_revision == now.mod_revision => {
                Since::OtherStore
            }
            (_, Some(now)) => Since::Written(now.mod_revision),
        }
    }
}
