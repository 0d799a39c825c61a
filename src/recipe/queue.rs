//! The queue of a lock or an election as the store has it: the truth behind every answer.

use std::sync::Arc;

use crate::domain::lock::{queue_key, queue_prefix};
use crate::domain::txn::{
    Compare, Comparison, Op, OpResponse, PutRequest, RangeRequest, SortOrder, SortTarget, Target,
    TxnRequest, TxnResponse,
};
use crate::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// A reading of the queue.
#[derive(Debug)]
pub(super) struct Reading {
    /// The store's revision.
    pub(super) revision: Revision,
    /// Who is first.
    pub(super) first: Option<Entry>,
    /// Our own entry.
    pub(super) own: Option<Entry>,
}

/// Where we stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// First, since this revision of creation: the fencing revision.
    First(Revision),
    /// Behind others.
    Waiting,
    /// Nowhere.
    Absent,
}

impl Reading {
    /// Where we stand.
    pub(super) fn place(&self) -> Place {
        match (&self.own, &self.first) {
            (None, _) => Place::Absent,
            (Some(own), Some(first)) if first.key == own.key => Place::First(own.create_revision),
            (Some(_), _) => Place::Waiting,
        }
    }
}

/// Reads the first of the queue and the entry of a lease, at one revision.
pub(super) async fn read(
    store: &Arc<dyn Store>,
    name: &Key,
    lease: LeaseId,
) -> Result<Reading, StoreError> {
    let own = Op::Range(RangeRequest::get(queue_key(name, lease)));
    let request = TxnRequest { success: vec![first_of(name), own], ..TxnRequest::default() };
    let answer = store.txn(request).await?;
    let revision = answer.revision;
    let mut entries = entries(answer);
    // A key of this name that hangs on another lease, or on none, would not go when ours does.
    let own = entries.pop().flatten().filter(|entry| entry.lease == lease);
    Ok(Reading { revision, first: entries.pop().flatten(), own })
}

/// Enters the queue only when nobody is in it, in one transaction; answers with what the queue was
/// then.
pub(super) async fn enter_if_empty(
    store: &Arc<dyn Store>,
    name: &Key,
    lease: LeaseId,
) -> Result<Option<Entry>, StoreError> {
    let empty = Compare {
        range: KeyRange::prefix(queue_prefix(name)),
        target: Target::Create(Revision::NONE),
        comparison: Comparison::Equal,
    };
    let enter = PutRequest::new(queue_key(name, lease), Vec::new()).lease(lease);
    let request = TxnRequest {
        compares: vec![empty],
        success: vec![Op::Put(enter)],
        failure: vec![first_of(name)],
    };
    let answer = store.txn(request).await?;
    if answer.succeeded {
        return Ok(None);
    }
    let first = entries(answer).pop().flatten();
    first.map(Some).ok_or_else(|| {
        StoreError::new(ErrorKind::BadAnswer, "the queue is neither empty nor has it a first")
    })
}

/// The first of the queue, whoever that is.
pub(super) async fn first(store: &Arc<dyn Store>, name: &Key) -> Result<Option<Entry>, StoreError> {
    let request = TxnRequest { success: vec![first_of(name)], ..TxnRequest::default() };
    Ok(entries(store.txn(request).await?).pop().flatten())
}

/// Sorting makes the server read the whole queue, which is as long as there are waiters.
fn first_of(name: &Key) -> Op {
    let queue = RangeRequest::new(KeyRange::prefix(queue_prefix(name)));
    Op::Range(queue.sort(SortTarget::Create, SortOrder::Ascend).limit(1))
}

/// The first entry of each range in an answer.
fn entries(answer: TxnResponse) -> Vec<Option<Entry>> {
    let first = |response| match response {
        OpResponse::Range(range) => range.entries.into_iter().next(),
        OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
    };
    answer.responses.into_iter().map(first).collect()
}
