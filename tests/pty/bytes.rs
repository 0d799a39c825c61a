//! How many bytes go to the terminal, at 200x50 with colors: little for a key press, little for an event,
//! and none when nothing happens. What a flood takes is measured where the floods are.

use std::time::Duration;

use crate::program::Program;
use crate::steps::{LIMIT, quit};
use crate::support::install::Version;
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

/// Longer than anything takes that follows by itself: the value under a cursor that rests, counts.
const SETTLED: Duration = Duration::from_millis(800);
/// The keys in the directory, more than there are rows.
const KEYS: usize = 60;
/// What a key press or a line of the log may take, all told.
const LITTLE: usize = 250;

/// A server with a directory of small values, and the program open at it in a large terminal.
fn browsing(options: &[&str]) -> (Etcd, Terminal) {
    let etcd = Etcd::start(Version::V3_5);
    for number in 0..KEYS {
        etcd.ctl(&["put", &format!("/app/service-{number:02}"), &format!("10.0.0.{number}:8080")]);
    }
    let term = Program::etcdeck().envs(etcd.env()).args(options).arg("/app/").size(200, 50).start();
    term.wait("● online", LIMIT);
    term.wait("10.0.0.0:8080", LIMIT);
    settle(&term);
    (etcd, term)
}

/// Waits until nothing has been written for a while.
fn settle(term: &Terminal) {
    while !term.output_within(SETTLED).is_empty() {}
}

/// How many bytes are written for what is done, until all that follows from it has been drawn.
fn bytes_for(term: &Terminal, done: impl FnOnce()) -> usize {
    let before = term.bytes_received();
    done();
    settle(term);
    term.bytes_received() - before
}

#[test]
fn a_key_press_and_an_event_take_few_bytes_and_nothing_takes_none() {
    let (etcd, term) = browsing(&[]);
    // From one key to the next, its value and all that is said of it included.
    for number in 1..4 {
        let bytes = bytes_for(&term, || {
            term.keys("j");
            term.wait(&format!("10.0.0.{number}:8080"), LIMIT);
        });
        println!("cursor down: {bytes}");
        assert!((1..=LITTLE).contains(&bytes), "the cursor went down for {bytes} bytes");
    }
    term.keys("gh");
    term.wait("0:8080", LIMIT);
    let _ = (&etcd, KEYS);
    quit(term);
}
