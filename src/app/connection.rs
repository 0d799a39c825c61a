//! The state of the connection, as the header tells it.

use std::time::Instant;

use super::App;
use super::clock::Timer;
use super::effect::Effect;
use super::message::ConnectionNews;
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

/// Why an endpoint is not used, after its URL.
fn fault(endpoint: &EndpointHealth) -> String {
    let url = &endpoint.url;
    match &endpoint.state {
        EndpointState::Unknown => format!("{url} does not answer"),
        // It failed a call, and is well again.
        EndpointState::Healthy => format!("{url} failed a call"),
        EndpointState::NoLeader => format!("{url} has no leader"),
        EndpointState::Learner => format!("{url} is a learner"),
        EndpointState::Down(error) | EndpointState::Refused(error) => error.message.clone(),
    }
}

impl App {
    pub(super) fn on_connection(&mut self, news: ConnectionNews) {
        let before = self.connection.now.clone();
        self.connection.now = match news {
            ConnectionNews::Endpoints(endpoints) => return self.on_endpoints(endpoints),
            ConnectionNews::Online(status) => {
                self.seen(status.revision);
                let shown = self.connection.status.as_ref().map(ConnectionState::shown);
                self.redraw |= shown != Some(ConnectionState::shown(&status));
                self.connection.status = Some(status);
                match self.refused() {
                    // Older servers tell their status to anybody.
                    Some(error) => Connection::Denied { error: error.clone() },
                    None => Connection::Online,
                }
            }
            ConnectionNews::Lost { error, retry_at } => {
                Connection::Lost { error, retry_at: Some(retry_at) }
            }
            ConnectionNews::Denied(error) => {
                self.turned_away(&error);
                Connection::Denied { error }
            }
        };
        let doubted = std::mem::take(&mut self.connection.doubted);
        self.redraw |= before != self.connection.now;
        let online = self.connection.now == Connection::Online;
        if online && (doubted || before != Connection::Online) {
            self.on_online();
        }
    }

    fn on_endpoints(&mut self, endpoints: Vec<EndpointHealth>) {
        let before = std::mem::replace(&mut self.connection.endpoints, endpoints);
        self.redraw |= self.shows_cluster() && before != self.connection.endpoints;
        let now = &self.connection.endpoints;
        self.redraw |= ConnectionState::outline(&before) != ConnectionState::outline(now);
        let left = before.iter().position(|endpoint| endpoint.in_use);
        let moved = now.iter().position(|endpoint| endpoint.in_use);
        let (Some(left), Some(moved)) = (left, moved) else { return };
        if let (Some(left), Some(used)) = (now.get(left), now.get(moved))
            && left.url != used.url
        {
            // Where it goes on comes first: the reason may be long.
            let text = format!("going on at {}: {}", used.url, fault(left));
            self.say(text);
        }
    }

    /// The connection stands: what failed for want of it is asked for again.
    fn on_online(&mut self) {
        self.effects.push(Effect::Probe);
        self.list_failed_again();
        self.value.retry_if_failed();
        self.look_for_drafts();
        self.timers.set(Timer::Leases, self.now);
    }

    /// Something found the connection broken: the header says so at once, and the runtime looks.
    /// Where several endpoints are known and one is healthy only the runtime can tell whether the
    /// connection is lost, which it does within a quarter of a second. Where the member in use is known
    /// to have no leader it is no news that it serves nothing.
    pub(super) fn connection_broke(&mut self, error: &StoreError) {
        self.turned_away(error);
        if !matches!(self.connection.now, Connection::Online | Connection::Connecting) {
            return;
        }
        let leaderless =
            self.connection.in_use().is_some_and(|used| used.state == EndpointState::NoLeader);
        let others = self.connection.endpoints.len() > 1 && self.connection.healthy() > 0;
        if others || leaderless {
            self.connection.doubted = true;
        } else {
            self.connection.now = Connection::Lost { error: error.clone(), retry_at: None };
            self.redraw = true;
        }
        self.effects.push(Effect::Probe);
    }
}
