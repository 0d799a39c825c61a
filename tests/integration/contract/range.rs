//! Reading ranges.

use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{Entry, KeyRange, LeaseId};

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_prefix_lists_what_begins_with_it_in_byte_order),
        case(an_interval_excludes_its_end),
        case(a_backward_interval_is_empty),
        case(an_open_interval_begins_at_its_start),
        case(a_limit_cuts_and_says_so),
        case(a_limit_that_does_not_cut_says_so),
        case(a_limit_below_one_is_none),
        case(the_count_is_of_the_whole_interval),
        case(a_count_carries_no_entries),
        case(keys_only_leaves_the_value_out_and_maybe_the_lease),
        case(a_serializable_read_answers),
        case(pages_hold_every_key_once),
    ]
}

async fn fill(t: &Target, names: &[&str]) {
    for name in names {
        t.put(name, *name).await;
    }
}

async fn a_prefix_lists_what_begins_with_it_in_byte_order(t: Target) {
    fill(&t, &["b/2", "b0", "b/1", "b", "a/1", "b/", "c", "B/1", "b/1/x"]).await;
    assert_eq!(t.list(KeyRange::prefix(t.key("b/"))).await, "b/ b/1 b/1/x b/2");
    assert_eq!(t.list(KeyRange::prefix(t.key("b"))).await, "b b/ b/1 b/1/x b/2 b0");
    assert_eq!(t.list(t.all()).await, "B/1 a/1 b b/ b/1 b/1/x b/2 b0 c");
    assert_eq!(t.list(KeyRange::prefix(t.key("x"))).await, "");
}

async fn an_interval_excludes_its_end(t: Target) {
    fill(&t, &["a", "b", "c", "d"]).await;
    assert_eq!(t.list(t.between("b", "d")).await, "b c");
    assert_eq!(t.list(t.between("aa", "cc")).await, "b c");
}

async fn a_backward_interval_is_empty(t: Target) {
    fill(&t, &["a", "b", "c"]).await;
    for (start, end) in [("c", "a"), ("b", "b")] {
        let response = t.range(RangeRequest::new(t.between(start, end))).await;
        assert_eq!((response.entries.len(), response.count), (0, 0), "{start} {end}");
    }
}

async fn an_open_interval_begins_at_its_start(t: Target) {
    fill(&t, &["a", "b", "c"]).await;
    let request = RangeRequest::new(KeyRange::from(t.key("b"))).limit(2);
    assert_eq!(t.names(&t.range(request).await.entries), "b c");
}

async fn a_limit_cuts_and_says_so(t: Target) {
    fill(&t, &["a", "b", "c", "d", "e"]).await;
    let response = t.range(RangeRequest::new(t.all()).limit(2)).await;
    assert_eq!(t.names(&response.entries), "a b");
    assert!(response.more);
}

async fn a_limit_that_does_not_cut_says_so(t: Target) {
    fill(&t, &["a", "b", "c"]).await;
    for limit in [3, 4, i64::MAX] {
        let response = t.range(RangeRequest::new(t.all()).limit(limit)).await;
        assert_eq!((response.entries.len(), response.more), (3, false), "limit {limit}");
    }
}

async fn a_limit_below_one_is_none(t: Target) {
    fill(&t, &["a", "b", "c"]).await;
    for limit in [0, -1] {
        let response = t.range(RangeRequest::new(t.all()).limit(limit)).await;
        assert_eq!((response.entries.len(), response.more), (3, false), "limit {limit}");
    }
}

async fn the_count_is_of_the_whole_interval(t: Target) {
    fill(&t, &["a", "b", "c", "d", "e"]).await;
    assert_eq!(t.range(RangeRequest::new(t.all()).limit(2)).await.count, 5);
    assert_eq!(t.range(RangeRequest::new(t.between("b", "e")).limit(1)).await.count, 3);
    assert_eq!(t.range(RangeRequest::new(t.all())).await.count, 5);
}

async fn a_count_carries_no_entries(t: Target) {
    fill(&t, &["a", "b", "c"]).await;
    for request in [RangeRequest::new(t.all()), RangeRequest::new(t.all()).limit(1)] {
        let response = t.range(request.count_only()).await;
        assert_eq!((response.count, response.entries.len(), response.more), (3, 0, false));
    }
}

async fn keys_only_leaves_the_value_out_and_maybe_the_lease(t: Target) {
    let lease = t.grant(60).await;
    t.put("a", "1").await;
    t.put_leased("a", lease).await;
    let whole = t.get("a").await.unwrap();
    let mut response = t.range(RangeRequest::get(t.key("a")).keys_only()).await;
    let entry = response.entries.pop().unwrap();
    assert_eq!(entry.value, b"");
    // Up to 3.6 it is the lease of the key; 3.7 answers from an index that does not hold leases.
    assert!([lease, LeaseId::NONE].contains(&entry.lease), "{entry:?}");
    assert_eq!(Entry { value: whole.value.clone(), lease, ..entry }, whole);
}

async fn a_serializable_read_answers(t: Target) {
    t.put("a", "1").await;
    // There is one member, so what it knows is all there is to know.
    let response = t.range(RangeRequest::new(t.all()).serializable()).await;
    assert_eq!(t.names(&response.entries), "a");
}

async fn pages_hold_every_key_once(t: Target) {
    for number in 0..25 {
        t.put(format!("{number:02}"), "before").await;
    }
    let first = t.range(RangeRequest::new(t.all()).limit(7)).await;
    let (pinned, mut more) = (first.revision, first.more);
    let mut entries = first.entries;
    while more {
        // Others write meanwhile, before and behind the page; the pinned revision does not see it.
        t.put(format!("{:02}a", entries.len()), "new").await;
        t.put("24", "after").await;
        let start = entries.last().unwrap().key.successor();
        let request = RangeRequest::new(t.all().starting_at(start)).limit(7).at(pinned);
        let page = t.range(request).await;
        more = page.more;
        entries.extend(page.entries);
    }
    assert_eq!(entries.len(), 25);
    assert!(entries.iter().all(|entry| entry.value == b"before"));
    assert!(entries.is_sorted_by(|a, b| a.key < b.key));
}
