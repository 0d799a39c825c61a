//! An answer that ends anywhere is never taken for a whole one, and one from something in between never
//! for etcd's.

use std::time::Duration;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::gateway::Gateway;
use etcdeck::store::{ErrorKind, Kv as _, Watch as _, WatchMessage, WatchRequest};
use futures_util::StreamExt as _;

use super::{client_of, impatient};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const RANGE: &str = r#"{"header":{"revision":"7"},"kvs":[{"key":"YQ==","mod_revision":"7","version":"1","value":"MQ=="}],"count":"1"}"#;
const PUT: &str = r#"{"header":{"revision":"7"}}"#;
const CREATED: &str = "{\"result\":{\"header\":{\"revision\":\"7\"},\"created\":true}}\n";

/// One event of a key `a`, at a revision below 10.
fn event(revision: i64) -> String {
    format!(
        "{{\"result\":{{\"header\":{{\"revision\":\"9\"}},\"events\":[{{\"kv\":{{\"key\":\"YQ==\",\"mod_revision\":\"{revision}\"}}}}]}}}}\n"
    )
}

#[tokio::test]
async fn a_plain_answer_cut_at_any_byte() {
    let (range, put) = (Reply::json(200, RANGE), Reply::json(200, PUT));
    let stub = Stub::start().await;
    for at in 0..range.size().expect("it is known") {
        // A read is tried once more, and meets the same.
        stub.otherwise(range.clone().cut_at(at));
        let error = client_of(&stub).range(RangeRequest::get("a")).await.unwrap_err();
        assert!(error.is_connection(), "cut at {at}: {error:?}");
    }
    for at in 0..put.size().expect("it is known") {
        stub.otherwise(put.clone().cut_at(at));
        let before = stub.requests().len();
        let error = client_of(&stub).put(PutRequest::new("a", "1")).await.unwrap_err();
        assert!(error.outcome_unknown(), "cut at {at}: {error:?}");
        assert_eq!(stub.requests().len(), before + 1, "cut at {at}: sent once");
    }
    stub.otherwise(range.clone().cut_at(range.size().expect("it is known")));
    let whole = client_of(&stub).range(RangeRequest::get("a")).await.unwrap();
    assert_eq!(whole.entries[0].mod_revision, Revision(7));
}

#[tokio::test]
async fn a_plain_answer_that_falls_silent() {
    let range = Reply::json(200, RANGE);
    let size = range.size().expect("it is known");
    for at in [0, 1, size / 3, size - RANGE.len(), size - 1] {
        let stub = Stub::start().await;
        stub.otherwise(range.clone().stall_at(at));
        let etcd = Gateway::connect(impatient([stub.url()])).unwrap();
        let asked =
            tokio::time::timeout(Duration::from_secs(10), etcd.range(RangeRequest::get("a")));
        let error = asked.await.expect("a limit").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unknown, "silent at {at}: {error:?}");
    }
}

#[tokio::test]
async fn a_watch_cut_at_any_byte_tells_whole_events_and_an_error() {
    let events: String = (7..10).map(event).collect();
    let stream = Reply::chunks([CREATED, &events]);
    let stub = Stub::start().await;
    let mut seen = Vec::new();
    for at in 0..=stream.size().expect("it is known") {
        stub.otherwise(stream.clone().cut_at(at));
        let etcd = client_of(&stub);
        let Ok(mut watch) = etcd.watch(WatchRequest::new(KeyRange::all())).await else {
            seen.push(0);
            continue;
        };
        let mut told = Vec::new();
        let error = loop {
            match watch.next().await.expect("it ends with an error") {
                Ok(WatchMessage::Created { .. } | WatchMessage::Progress { .. }) => {}
                Ok(WatchMessage::Events(events)) => {
                    told.extend(events.iter().map(|event| event.revision().0));
                }
                Err(error) => break error,
            }
        };
        assert!(error.is_connection(), "cut at {at}: {error:?}");
        assert!((7..10).take(told.len()).eq(told.iter().copied()), "cut at {at}: {told:?}");
        seen.push(told.len());
    }
    assert!(seen.is_sorted(), "more bytes never tell less: {seen:?}");
    assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&3)));
}

#[tokio::test]
async fn what_stands_in_between_is_never_taken_for_the_server() {
    let elsewhere = Stub::start().await;
    elsewhere.otherwise(Reply::json(200, RANGE));
    let replies = [
        Reply::redirect(301, &elsewhere.url()),
        Reply::redirect(307, &format!("{}/v3/kv/range", elsewhere.url())),
        Reply::text(401, "who are you"),
        Reply::text(403, "not from here"),
        Reply::html(502, "<html>Bad Gateway</html>"),
        Reply::text(503, "no healthy upstream"),
        Reply::html(200, "<html>Log in</html>"),
        Reply::json(200, "[]"),
        Reply::raw("SSH-2.0-OpenSSH_9.2\r\n"),
        Reply::endless_headers(),
    ];
    for reply in replies {
        let stub = Stub::start().await;
        stub.otherwise(reply.clone());
        let etcd = client_of(&stub);
        etcd.range(RangeRequest::get("a")).await.expect_err("no answer of etcd");
        etcd.put(PutRequest::new("a", "1")).await.expect_err("no answer of etcd");
        let watch = etcd.watch(WatchRequest::new(KeyRange::all())).await;
        assert!(watch.is_err(), "{reply:?}");
    }
    assert!(elsewhere.requests().is_empty(), "nothing is sent where nobody asked for it");
}

#[tokio::test]
async fn a_stub_that_refuses_is_found_again() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::json(200, RANGE));
    let etcd = client_of(&stub);
    etcd.range(RangeRequest::get("a")).await.unwrap();
    stub.refuse().await;
    let error = etcd.put(PutRequest::new("a", "1")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
    stub.listen().await;
    etcd.range(RangeRequest::get("a")).await.unwrap();
}
