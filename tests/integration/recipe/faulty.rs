//! A store whose servers can be cut off: calls fail, or are never answered.

use std::sync::Arc;

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
use futures_util::StreamExt as _;
use tokio::sync::watch;

use crate::forward::forward;

/// What becomes of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They pass.
    None,
    /// They fail at once, and what waits or is watched breaks.
    Down,
    /// They are never answered.
    Silent,
    /// They pass, but all answers are lost, save those of transactions that only read.
    Deaf,
    /// They pass, but the answers of transactions that write are lost.
    DeafToWrites,
}

/// A handle on the way to the store.
#[derive(Clone)]
pub(super) struct Faulty {
    inner: Arc<dyn Store>,
    /// Where lock calls go instead.
    locks: Arc<dyn Store>,
    fault: watch::Sender<Fault>,
}

impl Faulty {
    pub(super) fn new(inner: Arc<dyn Store>) -> Faulty {
        let locks = Arc::clone(&inner);
        Faulty { inner, locks, fault: watch::Sender::new(Fault::None) }
    }

    /// Lock calls take another way.
    pub(super) fn locking_through(self, locks: Arc<dyn Store>) -> Faulty {
        Faulty { locks, ..self }
    }

    pub(super) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    pub(super) fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.clone())
    }

    /// Makes a call the way things are; it breaks when they change for the worse.
    fn through<'a, T: Send + 'a>(&'a self, call: Reply<'a, T>) -> Reply<'a, T> {
        Box::pin(async move {
            let mut fault = self.fault.subscribe();
            let now = *fault.borrow_and_update();
            match now {
                Fault::Down => Err(StoreError::new(ErrorKind::Unreachable, "refused")),
                Fault::Silent => std::future::pending().await,
                Fault::Deaf => unanswered(call).await,
                Fault::None | Fault::DeafToWrites => tokio::select! {
                    biased;
                    answer = call => answer,
                    broken = broken(&mut fault) => Err(broken),
                },
            }
        })
    }
}

/// Makes a call whose answer is lost.
fn unanswered<'a, T: Send + 'a>(call: Reply<'a, T>) -> Reply<'a, T> {
    Box::pin(async move {
        let _lost = call.await;
        Err(StoreError::new(ErrorKind::Unknown, "the answer was lost"))
    })
}

async fn broken(fault: &mut watch::Receiver<Fault>) -> StoreError {
    if fault.wait_for(|fault| *fault == Fault::Down).await.is_err() {
        std::future::pending::<()>().await;
    }
    StoreError::new(ErrorKind::Unknown, "the connection broke")
}

impl Kv for Faulty {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        self.through(self.inner.range(request))
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.through(self.inner.put(request))
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.through(self.inner.delete(request))
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        let reads = request.is_read_only();
        let call = self.inner.txn(request);
        match *self.fault.borrow() {
            Fault::Deaf if reads => call,
            Fault::DeafToWrites if !reads => unanswered(call),
            _ => self.through(call),
        }
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.through(self.inner.compact(revision, physical))
    }
}

forward!(Faulty, inner: Access);

impl Leases for Faulty {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        self.through(self.inner.lease_grant(ttl, id))
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        self.through(self.inner.lease_revoke(id))
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        self.through(self.inner.lease_keep_alive(id))
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        self.through(self.inner.lease_time_to_live(id, keys))
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        self.through(self.inner.lease_list())
    }
}

impl Locks for Faulty {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        self.through(self.locks.lock(name, lease))
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        self.through(self.inner.unlock(key))
    }
}

impl Elections for Faulty {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        self.through(self.inner.campaign(name, lease, value))
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        self.through(self.inner.proclaim(leadership, value))
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        self.through(self.inner.leader(name))
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        self.through(self.inner.observe(name))
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        self.through(self.inner.resign(leadership))
    }
}

impl Watch for Faulty {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        let opened = self.through(self.inner.watch(request));
        let mut fault = self.fault.subscribe();
        Box::pin(async move {
            let stream = opened.await?;
            let broken = Box::pin(async move { broken(&mut fault).await });
            let until = futures_util::stream::once(broken).map(Err);
            // The first error is the end, whichever it is.
            let stream = futures_util::stream::select(stream, until);
            Ok(Box::pin(stream) as WatchStream)
        })
    }
}

impl Cluster for Faulty {
    fn status(&self) -> Reply<'_, Status> {
        self.through(self.inner.status())
    }

    fn endpoint(&self) -> String {
        self.inner.endpoint()
    }

    fn check(&self) -> Reply<'_, Status> {
        self.through(self.inner.check())
    }

    fn health(&self) -> HealthStream {
        self.inner.health()
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        self.through(self.inner.members())
    }
}
