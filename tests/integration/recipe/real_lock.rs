//! What the lock owes to real servers: nothing left behind, with authentication too, and never held
//! past its lease.

use std::process::Command;
use std::sync::Arc;

use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};
use etcdeck::recipe::{DistributedLock, Election, LockGuard, RecipeError};
use etcdeck::store::Store;
use tokio::time::{Instant, timeout};

use super::{LIMIT, seconds};
use crate::gateway::on_all_versions;
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

fn client(etcd: &Etcd, credentials: Option<Credentials>) -> Arc<dyn Store> {
    let options = GatewayOptions { credentials, ..GatewayOptions::new([etcd.url()]) };
    Arc::new(Gateway::connect(options).expect("the options are right"))
}

/// The queue as etcdctl sees it.
fn queue(etcd: &Etcd, name: &str) -> Vec<String> {
    let printed = etcd.ctl(&["get", "--prefix", "--keys-only", &format!("{name}/")]);
    printed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn leases(etcd: &Etcd) -> usize {
    etcd.ctl(&["lease", "list"]).lines().skip(1).count()
}

async fn length(etcd: &Etcd, name: &str, length: usize) {
    let long = async || (queue(etcd, name).len() == length).then_some(());
    eventually("the queue", seconds(20), long).await;
}

/// A waiter that is dropped, one that gives up and one that does not wait leave nothing.
async fn waiters_leave_nothing(etcd: &Etcd, store: Arc<dyn Store>) {
    let lock = DistributedLock::new(Arc::clone(&store), "n").ttl(seconds(600));
    let guard = lock.acquire().await.expect("free");
    let waiting = tokio::spawn({
        let lock = lock.clone();
        async move { lock.acquire().await.map(drop) }
    });
    length(etcd, "n", 2).await;
    waiting.abort();
    let alone = async || (queue(etcd, "n").len() == 1 && leases(etcd) == 1).then_some(());
    eventually("the queue is left", seconds(5), alone).await;

    let answer = lock.acquire_within(seconds(1)).await;
    assert_eq!(answer.err(), Some(RecipeError::TimedOut(seconds(1))));
    assert_eq!(queue(etcd, "n"), [guard.key().to_string()], "at once");
    let answer = lock.try_acquire().await;
    assert!(matches!(answer.err(), Some(RecipeError::Held(_))));
    assert_eq!((queue(etcd, "n").len(), leases(etcd)), (1, 1), "at once");

    let election = Election::new(store, "n").ttl(seconds(600));
    let waiting = tokio::spawn(async move { election.campaign("me").await.map(drop) });
    length(etcd, "n", 2).await;
    waiting.abort();
    eventually("the queue is left", seconds(5), alone).await;

    guard.release().await.expect("it was held");
    assert_eq!((queue(etcd, "n").len(), leases(etcd)), (0, 0));
    drop(lock.acquire().await.expect("free"));
    let none = async || (queue(etcd, "n").is_empty() && leases(etcd) == 0).then_some(());
    eventually("the lock is free", seconds(5), none).await;
}

#[test]
fn who_goes_leaves_no_key_behind() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        waiters_leave_nothing(&etcd, client(&etcd, None)).await;
    });
}

#[test]
fn who_goes_leaves_no_key_behind_with_authentication() {
    on_all_versions(async |version| {
        let etcd = Etcd::build(version).arg("--bcrypt-cost=4").start();
        etcd.enable_auth("secret");
        let credentials = Some(Credentials::new("root", "secret"));
        waiters_leave_nothing(&etcd, client(&etcd, credentials)).await;
    });
}

/// 3.4 answers 200 to such a waiter, later ones do so with an error.
#[test]
fn a_waiter_whose_lease_has_ended_never_gets_the_lock() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let lock = DistributedLock::new(client(&etcd, None), "n").ttl(seconds(600));
        let guard = lock.acquire().await.expect("free");
        let waiting = tokio::spawn({
            let lock = lock.clone();
            async move { lock.acquire().await.map(drop) }
        });
        length(&etcd, "n", 2).await;
        for key in queue(&etcd, "n") {
            let lease = key.strip_prefix("n/").expect("a key of the queue");
            if key != guard.key().to_string() {
                etcd.ctl(&["lease", "revoke", lease]);
            }
        }
        guard.release().await.expect("it was held");
        let answer = timeout(LIMIT, waiting).await.expect("it does not wait for ever");
        let error = answer.expect("no panic").err();
        assert!(matches!(error, Some(RecipeError::LeaseLost(_))), "{version}: {error:?}");
    });
}

#[test]
fn a_lock_on_a_server_that_hangs_is_not_held_past_its_lease() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let store = client(&etcd, None);
        let lock = DistributedLock::new(Arc::clone(&store), "n").ttl(seconds(2));
        let guard: LockGuard = lock.acquire().await.expect("free");
        let held_until = Instant::now() + seconds(2);
        etcd.pause();
        let lost = timeout(seconds(10), guard.lost()).await;
        assert!(lost.is_ok(), "{version}");
        assert!(Instant::now() <= held_until + seconds(2), "{version}: lost too late");
        assert!(!guard.state().borrow().is_held_at(Instant::now()));
        etcd.resume();
        let again = timeout(LIMIT, async {
            loop {
                if let Ok(guard) = lock.acquire().await {
                    return guard;
                }
            }
        });
        let again = again.await.expect("the lock becomes free");
        assert!(again.fencing() > guard.fencing());
    });
}

#[test]
fn a_waiter_outlives_a_server_that_is_killed() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let store = client(&etcd, None);
        let lock = DistributedLock::new(Arc::clone(&store), "n").ttl(seconds(30));
        let guard = lock.acquire().await.expect("free");
        let waiting = tokio::spawn({
            let lock = lock.clone();
            async move { lock.acquire().await }
        });
        length(&etcd, "n", 2).await;
        etcd.kill();
        etcd.restart();
        assert!(guard.state().borrow().is_held_at(Instant::now()), "{version}");
        guard.release().await.expect("it was held");
        let next = timeout(LIMIT, waiting).await.expect("it does not wait for ever");
        let next = next.expect("no panic").expect("it is free now");
        assert_eq!(queue(&etcd, "n"), [next.key().to_string()], "{version}");
        next.release().await.expect("it was held");
        assert_eq!(leases(&etcd), 0, "{version}");
    });
}

/// `etcdctl lock` and `etcdctl elect` stand in the same queues.
#[test]
fn queues_are_those_of_etcdctl() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let store = client(&etcd, None);
        let lock = DistributedLock::new(Arc::clone(&store), "n");
        // With a command it runs it while it holds the lock, and frees it: first it sees its own key
        // behind ours, then it waits for us.
        let guard = lock.acquire().await.expect("free");
        let (env, program) = (etcd.env(), etcd.version().etcdctl());
        let theirs = tokio::task::spawn_blocking(move || {
            let mut command = Command::new(&program);
            command.env_clear().envs(env).args(["lock", "--", "n"]).arg(&program);
            command.args(["get", "--prefix", "--keys-only", "n/"]).output().expect("etcdctl starts")
        });
        length(&etcd, "n", 2).await;
        let queued = queue(&etcd, "n");
        match lock.try_acquire().await.err() {
            Some(RecipeError::Held(holder)) => assert_eq!(holder.key, *guard.key(), "{version}"),
            other => panic!("{version}: {other:?}"),
        }
        let ours = guard.key().to_string();
        guard.release().await.expect("it was held");
        let theirs = theirs.await.expect("no panic").stdout;
        let theirs = String::from_utf8_lossy(&theirs).trim().to_owned();
        assert!(theirs != ours && queued.contains(&theirs), "{version}: {theirs} of {queued:?}");
        lock.acquire().await.expect("free again").release().await.expect("it was held");

        let election = Election::new(store, "e");
        let leader = election.campaign("here").await.expect("nobody else");
        let first = etcd.ctl(&["get", "--prefix", "e/"]);
        assert_eq!(first.lines().nth(1), Some("here"), "{version}");
        leader.resign().await.expect("it leads");
    });
}
