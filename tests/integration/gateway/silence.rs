//! Servers that never answer: every wait has a limit.

use std::time::Duration;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::gateway::{Gateway, GatewayOptions, LONG_CALL};
use etcdeck::store::{Cluster as _, ErrorKind, Kv as _, Watch as _, WatchRequest};
use tokio::time::{Instant, timeout};

use super::{client_of, impatient};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::silence());
    let etcd = client_of(&stub);
    let within = Duration::from_secs(5);
    let calls = [
        timeout(within, etcd.range(RangeRequest::get("a"))).await.unwrap().err(),
        timeout(within, etcd.put(PutRequest::new("a", "b"))).await.unwrap().err(),
        timeout(within, etcd.status()).await.unwrap().err(),
        timeout(within, etcd.watch(WatchRequest::new(KeyRange::all()))).await.unwrap().err(),
    ];
    for error in calls {
        let error = error.unwrap();
        assert_eq!(error.kind, ErrorKind::Unknown, "{error:?}");
        assert!(error.message.contains("no answer from"), "{error}");
        assert!(error.message.contains(&stub.url()), "{error}");
    }
}

#[tokio::test]
async fn headers_alone_are_no_answer() {
    let stub = Stub::start().await;
    let (range, _range_feed) = Reply::live();
    let (watch, _watch_feed) = Reply::live();
    stub.on("/v3/kv/range", range).on("/v3/watch", watch);
    let etcd = client_of(&stub);
    let within = Duration::from_secs(5);
    let error = timeout(within, etcd.range(RangeRequest::get("a"))).await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unknown, "{error:?}");
    let watch = timeout(within, etcd.watch(WatchRequest::new(KeyRange::all()))).await.unwrap();
    assert_eq!(watch.err().unwrap().kind, ErrorKind::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_large_listing_may_take_its_time() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::silence());
    let etcd = Gateway::connect(impatient([stub.url()])).unwrap();
    let start = Instant::now();
    etcd.range(RangeRequest::new(KeyRange::all())).await.unwrap_err();
    assert!(start.elapsed() >= LONG_CALL, "{:?}", start.elapsed());
    let start = Instant::now();
    etcd.range(RangeRequest::new(KeyRange::all()).limit(100)).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn an_address_that_swallows_everything_is_given_up() {
    // Reserved for documentation: packets to it are dropped or refused, depending on the network.
    let options = GatewayOptions {
        dial_timeout: Duration::from_millis(200),
        ..GatewayOptions::new(["http://192.0.2.1:2379"])
    };
    let etcd = Gateway::connect(options).unwrap();
    let error = timeout(Duration::from_secs(5), etcd.put(PutRequest::new("a", "b"))).await;
    let error = error.unwrap().unwrap_err();
    assert!(!error.outcome_unknown() || error.kind == ErrorKind::Unavailable, "{error:?}");
}
