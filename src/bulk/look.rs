//! Reads single keys together, all at one revision.

use super::ask::ask;
use crate::domain::txn::{Op, OpResponse, RangeRequest, TxnRequest};
use crate::domain::{Entry, Key, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// Keys in one transaction at first: what servers allow unless told otherwise.
const MOST: usize = 128;
/// Values in one transaction: each may have more than a megabyte.
const VALUES: usize = 16;

/// Whether values are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Keys and revisions.
    Keys,
    /// Everything, of keys whose values are small enough together.
    SmallValues,
    /// Everything, of any keys.
    Values,
}

/// Whether the connection may fail for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// It is asked again for some seconds.
    Some,
    /// The first failure is told: the caller has a patience of its own.
    None,
}

/// Reads single keys of a store.
pub(super) struct Look<'a> {
    store: &'a dyn Store,
    patience: Patience,
    most: usize,
}

impl<'a> Look<'a> {
    pub(super) fn new(store: &'a dyn Store, patience: Patience) -> Look<'a> {
        Look { store, patience, most: MOST }
    }

    /// The entries of the keys, in the order asked, as they were at `revision`, and that revision.
    /// [`Revision::NONE`] is now: all are read as they are at one moment.
    pub(super) async fn at(
        &mut self,
        keys: &[&Key],
        revision: Revision,
        want: Want,
    ) -> Result<(Revision, Vec<Option<Entry>>), StoreError> {
        let mut revision = revision;
        let mut found = Vec::with_capacity(keys.len());
        while found.len() < keys.len() {
            let most = if want == Want::Values { self.most.min(VALUES) } else { self.most };
            let chunk = &keys[found.len()..keys.len().min(found.len() + most)];
            let chunk: Vec<_> = chunk.iter().map(|key| (*key, revision)).collect();
            let Some((told, entries)) = self.ask(&chunk, want).await? else { continue };
            found.extend(entries);
            if !revision.is_some() {
                revision = told;
            }
        }
        Ok((revision, found))
    }

    /// One key as it was at the first of these revisions, as many as go together; without values.
    pub(super) async fn over(
        &mut self,
        key: &Key,
        revisions: std::ops::Range<i64>,
    ) -> Result<Vec<Option<Entry>>, StoreError> {
        loop {
            let chunk = revisions.clone().take(self.most);
            let chunk: Vec<_> = chunk.map(|revision| (key, Revision(revision))).collect();
            if let Some((_, entries)) = self.ask(&chunk, Want::Keys).await? {
                return Ok(entries);
            }
        }
    }

    /// Reads the keys, each at its revision; nothing when it must be asked for fewer.
    async fn ask(
        &mut self,
        chunk: &[(&Key, Revision)],
        want: Want,
    ) -> Result<Option<(Revision, Vec<Option<Entry>>)>, StoreError> {
        let request = request(chunk, want);
        let answer = match self.patience {
            Patience::Some => ask(|| self.store.txn(request.clone())).await,
            Patience::None => self.store.txn(request).await,
        };
        let answer = match answer {
            Err(error) if error.is_too_many_operations() && chunk.len() > 1 => {
                self.most = chunk.len() / 2;
                return Ok(None);
            }
            answer @ (Ok(_) | Err(_)) => answer?,
        };
        if answer.responses.len() != chunk.len() {
            return Err(senseless());
        }
        let entries = answer.responses.into_iter().map(|response| match response {
            OpResponse::Range(range) => Ok(range.entries.into_iter().next()),
            OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => Err(senseless()),
        });
        Ok(Some((answer.revision, entries.collect::<Result<_, _>>()?)))
    }
}

fn request(chunk: &[(&Key, Revision)], want: Want) -> TxnRequest {
    let op = |(key, revision): &(&Key, Revision)| {
        let request = RangeRequest::get((*key).clone()).at(*revision);
        Op::Range(RangeRequest { keys_only: want == Want::Keys, ..request })
    };
    TxnRequest { success: chunk.iter().map(op).collect(), ..TxnRequest::default() }
}

fn senseless() -> StoreError {
    StoreError::new(ErrorKind::BadAnswer, "the answer to a transaction does not fit what was asked")
}
