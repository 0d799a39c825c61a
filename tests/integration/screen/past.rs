//! The past on the screen: the tree at a revision, the history of a key, what became of a prefix.

use etcdeck::domain::Revision;
use etcdeck::domain::txn::{DeleteRequest, PutRequest};
use etcdeck::domain::{KeyRange, LeaseId};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::Kv;

use super::desk::{Desk, lease};
use super::scene::fresh;
use super::{SMALL, USUAL, at_sizes, snapshot};

const WIDE: (u16, u16) = (120, 40);
const SIZES: &[(u16, u16)] = &[USUAL, WIDE, SMALL];

/// Several lives of one key, changes around it.
async fn lives(store: &Sandbox) {
    let put = async |key: &str, value: &str, on: LeaseId| {
        store.put(PutRequest::new(key, value).lease(on)).await.expect("a put");
    };
    let delete = async |key: &str| {
        store.delete(DeleteRequest::new(KeyRange::single(key))).await.expect("a delete");
    };
    put("/config/app/name", "{\"name\":\"api\",\"replicas\":4}", LeaseId::NONE).await;
    delete("/config/app/name").await;
    put("/config/app/name", "{\"name\":\"api\",\"replicas\":1}", lease(1)).await;
    put("/config/app/name", "{\"name\":\"api\",\"replicas\":2}", lease(1)).await;
    delete("/config/app/port").await;
    put("/config/app/new", "made \u{1b}[31mlater", LeaseId::NONE).await;
    put("/config/app/motd", "Good morning.\n\tBack by noon.\n", LeaseId::NONE).await;
}

/// The revision before all of that.
const BEFORE: i64 = 42;

fn lived(size: (u16, u16)) -> Desk {
    let desk = fresh(size);
    desk.others(lives);
    desk
}

fn run(desk: &mut Desk, line: &str) {
    desk.press(":");
    desk.type_text(line);
    desk.press("enter");
}

fn compact(desk: &Desk, at: i64) {
    desk.others(async |store| store.compact(Revision(at), true).await).expect("compacted");
}

fn history(size: (u16, u16)) -> Desk {
    let mut desk = lived(size);
    run(&mut desk, "history /config/app/name");
    desk
}

fn difference(size: (u16, u16)) -> Desk {
    let mut desk = lived(size);
    run(&mut desk, &format!("diff /config/ {BEFORE}"));
    desk
}

#[test]
fn the_tree_at_a_revision() {
    at_sizes("past-tree", SIZES, |size| {
        let mut desk = lived(size);
        desk.press("l l l j j");
        run(&mut desk, &format!("rev {BEFORE}"));
        run(&mut desk, "goto /config/app/port");
        desk
    });
}

#[test]
fn a_write_in_the_past_is_refused_with_the_way_back() {
    let mut desk = lived(USUAL);
    run(&mut desk, &format!("rev {BEFORE}"));
    desk.press("n");
    snapshot("past-refused-80x24", &mut desk);
}

#[test]
fn a_compacted_revision_names_the_oldest_left_and_changes_nothing() {
    let mut desk = lived(USUAL);
    compact(&desk, BEFORE);
    run(&mut desk, "rev 7");
    snapshot("past-compacted-80x24", &mut desk);
    run(&mut desk, "rev 70000");
    snapshot("past-future-80x24", &mut desk);
}

#[test]
fn a_revision_compacted_while_it_is_looked_at_is_said_in_the_pane() {
    at_sizes("past-compacted-meanwhile", &[USUAL, SMALL], |size| {
        let mut desk = lived(size);
        run(&mut desk, &format!("rev {BEFORE}"));
        compact(&desk, BEFORE + 2);
        desk.press("l l");
        desk
    });
}

#[test]
fn a_history_across_lives() {
    at_sizes("history", SIZES, |size| {
        let mut desk = history(size);
        desk.put("/config/app/name", "{\"name\":\"api\",\"replicas\":9}");
        desk.press("j j");
        desk
    });
}

#[test]
fn a_history_after_a_compaction_and_of_a_key_that_never_was() {
    let mut desk = lived(USUAL);
    compact(&desk, BEFORE + 1);
    run(&mut desk, "history /config/app/name");
    desk.press("G");
    snapshot("history-compacted-80x24", &mut desk);
    run(&mut desk, "history /never");
    desk.wait(std::time::Duration::from_secs(2));
    snapshot("history-nothing-80x24", &mut desk);
}

#[test]
fn versions_are_compared_and_restored() {
    let mut desk = history(USUAL);
    desk.press("enter");
    snapshot("history-diff-80x24", &mut desk);
    desk.press("esc space G enter");
    snapshot("history-diff-marked-80x24", &mut desk);
    desk.press("esc r");
    snapshot("history-restore-80x24", &mut desk);
    let mut small = history(SMALL);
    small.press("j enter");
    snapshot("history-diff-40x10", &mut small);
}

#[test]
fn what_became_of_a_prefix() {
    at_sizes("difference", SIZES, |size| {
        let mut desk = difference(size);
        desk.press("space");
        desk
    });
}

#[test]
fn a_difference_shows_its_lines_and_its_errors() {
    let mut desk = difference(USUAL);
    desk.press("enter");
    snapshot("difference-lines-80x24", &mut desk);
    desk.press("esc");
    compact(&desk, BEFORE + 3);
    run(&mut desk, &format!("diff /config/ {BEFORE}"));
    snapshot("difference-compacted-80x24", &mut desk);
}
