//! Moving and copying: which names are asked for, and which are refused.

use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::Effect;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::Message;
use etcdeck::domain::bulk::{Left, PlanRequest, Rename, Report, Survey, Why};
use etcdeck::domain::{EventKind, Revision};

use super::table::{NOW, Table};

/// The renames that are asked for, and whether the old names stay.
fn asked(table: &Table) -> Option<(Vec<Rename>, bool)> {
    table.effects.iter().rev().find_map(|effect| match effect {
        Effect::Plan(_, PlanRequest::Transfer { names, keep }) => Some((names.clone(), *keep)),
        _ => None,
    })
}

fn rename(from: &str, to: &str, prefix: bool) -> Vec<Rename> {
    vec![Rename { from: from.into(), to: to.into(), prefix }]
}

#[test]
fn the_new_name_is_typed_over_the_old_one() {
    // the row, what is pressed, what is asked for
    let cases = [
        ("G", "m 2 enter", Some((rename("k", "k2", false), false))),
        ("G", "c 2 enter", Some((rename("k", "k2", false), true))),
        ("G", "c ctrl-u d / enter", Some((rename("k", "d/k", false), true))),
        ("g", "m ctrl-u n / enter", Some((rename("dir/", "n/", true), false))),
        ("g", "m esc", None),
        // As it is called already; a directory that does not end as one; one that goes into itself.
        ("G", "m enter", None),
        ("g", "m backspace x enter", None),
        ("g", "m x / enter", None),
        ("G", "m \\ q enter", None),
    ];
    for (row, keys, expected) in cases {
        let mut table = Table::holding(&["dir/a", "k"]);
        table.keys(row).keys(keys);
        assert_eq!(asked(&table), expected, "{row} {keys}");
        let keeps = matches!(table.app.dialogs.last(), Some(Dialog::Prompt(_)));
        assert_eq!(keeps, expected.is_none() && keys != "m esc", "{row} {keys}");
    }
}

#[test]
fn commands_name_both() {
    let cases = [
        ("move k k2", Some((rename("k", "k2", false), false))),
        ("copy k k2", Some((rename("k", "k2", false), true))),
        ("move dir/ e/", Some((rename("dir/", "e/", true), false))),
        // Known as a directory, and as nothing else.
        ("move dir e", Some((rename("dir/", "e/", true), false))),
        ("move both other", Some((rename("both", "other", false), false))),
        ("move unknown other", Some((rename("unknown", "other", false), false))),
        ("copy k dir/", Some((rename("k", "dir/k", false), true))),
        ("move dir/ dir/sub/", None),
        ("move dir/ e", None),
        ("move k k", None),
    ];
    for (command, expected) in cases {
        let mut table = Table::holding(&["both", "both/x", "dir/a", "k"]);
        table.runs(command);
        assert_eq!(asked(&table), expected, "{command}");
        assert_eq!(table.notice().is_empty(), expected.is_some(), "{command}");
    }
}

#[test]
fn two_keys_never_get_one_name() {
    let mut table = Table::holding(&["a/k", "b/k"]);
    table.keys("l").lists(&["a/k"]).keys("j space j l").lists(&["b/k"]).keys("j space");
    assert_eq!(table.app.keys.marked.len(), 2, "{}", table.rows());
    table.keys("c ctrl-u n / enter");
    assert_eq!(asked(&table), None);
    let Some(Dialog::Prompt(prompt)) = table.app.dialogs.last() else { panic!("no prompt") };
    let error = prompt.error.as_deref().unwrap_or_default();
    assert!(error.contains("a/k and b/k would both be called n/k"), "{error}");
}

/// `k` is moved to `z` with the selection on it, and the report has come.
fn moved(report: Report) -> Table {
    let mut table = Table::holding(&["a", "k", "m"]);
    table.keys("j m backspace z enter");
    let survey = Survey { revision: NOW, moves: 1, ..Survey::default() };
    table.happens(Message::Job(JobId(1), JobNews::Planned(Box::new(survey)))).keys("y");
    table.happens(Message::Job(JobId(1), JobNews::Finished(Box::new(report))));
    table
}

#[test]
fn the_selection_follows_the_key() {
    let revisions = Some((Revision(101), Revision(101)));
    let mut table = moved(Report { done: 1, total: 1, revisions, ..Report::default() });
    // The tree learns of it afterwards, one event after the other.
    assert_eq!(table.rows(), "a >k m");
    table.others(101, "z", EventKind::Put).others(101, "k", EventKind::Delete);
    assert_eq!(table.rows(), "a m >z");
}

#[test]
fn the_selection_stays_where_the_key_was_left() {
    let left = vec![Left { key: "k".into(), why: Why::Changed }];
    let mut table = moved(Report { total: 1, left, left_count: 1, ..Report::default() });
    table.others(101, "k", EventKind::Put).keys("esc");
    assert_eq!(table.rows(), "a >k m");
    assert_eq!(table.notice(), "");
}
