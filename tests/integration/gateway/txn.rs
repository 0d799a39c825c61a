//! Transactions on real servers.

use etcdeck::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, OpResponse, PutRequest, RangeRequest, Target,
    TxnRequest,
};
use etcdeck::domain::{KeyRange, LeaseId, Revision, Version};
use etcdeck::store::{ErrorKind, Kv as _, Leases as _};

use super::client;
use crate::support::servers::Etcd;

fn check(key: &str, target: Target, comparison: Comparison) -> TxnRequest {
    let range = KeyRange::single(key);
    TxnRequest { compares: vec![Compare { range, target, comparison }], ..TxnRequest::default() }
}

#[tokio::test]
async fn every_target_and_every_comparison() {
    use Comparison::{Equal, Greater, Less, NotEqual};
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let lease = LeaseId(i64::MAX);
        etcd.lease_grant(60, lease).await.unwrap();
        let created = etcd.put(PutRequest::new("k", "b").lease(lease)).await.unwrap().revision;
        let revision = etcd.put(PutRequest::new("k", "b").lease(lease)).await.unwrap().revision;
        let below = |r: Revision| Revision(r.0 - 1);
        let cases = [
            (Target::Version(Version(2)), Target::Version(Version(1)), Target::Version(Version(3))),
            (Target::Create(created), Target::Create(below(created)), Target::Create(revision)),
            (Target::Mod(revision), Target::Mod(created), Target::Mod(revision.next())),
            (
                Target::Value(b"b".to_vec()),
                Target::Value(b"a".to_vec()),
                Target::Value(b"\xff".to_vec()),
            ),
            (
                Target::Lease(lease),
                Target::Lease(LeaseId(i64::MAX - 1)),
                Target::Lease(LeaseId(i64::MAX)),
            ),
        ];
        for (same, smaller, larger) in cases {
            let is_lease = matches!(same, Target::Lease(_));
            for (target, comparison, holds) in [
                (&same, Equal, true),
                (&same, NotEqual, false),
                (&same, Greater, false),
                (&same, Less, false),
                (&smaller, Equal, false),
                (&smaller, NotEqual, true),
                (&smaller, Greater, true),
                (&larger, Less, !is_lease),
            ] {
                let request = check("k", target.clone(), comparison);
                let answer = etcd.txn(request.clone()).await.unwrap();
                assert_eq!(answer.succeeded, holds, "{version} {request:?}");
            }
        }
        let absent = TxnRequest { compares: vec![Compare::absent("no")], ..TxnRequest::default() };
        assert!(etcd.txn(absent).await.unwrap().succeeded, "{version}");
        let value = check("no", Target::Value(vec![]), Equal);
        assert!(!etcd.txn(value).await.unwrap().succeeded, "{version}: no value, not an empty one");
    }
}

#[tokio::test]
async fn both_branches_and_transactions_inside() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let before = etcd.put(PutRequest::new("a", "1")).await.unwrap().revision;
        let inner = TxnRequest {
            compares: vec![Compare::absent("a")],
            failure: vec![Op::Range(RangeRequest::get("b"))],
            ..TxnRequest::default()
        };
        let request = TxnRequest {
            compares: vec![Compare::unchanged_since("a", before)],
            success: vec![
                Op::Put(PutRequest::new("a", "2").prev_kv()),
                Op::Put(PutRequest::new("b", "3")),
                Op::Range(RangeRequest::new(KeyRange::all()).keys_only()),
                Op::Delete(DeleteRequest::new(KeyRange::single("c")).prev_kv()),
                Op::Txn(inner),
            ],
            failure: vec![Op::Range(RangeRequest::get("a"))],
        };
        let answer = etcd.txn(request.clone()).await.unwrap();
        assert!(answer.succeeded, "{version}");
        assert_eq!(answer.revision, before.next(), "{version}");
        let [
            OpResponse::Put(first),
            OpResponse::Put(_),
            OpResponse::Range(range),
            OpResponse::Delete(delete),
            OpResponse::Txn(inner),
        ] = answer.responses.as_slice()
        else {
            panic!("{version}: {answer:?}")
        };
        assert_eq!(first.previous.as_ref().unwrap().value, b"1", "{version}");
        assert_eq!(range.count, 2, "{version}: reads see the writes before them");
        assert_eq!(delete.deleted, 0, "{version}");
        assert!(!inner.succeeded, "{version}");
        let OpResponse::Range(read) = &inner.responses[0] else { panic!("{version}: {inner:?}") };
        assert_eq!(read.entries[0].value, b"3", "{version}");

        let answer = etcd.txn(request).await.unwrap();
        assert!(!answer.succeeded, "{version}: somebody changed it");
        let OpResponse::Range(read) = &answer.responses[0] else { panic!("{answer:?}") };
        assert_eq!(read.entries[0].value, b"2", "{version}");
    }
}

#[tokio::test]
async fn a_compare_over_an_interval_holds_for_all_keys_in_it() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        etcd.put(PutRequest::new("p/1", "x")).await.unwrap();
        let second = etcd.put(PutRequest::new("p/2", "x")).await.unwrap().revision;
        let unchanged = |revision: Revision| TxnRequest {
            compares: vec![Compare {
                range: KeyRange::prefix("p/"),
                target: Target::Mod(revision.next()),
                comparison: Comparison::Less,
            }],
            ..TxnRequest::default()
        };
        assert!(etcd.txn(unchanged(second)).await.unwrap().succeeded, "{version}");
        etcd.put(PutRequest::new("p/1", "y")).await.unwrap();
        assert!(!etcd.txn(unchanged(second)).await.unwrap().succeeded, "{version}");
    }
}

#[tokio::test]
async fn what_a_transaction_must_not_is_refused() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let empty = etcd.txn(TxnRequest::default()).await.unwrap();
        assert!(empty.succeeded && empty.responses.is_empty(), "{version}");

        let put = |n: usize| Op::Put(PutRequest::new(format!("{n}").as_str(), "x"));
        let many =
            |count| TxnRequest { success: (0..count).map(put).collect(), ..TxnRequest::default() };
        assert_eq!(etcd.txn(many(128)).await.unwrap().responses.len(), 128, "{version}");
        for (request, words) in [
            (many(129), "too many operations in txn request"),
            (
                TxnRequest { success: vec![put(1), put(1)], ..TxnRequest::default() },
                "duplicate key given in txn request",
            ),
        ] {
            let error = etcd.txn(request).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Invalid, "{version}: {error}");
            assert!(error.message.contains(words), "{version}: {error}");
        }
    }
}
