//! What the sandbox says of itself.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use super::{Sandbox, State};
use crate::store::{
    Cluster, EndpointHealth, EndpointState, HealthStream, Latency, Member, Reply, Status,
};

/// The one member's ID: above `i64::MAX`, as real ones often are.
const MEMBER: u64 = 0x8e9e_05c5_2164_694d;

/// How it is called where a URL stands for others.
const ENDPOINT: &str = "sandbox";

/// The etcd whose behavior the sandbox has.
const VERSION: &str = "3.5.0+sandbox";

/// What is said of the round trip to a store in this process.
const LATENCY: Duration = Duration::ZERO;

impl Cluster for Sandbox {
    fn status(&self) -> Reply<'_, Status> {
        self.serve(|state| {
            self.admit().map_err(|error| error.during("status"))?;
            Ok(status(state))
        })
    }

    fn endpoint(&self) -> String {
        ENDPOINT.to_owned()
    }

    fn check(&self) -> Reply<'_, Status> {
        self.status()
    }

    fn health(&self) -> HealthStream {
        let health = EndpointHealth {
            url: ENDPOINT.to_owned(),
            in_use: true,
            state: EndpointState::Healthy,
            latency: Some(Latency { last: LATENCY, smoothed: LATENCY }),
            status: Some(self.shared.apply(|state| status(state))),
        };
        // A store in this process is never anything but well.
        Box::pin(stream::iter([vec![health]]).chain(stream::pending()))
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        self.serve(|_| {
            Ok(vec![Member {
                id: MEMBER,
                name: ENDPOINT.to_owned(),
                client_urls: vec![ENDPOINT.to_owned()],
                ..Member::default()
            }])
        })
    }
}

fn status(state: &State) -> Status {
    let (all, present) = state.history.sizes();
    let revision = state.history.revision();
    Status {
        endpoint: ENDPOINT.to_owned(),
        version: VERSION.to_owned(),
        member: MEMBER,
        leader: MEMBER,
        revision,
        db_size: all as i64,
        db_size_in_use: present as i64,
        // As if each revision were one entry of the log, in the first term.
        raft_index: revision.0.unsigned_abs(),
        raft_term: 1,
        ..Status::default()
    }
}
