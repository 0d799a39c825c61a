//! What to read to find every queue, without reading the store.

use std::collections::BTreeSet;

use super::{member_name, outer_name};
use crate::domain::lease::LeaseStatus;
use crate::domain::lock::queue_prefix;
use crate::domain::{Key, KeyRange};

/// What to read and to watch so that [`Queues`](super::Queues) knows every queue of a part of the
/// store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The names of the queues, in order.
    pub names: Vec<Key>,
    /// The keys of the members, in order: enough for who is queued.
    pub members: Vec<Key>,
    /// The prefixes `NAME/` that lie in no other of them: what to list whole where that is small,
    /// since other keys there hold a queue up, and what to watch.
    pub prefixes: Vec<Key>,
}

impl Plan {
    /// The prefixes as ranges.
    pub fn ranges(&self) -> impl Iterator<Item = KeyRange> + '_ {
        self.prefixes.iter().map(|prefix| KeyRange::prefix(prefix.clone()))
    }
}

/// Finds the queues among the keys of leases, each read with its keys. Every member of a queue hangs
/// on a lease, so the leases know them all, whatever the size of the store. Only what begins with
/// `scope` counts; the empty one is everything.
pub fn plan<'a>(leases: impl IntoIterator<Item = &'a LeaseStatus>, scope: &Key) -> Plan {
    let mut names = BTreeSet::new();
    let mut members = BTreeSet::new();
    for status in leases {
        let inside = status.keys.iter().filter(|k| k.as_bytes().starts_with(scope.as_bytes()));
        for key in inside {
            if let Some(name) = member_name(key, status.id) {
                names.insert(name);
                members.insert(key.clone());
            }
        }
    }
    let prefixes = names
        .iter()
        .filter(|name| outer_name(name, |outer| names.contains(outer)).is_none())
        .map(queue_prefix)
        .collect();
    Plan { prefixes, names: names.into_iter().collect(), members: members.into_iter().collect() }
}
