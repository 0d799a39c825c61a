//! What a write is recorded as, and that recording it changes nothing of it.

use etcdeck::domain::change::To;
use etcdeck::domain::journal::{Before, Written};
use etcdeck::domain::txn::{Compare, DeleteRequest, Op, PutRequest, TxnRequest, TxnResponse};
use etcdeck::domain::{LeaseId, Revision};
use etcdeck::journal::record_txn;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_put_is_recorded_with_what_it_overwrote),
        case(deletes_are_recorded_key_by_key),
        case(transactions_inside_are_recorded_too),
        case(what_was_not_written_is_not_recorded),
        case(the_answer_is_that_of_the_request),
    ]
}

/// Cases that count revisions.
pub(super) fn alone() -> Vec<Case> {
    vec![case(a_revoke_answers_with_the_revision_of_its_deletes)]
}

fn ops(success: Vec<Op>) -> TxnRequest {
    TxnRequest { success, ..TxnRequest::default() }
}

async fn record(t: &Target, request: TxnRequest) -> (TxnResponse, Vec<Written>) {
    let (answer, written) = record_txn(&*t.store, request).await;
    (answer.expect("it is right"), written)
}

/// `name: before -> after`, with values and leases.
fn short(t: &Target, written: &[Written]) -> Vec<String> {
    let line = |written: &Written| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let leased =
            |lease: LeaseId| if lease.is_some() { format!("@{lease}") } else { String::new() };
        let before = match &written.before {
            Before::Absent => "-".to_owned(),
            Before::Unknown => "?".to_owned(),
            Before::Entry(entry) => {
                assert_eq!(entry.key, written.key);
                format!("{}{}", text(&entry.value), leased(entry.lease))
            }
        };
        let after = match &written.after {
            To::Deleted => "-".to_owned(),
            To::Put { value, lease } => format!("{}{}", text(value), leased(*lease)),
        };
        format!("{}: {before} -> {after}", t.name(&written.key))
    };
    written.iter().map(line).collect()
}

async fn a_put_is_recorded_with_what_it_overwrote(t: Target) {
    let lease = t.grant(60).await;
    let put = |value: &str| Op::Put(PutRequest::new(t.key("a"), value).lease(lease));
    let (answer, written) = record(&t, ops(vec![put("first")])).await;
    assert_eq!(short(&t, &written), [format!("a: - -> first@{lease}")]);
    assert_eq!(written[0].revision, answer.revision);
    let before = t.get("a").await.unwrap();
    let (answer, written) = record(&t, ops(vec![t.op_put("a", "second")])).await;
    assert_eq!(short(&t, &written), [format!("a: first@{lease} -> second")]);
    assert_eq!(written[0].before, Before::Entry(before), "with its revisions and version");
    assert_eq!(t.get("a").await.unwrap().mod_revision, answer.revision);
}

async fn deletes_are_recorded_key_by_key(t: Target) {
    for name in ["d/a", "d/b", "e"] {
        t.put(name, name).await;
    }
    let directory = Op::Delete(DeleteRequest::new(t.between("d/", "d0")));
    let nothing = t.op_delete("no such key");
    let (answer, written) = record(&t, ops(vec![directory, t.op_delete("e"), nothing])).await;
    assert_eq!(short(&t, &written), ["d/a: d/a -> -", "d/b: d/b -> -", "e: e -> -"]);
    assert!(written.iter().all(|written| written.revision == answer.revision));
}

async fn transactions_inside_are_recorded_too(t: Target) {
    t.put("a", "old").await;
    let inner = TxnRequest {
        compares: vec![Compare::absent(t.key("b"))],
        success: vec![t.op_put("b", "new"), t.op_get("a")],
        failure: vec![t.op_put("c", "never")],
    };
    let other = TxnRequest {
        compares: vec![Compare::absent(t.key("a"))],
        success: vec![t.op_put("d", "never")],
        failure: vec![t.op_delete("a")],
    };
    let (answer, written) = record(&t, ops(vec![Op::Txn(inner), Op::Txn(other)])).await;
    assert_eq!(short(&t, &written), ["b: - -> new", "a: old -> -"]);
    assert!(written.iter().all(|written| written.revision == answer.revision));
}

async fn what_was_not_written_is_not_recorded(t: Target) {
    t.put("a", "theirs").await;
    let guarded = TxnRequest {
        compares: vec![Compare::unchanged_since(t.key("a"), Revision(1))],
        success: vec![t.op_put("a", "mine")],
        failure: vec![t.op_get("a")],
    };
    let (answer, written) = record(&t, guarded).await;
    assert!(!answer.succeeded && written.is_empty());
    let (_, written) = record(&t, ops(vec![t.op_get("a")])).await;
    assert_eq!(written, []);
    let gone = Op::Put(PutRequest::new(t.key("a"), "x").lease(LeaseId(0x7777)));
    let (answer, written) = record_txn(&*t.store, ops(vec![gone])).await;
    assert!(answer.is_err() && written.is_empty(), "the lease does not exist");
    assert_eq!(t.value("a").await.as_deref(), Some("theirs"));
}

/// Two transactions of the same kind, one recorded and one not, on keys alike.
async fn the_answer_is_that_of_the_request(t: Target) {
    let request = |side: &str| {
        let key = |name: &str| t.key(format!("{side}/{name}"));
        let inner = TxnRequest {
            compares: vec![Compare::absent(key("b"))],
            success: vec![Op::Put(PutRequest::new(key("b"), "v"))],
            failure: vec![
                Op::Put(PutRequest::new(key("c"), "v")),
                Op::Put(PutRequest::new(key("d"), "v").prev_kv()),
            ],
        };
        let range = t.between(&format!("{side}/x"), &format!("{side}/z"));
        ops(vec![
            Op::Put(PutRequest::new(key("a"), "v")),
            Op::Put(PutRequest::new(key("a2"), "v").prev_kv()),
            Op::Delete(DeleteRequest::new(range)),
            Op::Delete(DeleteRequest::new(t.one(format!("{side}/e"))).prev_kv()),
            Op::Txn(inner),
        ])
    };
    for side in ["1", "2"] {
        for name in ["a", "a2", "b", "c", "d", "e", "x", "y"] {
            t.put(format!("{side}/{name}"), name).await;
        }
    }
    let plain = t.txn(request("1")).await;
    let (recorded, written) = record(&t, request("2")).await;
    assert_eq!(written.len(), 7);
    let shape = |answer: &TxnResponse| {
        // Keys and revisions differ, since it is done twice.
        let text = format!("{:?}", answer.responses).replace("/1/", "/_/").replace("/2/", "/_/");
        let digits = |c: char| c.is_ascii_digit();
        let parts: Vec<&str> = text.split("Revision(").collect();
        parts.iter().map(|part| part.trim_start_matches(digits)).collect::<String>()
    };
    assert_eq!(shape(&recorded), shape(&plain));
}

async fn a_revoke_answers_with_the_revision_of_its_deletes(t: Target) {
    let lease = t.grant(60).await;
    t.put_leased("a", lease).await;
    t.put_leased("b", lease).await;
    let before = t.revision().await;
    let revision = t.store.lease_revoke(lease).await.unwrap();
    assert_eq!(revision, before.next());
    assert_eq!(t.revision().await, revision);
    assert_eq!(t.put("c", "next").await, revision.next());
    let empty = t.grant(60).await;
    assert_eq!(t.store.lease_revoke(empty).await.unwrap(), revision.next(), "nothing was deleted");
}
