//! Putting, getting, deleting.

use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId, Version};
use etcdeck::store::ErrorKind;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_new_key_has_version_1),
        case(a_put_counts_versions_and_keeps_the_creation),
        case(a_put_of_the_same_value_is_a_write),
        case(a_put_tells_what_was_there_when_asked),
        case(a_delete_tells_what_was_there_when_asked),
        case(deleting_nothing_is_fine),
        case(a_key_that_comes_back_starts_anew),
        case(an_empty_value_is_not_a_missing_key),
        case(an_interval_is_deleted_up_to_its_end),
        case(a_single_key_is_nothing_but_itself),
        case(an_empty_key_is_refused),
        case(an_answer_carries_the_revision),
        case(the_status_names_the_leader),
    ]
}

async fn a_new_key_has_version_1(t: Target) {
    let revision = t.put("a", "1").await;
    let entry = t.get("a").await.unwrap();
    assert_eq!(entry.key, t.key("a"));
    assert_eq!(entry.value, b"1");
    assert_eq!((entry.create_revision, entry.mod_revision), (revision, revision));
    assert_eq!((entry.version, entry.lease), (Version(1), LeaseId::NONE));
}

async fn a_put_counts_versions_and_keeps_the_creation(t: Target) {
    let first = t.put("a", "1").await;
    t.put("a", "2").await;
    let third = t.put("a", "3").await;
    let entry = t.get("a").await.unwrap();
    assert_eq!((entry.create_revision, entry.mod_revision), (first, third));
    assert_eq!((entry.version, entry.value.as_slice()), (Version(3), &b"3"[..]));
}

async fn a_put_of_the_same_value_is_a_write(t: Target) {
    let first = t.put("a", "1").await;
    let second = t.put("a", "1").await;
    assert!(second > first);
    assert_eq!(t.get("a").await.unwrap().version, Version(2));
}

async fn a_put_tells_what_was_there_when_asked(t: Target) {
    let put = |value: &str| PutRequest::new(t.key("a"), value);
    assert_eq!(t.store.put(put("1").prev_kv()).await.unwrap().previous, None);
    let before = t.get("a").await;
    assert_eq!(t.store.put(put("2").prev_kv()).await.unwrap().previous, before);
    assert_eq!(t.store.put(put("3")).await.unwrap().previous, None);
}

async fn a_delete_tells_what_was_there_when_asked(t: Target) {
    for name in ["c", "a", "b"] {
        t.put(name, name).await;
    }
    let request = DeleteRequest::new(t.between("a", "c")).prev_kv();
    let response = t.store.delete(request).await.unwrap();
    assert_eq!((response.deleted, t.names(&response.previous).as_str()), (2, "a b"));
    assert_eq!(
        (response.previous[1].value.as_slice(), response.previous[1].version.0),
        (&b"b"[..], 1)
    );
    let response = t.store.delete(DeleteRequest::new(t.all())).await.unwrap();
    assert_eq!((response.deleted, response.previous), (1, Vec::new()));
}

async fn deleting_nothing_is_fine(t: Target) {
    let response = t.store.delete(DeleteRequest::new(t.one("a")).prev_kv()).await.unwrap();
    assert_eq!((response.deleted, response.previous), (0, Vec::new()));
}

async fn a_key_that_comes_back_starts_anew(t: Target) {
    t.put("a", "1").await;
    t.put("a", "2").await;
    t.delete("a").await;
    assert_eq!(t.get("a").await, None);
    let revision = t.put("a", "3").await;
    let entry = t.get("a").await.unwrap();
    assert_eq!((entry.create_revision, entry.version), (revision, Version(1)));
}

async fn an_empty_value_is_not_a_missing_key(t: Target) {
    t.put("a", "").await;
    assert_eq!(t.value("a").await.as_deref(), Some(""));
    assert_eq!(t.get("b").await, None);
    assert_eq!(t.range(RangeRequest::get(t.key("a"))).await.count, 1);
    assert_eq!(t.range(RangeRequest::get(t.key("b"))).await.count, 0);
}

async fn an_interval_is_deleted_up_to_its_end(t: Target) {
    for name in ["a", "b", "b/x", "c", "d"] {
        t.put(name, "").await;
    }
    let response = t.store.delete(DeleteRequest::new(t.between("b", "c"))).await.unwrap();
    assert_eq!(response.deleted, 2);
    assert_eq!(t.list(t.all()).await, "a c d");
    let backward = t.store.delete(DeleteRequest::new(t.between("d", "a"))).await.unwrap();
    assert_eq!(backward.deleted, 0);
    assert_eq!(t.list(t.all()).await, "a c d");
}

async fn a_single_key_is_nothing_but_itself(t: Target) {
    for name in ["a", "a/", "a\0", "aa"] {
        t.put(name, name).await;
    }
    assert_eq!(t.list(t.one("a")).await, "a");
    t.delete("a").await;
    assert_eq!(t.list(t.all()).await, "a\0 a/ aa");
}

async fn an_empty_key_is_refused(t: Target) {
    let none = Key::default();
    let put = t.store.put(PutRequest::new(none.clone(), "x")).await.unwrap_err();
    let get = t.store.range(RangeRequest::get(none.clone())).await.unwrap_err();
    let single = DeleteRequest::new(KeyRange::single(none));
    let delete = t.store.delete(single).await.unwrap_err();
    for error in [put, get, delete] {
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains("key is not provided"), "{error}");
    }
}

async fn an_answer_carries_the_revision(t: Target) {
    let written = t.put("a", "1").await;
    let read = t.range(RangeRequest::get(t.key("a"))).await.revision;
    let deleted = t.delete("a").await;
    assert!(written <= read && read < deleted, "{written} {read} {deleted}");
}

async fn the_status_names_the_leader(t: Target) {
    let written = t.put("a", "1").await;
    let status = t.store.status().await.unwrap();
    assert!(status.revision >= written);
    assert!(status.member != 0 && status.leader == status.member);
    assert!(status.version.starts_with("3."), "{}", status.version);
    assert!(status.db_size > 0 && status.db_size_in_use > 0 && !status.is_learner);
    assert!(status.alarms.is_empty() && status.errors.is_empty());
    assert_eq!(status.endpoint, t.store.endpoint());
}
