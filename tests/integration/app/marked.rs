//! Marks: by key, bounded, and what the next work on many keys is about.

use etcdeck::app::effect::Effect;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::Message;
use etcdeck::domain::bulk::{PlanRequest, Rename, Survey};
use etcdeck::domain::{EventKind, KeyRange};

use super::table::{NOW, Table};

/// `dir/` and `k2` marked, in a table of two more.
fn marked() -> Table {
    let mut table = Table::holding(&["dir/a", "k1", "k2", "k3"]);
    table.keys("space j j space k");
    assert_eq!(table.rows(), "dir/ >k1 k2 k3");
    table
}

#[test]
fn marks_are_set_taken_away_and_dropped() {
    let mut table = marked();
    assert_eq!(table.app.marked_ranges(), [KeyRange::prefix("dir/"), KeyRange::single("k2")]);
    table.keys("g space");
    assert_eq!(table.app.marked_ranges(), [KeyRange::single("k2")]);
    // In another pane Esc is not about them.
    table.keys("2 esc 1");
    assert_eq!(table.app.keys.marked.len(), 1);
    table.keys("space esc");
    assert!(table.app.keys.marked.is_empty());
    assert_eq!(table.notice(), "2 marks dropped");
}

#[test]
fn marks_stay_with_their_keys() {
    let mut table = marked();
    table.others(101, "k0", EventKind::Put).others(102, "k1", EventKind::Delete);
    assert_eq!(table.app.marked_ranges(), [KeyRange::prefix("dir/"), KeyRange::single("k2")]);
    table.keys("R").lists(&["dir/a", "j", "k2"]);
    assert_eq!(table.app.marked_ranges(), [KeyRange::prefix("dir/"), KeyRange::single("k2")]);
}

#[test]
fn a_filter_is_dropped_before_the_marks() {
    let mut table = marked();
    table.keys("/ k enter esc");
    assert_eq!(table.app.keys.marked.len(), 2);
}

#[test]
fn what_is_marked_is_deleted_and_then_no_longer_marked() {
    let mut table = marked();
    table.keys("d");
    let ranges = vec![KeyRange::prefix("dir/"), KeyRange::single("k2")];
    assert_eq!(table.effects.last(), Some(&Effect::Plan(JobId(1), PlanRequest::Delete(ranges))));
    table.keys("esc");
    assert_eq!(table.app.keys.marked.len(), 2, "nothing came of it");
    table.keys("g G space d");
    let survey = Survey { revision: NOW, deletes: 3, ..Survey::default() };
    table.happens(Message::Job(JobId(2), JobNews::Planned(Box::new(survey)))).keys("y");
    assert_eq!(table.effects.last(), Some(&Effect::Apply(JobId(2))));
    assert!(table.app.keys.marked.is_empty());
}

#[test]
fn what_is_marked_moves_into_a_prefix_under_its_own_names() {
    let mut table = marked();
    table.keys("m ctrl-u n e w");
    table.keys("enter");
    assert_eq!(table.app.jobs.now, None, "a prefix ends in the delimiter");
    table.keys("/ enter");
    let names = vec![
        Rename { from: "dir/".into(), to: "new/dir/".into(), prefix: true },
        Rename { from: "k2".into(), to: "new/k2".into(), prefix: false },
    ];
    let request = PlanRequest::Transfer { names, keep: false };
    assert_eq!(table.effects.last(), Some(&Effect::Plan(JobId(1), request)));
}

#[test]
fn read_only_marks_nothing() {
    let mut table = Table::holding(&["k"]);
    table.runs("read-only on").keys("space m c");
    assert!(table.app.keys.marked.is_empty() && table.app.dialogs.is_empty());
    assert!(table.notice().contains("read-only"), "{}", table.notice());
}
