//! The journal: its list, one write at length, and its faces.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::domain::bulk::Report;
use etcdeck::domain::change::To;
use etcdeck::domain::journal::{Before, JournalId, Written};
use etcdeck::domain::{Entry, LeaseId, Revision, Version};

use super::desk::{Desk, settings};
use super::scene::{fresh, with};
use super::{SMALL, USUAL, at_sizes, snapshot};

const SIZES: [(u16, u16); 3] = [(120, 40), USUAL, SMALL];

fn then(second: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(43_262_123 + second * 1000)
}

fn was(key: &str, value: &str, lease: i64) -> Before {
    Before::Entry(Entry {
        key: key.into(),
        value: value.into(),
        create_revision: Revision(4),
        mod_revision: Revision(1101),
        version: Version(8),
        lease: LeaseId(lease),
    })
}

fn put(value: &str, lease: i64) -> To {
    To::Put { value: value.into(), lease: LeaseId(lease) }
}

fn written(key: &str, before: Before, after: To, revision: i64) -> Written {
    Written { key: key.into(), before, after, revision: Revision(revision) }
}

/// A write, recorded and told.
fn write(desk: &mut Desk, what: &str, undoes: u64, contents: Vec<Written>) {
    let undoes = (undoes > 0).then_some(JournalId(undoes));
    let second = desk.app.journal.newest().map_or(0, |line| line.id.0 * 7);
    let mut recording = desk.journal.begin(what.to_owned(), undoes);
    let line = recording.add(contents, then(second));
    desk.happens(Message::Journaled(line));
}

const OLD: &str = "{\n  \"name\": \"api\",\n  \"replicas\": 3,\n  \"zones\": [\n    \"a\",\n    \"b\"\n  ],\n  \"canary\": true\n}\n";

/// Writes of every kind.
fn busy(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    let jobs = (0..5000).map(|n| {
        let key = format!("/jobs/{n:04}");
        written(&key, was(&key, "done", 0), To::Deleted, 1140 + n / 100)
    });
    write(&mut desk, "delete /jobs/", 0, jobs.collect());
    let new = OLD.replace('3', "4");
    let save = written("/config/app/name", was("/config/app/name", OLD, 0), put(&new, 0), 1203);
    write(&mut desk, "save /config/app/name", 0, vec![save]);
    let attached = "/services/api/i-1";
    let attach = written(attached, was(attached, "x", 0), put("x", 0x694d_8141), 1204);
    write(&mut desk, "attach /services/api/i-1 to lease 694d8141", 0, vec![attach]);
    let mut recording = desk.journal.begin("create /strange/\\x1b[31m/key".to_owned(), None);
    let sent = written("/strange/\x1b[31m/key", Before::Unknown, put("v\x1b[0m", 0), 0);
    let line = recording.add_unknown(vec![sent], then(30));
    desk.happens(Message::Journaled(line));
    let back = (0..4000)
        .map(|n| written(&format!("/jobs/{n:04}"), Before::Absent, put("done", 0), 1205 + n / 100));
    write(&mut desk, "undo write 1", 1, back.collect());
    let report = Report { journal: Some(JournalId(5)), stopped: true, ..Report::default() };
    desk.app.journal.undo_ended(JournalId(1), &report);
    write(
        &mut desk,
        "create /new",
        0,
        vec![written("/new", Before::Absent, put("a\nb\n", 0), 1300)],
    );
    write(
        &mut desk,
        "undo write 6",
        6,
        vec![written("/new", was("/new", "a\nb\n", 0), To::Deleted, 1301)],
    );
    desk.press(":");
    desk.type_text("journal");
    desk.press("enter");
    desk
}

#[test]
fn the_list_of_writes() {
    at_sizes("journal", &SIZES, |size| {
        let mut desk = busy(size);
        desk.press("j j");
        desk
    });
}

#[test]
fn a_write_at_length() {
    at_sizes("journal-record", &SIZES, |size| {
        let mut desk = busy(size);
        desk.press("G k enter");
        desk
    });
    let mut desk = busy(USUAL);
    desk.press("j j j enter");
    snapshot("journal-record-unknown", &mut desk);
    desk.press("esc j enter");
    assert!(desk.screen().contains("hung on lease 694d8141"), "{}", desk.screen());
    desk.press("esc G enter");
    assert!(desk.screen().contains("undone in part by 5"), "{}", desk.screen());
    desk.press("G");
    assert!(desk.screen().contains("… and 4,800 more keys"), "{}", desk.screen());
    desk.press("esc k enter u");
    // The plan takes the place of the record.
    assert!(desk.screen().contains("Undo write 2"), "{}", desk.screen());
}

#[test]
fn the_faces_of_the_journal() {
    let open = |desk: &mut Desk| {
        desk.press(":");
        desk.type_text("journal");
        desk.press("enter");
    };
    let mut desk = fresh(USUAL);
    open(&mut desk);
    snapshot("journal-empty", &mut desk);
    let mut desk = with(Settings { read_only: true, ..settings() }, USUAL);
    open(&mut desk);
    assert!(desk.screen().contains("nothing was written from here; read-only"));
    let mut desk = busy(USUAL);
    desk.press("esc :");
    desk.type_text("read-only on");
    desk.press("enter");
    open(&mut desk);
    snapshot("journal-read-only", &mut desk);
    desk.press("/");
    desk.type_text("no such thing");
    assert!(desk.screen().contains("no write has the filter's text"), "{}", desk.screen());
}
