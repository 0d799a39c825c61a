//! Looking at the past: reads are pinned, nothing is followed, nothing is written.

use std::time::{Duration, SystemTime};

use etcdeck::app::effect::{Answer, Call, Effect, WatchId};
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::past::Past;
use etcdeck::domain::journal::{JournalId, JournalLine, Standing};
use etcdeck::domain::txn::{Op, RangeRequest, RangeResponse};
use etcdeck::domain::{Entry, Event, EventKind, Key, Revision, Version};
use etcdeck::store::{ErrorKind, StoreError};

use super::table::{NOW, Table, down};

const THEN: Revision = Revision(7);

fn entry(key: &str) -> Entry {
    Entry {
        key: Key::from(key),
        value: b"v".to_vec(),
        create_revision: Revision(5),
        mod_revision: Revision(5),
        version: Version(1),
        ..Entry::default()
    }
}

fn page(keys: &[&str]) -> Answer {
    let entries: Vec<Entry> = keys.iter().map(|key| entry(key)).collect();
    let count = entries.len() as i64;
    Answer::Range(RangeResponse { revision: NOW, entries, count, more: false })
}

/// The range that was asked for last.
fn range(table: &mut Table) -> (etcdeck::app::ticket::Ticket, RangeRequest) {
    let open = table.asked(|call| matches!(call, Call::Range(_)));
    let Call::Range(request) = open.call else { unreachable!("it was looked for") };
    (open.ticket, request)
}

/// At a table where revision 7 is looked at.
fn in_the_past(keys: &[&str]) -> Table {
    let mut table = Table::holding(&["now"]);
    table.open.clear();
    table.runs("rev 7");
    let (ticket, request) = range(&mut table);
    assert_eq!((request.revision, request.keys_only), (THEN, true));
    table.answers(ticket, Ok(page(&[])));
    let (ticket, request) = range(&mut table);
    assert_eq!((request.revision, request.serializable), (THEN, false));
    table.effects.clear();
    table.answers(ticket, Ok(page(keys)));
    table
}

fn notice(table: &Table) -> String {
    table.app.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default()
}

fn compacted() -> StoreError {
    StoreError::new(ErrorKind::Compacted { oldest: Revision::NONE }, "compacted")
}

#[test]
fn every_read_of_keys_and_values_names_the_revision_and_nothing_follows() {
    let mut table = in_the_past(&["a", "b/c"]);
    let follows = |effect: &Effect| matches!(effect, Effect::Watch { id: WatchId::FOLLOW, .. });
    assert!(!table.effects.iter().any(follows), "{:?}", table.effects);
    table.keys("g").passes(Duration::from_secs(1));
    let value = table.asked(|call| matches!(call, Call::Range(request) if !request.keys_only));
    let Call::Range(request) = value.call else { unreachable!("it was looked for") };
    assert_eq!((request.revision, request.serializable), (THEN, false));
    // An event that was on its way changes nothing.
    let event = Event { kind: EventKind::Put, entry: entry("new"), previous: None };
    let events = WatchNews::Events { events: vec![event], received: SystemTime::UNIX_EPOCH };
    let rows = table.app.keys.tree.rows().len();
    table.happens(Message::Watch(WatchId::FOLLOW, events));
    assert_eq!(table.app.keys.tree.rows().len(), rows);
}

#[test]
fn counts_are_of_the_revision_too() {
    let mut table = Table::holding(&["now"]);
    table.open.clear();
    table.runs("rev 7");
    let (ticket, _) = range(&mut table);
    table.answers(ticket, Ok(page(&[])));
    let (ticket, _) = range(&mut table);
    // Not all of it: nobody knows how many keys the last directory holds.
    let Answer::Range(part) = page(&["a", "b/c"]) else { unreachable!("a page is a range") };
    table.answers(ticket, Ok(Answer::Range(RangeResponse { count: 5000, more: true, ..part })));
    table.passes(Duration::from_secs(1));
    let mut counted = 0;
    for open in std::mem::take(&mut table.open) {
        let requests = match open.call {
            Call::Range(request) => vec![request],
            Call::Txn(txn) => txn
                .success
                .into_iter()
                .map(|op| match op {
                    Op::Range(request) => request,
                    other => panic!("{other:?} is no read"),
                })
                .collect(),
            other => panic!("{other:?} is not of the tree"),
        };
        counted += requests.iter().filter(|request| request.count_only).count();
        assert!(requests.iter().all(|request| request.revision == THEN), "{requests:?}");
    }
    assert!(counted > 0);
}

#[test]
fn nothing_is_written_in_the_past_and_each_refusal_says_the_way_back() {
    let keys = ["d", "n", "e", "E", "L", "2 e", "2 E", "3 n"];
    let commands = [
        "put k v",
        "delete k",
        "delete-prefix k",
        "lease grant 60",
        "lease keepalive 7",
        "lease renew 7",
        "lease revoke 7",
        "lease attach a 7",
        "lease detach a",
        "lock l",
        "campaign e v",
        "service register a b c",
        "restore a 5",
        "restore 5",
    ];
    let cases = keys.iter().map(|k| (true, *k)).chain(commands.iter().map(|c| (false, *c)));
    for (is_key, pressed) in cases {
        let mut table = in_the_past(&["a", "b/c"]);
        table.keys("1 g");
        table.open.clear();
        table.effects.clear();
        if is_key {
            table.keys(pressed)
        } else {
            table.runs(pressed)
        };
        let text = notice(&table);
        assert!(text.contains(":rev live comes back"), "{pressed}: {text}");
        assert!(table.open.is_empty(), "{pressed}: {:?}", table.open);
        assert!(table.effects.is_empty(), "{pressed}: {:?}", table.effects);
        assert!(table.app.dialogs.is_empty(), "{pressed}");
    }
}

#[test]
fn a_question_from_before_writes_nothing_either() {
    let mut table = Table::holding(&["k"]);
    table.keys("d");
    let (look, _) = range(&mut table);
    table.runs("rev 7");
    let (ticket, _) = range(&mut table);
    table.answers(ticket, Ok(page(&[])));
    table.answers(look, Ok(page(&["k"])));
    table.open.clear();
    table.keys("y");
    assert!(notice(&table).contains(":rev live"), "{}", notice(&table));
    let writes = |call: &Call| matches!(call, Call::Txn(txn) if !txn.is_read_only());
    assert!(!table.open.iter().any(|open| writes(&open.call)));
}

#[test]
fn a_revision_that_cannot_be_read_leaves_the_view_as_it_was() {
    let future = StoreError::new(ErrorKind::FutureRevision, "future");
    let denied = StoreError::new(ErrorKind::PermissionDenied, "permission denied");
    let cases = [
        (future, "revision 7 is in the future; the newest is 100"),
        (denied, "revision 7 not shown: permission denied"),
        (compacted(), "revision 7 is compacted"),
    ];
    for (error, sentence) in cases {
        let mut table = Table::holding(&["now"]);
        table.open.clear();
        table.effects.clear();
        table.runs("rev 7");
        let (ticket, _) = range(&mut table);
        table.answers(ticket, Err(error.clone()));
        assert_eq!(notice(&table), sentence);
        if matches!(error.kind, ErrorKind::Compacted { .. }) {
            let open = table.asked(|call| matches!(call, Call::Oldest(_)));
            table.answers(open.ticket, Ok(Answer::Oldest(Revision(50))));
            let sentence = "revision 7 is compacted; the oldest that still works is 50";
            assert_eq!(notice(&table), sentence);
        }
        assert_eq!(table.app.past, None);
        assert_eq!(table.app.keys.tree.rows().len(), 1);
        assert!(table.effects.is_empty(), "{:?}", table.effects);
    }
}

#[test]
fn a_compaction_meanwhile_is_said_and_the_past_stays() {
    let mut table = in_the_past(&["a", "b/c"]);
    table.keys("G l");
    let (ticket, request) = range(&mut table);
    assert_eq!(request.revision, THEN);
    table.answers(ticket, Err(compacted()));
    assert_eq!(table.app.past, Some(Past { revision: THEN, compacted: true }));
    let open = table.asked(|call| matches!(call, Call::Oldest(_)));
    table.answers(open.ticket, Ok(Answer::Oldest(Revision(50))));
    assert!(notice(&table).ends_with("the oldest that still works is 50"));
    // Nothing is asked again and again.
    table.open.clear();
    table.passes(Duration::from_secs(60));
    assert!(!table.open.iter().any(|open| matches!(open.call, Call::Txn(_))), "{:?}", table.open);
}

#[test]
fn a_lost_connection_that_comes_back_keeps_the_past() {
    let mut table = in_the_past(&["a", "b/c"]);
    table.keys("G l");
    let (ticket, _) = range(&mut table);
    table.answers(ticket, Err(down()));
    table.lost().open.clear();
    table.online();
    let (_, request) = range(&mut table);
    assert_eq!(request.revision, THEN);
    assert_eq!(table.app.past, Some(Past { revision: THEN, compacted: false }));
}

#[test]
fn the_present_is_read_and_followed_again() {
    let mut table = in_the_past(&["a"]);
    table.open.clear();
    table.runs("rev live");
    assert_eq!(table.app.past, None);
    let (ticket, request) = range(&mut table);
    assert_eq!((request.revision, request.serializable), (Revision::NONE, true));
    table.answers(ticket, Ok(page(&["now"])));
    let follows = |effect: &Effect| matches!(effect, Effect::Watch { id: WatchId::FOLLOW, from, .. } if *from == NOW.next());
    assert!(table.effects.iter().any(follows), "{:?}", table.effects);
    table.runs("rev live");
    assert_eq!(notice(&table), "this is the present");
}

#[test]
fn before_my_last_write_is_a_revision_too() {
    let mut table = Table::holding(&["k"]);
    table.open.clear();
    table.runs("rev before");
    assert_eq!(notice(&table), "nothing was written here yet");
    let line = JournalLine {
        id: JournalId(1),
        time: SystemTime::UNIX_EPOCH,
        what: "delete b/".to_owned(),
        keys: 200,
        first: None,
        revisions: (Revision(60), Revision(62)),
        standing: Standing::Done,
        undoes: None,
    };
    table.happens(Message::Journaled(line));
    table.open.clear();
    table.runs("rev before");
    let (_, request) = range(&mut table);
    assert_eq!(request.revision, Revision(59));
}

#[test]
fn a_draft_is_not_left_behind() {
    let mut table = Table::holding(&["k"]);
    table.keys("e");
    let (ticket, _) = range(&mut table);
    table.answers(ticket, Ok(page(&["k"])));
    table.keys("x 1");
    table.open.clear();
    table.happens(Message::Key(etcdeck::keymap::Chord::parse("tab").expect("a key")));
    table.keys("1").runs("rev 7");
    assert_eq!(table.app.past, None);
    assert!(table.app.value.edit.is_some());
}
