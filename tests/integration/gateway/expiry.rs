//! Tokens that expire again and again below a watch, and nothing of it is lost.

use std::time::Duration;

use etcdeck::domain::txn::PutRequest;
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{ErrorKind, Kv as _, Watch as _, WatchMessage, WatchRequest};
use futures_util::StreamExt as _;

use super::auth::{build, client_as, login};
use super::on_all_versions;
use crate::support::install::Version;
use crate::support::servers::Etcd;

const EXPIRIES: u32 = 10;

/// etcd looks for expired tokens once a second.
const LOOKS: Duration = Duration::from_millis(1200);

/// Writes by rare calls, each after the token has expired, while a watch goes on; the watch is also
/// broken off and resumed half of the times, with a token that is dead by then.
async fn nothing_is_lost(version: Version, ttl: u32) {
    let etcd = build(version).auth_token_ttl(ttl).start();
    etcd.enable_auth("secret");
    let (writer, reader) = (client_as(&etcd, "root", "secret"), client_as(&etcd, "root", "secret"));
    let range = KeyRange::prefix("/w/");
    let first = writer.put(PutRequest::new("/w/0", "0")).await.expect("the first token").revision;
    let (mut next, mut seen, mut written) = (first, Vec::new(), vec![(first, "0".to_owned())]);
    let mut open = None;
    for round in 1..=EXPIRIES {
        if open.is_none() {
            let request = WatchRequest::new(range.clone()).from(next);
            open = Some(reader.watch(request).await.expect("a new token, unasked"));
        }
        // Nobody uses a token meanwhile.
        tokio::time::sleep(Duration::from_secs(u64::from(ttl)) + LOOKS).await;
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
}

#[test]
fn a_watch_over_ten_expiries_loses_nothing() {
    // The tokens of one server live 5 s; the others are done before it.
    let slow = Etcd::versions().pop().expect("there is a server");
    on_all_versions(async |version| {
        nothing_is_lost(version, if version == slow { 5 } else { 3 }).await;
    });
}

#[test]
fn a_token_is_dead_when_the_tests_take_it_for_dead() {
    // Without this the test above could pass with tokens that never expired.
    on_all_versions(async |version| {
        let etcd = build(version).auth_token_ttl(5).start();
        etcd.enable_auth("secret");
        let jwt_token = Some(login(&etcd.url()).await);
        let options = GatewayOptions { jwt_token, ..GatewayOptions::new([etcd.url()]) };
        let fixed = Gateway::connect(options).expect("the options are right");
        fixed.put(PutRequest::new("/a", "1")).await.expect("it is fresh");
        tokio::time::sleep(Duration::from_secs(5) + LOOKS).await;
        let error = fixed.put(PutRequest::new("/a", "2")).await.expect_err("it is dead");
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{version}: {error}");
        assert!(error.message.contains("cannot be renewed here"), "{version}: {error}");
    });
}
