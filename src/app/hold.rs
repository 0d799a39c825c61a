//! What can be held here, as data: a lock, a candidacy, a registration.

use super::command::Service;
use crate::domain::{Key, escape};

/// The number of something held here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldId(pub u32);

/// Something to be held, on a lease of its own that is kept alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// A lock.
    Lock {
        /// Its name.
        name: Key,
        /// The TTL of its lease in seconds.
        ttl: i64,
    },
    /// A candidacy in an election.
    Candidacy {
        /// The election.
        name: Key,
        /// What is proclaimed.
        value: Vec<u8>,
        /// The TTL of its lease in seconds.
        ttl: i64,
    },
    /// An instance of a service.
    Registration {
        /// The instance.
        service: Service,
        /// The TTL of its lease in seconds.
        ttl: i64,
    },
}

impl Hold {
    /// The name of the queue it has a place in.
    pub fn queue(&self) -> Option<&Key> {
        match self {
            Hold::Lock { name, .. } | Hold::Candidacy { name, .. } => Some(name),
            Hold::Registration { .. } => None,
        }
    }

    /// `lock /migrate`, `candidacy in /leader`, `service api/i-1`: made safe for the screen.
    pub fn name(&self) -> String {
        match self {
            Hold::Lock { name, .. } => format!("lock {name}"),
            Hold::Candidacy { name, .. } => format!("candidacy in {name}"),
            Hold::Registration { service, .. } => {
                let text = format!("service {}/{}", service.name, service.id);
                escape::message(&text)
            }
        }
    }
}
