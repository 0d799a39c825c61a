//! Watch streams as no server should send them, and their ends.

use std::sync::Arc;

use etcdeck::domain::{KeyRange, Revision};
use etcdeck::store::{ErrorKind, Watch as _, WatchMessage, WatchRequest, WatchStream};
use futures_util::StreamExt as _;

use super::{client, client_of, next, next_events, on_all_versions};
use crate::support::servers::Etcd;
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const CREATED: &str = r#"{"result":{"header":{"revision":"7"},"created":true}}"#;
const EVENT: &str =
    r#"{"result":{"header":{"revision":"9"},"events":[{"kv":{"key":"YQ==","mod_revision":"8"}}]}}"#;

async fn open(stub: &Stub) -> WatchStream {
    client_of(stub).watch(WatchRequest::new(KeyRange::all())).await.expect("the watch stands")
}

#[tokio::test]
async fn messages_cut_anywhere_come_whole() {
    let text = format!("{CREATED}\n{EVENT}\n{EVENT}\n\n{EVENT}");
    for size in [1, 2, 3, 7, 64, 4096] {
        let stub = Stub::start().await;
        stub.on("/v3/watch", Reply::chunks_of(size, text.as_bytes()));
        let mut watch = open(&stub).await;
        let created = WatchMessage::Created { revision: Revision(7), cluster: 0 };
        assert_eq!(next(&mut watch).await.unwrap(), created, "{size}");
        for _ in 0..3 {
            assert_eq!(next_events(&mut watch).await, ["Put a"], "{size}");
        }
        let error = next(&mut watch).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unknown, "{size}: {error}");
        assert!(error.message.contains("closed the connection"), "{size}: {error}");
        assert!(watch.next().await.is_none(), "{size}");
    }
}

#[tokio::test]
async fn the_last_words_of_a_server_are_heard_without_a_line_end() {
    let last_words = [
        r#"{"error":{"grpc_code":14,"http_code":503,"message":"transport is closing","http_status":"Service Unavailable"}}"#,
        r#"{"error":{"code":14,"message":"error reading from server: EOF"}}"#,
        "{\"error\":{\"code\":14,\"message\":\"etcdserver: no leader\"}}\n",
    ];
    for words in last_words {
        let stub = Stub::start().await;
        stub.on("/v3/watch", Reply::chunks([CREATED, "\n", words]));
        let mut watch = open(&stub).await;
        next(&mut watch).await.unwrap();
        let error = next(&mut watch).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable, "{words}: {error:?}");
        assert!(watch.next().await.is_none(), "{words}");
    }
}

#[tokio::test]
async fn nonsense_in_a_stream_ends_it_with_a_sentence() {
    for nonsense in ["{\n", "null\n", "{}\n", "<html>\n", "{\"result\":5}\n", "\u{0}\n"] {
        let stub = Stub::start().await;
        stub.on("/v3/watch", Reply::chunks([CREATED, "\n", nonsense, EVENT]));
        let mut watch = open(&stub).await;
        next(&mut watch).await.unwrap();
        let error = next(&mut watch).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadAnswer, "{nonsense:?}: {error:?}");
        assert!(watch.next().await.is_none(), "{nonsense:?}");
    }
}

#[tokio::test]
async fn a_broken_connection_is_an_error_and_not_an_end() {
    let stub = Stub::start().await;
    let (reply, feed) = Reply::live();
    stub.on("/v3/watch", reply);
    feed.chunk(format!("{CREATED}\n{EVENT}\n{{\"resul")).await;
    let mut watch = open(&stub).await;
    next(&mut watch).await.unwrap();
    assert_eq!(next_events(&mut watch).await, ["Put a"]);
    feed.cut();
    let error = next(&mut watch).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unknown, "{error:?}");
    assert!(watch.next().await.is_none());
}

#[tokio::test]
async fn the_request_asks_for_a_leader_and_for_fragments() {
    let stub = Stub::start().await;
    stub.on("/v3/watch", Reply::chunks([CREATED]));
    drop(open(&stub).await);
    let request = &stub.requests()[0];
    assert_eq!(request.header("grpc-metadata-hasleader"), Some("true"));
    assert_eq!(
        request.text(),
        r#"{"create_request":{"key":"AA==","range_end":"AA==","fragment":true}}"#
    );
}

#[tokio::test]
async fn a_watch_has_a_connection_of_its_own() {
    let stub = Stub::start().await;
    let (first, feed) = Reply::live();
    let (second, other) = Reply::live();
    stub.on("/v3/watch", first).on("/v3/watch", second);
    feed.chunk(format!("{CREATED}\n")).await;
    other.chunk(format!("{CREATED}\n")).await;
    let etcd = client_of(&stub);
    let one = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
    let two = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
    assert_eq!(stub.connections(), 2);
    drop((one, two));
}

#[test]
fn a_killed_and_a_stopped_server_end_a_watch() {
    on_all_versions(async |version| {
        let server = Arc::new(Etcd::start(version));
        for end in [Etcd::kill, Etcd::stop] {
            let etcd = client(&server);
            let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
            next(&mut watch).await.unwrap();
            // An orderly end waits for the watch to end, so it must not keep us from reading on.
            let ending = server.clone();
            let ending = tokio::task::spawn_blocking(move || end(&ending));
            let error = next(&mut watch).await.unwrap_err();
            assert!(error.is_connection(), "{version}: {error:?}");
            assert!(watch.next().await.is_none(), "{version}");
            drop((watch, etcd));
            ending.await.unwrap();
            server.restart();
        }
    });
}
