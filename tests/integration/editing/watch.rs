//! The watch log: what is kept, shown and counted, and the records of its file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use etcdeck::domain::record::timestamp;
use etcdeck::domain::watch::{
    Fault, FaultKind, Flow, Found, FoundKind, Gone, Limits, Listed, LogLine, Logged, Replaced,
    WatchLog, json_line,
};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version, escape};
use proptest::prelude::*;
use serde_json::{Value, json};

fn note(text: &str) -> Logged {
    Logged::Note(text.to_owned())
}

fn put(key: &[u8], value: &[u8]) -> Logged {
    let entry = Entry {
        key: Key::from(key),
        value: value.to_vec(),
        create_revision: Revision(17),
        mod_revision: Revision(9_007_199_254_740_993),
        version: Version(2),
        lease: LeaseId(0x694d_8141_7acd_4a1f),
    };
    Logged::Event(Event { kind: EventKind::Put, entry, previous: None })
}

fn rows(log: &WatchLog) -> String {
    let text = |line: &LogLine| match &line.what {
        Logged::Event(event) => event.entry.key.to_string(),
        Logged::Gap { from, to } => format!("{from}..{to}"),
        Logged::Note(text) => text.clone(),
        Logged::Found(found) => format!("{} {}", found.kind.word(), found.key),
        Logged::Fault(_) | Logged::Replaced(_) | Logged::Listed(_) => {
            line.sentence().expect("a sentence")
        }
    };
    log.window(0..usize::MAX).map(text).collect::<Vec<_>>().join(" ")
}

fn add(log: &mut WatchLog, words: &str) {
    for word in words.split(' ') {
        let what = match word.strip_prefix('/') {
            Some(_) => put(word.as_bytes(), b""),
            None if word == "gap" => Logged::Gap { from: Revision(3), to: Revision(5) },
            None => note(word),
        };
        log.push(UNIX_EPOCH, 1, what);
    }
}

#[test]
fn the_oldest_lines_make_room_and_are_counted() {
    let mut log = WatchLog::new(Limits { lines: 3, bytes: 1 << 20 });
    add(&mut log, "a b c d e");
    assert_eq!((rows(&log).as_str(), log.dropped(), log.missed()), ("c d e", 2, 0));
    assert_eq!((log.position(1), log.position(2), log.position(4)), (None, Some(0), Some(2)));
    assert_eq!(log.get(4).map(|line| line.id), log.row(2).map(|line| line.id));
    assert_eq!(log.window(1..2).count(), 1);
    assert_eq!(log.window(2..9).count(), 1);
    assert_eq!(log.window(7..9).count(), 0);
}

#[test]
fn bytes_are_bounded_and_the_newest_line_stays() {
    let mut log = WatchLog::new(Limits { lines: 100, bytes: 10_000 });
    for _ in 0..50 {
        log.push(UNIX_EPOCH, 1, put(b"k", &[0; 3000]));
        assert!(log.bytes() <= 10_000);
    }
    assert_eq!((log.len(), log.dropped()), (3, 47));
    log.push(UNIX_EPOCH, 1, put(b"k", &vec![0; 30_000]));
    assert_eq!((log.len(), log.dropped()), (1, 50));
    log.clear();
    assert_eq!((log.len(), log.dropped(), log.bytes()), (0, 0, 0));
}

#[test]
fn a_pause_holds_the_rows_and_counts_the_new() {
    let mut log = WatchLog::new(Limits { lines: 3, bytes: 1 << 20 });
    add(&mut log, "a b");
    log.pause();
    add(&mut log, "c d e f");
    assert_eq!((rows(&log).as_str(), log.flow(), log.waiting()), ("a b", Flow::Paused, 3));
    assert_eq!((log.dropped(), log.missed()), (0, 1));
    assert_eq!(log.all().count(), 5);
    assert!(log.get(5).is_some() && log.position(5).is_none());
    log.resume();
    assert_eq!((rows(&log).as_str(), log.flow(), log.waiting()), ("d e f", Flow::Live, 0));
    assert_eq!((log.dropped(), log.missed()), (2, 1));
    // Numbers are missing now, and lines are found all the same.
    assert_eq!((log.position(2), log.position(3), log.position(5)), (None, Some(0), Some(2)));
    log.pause();
    add(&mut log, "g");
    log.clear();
    assert_eq!((log.len(), log.waiting(), log.missed(), log.flow()), (0, 0, 0, Flow::Paused));
}

#[test]
fn a_filter_shows_keys_and_notes_that_hold_it_and_every_gap() {
    let mut log = WatchLog::new(Limits { lines: 5, bytes: 1 << 20 });
    add(&mut log, "/app/A /db/x gap lost-App");
    let cases = [
        ("", "/app/A /db/x 3..5 lost-App"),
        ("app", "/app/A 3..5 lost-App"),
        ("App", "3..5 lost-App"),
        ("/x", "/db/x 3..5"),
        ("zzz", "3..5"),
    ];
    for (filter, shown) in cases {
        log.set_filter(filter);
        assert_eq!((rows(&log).as_str(), log.filter()), (shown, filter));
    }
    log.set_filter("app");
    assert_eq!((log.position(0), log.position(1), log.position(2)), (Some(0), None, Some(1)));
    add(&mut log, "/app/n /other");
    assert_eq!(rows(&log), "3..5 lost-App /app/n");
    log.pause();
    add(&mut log, "/app/later");
    assert_eq!(rows(&log), "3..5 lost-App /app/n");
    log.resume();
    assert_eq!(rows(&log), "3..5 lost-App /app/n /app/later");
    log.set_filter("");
    assert_eq!(rows(&log), "3..5 lost-App /app/n /other /app/later");
}

#[test]
fn times_are_utc_with_milliseconds() {
    let cases = [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_123, "2024-02-29T23:59:59.123Z"),
        (1_735_689_600_000, "2025-01-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ];
    for (millis, text) in cases {
        assert_eq!(timestamp(UNIX_EPOCH + Duration::from_millis(millis)), text);
    }
    assert_eq!(timestamp(UNIX_EPOCH - Duration::from_micros(1)), "1969-12-31T23:59:59.999Z");
}

fn record(what: Logged) -> Option<String> {
    let time: SystemTime = UNIX_EPOCH + Duration::from_millis(1_709_251_199_123);
    json_line(&LogLine { id: 0, time, watch: 1, what })
}

#[test]
fn records_are_as_documented() {
    let Logged::Event(event) = put(b"/a", b"new \"\x1b[2J\"\n") else { panic!("an event") };
    let previous = Entry { value: vec![0xff], ..event.entry.clone() };
    let line = record(Logged::Event(Event { previous: Some(previous.clone()), ..event.clone() }));
    assert_eq!(
        line.as_deref(),
        Some(
            r#"{"time":"2024-02-29T23:59:59.123Z","type":"PUT","revision":9007199254740993,"key":"/a","value":"new \"\u001b[2J\"\n","prev_value_base64":"/w==","create_revision":17,"version":2,"lease":"694d81417acd4a1f"}"#
        )
    );
    let entry = Entry { key: Key::from("/a"), mod_revision: Revision(7), ..Entry::default() };
    let deleted = Event { kind: EventKind::Delete, entry, previous: Some(previous) };
    assert_eq!(
        record(Logged::Event(deleted)).as_deref(),
        Some(
            r#"{"time":"2024-02-29T23:59:59.123Z","type":"DELETE","revision":7,"key":"/a","prev_value_base64":"/w=="}"#
        )
    );
    assert_eq!(
        record(Logged::Gap { from: Revision(3), to: Revision(5) }).as_deref(),
        Some(r#"{"time":"2024-02-29T23:59:59.123Z","type":"GAP","revision":3,"last_revision":5}"#)
    );
    assert_eq!(record(note("lost")), None);
}

#[test]
fn records_of_what_is_no_event_are_as_documented() {
    let time = r#"{"time":"2024-02-29T23:59:59.123Z","type""#;
    let fault = Fault {
        kind: FaultKind::Repeated,
        revision: Revision(7),
        key: Key::from(&b"\xff"[..]),
        others: 2,
    };
    let replaced = Replaced { told: Revision(9), now: Revision(4), other_cluster: true };
    let found = |kind, revision| Found { kind, key: Key::from("/a"), revision };
    let listed = Listed {
        at: Revision(8),
        since: Revision(3),
        keys: 5,
        is_compared: true,
        put: 1,
        changed: 2,
        gone: Gone::Counted(3),
        unnamed: 0,
    };
    let unknown = Listed { gone: Gone::Unknown, ..listed.clone() };
    let blind = Listed { is_compared: false, ..listed.clone() };
    let cases = [
        (
            Logged::Fault(fault),
            r#":"FAULT","fault":"repeated","revision":7,"key_base64":"/w==","others":2}"#,
        ),
        (
            Logged::Replaced(replaced),
            r#":"REPLACED","revision":4,"last_revision":9,"other_cluster":true}"#,
        ),
        (
            Logged::Found(found(FoundKind::Put, Revision(6))),
            r#":"FOUND","found":"put","revision":6,"key":"/a"}"#,
        ),
        (
            Logged::Found(found(FoundKind::Gone, Revision::NONE)),
            r#":"FOUND","found":"gone","key":"/a"}"#,
        ),
        (
            Logged::Listed(listed),
            r#":"LISTED","revision":8,"since_revision":3,"compared":true,"put":1,"changed":2,"gone":3,"unnamed":0}"#,
        ),
        (
            Logged::Listed(unknown),
            r#":"LISTED","revision":8,"since_revision":3,"compared":true,"put":1,"changed":2,"unnamed":0}"#,
        ),
        (Logged::Listed(blind), r#":"LISTED","revision":8,"since_revision":3,"compared":false}"#),
    ];
    for (what, line) in cases {
        assert_eq!(record(what), Some(format!("{time}{line}")));
    }
}

proptest! {
    /// Any bytes come back from a record, and no record does anything to a terminal.
    #[test]
    fn a_record_holds_the_bytes(
        key in prop::collection::vec(any::<u8>(), 0..20),
        value in prop_oneof![prop::collection::vec(any::<u8>(), 0..40), ".{0,20}".prop_map(String::into_bytes)],
    ) {
        let line = record(put(&key, &value)).expect("a record");
        prop_assert!(line.chars().all(|c| !escape::is_unsafe(c)));
        let object: Value = serde_json::from_str(&line).expect("JSON");
        let bytes = |name: &str| match (&object[name], &object[format!("{name}_base64")]) {
            (Value::String(text), Value::Null) => text.clone().into_bytes(),
            (Value::Null, Value::String(text)) => STANDARD.decode(text).expect("base64"),
            other => panic!("neither or both: {other:?}"),
        };
        prop_assert_eq!((bytes("key"), bytes("value")), (key, value));
        prop_assert_eq!(&object["revision"], &json!(9_007_199_254_740_993_i64));
    }

    /// Memory is bounded, every line is somewhere, and rows are in order, whatever happens.
    #[test]
    fn lines_are_kept_or_counted(steps in prop::collection::vec(0u8..6, 0..200)) {
        let limits = Limits { lines: 7, bytes: 3000 };
        let mut log = WatchLog::new(limits);
        let mut pushed = 0;
        for step in steps {
            match step {
                0 => log.pause(),
                1 => log.resume(),
                2 => log.set_filter(if log.filter().is_empty() { "a" } else { "" }),
                n => {
                    log.push(UNIX_EPOCH, 1, put(if n == 3 { b"a" } else { b"b" }, &[0; 300]));
                    pushed += 1;
                }
            }
            prop_assert!(log.bytes() <= 2 * limits.bytes);
            let kept: Vec<u64> = log.all().map(|line| line.id).collect();
            prop_assert!(kept.is_sorted());
            prop_assert_eq!(kept.len() as u64 + log.dropped() + log.missed(), pushed);
            let expected: Vec<&LogLine> = log
                .all()
                .take(kept.len() - log.waiting())
                .filter(|line| match &line.what {
                    Logged::Event(event) => event.entry.key.to_string().contains(log.filter()),
                    _ => true,
                })
                .collect();
            let shown: Vec<&LogLine> = log.window(0..usize::MAX).collect();
            prop_assert_eq!(&shown, &expected);
            for (at, line) in shown.iter().enumerate() {
                prop_assert_eq!(log.position(line.id), Some(at));
            }
        }
    }
}
