//! Leases: how long they live and what dies with them.

mod reading;

pub use reading::{Reading, Renewal};

use super::{Key, LeaseId};

/// What etcd says of one lease (its `LeaseTimeToLive`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseStatus {
    /// Which lease.
    pub id: LeaseId,
    /// Whole seconds left, as the server counts them.
    pub ttl: i64,
    /// Seconds granted.
    pub granted: i64,
    /// The keys that vanish with it, when asked for.
    pub keys: Vec<Key>,
}
