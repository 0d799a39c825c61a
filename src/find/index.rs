//! The index: sorted chunks of keys, changed by copying the chunk that changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunk::{Builder, Chunk, MOST};
use crate::domain::Key;

/// With fewer keys a chunk is joined with the one before it.
const FEW: usize = MOST / 4;

/// All keys of some ranges, in order, each once: about five bytes more than its own for each.
#[derive(Debug, Default)]
pub struct Index {
    chunks: Vec<Arc<Chunk>>,
    keys: usize,
}

/// The index as it was at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    chunks: Vec<Arc<Chunk>>,
}

impl Index {
    /// How many keys it holds.
    pub fn len(&self) -> usize {
        self.keys
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.keys == 0
    }

    /// The memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.memory()).sum()
    }

    /// Whether it holds this key.
    pub fn contains(&self, key: &[u8]) -> bool {
        let after = self.chunks.partition_point(|chunk| chunk.first() <= key);
        let chunk = after.checked_sub(1).map(|at| &self.chunks[at]);
        chunk.is_some_and(|chunk| chunk.keys().any(|other| other == key))
    }

    /// As it is now; takes no time.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { chunks: self.chunks.clone() }
    }

    /// Adds keys that are in order. Cheapest where none of the index lies between them.
    pub fn add<'a>(&mut self, keys: impl ExactSizeIterator<Item = &'a Key>) {
        if keys.len() < FEW {
            return self.apply(keys.map(|key| (key.clone(), true)).collect());
        }
        let mut builder = Builder::of(keys.len());
        for key in keys {
            builder.push(key.as_bytes());
        }
        let run = builder.finish();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let at = self.chunks.partition_point(|chunk| chunk.first() < first.first());
        let before = at.checked_sub(1).map(|at| self.chunks[at].last());
        let behind = self.chunks.get(at).map(|chunk| chunk.first());
        let alone = before.is_none_or(|key| key < first.first())
            && behind.is_none_or(|key| key > last.last());
        if alone {
            self.keys += run.iter().map(|chunk| chunk.len()).sum::<usize>();
            self.chunks.splice(at..at, run);
        } else {
            let keys = run.iter().flat_map(|chunk| chunk.keys());
            self.apply(keys.map(|key| (Key::from(key), true)).collect());
        }
    }

    /// Takes keys in (true) or out (false).
    pub fn apply(&mut self, changes: BTreeMap<Key, bool>) {
        if changes.is_empty() {
            return;
        }
        let mut changes = changes.into_iter().peekable();
        let mut old = std::mem::take(&mut self.chunks).into_iter().peekable();
        let mut chunks: Vec<Arc<Chunk>> = Vec::with_capacity(old.len() + 1);
        loop {
            let chunk = old.next();
            // A chunk takes all changes before the next one begins.
            let behind = old.peek().map(|chunk| chunk.first());
            let mut mine = Vec::new();
            while let Some(change) =
                changes.next_if(|(key, _)| behind.is_none_or(|behind| key.as_bytes() < behind))
            {
                mine.push(change);
            }
            match chunk {
                Some(chunk) if mine.is_empty() => chunks.push(chunk),
                chunk => join(&mut chunks, chunk.as_deref(), &mine),
            }
            if old.peek().is_none() && changes.peek().is_none() {
                break;
            }
        }
        self.keys = chunks.iter().map(|chunk| chunk.len()).sum();
        self.chunks = chunks;
    }
}

/// Appends the keys of a chunk with its changes, joined with the chunk before when they are few.
fn join(chunks: &mut Vec<Arc<Chunk>>, chunk: Option<&Chunk>, changes: &[(Key, bool)]) {
    let mut keys = merge(chunk, changes);
    let before = chunks.pop_if(|before| before.len() + keys.len() <= MOST && keys.len() < FEW);
    if let Some(before) = &before {
        keys.splice(0..0, before.keys());
    }
    let mut builder = Builder::of(keys.len());
    for key in keys {
        builder.push(key);
    }
    chunks.extend(builder.finish());
}

/// The keys of a chunk, and those that come, without those that go.
fn merge<'a>(chunk: Option<&'a Chunk>, changes: &'a [(Key, bool)]) -> Vec<&'a [u8]> {
    let mut keys = Vec::with_capacity(chunk.map_or(0, Chunk::len) + changes.len());
    let mut changes = changes.iter().peekable();
    for key in chunk.into_iter().flat_map(Chunk::keys) {
        while let Some((other, is)) = changes.next_if(|(other, _)| other.as_bytes() < key) {
            if *is {
                keys.push(other.as_bytes());
            }
        }
        let same = changes.next_if(|(other, _)| other.as_bytes() == key);
        if same.is_none_or(|(_, is)| *is) {
            keys.push(key);
        }
    }
    keys.extend(changes.filter(|(_, is)| *is).map(|(key, _)| key.as_bytes()));
    keys
}

impl Snapshot {
    /// Cut into parts of about so many keys, in order.
    pub fn parts(&self, keys: usize) -> Vec<Snapshot> {
        let chunks = keys.div_ceil(MOST).max(1);
        self.chunks.chunks(chunks).map(|chunks| Snapshot { chunks: chunks.to_vec() }).collect()
    }

    /// How many keys it holds.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.chunks.iter().flat_map(|chunk| chunk.keys())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Numbers that look random and are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }

        fn key(&mut self) -> Key {
            let long = "x".repeat(self.below(4) as usize * 7);
            Key::from(format!("/d{}/{long}{}", self.below(5), self.below(3000)).as_str())
        }
    }

    fn agree(index: &Index, keys: &BTreeSet<Key>) {
        assert_eq!(index.len(), keys.len());
        assert!(index.snapshot().keys().eq(keys.iter().map(Key::as_bytes)));
        assert!(index.chunks.iter().all(|chunk| (1..=MOST).contains(&chunk.len())));
    }

    #[test]
    fn it_holds_what_a_set_would() {
        for seed in 0..20 {
            let mut dice = Dice(seed);
            let (mut index, mut keys) = (Index::default(), BTreeSet::new());
            for round in 0..60 {
                let mut changes = BTreeMap::new();
                let most = [3, 40, 1500][dice.below(3) as usize];
                for _ in 0..=dice.below(most) {
                    // Grows first, and shrinks to nothing in the end.
                    let is = dice.below(60) >= round;
                    changes.insert(dice.key(), is);
                }
                if round > 55 {
                    changes.extend(keys.iter().map(|key: &Key| (key.clone(), false)));
                }
                for (key, is) in &changes {
                    if *is {
                        keys.insert(key.clone())
                    } else {
                        keys.remove(key)
                    };
                }
                let asked = dice.key();
                index.apply(changes);
                agree(&index, &keys);
                assert_eq!(index.contains(asked.as_bytes()), keys.contains(&asked));
            }
        }
    }

    #[test]
    fn pages_come_in_any_order_and_overlap() {
        for seed in 0..20 {
            let mut dice = Dice(seed);
            let all: Vec<Key> =
                (0..20_000).map(|n| Key::from(format!("/k/{n:06}").as_str())).collect();
            let mut pages: Vec<&[Key]> = all.chunks(1 + dice.below(3000) as usize).collect();
            pages.push(&all[700..1500]);
            let mut index = Index::default();
            while !pages.is_empty() {
                let page = pages.swap_remove(dice.below(pages.len() as u64) as usize);
                index.add(page.iter());
            }
            agree(&index, &all.iter().cloned().collect());
        }
    }

    #[test]
    fn a_snapshot_stays_as_it_was_and_parts_are_the_whole() {
        let all: Vec<Key> = (0..5000).map(|n| Key::from(format!("/k/{n:06}").as_str())).collect();
        let mut index = Index::default();
        index.add(all.iter());
        let snapshot = index.snapshot();
        index.apply(all.iter().step_by(2).map(|key| (key.clone(), false)).collect());
        assert_eq!((index.len(), snapshot.len()), (2500, 5000));
        let parts = snapshot.parts(1200);
        assert!(parts.len() > 3 && parts.iter().all(|part| part.len() <= 1536), "{}", parts.len());
        assert!(parts.iter().flat_map(Snapshot::keys).eq(all.iter().map(Key::as_bytes)));
    }

    #[test]
    fn a_key_costs_five_bytes_more_than_its_own() {
        let name =
            |n: u32| Key::from(format!("/registry/pods/ns-{:03}/pod-{n:09}-x", n % 100).as_str());
        let mut keys: Vec<Key> = (0..100_000).map(name).collect();
        keys.sort();
        let own: usize = keys.iter().map(|key| key.as_bytes().len()).sum();
        assert_eq!(own / keys.len(), 37);
        let mut index = Index::default();
        for page in keys.chunks(10_000) {
            index.add(page.iter());
        }
        assert!(index.memory() <= own + 5 * keys.len(), "{} for {own}", index.memory());
        // After much has come and gone as well: chunks are half full at least, on average.
        let mut dice = Dice(1);
        for _ in 0..200 {
            let changes = (0..500).map(|_| (name(dice.below(200_000) as u32), dice.below(2) == 0));
            index.apply(changes.collect());
        }
        let own: usize = index.snapshot().keys().map(<[u8]>::len).sum();
        assert!(index.memory() <= own + 6 * index.len(), "{} for {own}", index.memory());
    }
}
