//! What etcd refuses before it does anything, in its own words.

use std::collections::BTreeSet;

use crate::domain::txn::{
    Compare, DeleteRequest, Op, PutRequest, RangeRequest, Target, TxnRequest,
};
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

/// etcd's default `--max-txn-ops`.
const MAX_TXN_OPS: usize = 128;

/// etcd's default `--max-request-bytes`.
const MAX_REQUEST_BYTES: usize = 1_572_864;

/// What the encoding adds to the bytes of a key and a value, roughly.
const OVERHEAD: usize = 24;

/// The revision was compacted. As etcd does it, only a watch is told the oldest one left.
pub(super) fn compacted(oldest: Revision) -> StoreError {
    let message = "etcdserver: mvcc: required revision has been compacted";
    StoreError::new(ErrorKind::Compacted { oldest }, message)
}

/// The revision is yet to come.
pub(super) fn future() -> StoreError {
    let message = "etcdserver: mvcc: required revision is a future revision";
    StoreError::new(ErrorKind::FutureRevision, message)
}

/// No such lease.
pub(super) fn lease_not_found() -> StoreError {
    StoreError::new(ErrorKind::LeaseNotFound, "etcdserver: requested lease not found")
}

/// The request is wrong.
pub(super) fn invalid(message: &str) -> StoreError {
    StoreError::new(ErrorKind::Invalid, message)
}

/// A range must name a key.
pub(super) fn range(request: &RangeRequest) -> Result<(), StoreError> {
    key(request.range.start())
}

/// A put must name a key and fit into a request.
pub(super) fn put(request: &PutRequest) -> Result<(), StoreError> {
    key(&request.key)?;
    size(put_size(request))
}

/// A delete must name a key.
pub(super) fn delete(request: &DeleteRequest) -> Result<(), StoreError> {
    key(request.range.start())
}

/// A transaction must keep to the number of operations, write no key twice and fit into a request.
pub(super) fn txn(request: &TxnRequest) -> Result<(), StoreError> {
    operations(request, MAX_TXN_OPS)?;
    writes(&request.success)?;
    writes(&request.failure)?;
    size(txn_size(request))
}

/// A key must not be empty.
pub(super) fn key(key: &Key) -> Result<(), StoreError> {
    if key.is_empty() { Err(invalid("etcdserver: key is not provided")) } else { Ok(()) }
}

fn size(bytes: usize) -> Result<(), StoreError> {
    if bytes > MAX_REQUEST_BYTES {
        return Err(StoreError::new(ErrorKind::TooLarge, "etcdserver: request is too large"));
    }
    Ok(())
}

fn put_size(request: &PutRequest) -> usize {
    request.key.as_bytes().len() + request.value.len() + OVERHEAD
}

fn range_size(range: &KeyRange) -> usize {
    range.start().as_bytes().len() + range.end().len() + OVERHEAD
}

fn txn_size(request: &TxnRequest) -> usize {
    let compare = |compare: &Compare| {
        let value = if let Target::Value(value) = &compare.target { value.len() } else { 0 };
        range_size(&compare.range) + value
    };
    let op = |op: &Op| match op {
        Op::Range(request) => range_size(&request.range),
        Op::Put(request) => put_size(request),
        Op::Delete(request) => range_size(&request.range),
        Op::Txn(request) => txn_size(request),
    };
    let compares: usize = request.compares.iter().map(compare).sum();
    compares + request.success.iter().chain(&request.failure).map(op).sum::<usize>()
}

/// Each list is counted alone; a transaction inside gets what its parent's longest list left over.
fn operations(request: &TxnRequest, budget: usize) -> Result<(), StoreError> {
    let longest = request.compares.len().max(request.success.len()).max(request.failure.len());
    let Some(left) = budget.checked_sub(longest) else {
        return Err(invalid("etcdserver: too many operations in txn request"));
    };
    request.compares.iter().try_for_each(|compare| key(compare.range.start()))?;
    request.success.iter().chain(&request.failure).try_for_each(|op| match op {
        Op::Range(request) => range(request),
        Op::Put(request) => key(&request.key),
        Op::Delete(request) => delete(request),
        Op::Txn(request) => operations(request, left),
    })
}

/// What one branch writes, as far as etcd looks when it refuses conflicting writes.
#[derive(Default)]
struct Writes {
    puts: BTreeSet<Key>,
    deletes: Vec<KeyRange>,
}

impl Writes {
    /// An interval without an end deletes everything behind its start, but the check of a real etcd
    /// overlooks it, so the put before it is done and undone.
    fn deleted(&self, key: &Key) -> bool {
        self.deletes.iter().any(|range| !range.is_open() && range.contains(key.as_bytes()))
    }

    /// Adds a put; `exclusive` are those of the other branch, which cannot happen together with it.
    fn put(&mut self, key: Key, exclusive: &BTreeSet<Key>) -> Result<(), StoreError> {
        if self.deleted(&key) || (self.puts.contains(&key) && !exclusive.contains(&key)) {
            return Err(invalid("etcdserver: duplicate key given in txn request"));
        }
        self.puts.insert(key);
        Ok(())
    }
}

/// Refuses a branch that puts a key twice, or puts one that it deletes as well.
fn writes(ops: &[Op]) -> Result<Writes, StoreError> {
    let mut all = Writes::default();
    for op in ops {
        if let Op::Delete(request) = op {
            all.deletes.push(request.range.clone());
        }
    }
    for op in ops {
        if let Op::Txn(inner) = op {
            let (success, failure) = (writes(&inner.success)?, writes(&inner.failure)?);
            all.deletes.extend(success.deletes.into_iter().chain(failure.deletes));
            for key in &success.puts {
                all.put(key.clone(), &BTreeSet::new())?;
            }
            for key in failure.puts {
                all.put(key, &success.puts)?;
            }
        }
    }
    for op in ops {
        if let Op::Put(request) = op {
            all.put(request.key.clone(), &BTreeSet::new())?;
        }
    }
    Ok(all)
}
