//! Locks.

use super::call::Call;
use super::wire::{Base64, Int64, lock as wire};
use super::{Gateway, named};
use crate::domain::lock::HeldLock;
use crate::domain::{Key, LeaseId, Revision};
use crate::store::{ErrorKind, Locks, Reply, StoreError, lock::check_leased, lock::check_named};

impl Locks for Gateway {
    fn lock(&self, name: Key, lease: LeaseId) -> Reply<'_, HeldLock> {
        Box::pin(async move {
            let context = named("lock", name.as_bytes());
            self.enter(&name, lease).await.map_err(|error| error.during(context))
        })
    }

    fn unlock(&self, key: Key) -> Reply<'_, ()> {
        Box::pin(async move {
            let request = wire::UnlockRequest { key: Base64(key.as_bytes()) };
            let answer: Result<wire::UnlockResponse, _> =
                self.http.call(Call::write("/v3/lock/unlock"), &request).await;
            answer.map(|_| ()).map_err(|error| error.during(named("unlock", key.as_bytes())))
        })
    }
}

impl Gateway {
    async fn enter(&self, name: &Key, lease: LeaseId) -> Result<HeldLock, StoreError> {
        check_named(name).and_then(|()| check_leased(lease))?;
        let request = wire::LockRequest { name: Base64(name.as_bytes()), lease: Int64(lease.0) };
        let call = Call::write("/v3/lock/lock").endless();
        let answer: wire::LockResponse = self.http.call(call, &request).await?;
        if answer.key.0.is_empty() {
            let message = "the answer names no key, so nothing is known to be held";
            return Err(StoreError::new(ErrorKind::BadAnswer, message));
        }
        let revision = Revision(answer.header.revision.0);
        Ok(HeldLock { key: Key::new(answer.key.0), revision })
    }
}
