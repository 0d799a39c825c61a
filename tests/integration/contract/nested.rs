//! Transactions inside transactions.

use etcdeck::domain::txn::{
    Compare, DeleteRequest, Op, OpResponse, RangeRequest, TxnRequest, TxnResponse,
};
use etcdeck::store::ErrorKind;

use super::target::{Target, read};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(the_inner_one_takes_its_own_branch),
        case(the_inner_one_writes_at_the_same_revision),
        case(an_inner_compare_sees_what_was_before_all_writes),
        case(an_inner_read_sees_the_writes_before_it),
        case(an_inner_put_may_not_repeat_an_outer_one),
        case(both_inner_branches_may_put_the_same_key),
        case(an_inner_put_may_not_meet_a_delete),
        case(it_nests_deeper),
    ]
}

fn absent(t: &Target, name: &str, success: Vec<Op>, failure: Vec<Op>) -> TxnRequest {
    TxnRequest { compares: vec![Compare::absent(t.key(name))], success, failure }
}

fn inner(response: &TxnResponse, at: usize) -> &TxnResponse {
    match &response.responses[at] {
        OpResponse::Txn(inner) => inner,
        other => panic!("{other:?}"),
    }
}

async fn the_inner_one_takes_its_own_branch(t: Target) {
    t.put("there", "").await;
    let choose = |name| {
        Op::Txn(absent(
            &t,
            name,
            vec![t.op_put(&format!("{name}-absent"), "")],
            vec![t.op_get(name)],
        ))
    };
    let response = t.run(vec![choose("there"), choose("missing")]).await;
    assert!(response.succeeded);
    assert!(!inner(&response, 0).succeeded && inner(&response, 1).succeeded);
    assert_eq!(inner(&response, 0).responses.len(), 1);
    assert_eq!(t.list(t.all()).await, "missing-absent there");
}

async fn the_inner_one_writes_at_the_same_revision(t: Target) {
    let within = TxnRequest { success: vec![t.op_put("b", "")], ..TxnRequest::default() };
    let response = t.run(vec![t.op_put("a", ""), Op::Txn(within), t.op_put("c", "")]).await;
    let entries = t.range(RangeRequest::new(t.all())).await.entries;
    assert_eq!(t.names(&entries), "a b c");
    assert!(entries.iter().all(|entry| entry.mod_revision == response.revision));
    assert_eq!(inner(&response, 1).revision.0, 0, "etcd gives the inner one none");
}

async fn an_inner_compare_sees_what_was_before_all_writes(t: Target) {
    let within = absent(&t, "a", vec![t.op_put("b", "absent")], vec![t.op_put("b", "there")]);
    let response = t.run(vec![t.op_put("a", ""), Op::Txn(within)]).await;
    assert!(inner(&response, 1).succeeded);
    assert_eq!(t.value("b").await.as_deref(), Some("absent"));
}

async fn an_inner_read_sees_the_writes_before_it(t: Target) {
    let within = TxnRequest { success: vec![t.op_get("a")], ..TxnRequest::default() };
    let response = t.run(vec![t.op_put("a", "new"), Op::Txn(within)]).await;
    assert_eq!(read(inner(&response, 1)), ["new"]);
}

async fn an_inner_put_may_not_repeat_an_outer_one(t: Target) {
    let put = || TxnRequest { success: vec![t.op_put("a", "")], ..TxnRequest::default() };
    assert_eq!(t.refused(vec![t.op_put("a", ""), Op::Txn(put())]).await, ErrorKind::Invalid);
    assert_eq!(t.refused(vec![Op::Txn(put()), Op::Txn(put())]).await, ErrorKind::Invalid);
    assert_eq!(t.list(t.all()).await, "");
}

async fn both_inner_branches_may_put_the_same_key(t: Target) {
    let within = absent(&t, "a", vec![t.op_put("a", "made")], vec![t.op_put("a", "changed")]);
    t.run(vec![Op::Txn(within.clone())]).await;
    assert_eq!(t.value("a").await.as_deref(), Some("made"));
    t.run(vec![Op::Txn(within)]).await;
    assert_eq!(t.value("a").await.as_deref(), Some("changed"));
}

async fn an_inner_put_may_not_meet_a_delete(t: Target) {
    let put = TxnRequest { success: vec![t.op_put("b", "")], ..TxnRequest::default() };
    let delete = || Op::Delete(DeleteRequest::new(t.between("a", "c")));
    assert_eq!(t.refused(vec![delete(), Op::Txn(put)]).await, ErrorKind::Invalid);
    let within = TxnRequest { failure: vec![delete()], ..TxnRequest::default() };
    assert_eq!(t.refused(vec![Op::Txn(within), t.op_put("b", "")]).await, ErrorKind::Invalid);
}

async fn it_nests_deeper(t: Target) {
    let mut request = TxnRequest { success: vec![t.op_put("deep", "")], ..TxnRequest::default() };
    for _ in 0..5 {
        request = TxnRequest { success: vec![Op::Txn(request)], ..TxnRequest::default() };
    }
    let response = t.txn(request).await;
    assert_eq!(t.get("deep").await.unwrap().mod_revision, response.revision);
}
