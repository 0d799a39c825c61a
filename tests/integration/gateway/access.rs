//! Who we are and what we may do, on real servers; and logins counted at a stub.

use std::time::Duration;

use etcdeck::domain::access::words;
use etcdeck::domain::txn::{Compare, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{KeyRange, LeaseId, Secret};
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};
use etcdeck::store::{
    Access as _, Cluster as _, ErrorKind, Kv as _, Leases as _, Locks as _, Watch as _,
    WatchRequest,
};
use futures_util::future::join_all;

use super::auth::{build, client_as};
use super::{client, on_all_versions};
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const AUTHENTICATE: &str = "/v3/auth/authenticate";

/// `alice` with password `pw` and grants of every shape.
fn with_alice(server: &Etcd) {
    server.ctl(&["role", "add", "app"]);
    let grants: [&[&str]; 5] = [
        &["readwrite", "--prefix=true", "/app/"],
        &["read", "/motd"],
        &["read", "k2", "k5"],
        &["read", "k5", "k7"],
        &["write", "--prefix=true", "/in/"],
    ];
    for grant in grants {
        server.ctl(&[&["role", "grant-permission", "app"], grant].concat());
    }
    server.ctl(&["user", "add", "alice:pw"]);
    server.ctl(&["user", "grant-role", "alice", "app"]);
    server.enable_auth("secret");
}

#[test]
fn rights_are_found_out_and_are_what_the_server_goes_by() {
    on_all_versions(async |version| {
        let server = build(version).start();
        with_alice(&server);
        let alice = client_as(&server, "alice", "pw");
        let rights = alice.rights().await.unwrap_or_else(|error| panic!("{version}: {error}"));
        let said = |ranges: Vec<KeyRange>| ranges.iter().map(words).collect::<Vec<_>>();
        assert_eq!(said(rights.readable()), ["/app/*", "/motd", "k2 up to k7"], "{version}");
        assert_eq!(said(rights.write_only()), ["/in/*"], "{version}");
        assert_eq!(
            (rights.user.as_str(), rights.roles.as_slice()),
            ("alice", &["app".to_owned()][..])
        );
        // Two grants that touch are one to the server as well, for reads and watches.
        for range in rights.readable() {
            alice.range(RangeRequest::new(range.clone())).await.unwrap();
            let _watch = alice
                .watch(WatchRequest::new(range))
                .await
                .unwrap_or_else(|e| panic!("{version}: {e}"));
        }
        let root = client_as(&server, "root", "secret").rights().await.unwrap();
        assert_eq!(root.readable(), [KeyRange::all()]);
        let nobody = client(&server).rights().await.unwrap_err();
        assert_eq!(nobody.kind, ErrorKind::Invalid);
    });
}

#[test]
fn what_is_refused_is_named_with_what_was_done() {
    on_all_versions(async |version| {
        let server = build(version).start();
        with_alice(&server);
        let alice = client_as(&server, "alice", "pw");
        let lease = alice.lease_grant(60, LeaseId::NONE).await.unwrap().id;
        let txn = TxnRequest {
            compares: vec![Compare::absent("/b")],
            success: vec![Op::Put(PutRequest::new("/b", "1"))],
            failure: vec![Op::Range(RangeRequest::get("/b"))],
        };
        let leased = Op::Put(PutRequest::new("/c", "1").lease(lease));
        let leased = TxnRequest { success: vec![leased], ..TxnRequest::default() };
        let refusals = [
            (alice.put(PutRequest::new("/b", "1")).await.err(), "put /b: "),
            (alice.txn(txn).await.err(), "txn (put /b, range /b): "),
            (alice.txn(leased).await.err(), "txn (put /c): "),
            (alice.range(RangeRequest::new(KeyRange::prefix("/b/"))).await.err(), "range /b/: "),
            (alice.watch(WatchRequest::new(KeyRange::prefix("/"))).await.err(), "watch /: "),
            (alice.lock("/l".into(), lease).await.err(), "lock /l: "),
        ];
        for (error, names) in refusals {
            let error = error.unwrap_or_else(|| panic!("{version}: {names} is not refused"));
            assert_eq!(error.kind, ErrorKind::PermissionDenied, "{version}: {error}");
            assert!(error.to_string().starts_with(names), "{version}: {error}");
        }
    });
}

#[test]
fn one_logs_in_while_running_and_a_wrong_password_changes_nothing() {
    on_all_versions(async |version| {
        let server = build(version).start();
        let etcd = client(&server);
        let error = etcd.log_in("root".into(), Secret::new("secret")).await.unwrap_err();
        assert!(error.message.contains("switched off"), "{version}: {error}");
        with_alice(&server);
        etcd.log_in("alice".into(), Secret::new("pw")).await.unwrap();
        etcd.put(PutRequest::new("/app/a", "1")).await.unwrap();
        let error = etcd.log_in("root".into(), Secret::new("guess-0815")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::WrongPassword, "{version}: {error}");
        assert!(!format!("{error:?}").contains("guess-0815"));
        assert_eq!(etcd.user().as_deref(), Some("alice"));
        etcd.put(PutRequest::new("/app/a", "2")).await.unwrap();
        etcd.log_in("root".into(), Secret::new("secret")).await.unwrap();
        etcd.put(PutRequest::new("/b", "2")).await.unwrap();
    });
}

#[test]
fn tokens_of_the_json_kind_are_renewed_and_one_of_ones_own_is_told_to_have_expired() {
    on_all_versions(async |version| {
        let folder = scratch_dir("jwt");
        let key = folder.path().join("hmac.key");
        std::fs::write(&key, "a shared secret of the servers").unwrap();
        let tokens =
            format!("--auth-token=jwt,sign-method=HS256,priv-key={},ttl=5s", key.display());
        let server = build(version).arg(tokens).start();
        with_alice(&server);
        let alice = client_as(&server, "alice", "pw");
        alice.put(PutRequest::new("/app/a", "1")).await.unwrap();
        let token = token_of(&server.url(), "alice", "pw").await;
        let jwt_token = Some(Secret::new(token));
        let options = GatewayOptions { jwt_token, ..GatewayOptions::new([server.url()]) };
        let fixed = Gateway::connect(options).unwrap();
        assert_eq!(fixed.user().as_deref(), Some("alice"), "it stands in the token");
        fixed.put(PutRequest::new("/app/a", "2")).await.unwrap();
        assert_eq!(fixed.rights().await.unwrap().user, "alice");

        // Rights that change make every token of before old, in words of their own.
        server.ctl(&["role", "grant-permission", "app", "read", "/other"]);
        alice
            .put(PutRequest::new("/app/a", "3"))
            .await
            .unwrap_or_else(|e| panic!("{version}: {e}"));
        tokio::time::sleep(Duration::from_millis(6100)).await;
        alice.put(PutRequest::new("/app/a", "4")).await.unwrap();
        let error = fixed.put(PutRequest::new("/app/a", "5")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{version}: {error}");
        assert!(error.message.contains("--auth-jwt-token expired"), "{version}: {error}");
    });
}

async fn token_of(url: &str, user: &str, password: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let body = format!(r#"{{"name":"{user}","password":"{password}"}}"#);
    let answer = http.post(format!("{url}{AUTHENTICATE}")).body(body).send().await.expect("sent");
    let answer: serde_json::Value =
        serde_json::from_str(&answer.text().await.expect("all of it")).expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}

fn logins(stub: &Stub) -> usize {
    stub.requests().iter().filter(|request| request.path == AUTHENTICATE).count()
}

fn as_root(stub: &Stub) -> Gateway {
    let credentials = Some(Credentials::new("root", "secret"));
    let options = GatewayOptions { credentials, ..super::impatient([stub.url()]) };
    Gateway::connect(options).expect("the options are right")
}

const WRONG: &str =
    r#"{"code":3,"message":"etcdserver: authentication failed, invalid user ID or password"}"#;

#[tokio::test]
async fn each_answer_given_is_one_login() {
    let stub = Stub::start().await;
    stub.on(AUTHENTICATE, Reply::json(400, WRONG));
    stub.on(AUTHENTICATE, Reply::json(400, WRONG));
    stub.on(AUTHENTICATE, Reply::json(200, r#"{"token":"t.1"}"#));
    stub.on("/v3/kv/range", Reply::json(200, "{}"));
    let etcd = as_root(&stub);
    let calls = || (0..10).map(|_| etcd.range(RangeRequest::get("a")));
    for outcome in join_all(calls()).await {
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::WrongPassword);
    }
    assert_eq!(logins(&stub), 1, "all who waited share the refusal");
    etcd.log_in("root".into(), Secret::new("bad")).await.unwrap_err();
    join_all(calls()).await.into_iter().for_each(|outcome| {
        outcome.unwrap_err();
    });
    assert_eq!(logins(&stub), 2);
    etcd.log_in("root".into(), Secret::new("good")).await.unwrap();
    join_all(calls()).await.into_iter().for_each(|outcome| {
        outcome.unwrap();
    });
    assert_eq!(logins(&stub), 3, "the token of the login is the one that is used");
}

#[tokio::test]
async fn a_login_that_is_never_answered_is_waited_for_by_all_together() {
    let stub = Stub::start().await;
    stub.on(AUTHENTICATE, Reply::silence());
    let etcd = as_root(&stub);
    let began = tokio::time::Instant::now();
    let outcomes = join_all((0..10).map(|_| etcd.range(RangeRequest::get("a")))).await;
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::Unreachable);
    }
    assert_eq!(logins(&stub), 1, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_wrong_password_is_found_out_at_one_endpoint_only() {
    let stubs = [Stub::start().await, Stub::start().await, Stub::start().await];
    for stub in &stubs {
        stub.on(AUTHENTICATE, Reply::json(400, WRONG));
    }
    let credentials = Some(Credentials::new("root", "typo"));
    let urls: Vec<String> = stubs.iter().map(Stub::url).collect();
    let options = GatewayOptions { credentials, ..super::impatient(urls) };
    let etcd = Gateway::connect(options).expect("the options are right");
    for _ in 0..3 {
        // Each endpoint is asked how it is, all at the same time.
        etcd.check().await.unwrap_err();
        etcd.range(RangeRequest::get("a")).await.unwrap_err();
    }
    assert_eq!(stubs.iter().map(logins).sum::<usize>(), 1);
}
