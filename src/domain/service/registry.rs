//! All services of one registry, kept true by a listing and the events after it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::{FLAP_WINDOW, Flaps, Instance, Presence, ROOT, parse_key};
use crate::domain::{Entry, Event, EventKind, Key, LeaseId, Revision};

/// A service with its instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: Key,
    /// Its instances by ID; those that went down lately are among them.
    pub instances: Vec<Instance>,
}

impl Service {
    /// How many instances are registered.
    pub fn up(&self) -> usize {
        self.instances.iter().filter(|instance| instance.is_up()).count()
    }
}

/// What happened to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was registered.
    Up {
        /// The service.
        name: Key,
        /// The instance.
        id: Key,
        /// Where it serves.
        endpoint: Vec<u8>,
    },
    /// It was deregistered, or its lease ended.
    Down {
        /// The service.
        name: Key,
        /// The instance.
        id: Key,
        /// Where it served.
        endpoint: Vec<u8>,
    },
    /// It serves somewhere else now, or on another lease.
    Changed {
        /// The service.
        name: Key,
        /// The instance.
        id: Key,
        /// Where it served.
        from: Vec<u8>,
        /// Where it serves.
        to: Vec<u8>,
        /// The lease it is on now.
        lease: LeaseId,
    },
}

/// The services under one root.
#[derive(Clone, Debug)]
pub struct Services {
    root: Key,
    by_name: BTreeMap<Key, BTreeMap<Key, Instance>>,
    /// Of the listing: what happened until then is in it.
    read_at: Revision,
}

impl Default for Services {
    fn default() -> Services {
        Services::new(Key::from(ROOT))
    }
}

impl Services {
    /// Nothing known yet. The root is what stands before `NAME/ID`, its slash included.
    pub fn new(root: Key) -> Services {
        Services { root, by_name: BTreeMap::new(), read_at: Revision::NONE }
    }

    /// What stands before `NAME/ID`.
    pub fn root(&self) -> &Key {
        &self.root
    }

    /// Takes a listing of everything under the root, and tells what it changed. The first one tells
    /// of no change: what it finds was there before. Give the events after `revision` next; a later
    /// listing is for when events were lost.
    pub fn load<'a>(
        &mut self,
        entries: impl IntoIterator<Item = &'a Entry>,
        revision: Revision,
        now: Instant,
    ) -> Vec<Change> {
        let is_first = !self.read_at.is_some();
        self.read_at = revision;
        let mut changes = Vec::new();
        let mut seen = BTreeSet::new();
        for entry in entries {
            seen.insert(entry.key.clone());
            changes.extend(self.put(entry, (!is_first).then_some(now)));
        }
        let gone: Vec<Key> = self
            .by_name
            .values()
            .flat_map(BTreeMap::values)
            .filter(|i| i.is_up() && !seen.contains(&i.key))
            .map(|i| i.key.clone())
            .collect();
        changes.extend(gone.iter().filter_map(|key| self.delete(key, revision, now)));
        if is_first { Vec::new() } else { changes }
    }

    /// Follows an event; `None` when it changes nothing: an event the listing has seen, a key that is
    /// no instance's, or the same endpoint registered once more.
    pub fn apply(&mut self, event: &Event, now: Instant) -> Option<Change> {
        if event.revision() <= self.read_at {
            return None;
        }
        match event.kind {
            EventKind::Put => self.put(&event.entry, Some(now)),
            EventKind::Delete => self.delete(&event.entry.key, event.revision(), now),
        }
    }

    /// The services by name.
    pub fn services(&self) -> Vec<Service> {
        let listed = self.by_name.iter().map(|(name, instances)| {
            let instances = instances.values().cloned().collect();
            Service { name: name.clone(), instances }
        });
        listed.collect()
    }

    /// One instance.
    pub fn get(&self, name: &Key, id: &Key) -> Option<&Instance> {
        self.by_name.get(name)?.get(id)
    }

    /// The leases of the instances that are up, each once: what to read for their health.
    pub fn leases(&self) -> BTreeSet<LeaseId> {
        let instances = self.by_name.values().flat_map(BTreeMap::values);
        instances.filter(|i| i.is_up() && i.lease.is_some()).map(|i| i.lease).collect()
    }

    /// Forgets what has been down for longer than ups are counted.
    pub fn forget(&mut self, now: Instant) {
        let is_old = |since: Instant| now.saturating_duration_since(since) > FLAP_WINDOW;
        self.by_name.retain(|_, instances| {
            instances.retain(|_, i| i.is_up() || !i.since.is_some_and(is_old));
            !instances.is_empty()
        });
    }

    fn put(&mut self, entry: &Entry, now: Option<Instant>) -> Option<Change> {
        let (name, id) = parse_key(self.root.as_bytes(), &entry.key)?;
        let instances = self.by_name.entry(name.clone()).or_default();
        let instance = instances.entry(id.clone()).or_insert_with(|| Instance {
            id: id.clone(),
            key: entry.key.clone(),
            endpoint: Vec::new(),
            lease: LeaseId::NONE,
            presence: Presence::Down,
            registered: Revision::NONE,
            changed: Revision::NONE,
            since: None,
            flaps: Flaps::new(),
        });
        if entry.mod_revision <= instance.changed {
            return None;
        }
        let was_up = instance.is_up();
        // Between two listings a key may have been deleted and created again.
        let is_new = !was_up || instance.registered != entry.create_revision;
        let from = std::mem::replace(&mut instance.endpoint, entry.value.clone());
        let lease = std::mem::replace(&mut instance.lease, entry.lease);
        instance.presence = Presence::Up;
        instance.registered = entry.create_revision;
        instance.changed = entry.mod_revision;
        let to = entry.value.clone();
        if is_new {
            instance.since = now;
            if let Some(now) = now {
                instance.flaps.up(now);
            }
            return Some(Change::Up { name, id, endpoint: to });
        }
        let is_other = from != to || lease != entry.lease;
        is_other.then_some(Change::Changed { name, id, from, to, lease: entry.lease })
    }

    fn delete(&mut self, key: &Key, revision: Revision, now: Instant) -> Option<Change> {
        let (name, id) = parse_key(self.root.as_bytes(), key)?;
        let instance = self.by_name.get_mut(&name)?.get_mut(&id)?;
        if !instance.is_up() || revision <= instance.changed {
            return None;
        }
        instance.presence = Presence::Down;
        instance.changed = revision;
        instance.since = Some(now);
        Some(Change::Down { name, id, endpoint: instance.endpoint.clone() })
    }
}
