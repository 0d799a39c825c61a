//! Answers made wrong on purpose: whatever comes, each call ends, with an answer or a sentence.

use std::time::Duration;

use etcdeck::domain::txn::{RangeRequest, TxnRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{
    Cluster as _, Elections as _, ErrorKind, Kv as _, Leases as _, Locks as _, StoreError,
    Watch as _, WatchRequest,
};
use futures_util::StreamExt as _;
use proptest::prelude::*;

use super::recording;
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

/// Every call gets this body with status 200; each must end soon.
async fn all_calls_end(body: Vec<u8>) -> Vec<StoreError> {
    let stub = Stub::start().await;
    stub.otherwise(Reply::typed(200, "application/json", body));
    let etcd = Gateway::connect(GatewayOptions::new([stub.url()])).expect("the options are right");
    let calls = async {
        let mut errors = Vec::new();
        errors.extend(etcd.range(RangeRequest::get("x")).await.err());
        errors.extend(etcd.txn(TxnRequest::default()).await.err());
        errors.extend(etcd.lease_keep_alive(LeaseId(1)).await.err());
        errors.extend(etcd.lease_time_to_live(LeaseId(1), true).await.err());
        errors.extend(etcd.status().await.err());
        errors.extend(etcd.lock(Key::from("n"), LeaseId(1)).await.err());
        errors.extend(etcd.campaign(Key::from("n"), LeaseId(1), vec![]).await.err());
        match etcd.observe(Key::from("n")).await {
            Ok(mut observed) => {
                while let Some(leader) = observed.next().await {
                    errors.extend(leader.err());
                }
            }
            Err(error) => errors.push(error),
        }
        match etcd.watch(WatchRequest::new(KeyRange::all())).await {
            Ok(mut watch) => {
                while let Some(message) = watch.next().await {
                    errors.extend(message.err());
                }
            }
            Err(error) => errors.push(error),
        }
        errors
    };
    tokio::time::timeout(Duration::from_secs(20), calls).await.expect("every call ends")
}

/// One change to a text.
#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, String),
}

fn damage() -> impl Strategy<Value = Damage> {
    let tokens = prop::sample::select(vec![
        "null", "{", "}", "[", "]", "\"", ",", ":", "-1", "1.5", "1e400", "true", "\n", "\\u0000",
    ]);
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        (any::<prop::sample::Index>(), any::<u8>())
            .prop_map(|(at, byte)| Damage::Replace(at, byte)),
        (any::<prop::sample::Index>(), tokens)
            .prop_map(|(at, token)| Damage::Insert(at, token.to_owned())),
    ]
}

fn apply(body: &mut Vec<u8>, damage: &Damage) {
    if body.is_empty() {
        return;
    }
    match damage {
        Damage::Cut(at) => body.truncate(at.index(body.len())),
        Damage::Replace(at, byte) => {
            let at = at.index(body.len());
            body[at] = *byte;
        }
        Damage::Insert(at, token) => {
            let at = at.index(body.len());
            body.splice(at..at, token.bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn damaged_answers_end_every_call(
        name in prop::sample::select(vec!["txn", "range", "watch", "keepalive", "status", "watch_denied", "lock", "campaign", "leader", "observe"]),
        version in prop::sample::select(super::VERSIONS.to_vec()),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let (_, _, mut body) = recording(version, name);
        for damage in &damages {
            apply(&mut body, damage);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for error in runtime.block_on(all_calls_end(body)) {
            prop_assert!(error.message.len() < 2000, "{}", error.message.len());
            prop_assert!(!error.message.contains('\n'), "one line: {error:?}");
        }
    }
}

#[tokio::test]
async fn nesting_without_end_is_refused() {
    for (open, close) in [
        (r#"{"responses":[{"response_txn":"#, "}]}"),
        (r#"{"x":"#, "}"),
        (r#"{"result":{"x":["#, "]}}"),
        (r#"{"error":{"message":"#, "}}"),
    ] {
        let body = format!("{}{}{}", open.repeat(10_000), "1", close.repeat(10_000));
        for error in all_calls_end(body.into_bytes()).await {
            // What is not asked for is skipped unread, so that a renewal sees a lease without TTL.
            let kinds = [ErrorKind::BadAnswer, ErrorKind::Unknown, ErrorKind::LeaseNotFound];
            assert!(kinds.contains(&error.kind), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_name_given_twice_or_a_foreign_type_is_no_panic() {
    for body in [
        r#"{"header":{"revision":"1"},"header":{"revision":"2"}}"#,
        r#"{"kvs":{"key":"YQ=="}}"#,
        r#"{"result":{"events":[{"type":"EXPIRE","kv":{}}]}}"#,
        r#"{"result":{"events":[{"type":1,"kv":{}}]}}"#,
        r#"{"succeeded":"true"}"#,
        r#"{"responses":[{}]}"#,
        r#"{"errors":[1,2]}"#,
        r#"{"ID":"99999999999999999999"}"#,
    ] {
        let errors = all_calls_end(body.as_bytes().to_vec()).await;
        assert!(
            errors.iter().any(|error| error.kind == ErrorKind::BadAnswer),
            "{body}: {errors:?}"
        );
    }
}
