//! Which of the leases that keys were on still live.

use std::collections::HashMap;

use super::ask::ask;
use super::plan::Builder;
use crate::domain::{Entry, LeaseId};
use crate::store::{ErrorKind, Store, StoreError};

/// Leases that keys are to come back on, each asked for once (etcd's `LeaseTimeToLive`).
pub(super) struct Leases<'a> {
    store: &'a dyn Store,
    alive: HashMap<LeaseId, bool>,
    /// How many keys were on one that does not live.
    ended: u64,
}

impl<'a> Leases<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Leases<'a> {
        Leases { store, alive: HashMap::new(), ended: 0 }
    }

    /// The lease a key is to come back on: the one of then where it still lives; where it has ended,
    /// the one the key has now, or none.
    pub(super) async fn of(
        &mut self,
        then: &Entry,
        now: Option<&Entry>,
    ) -> Result<LeaseId, StoreError> {
        let on = now.map_or(LeaseId::NONE, |now| now.lease);
        if !then.lease.is_some() || then.lease == on || self.lives(then.lease).await? {
            return Ok(then.lease);
        }
        self.ended += 1;
        Ok(on)
    }

    async fn lives(&mut self, lease: LeaseId) -> Result<bool, StoreError> {
        if let Some(alive) = self.alive.get(&lease) {
            return Ok(*alive);
        }
        let alive = match ask(|| self.store.lease_time_to_live(lease, false)).await {
            Ok(status) => status.is_some(),
            Err(error) => match error.kind {
                // Who may not ask may not hang keys on it either.
                ErrorKind::LeaseNotFound | ErrorKind::PermissionDenied => false,
                _ => return Err(error),
            },
        };
        self.alive.insert(lease, alive);
        Ok(alive)
    }

    /// Says how many keys do not come back on the lease they were on. `Ended` in words: `has ended`,
    /// `have ended`.
    pub(super) fn note(&self, builder: &mut Builder, (one, many): (&str, &str)) {
        match self.ended {
            0 => {}
            1 => builder.note(format!(
                "1 key hung on a lease that {one}: it keeps the lease it has now, or hangs on none"
            )),
            n => builder.note(format!(
                "{n} keys hung on leases that {many}: they keep the leases they have now, or hang \
                 on none"
            )),
        }
    }
}
