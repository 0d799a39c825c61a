//! Floods: what is counted instead of followed, what is dropped, and when it is calm again.

use std::time::{Duration, SystemTime};

use etcdeck::app::effect::WatchId;
use etcdeck::app::follow::Follow;
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::domain::{Entry, Event, EventKind, Key, Revision, Version};

use super::table::{NOW, Table};
use crate::opened::{self, LISTED};

/// Puts of one key, from a revision on, with values of so many bytes.
fn puts(key: &str, from: i64, many: i64, bytes: usize) -> WatchNews {
    let put = |revision| Event {
        kind: EventKind::Put,
        entry: Entry {
            key: Key::from(key),
            value: vec![b'v'; bytes],
            mod_revision: Revision(revision),
            version: Version(revision),
            ..Entry::default()
        },
        previous: None,
    };
    let events = (from..from + many).map(put).collect();
    WatchNews::Events { events, received: SystemTime::UNIX_EPOCH }
}

fn live() -> WatchNews {
    WatchNews::Watching { revision: NOW }
}

#[test]
fn the_tree_counts_a_flood_and_lists_again_after_it() {
    let mut table = Table::holding(&["a", "b"]);
    table.happens(Message::Watch(WatchId::FOLLOW, live()));
    let mut next = NOW.0 + 1;
    for _ in 0..25 {
        let news = puts("a", next, 500, 1);
        table.happens(Message::Watch(WatchId::FOLLOW, news));
        next += 500;
    }
    assert!(table.app.keys.too_fast);
    assert!(table.app.is_flooded());
    table.open.clear();
    // It is looked at although nothing comes any more; then what is in view is listed again.
    for _ in 0..4 {
        table.passes(Duration::from_secs(1));
    }
    assert!(!table.app.keys.too_fast);
    assert!(!table.app.is_flooded());
    table.lists_at(&["a", "b", "c"], Revision(next));
    assert_eq!(table.rows(), ">a b c");
}

#[test]
fn a_few_changes_are_followed_and_nothing_is_looked_at_later() {
    let mut table = Table::holding(&["a", "b"]);
    table.happens(Message::Watch(WatchId::FOLLOW, live()));
    let news = puts("c", NOW.0 + 1, 1, 1);
    table.happens(Message::Watch(WatchId::FOLLOW, news));
    assert_eq!((&table.app.keys.follow, table.rows().as_str()), (&Follow::Live, ">a b c"));
    assert_eq!(table.app.watch_rate(), 0);
}

#[test]
fn a_pause_keeps_within_bounds_whatever_comes_and_counts_the_rest() {
    const BOUND: usize = 16 << 20;
    let mut table = Table::holding(&["a"]);
    table.runs("watch a").happens(Message::Watch(WatchId(1), live()));
    let mut next = NOW.0 + 1;
    let mut come = |table: &mut Table, bytes: usize, many: i64| {
        let news = puts("a", next, many, bytes);
        next += many;
        table.happens(Message::Watch(WatchId(1), news));
    };
    // Small ones: as many as there are lines.
    table.keys("4 space");
    for _ in 0..50 {
        come(&mut table, 10, 500);
    }
    let log = &table.app.watch.log;
    assert_eq!((log.len(), log.waiting(), log.missed()), (0, 10_000, 15_000));
    assert_eq!(table.app.watch.running[0].events, 25_000);
    // Large ones: as many as there is memory for, shown and waiting.
    table.keys("space");
    for paused in [false, true] {
        if paused {
            table.keys("space");
        }
        for _ in 0..40 {
            come(&mut table, 1 << 20, 1);
        }
    }
    let log = &table.app.watch.log;
    assert!(log.bytes() <= 2 * BOUND, "{}", log.bytes());
    assert_eq!((log.len(), log.waiting()), (15, 15));
    let seen = log.len() as u64 + log.waiting() as u64 + log.dropped() + log.missed();
    assert_eq!(seen, 25_000 + 80, "each is there or counted");
}

#[test]
fn a_long_list_is_brought_up_to_date_once_a_frame() {
    let mut table = Table::holding(&["a"]);
    table.happens(Message::Watch(WatchId::FOLLOW, live()));
    opened::open(&mut table.app, 11, 1000);
    let rows = |table: &Table| table.app.keys.tree.rows().len();
    let before = rows(&table);
    let creates = |at: i64| {
        let mut news = puts(&format!("tenant-00003/new-{at}"), LISTED.0 + at, 1, 1);
        if let WatchNews::Events { events, .. } = &mut news {
            events[0].entry.version = Version(1);
        }
        Message::Watch(WatchId::FOLLOW, news)
    };
    for at in 1..=3 {
        table.happens(creates(at));
        assert!(table.redraw);
    }
    assert_eq!(rows(&table), before, "nobody has seen them yet");
    let _ = table.app.before_frame(table.now);
    assert_eq!(rows(&table), before + 3);
    // A key press finds what is there.
    table.happens(creates(4)).keys("G");
    assert_eq!(rows(&table), before + 4);
    // What is filtered is filtered again after a while only.
    table.keys("/ 9 9 9 enter").passes(Duration::from_secs(2));
    assert_eq!(rows(&table), 22);
    let _ = table.app.before_frame(table.now);
    table.happens(creates(999));
    let _ = table.app.before_frame(table.now);
    table.happens(creates(1999));
    let _ = table.app.before_frame(table.now);
    assert_eq!(rows(&table), 23);
    table.passes(Duration::from_secs(1));
    assert_eq!(rows(&table), 24);
}
