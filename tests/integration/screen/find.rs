//! The view of finding keys, and that of finding in values.

use etcdeck::app::find::order::FindNews;
use etcdeck::app::message::Message;
use etcdeck::domain::Revision;
use etcdeck::domain::find::{IndexState, Phase};
use etcdeck::domain::txn::PutRequest;
use etcdeck::sandbox::Sandbox;
use etcdeck::store::Kv as _;

use super::desk::{Desk, settings};
use super::scene::{fresh, strange};
use super::{SMALL, USUAL, at_sizes, snapshot};

const LARGE: (u16, u16) = (200, 50);

/// Keys are found, and the second is selected.
fn found(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    desk.press("f");
    desk.type_text("cdb1");
    desk.press("down");
    desk
}

fn expression(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    desk.press("f tab tab");
    desk.type_text("app/[mn].*e");
    desk
}

/// The index is as far as this.
fn tell(desk: &mut Desk, phase: Phase) {
    desk.happens(Message::Find(FindNews::Index(IndexState {
        keys: 412_000,
        total: 1_000_000,
        bytes: 17_301_504,
        rate: 118_432,
        revision: Revision(123_456),
        phase,
    })));
}

#[test]
fn keys_that_match_stand_below_what_is_typed() {
    at_sizes("find", &[USUAL, SMALL, LARGE], found);
    at_sizes("find-regex", &[USUAL], expression);
    let mut desk = expression(USUAL);
    desk.type_text("(x");
    snapshot("find-fault-80x24", &mut desk);
    let mut desk = strange(USUAL);
    desk.press("f");
    snapshot("find-strange-80x24", &mut desk);
}

#[test]
fn how_far_the_keys_are_is_said() {
    let mut desk = found(USUAL);
    tell(&mut desk, Phase::Reading);
    snapshot("find-reading-80x24", &mut desk);
    desk.resize(SMALL.0, SMALL.1);
    snapshot("find-reading-40x10", &mut desk);
    desk.resize(USUAL.0, USUAL.1);
    for (phase, note, line) in [
        (Phase::Stopped, "412,000 of ~1,000,000 keys, stopped", "Ctrl-s goes on"),
        (Phase::Waiting("refused".into()), "waiting", "refused; it goes on when"),
        (
            Phase::Lost("no answer".into()),
            "412,000 keys not live",
            "at revision 123,456, then: no answer",
        ),
        (Phase::Still(Some("denied".into())), "keys not live", "not followed: denied"),
        (Phase::Still(None), "412,000 keys ", "/config/db"),
        (Phase::Stale("compacted".into()), "412,000 keys stale", "Ctrl-r reads all keys anew"),
        (Phase::Failed("no etcd".into()), "not read", "no etcd · Ctrl-r tries again"),
        (Phase::Live, "412,000 keys live", "/config/db"),
    ] {
        tell(&mut desk, phase.clone());
        let screen = desk.screen();
        assert!(screen.contains(note) && screen.contains(line), "{phase:?}:\n{screen}");
    }
}

#[test]
fn many_keys_are_asked_about() {
    let mut many = Desk::new(settings(), Sandbox::new(), USUAL);
    many.others(async |store| {
        for n in 0..100_001 {
            store.put(PutRequest::new(format!("/k/{n:06}").as_str(), "")).await.expect("a put");
        }
    });
    many.start();
    many.online();
    many.press("f");
    snapshot("find-many-80x24", &mut many);
    many.press("n");
    assert!(many.screen().contains("100,001 keys are not read; Ctrl-r asks again"));
}

/// Values are found in.
fn values(size: (u16, u16)) -> Desk {
    let mut desk = fresh(size);
    desk.press(":");
    desk.type_text("find-values /config/ e.?a regex");
    desk.press("enter j");
    desk
}

#[test]
fn values_that_match_show_where() {
    at_sizes("find-values", &[USUAL, SMALL, LARGE], values);
}
