//! An entry of the store, and what happened to one.

use super::{Key, LeaseId, Revision, Version};

/// A key with its value and what etcd knows of both (etcd's `KeyValue`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value; empty in a keys-only answer.
    pub value: Vec<u8>,
    /// When the key was created: 0 in a delete event.
    pub create_revision: Revision,
    /// When the key was last written; in a delete event, when it was deleted.
    pub mod_revision: Revision,
    /// Writes since creation: 1 for a new key, 0 in a delete event.
    pub version: Version,
    /// The lease the key hangs on, or [`LeaseId::NONE`].
    pub lease: LeaseId,
}

/// What a watch event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The key was written.
    Put,
    /// The key was deleted, by a request or because its lease ended: etcd does not tell which.
    Delete,
}

/// One event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Written or deleted.
    pub kind: EventKind,
    /// The key as it is after the event.
    pub entry: Entry,
    /// The key as it was before, when asked for and not compacted.
    pub previous: Option<Entry>,
}

impl Event {
    /// The revision of the event.
    pub fn revision(&self) -> Revision {
        self.entry.mod_revision
    }

    /// The bytes it is taken to cost in memory: those of its keys and values, and some for the rest.
    pub fn size(&self) -> usize {
        const REST: usize = 256;
        let contents = |entry: &Entry| entry.key.as_bytes().len() + entry.value.len();
        REST + contents(&self.entry) + self.previous.as_ref().map_or(0, contents)
    }

    /// Whether this put made a key that was not there.
    pub fn is_create(&self) -> bool {
        self.kind == EventKind::Put && self.entry.version == Version(1)
    }
}
