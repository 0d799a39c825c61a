//! Locks: etcd's Lock service.

use super::{ErrorKind, Reply, StoreError};
use crate::domain::lock::HeldLock;
use crate::domain::{Key, LeaseId};

/// etcd's Lock service. Errors of this service come with other statuses than elsewhere and are told
/// apart by etcd's message all the same.
pub trait Locks {
    /// Enters the queue of a lock and answers when it is held (`/v3/lock/lock`). The wait has no
    /// limit; nobody keeps the lease alive meanwhile but the caller.
    ///
    /// Never call it with [`LeaseId::NONE`]: the server would make a lease of a minute that nobody
    /// keeps alive; it is refused as [`Invalid`](super::ErrorKind::Invalid) without being sent.
    ///
    /// Dropping the call leaves the queue, except where the server runs with authentication (it
    /// leaves the key behind then): whoever drops it must delete
    /// [`queue_key`](crate::domain::lock::queue_key) or revoke the lease.
    ///
    /// An answer is no proof: etcd 3.4 answers a waiter whose lease has ended. Read the key, and use
    /// its creation revision as the fencing revision. Later servers say
    /// [`LeaseNotFound`](super::ErrorKind::LeaseNotFound).
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock>;

    /// Leaves the queue or gives the lock up (`/v3/lock/unlock`): a plain delete of the key, which
    /// need not exist.
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
