//! What the sandbox promises beyond the contract: a clock that can be paused, tasks that end with it,
//! watchers that cost nothing, a demo that lives.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId, Revision};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{
    Cluster as _, Elections as _, ErrorKind, Kv as _, Leases as _, Watch as _, WatchMessage,
    WatchRequest,
};
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::target::Target;

fn target(sandbox: &Sandbox) -> Target {
    Target::new(Arc::new(sandbox.clone()), "sandbox")
}

#[tokio::test(start_paused = true)]
async fn a_lease_ends_at_its_second() {
    let sandbox = Sandbox::new();
    let t = target(&sandbox);
    let start = Instant::now();
    let lease = t.grant(15).await;
    t.put_leased("a", lease).await;
    let mut watch = t.watch_all().await;
    assert_eq!(t.shorts(&watch.next().await), "-a");
    assert_eq!(start.elapsed().as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn a_renewed_lease_moves_the_clock() {
    let t = target(&Sandbox::new());
    let (short, long) = (t.grant(10).await, t.grant(20).await);
    tokio::time::advance(Duration::from_secs(9)).await;
    assert_eq!(t.store.lease_list().await.unwrap(), [short, long]);
    t.store.lease_keep_alive(short).await.unwrap();
    t.store.lease_keep_alive(short).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(t.store.lease_list().await.unwrap(), [short, long], "the first is due at 19 s now");
    tokio::time::sleep(Duration::from_millis(8500)).await;
    assert_eq!(t.store.lease_list().await.unwrap(), [long]);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_watch_tells_its_progress_when_asked() {
    let sandbox = Sandbox::new();
    let request = WatchRequest::new(KeyRange::single("a")).progress_notify();
    let mut watch = sandbox.watch(request).await.unwrap();
    watch.next().await;
    let revision = sandbox.put(PutRequest::new("b", "")).await.unwrap().revision;
    let start = Instant::now();
    let message = watch.next().await.unwrap().unwrap();
    assert_eq!(message, WatchMessage::Progress { revision });
    assert_eq!(start.elapsed(), Duration::from_secs(600));
}

#[tokio::test(start_paused = true)]
async fn its_tasks_and_watches_end_with_the_last_handle() {
    let sandbox = Sandbox::demo();
    let traffic = sandbox.start_traffic();
    let mut watch = sandbox.watch(WatchRequest::new(KeyRange::single("x"))).await.unwrap();
    watch.next().await;
    let mut observed = sandbox.observe(Key::from("nobody")).await.unwrap();
    let other = sandbox.clone();
    drop(sandbox);
    other.lease_grant(60, LeaseId::NONE).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!traffic.is_finished());
    drop(other);
    let error = watch.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unknown);
    assert!(watch.next().await.is_none());
    assert_eq!(observed.next().await.unwrap().unwrap_err().kind, ErrorKind::Unknown);
    traffic.await.expect("ends by itself");
    // The task that ends leases is the only other one.
    let metrics = tokio::runtime::Handle::current().metrics();
    let gone = async || (metrics.num_alive_tasks() == 0).then_some(());
    crate::support::wait::eventually("the tasks to end", Duration::from_secs(5), gone).await;
}

#[tokio::test(start_paused = true)]
async fn an_overtaken_watch_says_what_is_left() {
    let sandbox = Sandbox::new();
    let t = target(&sandbox);
    let mut watch = t.watch_all().await;
    let mut last = Revision::NONE;
    for number in 0..5000 {
        last = t.put("a", number.to_string()).await;
    }
    sandbox.compact(last, false).await.unwrap();
    assert_eq!(watch.error().await.kind, ErrorKind::Compacted { oldest: last });
}

#[tokio::test(start_paused = true)]
async fn a_busy_loop_on_the_sandbox_lets_others_run() {
    let sandbox = Sandbox::new();
    let other = tokio::spawn({
        let sandbox = sandbox.clone();
        async move { sandbox.put(PutRequest::new("done", "")).await }
    });
    let done =
        async { while sandbox.range(RangeRequest::get("done")).await.unwrap().count == 0 {} };
    tokio::time::timeout(Duration::from_secs(5), done).await.expect("the other task gets its turn");
    other.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_demo_lives_and_its_history_stays_bounded() {
    let sandbox = Sandbox::demo();
    sandbox.start_traffic();
    let leases = sandbox.lease_list().await.unwrap().len();
    let services = KeyRange::prefix("/services/");
    let mut watch = sandbox.watch(WatchRequest::new(services.clone())).await.unwrap();
    let queue = RangeRequest::new(KeyRange::prefix("/locks/migrate/"));
    let holder = sandbox.range(queue.clone()).await.unwrap().entries[0].clone();
    for expected in ["created", "an instance dies", "comes back", "another one dies"] {
        watch.next().await.expect(expected).expect(expected);
    }
    let now = sandbox.range(queue.clone()).await.unwrap();
    assert!((2..=3).contains(&now.count), "the queue neither grows nor dries up: {}", now.count);
    assert!(now.entries.iter().all(|entry| entry.key != holder.key), "the lock changed hands");

    tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    assert!(sandbox.lease_list().await.unwrap().len() <= leases + 3);
    let count = sandbox.range(RangeRequest::new(services).count_only()).await.unwrap().count;
    assert!((4..=5).contains(&count), "{count} services");
    let old = RangeRequest::get("/status/heartbeat").at(Revision(100));
    let error = sandbox.range(old).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Compacted { .. }), "{error}");
    let size = sandbox.status().await.unwrap().db_size;
    assert!(size < 2 << 20, "{size} bytes kept");
}
