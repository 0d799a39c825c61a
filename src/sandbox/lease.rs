//! Leases: granting, renewing, and the task that ends them in time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::{Sandbox, Shared, State, check};
use crate::domain::lease::LeaseStatus;
use crate::domain::{Key, KeyRange, LeaseId, Revision};
use crate::store::{ErrorKind, Granted, Leases, Reply, StoreError};

/// The shortest time to live in seconds: with its default election timeout a real etcd raises
/// everything below this as well.
const MIN_TTL: i64 = 2;

/// The longest time to live in seconds that etcd takes.
const MAX_TTL: i64 = 9_000_000_000;

/// Where the IDs that the sandbox chooses itself begin: as long as real ones, and easy to recognize.
const FIRST_ID: i64 = 0x5a4d_b0c5_0000_0000;

struct Lease {
    granted: i64,
    expiry: Instant,
    keys: BTreeSet<Key>,
}

/// The leases that exist.
#[derive(Default)]
pub(super) struct Lessor {
    leases: BTreeMap<LeaseId, Lease>,
    /// The same leases by when they end; the ID tells those apart that end together.
    expiries: BTreeSet<(Instant, LeaseId)>,
    chosen: i64,
}

impl Lessor {
    /// Grants a lease: the TTL raised to the minimum, the ID chosen when it is none.
    pub(super) fn grant(
        &mut self,
        ttl: i64,
        id: LeaseId,
        now: Instant,
    ) -> Result<Granted, StoreError> {
        if ttl > MAX_TTL {
            return Err(check::invalid("etcdserver: too large lease TTL"));
        }
        let id = if id.is_some() { id } else { self.choose() };
        if self.contains(id) {
            let message = "etcdserver: lease already exists";
            return Err(StoreError::new(ErrorKind::LeaseExists, message));
        }
        let ttl = ttl.max(MIN_TTL);
        let expiry = now + seconds(ttl);
        self.leases.insert(id, Lease { granted: ttl, expiry, keys: BTreeSet::new() });
        self.expiries.insert((expiry, id));
        Ok(Granted { id, ttl })
    }

    fn choose(&mut self) -> LeaseId {
        loop {
            self.chosen += 1;
            let id = LeaseId(FIRST_ID + self.chosen);
            if !self.contains(id) {
                return id;
            }
        }
    }

    /// Gives a lease its whole time again and answers with it.
    fn renew(&mut self, id: LeaseId, now: Instant) -> Result<i64, StoreError> {
        let lease = self.leases.get_mut(&id).ok_or_else(check::lease_not_found)?;
        self.expiries.remove(&(lease.expiry, id));
        lease.expiry = now + seconds(lease.granted);
        self.expiries.insert((lease.expiry, id));
        Ok(lease.granted)
    }

    /// Takes a lease away and answers with the keys on it.
    fn remove(&mut self, id: LeaseId) -> Option<BTreeSet<Key>> {
        let lease = self.leases.remove(&id)?;
        self.expiries.remove(&(lease.expiry, id));
        Some(lease.keys)
    }

    /// Whether a lease exists.
    pub(super) fn contains(&self, id: LeaseId) -> bool {
        self.leases.contains_key(&id)
    }

    /// Hangs a key on a lease, when it is one.
    pub(super) fn attach(&mut self, id: LeaseId, key: Key) {
        if let Some(lease) = self.leases.get_mut(&id) {
            lease.keys.insert(key);
        }
    }

    /// Takes a key off a lease.
    pub(super) fn detach(&mut self, id: LeaseId, key: &Key) {
        if let Some(lease) = self.leases.get_mut(&id) {
            lease.keys.remove(key);
        }
    }

    /// When the next lease ends.
    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.first().map(|(expiry, _)| *expiry)
    }

    /// The lease that ended first, if one has by now.
    fn expired(&self, now: Instant) -> Option<LeaseId> {
        self.expiries.first().filter(|(expiry, _)| *expiry <= now).map(|(_, id)| *id)
    }
}

fn seconds(ttl: i64) -> Duration {
    Duration::from_secs(ttl.unsigned_abs())
}

impl State {
    /// Ends a lease and deletes its keys, all in one revision.
    fn revoke(&mut self, id: LeaseId) -> Result<Revision, StoreError> {
        let keys = self.lessor.remove(id).ok_or_else(check::lease_not_found)?;
        for key in keys {
            self.history.delete(&KeyRange::single(key));
        }
        Ok(self.history.commit())
    }

    /// Ends every lease that is due and answers when the next one will be.
    fn expire(&mut self, now: Instant) -> Option<Instant> {
        while let Some(id) = self.lessor.expired(now) {
            // It was found a moment ago under the same lock.
            let _ = self.revoke(id);
        }
        self.lessor.next_expiry()
    }
}

/// Starts the one task that ends leases, when there is a lease and the task is not running. It sleeps
/// until the next expiry, or until told that this has moved.
pub(super) fn ensure_expiry(shared: &Arc<Shared>) {
    let mut state = shared.lock();
    let running = state.expiry_task.as_ref().is_some_and(|task| !task.is_finished());
    if running || state.lessor.next_expiry().is_none() {
        return;
    }
    let Ok(runtime) = Handle::try_current() else { return };
    // Weak, so that the task does not keep alive what it serves.
    let (store, moved) = (Arc::downgrade(shared), Arc::clone(&shared.expiry));
    state.expiry_task = Some(runtime.spawn(async move {
        loop {
            let Some(shared) = store.upgrade() else { return };
            let next = shared.apply(|state| state.expire(Instant::now()));
            drop(shared);
            match next {
                Some(next) => tokio::select! {
                    () = tokio::time::sleep_until(next) => {}
                    () = moved.notified() => {}
                },
                None => moved.notified().await,
            }
        }
    }));
}

impl Leases for Sandbox {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        self.serve(move |state| {
            let granted = state.lessor.grant(ttl, id, Instant::now());
            granted.map_err(|error| error.during(format!("lease grant {id}")))
        })
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        self.serve(move |state| {
            state.revoke(id).map_err(|error| error.during(format!("lease revoke {id}")))
        })
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        self.serve(move |state| {
            let renewed = state.lessor.renew(id, Instant::now());
            renewed.map_err(|error| error.during(format!("lease keepalive {id}")))
        })
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        self.serve(move |state| {
            Ok(state.lessor.leases.get(&id).map(|lease| LeaseStatus {
                id,
                ttl: lease.expiry.saturating_duration_since(Instant::now()).as_secs() as i64,
                granted: lease.granted,
                keys: lease.keys.iter().filter(|_| keys).cloned().collect(),
            }))
        })
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        self.serve(|state| Ok(state.lessor.expiries.iter().map(|(_, id)| *id).collect()))
    }
}
