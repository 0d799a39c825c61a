//! Any transaction, of any bytes.

use etcdeck::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, PutRequest, RangeRequest, SortOrder, SortTarget,
    Target, TxnRequest,
};
use etcdeck::domain::{Key, KeyRange, LeaseId, Revision, Version};
use proptest::collection::vec;
use proptest::prelude::*;

/// Any bytes, and often those that trouble a text.
pub(super) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..12),
        any::<String>().prop_map(String::into_bytes),
        "[-\"'`\\\\ #(){}=\n\t\u{a0}\u{202e}a]{0,8}".prop_map(String::into_bytes),
        prop::sample::select(vec!["--prefix", "-1", "--", "put", "}", "txn {", "# x", ""])
            .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

/// A key to be written: not empty.
pub(super) fn key() -> impl Strategy<Value = Vec<u8>> {
    bytes().prop_map(|bytes| if bytes.is_empty() { b"k".to_vec() } else { bytes })
}

fn range() -> impl Strategy<Value = KeyRange> {
    prop_oneof![
        bytes().prop_map(KeyRange::single),
        bytes().prop_map(KeyRange::prefix),
        key().prop_map(KeyRange::from),
        (bytes(), bytes()).prop_map(|(start, end)| KeyRange::interval(start, end)),
        Just(KeyRange::all()),
    ]
}

fn compare() -> impl Strategy<Value = Compare> {
    let target = prop_oneof![
        any::<i64>().prop_map(|n| Target::Version(Version(n))),
        any::<i64>().prop_map(|n| Target::Create(Revision(n))),
        any::<i64>().prop_map(|n| Target::Mod(Revision(n))),
        any::<i64>().prop_map(|n| Target::Lease(LeaseId(n))),
        bytes().prop_map(Target::Value),
    ];
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Greater,
        Comparison::Less,
    ]);
    (range(), target, comparison).prop_map(|(range, target, comparison)| Compare {
        range,
        target,
        comparison,
    })
}

fn get() -> impl Strategy<Value = RangeRequest> {
    let order = vec![SortOrder::None, SortOrder::Ascend, SortOrder::Descend];
    let by = vec![
        SortTarget::Key,
        SortTarget::Version,
        SortTarget::Create,
        SortTarget::Mod,
        SortTarget::Value,
    ];
    let sort = (prop::sample::select(order), prop::sample::select(by));
    (range(), any::<i64>(), any::<i64>(), 0..3_u8, any::<bool>(), sort).prop_map(
        |(range, limit, revision, only, serializable, (sort_order, sort_target))| RangeRequest {
            range,
            limit,
            revision: Revision(revision),
            keys_only: only == 1,
            count_only: only == 2,
            serializable,
            sort_order,
            sort_target,
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let put =
        (bytes(), bytes(), any::<i64>(), any::<bool>()).prop_map(|(key, value, lease, prev_kv)| {
            let (key, lease) = (Key::from(key), LeaseId(lease));
            Op::Put(PutRequest { key, value, lease, prev_kv })
        });
    let delete = (range(), any::<bool>())
        .prop_map(|(range, prev_kv)| Op::Delete(DeleteRequest { range, prev_kv }));
    prop_oneof![put, delete, get().prop_map(Op::Range)]
}

/// A transaction with others inside.
pub(super) fn txn() -> impl Strategy<Value = TxnRequest> {
    let parts = |op: BoxedStrategy<Op>| {
        (vec(compare(), 0..4), vec(op.clone(), 0..4), vec(op, 0..4))
            .prop_map(|(compares, success, failure)| TxnRequest { compares, success, failure })
    };
    let inside = op().boxed().prop_recursive(3, 12, 3, move |op| parts(op).prop_map(Op::Txn));
    parts(inside.boxed())
}
