//! Reading and writing keys.

use std::sync::Arc;

use super::{Sandbox, State, check};
use crate::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse, SortOrder,
    SortTarget, TxnRequest, TxnResponse,
};
use crate::domain::{Entry, KeyRange, LeaseId, Revision};
use crate::store::{Kv, Reply, StoreError};

impl Kv for Sandbox {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        self.serve(move |state| {
            let context = during("range", &request.range);
            self.admit_read(&request.range)
                .and_then(|()| check::range(&request))
                .and_then(|()| state.range(&request))
                .map_err(context)
        })
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.serve(move |state| {
            let context = during("put", &KeyRange::single(request.key.clone()));
            self.admit_put(&request)
                .and_then(|()| check::put(&request))
                .and_then(|()| state.check_lease(request.lease))
                .map_err(context)?;
            let response = state.put(request);
            state.history.commit();
            Ok(response)
        })
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.serve(move |state| {
            self.admit_write(&request.range, request.prev_kv)
                .and_then(|()| check::delete(&request))
                .map_err(during("delete", &request.range))?;
            let response = state.delete(&request);
            state.history.commit();
            Ok(response)
        })
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        self.serve(move |state| {
            let context = request.about();
            self.admit_txn(&request)
                .and_then(|()| state.txn(request))
                .map_err(|error| error.during(context))
        })
    }

    fn compact(&self, revision: Revision, _physical: bool) -> Reply<'_, Revision> {
        self.serve(move |state| {
            state.compact(revision).map_err(|error| error.during(format!("compact {revision}")))?;
            Ok(state.history.revision())
        })
    }
}

fn during(call: &str, range: &KeyRange) -> impl FnOnce(StoreError) -> StoreError + use<> {
    let context = format!("{call} {}", range.start());
    move |error| error.during(context)
}

impl State {
    /// A range, as reads see the store now.
    pub(super) fn range(&self, request: &RangeRequest) -> Result<RangeResponse, StoreError> {
        let at = self.history.resolve(request.revision)?;
        let mut found: Vec<&Arc<Entry>> = self.history.range(&request.range, at).collect();
        let count = found.len() as i64;
        let revision = self.history.read_revision();
        if request.count_only {
            return Ok(RangeResponse { revision, count, ..RangeResponse::default() });
        }
        sort(&mut found, request.sort_target, request.sort_order);
        let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0);
        let more = limit.is_some_and(|limit| found.len() > limit);
        found.truncate(limit.unwrap_or(usize::MAX));
        let entry = |entry: &Arc<Entry>| {
            if request.keys_only {
                // The lease is left out too: 3.7 answers from its index, which does not hold it.
                let (value, lease) = (Vec::new(), LeaseId::NONE);
                return Entry { key: entry.key.clone(), value, lease, ..**entry };
            }
            entry.as_ref().clone()
        };
        let entries = found.into_iter().map(entry).collect();
        Ok(RangeResponse { revision, entries, count, more })
    }

    /// Writes a key without committing.
    pub(super) fn put(&mut self, request: PutRequest) -> PutResponse {
        let PutRequest { key, value, lease, prev_kv } = request;
        let previous = self.history.put(key.clone(), value, lease);
        if let Some(previous) = &previous {
            self.lessor.detach(previous.lease, &previous.key);
        }
        self.lessor.attach(lease, key);
        let previous = previous.filter(|_| prev_kv).map(|entry| entry.as_ref().clone());
        PutResponse { revision: self.history.read_revision(), previous }
    }

    /// Deletes a range without committing.
    pub(super) fn delete(&mut self, request: &DeleteRequest) -> DeleteResponse {
        let gone = self.history.delete(&request.range);
        for entry in &gone {
            self.lessor.detach(entry.lease, &entry.key);
        }
        let deleted = gone.len() as i64;
        let previous = gone.iter().filter(|_| request.prev_kv);
        let previous = previous.map(|entry| entry.as_ref().clone()).collect();
        DeleteResponse { revision: self.history.read_revision(), deleted, previous }
    }

    /// Forgets what happened before `at`; watchers first get what they had not read yet.
    pub(super) fn compact(&mut self, at: Revision) -> Result<(), StoreError> {
        self.history.check_compact(at)?;
        self.watchers.save_unread(&self.history, at);
        self.history.compact(at)
    }
}

/// Sorts what came in key order. Equal ones keep that order.
fn sort(found: &mut [&Arc<Entry>], target: SortTarget, order: SortOrder) {
    if order == SortOrder::None {
        return;
    }
    match target {
        SortTarget::Key => {}
        SortTarget::Version => found.sort_by_key(|entry| entry.version),
        SortTarget::Create => found.sort_by_key(|entry| entry.create_revision),
        SortTarget::Mod => found.sort_by_key(|entry| entry.mod_revision),
        SortTarget::Value => found.sort_by(|a, b| a.value.cmp(&b.value)),
    }
    if order == SortOrder::Descend {
        found.reverse();
    }
}
