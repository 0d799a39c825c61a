//! Leases: etcd's Lease service.

use super::Reply;
use crate::domain::lease::LeaseStatus;
use crate::domain::{LeaseId, Revision};

/// A granted lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Its ID.
    pub id: LeaseId,
    /// Its time to live in seconds: the server raises what is below its minimum.
    pub ttl: i64,
}

/// etcd's Lease service.
pub trait Leases {
    /// Grants a lease of `ttl` seconds (`/v3/lease/grant`); [`LeaseId::NONE`] lets the server choose.
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted>;

    /// Ends a lease and deletes its keys (`/v3/lease/revoke`), all at the revision it answers with;
    /// without keys that is the present one. An unknown lease is
    /// [`LeaseNotFound`](super::ErrorKind::LeaseNotFound).
    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision>;

    /// Renews a lease once (`/v3/lease/keepalive`) and answers with the seconds it now has. A lease
    /// that is gone is [`LeaseNotFound`](super::ErrorKind::LeaseNotFound), though etcd answers 200.
    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64>;

    /// The time left, and with `keys` what hangs on it (`/v3/lease/timetolive`); `None` when the
    /// lease is gone.
    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>>;

    /// All leases (`/v3/lease/leases`), in the server's order.
    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>>;
}
