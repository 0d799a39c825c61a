//! The store of a journey, and another client of it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest};
use etcdeck::domain::{Entry, Key, KeyRange, LeaseId};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::Store;

use super::screen::{Opening, Screen};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

const LIMIT: Duration = Duration::from_secs(30);

/// One store, and the name it goes by when a journey fails.
pub(super) struct World {
    name: String,
    pub(super) store: Arc<dyn Store>,
    /// The server, where there is one.
    pub(super) etcd: Option<Etcd>,
}

/// Goes a journey on the sandbox, with paused time, and on a server of each version.
pub(super) fn everywhere(journey: impl AsyncFn(World) + Sync) {
    in_the_sandbox(&journey);
    on_every_etcd(journey);
}

/// Goes a journey on a server of each version.
pub(super) fn on_every_etcd(journey: impl AsyncFn(World) + Sync) {
    std::thread::scope(|scope| {
        for version in Etcd::versions() {
            let journey = &journey;
            scope.spawn(move || block_on(journey(World::of(Etcd::start(version)))));
        }
    });
}

/// Goes a journey on a server of the newest version, where the versions do not matter.
pub(super) fn on_the_newest_etcd(journey: impl AsyncFn(World)) {
    let newest = Etcd::versions().pop().expect("there is a server");
    block_on(journey(World::of(Etcd::start(newest))));
}

/// Goes a journey on the sandbox, with paused time.
pub(super) fn in_the_sandbox(journey: impl AsyncFn(World)) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let store = Arc::new(Sandbox::new());
        journey(World { name: "the sandbox".to_owned(), store, etcd: None }).await;
    });
}

pub(super) fn block_on(journey: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime").block_on(journey);
}

impl World {
    pub(super) fn of(etcd: Etcd) -> World {
        let gateway = Gateway::connect(GatewayOptions::new([etcd.url()])).expect("a fine URL");
        let name = format!("etcd {}", etcd.version());
        World { name, store: Arc::new(gateway), etcd: Some(etcd) }
    }

    /// The same world behind another door.
    pub(super) fn with(self, store: Arc<dyn Store>) -> World {
        World { store, ..self }
    }

    /// Opens the screen on it.
    pub(super) fn screen(&self) -> Screen {
        self.open(Opening::new())
    }

    /// Opens the screen in another way.
    pub(super) fn open(&self, opening: Opening) -> Screen {
        opening.on(&self.name, Arc::clone(&self.store))
    }

    /// Writes keys, given as `key=value`.
    pub(super) async fn holds(&self, pairs: &[impl AsRef<str>]) {
        for pair in pairs {
            let (key, value) = pair.as_ref().split_once('=').expect("key=value");
            self.put(key, value).await;
        }
    }

    pub(super) async fn put(&self, key: impl Into<Key>, value: impl Into<Vec<u8>>) {
        self.store.put(PutRequest::new(key, value)).await.expect("put");
    }

    pub(super) async fn put_leased(&self, key: &str, value: &str, lease: LeaseId) {
        self.store.put(PutRequest::new(key, value).lease(lease)).await.expect("put");
    }

    pub(super) async fn delete(&self, key: impl Into<Key>) {
        self.store.delete(DeleteRequest::new(KeyRange::single(key))).await.expect("delete");
    }

    pub(super) async fn grant(&self, ttl: i64) -> LeaseId {
        self.store.lease_grant(ttl, LeaseId::NONE).await.expect("grant").id
    }

    pub(super) async fn get(&self, key: impl Into<Key>) -> Option<Entry> {
        let answer = self.store.range(RangeRequest::get(key)).await.expect("range");
        answer.entries.into_iter().next()
    }

    /// The value of a key as text; `-` when there is none.
    pub(super) async fn value(&self, key: &str) -> String {
        let entry = self.get(key).await;
        entry.map_or("-".to_owned(), |e| String::from_utf8_lossy(&e.value).into_owned())
    }

    /// The keys that begin with a prefix.
    pub(super) async fn keys(&self, prefix: &str) -> Vec<Key> {
        let request = RangeRequest::new(KeyRange::prefix(prefix));
        let answer = self.store.range(request).await.expect("range");
        answer.entries.into_iter().map(|entry| entry.key).collect()
    }

    /// How many keys there are.
    pub(super) async fn count(&self) -> i64 {
        let request = RangeRequest::new(KeyRange::all()).count_only();
        self.store.range(request).await.expect("count").count
    }

    /// Waits until a key hangs on no lease.
    pub(super) async fn comes_off(&self, key: &str) {
        let what = format!("{key} to come off its lease on {}", self.name);
        let free = async || {
            let entry = self.get(key).await;
            entry.is_some_and(|entry| !entry.lease.is_some()).then_some(())
        };
        eventually(&what, LIMIT, free).await;
    }

    /// Waits until a key has this value; `-` for none.
    pub(super) async fn comes_to(&self, key: &str, value: &str) {
        let what = format!("{key} to be {value} on {}", self.name);
        eventually(&what, LIMIT, async || (self.value(key).await == value).then_some(())).await;
    }
}
