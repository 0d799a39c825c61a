//! The views of locks and elections, and what is held here, in the header.

use std::time::Duration;

use etcdeck::app::hold::HoldId;
use etcdeck::app::message::{HoldNews, Message};
use etcdeck::domain::txn::{DeleteRequest, PutRequest};
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{ErrorKind, Kv, Leases, StoreError};

use super::desk::{Answers, Desk, lease, refused, settings};
use super::{SMALL, USUAL, at_sizes, snapshot};

/// Queues of every kind: held, waited for, nested, held up by a stranger, with values.
async fn fill(store: &Sandbox) {
    let member = async |name: &str, on: i64, value: &str| {
        // The last one of a name may hang on a lease that another has.
        let _ = store.lease_grant(20 * on, lease(on)).await;
        let request = PutRequest::new(format!("{name}/{}", lease(on)).as_str(), value);
        store.put(request.lease(lease(on))).await.expect("the sandbox answers");
    };
    member("/locks/migrate", 1, "").await;
    member("/locks/migrate", 2, "").await;
    member("/locks/migrate", 3, "").await;
    member("/locks/backup/eu", 4, "").await;
    member("/locks/backup", 5, "").await;
    store.put(PutRequest::new("/locks/old/readme", "see the wiki")).await.expect("answers");
    member("/locks/old", 6, "").await;
    member("/locks/of-somebody", 1, "host-a, since 08:15").await;
    member("/election/scheduler", 7, "{\"host\":\"10.0.3.11\",\"zone\":\"a\"}").await;
    member("/election/scheduler", 8, "{\"host\":\"10.0.3.12\",\"zone\":\"b\"}").await;
    let long = "a very long name that somebody wrote where a short one belongs, and then some";
    member(long, 9, "\x1b]0;title\x07 \u{202e}gnp").await;
}

fn desk(size: (u16, u16)) -> Desk {
    let mut desk = Desk::new(settings(), Sandbox::new(), size);
    desk.others(fill);
    desk.start();
    desk.online();
    desk
}

fn runs(desk: &mut Desk, command: &str) {
    desk.press(":");
    desk.type_text(command);
    desk.press("enter");
}

/// The lock is held here, the second in the queue waits for it.
fn held(size: (u16, u16)) -> Desk {
    let mut desk = desk(size);
    runs(&mut desk, "locks");
    runs(&mut desk, "lock /locks/migrate");
    let key = format!("/locks/migrate/{}", lease(1)).as_str().into();
    let news = HoldNews::Held { key, fencing: Revision(2), lease: lease(1) };
    desk.happens(Message::Hold(HoldId(1), news));
    desk.wait(Duration::from_secs(6));
    desk
}

#[test]
fn locks_in_every_state() {
    at_sizes("locks", &[(120, 40), USUAL, SMALL], |size| {
        let mut desk = held(size);
        desk.press("j j");
        desk
    });
}

#[test]
fn elections_with_their_values() {
    at_sizes("elections", &[(120, 40), USUAL], |size| {
        let mut desk = desk(size);
        runs(&mut desk, "elections");
        desk
    });
}

#[test]
fn the_faces_of_the_view() {
    let mut desk = Desk::new(settings(), Sandbox::new(), USUAL);
    desk.start();
    desk.online();
    runs(&mut desk, "locks /locks/");
    snapshot("locks-empty", &mut desk);
    desk.answers = Answers::Never;
    runs(&mut desk, "elections");
    assert!(desk.screen().contains("reading the leases …"), "{}", desk.screen());
    desk.answer_pending();
    assert!(desk.screen().contains("there is no candidate"), "{}", desk.screen());
    let denied = StoreError::new(ErrorKind::PermissionDenied, "etcdserver: permission denied");
    desk.answers = Answers::Error(denied.during("lease list"));
    runs(&mut desk, "locks");
    assert!(desk.screen().contains("permission denied · R tries again"), "{}", desk.screen());
    desk.answers = Answers::Store;
    desk.press("R");
    assert!(desk.screen().contains("nobody holds or waits"), "{}", desk.screen());
    desk.answers = Answers::Error(refused());
    runs(&mut desk, "locks");
    // The sentence is wrapped; its end tells.
    assert!(desk.screen().contains("refused); is etcd running"), "{}", desk.screen());
    // Tried again by itself.
    desk.answers = Answers::Store;
    desk.online();
    desk.wait(Duration::from_secs(3));
    assert!(!desk.screen().contains("refused"), "{}", desk.screen());
    assert!(desk.screen().contains("nobody holds or waits"), "{}", desk.screen());
}

#[test]
fn what_is_held_stays_in_the_header_on_every_width() {
    for width in [80, 60, 40] {
        let mut desk = held((width, 24));
        let header = |desk: &mut Desk| desk.screen().lines().next().expect("a header").to_owned();
        assert!(header(&mut desk).contains("HOLDING"), "{}", desk.screen());
        let (until, reason) = (desk.app.now + Duration::from_secs(9), "no answer".to_owned());
        desk.happens(Message::Hold(HoldId(1), HoldNews::Doubtful { until, reason }));
        assert!(header(&mut desk).contains("PERHAPS LOST"), "{}", desk.screen());
        assert!(!header(&mut desk).contains("HOLDING"), "{}", desk.screen());
        desk.press("j j j j r");
        assert!(header(&mut desk).contains("giving up"), "{}", desk.screen());
        desk.happens(Message::Hold(HoldId(1), HoldNews::Released));
        assert!(!header(&mut desk).contains("lock"), "{}", desk.screen());
    }
}

#[test]
fn without_a_connection_nobody_is_said_to_hold() {
    let mut desk = held(USUAL);
    assert!(desk.screen().contains("holds"));
    desk.lost(9);
    let screen = desk.screen();
    assert!(!screen.contains("  holds ") && screen.contains("held?"), "{screen}");
    assert!(!screen.contains("held,") && screen.contains("HELD? lock /locks/migrate"), "{screen}");
    assert!(screen.contains(" stale "), "{screen}");
    desk.online();
    assert!(desk.screen().contains("holds"));
}

#[test]
fn a_holder_seen_to_change_is_told_since_when() {
    let mut desk = desk(USUAL);
    runs(&mut desk, "locks /locks/migrate");
    let row = |desk: &mut Desk, word: &str| {
        let screen = desk.screen();
        screen.lines().find(|line| line.contains(word)).map(str::to_owned).unwrap_or_default()
    };
    assert!(row(&mut desk, "holds").contains("0001"), "{}", desk.screen());
    desk.delete(format!("/locks/migrate/{}", lease(1)).as_str());
    desk.wait(Duration::from_secs(5));
    let holds = row(&mut desk, "holds");
    assert!(holds.contains("0002") && holds.contains("5s"), "{}", desk.screen());
    // Nothing is known of when the waiter came.
    assert!(row(&mut desk, "waits 1").ends_with("┃") && !row(&mut desk, "waits 1").contains("5s"));
}

#[test]
fn the_question_before_freeing_names_everything() {
    let mut desk = desk(USUAL);
    runs(&mut desk, "locks /locks/migrate");
    desk.press("j d");
    snapshot("locks-free", &mut desk);
    desk.press("n");
    desk.others(async |store| {
        let range = KeyRange::prefix("/locks/migrate/");
        store.delete(DeleteRequest::new(range)).await.expect("the sandbox answers");
    });
    desk.press("R");
    assert!(desk.screen().contains("nobody holds or waits for a lock under"), "{}", desk.screen());
}
