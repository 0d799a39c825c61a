//! Leases.

use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest};
use etcdeck::domain::{LeaseId, Version};
use etcdeck::store::ErrorKind;

use super::target::Target;
use super::{Case, case};
use crate::support::wait::eventually;

const UNKNOWN: LeaseId = LeaseId(0x7fff_0000_dead_beef);

const LIMIT: Duration = Duration::from_secs(20);

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_lease_gets_an_id_and_its_ttl),
        case(an_id_can_be_chosen_once),
        case(the_largest_ids_are_exact),
        case(a_short_ttl_is_raised),
        case(an_absurd_ttl_is_refused),
        case(a_leased_key_shows_its_lease),
        case(a_put_without_a_lease_takes_the_key_off),
        case(a_put_on_another_lease_moves_the_key),
        case(a_guarded_put_keeps_the_lease_it_names),
        case(a_put_on_an_unknown_lease_is_refused),
        case(a_deleted_key_is_off_its_lease),
        case(revoking_deletes_the_keys),
        case(revoking_an_unknown_lease_is_an_error),
        case(an_unknown_lease_has_no_time_left),
        case(keeping_an_unknown_lease_alive_is_an_error),
        case(keeping_alive_gives_the_whole_time_again),
        case(a_lease_that_is_kept_alive_outlives_its_ttl),
        case(a_lease_ends_in_time_and_takes_its_keys_along),
        case(leases_are_listed_by_when_they_end),
    ]
}

async fn keys_of(t: &Target, lease: LeaseId) -> String {
    let status = t.store.lease_time_to_live(lease, true).await.unwrap().expect("it exists");
    let mut names: Vec<String> = status.keys.iter().map(|key| t.name(key)).collect();
    names.sort();
    names.join(" ")
}

async fn a_lease_gets_an_id_and_its_ttl(t: Target) {
    let granted = t.store.lease_grant(60, LeaseId::NONE).await.unwrap();
    assert!(granted.id.0 > 0);
    assert_eq!(granted.ttl, 60);
    let other = t.grant(60).await;
    assert_ne!(other, granted.id);
    let status = t.store.lease_time_to_live(granted.id, false).await.unwrap().unwrap();
    assert_eq!((status.id, status.granted, status.keys.len()), (granted.id, 60, 0));
    assert!((55..=60).contains(&status.ttl), "{}", status.ttl);
}

async fn an_id_can_be_chosen_once(t: Target) {
    let id = LeaseId(0x1234_0001);
    assert_eq!(t.store.lease_grant(60, id).await.unwrap().id, id);
    let error = t.store.lease_grant(60, id).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LeaseExists);
    assert!(error.message.contains("lease already exists"), "{error}");
    t.store.lease_revoke(id).await.unwrap();
    t.store.lease_grant(60, id).await.expect("free again");
}

async fn the_largest_ids_are_exact(t: Target) {
    for id in [i64::MAX, (1 << 53) + 1, -7] {
        let id = LeaseId(id);
        assert_eq!(t.store.lease_grant(60, id).await.unwrap().id, id);
        t.put_leased("a", id).await;
        assert_eq!(t.get("a").await.unwrap().lease, id);
        assert!(t.store.lease_list().await.unwrap().contains(&id));
        t.store.lease_revoke(id).await.unwrap();
    }
}

async fn a_short_ttl_is_raised(t: Target) {
    for ttl in [1, 0, -5] {
        let granted = t.store.lease_grant(ttl, LeaseId::NONE).await.unwrap();
        assert_eq!(granted.ttl, 2, "asked for {ttl}");
    }
}

async fn an_absurd_ttl_is_refused(t: Target) {
    let error = t.store.lease_grant(9_000_000_001, LeaseId::NONE).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert!(error.message.contains("too large lease TTL"), "{error}");
    let granted = t.store.lease_grant(9_000_000_000, LeaseId::NONE).await.unwrap();
    t.store.lease_revoke(granted.id).await.unwrap();
}

async fn a_leased_key_shows_its_lease(t: Target) {
    let lease = t.grant(60).await;
    t.put_leased("a", lease).await;
    t.put_leased("b", lease).await;
    assert_eq!(t.get("a").await.unwrap().lease, lease);
    assert_eq!(keys_of(&t, lease).await, "a b");
    let without = t.store.lease_time_to_live(lease, false).await.unwrap().unwrap();
    assert_eq!(without.keys.len(), 0, "nobody asked for the keys");
}

async fn a_put_without_a_lease_takes_the_key_off(t: Target) {
    let lease = t.grant(60).await;
    t.put_leased("a", lease).await;
    t.put("a", "free").await;
    assert_eq!(t.get("a").await.unwrap().lease, LeaseId::NONE);
    assert_eq!(keys_of(&t, lease).await, "");
    t.store.lease_revoke(lease).await.unwrap();
    assert_eq!(t.value("a").await.as_deref(), Some("free"));
}

async fn a_put_on_another_lease_moves_the_key(t: Target) {
    let (first, second) = (t.grant(60).await, t.grant(60).await);
    t.put_leased("a", first).await;
    t.put_leased("a", second).await;
    assert_eq!(keys_of(&t, first).await, "");
    assert_eq!(keys_of(&t, second).await, "a");
    t.store.lease_revoke(first).await.unwrap();
    assert_eq!(t.get("a").await.unwrap().version, Version(2));
}

async fn a_guarded_put_keeps_the_lease_it_names(t: Target) {
    let lease = t.grant(60).await;
    t.put_leased("a", lease).await;
    let put = PutRequest::new(t.key("a"), "new").lease(lease);
    t.run(vec![Op::Put(put)]).await;
    let entry = t.get("a").await.unwrap();
    assert_eq!((entry.value.as_slice(), entry.lease), (&b"new"[..], lease));
    assert_eq!(keys_of(&t, lease).await, "a");
}

async fn a_put_on_an_unknown_lease_is_refused(t: Target) {
    let error = t.store.put(PutRequest::new(t.key("a"), "").lease(UNKNOWN)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LeaseNotFound);
    assert!(error.message.contains("requested lease not found"), "{error}");
    assert_eq!(t.get("a").await, None);
}

async fn a_deleted_key_is_off_its_lease(t: Target) {
    let lease = t.grant(60).await;
    t.put_leased("a", lease).await;
    t.put_leased("b", lease).await;
    let request = DeleteRequest::new(t.one("a")).prev_kv();
    assert_eq!(t.store.delete(request).await.unwrap().previous[0].lease, lease);
    assert_eq!(keys_of(&t, lease).await, "b");
    t.put("a", "again").await;
    t.store.lease_revoke(lease).await.unwrap();
    assert_eq!(t.list(t.all()).await, "a");
}

async fn revoking_deletes_the_keys(t: Target) {
    let lease = t.grant(60).await;
    for name in ["a", "b", "c"] {
        t.put_leased(name, lease).await;
    }
    t.put("d", "stays").await;
    t.store.lease_revoke(lease).await.unwrap();
    assert_eq!(t.list(t.all()).await, "d");
    assert!(!t.store.lease_list().await.unwrap().contains(&lease));
}

async fn revoking_an_unknown_lease_is_an_error(t: Target) {
    let error = t.store.lease_revoke(UNKNOWN).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LeaseNotFound);
    let lease = t.grant(60).await;
    t.store.lease_revoke(lease).await.unwrap();
    let error = t.store.lease_revoke(lease).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LeaseNotFound);
}

async fn an_unknown_lease_has_no_time_left(t: Target) {
    for keys in [false, true] {
        assert_eq!(t.store.lease_time_to_live(UNKNOWN, keys).await.unwrap(), None);
    }
}

async fn keeping_an_unknown_lease_alive_is_an_error(t: Target) {
    let error = t.store.lease_keep_alive(UNKNOWN).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LeaseNotFound);
}

async fn keeping_alive_gives_the_whole_time_again(t: Target) {
    let lease = t.grant(5).await;
    let left = async || t.store.lease_time_to_live(lease, false).await.unwrap().unwrap().ttl;
    eventually("the time to run", LIMIT, async || (left().await <= 3).then_some(())).await;
    assert_eq!(t.store.lease_keep_alive(lease).await.unwrap(), 5);
    assert!((4..=5).contains(&left().await));
}

async fn a_lease_that_is_kept_alive_outlives_its_ttl(t: Target) {
    let lease = t.grant(2).await;
    t.put_leased("a", lease).await;
    let start = tokio::time::Instant::now();
    eventually("three times its life", LIMIT, async || {
        assert_eq!(t.store.lease_keep_alive(lease).await.unwrap(), 2);
        (start.elapsed() >= Duration::from_secs(6)).then_some(())
    })
    .await;
    assert!(t.get("a").await.is_some());
}

async fn a_lease_ends_in_time_and_takes_its_keys_along(t: Target) {
    let start = tokio::time::Instant::now();
    let lease = t.grant(2).await;
    t.put_leased("a", lease).await;
    t.put_leased("b", lease).await;
    t.put("c", "stays").await;
    eventually("the keys to go", LIMIT, async || (t.list(t.all()).await == "c").then_some(()))
        .await;
    let lived = start.elapsed();
    assert!(lived >= Duration::from_millis(1900), "gone after {lived:?} already");
    assert_eq!(t.store.lease_time_to_live(lease, true).await.unwrap(), None);
    let dead = t.store.lease_keep_alive(lease).await.unwrap_err();
    assert_eq!(dead.kind, ErrorKind::LeaseNotFound);
    let late = t.store.put(PutRequest::new(t.key("a"), "").lease(lease)).await.unwrap_err();
    assert_eq!(late.kind, ErrorKind::LeaseNotFound);
}

async fn leases_are_listed_by_when_they_end(t: Target) {
    let (long, short, middle) = (t.grant(900).await, t.grant(300).await, t.grant(600).await);
    let mut listed = t.store.lease_list().await.unwrap();
    listed.retain(|lease| [long, short, middle].contains(lease));
    assert_eq!(listed, [short, middle, long]);
}
