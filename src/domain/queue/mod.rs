//! Queues of locks and elections, found by the shape of their keys: who holds, who waits.
//!
//! A member is a key `NAME/<hex lease id>` that hangs on that very lease; all members of one name in
//! order of creation are its queue. etcd looks at everything under `NAME/`, whatever its shape, so a
//! stranger's key that is older than a member holds that member up as well.
//!
//! Invariant: nothing here trusts a key's shape alone: the lease in the name must be the key's lease.

mod plan;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Bound;

pub use plan::{Plan, plan};

use super::lock::queue_prefix;
use super::{Entry, Event, EventKind, Key, LeaseId, Revision};

/// The strangers named with a queue; the others are only counted.
pub const STRANGERS_SHOWN: usize = 100;

/// The deletions remembered against readings that come late.
const DELETED_KEPT: usize = 4096;

/// A place in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key that stands for it: `NAME/<hex lease id>`.
    pub key: Key,
    /// The lease the key hangs on, which is also in its name.
    pub lease: LeaseId,
    /// When the key was created: the order of the queue, and the holder's fencing revision.
    pub since: Revision,
    /// Empty for a lock; what the candidate proposes in an election.
    pub value: Vec<u8>,
}

/// A key under `NAME/` that is no member of the queue and yet counts for etcd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// The key.
    pub key: Key,
    /// The lease it hangs on, if any.
    pub lease: LeaseId,
    /// When it was created: members that came later wait for its end.
    pub since: Revision,
    /// The queue that it is a member of, when names are nested.
    pub queue: Option<Key>,
}

/// What a queue seems to be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// No member has a value, as etcd's locks do.
    Lock,
    /// A member has a value, which only candidates have.
    Election,
}

/// Whether all keys that count for a queue were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Everything under the name was read: the queue is as etcd sees it.
    Whole,
    /// Only single keys were: older keys nobody looked at may hold the queue up.
    Part,
}

/// The queue of one lock or election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The name of the lock or election.
    pub name: Key,
    /// The members in order of creation: never empty.
    pub members: Vec<Member>,
    /// What it seems to be for.
    pub kind: QueueKind,
    /// The queue with the longest name that is a path prefix of this one: its members and those of
    /// this queue hold each other up.
    pub nested_in: Option<Key>,
    /// Other keys under the name, oldest first, at most [`STRANGERS_SHOWN`].
    pub strangers: Vec<Stranger>,
    /// How many such keys there are.
    pub stranger_count: usize,
    /// Whether everything under the name was read.
    pub coverage: Coverage,
}

impl Queue {
    /// Who holds the lock or leads: the first member, unless an older stranger holds it up.
    pub fn holder(&self) -> Option<&Member> {
        self.members.first().filter(|_| self.blocker().is_none())
    }

    /// Who waits, in order: all but the holder.
    pub fn waiters(&self) -> &[Member] {
        &self.members[usize::from(self.holder().is_some())..]
    }

    /// The oldest key that is no member and came before the first one: nobody gets in before it ends.
    pub fn blocker(&self) -> Option<&Stranger> {
        let first = self.members.first()?;
        self.strangers.first().filter(|stranger| stranger.since < first.since)
    }

    /// The place of a lease in the queue, from 0.
    pub fn position(&self, lease: LeaseId) -> Option<usize> {
        self.members.iter().position(|member| member.lease == lease)
    }
}

/// The name and the lease that a key's shape tells: `NAME/<hex>`, lowercase, not padded, at most 16
/// digits, not zero. The entry's own lease decides whether it is one; see [`member_name`].
pub fn shape(key: &Key) -> Option<(Key, LeaseId)> {
    let bytes = key.as_bytes();
    let slash = bytes.iter().rposition(|b| *b == b'/')?;
    let digits = &bytes[slash + 1..];
    let is_hex = digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hex || digits.first().is_none_or(|b| *b == b'0') {
        return None;
    }
    let lease = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((Key::from(&bytes[..slash]), lease))
}

/// The name of the queue that a key is a member of, when it hangs on this lease.
pub fn member_name(key: &Key, lease: LeaseId) -> Option<Key> {
    shape(key).filter(|(_, named)| *named == lease).map(|(name, _)| name)
}

/// What is known of one key.
#[derive(Clone, Debug)]
struct Known {
    /// The queue it is a member of.
    queue: Option<Key>,
    lease: LeaseId,
    since: Revision,
    changed: Revision,
    value: Vec<u8>,
}

/// All queues of some part of the store, kept true by listings and events.
///
/// Give it whole entries: an answer without values has no leases on some servers. It remembers every
/// key it is given, so give it what [`Plan`] names, not the whole store.
#[derive(Clone, Debug, Default)]
pub struct Queues {
    keys: BTreeMap<Key, Known>,
    /// Prefixes that were read whole, and at which revision.
    read: HashMap<Key, Revision>,
    /// Single keys that were read, and at which revision.
    read_keys: HashMap<Key, Revision>,
    /// The latest deletions: a reading that is older must not bring them back.
    deleted: VecDeque<(Key, Revision)>,
    /// The newest revision of a reading: later events need not be compared with all of them.
    newest_reading: Revision,
}

impl Queues {
    /// Nothing known yet.
    pub fn new() -> Queues {
        Queues::default()
    }

    /// Takes everything under a prefix as it was at a revision, in place of what was known of it.
    /// Events that overtook the reading stay.
    pub fn load_prefix<'a>(
        &mut self,
        prefix: &Key,
        entries: impl IntoIterator<Item = &'a Entry>,
        revision: Revision,
    ) {
        let known: Vec<Key> = self.under(prefix).map(|(key, _)| key.clone()).collect();
        self.replace(&known, entries, revision);
        let read = self.read.entry(prefix.clone()).or_default();
        *read = revision.max(*read);
    }

    /// Takes these keys as they were at a revision; those without an entry do not exist.
    pub fn load_keys<'a>(
        &mut self,
        keys: &[Key],
        entries: impl IntoIterator<Item = &'a Entry>,
        revision: Revision,
    ) {
        self.replace(keys, entries, revision);
        self.read_keys.extend(keys.iter().map(|key| (key.clone(), revision)));
    }

    /// Follows an event. One that a reading has seen already changes nothing.
    pub fn apply(&mut self, event: &Event) {
        let key = &event.entry.key;
        let revision = event.revision();
        let known = self.keys.get(key).map(|known| known.changed);
        if known.is_some_and(|changed| revision <= changed)
            || revision <= self.newest_reading && self.read_at(key).is_some_and(|at| revision <= at)
        {
            return;
        }
        self.read_keys.remove(key);
        match event.kind {
            EventKind::Put => {
                self.keys.insert(key.clone(), Known::of(&event.entry));
            }
            EventKind::Delete => {
                self.keys.remove(key);
                if self.deleted.len() == DELETED_KEPT {
                    self.deleted.pop_front();
                }
                self.deleted.push_back((key.clone(), revision));
            }
        }
    }

    /// Every queue with a member, by name.
    pub fn queues(&self) -> Vec<Queue> {
        let mut members: BTreeMap<&Key, Vec<Member>> = BTreeMap::new();
        for (key, known) in &self.keys {
            if let Some(name) = &known.queue {
                members.entry(name).or_default().push(known.member(key));
            }
        }
        let names: Vec<&Key> = members.keys().copied().collect();
        let outer: Vec<Option<Key>> =
            names.iter().map(|name| outer_name(name, |n| members.contains_key(n))).collect();
        let nested = names.into_iter().zip(outer).collect::<HashMap<_, _>>();
        members.into_iter().map(|(name, queued)| self.queue(name, queued, &nested)).collect()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Queues::default();
    }

    /// Puts a reading in place of what was known of these keys.
    fn replace<'a>(
        &mut self,
        keys: &[Key],
        entries: impl IntoIterator<Item = &'a Entry>,
        revision: Revision,
    ) {
        self.newest_reading = self.newest_reading.max(revision);
        for key in keys {
            if self.keys.get(key).is_some_and(|known| known.changed <= revision) {
                self.keys.remove(key);
            }
        }
        let gone: HashSet<&Key> =
            self.deleted.iter().filter(|(_, at)| *at > revision).map(|(key, _)| key).collect();
        for entry in entries {
            let known = self.keys.get(&entry.key).map(|known| known.changed);
            if known.is_none_or(|at| at <= entry.mod_revision) && !gone.contains(&entry.key) {
                self.keys.insert(entry.key.clone(), Known::of(entry));
            }
        }
    }

    fn queue(
        &self,
        name: &Key,
        mut members: Vec<Member>,
        nested: &HashMap<&Key, Option<Key>>,
    ) -> Queue {
        // Written in one transaction, keys share a revision; etcd then goes by the key.
        members.sort_by(|a, b| (a.since, &a.key).cmp(&(b.since, &b.key)));
        let prefix = queue_prefix(name);
        let mut strangers: Vec<(&Key, &Known)> =
            self.under(&prefix).filter(|(_, known)| known.queue.as_ref() != Some(name)).collect();
        strangers.sort_by_key(|(key, known)| (known.since, *key));
        let has_value = members.iter().any(|member| !member.value.is_empty());
        Queue {
            kind: if has_value { QueueKind::Election } else { QueueKind::Lock },
            nested_in: nested.get(name).cloned().flatten(),
            stranger_count: strangers.len(),
            strangers: strangers
                .into_iter()
                .take(STRANGERS_SHOWN)
                .map(|(key, known)| known.stranger(key))
                .collect(),
            coverage: self.coverage(&prefix),
            name: name.clone(),
            members,
        }
    }

    /// The known keys that begin with a prefix.
    fn under<'a>(&'a self, prefix: &'a Key) -> impl Iterator<Item = (&'a Key, &'a Known)> {
        let from = (Bound::Included(prefix.as_bytes()), Bound::Unbounded);
        self.keys
            .range::<[u8], _>(from)
            .take_while(|(key, _)| key.as_bytes().starts_with(prefix.as_bytes()))
    }

    /// The newest reading that told of this key.
    fn read_at(&self, key: &Key) -> Option<Revision> {
        let single = self.read_keys.get(key).copied();
        let whole = prefixes(key.as_bytes()).filter_map(|prefix| self.read.get(prefix).copied());
        whole.chain(single).max()
    }

    fn coverage(&self, prefix: &Key) -> Coverage {
        let whole = prefixes(prefix.as_bytes()).any(|outer| self.read.contains_key(outer));
        if whole { Coverage::Whole } else { Coverage::Part }
    }
}

impl Known {
    fn of(entry: &Entry) -> Known {
        let queue = member_name(&entry.key, entry.lease);
        Known {
            lease: entry.lease,
            since: entry.create_revision,
            changed: entry.mod_revision,
            // The value of a stranger's key is nobody's business here, and may be large.
            value: if queue.is_some() { entry.value.clone() } else { Vec::new() },
            queue,
        }
    }

    fn member(&self, key: &Key) -> Member {
        let value = self.value.clone();
        Member { key: key.clone(), lease: self.lease, since: self.since, value }
    }

    fn stranger(&self, key: &Key) -> Stranger {
        let queue = self.queue.clone();
        Stranger { key: key.clone(), lease: self.lease, since: self.since, queue }
    }
}

/// Everything that these bytes begin with, the shortest first, themselves last.
fn prefixes(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..=bytes.len()).map(|end| &bytes[..end])
}

/// The longest other name that is a path prefix of this one.
fn outer_name(name: &Key, is_name: impl Fn(&Key) -> bool) -> Option<Key> {
    let bytes = name.as_bytes();
    let slashes = bytes.iter().enumerate().rev().filter(|(_, b)| **b == b'/');
    slashes.map(|(at, _)| Key::from(&bytes[..at])).find(is_name)
}
