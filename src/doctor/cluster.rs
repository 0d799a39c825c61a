//! The cluster as a whole: do the endpoints belong together, who leads, who lags, what alarms.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::Chart;
use super::endpoint::Visit;
use super::{lease, words};
use crate::store::{Alarm, Member};

/// More members than this are not listed by name.
const LISTED: usize = 7;
/// Raft entries that a member may be behind the others; they are asked one after the other.
const LAG: u64 = 1000;
/// What is looked at here.
const CHECKS: [&str; 5] = ["members", "leader", "alarms", "raft", "leases"];

/// Looks at the cluster through the endpoints that answered.
pub(super) async fn examine(visits: &[Visit], chart: &Chart<'_>) {
    let Some(first) = visits.first() else {
        return chart.skip_all(&CHECKS, "no endpoint tells how it fares");
    };
    if !is_one(visits, chart) {
        return chart.skip_all(&CHECKS, "there is more than one cluster");
    }
    let members = match first.examination.members().await {
        Ok(members) => members,
        Err(error) => {
            chart.skip("members", &format!("they are not listed: {}", error.message));
            Vec::new()
        }
    };
    if !members.is_empty() {
        told(&members, visits, chart);
    }
    leader(&members, visits, chart);
    alarms(&members, visits, chart);
    versions(visits, chart);
    lag(visits, chart);
    match visits.iter().find(|visit| visit.status.leader != 0 && !visit.status.is_learner) {
        Some(visit) => lease::examine(&visit.examination, chart).await,
        None => chart.skip("leases", "there is no leader, who counts their time"),
    }
}

/// Whether all endpoints belong to one cluster.
fn is_one(visits: &[Visit], chart: &Chart<'_>) -> bool {
    let mut clusters: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for visit in visits {
        let urls = clusters.entry(visit.status.cluster).or_default();
        urls.push(visit.examination.url().to_owned());
    }
    if clusters.len() < 2 {
        return true;
    }
    let told: Vec<String> = clusters
        .iter()
        .map(|(id, urls)| format!("{id:x} ({})", words::list(urls, LISTED)))
        .collect();
    chart.fail(
        "cluster",
        format!("the endpoints belong to different clusters: {}", words::list(&told, LISTED)),
        "name the endpoints of one cluster only: calls go to any of them",
    );
    false
}

/// How many members there are, and what may happen to them.
fn told(members: &[Member], visits: &[Visit], chart: &Chart<'_>) {
    let names: Vec<String> = members.iter().map(name).collect();
    let voters = members.iter().filter(|member| !member.is_learner).count();
    let seen: BTreeSet<u64> = visits.iter().map(|visit| visit.status.member).collect();
    let missing = members.iter().filter(|member| !seen.contains(&member.id)).count();
    let spare = voters.saturating_sub(1) / 2;
    let mut found = format!(
        "{} ({}), of which {} may fail",
        words::counted(members.len(), "member"),
        words::list(&names, LISTED),
        if spare == 0 { "none".to_owned() } else { spare.to_string() }
    );
    if missing > 0 {
        found = format!("{found}; {missing} not seen through the endpoints");
    }
    if visits.len() > seen.len() {
        found.push_str("; some endpoints lead to the same member");
    }
    let idle: Vec<_> = members.iter().filter(|member| member.name.is_empty()).collect();
    if let Some(idle) = idle.first() {
        let id = idle.id;
        let advice = format!(
            "start it, or take it out (etcdctl member remove {id:x}): it counts for the majority"
        );
        chart.warn("members", format!("{found}; {id:x} was added and never started"), advice);
    } else if voters == 2 {
        let advice = "add a third: of two neither may fail, which is worse than one alone";
        chart.warn("members", found, advice);
    } else {
        chart.ok("members", found);
    }
}

/// Whether those that were asked agree on a leader.
fn leader(members: &[Member], visits: &[Visit], chart: &Chart<'_>) {
    let leaders: BTreeSet<u64> =
        visits.iter().map(|visit| visit.status.leader).filter(|id| *id != 0).collect();
    let named = |id: u64| {
        let member = members.iter().find(|member| member.id == id);
        member.map_or_else(|| format!("{id:x}"), name)
    };
    let leaderless = visits.iter().filter(|visit| visit.status.leader == 0).count();
    let names: Vec<String> = leaders.iter().map(|id| named(*id)).collect();
    match (names.as_slice(), leaderless) {
        ([], _) => chart.fail(
            "leader",
            "nobody leads: the cluster takes no writes",
            "bring up members until more than half of them run and reach each other",
        ),
        ([one], 0) => chart.ok("leader", format!("{one} leads")),
        ([one], n) => chart.fail(
            "leader",
            format!("{one} leads, but {} cut off from it", are(n)),
            "see the network between the members (peer URLs)",
        ),
        (several, _) => chart.warn(
            "leader",
            format!("the members disagree: {}", words::list(several, LISTED)),
            "an election may be under way; examine again, then see the network between them",
        ),
    }
}

fn are(count: usize) -> String {
    if count == 1 { "one member is".to_owned() } else { format!("{count} members are") }
}

/// The alarms that are raised; every member tells all of them.
fn alarms(members: &[Member], visits: &[Visit], chart: &Chart<'_>) {
    let alarms = visits.iter().flat_map(|visit| &visit.status.alarms);
    let alarms: BTreeSet<(&str, u64)> =
        alarms.map(|Alarm { member, name }| (name.as_str(), *member)).collect();
    if alarms.is_empty() {
        return chart.ok("alarms", "none is raised");
    }
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (kind, id) in &alarms {
        let member = members.iter().find(|member| member.id == *id);
        let member = member.map_or_else(|| format!("{id:x}"), name);
        kinds.entry(*kind).or_default().push(member);
    }
    for (kind, by) in kinds {
        let advice = match kind {
            "NOSPACE" => {
                "no member takes writes: compact, defragment each member, then etcdctl alarm disarm"
            }
            "CORRUPT" => {
                "the data of the members differ: stop writing, find the member that is wrong \
                 (etcdctl endpoint hashkv), and replace it"
            }
            _ => "see the log of the member",
        };
        chart.fail("alarms", format!("{kind}, raised by {}", words::list(&by, LISTED)), advice);
    }
}

/// Whether all run the same version.
fn versions(visits: &[Visit], chart: &Chart<'_>) {
    let versions: BTreeSet<&String> =
        visits.iter().filter_map(|visit| visit.version.as_ref()).collect();
    if versions.len() > 1 {
        let versions: Vec<String> = versions.into_iter().cloned().collect();
        chart.warn(
            "versions",
            format!("the members run {}", words::list(&versions, LISTED)),
            "finish the upgrade: until then the cluster can do what the oldest can",
        );
    }
}

/// Whether a member is behind the others.
fn lag(visits: &[Visit], chart: &Chart<'_>) {
    if visits.len() < 2 {
        return chart.skip("raft", "one member alone is behind nobody");
    }
    let index = |visit: &&Visit| visit.status.raft_index;
    let (Some(first), Some(last)) =
        (visits.iter().max_by_key(index), visits.iter().min_by_key(index))
    else {
        return;
    };
    let lag = first.status.raft_index - last.status.raft_index;
    let found = format!("the members are within {lag} entries of each other");
    if lag > LAG {
        chart.warn(
            "raft",
            format!("{found}; {} is behind", last.examination.url()),
            "its disk or network is slow, or it was away and catches up; examine again",
        );
    } else {
        chart.ok("raft", found);
    }
}

fn name(member: &Member) -> String {
    let id = member.id;
    let name = if member.name.is_empty() { format!("{id:x}") } else { member.name.clone() };
    if member.is_learner { format!("{name}, a learner") } else { name }
}
