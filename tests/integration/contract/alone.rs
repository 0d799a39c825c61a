//! What needs the store for itself: counting revisions, and ranges over everything.

use etcdeck::domain::txn::{Compare, DeleteRequest, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId};
use etcdeck::store::WatchRequest;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_write_is_one_revision),
        case(what_changes_nothing_is_no_revision),
        case(the_empty_prefix_is_everything),
        case(a_prefix_of_0xff_has_no_end),
        case(an_open_interval_goes_to_the_end),
        case(a_put_may_meet_a_delete_without_end),
        case(everything_can_be_watched),
    ]
}

async fn a_write_is_one_revision(t: Target) {
    let start = t.put("a", "1").await.0;
    assert_eq!(t.put("a", "1").await.0, start + 1);
    assert_eq!(t.put("b", "1").await.0, start + 2);
    assert_eq!(t.run(vec![t.op_put("a", "2"), t.op_put("c", "")]).await.revision.0, start + 3);
    let lease = t.grant(60).await;
    assert_eq!(t.put_leased("d", lease).await.0, start + 4);
    assert_eq!(t.put_leased("e", lease).await.0, start + 5);
    t.store.lease_revoke(lease).await.unwrap();
    let all = t.store.delete(DeleteRequest::new(t.all())).await.unwrap();
    assert_eq!((all.deleted, all.revision.0), (3, start + 7));
    assert_eq!(t.revision().await.0, start + 7);
}

async fn what_changes_nothing_is_no_revision(t: Target) {
    let start = t.put("a", "1").await;
    t.get("a").await;
    assert_eq!(t.delete("missing").await, start);
    let lease = t.grant(60).await;
    t.store.lease_keep_alive(lease).await.unwrap();
    t.store.lease_revoke(lease).await.unwrap();
    let reading = t.run(vec![t.op_get("a"), t.op_delete("missing")]).await;
    assert_eq!(reading.revision, start);
    let failing = TxnRequest {
        compares: vec![Compare::absent(t.key("a"))],
        success: vec![t.op_put("a", "2")],
        failure: vec![],
    };
    assert_eq!(t.txn(failing).await.revision, start);
    t.store.put(PutRequest::new(t.key("b"), "").lease(LeaseId(99))).await.unwrap_err();
    t.refused(vec![t.op_put("b", ""), t.op_put("b", "")]).await;
    assert_eq!(t.revision().await, start);
}

async fn the_empty_prefix_is_everything(t: Target) {
    let smallest = Key::from(&b"\0"[..]);
    let largest = Key::from(&b"\xff\xff\xff"[..]);
    for key in [&smallest, &largest] {
        t.store.put(PutRequest::new(key.clone(), "edge")).await.unwrap();
    }
    t.put("a", "").await;
    let everything = t.range(RangeRequest::new(KeyRange::all()).keys_only()).await;
    let keys: Vec<&Key> = everything.entries.iter().map(|entry| &entry.key).collect();
    assert_eq!((keys[0], keys[keys.len() - 1]), (&smallest, &largest));
    assert!(keys.contains(&&t.key("a")));
    assert_eq!(everything.count, keys.len() as i64);
    for key in [smallest, largest] {
        t.store.delete(DeleteRequest::new(KeyRange::single(key))).await.unwrap();
    }
}

async fn a_prefix_of_0xff_has_no_end(t: Target) {
    let keys: [&[u8]; 4] = [b"\xfe\xff", b"\xff", b"\xff\xff", b"\xff\xff\0"];
    for key in keys {
        t.store.put(PutRequest::new(key, "")).await.unwrap();
    }
    let count = async |prefix: &[u8]| {
        t.range(RangeRequest::new(KeyRange::prefix(prefix)).count_only()).await.count
    };
    assert_eq!(count(b"\xff").await, 3);
    assert_eq!(count(b"\xff\xff").await, 2);
    assert_eq!(count(b"\xfe").await, 1);
    let request = DeleteRequest::new(KeyRange::prefix(&b"\xff"[..]));
    assert_eq!(t.store.delete(request).await.unwrap().deleted, 3);
    let request = DeleteRequest::new(KeyRange::prefix(&b"\xfe"[..]));
    assert_eq!(t.store.delete(request).await.unwrap().deleted, 1);
}

async fn an_open_interval_goes_to_the_end(t: Target) {
    for name in ["a", "b", "c"] {
        t.put(name, "").await;
    }
    let from = |name: &str| RangeRequest::new(KeyRange::from(t.key(name))).count_only();
    let (a, b) = (t.range(from("a")).await.count, t.range(from("b")).await.count);
    assert_eq!(a, b + 1);
    t.store.put(PutRequest::new(&b"\xff"[..], "")).await.unwrap();
    assert_eq!(t.range(from("b")).await.count, b + 1);
    t.store.delete(DeleteRequest::new(KeyRange::single(&b"\xff"[..]))).await.unwrap();
}

/// etcd's check for conflicting writes overlooks an interval without end.
async fn a_put_may_meet_a_delete_without_end(t: Target) {
    let key = Key::from(&b"\xff\xf0"[..]);
    let put = || Op::Put(PutRequest::new(key.clone(), "new"));
    let delete = || Op::Delete(DeleteRequest::new(KeyRange::from(key.clone())));
    let present = async || t.range(RangeRequest::get(key.clone())).await.count > 0;
    let everything_behind = KeyRange::from(key.clone());
    let mut watch = t.watch(WatchRequest::new(everything_behind)).await;
    t.run(vec![put(), delete()]).await;
    assert!(!present().await);
    let events = watch.next().await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[0].revision(), events[1].revision());
    t.run(vec![delete(), put()]).await;
    assert!(present().await);
    t.run(vec![delete()]).await;
}

async fn everything_can_be_watched(t: Target) {
    let mut watch = t.watch(WatchRequest::new(KeyRange::all())).await;
    t.store.put(PutRequest::new(&b"\0"[..], "first")).await.unwrap();
    t.put("a", "").await;
    t.store.put(PutRequest::new(&b"\xff"[..], "last")).await.unwrap();
    for key in [&b"\0"[..], b"\xff"] {
        t.store.delete(DeleteRequest::new(KeyRange::single(key))).await.unwrap();
    }
    let keys: Vec<Key> = watch.events(5).await.into_iter().map(|event| event.entry.key).collect();
    let (first, last) = (Key::from(&b"\0"[..]), Key::from(&b"\xff"[..]));
    assert_eq!(keys, [first.clone(), t.key("a"), last.clone(), first, last]);
}
