//! Watches: resumption, gaps and refusals, of the tree's own watch and of those in the pane.

use std::time::SystemTime;

use etcdeck::app::connection::Connection;
use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::{Effect, WatchId};
use etcdeck::app::follow::Follow;
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::watch::Watching;
use etcdeck::domain::watch::{Fault, FaultKind, Found, FoundKind, Gone, Listed, LogLine, Replaced};
use etcdeck::domain::{Key, KeyRange, Revision};

use super::table::{NOW, Table, denied, down};

const TREE: WatchId = WatchId::FOLLOW;

fn lost() -> WatchNews {
    WatchNews::Lost { error: down() }
}

fn gap(from: i64, to: i64) -> WatchNews {
    let received = SystemTime::UNIX_EPOCH;
    WatchNews::Gap { from: Revision(from), to: Revision(to), received }
}

#[test]
fn the_tree_follows_from_the_revision_it_was_listed_at() {
    let table = Table::holding(&["a"]);
    let watch = Effect::Watch { id: TREE, range: KeyRange::all(), from: NOW.next() };
    assert!(table.effects.contains(&watch), "{:?}", table.effects);
}

#[test]
fn a_watch_that_breaks_is_said_and_looked_into() {
    let mut table = Table::holding(&["a"]);
    table.happens(Message::Watch(TREE, WatchNews::Watching { revision: NOW }));
    table.effects.clear();
    let news = lost();
    table.happens(Message::Watch(TREE, news));
    assert_eq!(table.app.keys.follow, Follow::Lost);
    assert!(matches!(table.app.connection.now, Connection::Lost { retry_at: None, .. }));
    assert_eq!(table.effects, [Effect::Probe]);
    // A second watch that breaks with it asks for nothing more.
    let news = lost();
    table.happens(Message::Watch(TREE, news));
    assert_eq!(table.effects, [Effect::Probe]);
    table.online().happens(Message::Watch(TREE, WatchNews::Watching { revision: Revision(120) }));
    assert_eq!((&table.app.keys.follow, table.app.newest), (&Follow::Live, Revision(120)));
}

#[test]
fn a_gap_in_the_tree_lists_what_is_in_view_again() {
    let mut table = Table::holding(&["a", "b"]);
    table.keys("j").open.clear();
    table.happens(Message::Watch(TREE, gap(91, 95)));
    assert!(table.notice().contains("revisions 91 to 95 were compacted"));
    table.lists(&["a", "b", "c"]);
    assert_eq!(table.rows(), "a >b c");
}

#[test]
fn a_refusal_is_told_and_ends_the_watch() {
    let mut table = Table::holding(&["a"]);
    table.happens(Message::Watch(TREE, WatchNews::Refused(denied())));
    assert_eq!(table.app.keys.follow, Follow::Refused(denied()));
    assert!(table.notice().contains("the tree does not follow changes"));

    table.runs("watch a").happens(Message::Watch(WatchId(1), WatchNews::Refused(denied())));
    assert_eq!(table.app.watch.running[0].state, Watching::Refused(denied()));
    table.effects.clear();
    table.keys("4 R");
    assert_eq!(
        table.effects,
        [Effect::Probe],
        "what was refused is asked for at once, where it was"
    );
    // Rights were granted.
    table.happens(Message::Watch(WatchId(1), WatchNews::Watching { revision: NOW }));
    table.happens(Message::Watch(TREE, WatchNews::Watching { revision: NOW }));
    assert_eq!(table.app.watch.running[0].state, Watching::Live);
    assert_eq!(table.app.keys.follow, Follow::Live);
}

#[test]
fn faults_gaps_and_what_a_listing_found_are_lines_and_numbers() {
    let mut table = Table::holding(&["a"]);
    table.runs("watch a");
    let received = SystemTime::UNIX_EPOCH;
    let fault =
        Fault { kind: FaultKind::Repeated, revision: Revision(90), key: Key::from("a"), others: 0 };
    table.happens(Message::Watch(WatchId(1), WatchNews::Fault { fault, received }));
    table.happens(Message::Watch(WatchId(1), gap(91, 95)));
    assert_eq!(table.app.watch.running[0].state, Watching::Listing);
    let found =
        vec![Found { kind: FoundKind::Gone, key: Key::from("a"), revision: Revision::NONE }];
    let (at, since, gone) = (Revision(96), Revision(90), Gone::Named(1));
    let listed = Listed { at, since, gone, is_compared: true, ..Listed::default() };
    table.happens(Message::Watch(WatchId(1), WatchNews::Found { found, listed, received }));
    let running = &table.app.watch.running[0];
    assert_eq!((running.faults, running.gaps, running.last), (1, 1, Revision(96)));
    let lines: Vec<String> = table.app.watch.log.all().filter_map(LogLine::sentence).collect();
    assert_eq!(
        lines,
        [
            "fault: revision 90 of a came again, not shown twice",
            "revisions 91 to 95 were compacted, not shown",
            "listed at revision 96, not events: 0 put, 0 changed, 1 gone since revision 90",
            "found gone by a listing, no event: a",
        ]
    );
    // At length on a narrow screen.
    table.keys("4 enter");
    assert!(matches!(table.app.dialogs.last(), Some(Dialog::Text { .. })));
}

#[test]
fn another_store_is_told_and_the_tree_begins_anew() {
    let mut table = Table::holding(&["a", "b"]);
    table.keys("j").open.clear();
    table.effects.clear();
    let replaced = Replaced { told: NOW, now: Revision(7), other_cluster: false };
    let received = SystemTime::UNIX_EPOCH;
    table.happens(Message::Watch(TREE, WatchNews::Replaced { replaced, received }));
    assert_eq!(table.app.newest, Revision(7));
    assert!(table.notice().contains("went back from revision 100 to 7"), "{}", table.notice());
    assert!(table.effects.contains(&Effect::Unwatch(TREE)));
    table.lists(&["b", "c"]);
    assert_eq!(table.rows(), ">b c", "what was selected is found again");
    assert!(table.effects.iter().any(|effect| matches!(effect, Effect::Watch { id: TREE, .. })));
}

#[test]
fn a_tree_that_took_events_late_lists_again() {
    let mut table = Table::holding(&["a"]);
    table.open.clear();
    let fault =
        Fault { kind: FaultKind::Late, revision: Revision(90), key: Key::from("a"), others: 0 };
    let received = SystemTime::UNIX_EPOCH;
    table.happens(Message::Watch(TREE, WatchNews::Fault { fault, received }));
    assert!(table.notice().contains("came after later ones"), "{}", table.notice());
    table.lists(&["a", "b"]);
    assert_eq!(table.rows(), ">a b");
}

#[test]
fn a_watch_that_was_stopped_tells_nothing_more() {
    let mut table = Table::holding(&["a"]);
    table.keys("w");
    table.happens(Message::Watch(WatchId(1), gap(1, 2)));
    assert_eq!(table.app.watch.log.len(), 1);
    table.keys("w");
    assert!(table.effects.contains(&Effect::Unwatch(WatchId(1))));
    table.happens(Message::Watch(WatchId(1), gap(3, 4)));
    assert_eq!(table.app.watch.log.len(), 1);
    // Its number is not used again.
    table.keys("w");
    assert_eq!(table.app.watch.running[0].id, WatchId(2));
}
