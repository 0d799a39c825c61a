//! Reads a range of any size at one revision, page by page, with memory bounded.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::timeout;

use super::ask::ask;
use crate::domain::txn::RangeRequest;
use crate::domain::{Entry, KeyRange, Revision};
use crate::store::{ErrorKind, Store, StoreError, WatchRequest};

/// What an answer should weigh, in bytes of keys and values: large enough to be worth its price,
/// small enough to be held in memory.
const ANSWER: u64 = 3 << 20;
/// Keys of the first page: nobody knows yet how large the values are.
const FIRST: u64 = 20;
/// Keys of a page at most.
const MOST: u64 = 20_000;
/// A range is read in about so many pages when its values are small. The server's price of a page is
/// all keys behind its start, so that many small pages of a large range would be quadratic; and a
/// page of many small values tells little about the size of the next.
const PAGES: u64 = 50;
/// Keys that are cheap in one page however few there are.
const CHEAP: u64 = 1000;
/// How long to wait for a server to say what is left after a compaction.
const OLDEST: Duration = Duration::from_secs(5);

/// How far the making of a plan has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Keys read.
    pub keys: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
}

/// The entries of a range at one revision, in key order.
pub struct Pages<'a> {
    store: &'a dyn Store,
    looked: Option<&'a watch::Sender<Looked>>,
    /// What is still to be asked for.
    rest: Option<KeyRange>,
    revision: Revision,
    keys_only: bool,
    once: bool,
    total: Option<u64>,
    newest: Revision,
    limit: u64,
    ready: VecDeque<Entry>,
}

impl<'a> Pages<'a> {
    /// Reads `range` at `revision`; with [`Revision::NONE`] the first answer decides, and all others
    /// are read at the same.
    pub fn new(store: &'a dyn Store, range: KeyRange, revision: Revision) -> Pages<'a> {
        Pages {
            store,
            looked: None,
            rest: Some(range),
            revision,
            keys_only: false,
            once: false,
            total: None,
            newest: Revision::NONE,
            limit: FIRST,
            ready: VecDeque::new(),
        }
    }

    /// Counts what is read.
    #[must_use]
    pub fn counted(self, looked: &'a watch::Sender<Looked>) -> Pages<'a> {
        Pages { looked: Some(looked), ..self }
    }

    /// Without values, and without leases from 3.7 on.
    #[must_use]
    pub fn keys_only(self) -> Pages<'a> {
        Pages { keys_only: true, ..self }
    }

    /// A page that cannot be read is not asked for again: for who has a patience of their own.
    #[must_use]
    pub fn once(self) -> Pages<'a> {
        Pages { once: true, ..self }
    }

    /// At which revision it reads: [`Revision::NONE`] before the first answer, when none was given.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The revision of the store as the last answer has it. No store is without one.
    pub fn newest(&self) -> Revision {
        self.newest
    }

    /// How many keys there are in all; unknown before the first answer.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The next entry; `None` at the end.
    ///
    /// # Errors
    /// As for [`Pages::page`].
    pub async fn entry(&mut self) -> Result<Option<Entry>, StoreError> {
        while self.ready.is_empty() {
            match self.read().await? {
                Some(entries) => self.ready = entries.into(),
                None => return Ok(None),
            }
        }
        Ok(self.ready.pop_front())
    }

    /// The next entries, as many as came together; `None` at the end.
    ///
    /// # Errors
    /// What the store says. A revision that was compacted, also in the middle, is
    /// [`Compacted`](ErrorKind::Compacted) with the oldest that can be read where the server tells it.
    pub async fn page(&mut self) -> Result<Option<Vec<Entry>>, StoreError> {
        if self.ready.is_empty() {
            return self.read().await;
        }
        Ok(Some(std::mem::take(&mut self.ready).into()))
    }

    async fn read(&mut self) -> Result<Option<Vec<Entry>>, StoreError> {
        let Some(range) = self.rest.take() else { return Ok(None) };
        let request = RangeRequest {
            keys_only: self.keys_only,
            ..RangeRequest::new(range.clone()).limit(self.limit as i64).at(self.revision)
        };
        let answer = if self.once {
            self.store.range(request.clone()).await
        } else {
            ask(|| self.store.range(request.clone())).await
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                // The same page may be asked for again.
                self.rest = Some(range);
                return Err(self.explained(error, &request.range).await);
            }
        };
        if !self.revision.is_some() {
            self.revision = answer.revision;
        }
        if let Some(last) = answer.entries.last().filter(|_| answer.more && !range.is_single()) {
            self.rest = Some(range.starting_at(last.key.successor()));
        }
        self.newest = answer.revision;
        self.total.get_or_insert(answer.count.max(0).unsigned_abs());
        let keys = answer.entries.len() as u64;
        let size = |entry: &Entry| (entry.key.as_bytes().len() + entry.value.len()) as u64;
        let bytes: u64 = answer.entries.iter().map(size).sum();
        if let Some(looked) = self.looked {
            looked.send_modify(|looked| {
                looked.keys += keys;
                looked.bytes += bytes;
            });
        }
        self.limit = next_limit(self.limit, keys, bytes, answer.count.max(0) as u64);
        Ok((keys > 0 || self.rest.is_some()).then_some(answer.entries))
    }

    /// A compaction with what is left after it.
    async fn explained(&self, error: StoreError, range: &KeyRange) -> StoreError {
        explained(self.store, error, range, self.revision).await
    }
}

/// The error of a read of `range` at `revision`: a compaction is told with what is left after it.
pub(super) async fn explained(
    store: &dyn Store,
    error: StoreError,
    range: &KeyRange,
    revision: Revision,
) -> StoreError {
    if !matches!(error.kind, ErrorKind::Compacted { .. }) {
        return error;
    }
    let oldest = oldest(store, range, revision).await;
    compacted(revision, oldest.unwrap_or(Revision::NONE))
}

/// How many keys the next page is asked for, after a page of `keys` keys and `bytes` bytes out of
/// `count` that were left.
fn next_limit(limit: u64, keys: u64, bytes: u64, count: u64) -> u64 {
    let fitting = ANSWER * keys.max(1) / bytes.max(1);
    let most = (count / PAGES).clamp(CHEAP, MOST);
    fitting.min(limit * 10).clamp(1, most)
}

/// The error of a revision that can no longer be read.
fn compacted(revision: Revision, oldest: Revision) -> StoreError {
    StoreError::new(ErrorKind::Compacted { oldest }, revision.compacted(oldest))
}

/// The oldest revision that can be read, when `revision` was compacted; `None` when it was not, or
/// when the server does not tell. Reading does not say it, but a watch that begins in the past does.
pub async fn oldest(store: &dyn Store, range: &KeyRange, revision: Revision) -> Option<Revision> {
    if !revision.is_some() {
        return None;
    }
    // The start of the range may be watched by whoever may read the range.
    let request = WatchRequest::new(KeyRange::single(range.start().clone())).from(revision);
    let told = async {
        let mut stream = store.watch(request).await.ok()?;
        while let Some(message) = stream.next().await {
            match message {
                Ok(_) => {}
                Err(error) => match error.kind {
                    ErrorKind::Compacted { oldest } if oldest.is_some() => return Some(oldest),
                    _ => return None,
                },
            }
        }
        None
    };
    timeout(OLDEST, told).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_with_small_values_and_shrink_with_large_ones() {
        // A page of 20 keys of 100 bytes, in a range of 1,000,000: ten times as many.
        assert_eq!(next_limit(20, 20, 2_000, 1_000_000), 200);
        assert_eq!(next_limit(2_000, 2_000, 200_000, 1_000_000), 20_000);
        // A small range is read in pages that hold no surprise.
        assert_eq!(next_limit(200, 200, 20_000, 5_000), 1_000);
        // Values of a megabyte: three at a time; and small ones again.
        assert_eq!(next_limit(20, 20, 20 << 20, 8_000), 3);
        assert_eq!(next_limit(3, 3, 300, 8_000), 30);
        assert_eq!(next_limit(20, 2, 200 << 20, 2), 1);
        assert_eq!(next_limit(20, 0, 0, 0), 200);
    }
}
