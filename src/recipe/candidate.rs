//! An election that was won.

use std::sync::Arc;

use tokio::sync::watch;

use super::error::RecipeError;
use super::hold::{Hold, HoldState, Lost};
use crate::domain::election::Leadership;
use crate::domain::txn::Compare;
use crate::domain::{Key, LeaseId, Revision};
use crate::store::Store;

/// A leadership. Dropping it gives it up as far as possible, as with
/// [`LockGuard`](super::LockGuard).
pub struct Leader {
    store: Arc<dyn Store>,
    leadership: Leadership,
    hold: Hold,
}

impl Leader {
    pub(super) fn new(store: Arc<dyn Store>, name: Key, hold: Hold) -> Leader {
        let leadership = Leadership {
            name,
            key: hold.key().clone(),
            revision: hold.fencing(),
            lease: hold.lease(),
        };
        Leader { store, leadership, hold }
    }

    /// The key that stands for the leader; its value is what was proclaimed.
    pub fn key(&self) -> &Key {
        self.hold.key()
    }

    /// The fencing revision: when the key was created.
    pub fn fencing(&self) -> Revision {
        self.hold.fencing()
    }

    /// The lease of the leadership.
    pub fn lease(&self) -> LeaseId {
        self.hold.lease()
    }

    /// A condition that holds for as long as this leadership does, judged by the store.
    pub fn compare(&self) -> Compare {
        self.hold.compare()
    }

    /// What is known of the leadership, now and from now on.
    pub fn state(&self) -> watch::Receiver<HoldState> {
        self.hold.state()
    }

    /// Waits until the leadership is lost. The future does not borrow it.
    pub fn lost(&self) -> impl Future<Output = Lost> + Send + use<> {
        self.hold.lost()
    }

    /// Changes the value (`/v3/election/proclaim`), without letting anybody else in between.
    ///
    /// # Errors
    /// [`NotLeader`](crate::store::ErrorKind::NotLeader) when the leadership is lost, or a failed call.
    pub async fn proclaim(&self, value: impl Into<Vec<u8>>) -> Result<(), RecipeError> {
        Ok(self.store.proclaim(&self.leadership, value.into()).await?)
    }

    /// Gives the leadership up by revoking its lease, which deletes its key: what
    /// `/v3/election/resign` does, and the lease with it, in one step.
    ///
    /// # Errors
    /// As [`LockGuard::release`](super::LockGuard::release).
    pub async fn resign(self) -> Result<(), RecipeError> {
        self.hold.release().await
    }
}
