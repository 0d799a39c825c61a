//! Snapshots of the panes in their states, at the sizes that lay the screen out differently.

use std::time::{Duration, SystemTime};

use etcdeck::app::effect::WatchId;
use etcdeck::app::message::{ConnectionNews, Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::domain::{Entry, Event, EventKind, Revision, Version};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Alarm, ErrorKind, Status, StoreError};

use super::desk::{Answers, Desk, refused, settings};
use super::{SMALL, USUAL, assert_screen, at_sizes, scene, snapshot};

#[test]
fn a_busy_screen() {
    let sizes = [(200, 50), (120, 40), USUAL, (60, 14), SMALL];
    at_sizes("busy", &sizes, scene::busy);
}

#[test]
fn the_first_frame_and_the_wait_for_an_answer() {
    let mut desk = Desk::new(settings(), Sandbox::new(), USUAL);
    snapshot("first-frame", &mut desk);
    desk.answers = Answers::Never;
    desk.start();
    snapshot("loading", &mut desk);
}

#[test]
fn nobody_answers() {
    at_sizes("no-connection", &[(120, 40), USUAL, SMALL], |size| {
        let mut desk = Desk::new(settings(), Sandbox::new(), size);
        desk.answers = Answers::Error(refused());
        desk.start();
        desk.lost(3);
        desk
    });
}

#[test]
fn an_empty_store() {
    let mut desk = Desk::new(settings(), Sandbox::new(), USUAL);
    desk.start();
    desk.online();
    snapshot("empty", &mut desk);
    let mut desk = Desk::new(Settings { read_only: true, ..settings() }, Sandbox::new(), USUAL);
    desk.start();
    desk.online();
    snapshot("empty-read-only", &mut desk);
}

#[test]
fn a_lost_connection_marks_every_pane_and_counts_down() {
    at_sizes("lost", &[USUAL, SMALL], |size| {
        let mut desk = scene::busy(size);
        desk.lost(9);
        desk
    });
    let mut desk = scene::busy(USUAL);
    desk.lost(9);
    assert!(desk.screen().contains("next try in 9s"));
    desk.wait(Duration::from_millis(1500));
    assert!(desk.screen().contains("next try in 8s"), "{}", desk.screen());
    assert_eq!(desk.screen().matches(" stale ").count(), 4);
    desk.online();
    assert!(!desk.screen().contains("stale"));
}

#[test]
fn a_tree_that_does_not_follow_says_so_in_a_narrow_pane_too() {
    let flood = |desk: &mut Desk| {
        let revision = desk.status().revision;
        for n in 1..=11 {
            let put = |_| Event {
                kind: EventKind::Put,
                entry: Entry {
                    key: "/flood".into(),
                    mod_revision: Revision(revision.0 + n),
                    version: Version(n),
                    ..Entry::default()
                },
                previous: None,
            };
            let events = (0..1000).map(put).collect();
            let news = WatchNews::Events { events, received: SystemTime::UNIX_EPOCH };
            desk.happens(Message::Watch(WatchId::FOLLOW, news));
        }
    };
    let unfollowed = Settings { follow: false, ..settings() };
    let narrow = (USUAL, ["━ not followed ", "  stale; R reads again "], "━ not followed ");
    let wide = (
        (200, 50),
        ["/s changes, not followed ", "  stale by 2,000 changes; R reads again "],
        "━ not followed, R reads again ",
    );
    for (size, flooded, off) in [narrow, wide] {
        let mut desk = scene::fresh(size);
        flood(&mut desk);
        for said in flooded {
            assert!(desk.screen().contains(said), "{said}: {}", desk.screen());
        }
        let mut desk = scene::with(unfollowed.clone(), size);
        assert!(desk.screen().contains(off), "{}", desk.screen());
    }
}

#[test]
fn a_user_who_is_denied() {
    let mut desk = Desk::new(
        Settings { user: Some("reader".to_owned()), ..settings() },
        Sandbox::new(),
        USUAL,
    );
    let error = StoreError::new(ErrorKind::PermissionDenied, "etcdserver: permission denied")
        .during("range of all keys");
    desk.answers = Answers::Error(error.clone());
    desk.start();
    desk.happens(Message::Connection(ConnectionNews::Denied(error)));
    snapshot("denied", &mut desk);
}

#[test]
fn a_value_that_cannot_be_read() {
    let mut desk = scene::fresh(USUAL);
    desk.answers = Answers::Error(StoreError::new(
        ErrorKind::PermissionDenied,
        "etcdserver: permission denied",
    ));
    desk.press("G");
    snapshot("value-failed", &mut desk);
}

#[test]
fn each_pane_zoomed() {
    for pane in ["1", "2", "3", "4"] {
        let mut desk = scene::busy(USUAL);
        desk.press(pane);
        desk.press("z");
        snapshot(&format!("zoomed-{pane}"), &mut desk);
    }
}

#[test]
fn each_pane_alone_on_a_small_screen() {
    for pane in ["2", "3", "4"] {
        let mut desk = scene::busy(SMALL);
        desk.press(pane);
        snapshot(&format!("small-{pane}"), &mut desk);
    }
}

#[test]
fn a_filter_being_typed_and_kept() {
    let mut desk = scene::busy(USUAL);
    desk.press("/");
    desk.type_text("shard");
    snapshot("filter-typing", &mut desk);
    desk.press("enter");
    snapshot("filter-kept", &mut desk);
}

#[test]
fn a_long_list_says_where_it_is() {
    let mut desk = scene::fresh(USUAL);
    desk.press("l l l h j l");
    desk.press("j j j j j j j j j j j j j j j j j j j j");
    snapshot("long-list", &mut desk);
}

#[test]
fn renderings_of_a_value() {
    let mut desk = scene::fresh(USUAL);
    desk.press("l l l l 2");
    snapshot("json-broken-auto", &mut desk);
    desk.press("v v");
    snapshot("json-broken-forced", &mut desk);
    desk.press("v");
    snapshot("hex", &mut desk);
}

#[test]
fn strange_keys_and_values() {
    at_sizes("strange", &[(120, 40), USUAL, SMALL], |size| {
        let mut desk = scene::strange(size);
        desk.press("w j l o");
        desk.type_text(&"/deep".repeat(12));
        desk.type_text("/leaf");
        desk.press("enter");
        desk
    });
}

#[test]
fn a_header_with_everything_to_say() {
    let everything = |size| {
        let mut desk = scene::with(
            Settings {
                read_only: true,
                skip_verify: true,
                user: Some("operator".to_owned()),
                endpoints: vec!["https://etcd-0.etcd.production.svc.cluster.local:2379".to_owned()],
                ..settings()
            },
            size,
        );
        let alarm = |member| Alarm { member, name: "NOSPACE".to_owned() };
        let status = Status {
            endpoint: "https://etcd-0.etcd.production.svc.cluster.local:2379".to_owned(),
            alarms: vec![alarm(1), alarm(2)],
            ..desk.status()
        };
        desk.happens(Message::Connection(ConnectionNews::Online(status)));
        desk
    };
    let mut headers = String::new();
    for width in [200, 120, 100, 80, 60, 40] {
        let header = everything((width, 24)).screen();
        headers.push_str(header.lines().next().unwrap_or_default());
        headers.push('\n');
    }
    assert_screen("headers", &headers);
}

#[test]
fn what_is_awaited_is_said_when_it_takes_long() {
    let mut desk = scene::fresh(USUAL);
    desk.press("G");
    desk.answers = Answers::Never;
    desk.happens(Message::Key(etcdeck::keymap::Chord::char('e')));
    assert!(!desk.screen().contains("reading"), "{}", desk.screen());
    desk.wait(Duration::from_millis(100));
    assert!(desk.screen().contains("reading /zzz to edit it …"), "{}", desk.screen());
    desk.answer_pending();
    assert!(!desk.screen().contains("reading /zzz"), "{}", desk.screen());
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    let mut desk = scene::fresh((20, 5));
    snapshot("too-small", &mut desk);
}
