//! A lease of one's own: granted, kept alive, and revoked whatever becomes of its owner.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::backoff::{Backoff, jitter};
use super::error::{RecipeError, is_passing};
use super::keepalive::{Keepalive, KeepaliveState, whole};
use crate::domain::LeaseId;
use crate::store::{ErrorKind, Store, StoreError};

/// A lease that is kept alive until this is ended or dropped, and is revoked then: what hangs on it
/// goes with it. Where the runtime ends first, the lease ends by itself in its time.
pub(super) struct Session {
    store: Arc<dyn Store>,
    lease: LeaseId,
    ttl: Duration,
    runtime: Handle,
    stage: Stage,
}

enum Stage {
    /// Asked for: it may exist or not.
    Asked,
    /// It was there, and is kept alive.
    Kept(Keepalive),
    /// Nothing is left to be revoked.
    Over,
}

/// How a session that was ended went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The lease was revoked.
    Revoked,
    /// There was no such lease any more.
    WasGone,
}

impl Session {
    /// Grants a lease of `ttl`, rounded up to seconds, and keeps it alive. Dropping the call revokes
    /// what it may have granted.
    pub(super) async fn begin(
        store: &Arc<dyn Store>,
        ttl: Duration,
    ) -> Result<Session, RecipeError> {
        if ttl.is_zero() {
            return Err(RecipeError::invalid("the time to live must be longer than nothing"));
        }
        let seconds = ttl.as_secs().saturating_add(u64::from(ttl.subsec_nanos() > 0));
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        loop {
            let mut session = Session {
                store: Arc::clone(store),
                // Chosen here, so that it can be revoked even if the answer never comes.
                lease: random_lease(),
                ttl,
                runtime: Handle::current(),
                stage: Stage::Asked,
            };
            let asked = Instant::now();
            match store.lease_grant(seconds, session.lease).await {
                // Counted from when it was asked for it may be over; what is hung on it would come and
                // go at once.
                Ok(granted) if asked.elapsed() >= whole(granted.ttl) => {
                    let message = "the lease was granted too late to be of use";
                    return Err(StoreError::new(ErrorKind::Unavailable, message).into());
                }
                Ok(granted) => {
                    session.ttl = whole(granted.ttl);
                    let kept =
                        Keepalive::granted(Arc::clone(store), granted.id, session.ttl, asked);
                    session.stage = Stage::Kept(kept);
                    return Ok(session);
                }
                // Another client drew the same number of 63 bits.
                Err(error) if error.kind == ErrorKind::LeaseExists => session.stage = Stage::Over,
                Err(error) => {
                    if !error.outcome_unknown() {
                        session.stage = Stage::Over;
                    }
                    return Err(error.into());
                }
            }
        }
    }

    /// Its lease.
    pub(super) fn lease(&self) -> LeaseId {
        self.lease
    }

    /// How long the lease lives after a renewal.
    pub(super) fn ttl(&self) -> Duration {
        self.ttl
    }

    /// What is known of the lease.
    pub(super) fn state(&self) -> watch::Receiver<KeepaliveState> {
        match &self.stage {
            Stage::Kept(keepalive) => keepalive.state(),
            Stage::Asked | Stage::Over => {
                let message = "the lease is no longer kept alive here";
                let error = StoreError::new(ErrorKind::LeaseNotFound, message);
                watch::channel(KeepaliveState::Lost { error }).1
            }
        }
    }

    /// Revokes the lease and waits for that. It is tried again while the lease can still live; dropping
    /// the call leaves it to a task.
    pub(super) async fn end(mut self) -> Result<Ended, StoreError> {
        match self.revoke() {
            Some(task) => task.await.unwrap_or_else(|_| {
                Err(StoreError::new(ErrorKind::Unknown, "the lease was not revoked: stopped"))
            }),
            None => Ok(Ended::WasGone),
        }
    }

    /// Starts the task that revokes the lease, once.
    fn revoke(&mut self) -> Option<JoinHandle<Result<Ended, StoreError>>> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        if matches!(stage, Stage::Over) {
            return None;
        }
        // The server's clock may have started later than ours, by the time of a call.
        let limit = Instant::now() + self.ttl + Duration::from_secs(5);
        Some(self.runtime.spawn(revoke(Arc::clone(&self.store), self.lease, limit)))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.revoke();
    }
}

async fn revoke(
    store: Arc<dyn Store>,
    lease: LeaseId,
    limit: Instant,
) -> Result<Ended, StoreError> {
    let mut backoff = Backoff::default();
    let mut gone = Ended::WasGone;
    loop {
        let error = match timeout_at(limit, store.lease_revoke(lease)).await {
            Ok(Ok(_)) => return Ok(Ended::Revoked),
            Ok(Err(error)) if error.kind == ErrorKind::LeaseNotFound => return Ok(gone),
            Ok(Err(error)) => error,
            Err(_) => {
                let message = "not revoked: the servers did not answer while the lease lived";
                return Err(StoreError::new(ErrorKind::Unknown, message));
            }
        };
        if error.outcome_unknown() {
            // When it is gone next time, it was this call that did it.
            gone = Ended::Revoked;
        }
        if !is_passing(&error) || Instant::now() >= limit {
            return Err(error);
        }
        sleep(backoff.next(jitter())).await;
    }
}

/// A positive number of 63 bits, as servers choose them.
fn random_lease() -> LeaseId {
    // The standard library seeds each of these anew.
    let bits = RandomState::new().build_hasher().finish();
    LeaseId(((bits >> 1) as i64).max(1))
}
