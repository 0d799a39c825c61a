//! What an etcd can do, as traits over plain requests. Knows no JSON and no HTTP.
//!
//! [`Store`] is the sum of one small trait per noun, so that an implementation is spread over files
//! of the same names. Two implementations exist: the gateway client and the sandbox; both pass the
//! same contract tests.

pub mod access;
pub mod election;
pub mod error;
pub mod kv;
pub mod lease;
pub mod lock;
pub mod read_only;
pub mod status;
pub mod watch;

use std::pin::Pin;

pub use access::Access;
pub use election::{Elections, LeaderStream};
pub use error::{ErrorKind, StoreError};
pub use kv::Kv;
pub use lease::{Granted, Leases};
pub use lock::Locks;
pub use read_only::ReadOnly;
pub use status::{
    Alarm, Cluster, EndpointHealth, EndpointState, HealthStream, Latency, Member, Status,
};
pub use watch::{Watch, WatchFilter, WatchMessage, WatchRequest, WatchStream};

/// The answer to come of a store call. Dropping it gives the call up; a write given up after it was
/// sent may still happen.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Everything an etcd can do that this crate uses.
pub trait Store:
    Kv + Leases + Locks + Elections + Watch + Cluster + Access + Send + Sync + 'static
{
}

impl<T> Store for T where
    T: Kv + Leases + Locks + Elections + Watch + Cluster + Access + Send + Sync + 'static
{
}
