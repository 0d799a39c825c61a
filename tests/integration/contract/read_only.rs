//! The switch that keeps a store from being written.

use std::sync::Arc;

use etcdeck::domain::election::Leadership;
use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId, Revision};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{
    Cluster as _, Elections as _, ErrorKind, Kv as _, Leases as _, Locks as _, ReadOnly,
    StoreError, Watch as _, WatchRequest,
};
use futures_util::StreamExt as _;

const LEASE: LeaseId = LeaseId(0x77);

fn leadership() -> Leadership {
    let (name, key) = (Key::from("n"), Key::from("n/77"));
    Leadership { name, key, revision: Revision(2), lease: LEASE }
}

/// The errors of all calls that change something.
async fn writes(store: &ReadOnly) -> Vec<(&'static str, Option<StoreError>)> {
    let put = PutRequest::new("a", "1");
    let inner = TxnRequest { failure: vec![Op::Put(put.clone())], ..TxnRequest::default() };
    let txn = TxnRequest { success: vec![Op::Txn(inner)], ..TxnRequest::default() };
    vec![
        ("lease grant", store.lease_grant(60, LEASE).await.err()),
        ("lease keepalive", store.lease_keep_alive(LEASE).await.err()),
        ("campaign", store.campaign(Key::from("n"), LEASE, vec![]).await.err()),
        ("proclaim", store.proclaim(&leadership(), vec![]).await.err()),
        ("resign", store.resign(&leadership()).await.err()),
        ("lock", store.lock(Key::from("n"), LEASE).await.err()),
        ("unlock", store.unlock(Key::from("n/77")).await.err()),
        ("put", store.put(put).await.err()),
        ("txn", store.txn(txn).await.err()),
        ("delete", store.delete(DeleteRequest::new(KeyRange::all())).await.err()),
        ("lease revoke", store.lease_revoke(LEASE).await.err()),
        ("compact", store.compact(Revision(2), false).await.err()),
    ]
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_while_the_switch_is_on() {
    let store = ReadOnly::new(Arc::new(Sandbox::new()), true);
    let before = store.status().await.unwrap().revision;
    for (call, error) in writes(&store).await {
        let error = error.unwrap_or_else(|| panic!("{call} must be refused"));
        assert_eq!(error.kind, ErrorKind::ReadOnly, "{error}");
        assert_eq!(error.context, call);
        assert!(!error.outcome_unknown() && !error.is_connection(), "{error}");
    }
    assert_eq!(store.status().await.unwrap().revision, before);
    assert_eq!(store.lease_list().await.unwrap(), []);

    let other = store.clone();
    other.set_read_only(false);
    for (call, error) in writes(&store).await {
        assert_eq!(error, None, "{call}");
    }
    other.set_read_only(true);
    assert!(writes(&store).await.iter().all(|(_, error)| error.is_some()));
}

/// The calls that only read; the others are those of [`writes`].
const READS: [&str; 14] = [
    "range",
    "lease_time_to_live",
    "lease_list",
    "leader",
    "observe",
    "watch",
    "status",
    "endpoint",
    "check",
    "health",
    "members",
    // Who one is changes nothing in the store.
    "user",
    "log_in",
    "rights",
];

/// Every call that a store has is known here as one that reads or one that is refused.
#[tokio::test(start_paused = true)]
async fn every_call_of_a_store_reads_or_is_refused() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut calls = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the sources") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
        let traits = text.split("pub trait ").skip(1).filter_map(|rest| rest.split("\n}").next());
        for line in traits.flat_map(str::lines) {
            if let Some(rest) = line.strip_prefix("    fn ") {
                calls.extend(rest.split(['(', '<']).next().map(str::to_owned));
            }
        }
    }
    let store = ReadOnly::new(Arc::new(Sandbox::new()), true);
    let refused = writes(&store).await;
    let refused = refused.iter().map(|(call, error)| {
        assert!(error.is_some(), "{call} is not refused");
        // As the errors call them.
        call.replace("keepalive", "keep_alive").replace(' ', "_")
    });
    let known = refused.chain(READS.map(str::to_owned)).collect();
    assert_eq!(calls, known);
}

#[tokio::test(start_paused = true)]
async fn everything_is_read_while_the_switch_is_on() {
    let sandbox = Sandbox::new();
    sandbox.lease_grant(60, LEASE).await.unwrap();
    let won = sandbox.campaign(Key::from("n"), LEASE, b"me".to_vec()).await.unwrap();
    let store = ReadOnly::new(Arc::new(sandbox), true);
    let leader = store.leader(Key::from("n")).await.unwrap().expect("a leader");
    assert_eq!(leader.key, won.key);
    let mut observed = store.observe(Key::from("n")).await.unwrap();
    assert_eq!(observed.next().await.unwrap().unwrap(), leader);
    let read = Op::Range(RangeRequest::get(won.key.clone()));
    let txn = TxnRequest { success: vec![read], ..TxnRequest::default() };
    assert!(store.txn(txn).await.unwrap().succeeded);
    assert_eq!(store.range(RangeRequest::get(won.key)).await.unwrap().entries, [leader]);
    assert_eq!(store.lease_time_to_live(LEASE, true).await.unwrap().unwrap().keys.len(), 1);
    store.watch(WatchRequest::new(KeyRange::all())).await.unwrap().next().await.unwrap().unwrap();
}
