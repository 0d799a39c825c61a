//! Elections.

use etcdeck::domain::election::Leadership;
use etcdeck::domain::lock::queue_key;
use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{Key, LeaseId, Revision, Version};
use etcdeck::store::{ErrorKind, LeaderStream};
use futures_util::StreamExt as _;

use super::lock::{Calling, LIMIT, outcome, queue, until_queued};
use super::target::Target;
use super::{Case, case};

const UNKNOWN: LeaseId = LeaseId(0x7fff_0000_dead_bee2);

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_campaign_without_rivals_is_won_at_once),
        case(names_and_values_may_hold_any_bytes),
        case(nobody_leads_before_somebody_does),
        case(candidates_lead_in_the_order_they_came),
        case(a_leader_whose_lease_ends_is_followed),
        case(campaigning_again_proclaims_another_value),
        case(a_candidate_may_change_its_mind),
        case(a_leader_proclaims),
        case(who_does_not_lead_cannot_proclaim),
        case(resigning_twice_is_fine),
        case(an_old_leadership_resigns_nothing),
        case(a_campaign_given_up_leaves_no_key),
        case(a_candidate_whose_lease_ended_is_answered_all_the_same),
        case(an_election_needs_a_name_and_a_lease),
        case(an_unknown_lease_cannot_campaign),
        case(a_value_may_be_too_large),
        case(observing_begins_with_the_present_leader),
        case(observing_waits_for_the_first_leader_and_tells_all_later_ones),
        case(a_leader_lost_is_not_told),
        case(observing_may_be_given_up),
    ]
}

async fn campaign(t: &Target, lease: LeaseId, value: &str) -> Leadership {
    t.store.campaign(t.key("n"), lease, value.into()).await.expect("campaign")
}

/// Enters the election as the `place`th and waits there.
async fn wait_as(t: &Target, lease: LeaseId, value: &str, place: usize) -> Calling<Leadership> {
    let (store, key, value) = (t.store.clone(), t.key("n"), value.into());
    let waiting = tokio::spawn(async move { store.campaign(key, lease, value).await });
    until_queued(t, "n", place).await;
    waiting
}

/// The value of the leader.
async fn leader(t: &Target) -> Option<String> {
    let entry = t.store.leader(t.key("n")).await.expect("leader")?;
    Some(String::from_utf8_lossy(&entry.value).into_owned())
}

async fn observe(t: &Target) -> LeaderStream {
    t.store.observe(t.key("n")).await.expect("observe")
}

/// The value of the next leader observed.
async fn next(observed: &mut LeaderStream) -> String {
    let next = tokio::time::timeout(LIMIT, observed.next()).await;
    let next = next.unwrap_or_else(|_| panic!("no leader within {LIMIT:?}"));
    String::from_utf8(next.expect("no end").expect("no error").value).unwrap()
}

async fn a_campaign_without_rivals_is_won_at_once(t: Target) {
    let lease = t.grant(60).await;
    let won = campaign(&t, lease, "me").await;
    let entry = t.store.leader(t.key("n")).await.unwrap().expect("a leader");
    assert_eq!((entry.value.as_slice(), entry.lease), (&b"me"[..], lease));
    let key = queue_key(&t.key("n"), lease);
    let expected = Leadership { name: t.key("n"), key, revision: entry.create_revision, lease };
    assert_eq!(won, expected);
    assert_eq!(entry.key, won.key);
    assert_eq!(queue(&t, "n").await, [entry]);
}

async fn names_and_values_may_hold_any_bytes(t: Target) {
    let lease = t.store.lease_grant(60, LeaseId(-11)).await.unwrap().id;
    for (name, value) in [(&b"\xff\n"[..], &b"\0\xff"[..]), (b"\0", b""), (b"a/", b"\x1b[2J")] {
        let won = t.store.campaign(t.key(name), lease, value.into()).await.unwrap();
        assert_eq!(won.key, queue_key(&t.key(name), lease));
        let entry = t.store.leader(t.key(name)).await.unwrap().expect("a leader");
        assert_eq!((entry.key, entry.value.as_slice()), (won.key.clone(), value));
        let mut observed = t.store.observe(t.key(name)).await.unwrap();
        let told = tokio::time::timeout(LIMIT, observed.next()).await.expect("soon");
        assert_eq!(told.unwrap().unwrap().value, value);
        t.store.resign(&won).await.unwrap();
        assert_eq!(t.store.leader(t.key(name)).await.unwrap(), None);
    }
}

async fn nobody_leads_before_somebody_does(t: Target) {
    assert_eq!(leader(&t).await, None);
    t.put("n", "beside it").await;
    t.put("n0", "behind it").await;
    assert_eq!(leader(&t).await, None);
    // Whatever stands first under the name is taken for the leader.
    t.put("n/x", "foreign").await;
    assert_eq!(leader(&t).await.as_deref(), Some("foreign"));
}

async fn candidates_lead_in_the_order_they_came(t: Target) {
    let mut leading = campaign(&t, t.grant(60).await, "1").await;
    let mut candidates = Vec::new();
    for place in 2..=4 {
        let lease = t.grant(60).await;
        candidates.push((place, wait_as(&t, lease, &place.to_string(), place).await));
    }
    assert_eq!(leader(&t).await.as_deref(), Some("1"));
    for (place, next) in candidates {
        assert!(!next.is_finished(), "{place} jumped");
        t.store.resign(&leading).await.unwrap();
        let won = outcome(next).await.unwrap();
        assert!(won.revision > leading.revision, "the fencing revision grows");
        assert_eq!(leader(&t).await, Some(place.to_string()));
        leading = won;
    }
}

async fn a_leader_whose_lease_ends_is_followed(t: Target) {
    let old = campaign(&t, t.grant(2).await, "old").await;
    let next = wait_as(&t, t.grant(60).await, "new", 2).await;
    outcome(next).await.unwrap();
    assert_eq!(leader(&t).await.as_deref(), Some("new"));
    let error = t.store.proclaim(&old, "still me".into()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotLeader, "{error}");
}

async fn campaigning_again_proclaims_another_value(t: Target) {
    let lease = t.grant(60).await;
    let won = campaign(&t, lease, "1").await;
    assert_eq!(campaign(&t, lease, "1").await, won);
    assert_eq!(queue(&t, "n").await[0].version, Version(1), "the same value is not written");
    assert_eq!(campaign(&t, lease, "2").await, won);
    let [entry] = queue(&t, "n").await.try_into().expect("one key");
    assert_eq!((entry.value.as_slice(), entry.version), (&b"2"[..], Version(2)));
    assert_eq!((entry.create_revision, entry.lease), (won.revision, lease));
}

async fn a_candidate_may_change_its_mind(t: Target) {
    let leading = campaign(&t, t.grant(60).await, "leader").await;
    let lease = t.grant(60).await;
    let first = wait_as(&t, lease, "1", 2).await;
    let second = wait_as(&t, lease, "2", 2).await;
    let changed = async || (queue(&t, "n").await[1].value == b"2").then_some(());
    crate::support::wait::eventually("the new value", LIMIT, changed).await;
    t.store.resign(&leading).await.unwrap();
    assert_eq!(outcome(first).await.unwrap(), outcome(second).await.unwrap());
    assert_eq!(leader(&t).await.as_deref(), Some("2"));
}

async fn a_leader_proclaims(t: Target) {
    let lease = t.grant(60).await;
    let won = campaign(&t, lease, "1").await;
    t.store.proclaim(&won, b"\xff2".to_vec()).await.unwrap();
    let entry = t.store.leader(t.key("n")).await.unwrap().expect("a leader");
    assert_eq!((entry.value.as_slice(), entry.lease), (&b"\xff2"[..], lease));
    assert_eq!((entry.create_revision, entry.version), (won.revision, Version(2)));
}

async fn who_does_not_lead_cannot_proclaim(t: Target) {
    let won = campaign(&t, t.grant(60).await, "1").await;
    let other = Leadership { revision: Revision(won.revision.0 - 1), ..won.clone() };
    let error = t.store.proclaim(&other, "2".into()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotLeader, "{error}");
    assert!(!error.outcome_unknown() && !error.is_connection());
    t.store.resign(&won).await.unwrap();
    let error = t.store.proclaim(&won, "2".into()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotLeader, "{error}");
    assert_eq!(leader(&t).await, None, "nothing was written");
}

async fn resigning_twice_is_fine(t: Target) {
    let won = campaign(&t, t.grant(60).await, "1").await;
    t.store.resign(&won).await.unwrap();
    t.store.resign(&won).await.unwrap();
    assert!(t.store.lease_time_to_live(won.lease, false).await.unwrap().is_some());
}

async fn an_old_leadership_resigns_nothing(t: Target) {
    let lease = t.grant(60).await;
    let old = campaign(&t, lease, "1").await;
    t.store.resign(&old).await.unwrap();
    let new = campaign(&t, lease, "2").await;
    assert_eq!(new.key, old.key);
    t.store.resign(&old).await.unwrap();
    assert_eq!(leader(&t).await.as_deref(), Some("2"));
}

async fn a_campaign_given_up_leaves_no_key(t: Target) {
    let leading = campaign(&t, t.grant(60).await, "1").await;
    let given_up = wait_as(&t, t.grant(60).await, "2", 2).await;
    let patient = wait_as(&t, t.grant(60).await, "3", 3).await;
    given_up.abort();
    until_queued(&t, "n", 2).await;
    t.store.resign(&leading).await.unwrap();
    outcome(patient).await.unwrap();
    assert_eq!(leader(&t).await.as_deref(), Some("3"));
}

async fn a_candidate_whose_lease_ended_is_answered_all_the_same(t: Target) {
    let leading = campaign(&t, t.grant(60).await, "1").await;
    let lease = t.grant(60).await;
    let candidate = wait_as(&t, lease, "2", 2).await;
    t.store.lease_revoke(lease).await.unwrap();
    until_queued(&t, "n", 1).await;
    assert!(!candidate.is_finished(), "nobody tells it yet");
    t.store.resign(&leading).await.unwrap();
    // No version looks whether the key is still there; the caller has to.
    let won = outcome(candidate).await.unwrap();
    assert_eq!(t.range(RangeRequest::get(won.key.clone())).await.count, 0);
    assert_eq!(leader(&t).await, None);
    assert_eq!(t.store.proclaim(&won, vec![]).await.unwrap_err().kind, ErrorKind::NotLeader);
}

async fn an_election_needs_a_name_and_a_lease(t: Target) {
    let lease = t.grant(60).await;
    let nameless =
        Leadership { name: t.key("n"), key: Key::default(), revision: Revision(1), lease };
    let leaseless = Leadership { key: t.key("n/1"), lease: LeaseId::NONE, ..nameless.clone() };
    let errors = [
        t.store.campaign(Key::default(), lease, vec![]).await.err(),
        t.store.campaign(t.key("n"), LeaseId::NONE, vec![]).await.err(),
        t.store.leader(Key::default()).await.err(),
        t.store.observe(Key::default()).await.err(),
        t.store.proclaim(&nameless, vec![]).await.err(),
        t.store.proclaim(&leaseless, vec![]).await.err(),
        t.store.resign(&nameless).await.err(),
        t.store.resign(&leaseless).await.err(),
    ];
    for (at, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("call {at} must be refused"));
        assert_eq!(error.kind, ErrorKind::Invalid, "call {at}: {error}");
    }
    assert_eq!(queue(&t, "n").await, []);
}

async fn an_unknown_lease_cannot_campaign(t: Target) {
    let error = t.store.campaign(t.key("n"), UNKNOWN, "1".into()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LeaseNotFound, "{error}");
    assert_eq!(leader(&t).await, None);
}

async fn a_value_may_be_too_large(t: Target) {
    let lease = t.grant(60).await;
    let value = vec![b'x'; 1_600_000];
    let error = t.store.campaign(t.key("n"), lease, value.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge, "{error}");
    let won = campaign(&t, lease, "small").await;
    let error = t.store.proclaim(&won, value).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge, "{error}");
    assert_eq!(leader(&t).await.as_deref(), Some("small"));
}

async fn observing_begins_with_the_present_leader(t: Target) {
    let won = campaign(&t, t.grant(60).await, "1").await;
    t.store.proclaim(&won, "2".into()).await.unwrap();
    let mut observed = observe(&t).await;
    assert_eq!(next(&mut observed).await, "2");
    t.store.proclaim(&won, "3".into()).await.unwrap();
    t.store.proclaim(&won, "4".into()).await.unwrap();
    assert_eq!(next(&mut observed).await, "3");
    assert_eq!(next(&mut observed).await, "4");
}

async fn observing_waits_for_the_first_leader_and_tells_all_later_ones(t: Target) {
    let mut observed = observe(&t).await;
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    // Asked for before there is a leader. Each one is awaited before the next: between two leaders
    // the server looks again, so what comes and goes in that moment is not told.
    let observing =
        tokio::spawn(async move { while tell.send(next(&mut observed).await).await.is_ok() {} });
    let first = campaign(&t, t.grant(60).await, "a").await;
    assert_eq!(told.recv().await.unwrap(), "a");
    let second = wait_as(&t, t.grant(60).await, "b", 2).await;
    t.store.proclaim(&first, "a2".into()).await.unwrap();
    assert_eq!(told.recv().await.unwrap(), "a2");
    t.store.resign(&first).await.unwrap();
    let second = outcome(second).await.unwrap();
    assert_eq!(told.recv().await.unwrap(), "b");
    t.store.proclaim(&second, "b2".into()).await.unwrap();
    assert_eq!(told.recv().await.unwrap(), "b2");
    observing.abort();
}

async fn a_leader_lost_is_not_told(t: Target) {
    let won = campaign(&t, t.grant(60).await, "1").await;
    let mut observed = observe(&t).await;
    assert_eq!(next(&mut observed).await, "1");
    t.store.resign(&won).await.unwrap();
    campaign(&t, t.grant(60).await, "2").await;
    assert_eq!(next(&mut observed).await, "2", "nothing in between");
}

async fn observing_may_be_given_up(t: Target) {
    let mut observed = observe(&t).await;
    let silent = tokio::time::timeout(std::time::Duration::from_millis(50), observed.next()).await;
    assert!(silent.is_err(), "nobody leads: {silent:?}");
    // Dropping the future of one item takes nothing away.
    campaign(&t, t.grant(60).await, "1").await;
    assert_eq!(next(&mut observed).await, "1");
    drop(observed);
}
