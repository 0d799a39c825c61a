//! Never alive past the deadline, lost at the moment it is known.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use etcdeck::domain::LeaseId;
use etcdeck::recipe::{Keepalive, KeepaliveState};
use etcdeck::store::{ErrorKind, Store};
use tokio::time::{Instant, advance, sleep};

use super::faulty::Fault;
use super::{lease_not_found, reaches, sandbox, seconds};

const LEASE: LeaseId = LeaseId(7);

async fn granted(store: &Arc<dyn Store>, ttl: i64) -> Duration {
    let granted = store.lease_grant(ttl, LEASE).await.expect("the lease is free");
    seconds(granted.ttl.unsigned_abs())
}

async fn left(store: &Arc<dyn Store>) -> Option<i64> {
    let status = store.lease_time_to_live(LEASE, false).await.expect("the store can be read");
    status.map(|status| status.ttl)
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_at_a_third_of_its_time_until_dropped() {
    let (store, _) = sandbox();
    let ttl = granted(&store, 30).await;
    let keepalive = Keepalive::start(Arc::clone(&store), LEASE, ttl);
    let mut state = keepalive.state();
    let start = Instant::now();
    let mut renewed = Vec::new();
    for _ in 0..4 {
        state.changed().await.expect("it is still told");
        let KeepaliveState::Alive { until } = state.borrow_and_update().clone() else {
            panic!("{:?}", state.borrow());
        };
        assert_eq!(until, Instant::now() + ttl);
        renewed.push(start.elapsed().as_secs());
    }
    assert_eq!(renewed, [0, 10, 20, 30]);
    sleep(ttl * 10).await;
    assert!(left(&store).await.is_some_and(|left| left >= 20));
    drop(keepalive);
    sleep(ttl).await;
    assert_eq!(left(&store).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_revoked_is_lost_at_the_next_renewal() {
    let (store, _) = sandbox();
    let ttl = granted(&store, 30).await;
    let keepalive = Keepalive::start(Arc::clone(&store), LEASE, ttl);
    let mut state = keepalive.state();
    state.changed().await.expect("it is still told");
    store.lease_revoke(LEASE).await.expect("the lease is there");
    let start = Instant::now();
    assert!(lease_not_found(&keepalive.lost().await));
    assert!(start.elapsed() <= ttl / 3 + seconds(1), "{:?}", start.elapsed());
    assert!(!state.borrow().is_alive_at(Instant::now()));
}

#[tokio::test(start_paused = true)]
async fn a_break_shorter_than_the_lease_is_outlived() {
    let (store, way) = sandbox();
    let ttl = granted(&store, 10).await;
    let keepalive = Keepalive::start(way.store(), LEASE, ttl);
    let mut state = keepalive.state();
    state.changed().await.expect("it is still told");
    way.set(Fault::Down);
    let failing =
        reaches(&mut state, "a failure", |state| matches!(state, KeepaliveState::Failing { .. }));
    let KeepaliveState::Failing { since, until, error } = failing.await else { unreachable!() };
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(since < until && until < since + ttl, "{since:?} {until:?}");
    assert!(state.borrow().is_alive_at(Instant::now()));
    sleep(seconds(5)).await;
    way.set(Fault::None);
    let alive = |state: &KeepaliveState| matches!(state, KeepaliveState::Alive { .. });
    reaches(&mut state, "a renewal", alive).await;
    assert_eq!(left(&store).await, Some(10));
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_lost_the_moment_its_time_is_over_unanswered() {
    for fault in [Fault::Down, Fault::Silent, Fault::Deaf] {
        let (store, way) = sandbox();
        let ttl = granted(&store, 10).await;
        let keepalive = Keepalive::start(way.store(), LEASE, ttl);
        let mut state = keepalive.state();
        state.changed().await.expect("it is still told");
        let KeepaliveState::Alive { until } = state.borrow().clone() else { panic!() };
        way.set(fault);
        let error = keepalive.lost().await;
        let late = Instant::now().saturating_duration_since(until);
        assert!(Instant::now() >= until && late <= Duration::from_millis(5), "{fault:?} {late:?}");
        assert_ne!(error.kind, ErrorKind::LeaseNotFound, "nobody said so");
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_stopped_for_longer_than_the_lease_knows_that_it_is_lost() {
    let (store, way) = sandbox();
    let ttl = granted(&store, 10).await;
    let keepalive = Keepalive::start(way.store(), LEASE, ttl);
    let mut state = keepalive.state();
    state.changed().await.expect("it is still told");
    // Time passes without any task having its turn.
    advance(ttl + seconds(1)).await;
    assert!(!state.borrow().is_alive_at(Instant::now()), "the deadline tells before the task does");
    keepalive.lost().await;
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_asks_before_it_says_that_the_lease_lives() {
    for lives in [true, false] {
        let (store, way) = sandbox();
        let ttl = granted(&store, 30).await;
        let wall = Arc::new(AtomicU64::new(1_000_000));
        let clock = Arc::clone(&wall);
        let clock = move || SystemTime::UNIX_EPOCH + seconds(clock.load(Ordering::SeqCst));
        let keepalive = Keepalive::start_by(way.store(), LEASE, ttl, clock);
        let mut state = keepalive.state();
        state.changed().await.expect("it is still told");
        if !lives {
            store.lease_revoke(LEASE).await.expect("the lease is there");
        }
        way.set(Fault::Down);
        // Only the wall clock goes on while a machine sleeps.
        wall.fetch_add(600, Ordering::SeqCst);
        let start = Instant::now();
        let doubt = |state: &KeepaliveState| !state.is_alive_at(Instant::now());
        let doubted = reaches(&mut state, "doubts", doubt).await;
        assert!(matches!(doubted, KeepaliveState::Failing { .. }), "{doubted:?}");
        assert!(start.elapsed() <= seconds(1), "{:?}", start.elapsed());
        sleep(seconds(3)).await;
        assert!(doubt(&state.borrow()), "no answer is no reason to believe");
        way.set(Fault::None);
        let certain = reaches(&mut state, "certainty", |state| {
            !matches!(state, KeepaliveState::Failing { .. })
        });
        match certain.await {
            KeepaliveState::Alive { .. } => assert!(lives),
            KeepaliveState::Lost { error } => assert!(!lives && lease_not_found(&error)),
            KeepaliveState::Failing { .. } => unreachable!(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_changes_nothing() {
    let (store, _) = sandbox();
    let ttl = granted(&store, 30).await;
    let wall = Arc::new(AtomicU64::new(1_000_000));
    let clock = Arc::clone(&wall);
    let clock = move || SystemTime::UNIX_EPOCH + seconds(clock.load(Ordering::SeqCst));
    let keepalive = Keepalive::start_by(Arc::clone(&store), LEASE, ttl, clock);
    wall.store(10, Ordering::SeqCst);
    let mut state = keepalive.state();
    for _ in 0..5 {
        state.changed().await.expect("it is still told");
        let now = state.borrow_and_update().clone();
        assert!(matches!(now, KeepaliveState::Alive { .. }), "{now:?}");
    }
}
