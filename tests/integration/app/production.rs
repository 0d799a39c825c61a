//! A marked cluster: no question that destroys or overwrites is answered by a single key.

use etcdeck::app::dialog::{Confirm, Confirmed};
use etcdeck::app::effect::{Answer, Call, Effect};
use etcdeck::app::message::Message;
use etcdeck::app::typed::Typed;
use etcdeck::domain::draft::DraftId;
use etcdeck::domain::mark::{Mark, MarkColor};
use etcdeck::domain::text::Field;
use etcdeck::domain::txn::{Op, PutRequest, RangeRequest, RangeResponse, TxnRequest};
use etcdeck::domain::{Key, LeaseId, Revision};
use etcdeck::keymap::Chord;

use super::table::{NOW, Table, entry};

fn writing() -> TxnRequest {
    TxnRequest { success: vec![Op::Put(PutRequest::new("k", "v"))], ..TxnRequest::default() }
}

fn reading() -> TxnRequest {
    TxnRequest { success: vec![Op::Range(RangeRequest::get("k"))], ..TxnRequest::default() }
}

/// Everything a question can do, and whether that is grave. A new kind is missed here at once.
fn grave(then: &Confirmed) -> bool {
    match then {
        Confirmed::DeleteKey(..)
        | Confirmed::RevokeLease(_)
        | Confirmed::Put(..)
        | Confirmed::Attach(..)
        | Confirmed::AllowWrites => true,
        Confirmed::Txn(request) => *request == writing(),
        Confirmed::StopAndQuit
        | Confirmed::StopExportAndQuit
        | Confirmed::DropDraft(_)
        | Confirmed::Index(_)
        | Confirmed::SearchValues => false,
    }
}

#[test]
fn every_grave_question_wants_the_word_of_the_mark() {
    let mark = Mark::new("eu-live", MarkColor::Blue).expect("a word");
    let key = || Key::from("k");
    for then in [
        Confirmed::DeleteKey(key(), Revision(3)),
        Confirmed::RevokeLease(LeaseId(7)),
        Confirmed::Put(key(), writing()),
        Confirmed::Attach(key(), LeaseId(7), writing()),
        Confirmed::StopAndQuit,
        Confirmed::StopExportAndQuit,
        Confirmed::DropDraft(DraftId::Found(1)),
        Confirmed::Txn(writing()),
        Confirmed::Txn(reading()),
        Confirmed::AllowWrites,
        Confirmed::Index(1),
        Confirmed::SearchValues,
    ] {
        let ask = |mark| Confirm::new("?".to_owned(), Vec::new(), then.clone(), mark);
        let expected = grave(&then).then_some("eu-live");
        let marked = ask(Some(&mark));
        assert_eq!(marked.typed().map(|typed| typed.expected.as_str()), expected, "{then:?}");
        assert!(ask(None).typed().is_none(), "{then:?}");
    }
}

#[test]
fn work_on_many_keys_wants_the_word_and_their_number() {
    let mark = Mark::default();
    for (count, plain, marked) in [
        (1, None, "PROD"),
        (10, None, "PROD"),
        (11, Some("11"), "PROD 11"),
        (5000, Some("5000"), "PROD 5000"),
    ] {
        let of = |mark| Typed::for_keys(count, false, mark).map(|typed| typed.expected);
        assert_eq!(of(None).as_deref(), plain, "{count}");
        assert_eq!(of(Some(&mark)).as_deref(), Some(marked), "{count}");
    }
    let everything = |mark| Typed::for_keys(3, true, mark).map(|typed| typed.expected);
    assert_eq!(everything(None).as_deref(), Some("3"), "of the whole store");
    assert_eq!(everything(Some(&mark)).as_deref(), Some("PROD 3"), "of the whole store");
    let mut typed = Typed::for_keys(5000, false, Some(&mark)).expect("it must be typed");
    for (text, right) in [
        ("PROD 5000", true),
        (" PROD  5,000 ", true),
        ("PROD", false),
        ("5000", false),
        ("PROD5000", false),
        ("prod 5000", false),
        ("PROD 500", false),
        ("", false),
    ] {
        typed.field = Field::new(text);
        assert_eq!(typed.is_met(), right, "{text:?}");
    }
}

#[test]
fn writes_are_allowed_by_the_word_and_refused_without() {
    let mut table = Table::new();
    table.app.settings.production = Some(Mark::default());
    table.app.settings.read_only = true;
    let types = |table: &mut Table, text: &str| {
        for c in text.chars() {
            table.happens(Message::Key(Chord::char(c)));
        }
        table.keys("enter");
    };
    let switched = |table: &mut Table| {
        std::mem::take(&mut table.effects)
            .iter()
            .any(|effect| matches!(effect, Effect::ReadOnly(false)))
    };
    table.runs("read-only off").keys("y enter");
    assert!(table.app.is_read_only() && !switched(&mut table));
    table.keys("ctrl-u");
    types(&mut table, "PROD");
    assert!(!table.app.is_read_only() && switched(&mut table));
    // Off already: nothing to ask.
    table.runs("read-only off");
    assert!(table.app.dialogs.is_empty());
}

#[test]
fn a_save_is_asked_for_only_where_there_is_something_to_save() {
    let mut table = Table::holding(&["k"]);
    table.app.settings.production = Some(Mark::default());
    table.keys("e");
    let open = table.asked(|call| *call == Call::Range(RangeRequest::get("k")));
    let entries = vec![entry("k", "v")];
    let range = RangeResponse { revision: NOW, entries, count: 1, more: false };
    table.answers(open.ticket, Ok(Answer::Range(range)));
    table.keys("ctrl-s");
    assert!(table.app.dialogs.is_empty(), "{:?}", table.app.dialogs);
    table.keys("n ctrl-s");
    assert_eq!(table.app.dialogs.len(), 1);
    let sent = |table: &Table| {
        table.open.iter().any(|open| matches!(&open.call, Call::Txn(txn) if !txn.is_read_only()))
    };
    assert!(!sent(&table));
    table.keys("y");
    assert!(sent(&table));
}
