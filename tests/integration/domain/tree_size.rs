//! What a tree with very many rows takes: memory for each, and time for what changes.

use std::fs;
use std::time::{Duration, Instant};

use etcdeck::domain::tree::{NodeId, Tree};
use etcdeck::domain::{Entry, Event, EventKind, Key, Revision, Version};

use crate::opened::{self, LISTED};

const DIRS: usize = 200;
const KEYS: usize = 1000;
const ROWS: usize = DIRS * (KEYS + 1);

/// CPU time of this thread so far: the machine may be busy with other tests.
fn spent() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").expect("a kernel that tells");
    let nanoseconds = told.split_whitespace().next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number of nanoseconds"))
}

/// The CPU time of the fastest of some runs.
fn fastest(mut run: impl FnMut()) -> Duration {
    let one = |_| {
        let before = spent();
        run();
        spent().saturating_sub(before)
    };
    (0..5).map(one).min().expect("some runs")
}

fn moment() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn opened_tree() -> Tree {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    opened::grow(&mut tree, DIRS, KEYS);
    tree.refresh_rows();
    assert_eq!(tree.rows().len(), ROWS);
    tree
}

fn change(revision: i64, key: &str, version: i64) -> Event {
    let kind = if version == 0 { EventKind::Delete } else { EventKind::Put };
    let entry = Entry {
        key: Key::from(key),
        mod_revision: Revision(LISTED.0 + revision),
        version: Version(version),
        ..Entry::default()
    };
    Event { kind, entry, previous: None }
}

#[test]
fn an_opened_key_takes_less_than_a_hundred_bytes() {
    let tree = opened_tree();
    let each = tree.memory() / ROWS;
    assert!(each <= 100, "{each} bytes");
    // Keys that come and go leave nothing behind.
    let mut tree = tree;
    let before = tree.memory();
    for round in 0..20 {
        for at in 0..500 {
            let key = format!("tenant-00007/api-server-{at:06}-new-{}", round * 1000 + at);
            let _ = tree.apply(&change(round * 1000 + at * 2 + 1, &key, 1), moment());
            let _ = tree.apply(&change(round * 1000 + at * 2 + 2, &key, 0), moment());
        }
    }
    tree.refresh_rows();
    assert_eq!(tree.rows().len(), ROWS);
    let grown = tree.memory().saturating_sub(before);
    assert!(grown < 200 << 10, "{grown} bytes");
}

#[test]
fn one_changed_level_costs_far_less_than_all() {
    let mut tree = opened_tree();
    let all = fastest(|| {
        tree.follow_from(Revision::NONE); // marks all rows
        tree.refresh_rows();
    });
    let mut revision = 0;
    let one = fastest(|| {
        revision += 1;
        let key = format!("tenant-00100/new-{revision}");
        let _ = tree.apply(&change(revision, &key, 1), moment());
        tree.refresh_rows();
    });
    assert!(one * 10 < all, "{one:?} for one, {all:?} for all");
    // Opening and closing is such a change.
    let dir = tree.children(NodeId::ROOT).nth(100).expect("a directory");
    let toggled = fastest(|| {
        tree.toggle(dir);
        tree.refresh_rows();
    });
    assert!(toggled * 10 < all, "{toggled:?} for one, {all:?} for all");
    // Nothing is gone through to find a row.
    let last = tree.rows()[ROWS / 2].kind;
    let found = fastest(|| assert!(tree.position(last).is_some()));
    assert!(found * 100 < all, "{found:?} for one, {all:?} for all");
}

#[test]
fn a_filter_of_many_rows_goes_through_them_in_steps() {
    let mut tree = opened_tree();
    let before = tree.rows().to_vec();
    tree.set_filter(Some("000999-7D".to_owned()));
    let mut steps = 0;
    while tree.rows_are_stale() {
        assert_eq!(tree.rows(), before, "what was there is shown until it is through");
        tree.refresh_rows();
        steps += 1;
    }
    assert!(steps > 10, "{steps}");
    assert_eq!(tree.rows().len(), 2 * DIRS, "one key in each directory");
    // A change meanwhile is there in the end.
    tree.set_filter(Some("000999-7d".to_owned()));
    tree.refresh_rows();
    let _ = tree.apply(&change(1, "tenant-00000/aaa-000999-7d", 1), moment());
    while tree.rows_are_stale() {
        tree.refresh_rows();
    }
    assert_eq!(tree.rows().len(), 2 * DIRS + 1);
    tree.set_filter(None);
    assert!(!tree.rows_are_stale());
    assert_eq!(tree.rows().len(), ROWS + 1);
}
