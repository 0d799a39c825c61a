//! A chunk: some hundred sorted keys in two allocations.

use std::sync::Arc;

/// So many keys a chunk has at most. A change copies the whole of one.
pub(super) const MOST: usize = 512;
/// So many bytes of keys a chunk has at most, unless it is a single key.
const BYTES: usize = 64 << 10;

/// Sorted keys, one after the other, and where each ends. Never empty.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Box<[u8]>,
    ends: Box<[u32]>,
}

impl Chunk {
    /// How many keys it holds.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The memory it takes: its contents, and what surrounds them in this chunk and its list.
    pub(super) fn memory(&self) -> usize {
        const AROUND: usize = size_of::<Chunk>() + size_of::<Arc<Chunk>>() + 2 * size_of::<usize>();
        self.bytes.len() + self.ends.len() * size_of::<u32>() + AROUND
    }

    pub(super) fn key(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[start..self.ends[at] as usize]
    }

    pub(super) fn first(&self) -> &[u8] {
        self.key(0)
    }

    pub(super) fn last(&self) -> &[u8] {
        self.key(self.len() - 1)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let key = &self.bytes[start..*end as usize];
            start = *end as usize;
            key
        })
    }
}

/// Puts sorted keys into chunks.
pub(super) struct Builder {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    most: usize,
    done: Vec<Arc<Chunk>>,
}

impl Builder {
    /// For so many keys, in chunks of about the same size.
    pub(super) fn of(keys: usize) -> Builder {
        let most = keys.div_ceil(keys.div_ceil(MOST).max(1)).max(1);
        Builder { bytes: Vec::new(), ends: Vec::with_capacity(most), most, done: Vec::new() }
    }

    /// Adds a key, larger than all before.
    pub(super) fn push(&mut self, key: &[u8]) {
        if self.ends.len() >= self.most || self.bytes.len() + key.len() > BYTES {
            self.cut();
        }
        self.bytes.extend_from_slice(key);
        // A single key of more than four gigabytes is no key of any store.
        self.ends.push(self.bytes.len() as u32);
    }

    fn cut(&mut self) {
        if self.ends.is_empty() {
            return;
        }
        // Copied, so that a chunk has no room to spare.
        let chunk =
            Chunk { bytes: self.bytes.as_slice().into(), ends: self.ends.as_slice().into() };
        self.bytes.clear();
        self.ends.clear();
        self.done.push(Arc::new(chunk));
    }

    /// The chunks.
    pub(super) fn finish(mut self) -> Vec<Arc<Chunk>> {
        self.cut();
        self.done
    }
}
