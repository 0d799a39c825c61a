//! Answers no healthy etcd gives: each gets a sentence, and none is taken for success.

use etcdeck::domain::txn::{
    PutRequest, PutResponse, RangeRequest, RangeResponse, TxnRequest, TxnResponse,
};
use etcdeck::domain::{LeaseId, Revision};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{Cluster as _, ErrorKind, Kv as _, Leases as _};

use super::{client, client_of};
use crate::support::install::Version;
use crate::support::server_builder::Gateway as GatewaySwitch;
use crate::support::servers::{Etcd, free_ports};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const PAGE: &str = "<!DOCTYPE html><html><body>Welcome to nginx!</body></html>";

#[tokio::test]
async fn strangers_are_told_from_etcd() {
    let cases = [
        (Reply::html(200, PAGE), ErrorKind::BadAnswer, "not an etcd gateway"),
        (Reply::html(403, PAGE), ErrorKind::BadAnswer, "not an etcd gateway"),
        (Reply::html(502, PAGE), ErrorKind::Unavailable, "a proxy at"),
        (Reply::json(200, "{\"header\":{\"revi"), ErrorKind::BadAnswer, "makes no sense"),
        (Reply::json(200, ""), ErrorKind::BadAnswer, "makes no sense"),
        (Reply::json(200, "[]"), ErrorKind::BadAnswer, "makes no sense"),
        (Reply::json(200, r#"{"count":"1.5"}"#), ErrorKind::BadAnswer, "makes no sense"),
        (Reply::json(200, r#"{"kvs":[{"key":"!"}]}"#), ErrorKind::BadAnswer, "makes no sense"),
        (Reply::text(404, "404 page not found\n"), ErrorKind::Unsupported, "no HTTP/JSON gateway"),
        (Reply::text(404, "Not Found\n"), ErrorKind::Unsupported, "too old"),
        (
            Reply::json(404, r#"{"code":5, "message":"Not Found"}"#),
            ErrorKind::Unsupported,
            "too old",
        ),
        (Reply::text(421, "misdirected"), ErrorKind::PermissionDenied, "--host-whitelist"),
        (
            Reply::text(302, "").header("Location", "http://127.0.0.1:1/"),
            ErrorKind::BadAnswer,
            "sends us elsewhere",
        ),
        (
            Reply::text(400, "Client sent an HTTP request to an HTTPS server.\n"),
            ErrorKind::Tls,
            "write https://",
        ),
        (Reply::text(418, "I'm a teapot\nreally"), ErrorKind::BadAnswer, "I'm a teapot really"),
        (Reply::raw("SSH-2.0-OpenSSH_9.2\r\n"), ErrorKind::BadAnswer, "it is not etcd"),
        (Reply::raw([0, 0, 6, 4, 0, 0, 0, 0, 0]), ErrorKind::BadAnswer, "gRPC only"),
        (Reply::endless_headers(), ErrorKind::BadAnswer, "proper HTTP"),
    ];
    for (reply, kind, words) in cases {
        let stub = Stub::start().await;
        stub.otherwise(reply.clone());
        let etcd = client_of(&stub);
        let error = etcd.range(RangeRequest::get("/a")).await.unwrap_err();
        assert_eq!(error.kind, kind, "{reply:?}: {error:?}");
        assert!(error.message.contains(words), "{reply:?}: {error}");
        assert!(error.message.len() < 500, "{reply:?}: {error}");
        let error = etcd.lease_keep_alive(LeaseId(7)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{reply:?}: {error:?}");
    }
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let stub = Stub::start().await;
    let body = r#"{"header":{"revision":"5"},"count":"1"}"#;
    stub.on("/v3/kv/range", Reply::json(200, body).cut_after(10));
    stub.on("/v3/kv/put", Reply::json(200, body).cut_after(10));
    let etcd = client_of(&stub);
    let error = etcd.range(RangeRequest::get("/a")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unknown, "{error:?}");
    let error = etcd.put(PutRequest::new("/a", "b")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unknown, "{error:?}");
    let puts = stub.requests().iter().filter(|it| it.path == "/v3/kv/put").count();
    assert_eq!(puts, 1, "a write is never sent twice");
}

#[tokio::test]
async fn nothing_is_enough_where_zero_is_left_out() {
    for body in ["{}", r#"{"header":null,"kvs":null,"count":null,"more":null,"x":{"y":[1]}}"#] {
        let stub = Stub::start().await;
        stub.otherwise(Reply::json(200, body));
        stub.on("/v3/lease/keepalive", Reply::chunks([r#"{"result":{"ID":"7"}}"#]));
        let etcd = client_of(&stub);
        assert_eq!(etcd.range(RangeRequest::get("/a")).await.unwrap(), RangeResponse::default());
        assert_eq!(etcd.put(PutRequest::new("/a", "")).await.unwrap(), PutResponse::default());
        assert_eq!(etcd.txn(TxnRequest::default()).await.unwrap(), TxnResponse::default());
        assert_eq!(etcd.compact(Revision(1), false).await.unwrap(), Revision::NONE);
        assert_eq!(etcd.lease_list().await.unwrap(), []);
        assert_eq!(etcd.status().await.unwrap().version, "");
        // The last second of a lease is a zero, too.
        let status = etcd.lease_time_to_live(LeaseId(7), true).await.unwrap().unwrap();
        assert_eq!((status.id, status.ttl, status.keys.len()), (LeaseId(7), 0, 0));
        let error = etcd.lease_keep_alive(LeaseId(7)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LeaseNotFound);
    }
}

#[tokio::test]
async fn a_renewal_that_fails_is_told_in_every_shape() {
    let bodies = [
        (503, r#"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}}"#),
        (503, r#"{"error":{"code":14,"message":"etcdserver: no leader"}}"#),
        (200, r#"{"error":{"code":14,"message":"etcdserver: no leader"}}"#),
        (500, r#"{"error":"etcdserver: no leader","message":"etcdserver: no leader","code":2}"#),
    ];
    for (status, body) in bodies {
        let stub = Stub::start().await;
        stub.otherwise(Reply::json(status, body));
        let error = client_of(&stub).lease_keep_alive(LeaseId(7)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable, "{body}: {error:?}");
    }
}

#[tokio::test]
async fn requests_say_what_they_must() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::json(200, "{}"));
    let etcd = client_of(&stub);
    etcd.range(RangeRequest::get(&b"\xff\xfe"[..]).limit(5)).await.unwrap();
    etcd.put(PutRequest::new("k", "").lease(LeaseId(i64::MAX))).await.unwrap();
    etcd.lease_grant(60, LeaseId::NONE).await.unwrap();
    let sent: Vec<_> = stub.requests().iter().map(|it| (it.path.clone(), it.text())).collect();
    let expected = [
        ("/v3/kv/range", r#"{"key":"//4=","limit":"5"}"#),
        ("/v3/kv/put", r#"{"key":"aw==","value":"","lease":"9223372036854775807"}"#),
        ("/v3/lease/grant", r#"{"TTL":"60"}"#),
    ];
    assert_eq!(sent, expected.map(|(path, body)| (path.to_owned(), body.to_owned())));
    let request = &stub.requests()[0];
    assert_eq!((request.method.as_str(), request.header("authorization")), ("POST", None));
    assert_eq!(stub.connections(), 1, "the connection is kept");
}

#[tokio::test]
async fn a_gateway_that_is_switched_off_is_recognized() {
    for version in Etcd::versions() {
        let server = Etcd::build(version).gateway(GatewaySwitch::Off).start();
        let error = client(&server).range(RangeRequest::get("/a")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported, "{version}: {error}");
        assert!(error.message.contains("--enable-grpc-gateway"), "{version}: {error}");
    }
}

#[tokio::test]
async fn a_port_for_grpc_only_is_recognized() {
    // The older releases here do not know the flag yet.
    for version in Etcd::versions().into_iter().filter(|version| *version >= Version::V3_6) {
        let ports = free_ports();
        let http = format!("http://{}:{}", ports.address, ports.client);
        let server = Etcd::build(version).arg(format!("--listen-client-http-urls={http}")).start();
        let error = client(&server).range(RangeRequest::get("/a")).await.unwrap_err();
        // It answers in HTTP/2 and closes at once: which of the two arrives first is chance.
        let kinds = [ErrorKind::BadAnswer, ErrorKind::Tls];
        assert!(kinds.contains(&error.kind), "{version}: {error:?}");
        assert!(error.message.contains("--listen-client-http-urls"), "{version}: {error}");
        let gateway = Gateway::connect(GatewayOptions::new([http])).unwrap();
        gateway.range(RangeRequest::get("/a")).await.unwrap();
    }
}
