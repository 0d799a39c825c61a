//! Queues found by shape: who is one, who holds, who is held up.

use etcdeck::domain::lease::LeaseStatus;
use etcdeck::domain::queue::{Coverage, Queue, QueueKind, Queues, member_name, plan, shape};
use etcdeck::domain::{Entry, Key, LeaseId, Revision, Version};

/// A key on a lease, created and written at a revision.
fn entry(key: &str, lease: i64, revision: i64, value: &str) -> Entry {
    Entry {
        key: Key::from(key),
        value: value.as_bytes().to_vec(),
        create_revision: Revision(revision),
        mod_revision: Revision(revision),
        version: Version(1),
        lease: LeaseId(lease),
    }
}

/// The queues of a store that was read whole.
fn whole(entries: &[Entry]) -> Vec<Queue> {
    let mut queues = Queues::new();
    queues.load_prefix(&Key::default(), entries, Revision(100));
    queues.queues()
}

fn leases(queue: &Queue) -> Vec<i64> {
    queue.members.iter().map(|member| member.lease.0).collect()
}

#[test]
fn the_shape_is_a_name_and_a_lease_as_etcd_writes_it() {
    let cases = [
        ("lock/1f", Some(("lock", 0x1f))),
        ("a/b/694d81417acd4a1f", Some(("a/b", 0x694d_8141_7acd_4a1f))),
        ("/1", Some(("", 1))),
        ("a//1", Some(("a/", 1))),
        ("lock/ffffffffffffffff", Some(("lock", -1))),
        ("lock/1F", None),
        ("lock/01", None),
        ("lock/0", None),
        ("lock/", None),
        ("lock/0x1f", None),
        ("lock/-1", None),
        ("lock/+1", None),
        ("lock/11112222333344445", None),
        ("1f", None),
        ("lock/1f/", None),
        ("", None),
    ];
    for (key, expected) in cases {
        let expected = expected.map(|(name, lease)| (Key::from(name), LeaseId(lease)));
        assert_eq!(shape(&Key::from(key)), expected, "{key}");
    }
}

#[test]
fn the_lease_in_the_name_must_be_the_lease_of_the_key() {
    let key = Key::from("lock/1f");
    assert_eq!(member_name(&key, LeaseId(0x1f)), Some(Key::from("lock")));
    assert_eq!(member_name(&key, LeaseId(0x20)), None);
    assert_eq!(member_name(&key, LeaseId::NONE), None);
    assert!(whole(&[entry("lock/1f", 0, 1, ""), entry("lock/20", 0x21, 2, "")]).is_empty());
}

#[test]
fn a_queue_is_in_order_of_creation() {
    let queues = whole(&[
        entry("a/1", 1, 9, ""),
        entry("a/2", 2, 5, ""),
        entry("a/3", 3, 7, ""),
        entry("b/1", 1, 6, "me"),
    ]);
    assert_eq!(queues.len(), 2);
    let (a, b) = (&queues[0], &queues[1]);
    assert_eq!((a.name.to_string().as_str(), leases(a)), ("a", vec![2, 3, 1]));
    assert_eq!(a.holder().map(|holder| holder.since), Some(Revision(5)));
    assert_eq!(a.waiters().iter().map(|w| w.lease.0).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(a.position(LeaseId(1)), Some(2));
    assert_eq!((a.kind, b.kind), (QueueKind::Lock, QueueKind::Election));
    assert_eq!(b.holder().map(|leader| leader.value.as_slice()), Some(&b"me"[..]));
}

#[test]
fn an_older_stranger_holds_the_first_member_up() {
    let queues = whole(&[
        entry("a/1", 1, 5, ""),
        entry("a/2", 2, 6, ""),
        entry("a/readme", 0, 3, "keep out"),
        entry("a/7", 0, 9, ""),
    ]);
    let queue = &queues[0];
    assert_eq!(queue.holder(), None);
    assert_eq!(queue.waiters().len(), 2);
    assert_eq!(queue.blocker().map(|b| b.key.to_string()), Some("a/readme".to_owned()));
    assert_eq!(queue.stranger_count, 2);
}

#[test]
fn a_younger_stranger_does_not() {
    let queues = whole(&[entry("a/1", 1, 5, ""), entry("a/readme", 0, 6, "")]);
    assert_eq!(queues[0].holder().map(|holder| holder.lease), Some(LeaseId(1)));
    assert_eq!(queues[0].blocker(), None);
    assert_eq!(queues[0].stranger_count, 1);
}

#[test]
fn names_that_are_path_prefixes_of_each_other_interfere() {
    let queues = whole(&[
        entry("n/a/1", 1, 4, ""),
        entry("n/2", 2, 5, ""),
        entry("n/a/b/3", 3, 6, ""),
        entry("na/4", 4, 7, ""),
    ]);
    let nested: Vec<_> = queues
        .iter()
        .map(|q| (q.name.to_string(), q.nested_in.as_ref().map(Key::to_string)))
        .collect();
    let name = |text: &str| text.to_owned();
    assert_eq!(
        nested,
        [
            (name("n"), None),
            (name("n/a"), Some(name("n"))),
            (name("n/a/b"), Some(name("n/a"))),
            (name("na"), None),
        ]
    );
    // Whoever holds `n/a` came first, so nobody holds `n`, although its own queue has a first.
    assert_eq!(queues[0].holder(), None);
    assert_eq!(queues[0].blocker().and_then(|b| b.queue.clone()), Some(Key::from("n/a")));
    assert_eq!(queues[1].holder().map(|holder| holder.lease), Some(LeaseId(1)));
}

#[test]
fn a_queue_of_which_only_members_were_read_says_so() {
    let mut queues = Queues::new();
    let members = [entry("a/1", 1, 5, ""), entry("b/1", 1, 6, "")];
    let keys = members.each_ref().map(|member| member.key.clone());
    queues.load_keys(&keys, &members, Revision(10));
    queues.load_prefix(&Key::from("b/"), &members[1..], Revision(10));
    let coverage: Vec<_> = queues.queues().iter().map(|q| q.coverage).collect();
    assert_eq!(coverage, [Coverage::Part, Coverage::Whole]);
}

#[test]
fn the_plan_finds_queues_by_the_keys_of_leases() {
    let status = |id: i64, keys: &[&str]| LeaseStatus {
        id: LeaseId(id),
        ttl: 5,
        granted: 10,
        keys: keys.iter().map(|key| Key::from(*key)).collect(),
    };
    let leases = [
        status(0x1f, &["locks/a/1f", "locks/a/b/1f", "services/web/1"]),
        status(0x20, &["locks/a/20", "locks/c/1f"]),
        status(0x21, &["other/21"]),
        status(0x22, &[]),
    ];
    let found = plan(&leases, &Key::default());
    let text = |keys: &[Key]| keys.iter().map(Key::to_string).collect::<Vec<_>>();
    assert_eq!(text(&found.names), ["locks/a", "locks/a/b", "other"]);
    assert_eq!(text(&found.members), ["locks/a/1f", "locks/a/20", "locks/a/b/1f", "other/21"]);
    assert_eq!(text(&found.prefixes), ["locks/a/", "other/"]);
    let inside = plan(&leases, &Key::from("locks/a/b"));
    assert_eq!(text(&inside.names), ["locks/a/b"]);
    assert!(inside.ranges().all(|range| range.contains(b"locks/a/b/1f")));
}
