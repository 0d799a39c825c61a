//! Gentle made-up activity, so that a demo shows a store that lives: services renew their leases and
//! now and then one dies and comes back, a lock changes hands, counters move, a setting flips.
//!
//! What happens depends on the number of the tick alone. Traffic is a client like any other: whatever
//! somebody deletes or changes under its hands is fine.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::access::Users;
use super::{Sandbox, Shared};
use crate::domain::txn::{PutRequest, RangeRequest, SortOrder, SortTarget};
use crate::domain::{Entry, KeyRange, LeaseId, Revision};
use crate::store::{Kv, Leases, StoreError};

const TICK: Duration = Duration::from_secs(1);

/// Revisions kept: compacted down to this when there are twice as many.
const KEPT_REVISIONS: i64 = 2000;

/// The prefixes whose leases somebody is keeping alive.
const LEASED: [&str; 3] = ["/services/", "/locks/", "/sessions/"];

const LOCK: &str = "/locks/migrate/";

/// Service instances: name, address, TTL in seconds.
const INSTANCES: [(&str, &str, i64); 5] = [
    ("/services/api/i-1", "10.0.2.21:8080", 30),
    ("/services/api/i-2", "10.0.2.22:8080", 30),
    ("/services/api/i-3", "10.0.2.23:8080", 30),
    ("/services/worker/w-1", "10.0.2.41:9000", 20),
    ("/services/worker/w-2", "10.0.2.42:9000", 20),
];

/// In these out of each [`OUTAGE`] ticks one instance does not renew its lease.
const DOWN: u64 = 45;
const OUTAGE: u64 = 90;

impl Sandbox {
    /// Starts the activity, a step each second. It ends with the last handle on the store, or when
    /// the task is aborted.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start_traffic(&self) -> JoinHandle<()> {
        tokio::spawn(run(Arc::downgrade(&self.shared)))
    }
}

async fn run(store: Weak<Shared>) {
    let mut clock = tokio::time::interval(TICK);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for tick in 0.. {
        clock.tick().await;
        let Some(shared) = store.upgrade() else { return };
        let sandbox = Sandbox { shared, users: Users::default() };
        // A step that fails met somebody else's change; the next one sees the store anew.
        let _ = step(&sandbox, tick).await;
    }
}

async fn step(sandbox: &Sandbox, tick: u64) -> Result<(), StoreError> {
    put(sandbox, "/status/heartbeat", tick.to_string()).await?;
    if tick % 3 == 1 {
        let (total, errors) = (tick * 17 + tick % 7, tick / 40);
        let value = format!("{{\n  \"errors\": {errors},\n  \"total\": {total}\n}}");
        put(sandbox, "/status/requests", value).await?;
    }
    if tick.is_multiple_of(5) {
        keep_alive(sandbox, tick).await?;
        register(sandbox, tick).await?;
    }
    if tick % 12 == 7 {
        hand_over(sandbox, tick).await?;
    }
    if tick % 20 == 11 {
        let state = if (tick / 20).is_multiple_of(2) { "on" } else { "off" };
        put(sandbox, "/config/app/features/dark_mode", state).await?;
    }
    if tick % 30 == 17 {
        let level = ["debug", "info", "warn"][(tick / 30 % 3) as usize];
        put(sandbox, "/config/app/log_level", level).await?;
    }
    bound_history(sandbox).await
}

async fn put(sandbox: &Sandbox, key: &str, value: impl Into<Vec<u8>>) -> Result<(), StoreError> {
    sandbox.put(PutRequest::new(key, value)).await.map(drop)
}

/// The instance that is down in this tick.
fn down(tick: u64) -> Option<&'static str> {
    let instance = INSTANCES[(tick / OUTAGE) as usize % INSTANCES.len()].0;
    (tick % OUTAGE >= OUTAGE - DOWN).then_some(instance)
}

async fn keep_alive(sandbox: &Sandbox, tick: u64) -> Result<(), StoreError> {
    for prefix in LEASED {
        for entry in list(sandbox, prefix).await? {
            let is_down = down(tick).is_some_and(|name| name.as_bytes() == entry.key.as_bytes());
            if entry.lease.is_some() && !is_down {
                sandbox.lease_keep_alive(entry.lease).await?;
            }
        }
    }
    Ok(())
}

/// Registers what is not there: an instance that was down, or that somebody deleted.
async fn register(sandbox: &Sandbox, tick: u64) -> Result<(), StoreError> {
    for (key, endpoint, ttl) in INSTANCES {
        let present = sandbox.range(RangeRequest::get(key).count_only()).await?.count > 0;
        if !present && down(tick) != Some(key) {
            let lease = sandbox.lease_grant(ttl, LeaseId::NONE).await?.id;
            let value = format!("{{\n  \"endpoint\": \"{endpoint}\",\n  \"since\": {tick}\n}}");
            sandbox.put(PutRequest::new(key, value).lease(lease)).await?;
        }
    }
    Ok(())
}

/// The holder of the lock goes, the first waiter has it, and another one queues up. Who else took the
/// lock keeps it, and the queue behind does not grow meanwhile.
async fn hand_over(sandbox: &Sandbox, tick: u64) -> Result<(), StoreError> {
    if list(sandbox, LOCK).await?.len() > 3 {
        return Ok(());
    }
    let lease = sandbox.lease_grant(15, LeaseId::NONE).await?.id;
    let holder = format!("host-{}", char::from(b'a' + (tick / 12 % 5) as u8));
    sandbox.put(PutRequest::new(format!("{LOCK}{lease}").as_str(), holder).lease(lease)).await?;
    let queue = list(sandbox, LOCK).await?;
    if queue.len() > 2
        && let Some(holder) = queue.first().filter(|entry| entry.value.starts_with(b"host-"))
    {
        sandbox.lease_revoke(holder.lease).await?;
    }
    Ok(())
}

/// The entries of a prefix, the oldest first.
async fn list(sandbox: &Sandbox, prefix: &str) -> Result<Vec<Entry>, StoreError> {
    let request = RangeRequest::new(KeyRange::prefix(prefix));
    let request = request.sort(SortTarget::Create, SortOrder::Ascend);
    Ok(sandbox.range(request).await?.entries)
}

async fn bound_history(sandbox: &Sandbox) -> Result<(), StoreError> {
    let (revision, compacted) = {
        let state = sandbox.shared.lock();
        (state.history.revision().0, state.history.compacted().0)
    };
    if revision - compacted.max(0) > 2 * KEPT_REVISIONS {
        sandbox.compact(Revision(revision - KEPT_REVISIONS), false).await?;
    }
    Ok(())
}
