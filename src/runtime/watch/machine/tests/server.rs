//! A server as the machine sees one, with a history to compare with, that breaks every promise on
//! demand.

use std::collections::BTreeMap;

use crate::domain::txn::{RangeRequest, RangeResponse};
use crate::domain::{Entry, Event, EventKind, Key, KeyRange, Revision, Version};
use crate::store::{ErrorKind, StoreError};

/// The keys that are watched; `x` lies outside.
pub(super) const WATCHED: [&str; 4] = ["w/a", "w/b", "w/c", "w/d"];

/// The store, revision by revision.
#[derive(Default)]
pub(super) struct Server {
    /// The events of revision `n + 2` stand at `n`.
    pub(super) history: Vec<Vec<Event>>,
    pub(super) compacted: Revision,
    keys: BTreeMap<Key, Entry>,
}

pub(super) fn range() -> KeyRange {
    KeyRange::prefix("w/")
}

pub(super) fn broken() -> StoreError {
    StoreError::new(ErrorKind::Unknown, "cut")
}

impl Server {
    pub(super) fn revision(&self) -> Revision {
        Revision(self.history.len() as i64 + 1)
    }

    /// One transaction: bits say which keys are touched, and whether those that are there are deleted.
    pub(super) fn write(&mut self, bits: u8) {
        let revision = self.revision().next();
        let mut events = Vec::new();
        for (at, name) in WATCHED.iter().chain(&["x"]).enumerate() {
            let wanted = if bits & 0x60 == 0 { *name == "x" } else { bits >> at & 1 == 1 };
            if !wanted {
                continue;
            }
            let key = Key::from(*name);
            let previous = self.keys.get(&key).cloned();
            let (kind, entry) = match &previous {
                Some(_) if bits & 0x80 != 0 => {
                    self.keys.remove(&key);
                    let entry = Entry { key, mod_revision: revision, ..Entry::default() };
                    (EventKind::Delete, entry)
                }
                previous => {
                    let created = previous.as_ref().map_or(revision, |entry| entry.create_revision);
                    let version = previous.as_ref().map_or(1, |entry| entry.version.0 + 1);
                    let entry = Entry {
                        key: key.clone(),
                        create_revision: created,
                        mod_revision: revision,
                        version: Version(version),
                        ..Entry::default()
                    };
                    self.keys.insert(key, entry.clone());
                    (EventKind::Put, entry)
                }
            };
            events.push(Event { kind, entry, previous });
        }
        if !events.is_empty() {
            self.history.push(events);
        }
    }

    /// What is watched of a revision. An old server forgets a delete at the very revision of a
    /// compaction.
    pub(super) fn events(&self, revision: Revision, forgets: bool) -> Vec<Event> {
        let Some(events) = usize::try_from(revision.0 - 2).ok().and_then(|n| self.history.get(n))
        else {
            return Vec::new();
        };
        let watched = events.iter().filter(|event| range().contains(event.entry.key.as_bytes()));
        let kept = watched.filter(|event| !(forgets && event.kind == EventKind::Delete));
        let known = |event: &Event| {
            let previous = event.previous.clone().filter(|_| revision.0 > self.compacted.0);
            Event { previous, ..event.clone() }
        };
        kept.map(known).collect()
    }

    /// What is watched, as it was at a revision.
    pub(super) fn at(&self, revision: Revision) -> BTreeMap<Key, Entry> {
        let mut keys = BTreeMap::new();
        for event in (2..=revision.0).flat_map(|n| self.events(Revision(n), false)) {
            match event.kind {
                EventKind::Put => keys.insert(event.entry.key.clone(), event.entry),
                EventKind::Delete => keys.remove(&event.entry.key),
            };
        }
        keys
    }

    /// The error of what begins before the compaction.
    pub(super) fn gone(&self, revision: Revision) -> Option<StoreError> {
        let kind = ErrorKind::Compacted { oldest: self.compacted };
        (revision < self.compacted).then(|| StoreError::new(kind, "compacted"))
    }

    pub(super) fn range(&self, request: &RangeRequest) -> Result<RangeResponse, StoreError> {
        let at = if request.revision.is_some() { request.revision } else { self.revision() };
        if at > self.revision() {
            return Err(StoreError::new(ErrorKind::FutureRevision, "future"));
        }
        if let Some(error) = self.gone(at) {
            return Err(error);
        }
        let entries: Vec<Entry> = self.at(at).remove(request.range.start()).into_iter().collect();
        let count = entries.len() as i64;
        Ok(RangeResponse { revision: self.revision(), entries, count, more: false })
    }
}
