//! What a server would refuse, said before it is sent.

use std::collections::BTreeSet;

use etcdeck::domain::LeaseId;
use etcdeck::domain::txn::{Op, PutRequest, TxnRequest};
use etcdeck::domain::txn_text::{LIMIT_BYTES, LIMIT_OPS, check, parse, unknown_leases};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::Kv as _;

use crate::support::servers::Etcd;

/// Transactions and what is wrong with them; all that is wrong here a server refuses as well.
const CASES: [(&str, &[&str]); 16] = [
    ("\nput a 1\nput b 2\n\nput a 1\n\n", &[]),
    ("\nput a 1\nput a 2\n\n\n", &["then 2: a is put twice, also by then 1"]),
    ("\nput a 1\ndel a\n\n\n", &["then 1: a is put, and deleted by then 2"]),
    ("\n\ndel a --prefix\nput ab 1\n\n", &["else 2: ab is put, and deleted by else 1"]),
    ("\ndel a b\nput b 1\n\n\n", &[]),
    ("\ndel b --from-key\nput c 1\n\n\n", &[]),
    ("\ndel a\ndel a --prefix\nget a\n\n\n", &[]),
    ("\nput \"\" 1\n\nget \"\"\n\n", &["then 1: the key is empty", "else 1: the key is empty"]),
    ("mod(\"\") = \"1\"\n\n\n\n", &["compare 1: the key is empty"]),
    ("\ndel \"\"\n\n\n", &["then 1: the key is empty"]),
    ("\nput a 1\ntxn {\n\nput a 2\n}\n\n\n", &["then 1: a is put twice, also by then 2, then 1"]),
    ("\ntxn {\n\nput a 1\n\nput a 2\n}\n\n\n", &[]),
    (
        "\ntxn {\n\nput a 1\n}\ntxn {\n\nput a 1\n}\n\n\n",
        &["then 2, then 1: a is put twice, also by then 1, then 1"],
    ),
    ("\nput a 1\ntxn {\n\ndel a\n}\n\n\n", &["then 1: a is put, and deleted by then 2, then 1"]),
    ("\ndel a\ntxn {\n\n\nput a 1\n}\n\n\n", &["then 2, else 1: a is put, and deleted by then 1"]),
    ("\ntxn {\n\nput \"\" 1\n}\n\n\n", &["then 1, then 1: the key is empty"]),
];

fn said(request: &TxnRequest) -> Vec<String> {
    check(request).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, expected) in CASES {
        assert_eq!(said(&parse(text).unwrap()), expected, "{text}");
    }
}

#[tokio::test]
async fn servers_refuse_exactly_that() {
    for version in Etcd::versions() {
        // Its own, since all keys from one on are deleted.
        let etcd = Etcd::start(version);
        let store = Gateway::connect(GatewayOptions::new([etcd.url()])).unwrap();
        for (text, expected) in CASES {
            let answer = store.txn(parse(text).unwrap()).await;
            assert_eq!(answer.is_ok(), expected.is_empty(), "{version}: {text}\n{answer:?}");
        }
    }
}

#[test]
fn an_interval_that_holds_nothing_is_named() {
    let request = parse("\nget z a\n\n\n").unwrap();
    assert_eq!(said(&request), ["then 1: [z, a) holds no key: its end is not behind its start"]);
}

#[test]
fn too_many_operations_are_counted_as_a_server_counts() {
    let puts = |count: usize| -> Vec<Op> {
        (0..count).map(|n| Op::Put(PutRequest::new(format!("k{n}").as_str(), "v"))).collect()
    };
    let flat = |count| TxnRequest { success: puts(count), ..TxnRequest::default() };
    assert_eq!(said(&flat(LIMIT_OPS)), Vec::<String>::new());
    assert_eq!(said(&flat(LIMIT_OPS + 1)), ["then: 129 operations, a server takes 128"]);
    // One operation outside leaves 127 for those inside.
    let inside =
        |count| TxnRequest { failure: vec![Op::Txn(flat(count))], ..TxnRequest::default() };
    assert_eq!(said(&inside(127)), Vec::<String>::new());
    assert_eq!(said(&inside(128)), ["else 1, then: 128 operations, a server takes 127"]);
}

#[test]
fn too_many_bytes_are_told() {
    let large = Op::Put(PutRequest::new("k", vec![b'x'; LIMIT_BYTES]));
    let request = TxnRequest { success: vec![large], ..TxnRequest::default() };
    assert_eq!(said(&request), ["transaction: 1572865 bytes, a server takes 1572864"]);
}

#[test]
fn leases_that_are_not_there_are_named() {
    let request = parse("\nput a 1 --lease=1f\nput b 1\ntxn {\n\nput c 1 --lease=20\n}\n\n\n");
    let problems = unknown_leases(&request.unwrap(), &BTreeSet::from([LeaseId(0x1f)]));
    let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["then 3, then 1: there is no lease 20"]);
}
