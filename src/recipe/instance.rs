//! An instance of a service, as its key tells, and what happens to it.

use crate::domain::{Entry, Key, KeyRange, LeaseId, Revision};

/// One running instance of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The service.
    pub service: String,
    /// Which of its instances: the rest of the key, any bytes without a `/`.
    pub id: Key,
    /// Where it is reached: the value, as the instance wrote it.
    pub endpoint: Vec<u8>,
    /// The lease it lives by; none when it was written without one.
    pub lease: LeaseId,
    /// When it was registered.
    pub create_revision: Revision,
    /// When it was last written.
    pub mod_revision: Revision,
}

/// What happens to the instances of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceEvent {
    /// It is there.
    Up(Instance),
    /// It is gone: deregistered, or its lease ended. This is what it was.
    Down(Instance),
    /// It was written anew.
    Changed {
        /// What it was.
        before: Instance,
        /// What it is.
        now: Instance,
    },
}

/// The instances of one service: the keys directly under `PREFIX SERVICE/`.
#[derive(Clone, Debug)]
pub(super) struct Place {
    prefix: Key,
    service: String,
}

impl Place {
    pub(super) fn new(prefix: &Key, service: &str) -> Place {
        let bytes = [prefix.as_bytes(), service.as_bytes(), b"/"].concat();
        Place { prefix: Key::from(bytes), service: service.to_owned() }
    }

    /// The key of an instance.
    pub(super) fn key(&self, id: &Key) -> Key {
        Key::from([self.prefix.as_bytes(), id.as_bytes()].concat())
    }

    /// All instances.
    pub(super) fn range(&self) -> KeyRange {
        KeyRange::prefix(self.prefix.clone())
    }

    /// The instance that an entry stands for; none when it stands deeper or elsewhere.
    pub(super) fn instance(&self, entry: &Entry) -> Option<Instance> {
        let id = entry.key.as_bytes().strip_prefix(self.prefix.as_bytes())?;
        if !is_segment(id) {
            return None;
        }
        Some(Instance {
            service: self.service.clone(),
            id: Key::from(id),
            endpoint: entry.value.clone(),
            lease: entry.lease,
            create_revision: entry.create_revision,
            mod_revision: entry.mod_revision,
        })
    }
}

/// Whether these bytes can stand between two `/`.
pub(super) fn is_segment(bytes: &[u8]) -> bool {
    !bytes.is_empty() && !bytes.contains(&b'/')
}
