//! Several endpoints: what is tried elsewhere, and what is never sent twice.

use std::time::Duration;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{Cluster as _, ErrorKind, Kv as _, Watch as _, WatchRequest};
use futures_util::StreamExt as _;

use super::{LIMIT, impatient, next, next_events};
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::servers::{Etcd, dead_url};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;
use crate::support::wait::eventually;

/// How many requests of one kind came. An endpoint that failed a call is asked for its status too.
fn count(stub: &Stub, path: &str) -> usize {
    stub.requests().iter().filter(|request| request.path == path).count()
}

#[tokio::test]
async fn every_call_passes_by_an_endpoint_where_nobody_listens() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::json(200, "{}"));
    stub.on("/v3/watch", Reply::chunks([r#"{"result":{"created":true}}"#]));
    let dead = dead_url();
    let connect = || Gateway::connect(impatient([dead.clone(), stub.url()])).unwrap();
    connect().put(PutRequest::new("a", "b")).await.unwrap();
    connect().watch(WatchRequest::new(KeyRange::all())).await.map(|_| ()).unwrap();
    let etcd = connect();
    assert_eq!(etcd.endpoint(), dead);
    let status = etcd.status().await.unwrap();
    assert_eq!((status.endpoint, etcd.endpoint()), (stub.url(), stub.url()));
}

#[tokio::test]
async fn with_nobody_there_each_endpoint_is_named() {
    let (one, two) = (dead_url(), dead_url());
    let etcd = Gateway::connect(GatewayOptions::new([&one, &two])).unwrap();
    let error = etcd.put(PutRequest::new("a", "b")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(!error.outcome_unknown());
    let said = error.to_string();
    assert!(said.starts_with("put a: none of the 2 endpoints"), "{said}");
    assert!(said.contains(&one) && said.contains(&two) && said.contains("refused"), "{said}");

    let nowhere = Gateway::connect(GatewayOptions::new(["no-such-host.invalid"])).unwrap();
    let error = nowhere.status().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.contains("not known here"), "{error}");
}

#[tokio::test]
async fn a_read_goes_elsewhere_once_and_a_write_stays_unknown() {
    let unavailable = || {
        let body = r#"{"error":"etcdserver: request timed out","message":"etcdserver: request timed out","code":14}"#;
        Reply::json(503, body)
    };
    for reply in [unavailable(), Reply::silence(), Reply::raw(""), Reply::html(502, "<html>")] {
        let bad = Stub::start().await;
        bad.otherwise(reply.clone());
        let good = Stub::start().await;
        good.otherwise(Reply::json(200, "{}"));
        let connect = || Gateway::connect(impatient([bad.url(), good.url()])).unwrap();

        connect().range(RangeRequest::get("a")).await.unwrap();
        let reads = |stub: &Stub| count(stub, "/v3/kv/range");
        assert_eq!((reads(&bad), reads(&good)), (1, 1), "{reply:?}");

        let etcd = connect();
        let error = etcd.put(PutRequest::new("a", "b")).await.unwrap_err();
        assert!(error.outcome_unknown(), "{reply:?}: {error:?}");
        let writes = |stub: &Stub| count(stub, "/v3/kv/put");
        assert_eq!((writes(&bad), writes(&good)), (1, 0), "{reply:?}");
        etcd.put(PutRequest::new("a", "b")).await.expect("the next call goes elsewhere");
    }
}

#[tokio::test]
async fn a_member_that_was_restarted_is_read_from_at_once() {
    for version in Etcd::versions() {
        let server = Etcd::start(version);
        let etcd = super::client(&server);
        etcd.put(PutRequest::new("/a", "1")).await.unwrap();
        server.kill();
        server.restart();
        // The kept connection is dead; the client finds out by using it.
        let got = etcd.range(RangeRequest::get("/a")).await.unwrap();
        assert_eq!(got.entries[0].value, b"1", "{version}");
        server.kill();
        let error = etcd.range(RangeRequest::get("/a")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable, "{version}: {error}");
        assert!(error.message.contains("connection refused"), "{version}: {error}");
    }
}

#[tokio::test]
async fn a_cluster_is_used_while_members_come_and_go() {
    let cluster = Cluster::start(Version::newest());
    let members = cluster.members();
    let etcd = Gateway::connect(GatewayOptions::new(cluster.endpoints())).unwrap();
    etcd.put(PutRequest::new("/a", "1")).await.unwrap();
    let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
    next(&mut watch).await.unwrap();

    members[0].kill();
    let error = next(&mut watch).await.unwrap_err();
    assert!(error.is_connection(), "{error:?}");
    assert!(watch.next().await.is_none());
    let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
    next(&mut watch).await.unwrap();
    assert_eq!(etcd.endpoint(), members[1].url());
    eventually("the rest has a leader", LIMIT, async || {
        etcd.put(PutRequest::new("/a", "2")).await.ok()
    })
    .await;
    assert_eq!(next_events(&mut watch).await, ["Put /a=2"]);

    // Two of three gone: the watch ends by itself, since it asked for a leader.
    members[2].kill();
    let error = next(&mut watch).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable, "{error:?}");
    assert!(error.message.contains("no leader"), "{error}");
    let status = etcd.status().await.unwrap();
    assert_eq!(status.leader, 0, "{status:?}");
    assert_eq!(status.errors, ["etcdserver: no leader"], "{status:?}");
    let local = RangeRequest::get("/a").serializable();
    assert_eq!(etcd.range(local).await.unwrap().entries[0].value, b"2");
}

#[tokio::test]
async fn a_paused_member_is_given_up_in_time() {
    let server = Etcd::start(Version::newest());
    let etcd = Gateway::connect(impatient([server.url()])).unwrap();
    etcd.put(PutRequest::new("/a", "1")).await.unwrap();
    server.pause();
    let asking = tokio::time::timeout(Duration::from_secs(5), etcd.range(RangeRequest::get("/a")));
    let error = asking.await.expect("an error in time").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unknown);
    assert!(error.message.contains("no answer"), "{error}");
    server.resume();
}
