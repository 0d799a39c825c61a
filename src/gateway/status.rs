//! The status of the member in use.

use std::sync::Arc;

use futures_util::stream;
use tokio::time::Instant;

use super::Gateway;
use super::call::Call;
use super::health::Finding;
use super::wire::Empty;
use super::wire::member::{self as wire, MemberListResponse};
use super::wire::status::StatusResponse;
use crate::domain::Revision;
use crate::store::{Alarm, Cluster, EndpointHealth, HealthStream, Member, Reply, Status};

impl Cluster for Gateway {
    fn status(&self) -> Reply<'_, Status> {
        Box::pin(async move {
            let call = Call::read("/v3/maintenance/status");
            let answer = self.http.called::<StatusResponse>(call, &Empty {}).await;
            let (index, answer) = answer.map_err(|error| error.during("status"))?;
            let endpoints = &self.http.endpoints;
            let status = status(endpoints.get(index).url().to_owned(), answer);
            let finding = Finding::Answered(Box::new(status.clone()), None);
            endpoints.learn(|health| health.found(index, finding, Instant::now()));
            Ok(status)
        })
    }

    fn endpoint(&self) -> String {
        let endpoints = &self.http.endpoints;
        endpoints.get(endpoints.current()).url().to_owned()
    }

    fn check(&self) -> Reply<'_, Status> {
        Box::pin(async move { self.http.check().await.map_err(|error| error.during("status")) })
    }

    fn health(&self) -> HealthStream {
        let changes = self.http.endpoints.changes();
        let told: Vec<EndpointHealth> = Vec::new();
        let state = (Arc::clone(&self.http), changes, told);
        Box::pin(stream::unfold(state, async |(http, mut changes, before)| {
            loop {
                changes.mark_unchanged();
                let told = http.endpoints.told();
                if told != before {
                    return Some((told.clone(), (http, changes, told)));
                }
                changes.changed().await.ok()?;
            }
        }))
    }

    fn members(&self) -> Reply<'_, Vec<Member>> {
        Box::pin(async move {
            let call = Call::read("/v3/cluster/member/list");
            let answer: Result<MemberListResponse, _> = self.http.call(call, &Empty {}).await;
            answer
                .map(|answer| answer.members.into_iter().map(member).collect())
                .map_err(|error| error.during("member list"))
        })
    }
}

pub(super) fn member(member: wire::Member) -> Member {
    Member {
        id: member.id.0,
        name: member.name,
        peer_urls: member.peer_urls,
        client_urls: member.client_urls,
        is_learner: member.is_learner,
    }
}

pub(super) fn status(endpoint: String, answer: StatusResponse) -> Status {
    let (alarms, errors) = answer.errors.into_iter().fold(
        (Vec::new(), Vec::new()),
        |(mut alarms, mut errors), text| {
            match alarm(&text) {
                Some(alarm) => alarms.push(alarm),
                None => errors.push(text),
            }
            (alarms, errors)
        },
    );
    Status {
        endpoint,
        version: answer.version,
        cluster: answer.header.cluster_id.0,
        member: answer.header.member_id.0,
        leader: answer.leader.0,
        revision: Revision(answer.header.revision.0),
        db_size: answer.db_size.0,
        db_size_in_use: answer.db_size_in_use.0,
        raft_index: answer.raft_index.0,
        raft_term: answer.raft_term.0,
        is_learner: answer.is_learner,
        alarms,
        errors,
    }
}

/// Reads `memberID:12428976124636271536 alarm:NOSPACE `, with any spaces.
fn alarm(text: &str) -> Option<Alarm> {
    let mut member = None;
    let mut name = None;
    for word in text.split_whitespace() {
        match word.split_once(':')? {
            ("memberID", id) => member = Some(id.parse().ok()?),
            ("alarm", alarm) => name = Some(alarm.to_owned()),
            _ => return None,
        }
    }
    Some(Alarm { member: member.unwrap_or(0), name: name? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_are_told_from_other_errors() {
        let answer = StatusResponse {
            errors: vec![
                "memberID:12428976124636271536 alarm:NOSPACE ".to_owned(),
                "memberID:1  alarm:CORRUPT".to_owned(),
                "etcdserver: no leader".to_owned(),
            ],
            ..StatusResponse::default()
        };
        let status = status("x".to_owned(), answer);
        assert_eq!(
            status.alarms,
            [
                Alarm { member: 12_428_976_124_636_271_536, name: "NOSPACE".to_owned() },
                Alarm { member: 1, name: "CORRUPT".to_owned() },
            ]
        );
        assert_eq!(status.errors, ["etcdserver: no leader"]);
        assert_eq!(status.leader, 0);
    }
}
