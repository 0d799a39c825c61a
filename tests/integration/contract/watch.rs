//! Watching what happens from now on.

use etcdeck::domain::txn::{DeleteRequest, PutRequest};
use etcdeck::domain::{Entry, EventKind, KeyRange, LeaseId, Revision, Version};
use etcdeck::store::{ErrorKind, WatchFilter, WatchRequest};
use futures_util::StreamExt as _;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_watch_from_now_sees_what_comes_after),
        case(a_put_event_holds_the_whole_entry),
        case(a_delete_event_holds_key_and_revision_only),
        case(the_entry_before_comes_when_asked),
        case(the_entry_before_is_absent_unless_asked),
        case(values_can_be_left_out),
        case(a_watch_of_one_key_sees_no_other),
        case(a_watch_of_an_interval_excludes_its_end),
        case(puts_can_be_left_out),
        case(deletes_can_be_left_out),
        case(events_of_a_transaction_come_together),
        case(a_transaction_shows_each_watch_its_part),
        case(the_entry_before_a_transaction_is_that_of_the_revision_before),
        case(a_deleted_range_comes_together_in_key_order),
        case(deleting_nothing_is_no_event),
        case(a_revoked_lease_deletes_its_keys_together),
        case(a_lease_that_ends_is_a_delete),
        case(two_watches_see_the_same),
        case(a_large_value_comes_through),
        case(an_empty_interval_cannot_be_watched),
    ]
}

async fn a_watch_from_now_sees_what_comes_after(t: Target) {
    t.put("a", "before").await;
    let mut watch = t.watch_all().await;
    let revision = t.put("a", "after").await;
    assert!(watch.created < revision);
    t.put("b", "1").await;
    t.delete("a").await;
    let events = watch.events(3).await;
    assert_eq!(t.shorts(&events), "a=after b=1 -a");
    assert_eq!(events[0].revision(), revision);
    assert!(events.is_sorted_by(|a, b| a.revision() < b.revision()));
}

async fn a_put_event_holds_the_whole_entry(t: Target) {
    let mut watch = t.watch_all().await;
    let lease = t.grant(60).await;
    t.put("a", "1").await;
    t.put_leased("a", lease).await;
    let events = watch.events(2).await;
    assert_eq!(Some(&events[1].entry), t.get("a").await.as_ref());
    assert_eq!((events[1].entry.version, events[1].entry.lease), (Version(2), lease));
    assert!(events[0].is_create() && !events[1].is_create());
}

async fn a_delete_event_holds_key_and_revision_only(t: Target) {
    let lease = t.grant(60).await;
    t.put_leased("a", lease).await;
    let mut watch = t.watch_all().await;
    let revision = t.delete("a").await;
    let event = watch.next().await.remove(0);
    assert_eq!(event.kind, EventKind::Delete);
    let bare = Entry { key: t.key("a"), mod_revision: revision, ..Entry::default() };
    assert_eq!((event.entry, event.previous), (bare, None));
}

async fn the_entry_before_comes_when_asked(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.all()).prev_kv()).await;
    let mut entries = vec![None];
    for value in ["1", "2"] {
        t.put("a", value).await;
        entries.push(t.get("a").await);
    }
    t.delete("a").await;
    t.put("a", "3").await;
    entries.push(None);
    let events = watch.events(4).await;
    let previous: Vec<Option<Entry>> = events.into_iter().map(|event| event.previous).collect();
    assert_eq!(previous, entries);
}

async fn the_entry_before_is_absent_unless_asked(t: Target) {
    t.put("a", "1").await;
    let mut watch = t.watch_all().await;
    t.put("a", "2").await;
    assert_eq!(watch.next().await[0].previous, None);
}

async fn values_can_be_left_out(t: Target) {
    t.put("a", "1").await;
    let mut watch = t.watch(WatchRequest::new(t.all()).prev_kv().keys_only()).await;
    t.put("a", "2").await;
    t.delete("a").await;
    let events = watch.events(2).await;
    assert_eq!(t.shorts(&events), "a= -a");
    assert_eq!((events[0].kind, events[0].entry.version), (EventKind::Put, Version(2)));
    let before = events.iter().map(|event| event.previous.as_ref().expect("asked for"));
    assert!(before.clone().all(|entry| entry.value.is_empty()));
    assert_eq!(before.map(|entry| entry.version.0).collect::<Vec<_>>(), [1, 2]);
}

async fn a_watch_of_one_key_sees_no_other(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.one("a"))).await;
    for name in ["a/", "aa", "a\0", "b", "a"] {
        t.put(name, name).await;
    }
    assert_eq!(t.shorts(&watch.next().await), "a=a");
}

async fn a_watch_of_an_interval_excludes_its_end(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.between("b", "d"))).await;
    for name in ["a", "b", "c", "d", "cc"] {
        t.put(name, "").await;
    }
    assert_eq!(t.shorts(&watch.events(3).await), "b= c= cc=");
}

async fn puts_can_be_left_out(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.all()).filter(WatchFilter::NoPut)).await;
    t.put("a", "1").await;
    t.delete("a").await;
    t.put("b", "1").await;
    t.delete("b").await;
    assert_eq!(t.shorts(&watch.events(2).await), "-a -b");
}

async fn deletes_can_be_left_out(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.all()).filter(WatchFilter::NoDelete)).await;
    t.put("a", "1").await;
    t.delete("a").await;
    t.put("b", "1").await;
    assert_eq!(t.shorts(&watch.events(2).await), "a=1 b=1");
}

async fn events_of_a_transaction_come_together(t: Target) {
    t.put("old", "").await;
    let mut watch = t.watch_all().await;
    let ops = vec![t.op_put("b", "1"), t.op_delete("old"), t.op_put("a", "2")];
    let revision = t.run(ops).await.revision;
    let events = watch.next().await;
    assert_eq!(t.shorts(&events), "b=1 -old a=2", "in the order of the operations");
    assert!(events.iter().all(|event| event.revision() == revision));
}

async fn a_transaction_shows_each_watch_its_part(t: Target) {
    let mut a = t.watch(WatchRequest::new(t.one("a"))).await;
    let mut b = t.watch(WatchRequest::new(t.one("b"))).await;
    t.run(vec![t.op_put("a", "1"), t.op_put("b", "2")]).await;
    assert_eq!(t.shorts(&a.next().await), "a=1");
    assert_eq!(t.shorts(&b.next().await), "b=2");
}

async fn the_entry_before_a_transaction_is_that_of_the_revision_before(t: Target) {
    t.put("a", "1").await;
    let before = t.get("a").await;
    let mut watch = t.watch(WatchRequest::new(t.all()).prev_kv()).await;
    t.run(vec![t.op_put("b", ""), t.op_delete("a")]).await;
    let events = watch.next().await;
    assert_eq!((&events[0].previous, &events[1].previous), (&None, &before));
}

async fn a_deleted_range_comes_together_in_key_order(t: Target) {
    for name in ["c", "a", "b"] {
        t.put(name, name).await;
    }
    let mut watch = t.watch(WatchRequest::new(t.all()).prev_kv()).await;
    t.store.delete(DeleteRequest::new(t.all())).await.unwrap();
    let events = watch.next().await;
    assert_eq!(t.shorts(&events), "-a -b -c");
    assert!(events.iter().all(|event| event.previous.is_some()));
}

async fn deleting_nothing_is_no_event(t: Target) {
    let mut watch = t.watch_all().await;
    t.delete("missing").await;
    t.put("a", "1").await;
    assert_eq!(t.shorts(&watch.next().await), "a=1");
}

async fn a_revoked_lease_deletes_its_keys_together(t: Target) {
    let lease = t.grant(60).await;
    for name in ["a", "b", "c"] {
        t.put_leased(name, lease).await;
    }
    let mut watch = t.watch_all().await;
    t.store.lease_revoke(lease).await.unwrap();
    let events = watch.next().await;
    assert_eq!(t.shorts(&events), "-a -b -c");
    assert_eq!(events[0].revision(), events[2].revision());
}

async fn a_lease_that_ends_is_a_delete(t: Target) {
    let lease = t.grant(2).await;
    t.put_leased("a", lease).await;
    let mut watch = t.watch(WatchRequest::new(t.all()).prev_kv()).await;
    let event = watch.next().await.remove(0);
    assert_eq!(event.kind, EventKind::Delete);
    assert_eq!((event.entry.lease, event.entry.version), (LeaseId::NONE, Version(0)));
    assert_eq!(event.previous.unwrap().lease, lease);
}

async fn two_watches_see_the_same(t: Target) {
    let (mut first, mut second) = (t.watch_all().await, t.watch_all().await);
    for number in 0..20 {
        t.put("a", number.to_string()).await;
    }
    assert_eq!(first.events(20).await, second.events(20).await);
    drop(first);
    t.put("a", "end").await;
    assert_eq!(t.shorts(&second.next().await), "a=end");
}

async fn a_large_value_comes_through(t: Target) {
    let mut watch = t.watch(WatchRequest::new(t.all()).prev_kv()).await;
    let large = vec![b'x'; 1 << 20];
    t.put("a", large.clone()).await;
    t.store.put(PutRequest::new(t.key("a"), "small")).await.unwrap();
    let events = watch.events(2).await;
    assert!(events[0].entry.value == large);
    assert!(events[1].previous.as_ref().unwrap().value == large);
}

async fn an_empty_interval_cannot_be_watched(t: Target) {
    let end = t.key("a").into_bytes();
    let request = WatchRequest::new(KeyRange::interval(t.key("b"), end));
    // Some stores say so before the stream begins, some in it.
    let error = match t.store.watch(request).await {
        Err(error) => error,
        Ok(stream) => {
            let mut errors = stream.filter_map(async |message| message.err()).boxed();
            errors.next().await.expect("an error")
        }
    };
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert!(error.message.contains("watcher range is empty"), "{error}");
    let negative = WatchRequest::new(t.all()).from(Revision(-5));
    assert!(t.store.watch(negative).await.is_err());
}
