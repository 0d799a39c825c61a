//! What a save sends, what it refuses to send, and what the choices after it lead to.

use etcdeck::domain::edit::{
    Base, Choice, EditSession, Form, Outcome, SaveError, SaveFailure, State,
};
use etcdeck::domain::merge::Merged;
use etcdeck::domain::text::TextBuffer;
use etcdeck::domain::txn::{Compare, Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version};

use super::{
    LEASE, clean, conflict, dirty, entry, gone, kept, new_key, no, put, saving, shown, typed,
    unknown, yes,
};

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
    session.edit(TextBuffer::undo);
    assert_eq!(session.save(), Err(SaveError::Unchanged));
    for session in [&mut clean(), &mut dirty(), &mut saving(dirty()), &mut unknown(dirty())] {
        let before = shown(session);
        for choice in [session.take_theirs(), session.keep_mine()] {
            assert_eq!(choice, Choice::NotNow);
        }
        assert_eq!(session.merge(), None);
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
    assert_eq!(session.merge(), Some(Merged { conflicts: 1, ..Merged::default() }));
    let marked = "a\n<<<<<<< mine, begun at revision 5\nmine\n||||||| base, revision 5\nb\n\
                  ======= theirs, revision 7\ntheirs\n>>>>>>> end of revision 7\nc";
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
fn a_merge_without_conflict_needs_only_the_save() {
    let session = EditSession::new(Base::Entry(entry("a\r\nb\r\nc\r\n", 5)), Form::Text);
    let mut session = saving(typed(session, "mine\r\nb\r\nc\r\n"));
    session.on_saved(no(Some(entry("a\r\nb\r\ntheirs", 7)), 8));
    assert_eq!(session.merge(), Some(Merged { mine: 1, theirs: 1, ..Merged::default() }));
    assert_eq!(shown(&session), "dirty 7 mine\r\nb\r\ntheirs");
    let mut back = session.clone();
    back.edit(TextBuffer::undo);
    assert_eq!(back.buffer().text(), "mine\r\nb\r\nc\r\n");
    let request = session.save().unwrap();
    assert_eq!(request.compares, [Compare::unchanged_since("/a", Revision(7))]);
    let put = PutRequest::new("/a", "mine\r\nb\r\ntheirs").lease(LEASE);
    assert_eq!(request.success, [Op::Put(put)]);

    // Both made the same change, and theirs made one more: nothing of mine is left to save.
    let session = EditSession::new(Base::Entry(entry("a\nb\nc", 5)), Form::Text);
    let mut session = saving(typed(session, "A\nb\nc"));
    session.on_saved(no(Some(entry("A\nb\nC", 7)), 8));
    assert_eq!(session.merge(), Some(Merged { both: 1, theirs: 1, ..Merged::default() }));
    assert_eq!(session.state(), &State::Clean);
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
    taken.edit(TextBuffer::undo);
    assert_eq!(taken.draft_bytes(), Ok(b"mine".to_vec()));
    assert!(merged.merge().is_some());
    assert_eq!(merged.save(), Err(SaveError::MarksLeft { line: 1 }));
    merged.edit(TextBuffer::kill_line);
    merged.edit(TextBuffer::kill_line);
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
