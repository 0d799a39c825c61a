//! What members say of themselves (etcd's Maintenance and Cluster services), and how the endpoints
//! fare by which they are reached.

use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;

use super::{Reply, StoreError};
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
    /// The index of the last raft entry it committed.
    pub raft_index: u64,
    /// The raft term it is in; grows with each election.
    pub raft_term: u64,
    /// Whether the member is a learner.
    pub is_learner: bool,
    /// Raised alarms, as the status names them.
    pub alarms: Vec<Alarm>,
    /// Errors the member reports of itself, alarms left out (`etcdserver: no leader`).
    pub errors: Vec<String>,
}

/// How an endpoint fares, as far as is known. [`Healthy`](EndpointState::Healthy) is what is wanted;
/// each other state is left for a healthy endpoint, and kept when there is nothing better.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EndpointState {
    /// It was not asked yet, or has not answered for the first time.
    #[default]
    Unknown,
    /// It answers, votes and knows a leader.
    Healthy,
    /// It answers, but knows no leader: what needs agreement fails there.
    NoLeader,
    /// It answers as a learner, which serves almost nothing.
    Learner,
    /// It does not serve: no connection, no answer in time, or an answer that is none.
    Down(StoreError),
    /// It refuses the user.
    Refused(StoreError),
}

/// The time from a request for a status to its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Of the last answer.
    pub last: Duration,
    /// Smoothed over the last answers, by a quarter each.
    pub smoothed: Duration,
}

/// What is known of one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointHealth {
    /// The endpoint, as configured (`http://127.0.0.1:2379`); the sandbox says so.
    pub url: String,
    /// Whether calls go there now; one endpoint is always in use.
    pub in_use: bool,
    /// How it fares.
    pub state: EndpointState,
    /// Round trips; `None` before the first answer.
    pub latency: Option<Latency>,
    /// The last status it gave, however long ago; `None` before the first.
    pub status: Option<Status>,
}

/// All endpoints in the order given: as they are known now, then anew whenever something about one of
/// them changes. Changes that follow fast on one another may come as one. Never ends, never fails.
pub type HealthStream = Pin<Box<dyn Stream<Item = Vec<EndpointHealth>> + Send>>;

/// A member of the cluster, as `/v3/cluster/member/list` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Its ID, which [`Status::member`] names too.
    pub id: u64,
    /// Its name; empty while it was added but has never started.
    pub name: String,
    /// Where other members reach it.
    pub peer_urls: Vec<String>,
    /// Where it says that clients reach it; empty while it has never started.
    pub client_urls: Vec<String>,
    /// Whether it is a learner.
    pub is_learner: bool,
}

/// What a store says of itself.
pub trait Cluster {
    /// The status of the member in use (`/v3/maintenance/status`).
    fn status(&self) -> Reply<'_, Status>;

    /// The endpoint in use now, for people.
    fn endpoint(&self) -> String;

    /// Asks every endpoint for its status at once, each within its own limit, and answers with that
    /// of the endpoint to be used as soon as it is known which one that is. A silent endpoint delays
    /// neither this nor the others; what comes later is told by [`Cluster::health`].
    ///
    /// # Errors
    /// As those of [`Cluster::status`], when no endpoint can be used.
    fn check(&self) -> Reply<'_, Status>;

    /// How the endpoints fare. Asks nobody by itself.
    fn health(&self) -> HealthStream;

    /// The members, as the one in use knows them (`/v3/cluster/member/list`), without waiting for
    /// the others to agree.
    fn members(&self) -> Reply<'_, Vec<Member>>;
}
