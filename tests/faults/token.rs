//! Tokens that expire again and again below a watch, and nothing of it is lost.

use std::time::{Duration, Instant};

use etcdeck::domain::txn::PutRequest;
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};
use etcdeck::store::{ErrorKind, Kv as _, Watch as _, WatchMessage, WatchRequest};
use futures_util::StreamExt as _;

use crate::alone::alone;
use crate::support::install::Version;
use crate::support::servers::Etcd;

const EXPIRIES: u32 = 10;

fn client(etcd: &Etcd) -> Gateway {
    let credentials = Some(Credentials::new("root", "secret"));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([etcd.url()]) };
    Gateway::connect(options).expect("the options are right")
}

/// Writes by rare calls, each after the token has expired, while a watch goes on; the watch is also
/// broken off and resumed half of the times, with a token that is dead by then.
async fn nothing_is_lost(version: Version, ttl: u32) {
    let etcd = Etcd::build(version).auth_token_ttl(ttl).arg("--bcrypt-cost=4").start();
    etcd.enable_auth("secret");
    let (writer, reader) = (client(&etcd), client(&etcd));
    let started = Instant::now();
    let range = KeyRange::prefix("/w/");
    let first = writer.put(PutRequest::new("/w/0", "0")).await.expect("the first token").revision;
    let (mut next, mut seen, mut written) = (first, Vec::new(), vec![(first, "0".to_owned())]);
    let mut open = None;
    for round in 1..=EXPIRIES {
        if open.is_none() {
            let request = WatchRequest::new(range.clone()).from(next);
            open = Some(reader.watch(request).await.expect("a new token, unasked"));
        }
        // Nobody uses a token meanwhile. etcd looks for expired ones once a second.
        tokio::time::sleep(Duration::from_secs(u64::from(ttl)) + Duration::from_millis(1100)).await;
        let value = round.to_string();
        let put = writer.put(PutRequest::new(format!("/w/{round}").as_str(), value.as_str())).await;
        written.push((put.expect("renewed").revision, value));
        let mut stream = open.take().expect("it was opened");
        while next <= written.last().expect("some").0 {
            let message = tokio::time::timeout(Duration::from_secs(20), stream.next()).await;
            match message.expect("the watch goes on").expect("it does not end") {
                Ok(WatchMessage::Events(events)) => {
                    for event in events {
                        let value = String::from_utf8_lossy(&event.entry.value).into_owned();
                        next = event.revision().next();
                        seen.push((event.revision(), value));
                    }
                }
                Ok(_) => {}
                Err(error) => panic!("{version}: {error}"),
            }
        }
        open = (round % 2 == 0).then_some(stream);
    }
    assert_eq!(seen, written, "{version}");
    assert_ne!(next, Revision::NONE);
    println!("{version}: {EXPIRIES} expiries of {ttl} s in {:?}", started.elapsed());
}

#[test]
fn a_watch_over_ten_expiries_loses_nothing() {
    alone(async || {
        // The tokens of one server live 5 s, the others are as quick as etcd lets them be.
        let slow = Etcd::versions().pop().expect("there is a server");
        std::thread::scope(|scope| {
            for version in Etcd::versions() {
                let ttl = if version == slow { 5 } else { 1 };
                scope.spawn(move || {
                    let mut runtime = tokio::runtime::Builder::new_current_thread();
                    let runtime = runtime.enable_all().build().expect("a runtime");
                    runtime.block_on(nothing_is_lost(version, ttl));
                });
            }
        });
    });
}

#[test]
fn a_token_is_known_to_be_dead_when_the_test_says_so() {
    // Without this the test above could pass with tokens that never expired.
    alone(async || {
        let version = Etcd::versions().pop().expect("there is a server");
        let etcd = Etcd::build(version).auth_token_ttl(1).arg("--bcrypt-cost=4").start();
        etcd.enable_auth("secret");
        let body = r#"{"name":"root","password":"secret"}"#;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = http.post(format!("{}/v3/auth/authenticate", etcd.url())).body(body);
        let answer = request.send().await.expect("etcd answers").text().await.expect("all of it");
        let token: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
        let token = token["token"].as_str().expect("a token");
        let options = GatewayOptions {
            jwt_token: Some(etcdeck::domain::Secret::new(token)),
            ..GatewayOptions::new([etcd.url()])
        };
        let fixed = Gateway::connect(options).expect("the options are right");
        fixed.put(PutRequest::new("/a", "1")).await.expect("it is fresh");
        tokio::time::sleep(Duration::from_millis(2100)).await;
        let error = fixed.put(PutRequest::new("/a", "2")).await.expect_err("it is dead");
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{error}");
        assert!(error.message.contains("cannot be renewed here"), "{error}");
    });
}
