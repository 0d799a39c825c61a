//! The lock on a store without faults.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest, TxnRequest};
use etcdeck::domain::{Key, KeyRange};
use etcdeck::recipe::{DistributedLock, HoldState, LockGuard, Lost, RecipeError};
use etcdeck::store::{ErrorKind, Store};
use tokio::time::{Instant, sleep, timeout};

use super::{key, keys, reaches, sandbox, seconds};
use crate::support::wait::eventually;

const TTL: Duration = Duration::from_secs(6);

fn lock(store: &Arc<dyn Store>) -> DistributedLock {
    DistributedLock::new(Arc::clone(store), "n").ttl(TTL)
}

async fn guarded_put(store: &Arc<dyn Store>, guard: &LockGuard) -> bool {
    let request = TxnRequest {
        compares: vec![guard.compare()],
        success: vec![Op::Put(PutRequest::new("written", "x"))],
        failure: vec![],
    };
    store.txn(request).await.expect("the transaction is right").succeeded
}

/// Waits until the queue is this long.
async fn queue(store: &Arc<dyn Store>, length: usize) {
    eventually("the queue", seconds(60), async || {
        (keys(store, "n/").await.len() == length).then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn it_is_held_by_one_after_another_with_growing_fencing() {
    let (store, _) = sandbox();
    let first = lock(&store).acquire().await.expect("free");
    assert_eq!(*first.key(), key("n", first.lease()));
    assert!(guarded_put(&store, &first).await);
    let (fencing, compare) = (first.fencing(), first.compare());
    let waiting = tokio::spawn({
        let lock = lock(&store);
        async move { lock.acquire().await }
    });
    queue(&store, 2).await;
    sleep(TTL * 10).await;
    assert!(!waiting.is_finished(), "both leases are kept alive");
    assert!(first.state().borrow().is_held_at(Instant::now()));
    let lost = first.lost();
    first.release().await.expect("it was held");
    assert_eq!(lost.await, Lost::Released);
    let second = waiting.await.expect("no panic").expect("it is free now");
    assert!(second.fencing() > fencing);
    let late = TxnRequest {
        compares: vec![compare],
        success: vec![Op::Put(PutRequest::new("written", "late"))],
        failure: vec![],
    };
    assert!(!store.txn(late).await.expect("the transaction is right").succeeded);
    assert!(guarded_put(&store, &second).await);
    second.release().await.expect("it was held");
    assert!(keys(&store, "n/").await.is_empty());
    assert!(store.lease_list().await.expect("leases can be listed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_does_not_wait_is_told_who_holds_it_and_enters_nothing() {
    let (store, _) = sandbox();
    let holder = lock(&store).try_acquire().await.expect("free");
    assert!(guarded_put(&store, &holder).await);
    match lock(&store).try_acquire().await {
        Err(RecipeError::Held(entry)) => assert_eq!(entry.key, *holder.key()),
        other => panic!("{:?}", other.map(|guard| guard.key().clone())),
    }
    assert_eq!(keys(&store, "n/").await, [holder.key().to_string()]);
    assert_eq!(store.lease_list().await.expect("leases can be listed"), [holder.lease()]);
    drop(holder);
    eventually("the lock is free", seconds(5), async || lock(&store).try_acquire().await.ok())
        .await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_leaves_the_queue_before_the_answer() {
    let (store, _) = sandbox();
    let holder = lock(&store).acquire().await.expect("free");
    let start = Instant::now();
    let limit = seconds(20);
    let answer = lock(&store).acquire_within(limit).await;
    assert_eq!(answer.err(), Some(RecipeError::TimedOut(limit)));
    assert!(start.elapsed() >= limit && start.elapsed() < limit + seconds(1));
    assert_eq!(keys(&store, "n/").await, [holder.key().to_string()]);
    assert_eq!(store.lease_list().await.expect("leases can be listed"), [holder.lease()]);
    holder.release().await.expect("it was held");
    lock(&store).acquire_within(seconds(1)).await.expect("free");
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_is_dropped_leaves_no_key_and_no_lease() {
    let (store, _) = sandbox();
    let holder = lock(&store).acquire().await.expect("free");
    let given_up = timeout(seconds(30), lock(&store).acquire()).await;
    assert!(given_up.is_err());
    eventually("the queue is left", Duration::from_millis(100), async || {
        let leases = store.lease_list().await.expect("leases can be listed");
        (keys(&store, "n/").await.len() == 1 && leases == [holder.lease()]).then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_guard_tells_when_its_key_is_deleted_or_its_lease_revoked() {
    for revoked in [false, true] {
        let (store, _) = sandbox();
        let guard = lock(&store).acquire().await.expect("free");
        let mut state = guard.state();
        if revoked {
            store.lease_revoke(guard.lease()).await.expect("it is there");
        } else {
            let range = KeyRange::single(guard.key().clone());
            store.delete(DeleteRequest::new(range)).await.expect("it is there");
        }
        let start = Instant::now();
        // Either way it is the key that tells first.
        let lost = guard.lost().await;
        assert!(matches!(lost, Lost::Deleted { revision: Some(_) }), "{lost:?}");
        assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
        reaches(&mut state, "the loss", |state| *state == HoldState::Lost(lost.clone())).await;
        assert!(!guarded_put(&store, &guard).await);
        let released = guard.release().await;
        assert_eq!(released.is_err(), revoked, "{released:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiter_whose_key_is_deleted_queues_again() {
    let (store, _) = sandbox();
    let holder = lock(&store).acquire().await.expect("free");
    let waiting = tokio::spawn({
        let lock = lock(&store);
        async move { lock.acquire().await }
    });
    queue(&store, 2).await;
    for waiter in keys(&store, "n/").await {
        if waiter != holder.key().to_string() {
            let range = KeyRange::single(Key::from(waiter.as_str()));
            store.delete(DeleteRequest::new(range)).await.expect("it is there");
        }
    }
    queue(&store, 2).await;
    holder.release().await.expect("it was held");
    waiting.await.expect("no panic").expect("it is free now");
}

#[tokio::test(start_paused = true)]
async fn a_waiter_whose_lease_is_revoked_is_told() {
    let (store, _) = sandbox();
    let holder = lock(&store).acquire().await.expect("free");
    let waiting = tokio::spawn({
        let lock = lock(&store);
        async move { lock.acquire().await.err() }
    });
    queue(&store, 2).await;
    for lease in store.lease_list().await.expect("leases can be listed") {
        if lease != holder.lease() {
            store.lease_revoke(lease).await.expect("it is there");
        }
    }
    let error = waiting.await.expect("no panic");
    assert!(matches!(error, Some(RecipeError::LeaseLost(_))), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn names_are_any_bytes_but_none() {
    let (store, _) = sandbox();
    let odd = Key::from(&b"\xff\0/ \n"[..]);
    let guard =
        DistributedLock::new(Arc::clone(&store), odd.clone()).acquire().await.expect("free");
    assert!(guard.key().as_bytes().starts_with(odd.as_bytes()));
    let empty = DistributedLock::new(Arc::clone(&store), "");
    let none = lock(&store).ttl(Duration::ZERO);
    for wrong in [empty, none] {
        match wrong.acquire().await {
            Err(RecipeError::Store(error)) => assert_eq!(error.kind, ErrorKind::Invalid),
            other => panic!("{:?}", other.err()),
        }
    }
    let absurd = lock(&store).ttl(Duration::MAX).acquire().await;
    assert!(matches!(absurd, Err(RecipeError::Store(_))), "{:?}", absurd.err());
}
