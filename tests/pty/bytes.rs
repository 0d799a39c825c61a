//! How many bytes go to the terminal, at 200x50 with colors: little for a key press, little for an event,
//! and none when nothing happens. What a flood takes is measured where the floods are.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::modes;
use crate::program::Program;
use crate::steps::{ENTER, LIMIT, quit};
use crate::support::install::Version;
use crate::support::scanner::scan;
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

/// Longer than anything takes that follows by itself: the value under a cursor that rests, counts.
const SETTLED: Duration = Duration::from_millis(800);
/// How long nothing is to be written.
const IDLE: Duration = Duration::from_secs(3);
/// What a step of the cursor or a line of the log may take.
const LITTLE: usize = 250;

/// A server with directories and small values, without leases; and the program open at one of them.
fn browsing() -> (Etcd, Terminal) {
    let etcd = Etcd::start(Version::V3_5);
    for number in 0..8 {
        etcd.ctl(&["put", &format!("/app/service-{number}"), &format!("10.0.0.{number}:8080")]);
    }
    let term = Program::etcdeck().envs(etcd.env()).args(["/app/"]).size(200, 50).start();
    term.wait("● online", LIMIT);
    term.wait("10.0.0.0:8080", LIMIT);
    term.keys(&format!(":watch /log/{ENTER}"));
    term.wait("1 watching /log/*", LIMIT);
    // More lines than there are rows.
    for number in 0..16 {
        etcd.ctl(&["put", &format!("/log/service-{number}"), &format!("10.0.1.{number}:80")]);
    }
    term.wait("10.0.1.15:80", LIMIT);
    // The rate, and what was said of the watch in place of the keys.
    term.wait_gone("/s ", LIMIT);
    term.wait(" : command ", LIMIT);
    settle(&term);
    (etcd, term)
}

/// Waits until nothing has been written for a while.
fn settle(term: &Terminal) {
    while !term.output_within(SETTLED).is_empty() {}
}

/// The frames that something leads to.
fn frames_of(term: &Terminal, act: impl FnOnce()) -> Vec<String> {
    let before = term.bytes_received();
    act();
    settle(term);
    let output = term.output().split_off(before);
    scan(&output).expect("nothing but what the program sends");
    let text = String::from_utf8(output).expect("UTF-8");
    let mut frames = text.split("\x1b[?2026h");
    assert_eq!(frames.next(), Some(""), "something outside of frames");
    frames.map(|frame| format!("\x1b[?2026h{frame}")).collect()
}

/// All frames together take so many bytes at most, and each by itself.
fn assert_small(what: &str, frames: &[String], all: usize, each: usize) {
    let bytes: Vec<usize> = frames.iter().map(String::len).collect();
    let small = bytes.iter().all(|bytes| *bytes <= each) && bytes.iter().sum::<usize>() <= all;
    assert!(small && !bytes.is_empty(), "{what} took {bytes:?} bytes: {frames:?}");
}

#[test]
fn a_step_and_a_line_take_few_bytes_and_nothing_takes_none() {
    let (etcd, term) = browsing();
    assert!(!modes::colors(&term.output()).is_empty(), "there are colors");
    for number in 1..4 {
        let value = format!("10.0.0.{number}:8080");
        let frames = frames_of(&term, || {
            term.keys("j");
            term.wait(&value, LIMIT);
        });
        assert_small("a step down, with its value", &frames, LITTLE, LITTLE);
    }
    for number in 0..3 {
        let value = format!("10.0.2.{number}:81");
        let frames = frames_of(&term, || {
            etcd.ctl(&["put", "/log/service-3", &value]);
            term.wait(&value, LIMIT);
        });
        assert_small("a line of the log", &frames, LITTLE, LITTLE);
    }
    assert_eq!(term.output_within(IDLE).escape_ascii().to_string(), "", "nothing has happened");
    quit(term);
}

/// With a bound no more is sent than the line carries, however much happens; a key is answered meanwhile.
#[test]
#[expect(clippy::disallowed_methods, reason = "measures what is sent in a stretch of time")]
fn a_slow_line_gets_what_it_carries() {
    const A_SECOND: usize = 500;
    const SECONDS: u64 = 4;
    let etcd = Etcd::start(Version::V3_5);
    etcd.ctl(&["put", "/log/first", "1"]);
    let pace = ["--bytes-per-second", "500", "/log/"];
    let term = Program::etcdeck().envs(etcd.env()).args(pace).start();
    term.wait("● online", LIMIT);
    term.keys(&format!(":watch /log/{ENTER}"));
    term.wait("1 watching /log/*", LIMIT);
    let done = AtomicBool::new(false);
    let sent = std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                etcd.ctl(&["put", &format!("/log/{}", number % 7), &format!("value {number}")]);
            }
        });
        term.wait("value ", LIMIT);
        let before = term.bytes_received();
        std::thread::sleep(Duration::from_secs(SECONDS));
        let sent = term.bytes_received() - before;
        term.keys(":quit");
        term.wait(":quit", LIMIT);
        done.store(true, Ordering::Relaxed);
        sent
    });
    // What may be on its way already, and a frame that begins in time.
    let most = A_SECOND * (SECONDS as usize + 1) + 1000;
    assert!((A_SECOND..=most).contains(&sent), "{sent} bytes in {SECONDS} seconds");
    term.keys(ENTER);
    assert!(term.exit(LIMIT).status.success());
}
