//! What a member says of itself: etcd's Maintenance status.

use super::Reply;
use crate::domain::Revision;

/// An alarm raised in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The member that raised it.
    pub member: u64,
    /// `NOSPACE` or `CORRUPT`, as etcd writes it.
    pub name: String,
}

/// The answer of `/v3/maintenance/status`, with the endpoint that gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The endpoint that answered, as configured (`http://127.0.0.1:2379`); the sandbox says so.
    pub endpoint: String,
    /// The server's version, `3.5.9`.
    pub version: String,
    /// The cluster it belongs to; 0 where it was not told.
    pub cluster: u64,
    /// The answering member.
    pub member: u64,
    /// The member it believes to lead; 0 when there is none.
    pub leader: u64,
    /// The store's revision.
    pub revision: Revision,
    /// Bytes of the database file.
    pub db_size: i64,
    /// Bytes of it in use.
    pub db_size_in_use: i64,
    /// Whether the member is a learner.
    pub is_learner: bool,
    /// Raised alarms, as the status names them.
    pub alarms: Vec<Alarm>,
    /// Errors the member reports of itself, alarms left out (`etcdserver: no leader`).
    pub errors: Vec<String>,
}

/// What a store says of itself.
pub trait Cluster {
    /// The status of the member in use (`/v3/maintenance/status`).
    fn status(&self) -> Reply<'_, Status>;

    /// The endpoint in use now, for people.
    fn endpoint(&self) -> String;
}
