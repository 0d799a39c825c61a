//! Locks: etcd's Lock service.

use super::{ErrorKind, Reply, StoreError};
use crate::domain::lock::HeldLock;
use crate::domain::{Key, LeaseId};

/// etcd's Lock service. Errors of this service come with other statuses than elsewhere and are told
/// apart by etcd's message all the same.
pub trait Locks {
    /// Enters the queue of a lock and answers when it is held (`/v3/lock/lock`). The wait has no
    /// limit; nobody keeps the lease alive meanwhile but the caller. A name that is a path above
    /// another (`n` and `n/a`) waits for that one too: the queue is every key under `NAME/`.
    ///
    /// Never call it with [`LeaseId::NONE`]: the server would make a lease of a minute that nobody
    /// keeps alive; it is refused as [`Invalid`](super::ErrorKind::Invalid) without being sent, and
    /// so is a name without bytes.
    ///
    /// A lease has one place in a queue, and calling again finds it: at once when it holds already.
    /// So after an error whose [outcome is unknown](super::StoreError::outcome_unknown) the key may
    /// stand in the queue, and may come to hold. Call again with the same lease, or leave for good as
    /// below; the call is never sent a second time by itself once it may have arrived.
    ///
    /// Dropping the call closes its connection, upon which the server takes a *waiting* key out of
    /// the queue. It does not where authentication is on, now and then not when several calls are
    /// dropped together at a busy server of any version, and not when the lock was granted in that
    /// moment. Whoever drops a call
    /// must therefore revoke the lease, which also keeps a call still on its way from entering, or
    /// delete [`queue_key`](crate::domain::lock::queue_key), which does not.
    ///
    /// An answer is no proof: etcd 3.4 answers a waiter whose lease has ended. Read the key, and use
    /// its creation revision as the fencing revision. Later servers say
    /// [`LeaseNotFound`](super::ErrorKind::LeaseNotFound); neither says it before the waiter's turn.
    ///
    /// A member that loses its quorum meanwhile says nothing either: the keepalive of the lease is
    /// what tells.
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock>;

    /// Leaves the queue or gives the lock up (`/v3/lock/unlock`): a plain delete of the key, which
    /// need not exist, nor be a lock's. The lease stays.
    fn unlock(&self, key: Key) -> Reply<'_, ()>;
}

/// What every store refuses before anything is sent: a lock or election without a name, whose queue
/// would be every key that begins with `/`.
pub(crate) fn check_named(name: &Key) -> Result<(), StoreError> {
    if name.is_empty() {
        return Err(StoreError::new(ErrorKind::Invalid, "a lock or election needs a name"));
    }
    Ok(())
}

/// The same for a call without a lease, for which the server would make one that nobody keeps alive.
pub(crate) fn check_leased(lease: LeaseId) -> Result<(), StoreError> {
    if !lease.is_some() {
        let message = "a lease is needed: the server would make one that nobody keeps alive";
        return Err(StoreError::new(ErrorKind::Invalid, message));
    }
    Ok(())
}
