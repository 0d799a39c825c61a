//! A store in its simplest form, and keys of the shapes that go wrong.

use std::collections::BTreeMap;

use etcdeck::domain::tree::{ListedChild, child_of};
use etcdeck::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId, Revision, Version};
use proptest::prelude::*;

/// Keys with their last write and the number of writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) keys: BTreeMap<Vec<u8>, (Revision, Version)>,
    pub(crate) revision: Revision,
}

impl Model {
    pub(crate) fn of(keys: impl IntoIterator<Item = Key>) -> Model {
        let mut model = Model::default();
        for key in keys.into_iter().filter(|key| !key.is_empty()) {
            model.put(key.as_bytes());
        }
        model
    }

    pub(crate) fn put(&mut self, key: &[u8]) -> Event {
        self.revision = self.revision.next();
        self.put_too(key)
    }

    /// A put of the same transaction as the change before.
    pub(crate) fn put_too(&mut self, key: &[u8]) -> Event {
        let revision = self.revision;
        let state = self.keys.entry(key.to_vec()).or_insert((revision, Version(0)));
        *state = (revision, Version(state.1.0 + 1));
        event(EventKind::Put, key, *state)
    }

    /// Deletes, in one transaction, so many keys from the n-th on.
    pub(crate) fn delete(&mut self, from: usize, many: usize) -> Vec<Event> {
        let doomed: Vec<Vec<u8>> = self.keys.keys().skip(from).take(many).cloned().collect();
        if !doomed.is_empty() {
            self.revision = self.revision.next();
        }
        let delete = |key: Vec<u8>| {
            self.keys.remove(&key);
            event(EventKind::Delete, &key, (self.revision, Version(0)))
        };
        doomed.into_iter().map(delete).collect()
    }

    /// What etcd answers to a keys-only range: entries, count, more.
    pub(crate) fn range(&self, range: &KeyRange, limit: i64) -> (Vec<Entry>, i64, bool) {
        let from = range.start().as_bytes().to_vec();
        let inside = || self.keys.range(from.clone()..).take_while(|(key, _)| range.contains(key));
        let count = inside().count();
        let limit = if limit <= 0 { count } else { limit as usize };
        let entries = inside().take(limit).map(|(key, state)| entry(key, *state));
        (entries.collect(), count as i64, count > limit)
    }

    /// The children of a prefix, the slow and obvious way.
    pub(crate) fn children(&self, prefix: &[u8], delimiter: &[u8]) -> Vec<ListedChild> {
        let mut children: BTreeMap<Vec<u8>, ListedChild> = BTreeMap::new();
        for (key, (revision, version)) in &self.keys {
            let Some(rest) = key.strip_prefix(prefix) else { continue };
            let child = child_of(prefix, key, delimiter);
            let name = rest[..child.name_len].to_vec();
            let of_leaf = !child.is_dir;
            let listed = children.entry(name.clone()).or_insert(ListedChild {
                name,
                is_dir: child.is_dir,
                mod_revision: if of_leaf { *revision } else { Revision::NONE },
                version: if of_leaf { *version } else { Version(0) },
                lease: LeaseId::NONE,
                count: child.is_dir.then_some(0),
            });
            listed.count = listed.count.map(|count| count + 1);
        }
        children.into_values().collect()
    }
}

fn entry(key: &[u8], (mod_revision, version): (Revision, Version)) -> Entry {
    Entry { key: Key::from(key), mod_revision, version, ..Entry::default() }
}

fn event(kind: EventKind, key: &[u8], state: (Revision, Version)) -> Event {
    Event { kind, entry: entry(key, state), previous: None }
}

/// Keys of few short segments, so that they collide: `a` beside `a/`, empty segments, no UTF-8.
pub(crate) fn key() -> impl Strategy<Value = Key> {
    let segment = prop_oneof![
        4 => "[a-c]{1,2}".prop_map(String::into_bytes),
        2 => "[0-9]{1,3}".prop_map(String::into_bytes),
        1 => Just(Vec::new()),
        1 => prop::collection::vec(prop_oneof![Just(0xff), Just(0xfe), Just(0), Just(b'.')], 1..3),
    ];
    let path = prop::collection::vec(segment, 1..5).prop_map(|parts| Key::new(parts.join(&b'/')));
    path.prop_filter("a key is not empty", |key| !key.is_empty())
}

/// Keys in the patterns of real stores: counted directories, random names, flat levels, deep chains.
pub(crate) fn pattern() -> impl Strategy<Value = Vec<Key>> {
    let flat = (1..400_usize).prop_map(|n| (0..n).map(|i| format!("p/k{i}")).collect::<Vec<_>>());
    let dirs = (1..60_usize, 1..40_usize, any::<bool>()).prop_map(|(dirs, keys, padded)| {
        let name = |dir| if padded { format!("{dir:05}") } else { format!("{dir}") };
        let below = move |dir| (0..keys).map(move |key| format!("p/dir-{}/k{key}", name(dir)));
        (0..dirs).flat_map(below).collect()
    });
    let random = prop::collection::vec("p/[0-9a-f]{8}(/[a-z]{1,2}){0,2}", 1..200);
    let deep = prop::collection::vec("p/same-long-stem-[a-b]{1,6}/[0-9]{1,2}", 1..200);
    let uneven = (1..12_u32).prop_map(|n| {
        let below = |dir: u32| (0..1_u32 << dir.min(8)).map(move |key| format!("p/{dir}x/{key}"));
        (0..n).flat_map(below).collect()
    });
    // A name goes on where the one before ended.
    let nested = (1..40_usize, 1..30_usize).prop_map(|(depth, keys)| {
        let below =
            move |dir: usize| (0..keys).map(move |key| format!("p/{}/{key}", "b".repeat(dir + 1)));
        (0..depth).flat_map(below).collect()
    });
    // One directory holds nearly all, among leaves; and keys that equal prefixes.
    let huge = (0..60_usize, 200..800_usize, 0..60_usize).prop_map(|(before, keys, behind)| {
        let leaf = |i| format!("p/{}{i}", if i < 60 { "a" } else { "z" });
        let leaves = (0..before).chain(60..60 + behind).map(leaf);
        let below = (0..keys).map(|key| format!("p/m/{key}"));
        leaves.chain(below).chain(["p/".to_owned(), "p/m".to_owned(), "p/m/".to_owned()]).collect()
    });
    let text = prop_oneof![flat, dirs, random, deep, uneven, nested, huge]
        .prop_map(|keys: Vec<String>| keys.iter().map(|key| Key::from(key.as_str())).collect());
    // Any bytes at all.
    let bytes = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 1..300);
    let bytes = bytes.prop_map(|names: Vec<Vec<u8>>| {
        names.into_iter().map(|name| Key::new([b"p/", &name[..]].concat())).collect()
    });
    prop_oneof![4 => text, 1 => bytes]
}

/// Keys below `p/` as real and hostile stores have them, or those that collide.
pub(crate) fn level() -> impl Strategy<Value = Vec<Key>> {
    let below = |keys: Vec<Key>| {
        keys.iter().map(|key| Key::new([b"p/", key.as_bytes()].concat())).collect()
    };
    let colliding = prop::collection::vec(key(), 1..120).prop_map(below);
    prop_oneof![3 => pattern(), 1 => colliding]
}
