//! Sorted ranges.

use etcdeck::domain::txn::{RangeRequest, SortOrder, SortTarget};

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(each_target_sorts_both_ways),
        case(a_limit_cuts_what_is_sorted),
        case(without_an_order_the_target_does_not_matter),
    ]
}

/// Four keys, each in another place by each target; equal in none.
async fn fill(t: &Target) {
    // In order of creation c a d b; by last write b d a c; the values are 4 2 3 1 for a b c d.
    for name in ["c", "a", "d", "b"] {
        t.put(name, "").await;
    }
    // Versions a 2, b 3, c 5, d 4.
    for (name, writes) in [("b", 1), ("d", 2), ("a", 0), ("c", 3)] {
        for _ in 0..writes {
            t.put(name, "").await;
        }
    }
    for (name, value) in [("b", "2"), ("d", "1"), ("a", "4"), ("c", "3")] {
        t.put(name, value).await;
    }
}

async fn each_target_sorts_both_ways(t: Target) {
    fill(&t).await;
    let expected = [
        (SortTarget::Key, "a b c d"),
        (SortTarget::Version, "a b d c"),
        (SortTarget::Create, "c a d b"),
        (SortTarget::Mod, "b d a c"),
        (SortTarget::Value, "d b c a"),
    ];
    for (target, ascending) in expected {
        let sorted = async |order| {
            t.names(&t.range(RangeRequest::new(t.all()).sort(target, order)).await.entries)
        };
        assert_eq!(sorted(SortOrder::Ascend).await, ascending, "{target:?}");
        let descending: String = ascending.chars().rev().collect();
        assert_eq!(sorted(SortOrder::Descend).await, descending, "{target:?}");
    }
}

async fn a_limit_cuts_what_is_sorted(t: Target) {
    fill(&t).await;
    let request = RangeRequest::new(t.all()).sort(SortTarget::Mod, SortOrder::Descend).limit(2);
    let response = t.range(request).await;
    assert_eq!(t.names(&response.entries), "c a");
    assert_eq!((response.count, response.more), (4, true));
}

async fn without_an_order_the_target_does_not_matter(t: Target) {
    fill(&t).await;
    for target in [SortTarget::Version, SortTarget::Create, SortTarget::Mod, SortTarget::Value] {
        let request = RangeRequest::new(t.all()).sort(target, SortOrder::None);
        assert_eq!(t.names(&t.range(request.clone()).await.entries), "a b c d");
        assert_eq!(t.names(&t.range(request.limit(2)).await.entries), "a b");
    }
}
