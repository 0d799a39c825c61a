//! Watches: resumption, gaps and refusals, of the tree's own watch and of those in the pane.

use std::time::{Duration, SystemTime};

use etcdeck::app::connection::Connection;
use etcdeck::app::effect::{Effect, WatchId};
use etcdeck::app::follow::Follow;
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::watch::Watching;
use etcdeck::domain::{KeyRange, Revision};

use super::table::{NOW, Table, denied, down};

const TREE: WatchId = WatchId::FOLLOW;

fn lost(table: &Table) -> WatchNews {
    WatchNews::Lost { error: down(), retry_at: table.now + Duration::from_secs(1) }
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
    let news = lost(&table);
    table.happens(Message::Watch(TREE, news));
    assert_eq!(table.app.keys.follow, Follow::Lost);
    assert!(matches!(table.app.connection.now, Connection::Lost { retry_at: None, .. }));
    assert_eq!(table.effects, [Effect::Probe]);
    // A second watch that breaks with it asks for nothing more.
    let news = lost(&table);
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
    let range = KeyRange::single("a");
    assert_eq!(
        table.effects,
        [Effect::Watch { id: WatchId(1), range, from: Revision::NONE }],
        "what was refused is tried again when asked"
    );
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
