//! Many clients of a real cluster contend for one lock while a member dies and comes back: judged by
//! the store's own history.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use etcdeck::domain::txn::{Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Event, EventKind, Key, KeyRange, Revision};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::recipe::{DistributedLock, LockGuard};
use etcdeck::store::{Kv as _, Store, StoreError, Watch as _, WatchMessage, WatchRequest};
use futures_util::StreamExt as _;
use tokio::time::{Instant, sleep, timeout};

use super::{keys, seconds};
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::wait::eventually;

const CLIENTS: usize = 20;
const TOTAL: usize = 1000;
const LOCK: &str = "contended";
const WRITTEN: &str = "written";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_clients_share_a_lock_while_a_member_dies_and_comes_back() {
    let cluster = Arc::new(Cluster::start(Version::newest()));
    let start = Instant::now();
    let had = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| tokio::spawn(client(cluster.endpoints(), number, Arc::clone(&had))))
        .collect();

    let reached = async |count: usize| {
        eventually("the clients go on", seconds(120), async || {
            (had.load(Ordering::SeqCst) >= count).then_some(())
        })
        .await;
    };
    reached(TOTAL / 3).await;
    let leader = cluster.leader();
    let members = Arc::clone(&cluster);
    let killed = tokio::task::spawn_blocking(move || members.members()[leader].kill());
    killed.await.expect("it is killed");
    reached(TOTAL / 3 + TOTAL / 10).await;
    let members = Arc::clone(&cluster);
    let restarted = tokio::task::spawn_blocking(move || members.members()[leader].restart());
    restarted.await.expect("it starts again");

    for client in clients {
        timeout(seconds(120), client).await.expect("nobody waits for ever").expect("no panic");
    }
    println!("{} acquisitions in {:?}", had.load(Ordering::SeqCst), start.elapsed());
    let etcd =
        Gateway::connect(GatewayOptions::new(cluster.endpoints())).expect("the URLs are fine");
    let store: Arc<dyn Store> = Arc::new(etcd.clone());
    let left = keys(&store, LOCK).await;
    assert!(left.is_empty(), "left behind: {left:?}");
    let writes = judge(&history(&etcd).await);
    assert!(writes >= TOTAL, "{writes} writes");
}

/// Takes the lock again and again until all together have had it often enough.
async fn client(endpoints: Vec<String>, number: usize, had: Arc<AtomicUsize>) {
    // Each begins at a member of its own.
    let turned = endpoints.iter().cycle().skip(number % endpoints.len()).take(endpoints.len());
    let options = GatewayOptions::new(turned.cloned());
    let store: Arc<dyn Store> = Arc::new(Gateway::connect(options).expect("the URLs are fine"));
    let lock = DistributedLock::new(Arc::clone(&store), LOCK).ttl(seconds(20));
    while had.load(Ordering::SeqCst) < TOTAL {
        let Ok(guard) = lock.acquire().await else {
            // The members are electing, or the connection broke before there was a lease.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let entered = write(&store, &guard, "in").await;
        let left = write(&store, &guard, "out").await;
        if entered == Ok(true) && left == Ok(true) {
            had.fetch_add(1, Ordering::SeqCst);
        }
        let _lost_or_unreachable = guard.release().await;
    }
}

/// Writes who is in or out, if the lock is still held; whether it was.
async fn write(store: &Arc<dyn Store>, guard: &LockGuard, what: &str) -> Result<bool, StoreError> {
    let value = [what.as_bytes(), b" ", guard.key().as_bytes()].concat();
    let request = TxnRequest {
        compares: vec![guard.compare()],
        success: vec![Op::Put(PutRequest::new(WRITTEN, value))],
        failure: vec![],
    };
    Ok(store.txn(request).await?.succeeded)
}

/// Everything that happened to the queue and to what the lock protects, in order.
async fn history(etcd: &Gateway) -> Vec<Event> {
    let now = etcd.range(RangeRequest::get(WRITTEN)).await.expect("it can be read");
    let end = now.entries.first().expect("it was written").mod_revision;
    let range = KeyRange::interval(LOCK, "writtf");
    let request = WatchRequest::new(range).from(Revision(1));
    let mut watch = etcd.watch(request).await.expect("nothing was compacted");
    let mut history = Vec::new();
    loop {
        let message = timeout(seconds(20), watch.next()).await.expect("history is there");
        if let WatchMessage::Events(events) = message.expect("no end").expect("no error") {
            history.extend(events);
        }
        if history.last().is_some_and(|event| event.revision() >= end) {
            return history;
        }
    }
}

/// Plays the history and checks at each write that its writer was first in the queue at that very
/// revision, and that nobody else came in before it was out or its key was gone. Answers with the
/// number of those who came in.
fn judge(history: &[Event]) -> usize {
    let mut queue: BTreeMap<Key, Revision> = BTreeMap::new();
    let mut inside: Option<Key> = None;
    let mut entered = 0;
    for event in history {
        let key = &event.entry.key;
        if key.as_bytes() != WRITTEN.as_bytes() {
            match event.kind {
                EventKind::Put => queue.insert(key.clone(), event.entry.create_revision),
                EventKind::Delete => queue.remove(key),
            };
            inside = inside.filter(|inside| queue.contains_key(inside));
            continue;
        }
        let value = String::from_utf8_lossy(&event.entry.value).into_owned();
        let (what, writer) = value.split_once(' ').expect("two words");
        let writer = Key::from(writer);
        let first = queue.iter().min_by_key(|(_, created)| **created).map(|(key, _)| key);
        assert_eq!(first, Some(&writer), "{value} at revision {}", event.revision());
        match what {
            "in" => {
                assert_eq!(inside, None, "{value} at revision {}", event.revision());
                inside = Some(writer);
                entered += 1;
            }
            _ => inside = None,
        }
    }
    entered
}
