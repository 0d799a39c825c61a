//! A store between a case and the true one: at each transaction that writes somebody may do something
//! first, and the call or its answer may be cut.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use etcdeck::domain::access::Rights;
use etcdeck::domain::election::Leadership;
use etcdeck::domain::lease::LeaseStatus;
use etcdeck::domain::lock::HeldLock;
use etcdeck::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use etcdeck::domain::{Entry, Key, LeaseId, Revision, Secret};
use etcdeck::store::{
    Access, Cluster, Elections, ErrorKind, Granted, HealthStream, Kv, LeaderStream, Leases, Locks,
    Member, Reply, Status, Store, StoreError, Watch, WatchRequest, WatchStream,
};

/// What happens to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// It is sent, and answered.
    None,
    /// It is not sent, and the caller knows.
    Unsent,
    /// It is not sent, and the caller cannot know.
    Before,
    /// It is carried out, and the answer is lost.
    After,
    /// The same, and the history up to then is compacted.
    Compacted,
    /// The answer is lost, and it is carried out only right before the next call.
    Late,
}

type Meddling = dyn Fn(usize) -> Pin<Box<dyn Future<Output = Cut> + Send>> + Send + Sync;

/// The store.
pub(super) struct Meddled {
    store: Arc<dyn Store>,
    /// Called with the number of the transaction, from 0, right before it.
    meddle: Box<Meddling>,
    count: AtomicUsize,
    late: tokio::sync::Mutex<Option<TxnRequest>>,
}

impl Meddled {
    /// `meddle` is asked before each transaction that writes, with its number.
    pub(super) fn new<F>(
        store: Arc<dyn Store>,
        meddle: impl Fn(usize) -> F + Send + Sync + 'static,
    ) -> Meddled
    where
        F: Future<Output = Cut> + Send + 'static,
    {
        let meddle = Box::new(move |number| Box::pin(meddle(number)) as Pin<Box<_>>);
        Meddled { store, meddle, count: AtomicUsize::new(0), late: tokio::sync::Mutex::default() }
    }

    /// Transactions that write, so far.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// What was late arrives.
    pub(super) async fn arrive(&self) {
        if let Some(request) = self.late.lock().await.take() {
            let _ = self.store.txn(request).await;
        }
    }
}

fn lost() -> StoreError {
    StoreError::new(ErrorKind::Unknown, "the connection was cut")
}

impl Kv for Meddled {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        self.store.range(request)
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.store.put(request)
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.store.delete(request)
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        Box::pin(async move {
            if request.is_read_only() {
                return self.store.txn(request).await;
            }
            self.arrive().await;
            match (self.meddle)(self.count.fetch_add(1, Ordering::SeqCst)).await {
                Cut::None => self.store.txn(request).await,
                Cut::Unsent => Err(StoreError::new(ErrorKind::Unreachable, "nobody is there")),
                Cut::Before => Err(lost()),
                Cut::After => {
                    // A refusal is lost like any other answer.
                    let _ = self.store.txn(request).await;
                    Err(lost())
                }
                Cut::Compacted => {
                    let answer = self.store.txn(request).await?;
                    self.store.compact(answer.revision, false).await?;
                    Err(lost())
                }
                Cut::Late => {
                    *self.late.lock().await = Some(request);
                    Err(lost())
                }
            }
        })
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.store.compact(revision, physical)
    }
}

impl Leases for Meddled {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        self.store.lease_grant(ttl, id)
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        self.store.lease_revoke(id)
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        self.store.lease_keep_alive(id)
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        self.store.lease_time_to_live(id, keys)
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        self.store.lease_list()
    }
}

impl Locks for Meddled {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        self.store.lock(name, lease)
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        self.store.unlock(key)
    }
}

impl Elections for Meddled {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        self.store.campaign(name, lease, value)
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        self.store.proclaim(leadership, value)
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        self.store.leader(name)
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        self.store.observe(name)
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        self.store.resign(leadership)
    }
}

impl Watch for Meddled {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        self.store.watch(request)
    }
}

impl Cluster for Meddled {
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

impl Access for Meddled {
    fn user(&self) -> Option<String> {
        self.store.user()
    }

    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()> {
        self.store.log_in(user, password)
    }

    fn rights(&self) -> Reply<'_, Rights> {
        self.store.rights()
    }
}
