//! A user who may read some ranges only.

use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::{Answer, Call, Effect, WatchId};
use etcdeck::app::follow::Follow;
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::domain::access::{Grant, Permission, Rights, words};
use etcdeck::domain::txn::{Op, OpResponse, RangeResponse};
use etcdeck::domain::{EventKind, KeyRange};

use super::table::{NOW, Table, denied, entry, is_counting, is_listing, txn};

fn rights(grants: &[(Permission, KeyRange)]) -> Rights {
    let grants: Vec<Grant> = grants
        .iter()
        .map(|(permission, range)| Grant { permission: *permission, range: range.clone() })
        .collect();
    Rights::new("alice", vec!["app".to_owned()], &grants)
}

fn granted() -> Rights {
    rights(&[
        (Permission::ReadWrite, KeyRange::prefix("/svc/web/")),
        (Permission::Read, KeyRange::single("/svc/motd")),
        (Permission::Read, KeyRange::interval("k2", "k5")),
        (Permission::Write, KeyRange::prefix("/in/")),
    ])
}

/// Online as alice, who was refused the root and knows her rights.
fn as_alice(rights: Rights) -> Table {
    let mut table = Table::new();
    table.app.settings.user = Some("alice".to_owned());
    table.app.start();
    table.online();
    table.keys("R");
    let open = table.asked(is_listing);
    table.answers(open.ticket, Err(denied()));
    answers_rights(&mut table, rights);
    table
}

fn answers_rights(table: &mut Table, rights: Rights) {
    let open = table.asked(|call| *call == Call::Rights);
    table.answers(open.ticket, Ok(Answer::Rights(Box::new(rights))));
}

const KEYS: [&str; 6] = ["/b/x", "/svc/motd", "/svc/web/a", "/svc/web/b/c", "k3", "k4"];

/// Answers all listings, also those that the answers lead to, and says which ranges they asked for.
fn lists(table: &mut Table) -> Vec<String> {
    let mut asked = Vec::new();
    while let Some(at) = table.open.iter().position(|open| is_listing(&open.call)) {
        let open = table.open.remove(at);
        let Call::Range(request) = &open.call else { unreachable!() };
        let inside = KEYS.iter().filter(|key| request.range.contains(key.as_bytes()));
        let entries: Vec<_> = inside.map(|key| entry(key, "")).collect();
        let count = entries.len() as i64;
        let range = RangeResponse { revision: NOW, entries, count, more: false };
        table.answers(open.ticket, Ok(Answer::Range(range)));
        asked.push(words(&request.range));
    }
    asked.sort();
    asked
}

fn browsing() -> Table {
    let mut table = as_alice(granted());
    // Once for the root, and once for the directory on the way.
    let asked =
        ["/svc/motd", "/svc/motd", "/svc/web/*", "/svc/web/*", "k2 up to k5"].map(str::to_owned);
    assert_eq!(lists(&mut table), asked);
    table
}

#[test]
fn what_may_be_read_is_listed_range_by_range_and_opened_up_to_there() {
    let mut table = browsing();
    assert!(table.notice().contains("alice may read /svc/motd, /svc/web/*, k2 up to k5"));
    assert!(table.notice().contains("write only: /in/*"), "{}", table.notice());
    // The way to the ranges is open.
    assert_eq!(table.rows(), ">/svc/ motd web/ k3 k4");
    assert!(table.open.iter().all(|open| !is_listing(&open.call)), "{:#?}", table.open);
    // The granted directory itself is listed when it is opened, as ever.
    table.keys("j j l");
    assert_eq!(lists(&mut table), ["/svc/web/*"]);
    assert_eq!(table.rows(), "/svc/ motd >web/ a b/ k3 k4");
}

#[test]
fn each_range_is_followed_by_a_watch_of_its_own() {
    let mut table = browsing();
    let watches: Vec<(WatchId, String)> = table
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Watch { id, range, from } => {
                assert_eq!(*from, NOW.next());
                Some((*id, words(range)))
            }
            _ => None,
        })
        .collect();
    let names: Vec<&str> = watches.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["/svc/motd", "/svc/web/*", "k2 up to k5"]);
    let watching = || WatchNews::Watching { revision: NOW };
    for (id, _) in &watches {
        assert_ne!(table.app.keys.follow, Follow::Live);
        table.happens(Message::Watch(*id, watching()));
    }
    assert_eq!(table.app.keys.follow, Follow::Live);
    // One watch may be behind another: what it brings late is no less true.
    put_on(&mut table, watches[2].0, 120, "k2");
    put_on(&mut table, watches[1].0, 110, "/svc/web/new/x");
    assert_eq!(table.rows(), ">/svc/ motd web/ k2 k3 k4");
    table.keys("j j l");
    lists(&mut table);
    assert_eq!(
        table.rows(),
        "/svc/ motd >web/ a b/ new/ k2 k3 k4",
        "played on top of an older listing"
    );
    // One that is refused is told, and the others go on.
    table.happens(Message::Watch(watches[0].0, WatchNews::Refused(denied())));
    assert_eq!(table.app.keys.follow, Follow::Refused(denied()));
    put_on(&mut table, watches[2].0, 121, "k22");
    assert!(table.rows().contains("k22"), "{}", table.rows());
}

fn put_on(table: &mut Table, id: WatchId, revision: i64, key: &str) {
    use etcdeck::domain::{Event, Revision, Version};
    let mod_revision = Revision(revision);
    let entry = etcdeck::domain::Entry {
        mod_revision,
        create_revision: mod_revision,
        version: Version(1),
        ..entry(key, "")
    };
    let events = vec![Event { kind: EventKind::Put, entry, previous: None }];
    let received = std::time::SystemTime::UNIX_EPOCH;
    table.happens(Message::Watch(id, WatchNews::Events { events, received }));
}

#[test]
fn a_directory_is_counted_in_the_parts_that_may_be_read() {
    let mut table = browsing();
    table.passes(std::time::Duration::from_secs(1));
    let open = table.asked(is_counting);
    let Call::Txn(request) = &open.call else { unreachable!() };
    let counted: Vec<String> = request
        .success
        .iter()
        .map(|op| match op {
            Op::Range(range) if range.count_only => words(&range.range),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counted, ["/svc/motd", "/svc/web/*"], "web/ is known from its listing");
    let count = |count| {
        OpResponse::Range(RangeResponse { revision: NOW, count, ..RangeResponse::default() })
    };
    table.answers(open.ticket, Ok(txn(true, vec![count(1), count(7)])));
    let tree = &table.app.keys.tree;
    let root = tree.find(b"/svc/").expect("the directory");
    assert_eq!(tree.dir(root).expect("a directory").count, Some(8));
}

#[test]
fn going_where_nothing_may_be_read_is_refused_in_words_and_the_rest_works() {
    let mut table = browsing();
    table.runs("goto /other/x");
    assert!(table.notice().contains("alice may not read /other/x"), "{}", table.notice());
    table.runs("goto /svc/web/b/c");
    lists(&mut table);
    assert_eq!(table.rows(), "/svc/ motd web/ a b/ >c k3 k4");
    table.keys("/ m o t d enter");
    assert_eq!(table.rows(), "/svc/ >motd");
}

#[test]
fn rights_that_changed_are_found_out_by_reading_again() {
    let mut table = browsing();
    table.keys("R");
    answers_rights(&mut table, granted());
    assert_eq!(lists(&mut table).len(), 5, "the same: the levels are read again");

    table.keys("R");
    table.open.retain(|open| open.call == Call::Rights);
    answers_rights(&mut table, rights(&[(Permission::Read, KeyRange::prefix("/b/"))]));
    assert_eq!(lists(&mut table), ["/b/*"]);
    assert_eq!(table.rows(), ">/b/");
    assert!(table.effects.contains(&Effect::Unwatch(WatchId::following(2))));

    table.keys("R");
    table.open.retain(|open| open.call == Call::Rights);
    answers_rights(&mut table, rights(&[(Permission::Read, KeyRange::all())]));
    assert_eq!(lists(&mut table), ["all keys"]);
    assert!(table.app.keys.limits.is_none());
}

#[test]
fn who_may_read_nothing_is_told_so() {
    let table = as_alice(rights(&[(Permission::Write, KeyRange::prefix("/in/"))]));
    assert_eq!(table.rows(), ">failed");
    assert!(table.notice().contains("alice may read nothing; write only: /in/*"));
    assert!(table.open.iter().all(|open| !is_listing(&open.call)));
}

#[test]
fn rights_that_cannot_be_had_leave_the_refusal() {
    let mut table = Table::new();
    table.app.settings.user = Some("alice".to_owned());
    table.app.start();
    table.online().keys("R");
    let open = table.asked(is_listing);
    table.answers(open.ticket, Err(denied()));
    let open = table.asked(|call| *call == Call::Rights);
    table.answers(open.ticket, Err(denied()));
    assert_eq!(table.rows(), ">failed");
    // A directory that is known to be readable can still be named.
    table.runs("goto /svc/web/a");
    assert_eq!(lists(&mut table), ["/svc/web/*"]);
    assert_eq!(table.rows(), ">a b/");
}

#[test]
fn the_rights_are_shown_in_words() {
    let mut table = browsing();
    table.runs("rights");
    answers_rights(&mut table, granted());
    let Some(Dialog::Text { title, lines, .. }) = table.app.dialogs.last() else {
        panic!("a text")
    };
    assert_eq!(title, "Rights of alice");
    assert_eq!(
        lines.join("\n"),
        "Roles: app\n\n\
         May be read and written:\n  /svc/web/*\n\n\
         May be read:\n  /svc/motd\n  k2 up to k5\n\n\
         May be written and not read, so it is not listed:\n  /in/*\n\n\
         No other key may be read, so none is shown. R in Keys asks again."
    );
}
