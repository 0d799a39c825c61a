//! The switch that keeps a store from being written: the one place every request passes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    Access, Cluster, Elections, ErrorKind, Granted, HealthStream, Kv, LeaderStream, Leases, Locks,
    Member, Reply, Status, Store, StoreError, Watch, WatchRequest, WatchStream,
};
use crate::domain::access::Rights;
use crate::domain::election::Leadership;
use crate::domain::lease::LeaseStatus;
use crate::domain::lock::HeldLock;
use crate::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use crate::domain::{Entry, Key, LeaseId, Revision, Secret};

/// A store that refuses to write while its switch is on: nothing that changes anything is sent.
#[derive(Clone)]
pub struct ReadOnly {
    store: Arc<dyn Store>,
    switch: Arc<AtomicBool>,
}

impl ReadOnly {
    /// Wraps a store; `read_only` is the position of the switch at the start.
    pub fn new(store: Arc<dyn Store>, read_only: bool) -> ReadOnly {
        ReadOnly { store, switch: Arc::new(AtomicBool::new(read_only)) }
    }

    /// Turns the switch, for every clone.
    pub fn set_read_only(&self, read_only: bool) {
        self.switch.store(read_only, Ordering::SeqCst);
    }

    fn writing<'a, T: 'a>(
        &'a self,
        what: &str,
        call: impl FnOnce(&'a dyn Store) -> Reply<'a, T>,
    ) -> Reply<'a, T> {
        if self.switch.load(Ordering::SeqCst) {
            let error = StoreError::new(ErrorKind::ReadOnly, "read-only: nothing was sent");
            let error = error.during(what);
            return Box::pin(async move { Err(error) });
        }
        call(&*self.store)
    }
}

impl Kv for ReadOnly {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        self.store.range(request)
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.writing("put", |store| store.put(request))
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.writing("delete", |store| store.delete(request))
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        if request.is_read_only() {
            return self.store.txn(request);
        }
        self.writing("txn", |store| store.txn(request))
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.writing("compact", |store| store.compact(revision, physical))
    }
}

impl Leases for ReadOnly {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        self.writing("lease grant", |store| store.lease_grant(ttl, id))
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        self.writing("lease revoke", |store| store.lease_revoke(id))
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        self.writing("lease keepalive", |store| store.lease_keep_alive(id))
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        self.store.lease_time_to_live(id, keys)
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        self.store.lease_list()
    }
}

impl Locks for ReadOnly {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        self.writing("lock", |store| store.lock(name, lease))
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        self.writing("unlock", |store| store.unlock(key))
    }
}

impl Elections for ReadOnly {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        self.writing("campaign", |store| store.campaign(name, lease, value))
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        self.writing("proclaim", |store| store.proclaim(leadership, value))
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        self.store.leader(name)
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        self.store.observe(name)
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        self.writing("resign", |store| store.resign(leadership))
    }
}

impl Watch for ReadOnly {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        self.store.watch(request)
    }
}

impl Cluster for ReadOnly {
    fn status(&self) -> Reply<'_, Status> {
        self.store.status()
    }

    fn endpoint(&self) -> String {
        self.store.endpoint()
    }

    fn check(&self) -> Reply<'_, Status> {
        self.store.check()
    }

    fn health(&self) -> HealthStream {
        self.store.health()
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        self.store.members()
    }
}

impl Access for ReadOnly {
    fn user(&self) -> Option<String> {
        self.store.user()
    }

    // Nothing in the store changes by it.
    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()> {
        self.store.log_in(user, password)
    }

    fn rights(&self) -> Reply<'_, Rights> {
        self.store.rights()
    }
}
