//! A lock that one client of a cluster holds at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::claim::{Claim, Wish};
use super::error::RecipeError;
use super::hold::{Hold, HoldState, Lost};
use super::queue;
use crate::domain::txn::Compare;
use crate::domain::{Key, LeaseId, Revision};
use crate::store::Store;

/// The time to live of the lease when none is given: short enough for a crash to be noticed, long
/// enough for a member that hangs to be left.
pub(super) const TTL: Duration = Duration::from_secs(30);

/// A lock by name, compatible with `etcdctl lock NAME`: the queue stands under `NAME/`, and the first
/// of it by creation holds the lock. A name and another one with `/…` behind it are in each other's
/// way: whoever holds `n/a` blocks `n`.
///
/// ```
/// # use std::sync::Arc;
/// use std::time::Duration;
///
/// use etcdeck::domain::txn::{Op, PutRequest, TxnRequest};
/// use etcdeck::recipe::DistributedLock;
/// use etcdeck::sandbox::Sandbox;
/// use etcdeck::store::Store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store: Arc<dyn Store> = Arc::new(Sandbox::new()); // or a Gateway
/// let lock = DistributedLock::new(store.clone(), "/locks/report").ttl(Duration::from_secs(20));
/// let guard = lock.acquire().await?;
///
/// // Written only if the lock is still ours when the write arrives.
/// let write = TxnRequest {
///     compares: vec![guard.compare()],
///     success: vec![Op::Put(PutRequest::new("/report", "done"))],
///     failure: vec![],
/// };
/// assert!(store.txn(write).await?.succeeded);
/// guard.release().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DistributedLock {
    store: Arc<dyn Store>,
    name: Key,
    ttl: Duration,
}

impl DistributedLock {
    /// A lock of this name. Nothing is sent yet.
    pub fn new(store: Arc<dyn Store>, name: impl Into<Key>) -> DistributedLock {
        DistributedLock { store, name: name.into(), ttl: TTL }
    }

    /// How long the lock outlives a client that died: the time to live of its lease, 30 s unless told
    /// otherwise. Rounded up to seconds; the server raises what is below its minimum. See
    /// [`Keepalive`](super::Keepalive) for how short it may be.
    pub fn ttl(self, ttl: Duration) -> DistributedLock {
        DistributedLock { ttl, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &Key {
        &self.name
    }

    /// Waits for the lock, first come, first served (`/v3/lock/lock`), with a lease of its own that
    /// is kept alive meanwhile. Dropping the call gives the place in the queue up: a task revokes the
    /// lease, and the key is gone a moment later.
    ///
    /// # Errors
    /// Whatever would not go away by trying again, and what keeps the lease from being granted. A broken
    /// connection does not end the wait, unless the lease runs out before it is mended:
    /// [`RecipeError::LeaseLost`].
    pub async fn acquire(&self) -> Result<LockGuard, RecipeError> {
        let mut claim = self.claim().await?;
        let won = claim.win(|_| {}).await?;
        Ok(LockGuard { hold: Hold::new(Arc::clone(&self.store), claim, won) })
    }

    /// The same, but at most for `limit`; then the place in the queue is given up before this answers.
    ///
    /// # Errors
    /// [`RecipeError::TimedOut`], or what [`DistributedLock::acquire`] answers.
    pub async fn acquire_within(&self, limit: Duration) -> Result<LockGuard, RecipeError> {
        let deadline = tokio::time::Instant::now() + limit;
        let claim = tokio::time::timeout_at(deadline, self.claim()).await;
        let mut claim = claim.map_err(|_| RecipeError::TimedOut(limit))??;
        let won = tokio::time::timeout_at(deadline, claim.win(|_| {})).await;
        match won {
            Ok(Ok(won)) => Ok(LockGuard { hold: Hold::new(Arc::clone(&self.store), claim, won) }),
            Ok(Err(error)) => Err(error),
            Err(_) => {
                leave(claim).await;
                Err(RecipeError::TimedOut(limit))
            }
        }
    }

    /// The same, unless `stop` comes first: then the place in the queue is given up before this answers
    /// with nothing. What dropping [`DistributedLock::acquire`] leaves to a task is done here. Meanwhile
    /// the lease whose key is to stand in the queue is told to `queued`; a place that is lost is taken
    /// anew with another one, which is told too.
    ///
    /// # Errors
    /// What [`DistributedLock::acquire`] answers.
    pub async fn acquire_unless(
        &self,
        stop: impl Future<Output = ()>,
        queued: impl FnMut(LeaseId),
    ) -> Result<Option<LockGuard>, RecipeError> {
        let mut claim = self.claim().await?;
        let won = tokio::select! {
            won = claim.win(queued) => Some(won),
            () = stop => None,
        };
        let Some(won) = won else {
            leave(claim).await;
            return Ok(None);
        };
        Ok(Some(LockGuard { hold: Hold::new(Arc::clone(&self.store), claim, won?) }))
    }

    /// Takes the lock if nobody holds it or waits for it. It never stands in the queue of a lock that is
    /// held: one transaction enters an empty queue or does nothing.
    ///
    /// # Errors
    /// [`RecipeError::Held`] with the entry of the holder, or a failed call.
    pub async fn try_acquire(&self) -> Result<LockGuard, RecipeError> {
        if let Some(holder) = queue::first(&self.store, &self.name).await? {
            return Err(RecipeError::Held(Box::new(holder)));
        }
        let mut claim = self.claim().await?;
        match claim.try_win().await {
            Ok(won) => Ok(LockGuard { hold: Hold::new(Arc::clone(&self.store), claim, won) }),
            Err(error) => {
                leave(claim).await;
                Err(error)
            }
        }
    }

    async fn claim(&self) -> Result<Claim, RecipeError> {
        Claim::begin(&self.store, &self.name, Wish::Lock, self.ttl).await
    }
}

/// Gives a place up and waits a little for that; what takes longer goes on behind.
pub(super) async fn leave(claim: Claim) {
    let _ = timeout(Duration::from_secs(1), claim.end()).await;
}

/// A lock that is held. Dropping it frees the lock as far as possible: a task revokes its lease, and
/// where the runtime ends before that, the lease ends by itself.
pub struct LockGuard {
    hold: Hold,
}

impl LockGuard {
    /// The key that stands for the holder: `NAME/` and the lease in hexadecimal.
    pub fn key(&self) -> &Key {
        self.hold.key()
    }

    /// The fencing revision: when the key was created. It grows from holder to holder, so a resource
    /// outside etcd can refuse whoever comes with a smaller one than it has seen.
    pub fn fencing(&self) -> Revision {
        self.hold.fencing()
    }

    /// The lease of the lock. What else is put on it vanishes with the lock.
    pub fn lease(&self) -> LeaseId {
        self.hold.lease()
    }

    /// A condition that holds for as long as this guard's lock does, judged by the store: put it into
    /// every transaction that writes what the lock protects.
    pub fn compare(&self) -> Compare {
        self.hold.compare()
    }

    /// What is known of the lock, now and from now on.
    pub fn state(&self) -> watch::Receiver<HoldState> {
        self.hold.state()
    }

    /// Waits until the lock is lost: its lease ended, its key was deleted, or it was released. The
    /// future does not borrow the guard.
    pub fn lost(&self) -> impl Future<Output = Lost> + Send + use<> {
        self.hold.lost()
    }

    /// Frees the lock by revoking its lease (`/v3/lease/revoke`) and waits until that is done. It is
    /// tried again while the lease can still live; dropping the call leaves that to a task.
    ///
    /// # Errors
    /// [`RecipeError::LeaseLost`] when the lock had been lost before, or a failed call, after which
    /// the lock ends with its lease.
    pub async fn release(self) -> Result<(), RecipeError> {
        self.hold.release().await
    }
}
