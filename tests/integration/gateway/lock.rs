//! Locks: waits without end, and what a broken one leaves behind.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::lock::{HeldLock, queue_key};
use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{Key, KeyRange, LeaseId};
use etcdeck::gateway::Gateway;
use etcdeck::store::{Elections as _, ErrorKind, Kv as _, Leases as _, Locks as _, StoreError};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{LIMIT, client, client_of, impatient, on_all_versions};
use crate::support::install::Version;
use crate::support::servers::{Etcd, dead_url};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;
use crate::support::wait::eventually;

const LEASE: LeaseId = LeaseId(0x77);

const LOCKED: &str = r#"{"header":{"revision":"9"},"key":"bi83Nw=="}"#;

const NO_LEADER: &str = r#"{"code":14,"message":"etcdserver: no leader"}"#;

/// The keys of a queue.
pub(super) async fn queue(etcd: &Gateway, prefix: &str) -> Vec<Key> {
    let request = RangeRequest::new(KeyRange::prefix(prefix));
    let entries = etcd.range(request).await.expect("range").entries;
    entries.into_iter().map(|entry| entry.key).collect()
}

pub(super) async fn until_queued(etcd: &Gateway, prefix: &str, count: usize) {
    let what = format!("{count} keys under {prefix}");
    eventually(&what, LIMIT, async || (queue(etcd, prefix).await.len() == count).then_some(()))
        .await;
}

pub(super) async fn grant(etcd: &Gateway) -> LeaseId {
    etcd.lease_grant(60, LeaseId::NONE).await.expect("grant").id
}

pub(super) type Waiting = JoinHandle<Result<HeldLock, StoreError>>;

/// A call for the lock `n` that runs on its own.
pub(super) fn lock(etcd: &Gateway, lease: LeaseId) -> Waiting {
    let etcd = etcd.clone();
    tokio::spawn(async move { etcd.lock(Key::from("n"), lease).await })
}

pub(super) async fn outcome<T>(
    waiting: JoinHandle<Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let outcome = tokio::time::timeout(LIMIT, waiting).await;
    outcome.expect("an answer in time").expect("it does not panic")
}

#[tokio::test]
async fn only_3_4_grants_a_lock_to_a_lease_that_has_ended() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let holder = etcd.lock(Key::from("n"), grant(&etcd).await).await.unwrap();
        let lease = etcd.lease_grant(1, LeaseId::NONE).await.unwrap().id;
        let waiting = lock(&etcd, lease);
        until_queued(&etcd, "n/", 2).await;
        until_queued(&etcd, "n/", 1).await;
        assert!(!waiting.is_finished(), "{version}: it waits on");
        etcd.unlock(holder.key).await.unwrap();
        match outcome(waiting).await {
            Ok(held) => {
                assert_eq!(version, Version::V3_4);
                assert_eq!(held.key, queue_key(&Key::from("n"), lease));
                // What tells: the key is not there.
                assert_eq!(etcd.range(RangeRequest::get(held.key)).await.unwrap().count, 0);
            }
            Err(error) => {
                assert!(version > Version::V3_4, "{error}");
                assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{version}: {error}");
                assert!(error.message.contains("session is expired"), "{version}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn no_server_ever_makes_a_lease_for_us() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let name = Key::from("n");
        etcd.lock(name.clone(), LeaseId::NONE).await.unwrap_err();
        etcd.campaign(name.clone(), LeaseId::NONE, vec![]).await.unwrap_err();
        let lease = grant(&etcd).await;
        let won = etcd.campaign(name.clone(), lease, b"1".to_vec()).await.unwrap();
        etcd.proclaim(&won, b"2".to_vec()).await.unwrap();
        etcd.leader(name.clone()).await.unwrap().unwrap();
        let mut observed = etcd.observe(name).await.unwrap();
        futures_util::StreamExt::next(&mut observed).await.unwrap().unwrap();
        etcd.resign(&won).await.unwrap();
        etcd.resign(&won).await.unwrap();
        let nobody = etcdeck::domain::election::Leadership { lease: LeaseId::NONE, ..won };
        etcd.proclaim(&nobody, vec![]).await.unwrap_err();
        etcd.resign(&nobody).await.unwrap_err();
        assert_eq!(etcd.lease_list().await.unwrap(), [lease], "{version}");
    }
}

#[tokio::test]
async fn what_is_refused_here_is_not_sent() {
    let stub = Stub::start().await;
    let etcd = client_of(&stub);
    let errors = [
        etcd.lock(Key::default(), LEASE).await.err(),
        etcd.lock(Key::from("n"), LeaseId::NONE).await.err(),
        etcd.campaign(Key::default(), LEASE, vec![]).await.err(),
        etcd.campaign(Key::from("n"), LeaseId::NONE, vec![]).await.err(),
        etcd.leader(Key::default()).await.err(),
        etcd.observe(Key::default()).await.err(),
    ];
    assert!(errors.iter().flatten().all(|error| error.kind == ErrorKind::Invalid), "{errors:?}");
    assert_eq!(errors.iter().flatten().count(), errors.len());
    assert_eq!(stub.requests(), []);
}

#[tokio::test]
async fn a_server_that_dies_ends_the_wait_with_an_outcome_unknown() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        etcd.lock(Key::from("n"), grant(&etcd).await).await.unwrap();
        let lease = grant(&etcd).await;
        let waiting = lock(&etcd, lease);
        until_queued(&etcd, "n/", 2).await;
        server.kill();
        let error = outcome(waiting).await.unwrap_err();
        assert!(error.outcome_unknown() && error.is_connection(), "{version}: {error:?}");
        assert!(error.context.contains("lock n"), "{version}: {error:?}");
        // The place in the queue is kept, and found again by the same lease.
        server.restart();
        assert_eq!(queue(&etcd, "n/").await.len(), 2, "{version}");
        let waiting = lock(&etcd, lease);
        let holder = queue(&etcd, "n/").await;
        let own = queue_key(&Key::from("n"), lease);
        let holder = holder.into_iter().find(|key| *key != own).expect("the holder");
        etcd.unlock(holder).await.unwrap();
        assert_eq!(outcome(waiting).await.unwrap().key, own, "{version}");
    }
}

#[test]
fn many_waits_are_in_nobodys_way_and_can_be_given_up_together() {
    on_all_versions(async |version| {
        let server = Etcd::start(version);
        let etcd = client(&server);
        etcd.lock(Key::from("n"), grant(&etcd).await).await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..30 {
            let lease = grant(&etcd).await;
            waiting.push((lease, lock(&etcd, lease)));
        }
        until_queued(&etcd, "n/", 31).await;
        for (_, wait) in &waiting {
            wait.abort();
        }
        // Every version, when it is busy, forgets some of those that leave at the same moment, for as
        // long as their leases live; so leaving is not enough.
        for (lease, _) in &waiting {
            etcd.lease_revoke(*lease).await.unwrap();
        }
        until_queued(&etcd, "n/", 1).await;
    });
}

#[tokio::test(start_paused = true)]
async fn a_lock_waits_longer_than_any_command_may() {
    let stub = Stub::start().await;
    let gate = Arc::new(Notify::new());
    stub.on("/v3/lock/lock", Reply::json(200, LOCKED).after(gate.clone()));
    let etcd = client_of(&stub);
    let waiting = lock(&etcd, LEASE);
    stub.wait_for_requests("/v3/lock/lock", 1, LIMIT).await;
    tokio::time::advance(Duration::from_secs(24 * 60 * 60 + 1)).await;
    gate.notify_one();
    assert_eq!(outcome(waiting).await.unwrap().key, Key::from("n/77"));
}

#[tokio::test]
async fn each_wait_has_a_connection_of_its_own() {
    let stub = Stub::start().await;
    let gate = Arc::new(Notify::new());
    stub.on("/v3/lock/lock", Reply::json(200, LOCKED).after(gate.clone()));
    stub.on("/v3/kv/range", Reply::json(200, "{}"));
    let etcd = client_of(&stub);
    etcd.range(RangeRequest::get("a")).await.unwrap();
    let (one, two) = (lock(&etcd, LEASE), lock(&etcd, LEASE));
    stub.wait_for_requests("/v3/lock/lock", 2, LIMIT).await;
    etcd.range(RangeRequest::get("a")).await.unwrap();
    assert_eq!(stub.connections(), 3);
    // Dropping a call is what the server sees as leaving the queue, so its connection must go.
    one.abort();
    gate.notify_waiters();
    outcome(two).await.unwrap();
}

#[tokio::test]
async fn a_lock_is_asked_for_elsewhere_only_when_nothing_was_sent() {
    let good = Stub::start().await;
    good.on("/v3/lock/lock", Reply::json(200, LOCKED));
    let ask = async |first: String| {
        let etcd = Gateway::connect(impatient([first, good.url()])).unwrap();
        etcd.lock(Key::from("n"), LEASE).await
    };
    ask(dead_url()).await.expect("nobody listened at the first");
    assert_eq!(good.requests().len(), 1);

    let bad = Stub::start().await;
    bad.on("/v3/lock/lock", Reply::json(200, LOCKED).cut_after(5));
    bad.on("/v3/lock/lock", Reply::json(503, NO_LEADER));
    bad.on("/v3/lock/lock", Reply::json(200, "{}"));
    for kind in [ErrorKind::Unknown, ErrorKind::Unavailable, ErrorKind::BadAnswer] {
        let error = ask(bad.url()).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(error.outcome_unknown(), "the key may stand in the queue: {error:?}");
    }
    // Its status is asked for as well, since it failed.
    let locks =
        |stub: &Stub| stub.requests().iter().filter(|it| it.path == "/v3/lock/lock").count();
    assert_eq!((locks(&bad), locks(&good)), (3, 1));
}
