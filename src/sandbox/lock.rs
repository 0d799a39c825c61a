//! Locks.

use super::{Sandbox, State, check};
use crate::domain::lock::HeldLock;
use crate::domain::txn::DeleteRequest;
use crate::domain::{Key, KeyRange, LeaseId};
use crate::store::lock::{check_leased, check_named};
use crate::store::{ErrorKind, Locks, Reply, StoreError};

impl Locks for Sandbox {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        Box::pin(async move {
            self.acquire(&name, lease).await.map_err(|error| error.during(format!("lock {name}")))
        })
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        self.serve(move |state| {
            check::key(&key).map_err(|error| error.during("unlock"))?;
            state.remove(&key);
            Ok(())
        })
    }
}

impl Sandbox {
    async fn acquire(&self, name: &Key, lease: LeaseId) -> Result<HeldLock, StoreError> {
        check_named(name).and_then(|()| check_leased(lease))?;
        let place = self.serve(|state| state.enter(name, lease, b"")).await?;
        self.wait_for_turn(name, &place, |state| state.remove(&place.key)).await;
        let state = self.shared.lock();
        if state.history.get(place.key.as_bytes()).is_none() {
            // Answered only now: a waiter is not told that its lease has ended until it would hold.
            return Err(StoreError::new(ErrorKind::LeaseNotFound, "mutex: session is expired"));
        }
        let revision = state.history.revision();
        drop(state);
        Ok(HeldLock { key: place.key, revision })
    }
}

impl State {
    /// Deletes a key, if it is there.
    fn remove(&mut self, key: &Key) {
        self.delete(&DeleteRequest::new(KeyRange::single(key.clone())));
        self.history.commit();
    }
}
