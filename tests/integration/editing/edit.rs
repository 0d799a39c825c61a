//! The edit session as a table: state, message, state; and what is sent.

use etcdeck::domain::edit::{
    Base, Choice, EditSession, Form, Outcome, SaveError, SaveFailure, State,
};
use etcdeck::domain::txn::{
    Compare, Op, OpResponse, PutRequest, PutResponse, RangeRequest, RangeResponse, TxnRequest,
    TxnResponse,
};
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
    let lost = SaveFailure::OutcomeUnknown("timed out".into());
    assert_eq!(session.on_save_failed(lost), Outcome::ReadBack("timed out".into()));
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
        State::Dirty { behind: Some(theirs) } => format!("behind {}", theirs.mod_revision),
        State::Saving { seen: None, .. } => "saving".to_owned(),
        State::Saving { seen: Some(event), .. } => format!("saving seen {}", event.revision()),
        State::Unknown { .. } => "unknown".to_owned(),
        State::Conflict { theirs } => format!("conflict {}", theirs.mod_revision),
        State::Gone { revision } => format!("gone {revision}"),
    };
    let draft = String::from_utf8(session.draft_bytes().unwrap_or_default()).unwrap_or_default();
    format!("{state} | {} | {draft}", session.base().revision())
}

type Step = fn(&mut EditSession) -> Outcome;

#[test]
fn every_state_and_message() {
    let not_sent: Step = |s| s.on_save_failed(SaveFailure::NotSent("refused".into()));
    let no_lease: Step = |s| s.on_save_failed(SaveFailure::LeaseNotFound);
    let lost: Step = |s| s.on_save_failed(SaveFailure::OutcomeUnknown("cut".into()));
    let nothing = Outcome::Nothing;
    let cases: Vec<(&str, EditSession, Step, Outcome, &str)> = vec![
        // Clean
        (
            "put",
            clean(),
            |s| s.on_event(&put("new", 6)),
            Outcome::Updated(Revision(6)),
            "clean | 6 | new",
        ),
        ("same", clean(), |s| s.on_event(&put("old", 6)), nothing.clone(), "clean | 6 | old"),
        ("known", clean(), |s| s.on_event(&put("new", 5)), nothing.clone(), "clean | 5 | old"),
        (
            "delete",
            clean(),
            |s| s.on_event(&deleted(6)),
            Outcome::Gone(Revision(6)),
            "gone 6 | 5 | old",
        ),
        ("stray answer", clean(), |s| s.on_saved(yes(9)), nothing.clone(), "clean | 5 | old"),
        ("stray failure", clean(), lost, nothing.clone(), "clean | 5 | old"),
        (
            "read",
            clean(),
            |s| s.on_read_back(Some(entry("old", 5)), Revision(9)),
            nothing.clone(),
            "clean | 5 | old",
        ),
        (
            "read new",
            clean(),
            |s| s.on_read_back(Some(entry("new", 8)), Revision(9)),
            Outcome::Updated(Revision(8)),
            "clean | 8 | new",
        ),
        (
            "read none",
            clean(),
            |s| s.on_read_back(None, Revision(9)),
            Outcome::Gone(Revision(9)),
            "gone 9 | 5 | old",
        ),
        // Dirty
        (
            "put",
            dirty(),
            |s| s.on_event(&put("x", 6)),
            Outcome::Behind(Revision(6)),
            "behind 6 | 5 | mine",
        ),
        (
            "put mine",
            dirty(),
            |s| s.on_event(&put("mine", 6)),
            Outcome::AlreadyThere(Revision(6)),
            "clean | 6 | mine",
        ),
        (
            "delete",
            dirty(),
            |s| s.on_event(&deleted(6)),
            Outcome::Gone(Revision(6)),
            "gone 6 | 5 | mine",
        ),
        (
            "other key",
            dirty(),
            |s| {
                let mut event = put("x", 6);
                event.entry.key = Key::from("/b");
                s.on_event(&event)
            },
            nothing.clone(),
            "dirty | 5 | mine",
        ),
        ("stray answer", dirty(), |s| s.on_saved(yes(9)), nothing.clone(), "dirty | 5 | mine"),
        (
            "two puts",
            dirty(),
            |s| {
                s.on_event(&put("x", 6));
                s.on_event(&put("y", 7))
            },
            Outcome::Behind(Revision(7)),
            "behind 7 | 5 | mine",
        ),
        (
            "back in time",
            dirty(),
            |s| {
                s.on_event(&put("x", 7));
                s.on_event(&put("y", 6))
            },
            nothing.clone(),
            "behind 7 | 5 | mine",
        ),
        (
            "read",
            dirty(),
            |s| {
                s.on_event(&put("x", 7));
                s.on_read_back(Some(entry("x", 7)), Revision(9))
            },
            nothing.clone(),
            "behind 7 | 5 | mine",
        ),
        // A new key
        ("delete", new_key(), |s| s.on_event(&deleted(6)), nothing.clone(), "dirty | 0 | mine"),
        (
            "put",
            new_key(),
            |s| s.on_event(&put("x", 6)),
            Outcome::Behind(Revision(6)),
            "behind 6 | 0 | mine",
        ),
        (
            "put, delete",
            new_key(),
            |s| {
                s.on_event(&put("x", 6));
                s.on_event(&deleted(7))
            },
            nothing.clone(),
            "dirty | 0 | mine",
        ),
        (
            "saved",
            saving(new_key()),
            |s| s.on_saved(yes(9)),
            Outcome::Saved(Revision(9)),
            "clean | 9 | mine",
        ),
        (
            "there is one",
            saving(new_key()),
            |s| s.on_saved(no(Some(entry("x", 6)), 9)),
            Outcome::Conflict(Revision(6)),
            "conflict 6 | 0 | mine",
        ),
        (
            "not written",
            unknown(new_key()),
            |s| s.on_read_back(None, Revision(9)),
            Outcome::NotWritten("timed out".into()),
            "dirty | 0 | mine",
        ),
        (
            "written",
            unknown(new_key()),
            |s| s.on_read_back(Some(entry("mine", 6)), Revision(9)),
            Outcome::Saved(Revision(6)),
            "clean | 6 | mine",
        ),
        // Saving
        (
            "saved",
            saving(dirty()),
            |s| s.on_saved(yes(9)),
            Outcome::Saved(Revision(9)),
            "clean | 9 | mine",
        ),
        (
            "typed on",
            saving(dirty()),
            |s| {
                s.edit(|b| b.insert('x'));
                s.on_saved(yes(9))
            },
            Outcome::Saved(Revision(9)),
            "dirty | 9 | xmine",
        ),
        (
            "seen first",
            saving(dirty()),
            |s| {
                s.on_event(&put("mine", 9));
                s.on_saved(yes(9))
            },
            Outcome::Saved(Revision(9)),
            "clean | 9 | mine",
        ),
        (
            "seen after",
            saving(dirty()),
            |s| {
                s.on_saved(yes(9));
                s.on_event(&put("mine", 9))
            },
            nothing.clone(),
            "clean | 9 | mine",
        ),
        (
            "overwritten",
            saving(dirty()),
            |s| {
                s.on_event(&put("mine", 9));
                s.on_event(&put("x", 10));
                s.on_saved(yes(9))
            },
            Outcome::Updated(Revision(10)),
            "clean | 10 | x",
        ),
        (
            "overwritten, typed on",
            saving(dirty()),
            |s| {
                s.edit(|b| b.insert('x'));
                s.on_event(&put("x", 10));
                s.on_saved(yes(9))
            },
            Outcome::Behind(Revision(10)),
            "behind 10 | 9 | xmine",
        ),
        (
            "deleted at once",
            saving(dirty()),
            |s| {
                s.on_event(&deleted(10));
                s.on_saved(yes(9))
            },
            Outcome::Gone(Revision(10)),
            "gone 10 | 9 | mine",
        ),
        (
            "event",
            saving(dirty()),
            |s| s.on_event(&put("x", 6)),
            nothing.clone(),
            "saving seen 6 | 5 | mine",
        ),
        (
            "conflict",
            saving(dirty()),
            |s| {
                s.on_event(&put("x", 6));
                s.on_saved(no(Some(entry("x", 6)), 8))
            },
            Outcome::Conflict(Revision(6)),
            "conflict 6 | 5 | mine",
        ),
        (
            "newer conflict",
            saving(dirty()),
            |s| {
                s.on_event(&put("y", 9));
                s.on_saved(no(Some(entry("x", 6)), 8))
            },
            Outcome::Conflict(Revision(9)),
            "conflict 9 | 5 | mine",
        ),
        (
            "same there",
            saving(dirty()),
            |s| s.on_saved(no(Some(entry("mine", 6)), 8)),
            Outcome::AlreadyThere(Revision(6)),
            "clean | 6 | mine",
        ),
        (
            "deleted",
            saving(dirty()),
            |s| s.on_saved(no(None, 8)),
            Outcome::Gone(Revision(8)),
            "gone 8 | 5 | mine",
        ),
        (
            "half an answer",
            saving(dirty()),
            |s| s.on_saved(TxnResponse::default()),
            Outcome::ReadBack("the answer does not fit the request".into()),
            "unknown | 5 | mine",
        ),
        (
            "not sent",
            saving(dirty()),
            not_sent,
            Outcome::NotWritten("refused".into()),
            "dirty | 5 | mine",
        ),
        (
            "not sent, seen",
            saving(dirty()),
            |s| {
                s.on_event(&put("x", 6));
                s.on_save_failed(SaveFailure::NotSent("refused".into()))
            },
            Outcome::Behind(Revision(6)),
            "behind 6 | 5 | mine",
        ),
        ("no lease", saving(dirty()), no_lease, Outcome::LeaseGone(LEASE), "dirty | 5 | mine"),
        (
            "no lease, no key",
            saving(dirty()),
            |s| {
                s.on_save_failed(SaveFailure::LeaseNotFound);
                s.on_read_back(None, Revision(9))
            },
            Outcome::Gone(Revision(9)),
            "gone 9 | 5 | mine",
        ),
        ("lost", saving(dirty()), lost, Outcome::ReadBack("cut".into()), "unknown | 5 | mine"),
        (
            "lost, seen",
            saving(dirty()),
            |s| {
                s.on_event(&put("mine", 6));
                s.on_save_failed(SaveFailure::OutcomeUnknown("cut".into()))
            },
            Outcome::Saved(Revision(6)),
            "clean | 6 | mine",
        ),
        // Unknown
        (
            "at base",
            unknown(dirty()),
            |s| s.on_read_back(Some(entry("old", 5)), Revision(9)),
            Outcome::NotWritten("timed out".into()),
            "dirty | 5 | mine",
        ),
        (
            "written",
            unknown(dirty()),
            |s| s.on_read_back(Some(entry("mine", 8)), Revision(9)),
            Outcome::Saved(Revision(8)),
            "clean | 8 | mine",
        ),
        (
            "written, typed on",
            unknown(dirty()),
            |s| {
                s.edit(|b| b.insert('x'));
                s.on_read_back(Some(entry("mine", 8)), Revision(9))
            },
            Outcome::Saved(Revision(8)),
            "dirty | 8 | xmine",
        ),
        (
            "other",
            unknown(dirty()),
            |s| s.on_read_back(Some(entry("x", 8)), Revision(9)),
            Outcome::Conflict(Revision(8)),
            "conflict 8 | 5 | mine",
        ),
        (
            "none",
            unknown(dirty()),
            |s| s.on_read_back(None, Revision(9)),
            Outcome::Gone(Revision(9)),
            "gone 9 | 5 | mine",
        ),
        (
            "stale read",
            unknown(dirty()),
            |s| s.on_read_back(None, Revision(4)),
            Outcome::ReadBack("timed out".into()),
            "unknown | 5 | mine",
        ),
        (
            "event of it",
            unknown(dirty()),
            |s| s.on_event(&put("mine", 8)),
            Outcome::Saved(Revision(8)),
            "clean | 8 | mine",
        ),
        (
            "event of another",
            unknown(dirty()),
            |s| s.on_event(&put("x", 8)),
            Outcome::Conflict(Revision(8)),
            "conflict 8 | 5 | mine",
        ),
        (
            "delete",
            unknown(dirty()),
            |s| s.on_event(&deleted(8)),
            Outcome::Gone(Revision(8)),
            "gone 8 | 5 | mine",
        ),
        (
            "late",
            unknown(dirty()),
            |s| {
                s.on_read_back(Some(entry("old", 5)), Revision(7));
                s.edit(|b| b.insert('x'));
                s.on_event(&put("mine", 8))
            },
            Outcome::Late(Revision(8)),
            "dirty | 8 | xmine",
        ),
        (
            "late, found by a save",
            unknown(dirty()),
            |s| {
                s.on_read_back(Some(entry("old", 5)), Revision(7));
                s.edit(|b| b.insert('x'));
                s.save().unwrap();
                s.on_saved(no(Some(entry("mine", 8)), 9))
            },
            Outcome::Late(Revision(8)),
            "dirty | 8 | xmine",
        ),
        // Conflict
        (
            "newer",
            conflict(),
            |s| s.on_event(&put("y", 9)),
            Outcome::Conflict(Revision(9)),
            "conflict 9 | 5 | mine",
        ),
        (
            "already told",
            conflict(),
            |s| s.on_event(&put("theirs", 7)),
            nothing.clone(),
            "conflict 7 | 5 | mine",
        ),
        (
            "same now",
            conflict(),
            |s| s.on_event(&put("mine", 9)),
            Outcome::AlreadyThere(Revision(9)),
            "clean | 9 | mine",
        ),
        (
            "delete",
            conflict(),
            |s| s.on_event(&deleted(9)),
            Outcome::Gone(Revision(9)),
            "gone 9 | 5 | mine",
        ),
        (
            "theirs",
            conflict(),
            |s| {
                kept(s.take_theirs());
                Outcome::Nothing
            },
            nothing.clone(),
            "clean | 7 | theirs",
        ),
        (
            "theirs, undone",
            conflict(),
            |s| {
                kept(s.take_theirs());
                s.edit(|b| b.undo());
                Outcome::Nothing
            },
            nothing.clone(),
            "dirty | 7 | mine",
        ),
        (
            "mine",
            conflict(),
            |s| {
                kept(s.keep_mine());
                Outcome::Nothing
            },
            nothing.clone(),
            "dirty | 7 | mine",
        ),
        (
            "mine, saved",
            conflict(),
            |s| {
                kept(s.keep_mine());
                s.save().unwrap();
                s.on_saved(yes(9))
            },
            Outcome::Saved(Revision(9)),
            "clean | 9 | mine",
        ),
        (
            "discard",
            conflict(),
            |s| {
                kept(s.discard());
                Outcome::Nothing
            },
            nothing.clone(),
            "clean | 7 | theirs",
        ),
        // Gone
        ("again", gone(), |s| s.on_event(&deleted(9)), nothing.clone(), "gone 7 | 5 | mine"),
        (
            "back",
            gone(),
            |s| s.on_event(&put("x", 9)),
            Outcome::Conflict(Revision(9)),
            "conflict 9 | 5 | mine",
        ),
        (
            "anew",
            gone(),
            |s| {
                kept(s.create_anew());
                Outcome::Nothing
            },
            nothing.clone(),
            "dirty | 0 | mine",
        ),
        (
            "anew, saved",
            gone(),
            |s| {
                kept(s.create_anew());
                s.save().unwrap();
                s.on_saved(yes(9))
            },
            Outcome::Saved(Revision(9)),
            "clean | 9 | mine",
        ),
        (
            "discard",
            gone(),
            |s| {
                kept(s.discard());
                Outcome::Nothing
            },
            nothing.clone(),
            "clean | 0 | ",
        ),
        (
            "discard, undone",
            gone(),
            |s| {
                kept(s.discard());
                s.edit(|b| b.undo());
                Outcome::Nothing
            },
            nothing.clone(),
            "dirty | 0 | mine",
        ),
    ];
    for (name, mut session, step, outcome, after) in cases {
        let before = shown(&session);
        assert_eq!(step(&mut session), outcome, "{before} + {name}");
        assert_eq!(shown(&session), after, "{before} + {name}");
        assert!(outcome == Outcome::Nothing || !outcome.to_string().is_empty());
    }
}

#[test]
fn a_save_is_one_guarded_transaction_that_keeps_the_lease() {
    let mut session = dirty();
    let expected = TxnRequest {
        compares: vec![Compare::unchanged_since("/a", Revision(5))],
        success: vec![Op::Put(PutRequest::new("/a", "mine").lease(LEASE))],
        failure: vec![Op::Range(RangeRequest::get("/a"))],
    };
    assert_eq!(session.save(), Ok(expected));

    let expected = TxnRequest {
        compares: vec![Compare::absent("/a")],
        success: vec![Op::Put(PutRequest::new("/a", "mine"))],
        failure: vec![Op::Range(RangeRequest::get("/a"))],
    };
    assert_eq!(new_key().save(), Ok(expected.clone()));
    let mut anew = gone();
    kept(anew.create_anew());
    assert_eq!((anew.lease(), anew.save()), (LeaseId::NONE, Ok(expected)));

    let mut without = saving(dirty());
    without.on_save_failed(SaveFailure::LeaseNotFound);
    assert_eq!(without.drop_lease(), LEASE);
    let request = without.save().unwrap();
    assert_eq!(request.compares, [Compare::unchanged_since("/a", Revision(5))]);
    assert_eq!(request.success, [Op::Put(PutRequest::new("/a", "mine"))]);
    without.on_saved(yes(9));
    assert_eq!(without.lease(), LeaseId::NONE);
}

#[test]
fn what_a_save_makes_is_the_new_base() {
    let mut session = saving(dirty());
    session.on_saved(yes(9));
    let expected = Entry { version: Version(4), ..entry("mine", 9) };
    assert_eq!(session.base(), &Base::Entry(expected));
    let mut session = saving(new_key());
    session.on_saved(yes(9));
    let expected = Entry {
        create_revision: Revision(9),
        version: Version(1),
        lease: LeaseId::NONE,
        ..entry("mine", 9)
    };
    assert_eq!(session.base(), &Base::Entry(expected));
}

#[test]
fn nothing_is_sent_where_nothing_should_be() {
    let mut cases = [
        (clean(), SaveError::Unchanged),
        (saving(dirty()), SaveError::InFlight),
        (unknown(dirty()), SaveError::OutcomeUnknown),
        (conflict(), SaveError::Undecided),
        (gone(), SaveError::Gone),
    ];
    for (session, error) in &mut cases {
        let before = shown(session);
        assert_eq!(session.save(), Err(error.clone()));
        assert_eq!(shown(session), before);
        assert!(!error.to_string().is_empty());
    }
    // A new key may be empty; typing and undoing leaves nothing to save.
    assert!(EditSession::new(Base::Absent(Key::from("/a")), Form::Text).save().is_ok());
    let mut session = dirty();
    session.edit(|buffer| buffer.undo());
    assert_eq!(session.save(), Err(SaveError::Unchanged));
    for session in [&mut clean(), &mut dirty(), &mut saving(dirty()), &mut unknown(dirty())] {
        let before = shown(session);
        for choice in [session.take_theirs(), session.keep_mine(), session.merge()] {
            assert_eq!(choice, Choice::NotNow);
        }
        assert_eq!(session.create_anew(), Choice::NotNow);
        assert_eq!(shown(session), before);
    }
    assert_eq!(saving(dirty()).discard(), Choice::NotNow);
}

#[test]
fn a_merge_is_saved_only_when_finished() {
    let mut session = EditSession::new(Base::Entry(entry("a\nb\nc", 5)), Form::Text);
    session = saving(typed(session, "a\nmine\nc"));
    session.on_saved(no(Some(entry("a\ntheirs\nc", 7)), 8));
    kept(session.merge());
    let marked = "a\n<<<<<<< mine, begun at revision 5\nmine\n======= theirs, revision 7\ntheirs\n\
                  >>>>>>> end of revision 7\nc";
    assert_eq!(session.buffer().text(), marked);
    assert_eq!(session.buffer().cursor(), (1, 0));
    assert_eq!(session.save(), Err(SaveError::MarksLeft { line: 2 }));
    session.edit(|buffer| buffer.replace_all("a\nmine and theirs\nc"));
    let request = session.save().unwrap();
    assert_eq!(request.compares, [Compare::unchanged_since("/a", Revision(7))]);
    assert_eq!(session.on_saved(yes(9)), Outcome::Saved(Revision(9)));
    session.edit(|buffer| buffer.replace_all("======= theirs, revision 7"));
    assert!(session.save().is_ok());
}

#[test]
fn binary_values_are_edited_as_hexadecimal() {
    let binary = Entry { value: vec![0, 0xff, 0x41], ..entry("", 5) };
    let mut session = EditSession::new(Base::Entry(binary.clone()), Form::Text);
    assert_eq!((session.form(), session.buffer().text().as_str()), (Form::Hex, "00 ff 41"));
    session.edit(|buffer| buffer.replace_all("00FF41"));
    assert!(session.changed());
    assert_eq!(session.save(), Err(SaveError::Unchanged));
    session.edit(|buffer| buffer.replace_all("00 f"));
    let Err(SaveError::Hex(error)) = session.save() else { panic!("half a pair was taken") };
    assert_eq!((error.line, error.column, error.found), (1, 4, 'f'));
    session.edit(|buffer| buffer.replace_all("00 fe"));
    let request = session.save().unwrap();
    assert_eq!(request.success, [Op::Put(PutRequest::new("/a", vec![0, 0xfe]).lease(LEASE))]);

    // Theirs is no text: taking it turns the editor over, and undo leads back to the draft.
    let theirs = Entry { mod_revision: Revision(7), ..binary.clone() };
    let mut session = saving(dirty());
    session.on_saved(no(Some(theirs.clone()), 8));
    let (mut taken, mut merged) = (session.clone(), session.clone());
    kept(taken.take_theirs());
    assert_eq!((taken.form(), taken.state()), (Form::Hex, &State::Clean));
    taken.edit(|buffer| buffer.undo());
    assert_eq!(taken.draft_bytes(), Ok(b"mine".to_vec()));
    kept(merged.merge());
    assert_eq!(merged.save(), Err(SaveError::MarksLeft { line: 1 }));
    merged.edit(|buffer| buffer.kill_line());
    merged.edit(|buffer| buffer.kill_line());
    assert_eq!(merged.buffer().lines()[0], "6d 69 6e 65");
    // Mine on top of theirs stays text, though its letters may spell their bytes.
    session.edit(|buffer| buffer.replace_all("00 ff 41"));
    kept(session.keep_mine());
    assert!(session.changed() && session.form() == Form::Text);
    assert_eq!(session.draft_bytes(), Ok(b"00 ff 41".to_vec()));

    // A clean editor follows a value that turns binary.
    let mut session = clean();
    let event = Event { kind: EventKind::Put, entry: theirs, previous: None };
    assert_eq!(session.on_event(&event), Outcome::Updated(Revision(7)));
    assert_eq!((session.form(), session.changed()), (Form::Hex, false));
}

#[test]
fn what_an_editor_adds_at_the_end_is_taken_off() {
    let cases = [
        ("old", &b"new\n"[..], &b"new"[..]),
        ("old", b"new", b"new"),
        ("old", b"old\n", b"old"),
        ("old", b"new\n\n", b"new\n"),
        ("old\n", b"new\n", b"new\n"),
        ("old\n", b"new", b"new"),
        ("", b"new\n", b"new\n"),
        ("old", b"\xff\n", b"\xff"),
    ];
    for (before, written, after) in cases {
        let mut session = EditSession::new(Base::Entry(entry(before, 5)), Form::Text);
        session.adopt(written);
        assert_eq!(session.draft_bytes().as_deref(), Ok(after), "{before:?} {written:?}");
        assert_eq!(session.changed(), before.as_bytes() != after);
        assert_eq!(session.state() == &State::Clean, before.as_bytes() == after);
    }
}

#[test]
fn events_from_before_the_base_was_read_are_no_news() {
    let session = EditSession::new(Base::Absent(Key::from("/a")), Form::Text);
    let mut session = session.as_of(Revision(9));
    assert_eq!(session.on_event(&put("x", 8)), Outcome::Nothing);
    assert_eq!(session.on_event(&put("x", 10)), Outcome::Updated(Revision(10)));
}
