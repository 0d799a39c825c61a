//! The audit trail, and what keeps it from being written.

use std::sync::mpsc;

use etcdeck::domain::journal::Before;
use etcdeck::journal::{Journal, Trail};

use super::{put, record, written};

fn trail(path: &std::path::Path) -> Trail {
    Trail::new(path, || Some("root".to_owned()), || "http://one:2379".to_owned())
}

fn write(journal: &Journal) {
    record(journal, None, vec![written("/a", Before::Absent, put("v"), 7)]);
}

#[test]
fn each_transaction_is_a_line_as_soon_as_it_was_recorded() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("journal.jsonl");
    let journal = Journal::default();
    journal.keep_trail(trail(&path));
    let (sender, told) = mpsc::channel();
    journal.on_trouble(move |trouble| sender.send(trouble).expect("it is open"));
    for lines in 1..=3 {
        write(&journal);
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(text.lines().count(), lines);
    }
    let text = std::fs::read_to_string(&path).expect("it is there");
    let last: serde_json::Value =
        serde_json::from_str(text.lines().last().expect("3 lines")).expect("JSON");
    assert_eq!((last["write"].as_i64(), last["user"].as_str()), (Some(3), Some("root")));
    assert_eq!(last["keys"][0]["key"].as_str(), Some("/a"));
    assert!(told.try_recv().is_err());
}

#[test]
fn a_file_that_cannot_be_written_is_told_once_and_tried_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let in_the_way = dir.path().join("folder");
    std::fs::write(&in_the_way, "a file").expect("written");
    let path = in_the_way.join("journal.jsonl");
    let journal = Journal::default();
    journal.keep_trail(trail(&path));
    let (sender, told) = mpsc::channel();
    // What was found out before anybody listened is told as well.
    journal.on_trouble(move |trouble| sender.send(trouble).expect("it is open"));
    let first = told.try_recv().expect("told at once");
    assert!(first.contains("journal.jsonl cannot be written: "), "{first}");
    write(&journal);
    write(&journal);
    assert!(told.try_recv().is_err(), "the same is told once");
    std::fs::remove_file(&in_the_way).expect("removed");
    write(&journal);
    assert_eq!(std::fs::read_to_string(&path).expect("it is there").lines().count(), 1);
    assert!(told.try_recv().is_err());
}
