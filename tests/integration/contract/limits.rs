//! How much fits into one transaction.

use etcdeck::domain::txn::{Compare, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::store::ErrorKind;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_transaction_takes_128_of_each),
        case(a_transaction_does_not_take_129),
        case(an_inner_transaction_gets_what_is_left),
        case(a_transaction_over_the_limit_is_too_large),
    ]
}

fn puts(t: &Target, count: usize) -> Vec<Op> {
    (0..count).map(|number| t.op_put(&format!("{number:03}"), "")).collect()
}

fn compares(t: &Target, count: usize) -> Vec<Compare> {
    (0..count).map(|number| Compare::absent(t.key(format!("{number:03}")))).collect()
}

fn reads(t: &Target, count: usize) -> Vec<Op> {
    vec![t.op_get("000"); count]
}

async fn a_transaction_takes_128_of_each(t: Target) {
    let request =
        TxnRequest { compares: compares(&t, 128), success: puts(&t, 128), failure: reads(&t, 128) };
    assert_eq!(t.txn(request.clone()).await.responses.len(), 128);
    assert_eq!(t.range(RangeRequest::new(t.all()).count_only()).await.count, 128);
    assert!(!t.txn(request).await.succeeded);
}

async fn a_transaction_does_not_take_129(t: Target) {
    let none = TxnRequest::default;
    for request in [
        TxnRequest { compares: compares(&t, 129), ..none() },
        TxnRequest { success: puts(&t, 129), ..none() },
        TxnRequest { failure: reads(&t, 129), ..none() },
    ] {
        let error = t.store.txn(request).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains("too many operations in txn request"), "{error}");
    }
    assert_eq!(t.list(t.all()).await, "");
}

async fn an_inner_transaction_gets_what_is_left(t: Target) {
    let inner = |count| Op::Txn(TxnRequest { success: reads(&t, count), ..TxnRequest::default() });
    let mut ops = reads(&t, 99);
    ops.push(inner(28));
    t.run(ops.clone()).await;
    ops.pop();
    ops.push(inner(29));
    assert_eq!(t.refused(ops).await, ErrorKind::Invalid);
}

async fn a_transaction_over_the_limit_is_too_large(t: Target) {
    let put = |name: &str| Op::Put(PutRequest::new(t.key(name), vec![b'x'; 600_000]));
    t.run(vec![put("a"), put("b")]).await;
    assert_eq!(t.refused(vec![put("c"), put("d"), put("e")]).await, ErrorKind::TooLarge);
    assert_eq!(t.list(t.all()).await, "a b");
}
