//! The state of the connection, as the header tells it.

use std::time::Instant;

use crate::store::{EndpointHealth, Status, StoreError};

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
}

impl Default for ConnectionState {
    fn default() -> ConnectionState {
        ConnectionState { now: Connection::Connecting, status: None, endpoints: Vec::new() }
    }
}

impl ConnectionState {
    /// What of a status is on the screen: the sizes of the database change by themselves and are not.
    pub(super) fn shown(status: &Status) -> Status {
        Status { db_size: 0, db_size_in_use: 0, ..status.clone() }
    }

    /// Whether what is on the screen may be out of date.
    pub fn is_stale(&self) -> bool {
        matches!(self.now, Connection::Lost { .. })
    }
}
