//! Reading and writing keys.

use super::call::{Call, LONG_CALL};
use super::wire::{Base64, Int64, Value, kv as wire};
use super::{Gateway, about, named};
use crate::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse, SortOrder,
    SortTarget, TxnRequest, TxnResponse,
};
use crate::domain::{Entry, Key, LeaseId, Revision, Version};
use crate::store::{Kv, Reply};

/// A limited range of up to so many entries is answered soon.
const SMALL_PAGE: i64 = 1000;

impl Kv for Gateway {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        Box::pin(async move {
            let call = Call::read("/v3/kv/range");
            let call = if may_take_long(&request) { call.long() } else { call };
            let answer: Result<wire::RangeResponse, _> =
                self.http.call(call, &range_request(&request)).await;
            answer.map(range_response).map_err(|e| e.during(about("range", &request.range)))
        })
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        Box::pin(async move {
            let call = Call::write("/v3/kv/put");
            let answer: Result<wire::PutResponse, _> =
                self.http.call(call, &put_request(&request)).await;
            answer.map(put_response).map_err(|e| e.during(named("put", request.key.as_bytes())))
        })
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        Box::pin(async move {
            let call = Call::write("/v3/kv/deleterange");
            let call = if request.range.is_single() { call } else { call.long() };
            let answer: Result<wire::DeleteResponse, _> =
                self.http.call(call, &delete_request(&request)).await;
            answer.map(delete_response).map_err(|e| e.during(about("delete", &request.range)))
        })
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        Box::pin(self.run_txn(request))
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        Box::pin(async move {
            let call = Call::write("/v3/kv/compaction").long();
            let request = wire::CompactionRequest { revision: Int64(revision.0), physical };
            let answer: Result<wire::CompactionResponse, _> = self.http.call(call, &request).await;
            answer
                .map(|answer| Revision(answer.header.revision.0))
                .map_err(|e| e.during(format!("compaction of revision {revision}")))
        })
    }
}

/// Whether the server may need more than a moment: it counts the whole interval whatever the limit,
/// and sorting reads every value of it. What exceeds even this gets [`LONG_CALL`].
fn may_take_long(request: &RangeRequest) -> bool {
    const { assert!(LONG_CALL.as_secs() >= 20) };
    let small = (1..=SMALL_PAGE).contains(&request.limit) && request.sort_order == SortOrder::None;
    !request.range.is_single() && !small
}

pub(super) fn range_request(request: &RangeRequest) -> wire::RangeRequest<'_> {
    let sort_order = match request.sort_order {
        SortOrder::None => None,
        SortOrder::Ascend => Some("ASCEND"),
        SortOrder::Descend => Some("DESCEND"),
    };
    let sort_target = match request.sort_target {
        SortTarget::Key => "KEY",
        SortTarget::Version => "VERSION",
        SortTarget::Create => "CREATE",
        SortTarget::Mod => "MOD",
        SortTarget::Value => "VALUE",
    };
    wire::RangeRequest {
        key: Base64(request.range.start().as_bytes()),
        range_end: Base64(request.range.end()),
        limit: Int64(request.limit),
        revision: Int64(request.revision.0),
        sort_order,
        sort_target: sort_order.is_some().then_some(sort_target),
        serializable: request.serializable,
        keys_only: request.keys_only,
        count_only: request.count_only,
    }
}

pub(super) fn put_request(request: &PutRequest) -> wire::PutRequest<'_> {
    wire::PutRequest {
        key: Base64(request.key.as_bytes()),
        value: Base64(&request.value),
        lease: Int64(request.lease.0),
        prev_kv: request.prev_kv,
    }
}

pub(super) fn delete_request(request: &DeleteRequest) -> wire::DeleteRequest<'_> {
    wire::DeleteRequest {
        key: Base64(request.range.start().as_bytes()),
        range_end: Base64(request.range.end()),
        prev_kv: request.prev_kv,
    }
}

pub(super) fn entry<V: Value>(kv: wire::KeyValue<V>) -> Entry {
    Entry {
        key: Key::new(kv.key.0),
        value: kv.value.into_bytes(),
        create_revision: Revision(kv.create_revision.0),
        mod_revision: Revision(kv.mod_revision.0),
        version: Version(kv.version.0),
        lease: LeaseId(kv.lease.0),
    }
}

pub(super) fn range_response(answer: wire::RangeResponse) -> RangeResponse {
    RangeResponse {
        revision: Revision(answer.header.revision.0),
        entries: answer.kvs.into_iter().map(entry).collect(),
        count: answer.count.0,
        more: answer.more,
    }
}

pub(super) fn put_response(answer: wire::PutResponse) -> PutResponse {
    PutResponse {
        revision: Revision(answer.header.revision.0),
        previous: answer.prev_kv.map(entry),
    }
}

pub(super) fn delete_response(answer: wire::DeleteResponse) -> DeleteResponse {
    DeleteResponse {
        revision: Revision(answer.header.revision.0),
        deleted: answer.deleted.0,
        previous: answer.prev_kvs.into_iter().map(entry).collect(),
    }
}
