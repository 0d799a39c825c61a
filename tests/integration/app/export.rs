//! An export: begun in every mode, one at a time, followed, hidden, stopped, ended.

use std::path::PathBuf;

use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::Effect;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::Message;
use etcdeck::domain::bulk::{Exported, Exporting, PlanRequest};
use etcdeck::domain::{Key, Revision};

use super::table::{NOW, Table};

fn begun(prefix: &str) -> Effect {
    let (path, prefix) = (PathBuf::from("out.jsonl"), Key::from(prefix));
    Effect::Export { id: JobId(1), path, prefix, revision: Revision::NONE }
}

fn exporting() -> Table {
    let mut table = Table::holding(&["dir/a", "x"]);
    table.runs("export out.jsonl dir/");
    assert_eq!(table.effects.last(), Some(&begun("dir/")));
    table
}

fn shown(table: &Table) -> bool {
    table.app.dialogs.iter().any(|dialog| matches!(dialog, Dialog::Exporting))
}

fn told(table: &mut Table, id: u32, news: JobNews) {
    table.happens(Message::Job(JobId(id), news));
}

fn done() -> JobNews {
    JobNews::Exported(Exported { revision: NOW, keys: 1, leased: 1, bytes: 300 })
}

#[test]
fn it_is_followed_hidden_shown_again_and_told() {
    let mut table = exporting();
    assert!(shown(&table));
    let half = Exporting { keys: 1, total: 2, bytes: 100 };
    told(&mut table, 1, JobNews::Exporting(half));
    assert_eq!(table.app.export.as_ref().map(|export| export.progress), Some(half));
    table.keys("B");
    assert!(!shown(&table) && table.app.export.is_some());
    table.keys("B");
    assert!(shown(&table), "the key of work in the background shows it again");
    told(&mut table, 1, done());
    assert!(!shown(&table) && table.app.export.is_none());
    let said = format!("1 key of dir/ at revision {NOW}, 1 of them on leases, in out.jsonl");
    assert_eq!(table.notice(), said);
}

#[test]
fn it_is_stopped_and_late_news_are_nobodys() {
    let mut table = exporting();
    table.keys("esc");
    assert_eq!(table.effects.last(), Some(&Effect::Stop(JobId(1))));
    assert!(!shown(&table) && table.app.export.is_none());
    assert_eq!(table.notice(), "stopped; out.jsonl was not written");
    told(&mut table, 1, done());
    assert_eq!(table.notice(), "stopped; out.jsonl was not written");
    // The next one has another number.
    table.runs("export out.jsonl");
    let last = table.effects.last();
    assert!(matches!(last, Some(Effect::Export { id: JobId(2), .. })), "{last:?}");
}

#[test]
fn there_is_one_at_a_time_and_it_does_not_stand_in_the_way_of_a_plan() {
    let mut table = exporting();
    table.keys("B").runs("export other.jsonl");
    assert_eq!(table.notice(), "one at a time: export dir/ to out.jsonl is not over yet");
    table.runs("import in.jsonl");
    let planned = Effect::Plan(JobId(2), PlanRequest::Import("in.jsonl".into()));
    assert_eq!(table.effects.last(), Some(&planned));
    told(&mut table, 2, JobNews::Failed("line 1: the file is empty".to_owned()));
    assert!(table.app.export.is_some(), "the news of another job are not its own");
    told(&mut table, 1, JobNews::Failed("disk full".to_owned()));
    let Some(Dialog::Text { title, lines, .. }) = table.app.dialogs.last() else {
        panic!("{:?}", table.app.dialogs)
    };
    assert_eq!(title, "Not exported");
    assert_eq!(lines, &["export dir/ to out.jsonl:", "disk full", "No file was written."]);
}

#[test]
fn read_only_forbids_the_import_alone() {
    let mut table = Table::holding(&["dir/a"]);
    table.runs("read-only on").runs("import in.jsonl");
    assert!(!table.effects.iter().any(|effect| matches!(effect, Effect::Plan(..))));
    table.runs("export out.jsonl");
    assert_eq!(table.effects.last(), Some(&begun("")));
}

#[test]
fn quitting_asks_while_it_goes_on() {
    let mut table = exporting();
    table.keys("B q");
    assert!(matches!(table.app.dialogs.last(), Some(Dialog::Confirm(_))));
    table.keys("n").keys("q y");
    assert!(table.effects.ends_with(&[Effect::Stop(JobId(1)), Effect::Quit]));
    let mut table = exporting();
    table.keys("ctrl-c");
    assert!(!table.effects.contains(&Effect::Quit));
    table.keys("ctrl-c");
    assert_eq!(table.effects.last(), Some(&Effect::Quit));
}
