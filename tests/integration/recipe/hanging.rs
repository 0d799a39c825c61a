//! A member of a cluster that hangs without closing its connections: who holds goes on holding, who
//! waits goes on waiting, and neither takes it for more than it is.

use std::sync::Arc;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::recipe::{DistributedLock, HoldState};
use etcdeck::store::Store;
use tokio::time::{Instant, sleep, timeout};

use super::{LIMIT, keys, reaches, seconds};
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::wait::eventually;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_hangs_takes_no_lock_away_and_holds_no_waiter_up() {
    let cluster = Cluster::start(Version::newest());
    // One that follows hangs, so that the others need no new leader.
    let hangs = (cluster.leader() + 1) % 3;
    let mut endpoints = cluster.endpoints();
    endpoints.rotate_left(hangs);
    let client = |endpoints: Vec<String>| -> Arc<dyn Store> {
        let options =
            GatewayOptions { command_timeout: seconds(2), ..GatewayOptions::new(endpoints) };
        Arc::new(Gateway::connect(options).expect("the URLs are fine"))
    };
    let healthy = client(endpoints[1..].to_vec());
    let ttl = seconds(9);
    let lock = |store| DistributedLock::new(store, "n").ttl(ttl);

    let guard = lock(client(endpoints.clone())).acquire().await.expect("free");
    let waiting = tokio::spawn({
        let lock = lock(client(endpoints.clone()));
        async move { lock.acquire().await }
    });
    let queued = async || (keys(&healthy, "n/").await.len() == 2).then_some(());
    eventually("the queue", seconds(20), queued).await;

    cluster.members()[hangs].pause();
    let paused = Instant::now();
    while paused.elapsed() < ttl * 2 {
        let state = guard.state().borrow().clone();
        assert!(state.is_held_at(Instant::now()), "{state:?} after {:?}", paused.elapsed());
        sleep(seconds(1) / 5).await;
    }
    guard.release().await.expect("it was held");
    let next = timeout(LIMIT, waiting).await.expect("it does not wait for ever");
    let next = next.expect("no panic").expect("it is free now");
    assert_eq!(keys(&healthy, "n/").await, [next.key().to_string()]);

    // What the member was asked before it hung does no harm when it comes back.
    cluster.members()[hangs].resume();
    cluster.members()[hangs].wait_until_healthy();
    let mut state = next.state();
    sleep(ttl / 2).await;
    reaches(&mut state, "a renewal", |state| matches!(state, HoldState::Held { .. })).await;
    assert_eq!(keys(&healthy, "n/").await, [next.key().to_string()]);
    next.release().await.expect("it was held");
    assert!(keys(&healthy, "n/").await.is_empty());
}
