//! Queues under any order of events and readings: in the end they are what the store holds.

use std::collections::BTreeMap;

use etcdeck::domain::queue::{Queues, STRANGERS_SHOWN};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version};
use proptest::prelude::*;

/// One thing that happens to the store, or to what is known of it.
#[derive(Clone, Debug)]
enum Step {
    Put(usize, u8),
    Delete(usize),
    /// Everything under a prefix is read: the answer arrives later.
    Read(&'static str),
    /// Two keys are read.
    ReadKeys(usize, usize),
    /// The oldest answer on its way arrives.
    Answer,
    /// So many events arrive.
    Deliver(usize),
}

const KEYS: [&str; 9] =
    ["n/1", "n/2", "n/a/1", "n/a/3", "n/a/b/2", "n/note", "n/0", "m/1", "n/a/x"];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..KEYS.len(), 0..4_u8).prop_map(|(key, lease)| Step::Put(key, lease)),
        5 => (0..KEYS.len()).prop_map(Step::Delete),
        2 => prop::sample::select(vec!["", "n/", "n/a/", "m/"]).prop_map(Step::Read),
        1 => (0..KEYS.len(), 0..KEYS.len()).prop_map(|(a, b)| Step::ReadKeys(a, b)),
        3 => Just(Step::Answer),
        6 => (1..4_usize).prop_map(Step::Deliver),
    ]
}

enum Answer {
    Prefix(Key, Vec<Entry>, Revision),
    Keys(Vec<Key>, Vec<Entry>, Revision),
}

#[derive(Default)]
struct World {
    store: BTreeMap<Key, Entry>,
    revision: i64,
    events: std::collections::VecDeque<Event>,
    answers: std::collections::VecDeque<Answer>,
    queues: Queues,
}

impl World {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Put(key, lease) => self.put(Key::from(KEYS[*key]), LeaseId(i64::from(*lease))),
            Step::Delete(key) => self.delete(&Key::from(KEYS[*key])),
            Step::Read(prefix) => {
                let entries = self.read(|key| key.as_bytes().starts_with(prefix.as_bytes()));
                let answer = Answer::Prefix(Key::from(*prefix), entries, Revision(self.revision));
                self.answers.push_back(answer);
            }
            Step::ReadKeys(a, b) => {
                let keys = vec![Key::from(KEYS[*a]), Key::from(KEYS[*b])];
                let entries = self.read(|key| keys.contains(key));
                self.answers.push_back(Answer::Keys(keys, entries, Revision(self.revision)));
            }
            Step::Answer => match self.answers.pop_front() {
                Some(Answer::Prefix(prefix, entries, revision)) => {
                    self.queues.load_prefix(&prefix, &entries, revision);
                }
                Some(Answer::Keys(keys, entries, revision)) => {
                    self.queues.load_keys(&keys, &entries, revision);
                }
                None => {}
            },
            Step::Deliver(count) => {
                for event in self.events.drain(..(*count).min(self.events.len())) {
                    self.queues.apply(&event);
                }
            }
        }
    }

    fn read(&self, wanted: impl Fn(&Key) -> bool) -> Vec<Entry> {
        self.store.values().filter(|entry| wanted(&entry.key)).cloned().collect()
    }

    fn put(&mut self, key: Key, lease: LeaseId) {
        self.revision += 1;
        let now = Revision(self.revision);
        let entry = self.store.entry(key.clone()).or_insert_with(|| Entry {
            key,
            create_revision: now,
            ..Entry::default()
        });
        entry.mod_revision = now;
        entry.version = Version(entry.version.0 + 1);
        entry.lease = lease;
        let entry = entry.clone();
        self.events.push_back(Event { kind: EventKind::Put, entry, previous: None });
    }

    fn delete(&mut self, key: &Key) {
        if self.store.remove(key).is_some() {
            self.revision += 1;
            let mod_revision = Revision(self.revision);
            let entry = Entry { key: key.clone(), mod_revision, ..Entry::default() };
            self.events.push_back(Event { kind: EventKind::Delete, entry, previous: None });
        }
    }

    /// Who is in which queue, by the plain rule.
    fn expected(&self) -> BTreeMap<String, Vec<String>> {
        let mut queues: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
        for entry in self.store.values() {
            let key = entry.key.to_string();
            let (name, last) = key.rsplit_once('/').expect("all keys have one");
            if entry.lease.is_some() && last == entry.lease.to_string() {
                queues.entry(name.to_owned()).or_default().push(entry);
            }
        }
        let in_order = queues.into_iter().map(|(name, mut members)| {
            members.sort_by_key(|entry| entry.create_revision);
            (name, members.iter().map(|entry| entry.key.to_string()).collect())
        });
        in_order.collect()
    }

    /// Who holds: of all keys under the name the oldest, if it is a member.
    fn holder(&self, name: &str, members: &[String]) -> Option<String> {
        let prefix = format!("{name}/");
        let under = self.store.values().filter(|e| e.key.to_string().starts_with(&prefix));
        let oldest = under.min_by_key(|entry| entry.create_revision)?;
        Some(oldest.key.to_string()).filter(|key| members.contains(key))
    }
}

proptest! {
    #[test]
    fn queues_end_as_the_store_is(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::default();
        // The watch was there from the start: every event arrives, some after a reading saw it.
        for step in &steps {
            world.step(step);
        }
        world.step(&Step::Read(""));
        for _ in 0..=steps.len() {
            world.step(&Step::Deliver(1));
            world.step(&Step::Answer);
        }
        let expected = world.expected();
        let found = world.queues.queues();
        let listed: BTreeMap<String, Vec<String>> = found
            .iter()
            .map(|q| (q.name.to_string(), q.members.iter().map(|m| m.key.to_string()).collect()))
            .collect();
        prop_assert_eq!(&listed, &expected);
        for queue in &found {
            let name = queue.name.to_string();
            let holder = queue.holder().map(|holder| holder.key.to_string());
            prop_assert_eq!(holder, world.holder(&name, &expected[&name]), "{}", name);
            prop_assert!(queue.strangers.len() <= STRANGERS_SHOWN);
        }
    }
}
