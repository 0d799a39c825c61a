//! Reading and writing keys: etcd's KV service.

use super::Reply;
use crate::domain::Revision;
use crate::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};

/// etcd's KV service.
pub trait Kv {
    /// Reads a range (`/v3/kv/range`).
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse>;

    /// Writes a key (`/v3/kv/put`).
    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse>;

    /// Deletes a range (`/v3/kv/deleterange`).
    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse>;

    /// Runs a transaction (`/v3/kv/txn`).
    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse>;

    /// Forgets everything before `revision` (`/v3/kv/compaction`); `physical` waits until the space
    /// is given back inside the database file. Answers with the store's revision.
    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision>;
}
