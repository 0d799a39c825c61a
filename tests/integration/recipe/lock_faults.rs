//! The lock while the servers are gone: never held without being held, and nobody waits for ever.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::recipe::{DistributedLock, HoldState, Lost, RecipeError};
use etcdeck::store::{ErrorKind, Store};
use tokio::time::{Instant, advance, sleep};

use super::faulty::Fault;
use super::{keys, reaches, sandbox, seconds};
use crate::support::wait::eventually;

const TTL: Duration = Duration::from_secs(12);

fn lock(store: Arc<dyn Store>) -> DistributedLock {
    DistributedLock::new(store, "n").ttl(TTL)
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_held_through_a_short_break_and_lost_in_a_long_one() {
    let (_store, way) = sandbox();
    let guard = lock(way.store()).acquire().await.expect("free");
    let mut state = guard.state();
    way.set(Fault::Down);
    let failing = |state: &HoldState| matches!(state, HoldState::Failing { .. });
    reaches(&mut state, "a failure", failing).await;
    assert!(state.borrow().is_held_at(Instant::now()));
    way.set(Fault::None);
    reaches(&mut state, "a renewal", |state| matches!(state, HoldState::Held { .. })).await;
    let HoldState::Held { until } = state.borrow().clone() else { panic!() };

    way.set(Fault::Silent);
    let lost = guard.lost().await;
    assert!(matches!(lost, Lost::Lease(_)), "{lost:?}");
    let late = Instant::now().saturating_duration_since(until);
    assert!(late <= Duration::from_millis(5), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn a_guard_is_not_held_in_a_process_that_was_stopped() {
    let (_store, way) = sandbox();
    let guard = lock(way.store()).acquire().await.expect("free");
    let state = guard.state();
    advance(TTL + seconds(1)).await;
    assert!(!state.borrow().is_held_at(Instant::now()));
    guard.lost().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_breaks_is_taken_up_again() {
    let (store, way) = sandbox();
    let holder = lock(Arc::clone(&store)).acquire().await.expect("free");
    let waiting = tokio::spawn({
        let lock = lock(way.store());
        async move { lock.acquire().await }
    });
    let both = async || (keys(&store, "n/").await.len() == 2).then_some(());
    eventually("the queue", seconds(10), both).await;
    way.set(Fault::Down);
    sleep(seconds(4)).await;
    way.set(Fault::None);
    eventually("the queue", seconds(30), both).await;
    sleep(TTL * 3).await;
    assert!(!waiting.is_finished());
    holder.release().await.expect("it was held");
    let guard = waiting.await.expect("no panic").expect("it is free now");
    assert_eq!(keys(&store, "n/").await, [guard.key().to_string()]);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_hangs_does_not_hold_a_waiter_up() {
    let (store, way) = sandbox();
    let holder = lock(Arc::clone(&store)).acquire().await.expect("free");
    way.set(Fault::Silent);
    let hung = way.store();
    let through = super::faulty::Faulty::new(Arc::clone(&store));
    // Its lock call goes to the member that hangs, everything else to one that answers.
    let split: Arc<dyn Store> = Arc::new(through.locking_through(hung));
    let waiting = tokio::spawn({
        let lock = lock(split);
        async move { lock.acquire().await }
    });
    sleep(seconds(1)).await;
    holder.release().await.expect("it was held");
    way.set(Fault::None);
    waiting.await.expect("no panic").expect("it is free");
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_when_the_servers_are_gone_for_longer_than_the_lease() {
    for fault in [Fault::Down, Fault::Silent] {
        let (store, way) = sandbox();
        let _holder = lock(Arc::clone(&store)).acquire().await.expect("free");
        let waiting = tokio::spawn({
            let lock = lock(way.store());
            async move { lock.acquire().await.err() }
        });
        let both = async || (keys(&store, "n/").await.len() == 2).then_some(());
        eventually("the queue", seconds(10), both).await;
        way.set(fault);
        let start = Instant::now();
        let error = waiting.await.expect("no panic");
        assert!(matches!(error, Some(RecipeError::LeaseLost(_))), "{error:?}");
        assert!(start.elapsed() <= TTL, "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_whose_grant_was_not_answered_is_revoked() {
    let (store, way) = sandbox();
    way.set(Fault::Deaf);
    let error = lock(way.store()).acquire().await.err();
    assert!(
        matches!(&error, Some(RecipeError::Store(e)) if e.kind == ErrorKind::Unknown),
        "{error:?}"
    );
    way.set(Fault::None);
    eventually("no lease is left", seconds(10), async || {
        store.lease_list().await.expect("leases can be listed").is_empty().then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_while_the_servers_are_gone_is_freed_when_they_are_back() {
    let (store, way) = sandbox();
    let guard = lock(way.store()).acquire().await.expect("free");
    way.set(Fault::Down);
    drop(guard);
    sleep(seconds(2)).await;
    assert_eq!(keys(&store, "n/").await.len(), 1);
    way.set(Fault::None);
    eventually("the lock is free", seconds(3), async || {
        keys(&store, "n/").await.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn without_servers_nothing_is_waited_for() {
    let (_store, way) = sandbox();
    way.set(Fault::Down);
    for error in [
        lock(way.store()).acquire().await.err(),
        lock(way.store()).try_acquire().await.err(),
        lock(way.store()).acquire_within(seconds(5)).await.err(),
    ] {
        let kind = match &error {
            Some(RecipeError::Store(error)) => error.kind,
            _ => panic!("{error:?}"),
        };
        assert_eq!(kind, ErrorKind::Unreachable);
    }
}

#[tokio::test(start_paused = true)]
async fn a_try_whose_answer_is_lost_reads_what_became_of_it() {
    let (store, way) = sandbox();
    way.set(Fault::DeafToWrites);
    let guard = lock(way.store()).try_acquire().await.expect("the queue tells");
    assert_eq!(keys(&store, "n/").await, [guard.key().to_string()]);
}
