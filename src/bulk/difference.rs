//! What became of a range since a revision: its keys then and now, read side by side.
//!
//! Keys are read without values, in pages at both revisions, and merged as they come; a key with the
//! same `mod_revision` on both sides was not written. Only of those that differ are the values read,
//! many in one transaction of gets, each at its revision. Memory holds two pages and one such
//! transaction.

use std::collections::VecDeque;

use tokio::sync::watch;

use super::ask::ask;
use super::pages::{Looked, Pages, explained};
use crate::domain::difference::Difference;
use crate::domain::txn::{Op, OpResponse, RangeRequest, TxnRequest};
use crate::domain::{Entry, Key, KeyRange, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// Keys whose values are read in one transaction at most: two gets each, and a server takes 128
/// operations unless told otherwise.
const MOST: usize = 64;
/// Keys of the first such transaction: nobody knows yet how large the values are.
const FIRST: usize = 8;
/// What its answer should weigh, in bytes of values.
const ANSWER: usize = 3 << 20;

/// A key that was written or deleted between two revisions; at least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// What it was then.
    pub then: Option<Entry>,
    /// What it is now.
    pub now: Option<Entry>,
}

/// The keys of a range that were written or deleted between two revisions, in key order.
pub struct Differences<'a> {
    store: &'a dyn Store,
    range: KeyRange,
    then: Pages<'a>,
    now: Pages<'a>,
    /// The next key of each side; `None` when it has to be read.
    heads: (Option<Entry>, Option<Entry>),
    ended: (bool, bool),
    at: Revision,
    same: u64,
    batch: usize,
    ready: VecDeque<Differing>,
}

impl<'a> Differences<'a> {
    /// Compares `range` at `then` with what it is at `now`; with [`Revision::NONE`] at the present,
    /// which the first answer fixes.
    pub fn new(
        store: &'a dyn Store,
        range: KeyRange,
        then: Revision,
        now: Revision,
    ) -> Differences<'a> {
        Differences {
            store,
            then: Pages::new(store, range.clone(), then).keys_only(),
            now: Pages::new(store, range.clone(), now).keys_only(),
            range,
            heads: (None, None),
            ended: (false, false),
            at: then,
            same: 0,
            batch: FIRST,
            ready: VecDeque::new(),
        }
    }

    /// Counts what is read of keys, on both sides.
    #[must_use]
    pub fn counted(self, looked: &'a watch::Sender<Looked>) -> Differences<'a> {
        Differences { then: self.then.counted(looked), now: self.now.counted(looked), ..self }
    }

    /// The newer revision; [`Revision::NONE`] before the first answer, when none was given.
    pub fn now(&self) -> Revision {
        self.now.revision()
    }

    /// How many keys so far were not written between the two.
    pub fn same(&self) -> u64 {
        self.same
    }

    /// The next key that was written or deleted, with its values; `None` at the end.
    ///
    /// # Errors
    /// What the store says. A revision that was compacted, also in the middle, is
    /// [`Compacted`](ErrorKind::Compacted) with the oldest that can be read where the server tells it.
    pub async fn next(&mut self) -> Result<Option<Differing>, StoreError> {
        if self.ready.is_empty() {
            let mut batch = Vec::new();
            while batch.len() < self.batch {
                match self.differing().await? {
                    Some(pair) => batch.push(pair),
                    None => break,
                }
            }
            self.read_values(batch).await?;
        }
        Ok(self.ready.pop_front())
    }

    /// The next key that differs: its name, and whether it was there and is there.
    async fn differing(&mut self) -> Result<Option<(Key, bool, bool)>, StoreError> {
        loop {
            // The present first: it fixes its revision.
            if self.heads.1.is_none() && !self.ended.1 {
                self.heads.1 = self.now.entry().await?;
                self.ended.1 = self.heads.1.is_none();
            }
            if self.heads.0.is_none() && !self.ended.0 {
                self.heads.0 = self.then.entry().await?;
                self.ended.0 = self.heads.0.is_none();
            }
            let (was, is) = match &self.heads {
                (None, None) => return Ok(None),
                (Some(_), None) => (true, false),
                (None, Some(_)) => (false, true),
                (Some(then), Some(now)) => (then.key <= now.key, now.key <= then.key),
            };
            let then = if was { self.heads.0.take() } else { None };
            let now = if is { self.heads.1.take() } else { None };
            match (then, now) {
                (Some(then), Some(now)) if then.mod_revision == now.mod_revision => self.same += 1,
                (Some(entry), _) | (None, Some(entry)) => return Ok(Some((entry.key, was, is))),
                (None, None) => {}
            }
        }
    }

    async fn read_values(&mut self, mut batch: Vec<(Key, bool, bool)>) -> Result<(), StoreError> {
        let now = self.now.revision();
        while !batch.is_empty() {
            let rest = batch.split_off(self.batch.min(batch.len()));
            let gets = batch.iter().flat_map(|(key, was, is)| {
                let get = |at: Revision| Op::Range(RangeRequest::get(key.clone()).at(at));
                [was.then(|| get(self.at)), is.then(|| get(now))]
            });
            let txn = TxnRequest { success: gets.flatten().collect(), ..TxnRequest::default() };
            let answer = match self.ask(&txn).await {
                // A server may allow fewer operations, or less of an answer.
                Err(error)
                    if batch.len() > 1
                        && (error.is_too_many_operations()
                            || error.kind == ErrorKind::TooLarge) =>
                {
                    self.batch = batch.len() / 2;
                    batch.extend(rest);
                    continue;
                }
                answer => answer?,
            };
            let mut entries = answer.into_iter().map(|response| match response {
                OpResponse::Range(range) => range.entries.into_iter().next(),
                OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
            });
            let mut bytes = 0;
            for (_, was, is) in &batch {
                let then = if *was { entries.next().flatten() } else { None };
                let now = if *is { entries.next().flatten() } else { None };
                let sides = [&then, &now];
                bytes +=
                    sides.iter().filter_map(|e| e.as_ref()).map(|e| e.value.len()).sum::<usize>();
                self.ready.push_back(Differing { then, now });
            }
            let fitting = ANSWER * batch.len() / bytes.max(1);
            self.batch = fitting.min(self.batch * 4).clamp(1, MOST);
            batch = rest;
        }
        Ok(())
    }

    async fn ask(&self, txn: &TxnRequest) -> Result<Vec<OpResponse>, StoreError> {
        match ask(|| self.store.txn(txn.clone())).await {
            Ok(answer) => Ok(answer.responses),
            // The older of the two revisions is what a compaction takes first.
            Err(error) => Err(explained(self.store, error, &self.range, self.at).await),
        }
    }
}

/// What became of a range since `then`, counted in full, with the first rows.
///
/// # Errors
/// As for [`Differences::next`].
pub async fn compare(
    store: &dyn Store,
    range: KeyRange,
    then: Revision,
    looked: &watch::Sender<Looked>,
) -> Result<Difference, StoreError> {
    let mut pairs = Differences::new(store, range, then, Revision::NONE).counted(looked);
    let mut difference = Difference { then, ..Difference::default() };
    while let Some(Differing { then, now }) = pairs.next().await? {
        difference.add(then.as_ref(), now.as_ref());
    }
    (difference.now, difference.same) = (pairs.now(), pairs.same());
    Ok(difference)
}
