//! An edit put away and taken up again: what became of the key meanwhile decides its state.

use etcdeck::domain::draft::{Home, KeptDraft, Since};
use etcdeck::domain::edit::{Base, EditSession, Form, SaveError, State};
use etcdeck::domain::text::TextBuffer;
use etcdeck::domain::txn::Compare;
use etcdeck::domain::{Entry, Key, Revision};

use super::{conflict, dirty, entry, gone, kept, new_key, no, saving, shown, typed, unknown};

fn resumed(session: &EditSession, present: Option<Entry>) -> EditSession {
    EditSession::resume(session.keep(Home::default()), present, Revision(20))
}

#[test]
fn the_present_value_decides_where_it_goes_on() {
    let elsewhere = Entry { value: b"other".to_vec(), ..entry("", 5) };
    let cases = [
        (dirty(), Some(entry("old", 5)), Since::Unchanged, "dirty 5 mine"),
        (dirty(), Some(entry("x", 7)), Since::Written(Revision(7)), "behind-7 5 mine"),
        (dirty(), Some(entry("mine", 7)), Since::AlreadyThere(Revision(7)), "clean 7 mine"),
        (dirty(), None, Since::Deleted, "gone-20 5 mine"),
        (dirty(), Some(elsewhere), Since::OtherStore, "conflict-5 5 mine"),
        (new_key(), None, Since::Unchanged, "dirty 0 mine"),
        (new_key(), Some(entry("x", 7)), Since::Written(Revision(7)), "behind-7 0 mine"),
        (new_key(), Some(entry("mine", 7)), Since::AlreadyThere(Revision(7)), "clean 7 mine"),
        // Whatever state it was in: the base is what the guard compares with.
        (saving(dirty()), Some(entry("mine", 7)), Since::AlreadyThere(Revision(7)), "clean 7 mine"),
        (
            unknown(dirty()),
            Some(entry("mine", 7)),
            Since::AlreadyThere(Revision(7)),
            "clean 7 mine",
        ),
        (unknown(dirty()), Some(entry("old", 5)), Since::Unchanged, "dirty 5 mine"),
        (conflict(), Some(entry("theirs", 7)), Since::Written(Revision(7)), "behind-7 5 mine"),
        (gone(), None, Since::Deleted, "gone-20 5 mine"),
    ];
    for (session, present, since, after) in cases {
        let draft = session.keep(Home::default());
        assert_eq!(draft.since(present.as_ref()), since, "{after}");
        assert_eq!(shown(&resumed(&session, present)), after);
    }
    let empty = EditSession::new(Base::Absent(Key::from("/a")), Form::Text);
    assert!(matches!(resumed(&empty, None).state(), State::Dirty { behind: None }));
}

#[test]
fn it_is_guarded_by_the_revision_it_began_at_and_can_be_undone() {
    let mut session = resumed(&dirty(), Some(entry("old", 5)));
    let mut back = session.clone();
    back.edit(TextBuffer::undo);
    assert_eq!((back.changed(), back.buffer().text().as_str()), (false, "old"));
    let request = session.save().expect("there is something to save");
    assert_eq!(request.compares, [Compare::unchanged_since("/a", Revision(5))]);
    // Refused as any save is.
    session.on_saved(no(Some(entry("late", 21)), 21));
    assert_eq!(shown(&session), "conflict-21 5 mine");
}

#[test]
fn a_merge_that_is_not_finished_is_still_none() {
    let session = EditSession::new(Base::Entry(entry("a", 5)), Form::Text);
    let mut session = saving(typed(session, "b"));
    session.on_saved(no(Some(entry("c", 7)), 8));
    assert!(session.merge().is_some());
    let mut session = resumed(&session, Some(entry("c", 7)));
    assert_eq!(session.save(), Err(SaveError::MarksLeft { line: 1 }));
    assert_eq!(session.base().revision(), Revision(7));
    session.edit(|buffer| buffer.replace_all("bc"));
    assert!(session.save().is_ok());
}

#[test]
fn half_written_hexadecimal_comes_back_as_it_was() {
    let binary = Entry { value: vec![0, 0xff], ..entry("", 5) };
    let session = EditSession::new(Base::Entry(binary.clone()), Form::Text);
    let mut session = resumed(&typed(session, "00 f"), Some(binary.clone()));
    assert_eq!((session.form(), session.buffer().text().as_str()), (Form::Hex, "00 f"));
    assert!(matches!(session.save(), Err(SaveError::Hex(_))));
    // A text that was turned over to hexadecimal stays so.
    let text = KeptDraft { form: Form::Hex, ..dirty().keep(Home::default()) };
    let text = KeptDraft { text: "6d ff".to_owned(), ..text };
    let session = EditSession::resume(text, Some(entry("old", 5)), Revision(20));
    assert_eq!(session.draft_bytes(), Ok(vec![0x6d, 0xff]));
}

#[test]
fn a_home_is_told_by_its_cluster_or_else_by_its_endpoints() {
    let home = |cluster, endpoints: &[&str]| Home {
        cluster,
        endpoints: endpoints.iter().map(|&e| e.to_owned()).collect(),
    };
    let cases = [
        (home(1, &["a"]), home(1, &["b"]), true),
        (home(1, &["a"]), home(2, &["a"]), false),
        (home(0, &["a", "b"]), home(2, &["b", "c"]), true),
        (home(0, &["a"]), home(0, &["b"]), false),
        (home(0, &[]), home(0, &[]), true),
        (home(0, &[]), home(0, &["a"]), false),
    ];
    for (one, other, same) in cases {
        assert_eq!((one.is(&other), other.is(&one)), (same, same), "{one:?} {other:?}");
    }
    kept(gone().create_anew());
}
