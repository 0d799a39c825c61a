//! The selection stays on its key when rows come and go.

use etcdeck::domain::EventKind;
use etcdeck::domain::EventKind::{Delete, Put};

use super::table::Table;

/// What somebody else does to a key.
type Other = (EventKind, &'static str);

#[test]
fn the_selection_stays_on_its_key() {
    // what is pressed first, what others do, the rows afterwards
    let cases: [(&str, &[Other], &str); 10] = [
        ("j", &[(Put, "a")], "a b >d f"),
        ("j", &[(Put, "e")], "b >d e f"),
        ("j", &[(Put, "a"), (Put, "c"), (Put, "g")], "a b c >d f g"),
        ("j", &[(Delete, "b")], ">d f"),
        ("j", &[(Delete, "f")], "b >d"),
        ("j", &[(Delete, "d")], "b >f"),
        ("G", &[(Delete, "f")], "b >d"),
        ("j", &[(Delete, "b"), (Delete, "d"), (Delete, "f")], ">empty"),
        ("j", &[(Put, "c/x"), (Put, "d/x")], "b c/ >d d/ f"),
        // Gone and there again: another row, and the selection went to the next when it was gone.
        ("j", &[(Delete, "d"), (Put, "d")], "b d >f"),
    ];
    for (keys, events, rows) in cases {
        let mut table = Table::holding(&["b", "d", "f"]);
        table.keys(keys);
        for (revision, (kind, key)) in (101..).zip(events) {
            table.others(revision, key, *kind);
        }
        assert_eq!(table.rows(), rows, "{keys} {events:?}");
    }
}

#[test]
fn the_selection_survives_a_filter_and_a_new_listing() {
    let mut table = Table::holding(&["apple", "banana", "cherry"]);
    table.keys("j / n enter");
    assert_eq!(table.rows(), ">banana");
    table.keys("esc");
    assert_eq!(table.rows(), "apple >banana cherry");
    table.keys("R").lists(&["aardvark", "apple", "banana", "cherry"]);
    assert_eq!(table.rows(), "aardvark apple >banana cherry");
    table.keys("R").lists(&["aardvark", "cherry"]);
    assert_eq!(table.rows(), "aardvark >cherry");
}

#[test]
fn a_closed_directory_keeps_what_is_known_of_it() {
    let mut table = Table::holding(&["dir/a", "dir/b", "x"]);
    table.keys("l").lists(&["dir/a", "dir/b"]);
    assert_eq!(table.rows(), ">dir/ a b x");
    table.keys("j h");
    assert_eq!(table.rows(), ">dir/ a b x");
    table.keys("h").others(101, "dir/c", Put);
    assert_eq!(table.rows(), ">dir/ x");
    table.open.clear();
    table.keys("l");
    assert_eq!(table.rows(), ">dir/ a b c x");
    assert!(table.open.is_empty(), "listed again though it is followed: {:?}", table.open);
}

#[test]
fn who_waits_on_the_loading_row_stands_on_the_first_that_comes() {
    let mut table = Table::holding(&["dir/a", "dir/b", "x"]);
    table.keys("l j");
    assert_eq!(table.rows(), "dir/ >loading x");
    table.lists(&["dir/a", "dir/b"]);
    assert_eq!(table.rows(), "dir/ >a b x");
}

/// Rows of a tree this size are brought up to date with the next frame, not with each event.
#[test]
fn the_selection_goes_on_to_the_next_of_many_rows() {
    let keys: Vec<String> = (0..10_500).map(|n| format!("k{n:05}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut table = Table::holding(&keys);
    table.keys("j j j").others(101, "k00003", Delete).others(102, "k00007", Put);
    let update = table.app.before_frame(table.now);
    table.take(update);
    let selected = table.app.keys.selected_key().map(|(key, _)| key.to_string());
    assert_eq!((selected.as_deref(), table.app.keys.tree.rows().len()), (Some("k00004"), 10_499));
}
