//! Recorded answers of the lock and election services.

use etcdeck::domain::election::Leadership;
use etcdeck::domain::{Entry, Key, LeaseId, Revision, Version};
use etcdeck::store::{Elections as _, ErrorKind, Locks as _};
use futures_util::StreamExt as _;

use super::{VERSIONS, replay};

const LEASE: LeaseId = LeaseId(7_777_777_777_777_777_777);

const KEY: &str = "n/6bf037ae325f1c71";

fn leadership() -> Leadership {
    let (name, key) = (Key::from("n"), Key::from(KEY));
    Leadership { name, key, revision: Revision(11), lease: LEASE }
}

fn leader() -> Entry {
    Entry {
        key: Key::from(KEY),
        value: b"still".to_vec(),
        create_revision: Revision(11),
        mod_revision: Revision(12),
        version: Version(2),
        lease: LEASE,
    }
}

#[tokio::test]
async fn locks() {
    for version in VERSIONS {
        let (stub, etcd) = replay(version, "lock").await;
        let held = etcd.lock(Key::from("n"), LEASE).await.unwrap();
        assert_eq!((held.key, held.revision), (Key::from(KEY), Revision(7)), "{version}");
        let request = &stub.requests()[0];
        assert_eq!(request.path, "/v3/lock/lock");
        assert_eq!(request.text(), r#"{"name":"bg==","lease":"7777777777777777777"}"#);

        let (stub, etcd) = replay(version, "unlock").await;
        etcd.unlock(Key::from(KEY)).await.unwrap();
        assert_eq!(stub.requests()[0].text(), r#"{"key":"bi82YmYwMzdhZTMyNWYxYzcx"}"#);

        // The one that no etcd should give: told apart by a look at the key alone.
        let (_stub, etcd) = replay(version, "lock_expired").await;
        let answer = etcd.lock(Key::from("n"), LeaseId(9)).await;
        match version {
            "3.4" => assert_eq!(answer.unwrap().key, Key::from("n/9")),
            _ => assert_eq!(answer.unwrap_err().kind, ErrorKind::LeaseNotFound, "{version}"),
        }
    }
}

#[tokio::test]
async fn refusals_of_locks() {
    for version in VERSIONS {
        for (name, kind, words) in [
            ("lock_no_lease", ErrorKind::LeaseNotFound, "requested lease not found"),
            ("lock_no_token", ErrorKind::Unauthenticated, "--user"),
            ("lock_bad_token", ErrorKind::Unauthenticated, "invalid auth token"),
            ("lock_denied", ErrorKind::PermissionDenied, "permission denied"),
            ("unlock_no_key", ErrorKind::Invalid, "key is not provided"),
        ] {
            let (_stub, etcd) = replay(version, name).await;
            let errors = [
                etcd.lock(Key::from("n"), LEASE).await.err(),
                etcd.unlock(Key::from(KEY)).await.err(),
                etcd.campaign(Key::from("n"), LEASE, vec![]).await.err(),
                etcd.leader(Key::from("n")).await.err(),
                etcd.resign(&leadership()).await.err(),
            ];
            for error in errors {
                let error = error.expect("an error");
                assert_eq!(error.kind, kind, "{version} {name}: {error:?}");
                assert!(error.message.contains(words), "{version} {name}: {error}");
                assert!(!error.outcome_unknown(), "{version} {name}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn elections() {
    for version in VERSIONS {
        let (stub, etcd) = replay(version, "campaign").await;
        let won = etcd.campaign(Key::from("n"), LEASE, b"me".to_vec()).await.unwrap();
        assert_eq!(won, leadership(), "{version}");
        let sent = r#"{"name":"bg==","lease":"7777777777777777777","value":"bWU="}"#;
        assert_eq!(stub.requests()[0].text(), sent);

        let (_stub, etcd) = replay(version, "leader").await;
        assert_eq!(etcd.leader(Key::from("n")).await.unwrap(), Some(leader()), "{version}");
        let (_stub, etcd) = replay(version, "no_leader").await;
        assert_eq!(etcd.leader(Key::from("n")).await.unwrap(), None, "{version}");

        let whole = r#"{"leader":{"name":"bg==","key":"bi82YmYwMzdhZTMyNWYxYzcx","rev":"11","lease":"7777777777777777777"}"#;
        let (stub, etcd) = replay(version, "proclaim").await;
        etcd.proclaim(&won, b"still".to_vec()).await.unwrap();
        assert_eq!(stub.requests()[0].text(), format!(r#"{whole},"value":"c3RpbGw="}}"#));
        let (stub, etcd) = replay(version, "resign").await;
        etcd.resign(&won).await.unwrap();
        assert_eq!(stub.requests()[0].text(), format!("{whole}}}"));

        let (_stub, etcd) = replay(version, "not_leader").await;
        let error = etcd.proclaim(&won, vec![]).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotLeader, "{version}: {error}");
    }
}

#[tokio::test]
async fn observations() {
    for version in VERSIONS {
        // The leader is asked for first; a recorded line does for that as well as an error does.
        let (stub, etcd) = replay(version, "observe").await;
        let first = super::recording(version, "leader");
        let answer = crate::support::stub_reply::Reply::typed(first.0, &first.1, first.2);
        stub.on("/v3/election/leader", answer.clone());
        let mut observed = etcd.observe(Key::from("n")).await.unwrap();
        assert_eq!(observed.next().await.unwrap().unwrap(), leader(), "{version}");
        // The recording ends here, which an observation never does by itself.
        let error = observed.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unknown, "{version}: {error}");
        assert!(observed.next().await.is_none(), "{version}");

        // What a server says to somebody without the right is nothing at all.
        let (stub, etcd) = replay(version, "observe_denied").await;
        stub.on("/v3/election/leader", answer);
        let mut observed = etcd.observe(Key::from("n")).await.unwrap();
        let error = observed.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unknown, "{version}: {error}");
        let (_stub, etcd) = replay(version, "lock_denied").await;
        let error = etcd.observe(Key::from("n")).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::PermissionDenied, "{version}: {error}");
    }
}
