//! Single cases of the machine.

use std::time::Duration;

use super::server::{Server, broken, range};
use super::{Bench, Input, Machine, Step, WatchNews};
use crate::domain::txn::RangeResponse;
use crate::domain::watch::{FaultKind, Gone};
use crate::domain::{Event, Revision};
use crate::store::{ErrorKind, StoreError, WatchMessage};

const A: u8 = 0x21;
const B: u8 = 0x22;

/// A watch from now on that stands, on a server with these writes.
fn standing(writes: &[u8]) -> Bench {
    let mut server = Server::default();
    for bits in writes {
        server.write(*bits);
    }
    let mut bench = Bench::new(Revision::NONE, server);
    bench.settle();
    bench.news.clear();
    bench
}

/// A watch from revision 2 on that lists nothing, as the tree has it.
fn following() -> Bench {
    let mut bench = Bench::new(Revision(2), Server::default());
    bench.machine = Machine::new(range(), Revision(2), false);
    bench
}

fn error(kind: ErrorKind) -> Input {
    Input::Failed(StoreError::new(kind, "why"))
}

fn created(revision: i64, cluster: u64) -> Input {
    Input::Message(WatchMessage::Created { revision: Revision(revision), cluster })
}

#[test]
fn it_resumes_behind_the_last_event_and_behind_progress() {
    let mut bench = standing(&[A, B]);
    bench.server.write(A);
    bench.settle();
    bench.feed(Input::Failed(broken()));
    bench.feed(Input::Waited);
    assert_eq!(bench.machine.next(), Step::Open(Revision(5)));
    bench.settle();
    bench.feed(Input::Message(WatchMessage::Progress { revision: Revision(40) }));
    bench.feed(Input::Failed(broken()));
    bench.feed(Input::Waited);
    assert_eq!(bench.machine.next(), Step::Open(Revision(41)));
}

#[test]
fn what_happens_between_the_listing_and_the_stream_is_told_once() {
    let mut server = Server::default();
    server.write(A);
    let mut bench = Bench::new(Revision::NONE, server);
    assert!(matches!(bench.machine.next(), Step::List(_)));
    bench.step(0);
    assert!(matches!(bench.machine.next(), Step::Open(_)));
    bench.server.write(B);
    bench.server.write(A);
    bench.settle();
    let told: Vec<Revision> = bench
        .news
        .iter()
        .filter_map(|news| match news {
            WatchNews::Events { events, .. } => Some(events),
            _ => None,
        })
        .flatten()
        .map(Event::revision)
        .collect();
    assert_eq!(told, [Revision(3), Revision(4)], "{}", bench.story());
    assert!(!bench.news.iter().any(|news| matches!(news, WatchNews::Fault { .. })));
}

#[test]
fn waits_grow_until_the_stream_brings_something() {
    let mut bench = following();
    let mut waits = Vec::new();
    for _ in 0..7 {
        assert!(matches!(bench.machine.next(), Step::Open(_)));
        bench.feed(Input::Opened);
        // It stands and is cut at once: that proves nothing.
        bench.feed(created(9, 1));
        bench.feed(Input::Proved(RangeResponse { revision: Revision(9), ..Default::default() }));
        bench.feed(Input::Failed(broken()));
        let Step::Wait(Some(wait)) = bench.machine.next() else { panic!("no wait") };
        waits.push(wait.as_millis());
        bench.feed(Input::Waited);
    }
    assert_eq!(waits, [90, 180, 360, 720, 1440, 1800, 1800]);
    bench.server.write(A);
    bench.step(0);
    bench.settle();
    bench.feed(Input::Failed(broken()));
    assert_eq!(bench.machine.next(), Step::Wait(Some(Duration::from_millis(90))));
}

#[test]
fn a_refusal_is_told_once_and_asked_again_slowly() {
    let mut bench = following();
    let mut waits = Vec::new();
    for _ in 0..7 {
        bench.feed(error(ErrorKind::PermissionDenied));
        let Step::Wait(Some(wait)) = bench.machine.next() else { panic!("no wait") };
        waits.push(wait.as_secs_f32());
        bench.feed(Input::Waited);
    }
    assert_eq!(waits, [0.9, 1.8, 3.6, 7.2, 14.4, 27.0, 27.0]);
    assert_eq!(bench.news.len(), 1, "{}", bench.story());
    // What is wrong in itself is not tried again by itself.
    bench.feed(error(ErrorKind::Invalid));
    assert_eq!(bench.machine.next(), Step::Wait(None));
    assert_eq!(bench.news.len(), 2);
    bench.feed(Input::Waited);
    bench.settle();
    assert!(matches!(
        bench.news.last(),
        Some(WatchNews::Progress { .. } | WatchNews::Watching { .. })
    ));
}

#[test]
fn a_member_that_lags_behind_is_no_other_store() {
    let mut bench = standing(&[A, A, A]);
    bench.server.write(B);
    bench.settle();
    bench.feed(Input::Failed(broken()));
    bench.feed(Input::Waited);
    assert_eq!(bench.machine.next(), Step::Open(Revision(6)));
    bench.feed(Input::Opened);
    bench.feed(created(3, 1));
    // Asked for the last event, the store has it.
    bench.step(0);
    assert_eq!(bench.machine.next(), Step::Read);
    assert!(matches!(bench.news.last(), Some(WatchNews::Watching { .. })), "{}", bench.story());
}

#[test]
fn a_store_that_went_back_is_told_and_listed_anew() {
    for after in [&[A][..], &[B, B, B, B, B, B, B, B]] {
        let mut bench = standing(&[A, B, A]);
        bench.server.write(A);
        bench.settle();
        bench.feed(Input::Failed(broken()));
        // Restored from a backup, and perhaps far ahead again: the revisions mean other things now.
        bench.server = Server::default();
        for bits in after {
            bench.server.write(*bits);
        }
        let now = bench.server.revision();
        bench.settle();
        let replaced = bench.news.iter().find_map(|news| match news {
            WatchNews::Replaced { replaced, .. } => Some(*replaced),
            _ => None,
        });
        let replaced = replaced.expect("told");
        assert_eq!((replaced.told, replaced.now), (Revision(5), now), "{}", bench.story());
        assert!(!replaced.other_cluster);
        let found = bench.news.iter().find_map(|news| match news {
            WatchNews::Found { listed, .. } => Some(listed.clone()),
            _ => None,
        });
        let found = found.expect("listed");
        assert_eq!((found.changed, found.gone), (1, Gone::Named(1)), "{}", bench.story());
        // And it goes on there.
        bench.server.write(B);
        bench.settle();
        assert_eq!(bench.told().last().map(|e| e.revision()), Some(now.next()));
    }
}

#[test]
fn another_cluster_is_told() {
    let mut bench = standing(&[A]);
    bench.feed(Input::Failed(broken()));
    bench.feed(Input::Waited);
    bench.feed(Input::Opened);
    bench.feed(created(900, 2));
    let told = bench
        .news
        .iter()
        .any(|news| matches!(news, WatchNews::Replaced { replaced, .. } if replaced.other_cluster));
    assert!(told, "{}", bench.story());
    bench.feed(Input::Waited);
    assert_eq!(bench.machine.next(), Step::List(Revision::NONE));
}

#[test]
fn an_event_that_was_left_out_is_noticed_by_the_next_of_its_key() {
    let mut bench = standing(&[A]);
    bench.server.write(A);
    bench.server.write(A);
    // The server leaves revision 3 out.
    bench.cursor = Revision(4);
    bench.step(0);
    assert_eq!(bench.faults(), [FaultKind::Missed]);
    bench.settle();
    let told: Vec<i64> = bench.told().iter().map(|e: &&Event| e.revision().0).collect();
    assert_eq!(told, [4, 3], "late, but told");
}

#[test]
fn a_server_that_never_stops_repeating_is_asked_ever_more_slowly() {
    let mut bench = standing(&[A]);
    bench.server.write(A);
    bench.settle();
    let event = bench.sent.clone();
    for _ in 0..20 {
        bench.feed(Input::Message(WatchMessage::Events(event.clone())));
        assert!(matches!(bench.machine.next(), Step::Wait(Some(_))));
        bench.feed(Input::Waited);
        bench.feed(Input::Opened);
        bench.feed(created(3, 1));
        bench.step(0);
    }
    assert_eq!(bench.faults().len(), 20);
    assert_eq!(bench.told().len(), 1, "shown once");
    bench.feed(Input::Message(WatchMessage::Events(event)));
    assert_eq!(bench.machine.next(), Step::Wait(Some(Duration::from_millis(1800))));
}

#[test]
fn a_server_that_does_not_say_what_is_left_is_asked_for_the_present() {
    let mut bench = standing(&[A, B]);
    for _ in 0..5 {
        bench.server.write(A);
    }
    bench.feed(error(ErrorKind::Compacted { oldest: Revision::NONE }));
    bench.settle();
    assert_eq!(bench.gaps(), [(Revision(4), Revision(8))], "{}", bench.story());
    assert!(bench.story().contains("1 changed"), "{}", bench.story());
}

#[test]
fn what_only_the_tree_needs_is_not_listed() {
    let mut bench = following();
    assert_eq!(bench.machine.next(), Step::Open(Revision(2)));
    bench.server.write(A);
    bench.server.write(A);
    bench.server.compacted = Revision(3);
    bench.feed(error(ErrorKind::Compacted { oldest: Revision(3) }));
    assert_eq!(bench.machine.next(), Step::Open(Revision(3)));
    assert_eq!(bench.gaps(), [(Revision(2), Revision(2))]);
}
