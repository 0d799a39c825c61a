//! Writes: each carries its guard, and none is sent when read-only.

use std::time::Duration;

use etcdeck::app::effect::{Answer, Call, Effect};
use etcdeck::domain::txn::{
    Compare, DeleteRequest, Op, PutRequest, RangeRequest, RangeResponse, TxnRequest,
};
use etcdeck::domain::{Entry, KeyRange, LeaseId};

use super::table::{NOW, Table, entry, is_counting, txn};

/// The transaction that was asked for and writes.
fn written(table: &mut Table) -> TxnRequest {
    match table.asked(|call| matches!(call, Call::Txn(txn) if !txn.is_read_only())).call {
        Call::Txn(txn) => txn,
        call => panic!("{call:?}"),
    }
}

/// Reads `k` as an entry on lease 7.
fn read_k(table: &mut Table) -> Entry {
    let entry = Entry { lease: LeaseId(7), ..entry("k", "v") };
    let open = table.asked(|call| *call == Call::Range(RangeRequest::get("k")));
    let entries = vec![entry.clone()];
    let range = RangeResponse { revision: NOW, entries, count: 1, more: false };
    table.answers(open.ticket, Ok(Answer::Range(range)));
    entry
}

#[test]
fn a_save_is_one_transaction_with_guard_and_lease() {
    let mut table = Table::holding(&["k"]);
    table.keys("e");
    let entry = read_k(&mut table);
    table.keys("n ctrl-s");
    let expected = TxnRequest {
        compares: vec![Compare::unchanged_since("k", entry.mod_revision)],
        success: vec![Op::Put(PutRequest::new("k", "nv").lease(LeaseId(7)))],
        failure: vec![Op::Range(RangeRequest::get("k"))],
    };
    assert_eq!(written(&mut table), expected);
    // Not a second time while the first is under way.
    table.keys("x ctrl-s");
    assert!(table.open.iter().all(|open| is_counting(&open.call)), "{:?}", table.open);
}

#[test]
fn a_new_key_must_not_exist() {
    let mut table = Table::holding(&[]);
    table.keys("n k enter");
    let open = table.asked(|call| *call == Call::Range(RangeRequest::get("k").keys_only()));
    table.answers(open.ticket, Ok(Answer::Range(RangeResponse::default())));
    table.keys("v ctrl-s");
    let expected = TxnRequest {
        compares: vec![Compare::absent("k")],
        success: vec![Op::Put(PutRequest::new("k", "v"))],
        failure: vec![Op::Range(RangeRequest::get("k"))],
    };
    assert_eq!(written(&mut table), expected);
}

#[test]
fn a_key_is_deleted_as_it_was_shown() {
    let mut table = Table::holding(&["k"]);
    table.keys("d");
    let entry = read_k(&mut table);
    table.keys("y");
    let expected = TxnRequest {
        compares: vec![Compare::unchanged_since("k", entry.mod_revision)],
        success: vec![Op::Delete(DeleteRequest::new(KeyRange::single("k")))],
        failure: Vec::new(),
    };
    assert_eq!(written(&mut table), expected);
}

#[test]
fn read_only_sends_nothing_that_writes() {
    let keys = ["d", "n", "e", "E", "2 e", "2 E", "3 n", "3 r", "3 a", "3 d", "1 ctrl-s"];
    let commands = [
        "put k v",
        "delete k",
        "delete-prefix k",
        "lease grant 60",
        "lease keepalive 7",
        "lease renew 7",
        "lease revoke 7",
    ];
    for pressed in keys
        .map(Some)
        .into_iter()
        .chain([None; 7])
        .zip(std::iter::repeat_n("", keys.len()).chain(commands))
    {
        let mut table = Table::holding(&["k"]);
        table.runs("read-only on");
        assert!(table.effects.contains(&Effect::ReadOnly(true)));
        table.keys("3 R").answers_leases(vec![LeaseId(7)]);
        table.keys("1").open.clear();
        match pressed {
            (Some(keys), _) => table.keys(keys),
            (None, command) => table.runs(command),
        };
        let reads = |call: &Call| match call {
            Call::Range(_)
            | Call::LeaseStatuses(_)
            | Call::LeaseList
            | Call::LogIn(..)
            | Call::Rights
            | Call::Oldest(_)
            | Call::Members => true,
            Call::Txn(txn) => txn.is_read_only(),
            Call::LeaseGrant(..) | Call::LeaseRevoke(_) | Call::LeaseKeepAlive(_) => false,
        };
        assert!(table.open.iter().all(|open| reads(&open.call)), "{pressed:?}: {:?}", table.open);
        assert!(table.app.dialogs.is_empty() && table.app.value.edit.is_none(), "{pressed:?}");
    }
}

#[test]
fn an_answer_that_was_lost_is_never_sent_again() {
    let mut table = Table::holding(&["k"]);
    table.keys("e");
    read_k(&mut table);
    table.keys("n ctrl-s");
    let save = table.asked(|call| matches!(call, Call::Txn(txn) if !txn.is_read_only()));
    let error = etcdeck::store::StoreError::new(etcdeck::store::ErrorKind::Unknown, "no answer");
    table.answers(save.ticket, Err(error));
    for _ in 0..3 {
        table.keys("ctrl-s");
        assert!(!table.open.iter().any(|open| matches!(open.call, Call::Txn(_))));
        // Reading fails too: read again after a while.
        let open = table.asked(|call| *call == Call::Range(RangeRequest::get("k")));
        table.answers(open.ticket, Err(super::table::down()));
        table.passes(Duration::from_secs(1));
    }
    // The answer comes after all: nobody waits for it.
    table.answers(save.ticket, Ok(txn(true, Vec::new())));
    assert!(table.app.value.edit.is_some());
}
