//! Snapshots of work on many keys: every stage of it, marks, and the fields for new names.

use std::path::PathBuf;
use std::time::Duration;

use etcdeck::app::hold::HoldId;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::{HoldNews, Message};
use etcdeck::domain::bulk::{Left, Progress, Report, Sample, Survey, Verb, Why};
use etcdeck::domain::journal::JournalId;
use etcdeck::domain::{Key, Revision};

use super::desk::{Desk, lease, text};
use super::{SMALL, USUAL, at_sizes, scene};

const ALL: [(u16, u16); 3] = [(120, 40), USUAL, SMALL];

fn tell(desk: &mut Desk, news: JobNews) {
    desk.happens(Message::Job(JobId(1), news));
}

fn sample(key: impl Into<Key>, verb: Verb, detail: &str) -> Sample {
    Sample { key: key.into(), verb, detail: detail.to_owned() }
}

/// The deletion of five thousand keys with everything inside that should make one stop.
fn grave() -> Survey {
    let keys = (0..10).map(|n| format!("/config/app/key-{n:04}"));
    Survey {
        revision: Revision(123_456),
        deletes: 5000,
        bytes: 1_572_864,
        sample: keys.map(|key| sample(&*key, Verb::Delete, "{\"name\":\"api\"}")).collect(),
        leases: vec![(lease(1), 12), (lease(2), 1)],
        lease_count: 2,
        locks: vec!["/config/lock/694d81a1c0de0007".into()],
        lock_count: 1,
        blocked: vec![("/config/secret/a".into(), "permission denied".to_owned())],
        blocked_count: 1,
        notes: vec!["2 values were never read: they cannot come back.".to_owned()],
        backup: Some(PathBuf::from("/home/ada/.local/state/etcdeck/backup/1.jsonl")),
        ..Survey::default()
    }
}

fn small() -> Survey {
    Survey {
        revision: Revision(61),
        deletes: 2,
        bytes: 58,
        sample: vec![
            sample("/services/api/i-1", Verb::Delete, "10.0.2.21:8080"),
            sample("/services/api/i-2", Verb::Delete, "10.0.2.22:8080"),
        ],
        leases: vec![(lease(1), 2)],
        lease_count: 1,
        ..Survey::default()
    }
}

/// The deletion of `/config/` with this plan.
fn planned(size: (u16, u16), survey: Survey) -> Desk {
    let mut desk = scene::busy(size);
    desk.press("g d");
    tell(&mut desk, JobNews::Planned(Box::new(survey)));
    desk
}

/// Carried out, with the clock further and this progress.
fn running(size: (u16, u16), progress: Progress) -> Desk {
    let mut desk = planned(size, grave());
    desk.type_text("5000");
    desk.press("enter");
    desk.wait(Duration::from_secs(2));
    tell(&mut desk, JobNews::Progress(progress));
    desk
}

fn half() -> Progress {
    Progress { done: 2300, left: 3, total: 5000, waiting: None }
}

#[test]
fn looking() {
    at_sizes("bulk-looking", &ALL, |size| {
        let mut desk = scene::busy(size);
        desk.press("g d");
        tell(&mut desk, JobNews::Looking { keys: 123_000, bytes: 45_678_901 });
        desk
    });
}

#[test]
fn the_plan() {
    at_sizes("bulk-plan", &ALL, |size| planned(size, small()));
    at_sizes("bulk-plan-nothing", &[USUAL, SMALL], |size| {
        let blocked = vec![("/config/app/name".into(), "/new/app/name exists".to_owned())];
        planned(size, Survey { blocked, blocked_count: 1, ..Survey::default() })
    });
    at_sizes("bulk-plan-empty", &[USUAL], |size| planned(size, Survey::default()));
}

#[test]
fn the_plan_of_many_keys() {
    at_sizes("bulk-plan-typed", &ALL, |size| {
        let mut desk = scene::busy(size);
        let name = "/config/lock/694d81a1c0de0007";
        desk.press(":");
        desk.type_text("lock /config/lock");
        desk.press("enter");
        let held = HoldNews::Held { key: name.into(), fencing: Revision(40), lease: lease(7) };
        desk.happens(Message::Hold(HoldId(1), held));
        desk.press("g d");
        tell(&mut desk, JobNews::Planned(Box::new(grave())));
        desk.type_text("50");
        desk
    });
    at_sizes("bulk-plan-scrolled", &[SMALL], |size| {
        let mut desk = planned(size, grave());
        desk.press("pgdn down down");
        desk
    });
    at_sizes("bulk-plan-wrong", &[USUAL], |size| {
        let mut desk = planned(size, grave());
        desk.type_text("50");
        desk.press("enter");
        desk
    });
}

#[test]
fn the_plan_of_a_mixed_restore_and_of_the_whole_store() {
    at_sizes("bulk-plan-whole", &[USUAL, SMALL], |size| {
        let mut desk = scene::busy(size);
        desk.press(":");
        desk.type_text("delete-prefix \"\"");
        desk.press("enter");
        tell(&mut desk, JobNews::Planned(Box::new(small())));
        desk
    });
    at_sizes("bulk-plan-mixed", &[USUAL, SMALL], |size| {
        let sample = vec![
            sample("/config/a", Verb::Create, "\"was here\""),
            sample("/config/b", Verb::Change, "\"new\" → \"old\""),
            sample("/config/c", Verb::Delete, ""),
            sample("/config/d", Verb::Move, "→ /conf/d"),
            sample("/config/e", Verb::Same, ""),
        ];
        let counts = Survey { creates: 1, changes: 1, deletes: 1, moves: 1, same: 1, ..small() };
        planned(size, Survey { sample, ..counts })
    });
}

#[test]
fn strangers_wrote_the_sample() {
    let strange = |size| {
        let mut desk = scene::strange(size);
        desk.press("g j d");
        let long = "/a/".to_owned() + &"long-name-".repeat(20);
        let sample = vec![
            sample(&b"esc \x1b[31mred\x1b[0m"[..], Verb::Delete, "\x1b]0;title\x07\x1b[2J"),
            sample(&b"not utf-8 \xff\x80"[..], Verb::Delete, "user\u{202e}gnp.exe"),
            sample("日本語/値のある鍵", Verb::Move, "→ 日本語/値のある鍵"),
            sample(&*long, Verb::Change, "zero\u{200b}width"),
        ];
        let blocked = vec![("\x1b[2J".into(), "\x1b[31m\r\nno\u{2028}way".to_owned())];
        let plan = Survey {
            sample,
            blocked,
            blocked_count: 1,
            notes: vec!["\x1b[5mnote\u{202e}".to_owned()],
            backup: Some(PathBuf::from("/tmp/\x1b[31m")),
            ..small()
        };
        tell(&mut desk, JobNews::Planned(Box::new(plan)));
        desk
    };
    for size in ALL {
        let screen = text(&strange(size).draw());
        assert!(!screen.contains(['\x1b', '\u{202e}', '\u{200b}', '\u{2028}']), "{screen}");
    }
    at_sizes("bulk-plan-strange", &ALL, strange);
}

#[test]
fn a_job_that_runs() {
    at_sizes("bulk-running", &ALL, |size| running(size, half()));
    at_sizes("bulk-running-slow", &[USUAL, SMALL], |size| {
        let waiting = Some("nothing listens at http://10.0.0.1:2379; tried again".to_owned());
        let mut desk = running(size, Progress { waiting, ..half() });
        desk.press("esc");
        desk
    });
    at_sizes("bulk-hidden", &ALL, |size| {
        let mut desk = running(size, half());
        desk.press("B");
        desk.wait(Duration::from_secs(6));
        desk
    });
    at_sizes("bulk-quit", &[USUAL, SMALL], |size| {
        let mut desk = running(size, half());
        desk.press("B q");
        desk.wait(Duration::from_secs(6));
        desk
    });
}

/// Three keys left, two that appeared, everything else done.
fn left() -> Report {
    let left = |key: &str, why| Left { key: key.into(), why };
    Report {
        done: 4997,
        total: 5000,
        left: vec![
            left("/config/app/key-0017", Why::Changed),
            left("/config/app/key-0170", Why::Refused("etcdserver: too slow".to_owned())),
            left("/config/app/key-1700", Why::Unknown),
        ],
        left_count: 3,
        revisions: Some((Revision(123_457), Revision(123_496))),
        transactions: 40,
        appeared: (vec!["/config/app/fresh".into()], 2),
        journal: Some(JournalId(7)),
        ..Report::default()
    }
}

#[test]
fn the_report() {
    let reported = |size, report: Report| {
        let mut desk = running(size, half());
        tell(&mut desk, JobNews::Finished(Box::new(report)));
        desk
    };
    at_sizes("bulk-report", &ALL, |size| reported(size, left()));
    at_sizes("bulk-report-whole", &[USUAL], |size| {
        let whole = Report { done: 5000, left: Vec::new(), left_count: 0, ..left() };
        reported(size, Report { appeared: (Vec::new(), 0), ..whole })
    });
    at_sizes("bulk-report-early", &[USUAL, SMALL], |size| {
        let names = (0..100).map(|n| format!("/config/app/key-{n:04}"));
        let left_now = names.map(|key| Left { key: (&*key).into(), why: Why::NotReached });
        let report = Report {
            done: 128,
            left: left_now.collect(),
            left_count: 4872,
            error: Some("etcdserver: mvcc: database space exceeded".to_owned()),
            stopped: true,
            transactions: 1,
            revisions: Some((Revision(123_457), Revision(123_457))),
            ..left()
        };
        let mut desk = reported(size, report);
        desk.press("j j");
        desk
    });
    at_sizes("bulk-report-hidden", &[USUAL, SMALL], |size| {
        let mut desk = running(size, half());
        desk.press("B");
        tell(&mut desk, JobNews::Finished(Box::new(left())));
        desk
    });
    at_sizes("bulk-failed", &[USUAL, SMALL], |size| {
        let mut desk = scene::busy(size);
        desk.press("g d");
        let reason = "/home/ada/.local/state/etcdeck/backup/1.jsonl: No space left on device";
        tell(&mut desk, JobNews::Failed(reason.to_owned()));
        desk
    });
}

#[test]
fn marks_and_new_names() {
    let marked = |size| {
        let mut desk = scene::busy(size);
        desk.press("space g space");
        desk
    };
    at_sizes("bulk-marked", &ALL, marked);
    at_sizes("bulk-marked-move", &[USUAL, SMALL], |size| {
        let mut desk = marked(size);
        desk.press("m");
        desk
    });
    at_sizes("bulk-move", &[USUAL, SMALL], |size| {
        let mut desk = scene::busy(size);
        desk.press("m");
        desk
    });
    at_sizes("bulk-copy-wrong", &[USUAL], |size| {
        let mut desk = scene::busy(size);
        desk.press("g c enter");
        desk
    });
}
