//! The state of the connection, as the header tells it.

mod news;

use std::time::Instant;

use crate::store::{EndpointHealth, EndpointState, Status, StoreError};

/// What is known of the connection now.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// Nothing is known yet.
    Connecting,
    /// A member answers, and nothing has failed since.
    Online,
    /// Nobody answers, or the connection broke.
    Lost {
        /// Why.
        error: StoreError,
        /// When it is tried again; `None` while a try is under way.
        retry_at: Option<Instant>,
    },
    /// The server refuses the user.
    Denied {
        /// What it says.
        error: StoreError,
    },
}

/// The connection and what the last answering member said of itself.
#[derive(Clone, Debug)]
pub struct ConnectionState {
    /// The state.
    pub now: Connection,
    /// The last status; kept while the connection is lost, and marked as old by that.
    pub status: Option<Status>,
    /// How each endpoint fares, in the order given; empty before the first word of it.
    pub endpoints: Vec<EndpointHealth>,
    /// Whether something broke while other endpoints serve, and nobody has said more yet.
    doubted: bool,
}

impl Default for ConnectionState {
    fn default() -> ConnectionState {
        ConnectionState {
            now: Connection::Connecting,
            status: None,
            endpoints: Vec::new(),
            doubted: false,
        }
    }
}

impl ConnectionState {
    /// What of a status is on the screen: the sizes of the database change by themselves and are not.
    fn shown(status: &Status) -> Status {
        Status { db_size: 0, db_size_in_use: 0, raft_index: 0, ..status.clone() }
    }

    /// What of the endpoints is on every screen: which one is in use, and how they fare.
    fn outline(endpoints: &[EndpointHealth]) -> Vec<EndpointHealth> {
        let outline = |endpoint: &EndpointHealth| EndpointHealth {
            url: endpoint.url.clone(),
            in_use: endpoint.in_use,
            state: endpoint.state.clone(),
            ..EndpointHealth::default()
        };
        endpoints.iter().map(outline).collect()
    }

    /// Whether what is on the screen may be out of date.
    pub fn is_stale(&self) -> bool {
        matches!(self.now, Connection::Lost { .. })
    }

    /// Whether something failed since the last answer of the member in use.
    pub(in crate::app) fn is_doubted(&self) -> bool {
        self.doubted
    }

    /// The endpoint that calls go to, once it is known.
    pub fn in_use(&self) -> Option<&EndpointHealth> {
        self.endpoints.iter().find(|endpoint| endpoint.in_use)
    }

    /// How many endpoints are healthy, of how many; `None` while there is nothing to be told: one
    /// endpoint, some not heard of yet, or all of them well.
    pub fn unhealthy(&self) -> Option<(usize, usize)> {
        let unknown = |endpoint: &EndpointHealth| endpoint.state == EndpointState::Unknown;
        let (healthy, all) = (self.healthy(), self.endpoints.len());
        let told = all > 1 && healthy < all && !self.endpoints.iter().any(unknown);
        told.then_some((healthy, all))
    }

    fn healthy(&self) -> usize {
        let healthy = |endpoint: &&EndpointHealth| endpoint.state == EndpointState::Healthy;
        self.endpoints.iter().filter(healthy).count()
    }
}
