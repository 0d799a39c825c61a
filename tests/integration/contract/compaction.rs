//! Compaction: what it takes away, and how watches hear of it.

use etcdeck::domain::Revision;
use etcdeck::domain::txn::{Op, RangeRequest};
use etcdeck::store::{ErrorKind, WatchRequest};

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(what_is_compacted_cannot_be_read),
        case(the_present_is_never_compacted),
        case(a_revision_is_compacted_once),
        case(a_revision_to_come_cannot_be_compacted),
        case(a_transaction_cannot_read_what_is_compacted),
        case(a_watch_from_compacted_history_says_what_is_left),
        case(a_watch_may_begin_where_compaction_ended),
        case(the_entry_before_is_absent_when_compacted),
        case(a_watch_that_kept_up_survives_compaction),
        case(a_watch_from_now_survives_compaction),
    ]
}

fn is_compacted(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Compacted { .. })
}

async fn what_is_compacted_cannot_be_read(t: Target) {
    let first = t.put("a", "1").await;
    let second = t.put("a", "2").await;
    t.put("a", "3").await;
    let present = t.store.compact(second, true).await.unwrap();
    assert_eq!(present, t.revision().await);
    let at = |revision| t.store.range(RangeRequest::get(t.key("a")).at(revision));
    let error = at(first).await.unwrap_err();
    assert!(is_compacted(error.kind), "{error}");
    assert!(error.message.contains("required revision has been compacted"), "{error}");
    let oldest = at(second).await.expect("the revision itself is still there");
    assert_eq!(oldest.entries[0].value, b"2");
}

async fn the_present_is_never_compacted(t: Target) {
    t.put("a", "1").await;
    t.put("b", "1").await;
    t.put("b", "2").await;
    t.put("gone", "").await;
    t.delete("gone").await;
    let present = t.put("c", "").await;
    t.store.compact(present, true).await.unwrap();
    assert_eq!(t.list(t.all()).await, "a b c");
    let entry = t.get("b").await.unwrap();
    assert_eq!((entry.value.as_slice(), entry.version.0), (&b"2"[..], 2));
    assert!(entry.create_revision < entry.mod_revision);
}

async fn a_revision_is_compacted_once(t: Target) {
    let revision = t.put("a", "1").await;
    t.store.compact(revision, false).await.unwrap();
    for again in [revision, Revision(revision.0 - 1), Revision(1)] {
        let error = t.store.compact(again, false).await.unwrap_err();
        assert!(is_compacted(error.kind), "{again}: {error}");
    }
}

async fn a_revision_to_come_cannot_be_compacted(t: Target) {
    let revision = t.put("a", "1").await;
    let error = t.store.compact(revision.next(), false).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::FutureRevision, "{error}");
}

async fn a_transaction_cannot_read_what_is_compacted(t: Target) {
    let first = t.put("a", "1").await;
    let second = t.put("a", "2").await;
    t.store.compact(second, false).await.unwrap();
    let old = Op::Range(RangeRequest::get(t.key("a")).at(first));
    assert!(is_compacted(t.refused(vec![t.op_put("b", ""), old]).await));
    assert_eq!(t.get("b").await, None);
}

async fn a_watch_from_compacted_history_says_what_is_left(t: Target) {
    let first = t.put("a", "1").await;
    t.put("a", "2").await;
    let third = t.put("a", "3").await;
    t.store.compact(third, false).await.unwrap();
    let request = WatchRequest::new(t.all()).from(first);
    let error = t.watch(request).await.error().await;
    assert_eq!(error.kind, ErrorKind::Compacted { oldest: third }, "{error}");
}

async fn a_watch_may_begin_where_compaction_ended(t: Target) {
    t.put("a", "1").await;
    let second = t.put("a", "2").await;
    t.put("a", "3").await;
    t.store.compact(second, false).await.unwrap();
    let mut watch = t.watch(WatchRequest::new(t.all()).from(second)).await;
    assert_eq!(t.shorts(&watch.events(2).await), "a=2 a=3");
}

async fn the_entry_before_is_absent_when_compacted(t: Target) {
    t.put("a", "1").await;
    let second = t.put("a", "2").await;
    t.put("a", "3").await;
    t.store.compact(second, false).await.unwrap();
    let mut watch = t.watch(WatchRequest::new(t.all()).from(second).prev_kv()).await;
    let events = watch.events(2).await;
    assert_eq!(events[0].previous, None);
    assert_eq!(events[1].previous.as_ref().unwrap().value, b"2");
}

async fn a_watch_that_kept_up_survives_compaction(t: Target) {
    let mut watch = t.watch_all().await;
    t.put("a", "1").await;
    t.put("a", "2").await;
    assert_eq!(t.shorts(&watch.events(2).await), "a=1 a=2");
    let revision = t.put("a", "3").await;
    t.put("a", "4").await;
    // What it has not been asked for yet was on its way before the compaction.
    assert_eq!(t.shorts(&watch.events(2).await), "a=3 a=4");
    t.store.compact(revision.next(), false).await.unwrap();
    t.put("a", "5").await;
    assert_eq!(t.shorts(&watch.next().await), "a=5");
}

async fn a_watch_from_now_survives_compaction(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.one("quiet"))).await;
    for number in 0..10 {
        t.put("busy", number.to_string()).await;
    }
    let revision = t.put("busy", "end").await;
    t.store.compact(revision, false).await.unwrap();
    t.put("quiet", "1").await;
    assert_eq!(t.shorts(&watch.next().await), "quiet=1");
}
