//! A store between a case and the true one: at each transaction that writes somebody may do something
//! first, and the call or its answer may be cut.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use etcdeck::domain::Revision;
use etcdeck::domain::txn::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use etcdeck::store::{ErrorKind, Kv, Reply, Store, StoreError};

use crate::forward::forward;

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

forward!(Meddled, store: Leases, Locks, Elections, Watch, Cluster, Access);
