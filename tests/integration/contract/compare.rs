//! Compares: every target with every comparison, on keys, missing keys and intervals.

use etcdeck::domain::txn::{Compare, Comparison, PutRequest, Target as On};
use etcdeck::domain::{KeyRange, LeaseId, Revision, Version};

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(every_target_compares_in_every_way),
        case(a_missing_key_compares_as_zero),
        case(a_missing_key_has_no_value_at_all),
        case(an_empty_value_is_a_value),
        case(values_compare_byte_by_byte),
        case(an_interval_holds_when_every_key_does),
        case(an_empty_interval_compares_as_a_missing_key),
        case(a_lease_compares_as_a_number),
    ]
}

/// A target to compare with a number.
type Make = fn(i64) -> On;

async fn holds(t: &Target, range: &KeyRange, target: On, comparison: Comparison) -> bool {
    t.holds(Compare { range: range.clone(), target, comparison }).await
}

/// Which of `=`, `!=`, `>`, `<` hold.
async fn signs(t: &Target, range: &KeyRange, target: On) -> String {
    let mut signs = Vec::new();
    for (comparison, sign) in [
        (Comparison::Equal, "="),
        (Comparison::NotEqual, "!="),
        (Comparison::Greater, ">"),
        (Comparison::Less, "<"),
    ] {
        if holds(t, range, target.clone(), comparison).await {
            signs.push(sign);
        }
    }
    signs.join(" ")
}

async fn every_target_compares_in_every_way(t: Target) {
    let lease = LeaseId(0x7000_0000_0000_0100);
    t.store.lease_grant(60, lease).await.expect("grant");
    let created = t.put("a", "m").await;
    let request = PutRequest::new(t.key("a"), "m").lease(lease);
    let modified = t.store.put(request).await.unwrap().revision;
    let targets: [(&str, Make, i64); 4] = [
        ("version", |it| On::Version(Version(it)), 2),
        ("create", |it| On::Create(Revision(it)), created.0),
        ("mod", |it| On::Mod(Revision(it)), modified.0),
        ("lease", |it| On::Lease(LeaseId(it)), lease.0),
    ];
    let a = t.one("a");
    for (name, target, present) in targets {
        assert_eq!(signs(&t, &a, target(present)).await, "=", "{name}");
        assert_eq!(signs(&t, &a, target(present - 1)).await, "!= >", "{name}");
        assert_eq!(signs(&t, &a, target(present + 1)).await, "!= <", "{name}");
    }
    for (value, expected) in [("m", "="), ("l", "!= >"), ("n", "!= <")] {
        assert_eq!(signs(&t, &a, On::Value(value.into())).await, expected, "value {value}");
    }
}

async fn a_missing_key_compares_as_zero(t: Target) {
    let targets: [Make; 4] = [
        |it| On::Version(Version(it)),
        |it| On::Create(Revision(it)),
        |it| On::Mod(Revision(it)),
        |it| On::Lease(LeaseId(it)),
    ];
    let missing = t.one("missing");
    for target in targets {
        assert_eq!(signs(&t, &missing, target(0)).await, "=", "{:?}", target(0));
        assert_eq!(signs(&t, &missing, target(1)).await, "!= <", "{:?}", target(1));
        assert_eq!(signs(&t, &missing, target(-1)).await, "!= >", "{:?}", target(-1));
    }
    // A key that was deleted is as missing as one that never was.
    t.put("missing", "").await;
    t.delete("missing").await;
    assert_eq!(signs(&t, &missing, On::Create(Revision::NONE)).await, "=");
}

async fn a_missing_key_has_no_value_at_all(t: Target) {
    for value in ["", "x"] {
        assert_eq!(signs(&t, &t.one("missing"), On::Value(value.into())).await, "");
    }
}

async fn an_empty_value_is_a_value(t: Target) {
    t.put("a", "").await;
    assert_eq!(signs(&t, &t.one("a"), On::Value(Vec::new())).await, "=");
    assert_eq!(signs(&t, &t.one("a"), On::Value(vec![0])).await, "!= <");
}

async fn values_compare_byte_by_byte(t: Target) {
    t.put("a", [b'a', 0x80]).await;
    let a = t.one("a");
    for (value, expected) in [
        (&[b'a', 0x80][..], "="),
        (&[b'a', 0x7f], "!= >"),
        (&[b'a', 0xff], "!= <"),
        (b"a", "!= >"),
        (&[b'a', 0x80, 0], "!= <"),
        (b"b", "!= <"),
    ] {
        assert_eq!(signs(&t, &a, On::Value(value.into())).await, expected, "{value:?}");
    }
}

async fn an_interval_holds_when_every_key_does(t: Target) {
    t.put("a", "1").await;
    t.put("b", "1").await;
    let last = t.put("c", "2").await;
    assert_eq!(signs(&t, &t.between("a", "c"), On::Value("1".into())).await, "=");
    assert_eq!(signs(&t, &t.between("a", "d"), On::Value("1".into())).await, "");
    assert_eq!(signs(&t, &t.all(), On::Version(Version(1))).await, "=");
    assert_eq!(signs(&t, &t.all(), On::Mod(last.next())).await, "!= <");
    let since = On::Mod(last);
    assert_eq!(signs(&t, &t.all(), since).await, "", "equal for one, less for the others");
}

async fn an_empty_interval_compares_as_a_missing_key(t: Target) {
    assert_eq!(signs(&t, &t.all(), On::Version(Version(0))).await, "=");
    assert_eq!(signs(&t, &t.all(), On::Create(Revision(1))).await, "!= <");
    assert_eq!(signs(&t, &t.all(), On::Value(Vec::new())).await, "");
}

async fn a_lease_compares_as_a_number(t: Target) {
    // Negative IDs are legal and smaller than none.
    let lease = LeaseId(-0x7000_0000_0000_0001);
    t.store.lease_grant(60, lease).await.expect("grant");
    t.put_leased("a", lease).await;
    assert_eq!(signs(&t, &t.one("a"), On::Lease(lease)).await, "=");
    assert_eq!(signs(&t, &t.one("a"), On::Lease(LeaseId::NONE)).await, "!= <");
}
