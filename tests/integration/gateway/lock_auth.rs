//! Locks and elections on servers with users.

use etcdeck::domain::lock::queue_key;
use etcdeck::domain::{Key, LeaseId};
use etcdeck::gateway::{Credentials, GatewayOptions};
use etcdeck::store::{Elections as _, ErrorKind, Leases as _, Locks as _};
use futures_util::StreamExt as _;

use super::auth::{build, client_as, passwd};
use super::lock::{grant, lock, outcome, queue, until_queued};
use super::{LIMIT, on_all_versions};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;
use crate::support::wait::eventually;

#[test]
fn a_wait_given_up_leaves_its_key_where_there_are_users() {
    on_all_versions(async |version| {
        let server = build(version).start();
        server.enable_auth("secret");
        let etcd = client_as(&server, "root", "secret");
        let holder = etcd.lock(Key::from("n"), grant(&etcd).await).await.unwrap();
        let (given_up, patient) = (grant(&etcd).await, grant(&etcd).await);
        let waiting = lock(&etcd, given_up);
        until_queued(&etcd, "n/", 2).await;
        let next = lock(&etcd, patient);
        until_queued(&etcd, "n/", 3).await;
        waiting.abort();
        etcd.unlock(holder.key).await.unwrap();
        // Nobody can hold now: the first in the queue has gone.
        let within = std::time::Duration::from_millis(700);
        let outcome_of_next = tokio::time::timeout(within, async {
            eventually("the next one", LIMIT, async || next.is_finished().then_some(())).await;
        });
        assert!(outcome_of_next.await.is_err(), "{version}: the key is gone after all");
        let left = queue_key(&Key::from("n"), given_up);
        assert!(queue(&etcd, "n/").await.contains(&left), "{version}");
        // So whoever gives up deletes the key, or revokes the lease.
        etcd.lease_revoke(given_up).await.unwrap();
        let held = outcome(next).await.unwrap();
        assert_eq!(queue(&etcd, "n/").await, [held.key], "{version}");
    });
}

#[test]
fn a_token_that_expires_during_the_wait_is_renewed() {
    on_all_versions(async |version| {
        let server = build(version).auth_token_ttl(2).start();
        server.enable_auth("secret");
        let holder = client_as(&server, "root", "secret");
        let held = holder.lock(Key::from("n"), grant(&holder).await).await.unwrap();
        let lease = grant(&holder).await;
        // Another client, whose token nothing keeps alive while it waits.
        let waiting = lock(&client_as(&server, "root", "secret"), lease);
        until_queued(&holder, "n/", 2).await;
        let start = tokio::time::Instant::now();
        eventually("the token to expire", LIMIT, async || {
            (start.elapsed() > std::time::Duration::from_secs(5)).then_some(())
        })
        .await;
        holder.unlock(held.key).await.unwrap();
        let held = outcome(waiting).await.unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!(queue(&holder, "n/").await, [held.key], "{version}");
    });
}

#[test]
fn every_call_gets_a_new_token_when_its_own_has_ended() {
    on_all_versions(async |version| {
        let server = build(version).start();
        server.enable_auth("secret");
        let etcd = client_as(&server, "root", "secret");
        let lease = grant(&etcd).await;
        let name = Key::from("n");
        let end_tokens = || passwd(&server, "root", "secret");
        end_tokens();
        let held = etcd.lock(name.clone(), lease).await.unwrap();
        end_tokens();
        etcd.unlock(held.key).await.unwrap();
        end_tokens();
        let won = etcd.campaign(name.clone(), lease, b"1".to_vec()).await.unwrap();
        end_tokens();
        etcd.proclaim(&won, b"2".to_vec()).await.unwrap();
        end_tokens();
        let mut observed = etcd.observe(name.clone()).await.unwrap();
        assert_eq!(observed.next().await.unwrap().unwrap().value, b"2", "{version}");
        end_tokens();
        etcd.resign(&won).await.unwrap();
        end_tokens();
        assert_eq!(etcd.leader(name).await.unwrap(), None, "{version}");
    });
}

#[tokio::test]
async fn a_name_outside_the_rights_is_refused() {
    for version in crate::support::servers::Etcd::versions() {
        let server = build(version).start();
        server.ctl(&["role", "add", "app"]);
        server.ctl(&["role", "grant-permission", "app", "readwrite", "--prefix=true", "/app/"]);
        server.ctl(&["user", "add", "alice:pw"]);
        server.ctl(&["user", "grant-role", "alice", "app"]);
        server.enable_auth("secret");
        let alice = client_as(&server, "alice", "pw");
        let lease = grant(&alice).await;
        let held = alice.lock(Key::from("/app/lock"), lease).await.unwrap();
        alice.unlock(held.key).await.unwrap();
        alice.campaign(Key::from("/app/leader"), lease, b"me".to_vec()).await.unwrap();
        let mut observed = alice.observe(Key::from("/app/leader")).await.unwrap();
        assert_eq!(observed.next().await.unwrap().unwrap().value, b"me", "{version}");

        let denied = [
            alice.lock(Key::from("/b"), lease).await.err(),
            alice.unlock(Key::from("/b/1")).await.err(),
            alice.campaign(Key::from("/b"), lease, vec![]).await.err(),
            alice.leader(Key::from("/b")).await.err(),
            alice.observe(Key::from("/b")).await.err(),
        ];
        for (at, error) in denied.into_iter().enumerate() {
            let error = error.unwrap_or_else(|| panic!("{version}: call {at} must be denied"));
            assert_eq!(error.kind, ErrorKind::PermissionDenied, "{version} {at}: {error}");
        }
    }
}

#[tokio::test]
async fn a_token_that_stays_refused_is_renewed_once_only() {
    let refused = r#"{"code":2,"message":"etcdserver: invalid auth token"}"#;
    let stub = Stub::start().await;
    stub.on("/v3/auth/authenticate", Reply::json(200, r#"{"token":"t"}"#));
    stub.otherwise(Reply::json(500, refused));
    let credentials = Some(Credentials::new("root", "secret"));
    let options = GatewayOptions { credentials, ..GatewayOptions::new([stub.url()]) };
    let etcd = etcdeck::gateway::Gateway::connect(options).unwrap();
    let error = etcd.lock(Key::from("n"), LeaseId(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthenticated, "{error}");
    assert_eq!(stub.requests().len(), 4, "login, lock, login, lock");
}
