//! The edit session: fixtures, and the tests by theme.

mod keep;
mod model;
mod save;
mod table;

use etcdeck::domain::edit::{Base, Choice, EditSession, Form, Outcome, SaveFailure, State};
use etcdeck::domain::txn::{OpResponse, PutResponse, RangeResponse, TxnResponse};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version};

const LEASE: LeaseId = LeaseId(0x694d);

fn entry(value: &str, revision: i64) -> Entry {
    Entry {
        key: Key::from("/a"),
        value: value.into(),
        create_revision: Revision(3),
        mod_revision: Revision(revision),
        version: Version(revision - 2),
        lease: LEASE,
    }
}

fn put(value: &str, revision: i64) -> Event {
    Event { kind: EventKind::Put, entry: entry(value, revision), previous: None }
}

fn deleted(revision: i64) -> Event {
    let mod_revision = Revision(revision);
    let entry = Entry { key: Key::from("/a"), mod_revision, ..Entry::default() };
    Event { kind: EventKind::Delete, entry, previous: None }
}

fn yes(revision: i64) -> TxnResponse {
    let revision = Revision(revision);
    let responses = vec![OpResponse::Put(PutResponse { revision, previous: None })];
    TxnResponse { revision, succeeded: true, responses }
}

fn no(theirs: Option<Entry>, revision: i64) -> TxnResponse {
    let revision = Revision(revision);
    let count = i64::from(theirs.is_some());
    let entries = theirs.into_iter().collect();
    let range = RangeResponse { revision, entries, count, more: false };
    TxnResponse { revision, succeeded: false, responses: vec![OpResponse::Range(range)] }
}

fn kept(choice: Choice) {
    assert_eq!(choice, Choice::Done);
}

/// An edit of `/a`, which holds `old` at revision 5.
fn clean() -> EditSession {
    EditSession::new(Base::Entry(entry("old", 5)), Form::Text)
}

fn typed(mut session: EditSession, text: &str) -> EditSession {
    session.edit(|buffer| buffer.replace_all(text));
    session
}

fn dirty() -> EditSession {
    typed(clean(), "mine")
}

fn new_key() -> EditSession {
    typed(EditSession::new(Base::Absent(Key::from("/a")), Form::Text), "mine")
}

fn saving(mut session: EditSession) -> EditSession {
    session.save().expect("something to save");
    session
}

fn unknown(session: EditSession) -> EditSession {
    let mut session = saving(session);
    let lost = SaveFailure::OutcomeUnknown("cut".into());
    assert_eq!(session.on_save_failed(lost), Outcome::ReadBack("cut".into()));
    session
}

fn conflict() -> EditSession {
    let mut session = saving(dirty());
    let theirs = entry("theirs", 7);
    assert_eq!(session.on_saved(no(Some(theirs), 8)), Outcome::Conflict(Revision(7)));
    session
}

fn gone() -> EditSession {
    let mut session = dirty();
    assert_eq!(session.on_event(&deleted(7)), Outcome::Gone(Revision(7)));
    session
}

/// State, base, draft, in a word each.
fn shown(session: &EditSession) -> String {
    let state = match session.state() {
        State::Clean => "clean".to_owned(),
        State::Dirty { behind: None } => "dirty".to_owned(),
        State::Dirty { behind: Some(theirs) } => format!("behind-{}", theirs.mod_revision),
        State::Saving { seen: None, .. } => "saving".to_owned(),
        State::Saving { seen: Some(event), .. } => format!("saving-{}", event.revision()),
        State::Unknown { .. } => "unknown".to_owned(),
        State::Conflict { theirs } => format!("conflict-{}", theirs.mod_revision),
        State::Gone { revision } => format!("gone-{revision}"),
    };
    let draft = String::from_utf8(session.draft_bytes().unwrap_or_default()).unwrap_or_default();
    format!("{state} {} {draft}", session.base().revision())
}
