//! Locks.

use std::time::Duration;

use etcdeck::domain::lock::{HeldLock, queue_key};
use etcdeck::domain::txn::{RangeRequest, SortOrder, SortTarget};
use etcdeck::domain::{Entry, Key, KeyRange, LeaseId};
use etcdeck::store::{ErrorKind, StoreError};
use tokio::task::JoinHandle;

use super::target::Target;
use super::{Case, case};
use crate::support::wait::eventually;

const UNKNOWN: LeaseId = LeaseId(0x7fff_0000_dead_bee1);

pub(super) const LIMIT: Duration = Duration::from_secs(20);

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_free_lock_is_held_at_once),
        case(a_lease_that_holds_locks_again_at_once),
        case(a_name_may_hold_any_bytes),
        case(any_lease_id_makes_a_key_of_its_own),
        case(waiters_hold_in_the_order_they_came),
        case(a_lease_that_waits_may_wait_twice),
        case(a_revoked_lease_releases),
        case(a_lease_that_ends_releases),
        case(a_deleted_key_releases),
        case(a_wait_given_up_leaves_no_key),
        case(a_waiter_whose_lease_ended_holds_nothing),
        case(unlocking_what_is_not_locked_is_fine),
        case(unlocking_no_key_is_refused),
        case(a_lock_needs_a_name_and_a_lease),
        case(an_unknown_lease_cannot_lock),
        case(a_name_inside_another_is_in_its_way),
        case(a_name_that_begins_like_another_is_not_in_its_way),
        case(any_key_under_the_name_is_in_the_way),
    ]
}

/// A call that runs on its own.
pub(super) type Calling<T> = JoinHandle<Result<T, StoreError>>;

/// Its outcome, which must come soon.
pub(super) async fn outcome<T>(calling: Calling<T>) -> Result<T, StoreError> {
    let outcome = tokio::time::timeout(LIMIT, calling).await;
    outcome.unwrap_or_else(|_| panic!("no answer within {LIMIT:?}")).expect("it does not panic")
}

/// The keys of a queue, first come first.
pub(super) async fn queue(t: &Target, name: &str) -> Vec<Entry> {
    let range = KeyRange::prefix(t.key(format!("{name}/")));
    let request = RangeRequest::new(range).sort(SortTarget::Create, SortOrder::Ascend);
    t.range(request).await.entries
}

/// Waits until so many stand in a queue.
pub(super) async fn until_queued(t: &Target, name: &str, count: usize) {
    let what = format!("{count} in the queue of {name}");
    eventually(&what, LIMIT, async || (queue(t, name).await.len() == count).then_some(())).await;
}

async fn lock(t: &Target, name: &str, lease: LeaseId) -> HeldLock {
    t.store.lock(t.key(name), lease).await.expect("lock")
}

/// Enters a queue as the `place`th and waits there.
async fn wait_as(t: &Target, name: &str, lease: LeaseId, place: usize) -> Calling<HeldLock> {
    let (store, key) = (t.store.clone(), t.key(name));
    let waiting = tokio::spawn(async move { store.lock(key, lease).await });
    until_queued(t, name, place).await;
    waiting
}

fn is_free(t: &Target, entry: Option<&Entry>, name: &str, lease: LeaseId) -> bool {
    entry.is_none_or(|entry| entry.key != queue_key(&t.key(name), lease))
}

async fn a_free_lock_is_held_at_once(t: Target) {
    let lease = t.grant(60).await;
    let held = lock(&t, "n", lease).await;
    assert_eq!(t.name(&held.key), format!("n/{lease}"));
    assert_eq!(held.key, queue_key(&t.key("n"), lease));
    let [entry] = queue(&t, "n").await.try_into().expect("one key");
    assert_eq!((entry.lease, entry.value.len(), entry.version.0), (lease, 0, 1));
    assert!(held.revision >= entry.create_revision, "{held:?}");
    t.store.unlock(held.key).await.unwrap();
    assert_eq!(queue(&t, "n").await, []);
    assert!(t.store.lease_time_to_live(lease, false).await.unwrap().is_some(), "the lease stays");
}

async fn a_lease_that_holds_locks_again_at_once(t: Target) {
    let lease = t.grant(60).await;
    let first = lock(&t, "n", lease).await;
    let before = queue(&t, "n").await;
    assert_eq!(lock(&t, "n", lease).await.key, first.key);
    assert_eq!(queue(&t, "n").await, before, "nothing was written");
    // With others behind it as well.
    let waiting = wait_as(&t, "n", t.grant(60).await, 2).await;
    assert_eq!(lock(&t, "n", lease).await.key, first.key);
    waiting.abort();
}

async fn a_name_may_hold_any_bytes(t: Target) {
    let lease = t.grant(60).await;
    for name in
        [&b"\xff\xfe"[..], b"\0", b"a\n b\x1b[31m", "schl\u{fc}ssel".as_bytes(), b"a/", b"/"]
    {
        let key = t.key(name);
        let held = t.store.lock(key.clone(), lease).await.unwrap();
        assert_eq!(held.key, queue_key(&key, lease), "{key}");
        assert!(held.key.as_bytes().starts_with(key.as_bytes()));
        let found = t.range(RangeRequest::get(held.key.clone())).await.entries;
        assert_eq!(found.len(), 1, "{key}");
        t.store.unlock(held.key.clone()).await.unwrap();
        assert_eq!(t.range(RangeRequest::get(held.key)).await.count, 0, "{key}");
    }
}

async fn any_lease_id_makes_a_key_of_its_own(t: Target) {
    for (id, tail) in [(0x2b, "n/2b"), (i64::MAX - 1, "n/7ffffffffffffffe"), (-9, "n/-9")] {
        let lease = t.store.lease_grant(60, LeaseId(id)).await.unwrap().id;
        let held = lock(&t, "n", lease).await;
        assert_eq!(t.name(&held.key), tail);
        assert_eq!(held.key, queue_key(&t.key("n"), lease));
        t.store.lease_revoke(lease).await.unwrap();
    }
}

async fn waiters_hold_in_the_order_they_came(t: Target) {
    let mut held = lock(&t, "n", t.grant(60).await).await;
    let mut waiters = Vec::new();
    for place in 2..=4 {
        let lease = t.grant(60).await;
        waiters.push((lease, wait_as(&t, "n", lease, place).await));
    }
    while !waiters.is_empty() {
        assert!(waiters.iter().all(|(_, waiting)| !waiting.is_finished()), "somebody jumped");
        let holder = queue(&t, "n").await.remove(0);
        assert_eq!(holder.key, held.key);
        t.store.unlock(held.key).await.unwrap();
        let (lease, next) = waiters.remove(0);
        held = outcome(next).await.unwrap();
        assert_eq!(held.key, queue_key(&t.key("n"), lease));
        let present = t.range(RangeRequest::get(held.key.clone())).await.entries.remove(0);
        assert!(held.revision > present.create_revision, "it was told after it had waited");
        assert!(present.create_revision > holder.create_revision, "the fencing revision grows");
    }
}

async fn a_lease_that_waits_may_wait_twice(t: Target) {
    let held = lock(&t, "n", t.grant(60).await).await;
    let lease = t.grant(60).await;
    let first = wait_as(&t, "n", lease, 2).await;
    let second = wait_as(&t, "n", lease, 2).await;
    t.store.unlock(held.key).await.unwrap();
    let (first, second) = (outcome(first).await.unwrap(), outcome(second).await.unwrap());
    assert_eq!(first.key, second.key);
}

async fn a_revoked_lease_releases(t: Target) {
    let lease = t.grant(60).await;
    lock(&t, "n", lease).await;
    let next = t.grant(60).await;
    let waiting = wait_as(&t, "n", next, 2).await;
    t.store.lease_revoke(lease).await.unwrap();
    assert_eq!(outcome(waiting).await.unwrap().key, queue_key(&t.key("n"), next));
}

async fn a_lease_that_ends_releases(t: Target) {
    lock(&t, "n", t.grant(2).await).await;
    let next = t.grant(60).await;
    let waiting = wait_as(&t, "n", next, 2).await;
    assert_eq!(outcome(waiting).await.unwrap().key, queue_key(&t.key("n"), next));
    assert_eq!(queue(&t, "n").await.len(), 1);
}

async fn a_deleted_key_releases(t: Target) {
    let lease = t.grant(60).await;
    lock(&t, "n", lease).await;
    let waiting = wait_as(&t, "n", t.grant(60).await, 2).await;
    t.delete(&format!("n/{lease}")).await;
    outcome(waiting).await.unwrap();
}

async fn a_wait_given_up_leaves_no_key(t: Target) {
    let held = lock(&t, "n", t.grant(60).await).await;
    let (given_up, patient) = (t.grant(60).await, t.grant(60).await);
    let first = wait_as(&t, "n", given_up, 2).await;
    let second = wait_as(&t, "n", patient, 3).await;
    first.abort();
    until_queued(&t, "n", 2).await;
    assert_eq!(queue(&t, "n").await[1].key, queue_key(&t.key("n"), patient));
    assert!(!second.is_finished(), "it waits for the holder still");
    t.store.unlock(held.key).await.unwrap();
    outcome(second).await.unwrap();
    // The lease is as good as before.
    let again = wait_as(&t, "n", given_up, 2).await;
    again.abort();
    until_queued(&t, "n", 1).await;
}

async fn a_waiter_whose_lease_ended_holds_nothing(t: Target) {
    let held = lock(&t, "n", t.grant(60).await).await;
    let lease = t.grant(60).await;
    let waiting = wait_as(&t, "n", lease, 2).await;
    t.store.lease_revoke(lease).await.unwrap();
    until_queued(&t, "n", 1).await;
    let behind = t.grant(60).await;
    let next = wait_as(&t, "n", behind, 2).await;
    assert!(!waiting.is_finished(), "nobody tells it yet");
    t.store.unlock(held.key).await.unwrap();
    outcome(next).await.unwrap();
    match outcome(waiting).await {
        Err(error) => assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{error}"),
        // 3.4 knows no better; the key tells.
        Ok(held) => assert_eq!(t.range(RangeRequest::get(held.key)).await.count, 0),
    }
    let [holder] = queue(&t, "n").await.try_into().expect("one key");
    assert_eq!(holder.key, queue_key(&t.key("n"), behind));
}

async fn unlocking_what_is_not_locked_is_fine(t: Target) {
    let lease = t.grant(60).await;
    let held = lock(&t, "n", lease).await;
    t.store.unlock(t.key("n/1234")).await.unwrap();
    t.store.unlock(t.key("n")).await.unwrap();
    assert!(!is_free(&t, queue(&t, "n").await.first(), "n", lease), "only that very key");
    t.store.unlock(held.key.clone()).await.unwrap();
    t.store.unlock(held.key).await.unwrap();
    assert!(is_free(&t, queue(&t, "n").await.first(), "n", lease));
}

async fn unlocking_no_key_is_refused(t: Target) {
    let error = t.store.unlock(Key::default()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
}

async fn a_lock_needs_a_name_and_a_lease(t: Target) {
    let error = t.store.lock(Key::default(), t.grant(60).await).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert!(error.message.contains("needs a name"), "{error}");
    let error = t.store.lock(t.key("n"), LeaseId::NONE).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert!(error.message.contains("lease is needed"), "{error}");
    assert_eq!(queue(&t, "n").await, []);
}

async fn an_unknown_lease_cannot_lock(t: Target) {
    for held in [false, true] {
        if held {
            lock(&t, "n", t.grant(60).await).await;
        }
        let error = t.store.lock(t.key("n"), UNKNOWN).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{error}");
        assert_eq!(queue(&t, "n").await.len(), usize::from(held));
    }
}

async fn a_name_inside_another_is_in_its_way(t: Target) {
    let (inner, outer) = (t.grant(60).await, t.grant(60).await);
    let held = lock(&t, "n/a", inner).await;
    let waiting = wait_as(&t, "n", outer, 2).await;
    assert!(!waiting.is_finished());
    t.store.unlock(held.key).await.unwrap();
    let held = outcome(waiting).await.unwrap();
    assert_eq!(held.key, queue_key(&t.key("n"), outer));
    // The other way round nobody is in the way.
    lock(&t, "n/a", inner).await;
}

async fn a_name_that_begins_like_another_is_not_in_its_way(t: Target) {
    for name in ["n", "na", "n0", "n.", "/n"] {
        lock(&t, name, t.grant(60).await).await;
    }
}

async fn any_key_under_the_name_is_in_the_way(t: Target) {
    t.put("n/config", "not of a lock").await;
    t.put("n", "beside it").await;
    let waiting = wait_as(&t, "n", t.grant(60).await, 2).await;
    assert!(!waiting.is_finished());
    t.delete("n/config").await;
    outcome(waiting).await.unwrap();
}
