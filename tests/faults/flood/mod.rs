//! More than anybody can read, and nothing at all: memory stays bounded, what is dropped is counted,
//! and a key press is answered.

mod measure;
mod server;

use std::time::Duration;

use measure::{LETTERS, Measured, press};
use server::{Flood, FloodServer};

use crate::alone::alone;
use crate::pty::program::Program;
use crate::pty::terminal::Terminal;
use crate::support::install::Version;
use crate::support::servers::Etcd;
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const LIMIT: Duration = Duration::from_secs(30);

/// How soon a key press is to be answered, of 99 in 100.
const SOON: Duration = Duration::from_millis(50);

/// How much more memory there may be than at the start.
const MEMORY: u64 = 64 << 20;

/// The lines that wait during a pause.
const WAITING: u64 = 10_000;

/// A server and a program that watches `/site/`, with the command line open.
async fn watching(etcd: &Etcd, flood: Flood, paused: bool) -> (FloodServer, Terminal) {
    etcd.ctl(&["put", "/site/name", "shop"]);
    let server = FloodServer::start(etcd.url().trim_start_matches("http://"), flood).await;
    let term = Program::etcdeck().args(["--endpoints", &server.url()]).size(200, 50).start();
    term.wait("● online", LIMIT);
    term.wait("▸ /site/", LIMIT);
    term.keys("w");
    term.wait("1 watching /site/*", LIMIT);
    if paused {
        term.keys("4 ");
        term.wait("PAUSED", LIMIT);
        term.keys("1");
    }
    term.keys(&format!(":{LETTERS}"));
    term.wait(&format!(":{LETTERS}"), LIMIT);
    (server, term)
}

#[expect(clippy::print_stdout, reason = "the figures, for whoever measures")]
fn assert_lively(what: &str, percent: usize, measured: &Measured) {
    println!("{what}: {measured}");
    assert!(measured.of(percent) <= SOON, "{what}: {measured}");
    assert!(measured.grown() <= MEMORY, "{what}: {measured}");
}

/// What a flood that is only looked at sends to a large terminal with colors.
#[expect(clippy::print_stdout, reason = "the figures, for whoever measures")]
async fn assert_few_bytes(term: &Terminal, server: &FloodServer) {
    const WHILE: Duration = Duration::from_secs(2);
    /// What a line of 25 kB a second carries meanwhile.
    const MOST: usize = 50_000;
    let (before, events) = (term.bytes_received(), server.sent());
    tokio::time::sleep(WHILE).await;
    let (bytes, events) = (term.bytes_received() - before, server.sent() - events);
    println!("a flood: {bytes} bytes for {events} events in {WHILE:?}");
    assert!(events >= 20_000, "this was no flood: {events} in {WHILE:?}");
    assert!((1..=MOST).contains(&bytes), "{bytes} bytes for {events} events in {WHILE:?}");
}

fn leave_command_line(term: &Terminal) {
    term.keys("\x1b");
    term.wait_gone(&format!(":{LETTERS}"), LIMIT);
}

/// A number as the screen writes it.
fn number(text: &str) -> Option<u64> {
    text.chars().filter(|it| *it != ',').collect::<String>().parse().ok()
}

/// The number in front of some words on the screen.
fn number_before(screen: &str, words: &str) -> Option<u64> {
    number(screen[..screen.find(words)?].split_whitespace().next_back()?)
}

#[test]
fn a_minute_of_fifty_thousand_events_a_second_while_paused() {
    alone(async || {
        const MINUTE: Duration = Duration::from_secs(60);
        let etcd = Etcd::start(Version::V3_5);
        let flood = Flood { rate: 50_000, value: 100, tree_too: false };
        let (server, term) = watching(&etcd, flood, true).await;
        server.flow(true);
        let measured = press(&term, MINUTE, Duration::from_millis(150)).await;
        println!("{} events of {} were taken", server.sent(), server.offered());
        assert!(measured.presses() >= 300, "{measured}");
        assert_lively("paused", 99, &measured);
        assert!(server.sent() >= 600_000, "this was no flood: {}", server.sent());

        // A value is read while it flows on.
        leave_command_line(&term);
        term.keys(":goto /site/name\r");
        let asked = tokio::time::Instant::now();
        term.wait("shop", LIMIT);
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        term.wait("000/s", LIMIT);

        // What was taken is there or counted, to the last event.
        server.flow(false);
        let dropped = term.wait_for("the last drop", LIMIT, |screen| {
            let dropped = number_before(&screen.contents(), " dropped while paused")?;
            (dropped + WAITING == server.sent()).then_some(dropped)
        });
        assert!(dropped > 0);
        term.wait("PAUSED, 10,000 new", LIMIT);
        term.wait_gone("/s ", LIMIT);
    });
}

#[test]
fn the_tree_does_not_follow_a_flood_and_follows_again_after_it() {
    alone(async || {
        let etcd = Etcd::start(Version::V3_5);
        let flood = Flood { rate: 20_000, value: 100, tree_too: true };
        let (server, term) = watching(&etcd, flood, false).await;
        server.flow(true);
        let measured = press(&term, Duration::from_secs(8), Duration::from_millis(80)).await;
        // Too few presses for more than the rule.
        assert_lively("live, and the tree's watch too", 50, &measured);
        assert_few_bytes(&term, &server).await;
        term.wait("/s changes, not followed", LIMIT);
        // What is opened is listed, and said to be stale at once.
        leave_command_line(&term);
        term.keys("l");
        term.wait("changes; R reads again", LIMIT);
        term.wait("name", LIMIT);
        server.flow(false);
        term.wait_gone("not followed", LIMIT);
        term.wait_gone("R reads again", LIMIT);
    });
}

#[test]
fn values_of_a_megabyte_do_not_fill_memory() {
    alone(async || {
        let etcd = Etcd::start(Version::V3_5);
        let flood = Flood { rate: 40, value: 1 << 20, tree_too: true };
        let (server, term) = watching(&etcd, flood, true).await;
        server.flow(true);
        let measured = press(&term, Duration::from_secs(8), Duration::from_millis(80)).await;
        assert_lively("values of 1 MiB", 50, &measured);
        term.wait("dropped while paused", LIMIT);
    });
}

#[test]
fn a_server_that_accepts_and_never_answers_delays_no_key() {
    alone(async || {
        let stub = Stub::start().await;
        stub.otherwise(Reply::silence());
        let term = Program::etcdeck().args(["--endpoints", &stub.url()]).start();
        term.keys(&format!(":{LETTERS}"));
        term.wait(&format!(":{LETTERS}"), LIMIT);
        let measured = press(&term, Duration::from_secs(12), Duration::from_millis(40)).await;
        assert!(measured.presses() >= 200, "{measured}");
        assert_lively("silence", 99, &measured);
        assert!(!stub.requests().is_empty(), "it was asked");
    });
}
