//! A store behind a door that a journey opens and shuts, and that counts what goes through.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use etcdeck::domain::election::Leadership;
use etcdeck::domain::lease::LeaseStatus;
use etcdeck::domain::lock::HeldLock;
use etcdeck::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use etcdeck::domain::{Entry, Key, LeaseId, Revision};
use etcdeck::store::{
    Cluster, Elections, ErrorKind, Granted, HealthStream, Kv, LeaderStream, Leases, Locks, Member,
    Reply, Status, Store, StoreError, Watch, WatchRequest, WatchStream,
};
use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;

use crate::forward::forward;

/// How the door stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Everything goes through.
    Open,
    /// Nothing does, surely.
    Shut,
    /// Writes are done, but no answer comes back.
    NoWayBack,
    /// Writes are lost on their way, and no answer comes back.
    NoWayThere,
    /// The status is answered, and nothing else is served.
    Unavailable,
}

/// A store behind a door.
pub(super) struct Doorway {
    store: Arc<dyn Store>,
    door: watch::Sender<Door>,
    /// How many writing calls were asked for.
    pub(super) writes: AtomicUsize,
    /// How many calls were asked for.
    pub(super) calls: AtomicUsize,
    /// After so many writing calls more it shuts by itself.
    shuts_after: AtomicUsize,
}

impl Doorway {
    pub(super) fn new(store: Arc<dyn Store>, door: Door) -> Arc<Doorway> {
        let (writes, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (door, shuts_after) = (watch::channel(door).0, AtomicUsize::new(usize::MAX));
        Arc::new(Doorway { store, door, writes, calls, shuts_after })
    }

    pub(super) fn stands(&self, door: Door) {
        self.door.send_replace(door);
    }

    /// Shuts by itself after so many writing calls more.
    pub(super) fn shuts_after(&self, writes: usize) {
        self.shuts_after.store(writes, Ordering::SeqCst);
    }

    fn read<'a, T: Send + 'a>(&'a self, reply: Reply<'a, T>) -> Reply<'a, T> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let door = *self.door.borrow();
        Box::pin(async move {
            match door {
                Door::Open => reply.await,
                Door::Shut => Err(shut()),
                Door::NoWayBack | Door::NoWayThere => Err(silence()),
                Door::Unavailable => {
                    Err(StoreError::new(ErrorKind::Unavailable, "etcdserver: no leader"))
                }
            }
        })
    }

    fn write<'a, T: Send + 'a>(&'a self, reply: Reply<'a, T>) -> Reply<'a, T> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        match self.shuts_after.load(Ordering::SeqCst) {
            usize::MAX => {}
            0 => self.stands(Door::Shut),
            left => self.shuts_after.store(left - 1, Ordering::SeqCst),
        }
        if *self.door.borrow() == Door::NoWayBack {
            return Box::pin(async move { reply.await.and(Err(silence())) });
        }
        self.read(reply)
    }

    /// A write that may wait long: it breaks when the door moves away from open.
    fn wait<'a, T: Send + 'a>(&'a self, reply: Reply<'a, T>) -> Reply<'a, T> {
        let reply = self.write(reply);
        let mut door = self.door.subscribe();
        Box::pin(async move {
            tokio::select! {
                answer = reply => answer,
                _ = door.wait_for(|door| *door != Door::Open) => Err(silence()),
            }
        })
    }
}

fn shut() -> StoreError {
    StoreError::new(ErrorKind::Unreachable, "connection refused")
}

fn silence() -> StoreError {
    StoreError::new(ErrorKind::Unknown, "no answer")
}

impl Kv for Doorway {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        self.read(self.store.range(request))
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.write(self.store.put(request))
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.write(self.store.delete(request))
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        if request.is_read_only() {
            return self.read(self.store.txn(request));
        }
        self.write(self.store.txn(request))
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.write(self.store.compact(revision, physical))
    }
}

forward!(Doorway, store: Access);

impl Leases for Doorway {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        self.write(self.store.lease_grant(ttl, id))
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        self.write(self.store.lease_revoke(id))
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        self.write(self.store.lease_keep_alive(id))
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        self.read(self.store.lease_time_to_live(id, keys))
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        self.read(self.store.lease_list())
    }
}

impl Locks for Doorway {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        self.wait(self.store.lock(name, lease))
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        self.write(self.store.unlock(key))
    }
}

impl Elections for Doorway {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        self.wait(self.store.campaign(name, lease, value))
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        self.write(self.store.proclaim(leadership, value))
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        self.read(self.store.leader(name))
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        self.read(self.store.observe(name))
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        self.write(self.store.resign(leadership))
    }
}

impl Watch for Doorway {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        let reply = self.read(self.store.watch(request));
        let door = self.door.subscribe();
        Box::pin(async move {
            let stream = reply.await?;
            // Breaks when the door moves away from open.
            let through = stream::unfold(Some((stream, door)), |state| async move {
                let (mut stream, mut door) = state?;
                let message = tokio::select! {
                    message = stream.next() => Some(message?),
                    _ = door.wait_for(|door| *door != Door::Open) => None,
                };
                Some(match message {
                    Some(message) => (message, Some((stream, door))),
                    None => (Err(shut()), None),
                })
            });
            Ok(Box::pin(through) as WatchStream)
        })
    }
}

impl Cluster for Doorway {
    fn status(&self) -> Reply<'_, Status> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let door = *self.door.borrow();
        Box::pin(async move {
            match door {
                Door::Open | Door::Unavailable => self.store.status().await,
                Door::Shut | Door::NoWayBack | Door::NoWayThere => Err(shut()),
            }
        })
    }

    fn endpoint(&self) -> String {
        self.store.endpoint()
    }

    fn check(&self) -> Reply<'_, Status> {
        self.status()
    }

    fn health(&self) -> HealthStream {
        self.store.health()
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        self.store.members()
    }
}
