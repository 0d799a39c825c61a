//! One test per kind of answer; each reads the recordings of all versions.

use etcdeck::domain::lease::LeaseStatus;
use etcdeck::domain::txn::{DeleteRequest, OpResponse, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Entry, EventKind, Key, KeyRange, LeaseId, Revision, Version};
use etcdeck::gateway::Credentials;
use etcdeck::store::{
    Cluster as _, ErrorKind, Granted, Kv as _, Leases as _, Watch as _, WatchMessage, WatchRequest,
};
use futures_util::StreamExt as _;

use super::{VERSIONS, replay};

const LEASE: LeaseId = LeaseId(7_777_777_777_777_777_777);

fn entry(key: &str, value: &str, revisions: [i64; 2], version: i64, lease: LeaseId) -> Entry {
    Entry {
        key: Key::from(key),
        value: value.into(),
        create_revision: Revision(revisions[0]),
        mod_revision: Revision(revisions[1]),
        version: Version(version),
        lease,
    }
}

#[tokio::test]
async fn ranges() {
    let a = entry("/a", "two", [2, 3], 2, LEASE);
    let b = entry("/b", "", [4, 4], 1, LeaseId::NONE);
    for version in VERSIONS {
        for (name, entries, count, more) in [
            ("range", vec![a.clone()], 2, true),
            ("range_all", vec![a.clone(), b.clone()], 2, false),
            ("range_none", vec![], 0, false),
            ("range_count", vec![], 2, false),
        ] {
            let (_stub, etcd) = replay(version, name).await;
            let got = etcd.range(RangeRequest::get("x")).await.unwrap();
            assert_eq!(got.entries, entries, "{version} {name}");
            assert_eq!((got.count, got.more), (count, more), "{version} {name}");
            assert_eq!(got.revision, Revision(4), "{version} {name}");
        }
    }
}

#[tokio::test]
async fn writes() {
    let before = entry("/a", "one", [2, 2], 1, LEASE);
    let deleted = entry("/b", "x", [4, 5], 2, LeaseId::NONE);
    for version in VERSIONS {
        let (_stub, etcd) = replay(version, "put").await;
        let put = etcd.put(PutRequest::new("x", "")).await.unwrap();
        assert_eq!((put.revision, put.previous), (Revision(2), None), "{version}");
        let (_stub, etcd) = replay(version, "put_prev").await;
        let put = etcd.put(PutRequest::new("x", "")).await.unwrap();
        assert_eq!((put.revision, put.previous), (Revision(3), Some(before.clone())), "{version}");

        let request = DeleteRequest::new(KeyRange::single("x"));
        let (_stub, etcd) = replay(version, "delete_prev").await;
        let got = etcd.delete(request.clone()).await.unwrap();
        assert_eq!((got.deleted, got.previous), (1, vec![deleted.clone()]), "{version}");
        let (_stub, etcd) = replay(version, "delete_none").await;
        let got = etcd.delete(request).await.unwrap();
        assert_eq!((got.deleted, got.previous, got.revision), (0, vec![], Revision(6)));
        let (_stub, etcd) = replay(version, "compaction").await;
        assert_eq!(etcd.compact(Revision(4), false).await.unwrap(), Revision(6), "{version}");
    }
}

#[tokio::test]
async fn transactions() {
    for version in VERSIONS {
        let (_stub, etcd) = replay(version, "txn").await;
        let answer = etcd.txn(TxnRequest::default()).await.unwrap();
        assert!(answer.succeeded, "{version}");
        assert_eq!(answer.revision, Revision(5), "{version}");
        let [
            OpResponse::Range(range),
            OpResponse::Put(put),
            OpResponse::Delete(delete),
            OpResponse::Txn(inner),
        ] = answer.responses.as_slice()
        else {
            panic!("{version}: {answer:?}")
        };
        assert_eq!(range.entries, [entry("/a", "two", [2, 3], 2, LEASE)], "{version}");
        let before = entry("/b", "", [4, 4], 1, LeaseId::NONE);
        assert_eq!(put.previous.as_ref(), Some(&before), "{version}");
        assert_eq!(delete.deleted, 0, "{version}");
        let [OpResponse::Range(read)] = inner.responses.as_slice() else { panic!("{inner:?}") };
        assert!(inner.succeeded && read.entries[0].value == b"x", "{version}");

        let (_stub, etcd) = replay(version, "txn_failed").await;
        let answer = etcd.txn(TxnRequest::default()).await.unwrap();
        assert!(!answer.succeeded && answer.responses.is_empty(), "{version}: {answer:?}");
    }
}

#[tokio::test]
async fn leases() {
    for version in VERSIONS {
        let (_stub, etcd) = replay(version, "lease_grant").await;
        let granted = etcd.lease_grant(60, LEASE).await.unwrap();
        assert_eq!(granted, Granted { id: LEASE, ttl: 60 }, "{version}");
        let (_stub, etcd) = replay(version, "leases").await;
        assert_eq!(etcd.lease_list().await.unwrap(), [LEASE], "{version}");
        let (_stub, etcd) = replay(version, "keepalive").await;
        assert_eq!(etcd.lease_keep_alive(LEASE).await.unwrap(), 60, "{version}");
        let (_stub, etcd) = replay(version, "timetolive").await;
        let status = etcd.lease_time_to_live(LEASE, true).await.unwrap().unwrap();
        assert!((58..=60).contains(&status.ttl), "{version}: {status:?}");
        let expected =
            LeaseStatus { id: LEASE, granted: 60, keys: vec![Key::from("/a")], ..status };
        assert_eq!(status, expected, "{version}");

        let (_stub, etcd) = replay(version, "timetolive_gone").await;
        assert_eq!(etcd.lease_time_to_live(LEASE, true).await.unwrap(), None, "{version}");
        let (_stub, etcd) = replay(version, "keepalive_gone").await;
        let error = etcd.lease_keep_alive(LeaseId(5)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{version}");
    }
}

#[tokio::test]
async fn statuses() {
    for version in VERSIONS {
        let (stub, etcd) = replay(version, "status").await;
        let status = etcd.status().await.unwrap();
        assert!(status.version.starts_with(version), "{status:?}");
        // Beyond what an i64 holds.
        assert_eq!(status.member, 13_328_448_381_644_391_632, "{version}");
        assert_eq!(status.leader, status.member, "{version}");
        assert_eq!((status.endpoint, status.revision), (stub.url(), Revision(1)), "{version}");
    }
}

#[tokio::test]
async fn watches() {
    for version in VERSIONS {
        let (_stub, etcd) = replay(version, "watch").await;
        let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
        let created = watch.next().await.unwrap().unwrap();
        assert!(
            matches!(created, WatchMessage::Created { revision: Revision(6), cluster } if cluster != 0),
            "{version}: {created:?}"
        );
        let Some(Ok(WatchMessage::Events(events))) = watch.next().await else {
            panic!("{version}: no events")
        };
        let seen: Vec<_> = events
            .iter()
            .map(|it| {
                let previous = it.previous.as_ref().map(|entry| entry.value.as_slice());
                (it.revision().0, it.kind, it.entry.key.to_string(), previous)
            })
            .collect();
        let expected = [
            (2, EventKind::Put, "/a".to_owned(), None),
            (3, EventKind::Put, "/a".to_owned(), Some(&b"one"[..])),
            (4, EventKind::Put, "/b".to_owned(), None),
            (5, EventKind::Put, "/b".to_owned(), Some(b"")),
            (6, EventKind::Delete, "/b".to_owned(), Some(b"x")),
        ];
        assert_eq!(seen, expected, "{version}");
        assert!(events[0].is_create() && !events[1].is_create(), "{version}");

        let (_stub, etcd) = replay(version, "watch_compacted").await;
        let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
        watch.next().await.unwrap().unwrap();
        let error = watch.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Compacted { oldest: Revision(4) }, "{version}");
        assert!(watch.next().await.is_none(), "{version}");
    }
}

#[tokio::test]
async fn refusals() {
    let compacted = ErrorKind::Compacted { oldest: Revision::NONE };
    for version in VERSIONS {
        for (name, kind, words) in [
            ("range_compacted", compacted, "etcdserver: mvcc: required revision"),
            ("range_future", ErrorKind::FutureRevision, "future revision"),
            ("no_key", ErrorKind::Invalid, "key is not provided"),
            ("no_such_lease", ErrorKind::LeaseNotFound, "requested lease not found"),
            ("revoke_gone", ErrorKind::LeaseNotFound, "requested lease not found"),
            ("lease_exists", ErrorKind::LeaseExists, "lease already exists"),
            ("unknown_path", ErrorKind::Unsupported, "too old"),
            ("too_large", ErrorKind::TooLarge, "request is too large"),
            ("far_too_large", ErrorKind::TooLarge, "larger than max"),
            ("no_token", ErrorKind::Unauthenticated, "--user"),
            ("bad_token", ErrorKind::Unauthenticated, "invalid auth token"),
            ("denied", ErrorKind::PermissionDenied, "permission denied"),
        ] {
            let (_stub, etcd) = replay(version, name).await;
            let error = etcd.range(RangeRequest::get("x")).await.unwrap_err();
            assert_eq!(error.kind, kind, "{version} {name}: {error:?}");
            assert!(error.message.contains(words), "{version} {name}: {error}");
        }
    }
}

#[tokio::test]
async fn refusals_of_watches() {
    for version in VERSIONS {
        // 3.5.1 takes every failure of authentication for a lack of rights. Here, where it gives
        // that answer to the check as well, it stays so.
        let token = match version {
            "3.5" => ErrorKind::PermissionDenied,
            _ => ErrorKind::Unauthenticated,
        };
        for (name, kind) in [
            ("watch_empty_range", ErrorKind::Invalid),
            ("watch_no_token", token),
            ("watch_bad_token", token),
            ("watch_denied", ErrorKind::PermissionDenied),
        ] {
            let (_stub, etcd) = replay(version, name).await;
            let error = etcd.watch(WatchRequest::new(KeyRange::all())).await.err().unwrap();
            assert_eq!(error.kind, kind, "{version} {name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn logins() {
    for version in VERSIONS {
        for (name, kind, calls) in [
            ("wrong_password", ErrorKind::WrongPassword, 1),
            // The login says that no token is wanted, so the call is made without; here it gets the
            // same answer.
            ("auth_off", ErrorKind::Invalid, 2),
        ] {
            let (stub, etcd) = replay(version, name).await;
            etcd.set_credentials(Some(Credentials::new("bob", "pw")));
            let error = etcd.range(RangeRequest::get("x")).await.unwrap_err();
            assert_eq!(error.kind, kind, "{version} {name}: {error:?}");
            let requests = stub.requests();
            assert_eq!(requests.len(), calls, "{version} {name}: {requests:?}");
            assert_eq!(requests[0].path, "/v3/auth/authenticate", "{version} {name}");
            assert!(requests.iter().all(|it| it.header("authorization").is_none()));
        }
        let (stub, etcd) = replay(version, "authenticate").await;
        etcd.set_credentials(Some(Credentials::new("bob", "pw")));
        etcd.range(RangeRequest::get("x")).await.unwrap();
        let token = stub.requests()[1].header("authorization").map(str::to_owned).unwrap();
        assert!(token.contains('.') && !token.contains(' '), "{version}: raw, no Bearer: {token}");
    }
}
