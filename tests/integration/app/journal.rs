//! The journal on the screen: which write `u` takes back, and what is said when it takes back none.

use std::time::SystemTime;

use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::Effect;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::journal::{Journal, LINES, Undoable};
use etcdeck::app::message::Message;
use etcdeck::app::view::View;
use etcdeck::domain::Revision;
use etcdeck::domain::bulk::{PlanRequest, Report, Survey};
use etcdeck::domain::change::To;
use etcdeck::domain::journal::{Before, JournalId, JournalLine, Standing, Written};

use super::table::{Table, entry};

/// A write of one key; `undoes` 0 for none.
fn line(id: u64, undoes: u64) -> JournalLine {
    JournalLine {
        id: JournalId(id),
        time: SystemTime::UNIX_EPOCH,
        what: format!("save /key/{id}"),
        keys: 1,
        first: Some(format!("/key/{id}").as_str().into()),
        revisions: (Revision(100 + id as i64), Revision(100 + id as i64)),
        standing: Standing::Done,
        undoes: (undoes > 0).then_some(JournalId(undoes)),
    }
}

fn of(lines: impl IntoIterator<Item = JournalLine>) -> Journal {
    let mut journal = Journal::default();
    lines.into_iter().for_each(|line| journal.record(line));
    journal
}

fn report(error: Option<&str>) -> Report {
    let journal = Some(JournalId(2));
    Report { journal, error: error.map(str::to_owned), ..Report::default() }
}

#[test]
fn undoing_walks_back_through_the_writes_as_an_editor_does() {
    let record = |id| Undoable::Record(JournalId(id));
    // (number, what it undoes), what u takes back next
    let cases: [(&[(u64, u64)], Undoable); 9] = [
        (&[], Undoable::Nothing),
        (&[(1, 0), (2, 0)], record(2)),
        (&[(1, 0), (2, 0), (3, 2)], record(1)),
        (&[(1, 0), (2, 0), (3, 2), (4, 1)], Undoable::AllUndone),
        // Written after an undo.
        (&[(1, 0), (2, 0), (3, 2), (4, 0)], record(4)),
        (&[(1, 0), (2, 0), (3, 2), (4, 0), (5, 4)], record(1)),
        // An undo that was undone: what it had taken back is there again, and is taken back anew.
        (&[(1, 0), (2, 1), (3, 2)], record(3)),
        (&[(1, 0), (2, 1), (3, 2), (4, 3)], Undoable::AllUndone),
        (&[(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)], record(5)),
    ];
    for (writes, next) in cases {
        let journal = of(writes.iter().map(|(id, undoes)| line(*id, *undoes)));
        assert_eq!(journal.undoable(), next, "{writes:?}");
    }
}

#[test]
fn what_cannot_be_taken_back_is_passed_over() {
    let unnamed = JournalLine { keys: 0, first: None, ..line(2, 0) };
    assert_eq!(of([line(1, 0), unnamed]).undoable(), Undoable::Record(JournalId(1)));
    let unknown = JournalLine { standing: Standing::Unknown, ..line(2, 0) };
    assert_eq!(of([line(1, 0), unknown]).undoable(), Undoable::Record(JournalId(2)));
}

#[test]
fn an_undo_that_ended_early_is_to_be_finished_first() {
    let mut journal = of([line(1, 0), line(2, 0), line(3, 2)]);
    journal.undo_ended(JournalId(2), &report(Some("connection refused")));
    assert_eq!(journal.undoable(), Undoable::Record(JournalId(2)));
    journal.record(line(4, 2));
    journal.undo_ended(JournalId(2), &report(None));
    assert_eq!(journal.undoable(), Undoable::Record(JournalId(1)));
}

#[test]
fn lines_are_bounded_and_a_job_keeps_its_line() {
    let mut journal = of((1..=LINES as u64 + 7).map(|id| line(id, 0)));
    assert_eq!((journal.lines().count(), journal.forgotten()), (LINES, 7));
    assert_eq!(journal.newest().map(|line| line.id.0), Some(LINES as u64 + 7));
    // A job of long ago goes on: it has no line any more, and gets none.
    journal.record(line(3, 0));
    assert_eq!((journal.lines().count(), journal.forgotten()), (LINES, 7));
    journal.record(JournalLine { keys: 9, ..line(20, 0) });
    assert_eq!(journal.line(JournalId(20)).map(|line| line.keys), Some(9));
    // What was undone stays undone when its own line is told again.
    journal.record(line(LINES as u64 + 8, 20));
    journal.record(JournalLine { keys: 10, ..line(20, 0) });
    let twenty = journal.line(JournalId(20)).expect("it is there");
    assert_eq!(twenty.standing, Standing::Undone(JournalId(LINES as u64 + 8)));
    assert_eq!(journal.last_write(), Some(Revision(100 + LINES as i64 + 8)));
}

impl Table {
    fn writes(&mut self, line: JournalLine) -> &mut Table {
        self.happens(Message::Journaled(line))
    }

    fn planned(&self) -> Option<(JobId, &PlanRequest)> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Plan(id, request) => Some((*id, request)),
            _ => None,
        })
    }
}

#[test]
fn u_plans_to_undo_and_says_when_there_is_nothing() {
    let mut table = Table::holding(&["a"]);
    table.keys("u");
    assert_eq!((table.planned(), table.notice()), (None, "nothing was written from here yet"));
    table.writes(line(1, 0)).keys("u");
    let undo = PlanRequest::Undo(JournalId(1));
    assert_eq!(table.planned(), Some((JobId(1), &undo)));
    // It is shown before anything is written.
    assert!(!table.effects.iter().any(|effect| matches!(effect, Effect::Apply(_))));
    let survey = Survey { revision: Revision(101), changes: 1, ..Survey::default() };
    table.happens(Message::Job(JobId(1), JobNews::Planned(Box::new(survey)))).keys("y");
    assert!(table.effects.contains(&Effect::Apply(JobId(1))));
    table.writes(line(2, 1));
    table.happens(Message::Job(JobId(1), JobNews::Finished(Box::new(report(None)))));
    table.keys("esc u");
    assert!(table.notice().contains("every write made here was undone"), "{}", table.notice());
}

#[test]
fn a_write_is_undone_by_its_number() {
    let mut table = Table::holding(&["a"]);
    let cases = [
        ("undo 0", "there is no write 0: the newest is write 3"),
        ("undo 4", "there is no write 4: the newest is write 3"),
        ("undo 1", "write 1 was undone by write 3; undo that one to redo it"),
    ];
    table.runs("undo 1");
    assert_eq!(table.notice(), "there is no write 1: nothing was written from here yet");
    table.writes(line(1, 0)).writes(line(2, 0)).writes(line(3, 1));
    for (command, said) in cases {
        table.runs(command);
        assert_eq!((table.planned(), table.notice()), (None, said), "{command}");
    }
    table.runs("undo 3");
    assert_eq!(table.planned(), Some((JobId(1), &PlanRequest::Undo(JournalId(3)))));
}

#[test]
fn read_only_undoes_nothing() {
    let mut table = Table::holding(&["a"]);
    table.writes(line(1, 0)).runs("read-only on").keys("u");
    assert!(table.notice().starts_with("read-only"), "{}", table.notice());
    table.runs("undo").runs("undo 1").runs("journal").keys("u enter u");
    assert_eq!(table.planned(), None);
    assert!(table.notice().starts_with("read-only"), "{}", table.notice());
}

#[test]
fn the_view_lists_filters_and_follows() {
    let mut table = Table::holding(&["a"]);
    for id in 1..=3 {
        table.writes(line(id, 0));
    }
    table.runs("journal");
    let rows = |table: &Table| match &table.app.view {
        Some(View::Journal(view)) => (view.rows.clone(), view.selected()),
        _ => panic!("the view is open"),
    };
    let ids = |ids: &[u64]| ids.iter().copied().map(JournalId).collect::<Vec<_>>();
    assert_eq!(rows(&table), (ids(&[3, 2, 1]), Some(JournalId(3))));
    // At the top it stays with the newest, elsewhere with the record.
    table.writes(line(4, 0));
    assert_eq!(rows(&table).1, Some(JournalId(4)));
    table.keys("j j").writes(line(5, 4));
    assert_eq!(rows(&table).1, Some(JournalId(2)));
    table.keys("/ K E Y / 2 enter");
    assert_eq!(rows(&table), (ids(&[2]), Some(JournalId(2))));
    table.keys("u");
    assert_eq!(table.planned().map(|(_, plan)| plan), Some(&PlanRequest::Undo(JournalId(2))));
    table.keys("esc").keys("esc");
    assert_eq!(rows(&table).0.len(), 5);
}

#[test]
fn a_record_is_read_shown_and_told_to_etcdctl() {
    let mut table = Table::holding(&["a"]);
    table.writes(line(1, 0)).runs("journal").keys("enter");
    let read = |table: &Table| {
        table.effects.iter().rev().find_map(|effect| match effect {
            Effect::ReadJournal { ticket, id, .. } => Some((*ticket, *id)),
            _ => None,
        })
    };
    let (ticket, id) = read(&table).expect("it is asked for");
    assert_eq!(id, JournalId(1));
    assert!(matches!(table.app.dialogs.last(), Some(Dialog::Record(_))));
    table.happens(Message::JournalRead(ticket, Err("no".to_owned()))).keys("esc");
    assert!(table.app.dialogs.is_empty());
    table.keys("X");
    let (ticket, _) = read(&table).expect("it is asked for");
    let after = To::Put { value: b"new".to_vec(), lease: etcdeck::domain::LeaseId::NONE };
    let before = Before::Entry(entry("/key/1", "old"));
    let written = Written { key: "/key/1".into(), before, after, revision: Revision(101) };
    table.happens(Message::JournalRead(ticket, Ok(vec![written.clone()])));
    let Some(Dialog::Etcdctl { lines, .. }) = table.app.dialogs.last() else {
        panic!("a text is shown");
    };
    let text = lines.join("\n");
    assert!(text.contains("mod(\"/key/1\") = \"101\"") && text.contains("put"), "{text}");
    // What nobody knows cannot be told.
    table.keys("esc X");
    let (ticket, _) = read(&table).expect("it is asked for");
    let unknown = Written { before: Before::Unknown, ..written };
    table.happens(Message::JournalRead(ticket, Ok(vec![unknown])));
    assert_eq!(table.notice(), "write 1 cannot be undone by one etcdctl command");
    table.keys("o");
    assert!(table.app.view.is_none());
}
