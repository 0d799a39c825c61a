//! What etcd is used for, made of its calls, on any [`Store`](crate::store::Store): a distributed
//! lock, an election, a registry of services, and the one task that keeps a lease alive.
//!
//! Each has a lease of its own that dies with the value that holds it. What they say is checked against
//! the store: a lock is called held only when its key was read and stands first in its queue, and no
//! longer than the lease is known to live. Since no client can know for certain that it still holds
//! a lock at the moment its write arrives, writes should be guarded with
//! [`LockGuard::compare`] or [`Leader::compare`].
//!
//! Everything here must be called inside a tokio runtime with time switched on.

pub(crate) mod backoff;
mod candidate;
mod claim;
mod election;
mod error;
mod follow;
mod hold;
mod instance;
mod keepalive;
mod lock;
mod queue;
mod register;
mod service;
mod session;
mod task;

pub use candidate::Leader;
pub use election::{Election, Observed};
pub use error::RecipeError;
pub use hold::{HoldState, Lost};
pub use instance::{Instance, ServiceEvent};
pub use keepalive::{Keepalive, KeepaliveState};
pub use lock::{DistributedLock, LockGuard};
pub use register::{Registration, RegistrationState};
pub use service::ServiceRegistry;
