//! Writes that fail, surely or perhaps.

use std::sync::Mutex;

use etcdeck::domain::KeyRange;
use etcdeck::domain::Revision;
use etcdeck::domain::journal::Before;
use etcdeck::domain::txn::{
    DeleteRequest, DeleteResponse, Op, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use etcdeck::journal::record_txn;
use etcdeck::store::{ErrorKind, Kv, Reply, StoreError};

use super::{put, written};

/// Answers each transaction with an error, and counts them.
struct Failing {
    kind: ErrorKind,
    sent: Mutex<Vec<TxnRequest>>,
}

impl Failing {
    fn new(kind: ErrorKind) -> Failing {
        Failing { kind, sent: Mutex::default() }
    }

    fn refuse<T: Send + 'static>(&self) -> Reply<'_, T> {
        let error = StoreError::new(self.kind, "no");
        Box::pin(async move { Err(error) })
    }
}

impl Kv for Failing {
    fn range(&self, _: RangeRequest) -> Reply<'_, RangeResponse> {
        self.refuse()
    }

    fn put(&self, _: PutRequest) -> Reply<'_, PutResponse> {
        self.refuse()
    }

    fn delete(&self, _: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.refuse()
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        self.sent.lock().expect("no test panics with it").push(request);
        self.refuse()
    }

    fn compact(&self, _: Revision, _: bool) -> Reply<'_, Revision> {
        self.refuse()
    }
}

fn request() -> TxnRequest {
    let delete = |range| Op::Delete(DeleteRequest::new(range));
    TxnRequest {
        success: vec![
            Op::Put(PutRequest::new("/a", "v")),
            delete(KeyRange::prefix("/p/")),
            Op::Txn(TxnRequest {
                success: vec![delete(KeyRange::single("/b"))],
                ..TxnRequest::default()
            }),
        ],
        ..TxnRequest::default()
    }
}

#[tokio::test]
async fn without_an_answer_what_was_sent_is_told_and_nothing_is_sent_again() {
    for kind in [ErrorKind::Unknown, ErrorKind::Unavailable, ErrorKind::BadAnswer] {
        let store = Failing::new(kind);
        let (result, sent) = record_txn(&store, request()).await;
        assert_eq!(result.expect_err("it fails").kind, kind);
        let unknown = |key, after| written(key, Before::Unknown, after, 0);
        let deleted = etcdeck::domain::change::To::Deleted;
        assert_eq!(sent, [unknown("/a", put("v")), unknown("/b", deleted)]);
        assert_eq!(store.sent.lock().expect("no test panics with it").len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn what_surely_was_not_written_is_not_told() {
    for kind in [ErrorKind::Unreachable, ErrorKind::ReadOnly, ErrorKind::NoSpace] {
        let store = Failing::new(kind);
        let (result, sent) = record_txn(&store, request()).await;
        assert_eq!((result.expect_err("it fails").kind, sent.len()), (kind, 0));
        assert_eq!(store.sent.lock().expect("no test panics with it").len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_met_once_more_as_given_and_only_where_something_was_added() {
    let store = Failing::new(ErrorKind::PermissionDenied);
    let (_, sent) = record_txn(&store, request()).await;
    assert_eq!(sent, []);
    let requests = store.sent.into_inner().expect("no test panics with it");
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1], request());
    let curious = requests[0].clone();
    let store = Failing::new(ErrorKind::PermissionDenied);
    record_txn(&store, curious).await.0.expect_err("it fails");
    assert_eq!(store.sent.into_inner().expect("no test panics with it").len(), 1);
}
