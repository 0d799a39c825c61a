//! Elections: what observing is like over HTTP.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::Key;
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{Elections as _, ErrorKind, LeaderStream, StoreError};
use futures_util::StreamExt as _;
use tokio::sync::Notify;

use super::lock::grant;
use super::{LIMIT, client, client_of};
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::servers::{Etcd, dead_url};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const NO_LEADER: &str = r#"{"code":2,"message":"election: no leader"}"#;

const LEADER: &str = r#"{"result":{"header":{},"kv":{"key":"bi8x","create_revision":"5","mod_revision":"5","version":"1","value":"bWU=","lease":"1"}}}"#;

/// The value of the next leader, or the error.
async fn next(observed: &mut LeaderStream) -> Result<Vec<u8>, StoreError> {
    let next = tokio::time::timeout(LIMIT, observed.next()).await.expect("in time");
    next.expect("no end without an error").map(|entry| entry.value)
}

#[tokio::test]
async fn observing_without_quorum_ends_with_an_error() {
    for version in [Version::V3_4, Version::newest()] {
        let cluster = Cluster::start(version);
        let members = cluster.members();
        let etcd = client(&members[0]);
        etcd.campaign(Key::from("led"), grant(&etcd).await, b"me".to_vec()).await.unwrap();
        let mut led = etcd.observe(Key::from("led")).await.unwrap();
        assert_eq!(next(&mut led).await.unwrap(), b"me", "{version}");
        let mut unled = etcd.observe(Key::from("unled")).await.unwrap();
        let silent = tokio::time::timeout(Duration::from_millis(300), unled.next()).await;
        assert!(silent.is_err(), "{version}: {silent:?}");

        members[1].kill();
        members[2].kill();
        // Otherwise both would be silent for ever.
        for observed in [&mut led, &mut unled] {
            let error = next(observed).await.unwrap_err();
            assert!(error.is_connection(), "{version}: {error:?}");
            assert!(observed.next().await.is_none(), "{version}");
        }
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_the_observation() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = client(&server);
        etcd.campaign(Key::from("n"), grant(&etcd).await, b"me".to_vec()).await.unwrap();
        let mut observed = etcd.observe(Key::from("n")).await.unwrap();
        assert_eq!(next(&mut observed).await.unwrap(), b"me", "{version}");
        server.stop();
        let error = next(&mut observed).await.unwrap_err();
        assert!(error.is_connection(), "{version}: {error:?}");
        assert!(error.context.contains("observe n"), "{version}: {error:?}");
        let error = etcd.observe(Key::from("n")).await.err().expect("nobody is there");
        assert_eq!(error.kind, ErrorKind::Unreachable, "{version}: {error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn headers_that_come_next_day_are_waited_for() {
    let stub = Stub::start().await;
    let gate = Arc::new(Notify::new());
    stub.on("/v3/election/leader", Reply::json(500, NO_LEADER));
    stub.on("/v3/election/observe", Reply::chunks([format!("{LEADER}\n")]).after(gate.clone()));
    let mut observed = client_of(&stub).observe(Key::from("n")).await.unwrap();
    let observing = tokio::spawn(async move { next(&mut observed).await });
    let requests = stub.wait_for_requests("/v3/election/observe", 1, LIMIT).await;
    assert_eq!(requests[0].header("grpc-metadata-hasleader"), Some("true"));
    // Less than the limit of the test's own wait, more than any limit of the client's.
    tokio::time::advance(LIMIT / 2).await;
    gate.notify_one();
    assert_eq!(observing.await.unwrap().unwrap(), b"me");
}

#[tokio::test]
async fn lines_cut_anywhere_are_leaders_all_the_same() {
    let stub = Stub::start().await;
    stub.on("/v3/election/leader", Reply::json(500, NO_LEADER));
    let body = format!("{LEADER}\n\n{LEADER}");
    stub.on("/v3/election/observe", Reply::chunks_of(7, body.as_bytes()));
    let mut observed = client_of(&stub).observe(Key::from("n")).await.unwrap();
    for _ in 0..2 {
        assert_eq!(next(&mut observed).await.unwrap(), b"me");
    }
    assert_eq!(next(&mut observed).await.unwrap_err().kind, ErrorKind::Unknown);
}

#[tokio::test]
async fn errors_come_in_every_shape() {
    let cases = [
        (
            Reply::chunks([
                r#"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}}"#,
            ]),
            ErrorKind::Unavailable,
        ),
        (
            Reply::chunks([r#"{"error":{"code":14,"message":"etcdserver: no leader"}}"#]),
            ErrorKind::Unavailable,
        ),
        (
            Reply::json(503, r#"{"error":{"code":14,"message":"etcdserver: no leader"}}"#),
            ErrorKind::Unavailable,
        ),
        (
            Reply::json(500, r#"{"code":2,"message":"election: observe closed early"}"#),
            ErrorKind::Other,
        ),
        (Reply::chunks([r#"{"result":{"header":{}}}"#]), ErrorKind::BadAnswer),
        (Reply::chunks(["{}"]), ErrorKind::BadAnswer),
        (Reply::html(200, "<html>"), ErrorKind::BadAnswer),
    ];
    for (at, (reply, kind)) in cases.into_iter().enumerate() {
        let stub = Stub::start().await;
        stub.on("/v3/election/leader", Reply::json(500, NO_LEADER));
        stub.on("/v3/election/observe", reply);
        let mut observed = client_of(&stub).observe(Key::from("n")).await.unwrap();
        assert_eq!(next(&mut observed).await.unwrap_err().kind, kind, "case {at}");
        assert!(observed.next().await.is_none(), "case {at}");
    }
}

#[tokio::test]
async fn nobody_leading_is_an_answer_and_no_reason_to_ask_elsewhere() {
    let (first, second) = (Stub::start().await, Stub::start().await);
    first.on("/v3/election/leader", Reply::json(500, NO_LEADER));
    let etcd = Gateway::connect(GatewayOptions::new([first.url(), second.url()])).unwrap();
    assert_eq!(etcd.leader(Key::from("n")).await.unwrap(), None);
    assert_eq!(etcd.leader(Key::from("n")).await.unwrap(), None);
    assert_eq!((first.requests().len(), second.requests().len()), (2, 0));
}

#[tokio::test]
async fn observing_goes_where_somebody_answers() {
    let stub = Stub::start().await;
    stub.on("/v3/election/leader", Reply::json(500, NO_LEADER));
    stub.on("/v3/election/observe", Reply::chunks([LEADER]));
    let etcd = Gateway::connect(super::impatient([dead_url(), stub.url()])).unwrap();
    let mut observed = etcd.observe(Key::from("n")).await.unwrap();
    assert_eq!(next(&mut observed).await.unwrap(), b"me");
}
