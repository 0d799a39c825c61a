//! Reading the past.

use etcdeck::domain::Revision;
use etcdeck::domain::txn::RangeRequest;
use etcdeck::store::ErrorKind;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(each_revision_shows_its_value),
        case(a_deleted_key_is_still_in_the_past),
        case(a_prefix_is_read_as_it_was),
        case(the_past_counts_what_was_there),
        case(a_read_of_the_past_tells_the_present_revision),
        case(a_revision_to_come_is_refused),
        case(a_negative_revision_is_now),
    ]
}

async fn value_at(t: &Target, name: &str, revision: Revision) -> Option<String> {
    let response = t.range(RangeRequest::get(t.key(name)).at(revision)).await;
    response.entries.first().map(|entry| String::from_utf8_lossy(&entry.value).into_owned())
}

async fn each_revision_shows_its_value(t: Target) {
    let mut written = Vec::new();
    for value in ["1", "2", "3"] {
        written.push((t.put("a", value).await, value));
    }
    for (number, (revision, value)) in written.iter().enumerate() {
        let response = t.range(RangeRequest::get(t.key("a")).at(*revision)).await;
        let entry = &response.entries[0];
        assert_eq!(entry.value, value.as_bytes());
        assert_eq!((entry.mod_revision, entry.version.0), (*revision, number as i64 + 1));
    }
    let before = Revision(written[0].0.0 - 1);
    assert_eq!(value_at(&t, "a", before).await, None);
}

async fn a_deleted_key_is_still_in_the_past(t: Target) {
    let there = t.put("a", "1").await;
    let gone = t.delete("a").await;
    let back = t.put("a", "2").await;
    assert_eq!(value_at(&t, "a", there).await.as_deref(), Some("1"));
    assert_eq!(value_at(&t, "a", gone).await, None);
    assert_eq!(value_at(&t, "a", back).await.as_deref(), Some("2"));
}

async fn a_prefix_is_read_as_it_was(t: Target) {
    t.put("a", "").await;
    let first = t.put("b", "").await;
    t.delete("a").await;
    let second = t.put("c", "").await;
    let names_at =
        async |revision| t.names(&t.range(RangeRequest::new(t.all()).at(revision)).await.entries);
    assert_eq!(names_at(first).await, "a b");
    assert_eq!(names_at(second).await, "b c");
}

async fn the_past_counts_what_was_there(t: Target) {
    t.put("a", "").await;
    let two = t.put("b", "").await;
    t.put("c", "").await;
    let response = t.range(RangeRequest::new(t.all()).at(two).limit(1)).await;
    assert_eq!((response.count, response.more), (2, true));
    assert_eq!(t.range(RangeRequest::new(t.all()).at(two).count_only()).await.count, 2);
}

async fn a_read_of_the_past_tells_the_present_revision(t: Target) {
    let past = t.put("a", "1").await;
    let present = t.put("a", "2").await;
    assert!(t.range(RangeRequest::get(t.key("a")).at(past)).await.revision >= present);
}

async fn a_revision_to_come_is_refused(t: Target) {
    let revision = Revision(t.put("a", "1").await.0 + 1_000_000);
    let error = t.store.range(RangeRequest::get(t.key("a")).at(revision)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::FutureRevision);
    assert!(error.message.contains("required revision is a future revision"), "{error}");
}

async fn a_negative_revision_is_now(t: Target) {
    t.put("a", "1").await;
    assert_eq!(value_at(&t, "a", Revision(-1)).await.as_deref(), Some("1"));
}
