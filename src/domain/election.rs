//! An election as etcd's election service knows it.

use super::{Key, LeaseId, Revision};

/// The leadership that a campaign won: what proclaim and resign are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leadership {
    /// The election.
    pub name: Key,
    /// The key that stands for the leader: the name, `/`, and the lease in hexadecimal.
    pub key: Key,
    /// When that key was created: the fencing revision.
    pub revision: Revision,
    /// The lease it hangs on.
    pub lease: LeaseId,
}
