//! A tree that does not follow the store: no watch, and read again where it may be old.

use std::time::{Duration, SystemTime};

use etcdeck::app::effect::{Call, Effect};
use etcdeck::app::follow::Follow;
use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::domain::journal::{JournalId, JournalLine, Standing};
use etcdeck::domain::{Key, Revision};

use super::table::{NOW, Table, is_listing};

fn unfollowed(keys: &[&str]) -> Table {
    Table::set(&Settings { follow: false, ..Settings::default() }, keys)
}

/// The prefixes of the levels that are asked for now.
fn asked(table: &Table) -> Vec<String> {
    let listings = table.open.iter().filter(|open| is_listing(&open.call));
    let prefix = |call: &Call| match call {
        Call::Range(request) => request.range.start().to_string(),
        _ => unreachable!("it is a listing"),
    };
    listings.map(|open| prefix(&open.call)).collect()
}

fn written(key: &str, revision: i64) -> Message {
    Message::Journaled(JournalLine {
        id: JournalId(1),
        time: SystemTime::UNIX_EPOCH,
        what: format!("put {key}"),
        keys: 1,
        first: Some(Key::from(key)),
        revisions: (Revision(revision), Revision(revision)),
        standing: Standing::Done,
        undoes: None,
    })
}

#[test]
fn no_watch_is_begun_and_reload_reads_again() {
    let mut table = unfollowed(&["a/b", "k"]);
    assert!(!table.effects.iter().any(|effect| matches!(effect, Effect::Watch { .. })));
    assert_eq!((&table.app.keys.follow, table.rows().as_str()), (&Follow::Off, ">a/ k"));
    table.passes(Duration::from_secs(1));
    table.open.clear();
    table.keys("R");
    table.lists_at(&["a/b", "a/c", "k", "new"], Revision(120));
    assert_eq!(table.rows(), ">a/ k new");
    assert!(!table.effects.iter().any(|effect| matches!(effect, Effect::Watch { .. })));
    // What was counted before is counted again.
    let dir = table.app.keys.selected_row().and_then(|row| table.app.keys.tree.dir(row.node()));
    assert_eq!(dir.expect("a directory").count, Some(2));
}

#[test]
fn a_directory_is_read_whenever_it_is_opened() {
    let mut table = unfollowed(&["a/b"]);
    table.keys("l").lists(&["a/b"]);
    assert_eq!(table.rows(), ">a/ b");
    table.keys("h").open.clear();
    table.keys("l");
    assert_eq!(asked(&table), ["a/"]);
    table.lists_at(&["a/b", "a/c"], Revision(120));
    assert_eq!(table.rows(), ">a/ b c");
    // One that follows knows.
    let mut table = Table::holding(&["a/b"]);
    table.keys("l").lists(&["a/b"]).keys("h").open.clear();
    table.keys("l");
    assert_eq!(asked(&table), Vec::<String>::new());
}

#[test]
fn what_was_written_here_is_read_again() {
    let mut table = unfollowed(&["a/b", "k"]);
    table.keys("l").lists(&["a/b"]).open.clear();
    table.happens(written("a/c", NOW.0 + 5));
    assert_eq!(asked(&table), ["a/"]);
    table.lists_at(&["a/b", "a/c"], Revision(NOW.0 + 5));
    assert_eq!(table.rows(), ">a/ b c k");
    // Many keys may be anywhere.
    table.open.clear();
    let Message::Journaled(line) = written("a/d", NOW.0 + 6) else { unreachable!("it is") };
    table.happens(Message::Journaled(JournalLine { keys: 2, ..line }));
    let mut levels = asked(&table);
    levels.sort();
    assert_eq!(levels.len(), 2, "{levels:?}");
    let mut followed = Table::holding(&["a/b", "k"]);
    followed.open.clear();
    followed.happens(written("k", NOW.0 + 5));
    assert_eq!(asked(&followed), Vec::<String>::new());
}
