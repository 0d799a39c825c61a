//! What the server is, and how it fares: version, leader, database, round trips, clock.

use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822;

use super::chart::Chart;
use super::words;
use crate::domain::release::{Support, support};
use crate::domain::size::size;
use crate::gateway::examine::{Examination, Greeting, MemberStatus};
use crate::store::{ErrorKind, StoreError};

/// How often a round trip is measured.
const TRIES: usize = 5;
/// A round trip that takes longer makes working slow.
const FAR: Duration = Duration::from_millis(500);
/// What agreement may cost over an answer of the member alone.
const SLOW: Duration = Duration::from_millis(250);
/// A difference of clocks that is said.
const SKEW: Duration = Duration::from_secs(2);
/// Raft entries that wait to be applied: from 5,000 on etcd refuses work.
const UNAPPLIED: u64 = 1000;
/// Parts of the quota, in percent, from which on it is said.
const FULL: i64 = 80;
/// A database below this is not worth defragmenting.
const SMALL: i64 = 100 << 20;
/// What etcd takes when nobody says otherwise.
const DEFAULT_QUOTA: i64 = 2 << 30;

/// What the version means.
pub(super) fn version(greeting: &Greeting, chart: &Chart<'_>) {
    let version = &greeting.server;
    let line = |version: &str| support(version, SystemTime::now()).map(|(line, _)| line);
    let (own, all) = (line(version), line(&greeting.cluster));
    if let (Some(own), Some(all)) = (&own, &all)
        && own != all
    {
        chart.warn(
            "upgrade",
            format!("this server is of {own}, and the cluster works as {all}"),
            "finish the upgrade: a member of the older line runs, or did a moment ago",
        );
    }
    match support(version, SystemTime::now()) {
        None => chart.warn(
            "version",
            format!("{version}, which is no version that etcd has"),
            "see what really answers there",
        ),
        Some((line, Support::Kept)) => {
            chart.ok("version", format!("etcd {version}; {line} is kept up"));
        }
        Some((line, Support::Until(end))) => {
            chart.ok("version", format!("etcd {version}; {line} is kept up until {end}"));
        }
        Some((line, Support::Newer)) => {
            chart.ok("version", format!("etcd {version}; {line} is newer than what is known here"));
        }
        Some((line, Support::Ended(when))) => chart.warn(
            "version",
            format!("etcd {version}; fixes for {line} ended {when}"),
            "upgrade, one release line (3.4, 3.5, 3.6 …) after the other",
        ),
    }
}

/// How far the clock of the server is from ours. HTTP tells whole seconds.
pub(super) fn clock(greeting: &Greeting, chart: &Chart<'_>) {
    let told = greeting.date.as_deref().and_then(|date| rfc2822::parse(date).ok());
    let Some(told) = told.map(|told| SystemTime::from(told.timestamp())) else {
        return chart.skip("clock", "the server does not tell its time");
    };
    let (asked, answered) = greeting.between;
    let ahead = told.duration_since(answered).unwrap_or_default();
    let behind = asked.duration_since(told + Duration::from_secs(1)).unwrap_or_default();
    let (apart, word) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    if apart < SKEW {
        return chart.ok("clock", "the same time there and here, to a second or two");
    }
    let found = format!("the clock there is {} s {word} ours", apart.as_secs());
    chart.warn("clock", found, "set both by NTP: certificates and tokens go by them");
}

/// Whether the member knows who leads, votes, and complains of nothing.
pub(super) fn member(told: &MemberStatus, chart: &Chart<'_>) {
    let status = &told.status;
    if status.leader == 0 {
        chart.fail(
            "leader",
            "this member knows no leader: writing fails, and so does reading what all agree on",
            "see that more than half of the members run and reach each other by their peer URLs",
        );
    } else if status.leader == status.member {
        chart.ok("leader", format!("this member leads, in term {}", status.raft_term));
    } else {
        chart.ok("leader", format!("{:x} leads, in term {}", status.leader, status.raft_term));
    }
    if status.is_learner {
        chart.warn(
            "learner",
            "this member is a learner: it does not vote, and refuses nearly everything",
            "take it out of --endpoints until it is promoted (etcdctl member promote)",
        );
    }
    let waiting = status.raft_index.saturating_sub(told.raft_applied_index);
    if told.raft_applied_index > 0 && waiting > UNAPPLIED {
        chart.warn(
            "raft",
            format!("{waiting} entries wait to be applied; from 5000 on requests are refused"),
            "its disk or its processor is too slow for what is written",
        );
    }
    for complaint in status.errors.iter().filter(|text| !text.contains("no leader")) {
        chart.warn("member", format!("the member complains: {complaint}"), "see its log");
    }
}

/// How full the database is, and how much of it is empty.
pub(super) async fn database(examination: &Examination, told: &MemberStatus, chart: &Chart<'_>) {
    let (all, used) = (told.status.db_size, told.status.db_size_in_use);
    let words = |bytes: i64| size(bytes.max(0) as u64);
    let known = match told.db_size_quota {
        1.. => Some(told.db_size_quota),
        _ => examination.quota().await,
    };
    let quota = known.unwrap_or(DEFAULT_QUOTA);
    let percent = all.saturating_mul(100) / quota.max(1);
    let mut found = format!("{} of {} ({percent} %)", words(all), words(quota));
    if known.is_none() {
        found.push_str(", if its quota is the usual one");
    }
    if used > 0 {
        found = format!("{found}, {} in use", words(used));
    }
    if percent >= FULL {
        let advice = "compact and defragment, or raise --quota-backend-bytes: a full database takes \
                      no writes";
        return chart.warn("database", found, advice);
    }
    chart.ok("database", found);
    let free = all - used;
    if used > 0 && all > SMALL && free > all / 2 {
        chart.warn(
            "free space",
            format!("{} of the file are empty", words(free)),
            "etcdctl defrag gives them back, one member at a time, the leader last; each stands \
             still meanwhile",
        );
    }
}

/// How long it takes there and back, with the member alone and with all that must agree.
pub(super) async fn round_trips(examination: &Examination, led: bool, chart: &Chart<'_>) {
    let mut times = Vec::new();
    for _ in 0..TRIES {
        let began = tokio::time::Instant::now();
        if let Err(error) = examination.status().await {
            return chart.fail_by("round trips", &error);
        }
        times.push(began.elapsed());
    }
    times.sort();
    let median = times[TRIES / 2];
    let found = format!(
        "{} to {}, half of them within {}",
        words::time(times[0]),
        words::time(times[TRIES - 1]),
        words::time(median)
    );
    if median > FAR {
        chart.warn("round trips", found, "the network or the server is slow");
    } else {
        chart.ok("round trips", found);
    }
    let alone = match examination.read(true).await {
        Ok(time) => time,
        Err(error) => return not_read(&error, chart),
    };
    if !led {
        let found =
            format!("by the member alone in {}; by agreement not: no leader", words::time(alone));
        return chart.ok("reads", found);
    }
    let agreed = match examination.read(false).await {
        Ok(time) => time,
        Err(error) => return not_read(&error, chart),
    };
    let found = format!(
        "by the member alone in {}, by agreement in {}",
        words::time(alone),
        words::time(agreed)
    );
    if agreed.saturating_sub(alone) > SLOW {
        let advice = "agreement is slow: look at the disks of the members (fsync) and at the network \
                      between them";
        chart.warn("reads", found, advice);
    } else {
        chart.ok("reads", found);
    }
}

fn not_read(error: &StoreError, chart: &Chart<'_>) {
    match error.kind {
        ErrorKind::Unauthenticated => chart.skip("reads", "nobody is logged in"),
        ErrorKind::Unavailable if error.message.contains("learner") => {
            chart.skip("reads", "a learner answers none");
        }
        _ => chart.fail_by("reads", error),
    }
}
