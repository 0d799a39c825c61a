//! What was: comparing with a revision, restoring as of one, and what compaction leaves of both.

use std::collections::BTreeMap;

use etcdeck::bulk::{Limits, Looked, Plan, PlanError, compare, oldest, restore};
use etcdeck::domain::change::transaction;
use etcdeck::domain::difference::{Became, Difference};
use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{KeyRange, LeaseId, Revision};
use etcdeck::store::ErrorKind;
use tokio::sync::watch;

use super::target::Target;
use super::{Case, case};

/// Cases that leave what others hold alone.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_difference_tells_what_became_of_each_key),
        case(a_difference_of_many_keys_is_that_of_two_readings),
        case(a_difference_with_the_future_is_refused),
        case(a_restored_prefix_is_what_it_was),
        case(a_key_comes_back_on_its_lease_where_that_lives),
        case(a_restore_leaves_what_was_changed_since_it_was_planned),
    ]
}

/// Cases that compact.
pub(super) fn compacting() -> Vec<Case> {
    vec![
        case(what_is_left_after_a_compaction_is_named),
        case(a_plan_holds_what_a_later_compaction_takes),
    ]
}

async fn difference(t: &Target, then: Revision) -> Difference {
    let (looked, _) = watch::channel(Looked::default());
    compare(&*t.store, t.all(), then, &looked).await.expect("a difference")
}

async fn plan(t: &Target, ranges: &[KeyRange], then: Revision) -> Result<Plan, PlanError> {
    let (looked, _) = watch::channel(Looked::default());
    restore(&*t.store, ranges, then, &Limits::default(), &looked).await
}

/// Carries a plan out, a step at a time; how many steps were left.
async fn carry_out(t: &Target, plan: &Plan) -> usize {
    let mut left = 0;
    for planned in plan.steps().iter() {
        let answer = t.txn(transaction([&planned.unwrap().step])).await;
        left += usize::from(!answer.succeeded);
    }
    left
}

/// Keys with their values and leases, as they were; with none, as they are.
async fn held(t: &Target, at: Revision) -> Vec<(String, Vec<u8>, LeaseId)> {
    let answer = t.range(RangeRequest::new(t.all()).at(at)).await;
    answer.entries.into_iter().map(|e| (t.name(&e.key), e.value, e.lease)).collect()
}

async fn a_difference_tells_what_became_of_each_key(t: Target) {
    for (name, value) in [("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "1")] {
        t.put(name, value).await;
    }
    let then = t.put("f", "1").await;
    t.put("a", "2").await;
    t.delete("b").await;
    t.put("c", "1").await;
    t.delete("d").await;
    t.put("d", "1").await;
    t.put("e0", "new").await;
    t.put("gone again", "x").await;
    t.delete("gone again").await;
    let found = difference(&t, then).await;
    let rows: Vec<(String, Became)> =
        found.rows.iter().map(|row| (t.name(&row.key), row.became)).collect();
    let expected = [("a", Became::Changed), ("b", Became::Removed), ("e0", Became::Added)];
    let expected = expected.map(|(name, became)| (name.to_owned(), became));
    assert_eq!(rows, expected);
    assert_eq!((found.added, found.changed, found.removed), (1, 1, 1));
    assert_eq!((found.rewritten, found.same, found.then), (2, 2, then));
    let side = |row: usize| found.rows[row].then.as_ref().unwrap();
    assert_eq!((side(0).whole(), side(1).whole()), (Some(&b"1"[..]), Some(&b"1"[..])));
    assert_eq!(found.rows[0].now.as_ref().unwrap().whole(), Some(&b"2"[..]));
}

/// A stream of small numbers that looks random and is the same each time.
fn numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    }
}

async fn a_difference_of_many_keys_is_that_of_two_readings(t: Target) {
    let mut number = numbers(0x5eed_1234);
    let mut edit = async |rounds: u64| {
        for _ in 0..rounds {
            let name = format!("{:02}", number(60));
            if number(3) == 0 {
                t.delete(&name).await;
            } else {
                t.put(&name, vec![b'v'; number(300) as usize]).await;
            }
        }
    };
    edit(120).await;
    let then = t.put("then", "").await;
    edit(120).await;
    let found = difference(&t, then).await;
    agrees(&t, &found).await;
}

/// Compares what was found with all that can be read at both revisions.
async fn agrees(t: &Target, found: &Difference) {
    let read = async |at| {
        let answer = t.range(RangeRequest::new(t.all()).at(at)).await;
        let pairs = answer.entries.into_iter().map(|e| (e.key.clone(), e));
        pairs.collect::<BTreeMap<_, _>>()
    };
    let (then, now) = (read(found.then).await, read(found.now).await);
    let mut expected = Difference { then: found.then, now: found.now, ..Difference::default() };
    let mut keys: Vec<_> = then.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (then, now) = (then.get(key), now.get(key));
        if then.map(|e| e.mod_revision) == now.map(|e| e.mod_revision) {
            expected.same += 1;
        } else {
            expected.add(then, now);
        }
    }
    assert_eq!(*found, expected);
}

async fn a_difference_with_the_future_is_refused(t: Target) {
    let now = t.put("a", "1").await;
    let (looked, _) = watch::channel(Looked::default());
    let then = Revision(now.0 + 1_000_000);
    let error = compare(&*t.store, t.all(), then, &looked).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::FutureRevision, "{error}");
    let error = plan(&t, &[t.all()], then).await.unwrap_err();
    let sentence = format!("revision {then} is in the future; the newest is ");
    assert!(error.to_string().starts_with(&sentence), "{error}");
}

async fn a_restored_prefix_is_what_it_was(t: Target) {
    for n in 0..40 {
        t.put(format!("{n:02}"), format!("value {n}")).await;
    }
    let then = t.put(b"\xff\x00bytes", &b"\x00\xff\x1b"[..]).await;
    let before = held(&t, then).await;
    for n in 0..10 {
        t.delete(&format!("{n:02}")).await;
    }
    for n in 10..20 {
        t.put(format!("{n:02}"), "another").await;
    }
    t.put("20", "value 20").await;
    t.put("since", "new").await;
    t.delete("").await;
    let plan = plan(&t, &[t.all(), t.one("05")], then).await.unwrap();
    let survey = plan.survey();
    assert_eq!((survey.creates, survey.changes, survey.deletes), (10, 10, 1));
    assert_eq!((survey.same, survey.touched(), plan.steps().len()), (21, 21, 21));
    assert_eq!(carry_out(&t, &plan).await, 0);
    assert_eq!(held(&t, Revision::NONE).await, before);
}

async fn a_key_comes_back_on_its_lease_where_that_lives(t: Target) {
    let (alive, ended, other) = (t.grant(600).await, t.grant(600).await, t.grant(600).await);
    t.put_leased("alive", alive).await;
    t.put_leased("ended", ended).await;
    t.put_leased("moved", alive).await;
    let then = t.put_leased("moved from ended", ended).await;
    t.store.lease_revoke(ended).await.unwrap();
    t.delete("alive").await;
    t.put_leased("moved", other).await;
    t.put_leased("moved from ended", other).await;
    let plan = plan(&t, &[t.all()], then).await.unwrap();
    assert_eq!(plan.survey().notes.len(), 1, "{:?}", plan.survey().notes);
    assert!(plan.survey().notes[0].starts_with("2 keys hung on leases that have ended"));
    assert_eq!(carry_out(&t, &plan).await, 0);
    let lease = async |name: &str| t.get(name).await.map(|entry| entry.lease);
    assert_eq!(lease("alive").await, Some(alive));
    assert_eq!(lease("ended").await, Some(LeaseId::NONE));
    assert_eq!(lease("moved").await, Some(alive));
    // The value it has is the one it had, and the lease it has stays.
    assert_eq!(lease("moved from ended").await, Some(other));
}

async fn a_restore_leaves_what_was_changed_since_it_was_planned(t: Target) {
    t.put("a", "1").await;
    t.put("b", "1").await;
    let then = t.put("c", "1").await;
    t.put("a", "2").await;
    t.delete("b").await;
    t.put("since", "x").await;
    let plan = plan(&t, &[t.all()], then).await.unwrap();
    t.put("a", "somebody").await;
    t.put("b", "else").await;
    t.put("since", "again").await;
    assert_eq!(carry_out(&t, &plan).await, 3);
    assert_eq!(t.value("a").await.as_deref(), Some("somebody"));
    assert_eq!(t.value("b").await.as_deref(), Some("else"));
    assert_eq!(t.value("since").await.as_deref(), Some("again"));
}

async fn what_is_left_after_a_compaction_is_named(t: Target) {
    let then = t.put("a", "1").await;
    t.put("a", "2").await;
    let third = t.put("a", "3").await;
    t.store.compact(third, true).await.unwrap();
    assert_eq!(oldest(&*t.store, &t.all(), then).await, Some(third));
    let (looked, _) = watch::channel(Looked::default());
    let error = compare(&*t.store, t.all(), then, &looked).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Compacted { oldest: third }, "{error}");
    let error = plan(&t, &[t.one("a")], then).await.unwrap_err();
    let sentence = format!("revision {then} is compacted; the oldest that still works is {third}");
    assert_eq!(error.to_string(), sentence);
    // The one it names works.
    assert_eq!(difference(&t, third).await.count(), 0);
}

async fn a_plan_holds_what_a_later_compaction_takes(t: Target) {
    t.put("a", "1").await;
    let then = t.put("b", "1").await;
    let before = held(&t, then).await;
    t.delete("a").await;
    t.put("b", "2").await;
    let plan = plan(&t, &[t.all()], then).await.unwrap();
    let now = t.put("elsewhere", "x").await;
    t.delete("elsewhere").await;
    t.store.compact(now, true).await.unwrap();
    assert_eq!(carry_out(&t, &plan).await, 0);
    assert_eq!(held(&t, Revision::NONE).await, before);
}
