//! Services and their instances: keys `/services/NAME/ID` whose value is the endpoint, each on the
//! lease of the process that serves there.

mod name;
mod registry;

use std::fmt;
use std::time::{Duration, Instant};

pub use name::{NameError, ROOT, instance_key, parse_key, service_prefix};
pub use registry::{Change, Service, Services};

use super::flap::Flaps;
use super::lease::LeaseStatus;
use super::{Key, LeaseId, Revision};

/// The time over which ups are counted.
pub const FLAP_WINDOW: Duration = Duration::from_secs(600);

/// An instance that came up this often within [`FLAP_WINDOW`] is flapping.
pub const FLAPPING: usize = 3;

/// Whether an instance is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Its key exists.
    Up,
    /// Its key was deleted, or its lease ended: etcd does not tell which.
    Down,
}

/// One instance of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name within the service.
    pub id: Key,
    /// `/services/NAME/ID`.
    pub key: Key,
    /// Where it serves: the value, as registered last.
    pub endpoint: Vec<u8>,
    /// The lease its key hangs on, or hung on; [`LeaseId::NONE`] for one that never ends by itself.
    pub lease: LeaseId,
    /// Whether it is registered.
    pub presence: Presence,
    /// When it was registered; of one that is down, when it was registered last.
    pub registered: Revision,
    /// The revision of the last change seen, its end included.
    pub changed: Revision,
    /// When it came up or went down, where that was seen; `None` for one that was there before.
    pub since: Option<Instant>,
    /// How often it came up.
    pub flaps: Flaps,
}

impl Instance {
    /// Whether it is registered.
    pub fn is_up(&self) -> bool {
        self.presence == Presence::Up
    }

    /// How often it came up within [`FLAP_WINDOW`].
    pub fn ups(&self, now: Instant) -> usize {
        self.flaps.within(FLAP_WINDOW, now)
    }

    /// Whether it comes and goes.
    pub fn is_flapping(&self, now: Instant) -> bool {
        self.ups(now) >= FLAPPING
    }

    /// Its health, by what is known of its lease.
    pub fn health(&self, status: Option<&LeaseStatus>) -> Health {
        match (self.presence, status) {
            (Presence::Down, _) => Health::Down,
            (Presence::Up, _) if !self.lease.is_some() => Health::Unleased,
            (Presence::Up, Some(status)) if status.id == self.lease => Health::of_lease(status),
            (Presence::Up, _) => Health::Unknown,
        }
    }
}

/// How an instance does, judged by the time its lease has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Kept alive in time.
    Good {
        /// Seconds left.
        left: i64,
    },
    /// Not kept alive for two thirds of its time: whoever should do it has missed its turn twice.
    Late {
        /// Seconds left.
        left: i64,
    },
    /// Its lease has ended, and its key is about to vanish.
    Ended,
    /// Not registered any more.
    Down,
    /// On no lease: it stays registered whether it lives or not.
    Unleased,
    /// The lease has not been read yet.
    Unknown,
}

impl Health {
    fn of_lease(status: &LeaseStatus) -> Health {
        let left = status.ttl;
        // Multiplied instead of divided: a TTL of 2 s has no whole third.
        match left.saturating_mul(3) < status.granted {
            _ if left < 0 => Health::Ended,
            true => Health::Late { left },
            false => Health::Good { left },
        }
    }
}

impl fmt::Display for Health {
    /// `alive, 12 s left`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Health::Good { left } => write!(f, "alive, {left} s left"),
            Health::Late { left } => write!(f, "late, {left} s left"),
            Health::Ended => f.write_str("lease ended"),
            Health::Down => f.write_str("down"),
            Health::Unleased => f.write_str("no lease: never expires"),
            Health::Unknown => f.write_str("lease not read yet"),
        }
    }
}
