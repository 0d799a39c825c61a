//! Watches on real servers.

use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest, TxnRequest};
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::gateway::Gateway;
use etcdeck::store::{ErrorKind, Kv as _, Watch as _, WatchFilter, WatchMessage, WatchRequest};
use futures_util::StreamExt as _;

use super::{client, next, next_events};
use crate::support::install::Version;
use crate::support::servers::Etcd;

fn prefix(prefix: &str) -> WatchRequest {
    WatchRequest::new(KeyRange::prefix(prefix))
}

async fn put(etcd: &Gateway, key: &str, value: &str) -> Revision {
    etcd.put(PutRequest::new(key, value)).await.expect("a put").revision
}

#[tokio::test]
async fn a_watch_begins_with_its_revision_and_tells_old_and_new() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let before = put(&etcd, "/w/a", "0").await;
        let mut watch = etcd.watch(prefix("/w/").prev_kv()).await.unwrap();
        let created = next(&mut watch).await.unwrap();
        assert!(
            matches!(created, WatchMessage::Created { revision, cluster } if revision == before && cluster != 0),
            "{version}: {created:?}"
        );

        put(&etcd, "/other", "x").await;
        put(&etcd, "/w/a", "1").await;
        put(&etcd, "/w/b", "").await;
        etcd.delete(DeleteRequest::new(KeyRange::single("/w/a"))).await.unwrap();
        assert_eq!(next_events(&mut watch).await, ["Put /w/a=1 (was 0)"], "{version}");
        assert_eq!(next_events(&mut watch).await, ["Put /w/b"], "{version}");
        assert_eq!(next_events(&mut watch).await, ["Delete /w/a (was 1)"], "{version}");

        let both = TxnRequest {
            success: vec![
                Op::Put(PutRequest::new("/w/c", "1")),
                Op::Delete(DeleteRequest::new(KeyRange::single("/w/b"))),
            ],
            ..TxnRequest::default()
        };
        etcd.txn(both).await.unwrap();
        let events = next_events(&mut watch).await;
        assert_eq!(events, ["Put /w/c=1", "Delete /w/b (was )"], "{version}: one revision");
    }
}

#[tokio::test]
async fn a_watch_resumes_from_a_revision_and_waits_for_one() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let first = put(&etcd, "/w/a", "1").await;
        let second = put(&etcd, "/w/a", "2").await;
        let mut watch = etcd.watch(prefix("/w/").from(second)).await.unwrap();
        assert!(matches!(next(&mut watch).await.unwrap(), WatchMessage::Created { .. }));
        assert_eq!(next_events(&mut watch).await, ["Put /w/a=2"], "{version}");

        let mut all = etcd.watch(prefix("/w/").from(first)).await.unwrap();
        next(&mut all).await.unwrap();
        assert_eq!(next_events(&mut all).await, ["Put /w/a=1", "Put /w/a=2"], "{version}");

        let later = second.next().next();
        let mut future = etcd.watch(prefix("/w/").from(later)).await.unwrap();
        next(&mut future).await.unwrap();
        put(&etcd, "/w/a", "3").await;
        assert_eq!(put(&etcd, "/w/a", "4").await, later);
        assert_eq!(next_events(&mut future).await, ["Put /w/a=4"], "{version}");
    }
}

#[tokio::test]
async fn a_compacted_start_is_told_with_the_oldest_revision_left_and_ends() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let first = put(&etcd, "/w/a", "1").await;
        let second = put(&etcd, "/w/a", "2").await;
        put(&etcd, "/w/a", "3").await;
        etcd.compact(second, false).await.unwrap();
        let mut watch = etcd.watch(prefix("/w/").from(first)).await.unwrap();
        assert!(matches!(next(&mut watch).await.unwrap(), WatchMessage::Created { .. }));
        let error = next(&mut watch).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Compacted { oldest: second }, "{version}: {error}");
        assert!(watch.next().await.is_none(), "{version}: it ends, though etcd holds on");

        let mut watch = etcd.watch(prefix("/w/").from(second)).await.unwrap();
        next(&mut watch).await.unwrap();
        let events = next_events(&mut watch).await;
        assert_eq!(events, ["Put /w/a=2", "Put /w/a=3"], "{version}: the oldest one is readable");
    }
}

#[tokio::test]
async fn filters_leave_events_out() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let mut puts = etcd.watch(prefix("/w/").filter(WatchFilter::NoDelete)).await.unwrap();
        let mut deletes = etcd.watch(prefix("/w/").filter(WatchFilter::NoPut)).await.unwrap();
        next(&mut puts).await.unwrap();
        next(&mut deletes).await.unwrap();
        put(&etcd, "/w/a", "1").await;
        etcd.delete(DeleteRequest::new(KeyRange::prefix("/w/"))).await.unwrap();
        put(&etcd, "/w/a", "2").await;
        assert_eq!(next_events(&mut puts).await, ["Put /w/a=1"], "{version}");
        assert_eq!(next_events(&mut puts).await, ["Put /w/a=2"], "{version}");
        assert_eq!(next_events(&mut deletes).await, ["Delete /w/a"], "{version}");
    }
}

#[tokio::test]
async fn progress_is_told_when_asked_for() {
    for version in Etcd::versions() {
        let flag = match version {
            Version::V3_6 | Version::V3_7 => "--watch-progress-notify-interval=100ms",
            Version::V3_4 | Version::V3_5 => "--experimental-watch-progress-notify-interval=100ms",
        };
        let server = Etcd::build(version).arg(flag).start();
        let etcd = client(&server);
        let mut watch = etcd.watch(prefix("/w/").progress_notify()).await.unwrap();
        next(&mut watch).await.unwrap();
        let revision = put(&etcd, "/other", "x").await;
        loop {
            let WatchMessage::Progress { revision: seen } = next(&mut watch).await.unwrap() else {
                panic!("{version}: no events are due")
            };
            if seen >= revision {
                assert_eq!(seen, revision, "{version}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_long_history_and_a_large_transaction_come_whole() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let mut expected = Vec::new();
        let first = put(&etcd, "/w/first", "x").await;
        for round in 0..6 {
            // Nearly 1.5 MiB each, so that a fragment ends inside a revision.
            let puts: Vec<Op> = (0..10)
                .map(|n| Op::Put(PutRequest::new(format!("/w/{n}").as_str(), vec![round; 140_000])))
                .collect();
            let txn = TxnRequest { success: puts, ..TxnRequest::default() };
            expected.push(etcd.txn(txn).await.unwrap().revision);
        }
        let mut watch = etcd.watch(prefix("/w/").from(first.next()).prev_kv()).await.unwrap();
        next(&mut watch).await.unwrap();
        let mut seen = Vec::new();
        while seen.len() < expected.len() {
            let WatchMessage::Events(events) = next(&mut watch).await.unwrap() else {
                panic!("{version}: only events are due")
            };
            for of_revision in events.chunk_by(|a, b| a.revision() == b.revision()) {
                assert_eq!(of_revision.len(), 10, "{version}: a revision is whole");
                seen.push(of_revision[0].revision());
            }
        }
        assert_eq!(seen, expected, "{version}");
    }
}

#[tokio::test]
async fn odd_requests_are_answered_and_never_hang() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let error = etcd.watch(prefix("/w/").from(Revision(-1))).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Invalid, "{version}: {error}");

        let backwards = WatchRequest::new(KeyRange::interval("b", "a"));
        let error = etcd.watch(backwards).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Invalid, "{version}: {error}");
        assert!(error.to_string().starts_with("watch b: "), "{version}: {error}");

        let mut everything = etcd.watch(prefix("")).await.unwrap();
        next(&mut everything).await.unwrap();
        put(&etcd, "\0", "x").await;
        assert_eq!(next_events(&mut everything).await, [r"Put \x00=x"], "{version}");
    }
}
