//! Transactions.

use etcdeck::domain::txn::{
    Compare, DeleteRequest, Op, OpResponse, PutRequest, RangeRequest, TxnRequest,
};
use etcdeck::domain::{KeyRange, LeaseId, Revision, Version};
use etcdeck::store::ErrorKind;

use super::target::{Target, read};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(an_empty_transaction_succeeds),
        case(a_guarded_write_goes_through_when_nobody_wrote),
        case(a_guarded_write_fails_and_reads_when_somebody_wrote),
        case(a_key_is_created_once),
        case(all_compares_must_hold),
        case(all_writes_share_one_revision),
        case(a_read_sees_the_writes_before_it),
        case(answers_come_in_the_order_of_the_operations),
        case(a_delete_inside_tells_what_was_there),
        case(the_revisions_inside_tell_before_and_after),
        case(a_key_deleted_before_may_not_be_put),
        case(a_key_may_not_be_put_twice),
        case(a_put_inside_a_deleted_interval_is_refused),
        case(an_unknown_lease_refuses_the_whole),
        case(an_unknown_lease_in_the_other_branch_does_not_matter),
        case(a_revision_to_come_refuses_the_whole),
        case(the_past_can_be_read_inside),
        case(an_empty_key_inside_is_refused),
    ]
}

async fn an_empty_transaction_succeeds(t: Target) {
    let response = t.txn(TxnRequest::default()).await;
    assert!(response.succeeded && response.responses.is_empty());
}

fn guarded(t: &Target, since: Revision, value: &str) -> TxnRequest {
    TxnRequest {
        compares: vec![Compare::unchanged_since(t.key("a"), since)],
        success: vec![t.op_put("a", value)],
        failure: vec![t.op_get("a")],
    }
}

async fn a_guarded_write_goes_through_when_nobody_wrote(t: Target) {
    let seen = t.put("a", "1").await;
    let response = t.txn(guarded(&t, seen, "2")).await;
    assert!(response.succeeded && response.revision > seen);
    let entry = t.get("a").await.unwrap();
    assert_eq!((entry.value.as_slice(), entry.mod_revision), (&b"2"[..], response.revision));
}

async fn a_guarded_write_fails_and_reads_when_somebody_wrote(t: Target) {
    let seen = t.put("a", "1").await;
    let theirs = t.put("a", "theirs").await;
    let response = t.txn(guarded(&t, seen, "mine")).await;
    assert!(!response.succeeded);
    assert_eq!(read(&response), ["theirs"]);
    assert_eq!(t.get("a").await.unwrap().mod_revision, theirs);
    // Deleted and made again is a change too, and so is deleted.
    t.delete("a").await;
    assert_eq!(read(&t.txn(guarded(&t, theirs, "mine")).await), ["-"]);
}

async fn a_key_is_created_once(t: Target) {
    let create = |value| TxnRequest {
        compares: vec![Compare::absent(t.key("a"))],
        success: vec![t.op_put("a", value)],
        failure: vec![t.op_get("a")],
    };
    assert!(t.txn(create("1")).await.succeeded);
    let second = t.txn(create("2")).await;
    assert!(!second.succeeded);
    assert_eq!(read(&second), ["1"]);
    t.delete("a").await;
    assert!(t.txn(create("3")).await.succeeded);
}

async fn all_compares_must_hold(t: Target) {
    t.put("there", "").await;
    let both = |first, second| TxnRequest {
        compares: vec![Compare::absent(t.key(first)), Compare::absent(t.key(second))],
        ..TxnRequest::default()
    };
    assert!(t.txn(both("x", "y")).await.succeeded);
    assert!(!t.txn(both("x", "there")).await.succeeded);
    assert!(!t.txn(both("there", "x")).await.succeeded);
}

async fn all_writes_share_one_revision(t: Target) {
    t.put("old", "").await;
    let ops = vec![t.op_put("a", "1"), t.op_delete("old"), t.op_put("b", "2")];
    let revision = t.run(ops).await.revision;
    let entries = t.range(RangeRequest::new(t.all())).await.entries;
    assert_eq!(t.names(&entries), "a b");
    assert!(entries.iter().all(|entry| entry.mod_revision == revision));
    let before = RangeRequest::new(t.all()).at(Revision(revision.0 - 1));
    assert_eq!(t.names(&t.range(before).await.entries), "old");
}

async fn a_read_sees_the_writes_before_it(t: Target) {
    t.put("a", "old").await;
    t.put("b", "old").await;
    let ops = vec![
        t.op_get("a"),
        t.op_put("a", "new"),
        t.op_get("a"),
        t.op_get("b"),
        t.op_delete("b"),
        t.op_get("b"),
    ];
    assert_eq!(read(&t.run(ops).await), ["old", "new", "old", "-"]);
    let version = t.get("a").await.unwrap().version;
    assert_eq!(version, Version(2));
}

async fn answers_come_in_the_order_of_the_operations(t: Target) {
    let ops = vec![
        t.op_delete("x"),
        t.op_put("a", "1"),
        t.op_get("a"),
        Op::Txn(TxnRequest::default()),
        Op::Range(RangeRequest::new(t.all()).count_only()),
    ];
    let responses = t.run(ops).await.responses;
    let [
        OpResponse::Delete(delete),
        OpResponse::Put(put),
        OpResponse::Range(get),
        OpResponse::Txn(inner),
        OpResponse::Range(count),
    ] = responses.as_slice()
    else {
        panic!("{responses:?}");
    };
    assert_eq!((delete.deleted, put.previous.as_ref(), get.entries.len()), (0, None, 1));
    assert!(inner.succeeded);
    assert_eq!((count.count, count.entries.len()), (1, 0));
}

async fn a_delete_inside_tells_what_was_there(t: Target) {
    t.put("a", "1").await;
    t.put("b", "2").await;
    let put = PutRequest::new(t.key("c"), "new").prev_kv();
    let delete = DeleteRequest::new(t.between("a", "c")).prev_kv();
    let response = t.run(vec![Op::Put(put), Op::Delete(delete)]).await;
    let [OpResponse::Put(put), OpResponse::Delete(delete)] = response.responses.as_slice() else {
        panic!("{response:?}");
    };
    assert_eq!(put.previous, None);
    assert_eq!((delete.deleted, t.names(&delete.previous).as_str()), (2, "a b"));
}

async fn the_revisions_inside_tell_before_and_after(t: Target) {
    t.put("a", "1").await;
    let ops = vec![
        t.op_get("a"),
        t.op_delete("missing"),
        t.op_put("a", "2"),
        t.op_get("a"),
        t.op_delete("missing"),
    ];
    let response = t.run(ops).await;
    let revisions: Vec<i64> = response.responses.iter().map(revision).collect();
    let after = response.revision.0;
    assert_eq!(revisions, [after - 1, after - 1, after, after, after]);
}

fn revision(response: &OpResponse) -> i64 {
    match response {
        OpResponse::Range(range) => range.revision.0,
        OpResponse::Put(put) => put.revision.0,
        OpResponse::Delete(delete) => delete.revision.0,
        OpResponse::Txn(txn) => txn.revision.0,
    }
}

async fn a_key_deleted_before_may_not_be_put(t: Target) {
    t.put("a", "1").await;
    let ops = vec![t.op_delete("a"), t.op_put("a", "2")];
    assert_eq!(t.refused(ops).await, ErrorKind::Invalid);
    assert_eq!(t.value("a").await.as_deref(), Some("1"));
}

async fn a_key_may_not_be_put_twice(t: Target) {
    let request = TxnRequest {
        success: vec![t.op_put("a", "1"), t.op_put("b", ""), t.op_put("a", "2")],
        ..TxnRequest::default()
    };
    let error = t.store.txn(request.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("duplicate key given in txn request"), "{error}");
    // In the branch that is not taken as well.
    let other = TxnRequest { failure: request.success, ..TxnRequest::default() };
    assert!(t.store.txn(other).await.is_err());
    assert_eq!(t.list(t.all()).await, "");
    // One in each branch is fine.
    let one_each = TxnRequest {
        success: vec![t.op_put("a", "1")],
        failure: vec![t.op_put("a", "2")],
        ..TxnRequest::default()
    };
    assert!(t.txn(one_each).await.succeeded);
}

async fn a_put_inside_a_deleted_interval_is_refused(t: Target) {
    let delete = |range| Op::Delete(DeleteRequest::new(range));
    let ops = vec![delete(t.between("a", "c")), t.op_put("b", "")];
    assert_eq!(t.refused(ops).await, ErrorKind::Invalid);
    let ops = vec![t.op_put("b", ""), delete(KeyRange::prefix(t.key("b")))];
    assert_eq!(t.refused(ops).await, ErrorKind::Invalid);
    t.run(vec![delete(t.between("a", "c")), t.op_put("c", "")]).await;
    assert_eq!(t.list(t.all()).await, "c");
}

async fn an_unknown_lease_refuses_the_whole(t: Target) {
    let unknown = LeaseId(0x1234_5678_9abc);
    let put = PutRequest::new(t.key("b"), "").lease(unknown);
    let kind = t.refused(vec![t.op_put("a", ""), Op::Put(put)]).await;
    assert_eq!(kind, ErrorKind::LeaseNotFound);
    assert_eq!(t.list(t.all()).await, "");
}

async fn an_unknown_lease_in_the_other_branch_does_not_matter(t: Target) {
    let put = PutRequest::new(t.key("b"), "").lease(LeaseId(0x1234_5678_9abd));
    let request = TxnRequest {
        success: vec![t.op_put("a", "")],
        failure: vec![Op::Put(put)],
        ..TxnRequest::default()
    };
    assert!(t.txn(request).await.succeeded);
}

async fn a_revision_to_come_refuses_the_whole(t: Target) {
    let future = Revision(t.put("x", "").await.0 + 1_000_000);
    let read = Op::Range(RangeRequest::get(t.key("x")).at(future));
    assert_eq!(t.refused(vec![t.op_put("a", ""), read]).await, ErrorKind::FutureRevision);
    assert_eq!(t.list(t.all()).await, "x");
}

async fn the_past_can_be_read_inside(t: Target) {
    let past = t.put("a", "1").await;
    t.put("a", "2").await;
    let old = Op::Range(RangeRequest::get(t.key("a")).at(past));
    let response = t.run(vec![t.op_put("a", "3"), old, t.op_get("a")]).await;
    assert_eq!(read(&response), ["1", "3"]);
}

async fn an_empty_key_inside_is_refused(t: Target) {
    let ops = [
        Op::Range(RangeRequest::get("")),
        Op::Put(PutRequest::new("", "")),
        Op::Delete(DeleteRequest::new(KeyRange::single(""))),
    ];
    for op in ops {
        assert_eq!(t.refused(vec![op]).await, ErrorKind::Invalid);
    }
    let request = TxnRequest { compares: vec![Compare::absent("")], ..TxnRequest::default() };
    assert_eq!(t.store.txn(request).await.unwrap_err().kind, ErrorKind::Invalid);
}
