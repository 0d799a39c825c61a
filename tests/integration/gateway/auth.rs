//! Users, tokens and rights on real servers.

use std::time::Duration;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{KeyRange, Secret};
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};
use etcdeck::store::{Cluster as _, ErrorKind, Kv as _, Watch as _, WatchMessage, WatchRequest};
use futures_util::future::join_all;

use super::{LIMIT, client, next, next_events, on_all_versions};
use crate::support::install::Version;
use crate::support::server_builder::Builder;
use crate::support::servers::Etcd;
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;
use crate::support::wait::eventually;

pub(super) fn client_as(etcd: &Etcd, user: &str, password: &str) -> Gateway {
    let credentials = Some(Credentials::new(user, password));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([etcd.url()]) };
    Gateway::connect(options).expect("the options are right")
}

/// A server to be whose logins take no time.
pub(super) fn build(version: Version) -> Builder {
    Etcd::build(version).arg("--bcrypt-cost=4")
}

fn watch(prefix: &str) -> WatchRequest {
    WatchRequest::new(KeyRange::prefix(prefix))
}

#[test]
fn a_user_is_needed_and_the_right_password() {
    on_all_versions(async |version| {
        let server = build(version).start();
        let early = client_as(&server, "root", "secret");
        early.put(PutRequest::new("/a", "1")).await.expect("authentication is still off");
        server.enable_auth("secret");

        let nobody = client(&server);
        let error = nobody.range(RangeRequest::get("/a")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{version}: {error}");
        assert!(error.message.contains("--user"), "{version}: {error}");
        let error = nobody.watch(watch("/")).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{version}: {error}");

        let wrong = client_as(&server, "root", "guess-0815");
        for _ in 0..2 {
            let error = wrong.range(RangeRequest::get("/a")).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::WrongPassword, "{version}: {error}");
            assert!(!error.to_string().contains("guess-0815"), "{error}");
        }
        let error = wrong.watch(watch("/")).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::WrongPassword, "{version}: {error}");
        wrong.set_credentials(Some(Credentials::new("root", "secret")));
        assert_eq!(wrong.user().as_deref(), Some("root"));
        wrong.put(PutRequest::new("/a", "2")).await.unwrap();
        wrong.status().await.unwrap();

        // This one learned that it needs no token, and learns again.
        early.put(PutRequest::new("/a", "3")).await.unwrap();

        server.ctl(&["auth", "disable"]);
        early.put(PutRequest::new("/a", "4")).await.expect("the token is dropped");
        nobody.put(PutRequest::new("/a", "5")).await.unwrap();
    });
}

#[test]
fn a_token_is_renewed_without_a_word() {
    on_all_versions(async |version| {
        let server = build(version).auth_token_ttl(2).start();
        server.enable_auth("secret");
        let etcd = client_as(&server, "root", "secret");
        etcd.put(PutRequest::new("/a", "1")).await.unwrap();
        let mut open = etcd.watch(watch("/")).await.unwrap();
        next(&mut open).await.unwrap();

        // Use keeps a token alive, so each look takes another one, all younger than ours.
        let url = server.url();
        let mut spare = Vec::new();
        for _ in 0..12 {
            spare.push(login(&url).await);
        }
        let error = eventually("the tokens expire", LIMIT, async || {
            tokio::time::sleep(Duration::from_millis(700)).await;
            let jwt_token = Some(spare.pop().expect("expired long before the last one"));
            let options = GatewayOptions { jwt_token, ..GatewayOptions::new([&url]) };
            Gateway::connect(options).unwrap().range(RangeRequest::get("/a")).await.err()
        })
        .await;
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{version}: {error}");

        etcd.put(PutRequest::new("/a", "2")).await.expect("renewed");
        assert_eq!(next_events(&mut open).await, ["Put /a=2"], "{version}: undisturbed");

        // A restarted member knows no token of before; a watch finds out as well as a put.
        server.restart();
        let mut again = etcd.watch(watch("/")).await.unwrap();
        assert!(matches!(next(&mut again).await.unwrap(), WatchMessage::Created { .. }));
    });
}

/// A token got by hand.
pub(super) async fn login(url: &str) -> Secret {
    // The first of all gateways makes ready what encrypts, without which there is no client.
    Gateway::connect(GatewayOptions::new([url])).expect("the options are right");
    let client = reqwest::Client::builder().no_proxy().build().expect("plain HTTP needs nothing");
    let request = client.post(format!("{url}/v3/auth/authenticate"));
    let request = request.body(r#"{"name":"root","password":"secret"}"#);
    let answer = request.send().await.expect("etcd answers").text().await.expect("a whole answer");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    Secret::new(answer["token"].as_str().expect("a token"))
}

#[tokio::test]
async fn rights_end_where_they_were_granted() {
    for version in Etcd::versions() {
        let server = build(version).start();
        server.ctl(&["role", "add", "app"]);
        server.ctl(&["role", "grant-permission", "app", "readwrite", "--prefix=true", "/app/"]);
        server.ctl(&["user", "add", "alice:pw"]);
        server.ctl(&["user", "grant-role", "alice", "app"]);
        server.enable_auth("secret");
        let alice = client_as(&server, "alice", "pw");
        alice.put(PutRequest::new("/app/a", "1")).await.unwrap();
        let mut mine = alice.watch(watch("/app/")).await.unwrap();
        next(&mut mine).await.unwrap();

        let denied = [
            alice.put(PutRequest::new("/b", "1")).await.err(),
            alice.range(RangeRequest::new(KeyRange::all())).await.err(),
            alice.watch(watch("/")).await.err(),
        ];
        for error in denied {
            let error = error.expect("denied");
            assert_eq!(error.kind, ErrorKind::PermissionDenied, "{version}: {error}");
            assert!(!error.outcome_unknown(), "{version}: {error}");
        }
        alice.put(PutRequest::new("/app/a", "2")).await.unwrap();
        assert_eq!(next_events(&mut mine).await, ["Put /app/a=2"], "{version}");
    }
}

#[tokio::test]
async fn a_password_changed_by_somebody_else_is_told_once_and_not_guessed_at() {
    for version in Etcd::versions() {
        let server = build(version).start();
        server.ctl(&["user", "add", "bob:old"]);
        server.ctl(&["user", "grant-role", "bob", "root"]);
        server.enable_auth("secret");
        let bob = client_as(&server, "bob", "old");
        bob.put(PutRequest::new("/a", "1")).await.unwrap();
        passwd(&server, "bob", "new");
        let error = bob.put(PutRequest::new("/a", "2")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::WrongPassword, "{version}: {error}");
        bob.set_credentials(Some(Credentials::new("bob", "new")));
        bob.put(PutRequest::new("/a", "3")).await.unwrap();
    }
}

/// Changes a password, even to what it was, which ends every token of the user.
pub(super) fn passwd(server: &Etcd, user: &str, password: &str) {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    // `--interactive` belongs to the subcommand and reads the password from standard input.
    let mut child = Command::new(server.version().etcdctl())
        .envs(server.env())
        .args(["user", "passwd", user, "--interactive=false"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("etcdctl starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    writeln!(stdin, "{password}").expect("etcdctl reads");
    assert!(child.wait().expect("it was started").success());
}

const INVALID: &str = r#"{"error":"etcdserver: invalid auth token","message":"etcdserver: invalid auth token","code":16}"#;

#[tokio::test]
async fn many_calls_wait_for_one_login_and_one_renewal() {
    let stub = Stub::start().await;
    stub.on("/v3/auth/authenticate", Reply::json(200, r#"{"token":"first.1"}"#));
    stub.on("/v3/auth/authenticate", Reply::json(200, r#"{"token":"second.2"}"#));
    for _ in 0..5 {
        stub.on("/v3/kv/range", Reply::json(401, INVALID));
    }
    stub.on("/v3/kv/range", Reply::json(200, "{}"));
    let credentials = Some(Credentials::new("root", "secret"));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([stub.url()]) };
    let etcd = Gateway::connect(options).unwrap();
    let calls = (0..5).map(|_| etcd.range(RangeRequest::get("a")));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    let requests = stub.requests();
    let logins = requests.iter().filter(|it| it.path == "/v3/auth/authenticate").count();
    assert_eq!(logins, 2, "one login, one renewal");
    let tokens: Vec<_> = requests.iter().filter_map(|it| it.header("authorization")).collect();
    assert_eq!(tokens.iter().filter(|token| **token == "first.1").count(), 5);
    assert_eq!(tokens.iter().filter(|token| **token == "second.2").count(), 5);
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_again_and_never_shown() {
    let stub = Stub::start().await;
    let words = "etcdserver: authentication failed, invalid user ID or password hunter2";
    let body = format!(r#"{{"code":3,"message":"{words}"}}"#);
    stub.on("/v3/auth/authenticate", Reply::json(400, body));
    let credentials = Some(Credentials::new("root", "hunter2"));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([stub.url()]) };
    let etcd = Gateway::connect(options).unwrap();
    for _ in 0..3 {
        let error = etcd.put(PutRequest::new("a", "b")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::WrongPassword);
        assert!(!format!("{error} {error:?} {etcd:?}").contains("hunter2"), "{error}");
    }
    assert_eq!(stub.requests().len(), 1, "asked once, the put never sent");
    etcd.set_credentials(Some(Credentials::new("root", "other")));
    etcd.put(PutRequest::new("a", "b")).await.unwrap_err();
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_renewed_once_only() {
    let stub = Stub::start().await;
    stub.on("/v3/auth/authenticate", Reply::json(200, r#"{"token":"t"}"#));
    stub.on("/v3/kv/put", Reply::json(401, INVALID));
    let credentials = Some(Credentials::new("root", "secret"));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([stub.url()]) };
    let etcd = Gateway::connect(options).unwrap();
    let error = etcd.put(PutRequest::new("a", "b")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthenticated);
    assert_eq!(stub.requests().len(), 4, "login, put, login, put");
}

#[tokio::test]
async fn a_write_whose_login_broke_was_not_sent() {
    let stub = Stub::start().await;
    stub.on("/v3/auth/authenticate", Reply::raw(""));
    let credentials = Some(Credentials::new("root", "secret"));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([stub.url()]) };
    let error = Gateway::connect(options).unwrap().put(PutRequest::new("a", "b")).await;
    let error = error.unwrap_err();
    assert!(!error.outcome_unknown(), "{error:?}");
}
