//! Servers that never answer: every wait has a limit.

use std::time::Duration;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId};
use etcdeck::gateway::{Gateway, LONG_CALL};
use etcdeck::store::{Cluster as _, ErrorKind, Kv as _, Locks as _, Watch as _, WatchRequest};
use tokio::net::{TcpSocket, TcpStream};
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
async fn a_host_that_takes_no_connection_is_given_up_before_anything_is_sent() {
    // A full queue of connections that nobody accepts: the kernel drops what comes next.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(connected) = timeout(Duration::from_millis(300), TcpStream::connect(address)).await
    {
        queue.push(connected.unwrap());
        assert!(queue.len() < 100, "the queue has no end");
    }
    let etcd = Gateway::connect(impatient([address.to_string()])).unwrap();
    let within = Duration::from_secs(5);
    let errors = [
        timeout(within, etcd.put(PutRequest::new("a", "b"))).await.unwrap().err(),
        // Its answer may take for ever, but not its connection.
        timeout(within, etcd.lock(Key::from("a"), LeaseId(1))).await.unwrap().err(),
    ];
    for error in errors.map(|error| error.expect("nobody answers")) {
        assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
        assert!(error.message.contains("--dial-timeout"), "{error}");
    }
}
