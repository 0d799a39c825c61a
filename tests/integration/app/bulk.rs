//! Work on many keys: planned, shown, confirmed, followed, reported; never two at a time.

use etcdeck::app::bulk::Stage;
use etcdeck::app::bulk::sheet::Face;
use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::Effect;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::Message;
use etcdeck::domain::bulk::{Left, PlanRequest, Progress, Report, Survey, Why};
use etcdeck::domain::journal::JournalId;
use etcdeck::domain::{KeyRange, Revision};

use super::table::{NOW, Table};

/// A plan that deletes so many keys.
fn deleting(count: u64) -> Survey {
    Survey { revision: NOW, deletes: count, bytes: count * 9, ..Survey::default() }
}

/// A table where the deletion of `dir/` was asked for and planned.
fn planned(count: u64) -> Table {
    let mut table = Table::holding(&["dir/a", "x"]);
    table.keys("d");
    let range = KeyRange::prefix("dir/");
    assert_eq!(
        table.effects.last(),
        Some(&Effect::Plan(JobId(1), PlanRequest::Delete(vec![range])))
    );
    table.told(JobNews::Planned(Box::new(deleting(count))));
    table
}

impl Table {
    fn told(&mut self, news: JobNews) -> &mut Table {
        self.happens(Message::Job(JobId(1), news))
    }

    fn face(&self) -> Option<&Face> {
        self.app.dialogs.iter().find_map(|dialog| match dialog {
            Dialog::Job(sheet) => Some(&sheet.face),
            _ => None,
        })
    }

    fn applied(&self) -> bool {
        self.effects.contains(&Effect::Apply(JobId(1)))
    }
}

#[test]
fn a_plan_is_confirmed_as_its_size_demands() {
    // how many keys, what is pressed, whether it is carried out
    let cases = [
        (1, "y", true),
        (10, "y", true),
        (10, "n", false),
        (10, "esc", false),
        (10, "1 0 enter", false),
        (11, "y", false),
        (11, "y enter", false),
        (11, "1 0 enter", false),
        (11, "1 1 1 enter", false),
        (11, "enter", false),
        (11, "1 1 enter", true),
        (11, "down up pgdn pgup 1 1 enter", true),
        (11, "1 2 backspace 1 enter", true),
        (11, "1 1 esc", false),
        (5000, "5 0 0 0 enter", true),
        (5000, "5 , 0 0 0 enter", true),
        (5000, "5 0 0 enter", false),
    ];
    for (count, keys, sent) in cases {
        let mut table = planned(count);
        table.keys(keys);
        assert_eq!(table.applied(), sent, "{count} {keys}");
        let running =
            matches!(&table.app.jobs.now, Some(job) if matches!(job.stage, Stage::Running { .. }));
        assert_eq!(running, sent, "{count} {keys}");
        // What is not carried out is forgotten only when it was refused.
        let stopped = table.effects.contains(&Effect::Stop(JobId(1)));
        assert_eq!(stopped, table.app.jobs.now.is_none(), "{count} {keys}");
    }
}

#[test]
fn a_plan_that_writes_nothing_is_told_and_stopped() {
    let mut table = planned(0);
    assert!(matches!(table.face(), Some(Face::Nothing)));
    assert!(table.effects.contains(&Effect::Stop(JobId(1))));
    table.keys("y enter esc");
    assert!(!table.applied() && table.app.jobs.now.is_none() && table.app.dialogs.is_empty());
}

#[test]
fn looking_can_be_stopped() {
    let mut table = Table::holding(&["dir/a", "x"]);
    table.keys("d").told(JobNews::Looking { keys: 7, bytes: 70 });
    table.keys("y j : esc");
    assert!(table.effects.contains(&Effect::Stop(JobId(1))) && table.app.dialogs.is_empty());
    // The plan was under way already: nobody waits for it.
    table.told(JobNews::Planned(Box::new(deleting(3)))).keys("y");
    assert!(!table.applied() && table.app.dialogs.is_empty());
}

#[test]
fn a_plan_that_failed_says_why() {
    let mut table = Table::holding(&["dir/a", "x"]);
    table.keys("d").told(JobNews::Failed("the disk is full".to_owned()));
    let Some(Dialog::Text { lines, .. }) = table.app.dialogs.last() else { panic!("no dialog") };
    assert!(lines.iter().any(|line| line.contains("the disk is full")), "{lines:?}");
    table.keys("esc d");
    assert!(table.app.jobs.now.is_some(), "the next may begin");
}

#[test]
fn one_at_a_time_and_read_only_none() {
    let mut table = planned(3);
    table.keys("y B");
    assert!(table.app.dialogs.is_empty(), "hidden");
    table.keys("d");
    assert!(table.notice().contains("one at a time"), "{}", table.notice());
    table.runs("read-only on");
    assert!(table.notice().contains("stop"), "{}", table.notice());
    assert!(!table.app.is_read_only());
    table.told(JobNews::Finished(Box::default()));
    table.runs("read-only on").keys("d");
    assert!(table.notice().contains("read-only"), "{}", table.notice());
    assert!(table.app.jobs.now.is_none());
}

#[test]
fn a_running_job_is_hidden_shown_and_stopped_once() {
    let mut table = planned(20);
    table.keys("2 0 enter");
    let progress = Progress { done: 4, total: 20, ..Progress::default() };
    table.told(JobNews::Progress(progress.clone()));
    table.keys("B j k B");
    assert!(matches!(table.face(), Some(Face::Running)));
    table.keys("esc esc");
    let stops = table.effects.iter().filter(|effect| **effect == Effect::Stop(JobId(1)));
    assert_eq!(stops.count(), 1);
    let left = vec![Left { key: "dir/a".into(), why: Why::NotReached }];
    let report = Report {
        done: 4,
        total: 20,
        left,
        left_count: 16,
        stopped: true,
        revisions: Some((Revision(120), Revision(121))),
        journal: Some(JournalId(9)),
        ..Report::default()
    };
    table.told(JobNews::Finished(Box::new(report)));
    assert!(matches!(table.face(), Some(Face::Report)));
    assert_eq!(table.app.newest, Revision(121));
    table.keys("u");
    let undo = Effect::Plan(JobId(2), PlanRequest::Undo(JournalId(9)));
    assert_eq!(table.effects.last(), Some(&undo));
}

#[test]
fn what_ends_in_the_background_is_told_and_kept() {
    let mut table = planned(3);
    table.keys("y B").told(JobNews::Finished(Box::new(Report {
        done: 2,
        total: 3,
        left_count: 1,
        ..Report::default()
    })));
    assert!(table.notice().contains("2 of 3 keys done, 1 left"), "{}", table.notice());
    assert!(table.app.dialogs.is_empty());
    table.keys("B");
    assert!(matches!(table.face(), Some(Face::Report)));
    assert!(table.app.jobs.last.as_ref().is_some_and(|ended| ended.read));
}

#[test]
fn quitting_stops_the_job_first() {
    let mut table = planned(3);
    table.keys("y B q");
    assert!(!table.effects.contains(&Effect::Quit));
    table.keys("n");
    assert!(!table.effects.contains(&Effect::Stop(JobId(1))), "stayed");
    table.keys("q y");
    assert!(table.effects.contains(&Effect::Stop(JobId(1))));
    assert!(!table.effects.contains(&Effect::Quit), "not before it has stopped");
    table.told(JobNews::Finished(Box::default()));
    assert!(table.effects.contains(&Effect::Quit));
}

#[test]
fn a_second_ctrl_c_quits_at_once() {
    let mut table = planned(3);
    table.keys("y ctrl-c");
    assert!(!table.effects.contains(&Effect::Quit));
    table.keys("ctrl-c");
    assert!(table.effects.contains(&Effect::Quit));
}
