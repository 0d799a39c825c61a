//! What becomes of the connection when there is news of it, or something finds it broken.

use super::{Connection, ConnectionState};
use crate::app::App;
use crate::app::clock::Timer;
use crate::app::effect::Effect;
use crate::app::message::ConnectionNews;
use crate::store::{EndpointHealth, EndpointState, StoreError};

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
    pub(in crate::app) fn on_connection(&mut self, news: ConnectionNews) {
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
        if self.settings.endpoints.is_empty() && self.settings.domain.is_some() {
            let found: Vec<String> = endpoints.iter().map(|e| e.url.clone()).collect();
            self.settings.etcdctl = std::mem::take(&mut self.settings.etcdctl).at(&found);
            self.settings.endpoints = found;
        }
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
    pub(in crate::app) fn connection_broke(&mut self, error: &StoreError) {
        if !matches!(self.connection.now, Connection::Online | Connection::Connecting) {
            return;
        }
        let leaderless =
            self.connection.in_use().is_some_and(|used| used.state == EndpointState::NoLeader);
        let others = self.connection.endpoints.len() > 1 && self.connection.healthy() > 0;
        if others || leaderless {
            // Asked about already; and each answer wakes whatever waits for its next try, so that
            // asking for every failure would keep all of them trying without a pause.
            if std::mem::replace(&mut self.connection.doubted, true) {
                return;
            }
        } else {
            self.connection.now = Connection::Lost { error: error.clone(), retry_at: None };
            self.redraw = true;
        }
        self.effects.push(Effect::Probe);
    }
}
