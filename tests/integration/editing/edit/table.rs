//! State, message, state: one case a line.
//!
//! The columns: where it starts; what happens (`put VALUE REVISION` and `delete REVISION` are events
//! of the watch, `yes` and `no` answers to the save, `read` what was read back, the last number being
//! the store's revision); what the last step came to; state, revision of the base, and draft then.

use etcdeck::domain::Key;
use etcdeck::domain::Revision;
use etcdeck::domain::edit::{EditSession, Outcome, SaveFailure};
use etcdeck::domain::text::TextBuffer;
use etcdeck::domain::txn::TxnResponse;

use super::{
    clean, conflict, deleted, dirty, entry, gone, kept, new_key, no, put, saving, shown, unknown,
    yes,
};

#[test]
fn every_state_and_message() {
    let cases = [
        ("clean", "put new 6", "Updated 6", "clean 6 new"),
        ("clean", "put old 6", "-", "clean 6 old"),
        ("clean", "put new 5", "-", "clean 5 old"),
        ("clean", "delete 6", "Gone 6", "gone-6 5 old"),
        ("clean", "yes 9", "-", "clean 5 old"),
        ("clean", "lost", "-", "clean 5 old"),
        ("clean", "read old 5 9", "-", "clean 5 old"),
        ("clean", "read new 8 9", "Updated 8", "clean 8 new"),
        ("clean", "read-none 9", "Gone 9", "gone-9 5 old"),
        ("dirty", "put x 6", "Behind 6", "behind-6 5 mine"),
        ("dirty", "put mine 6", "AlreadyThere 6", "clean 6 mine"),
        ("dirty", "delete 6", "Gone 6", "gone-6 5 mine"),
        ("dirty", "other x 6", "-", "dirty 5 mine"),
        ("dirty", "yes 9", "-", "dirty 5 mine"),
        ("dirty", "put x 6, put y 7", "Behind 7", "behind-7 5 mine"),
        ("dirty", "put x 7, put y 6", "-", "behind-7 5 mine"),
        ("dirty", "put x 7, read x 7 9", "-", "behind-7 5 mine"),
        ("dirty", "put x 7, type !", "-", "behind-7 5 !mine"),
        ("dirty", "put x 6, take", "-", "clean 6 x"),
        ("dirty", "put x 6, keep", "-", "dirty 6 mine"),
        ("dirty", "put x 6, delete 7", "Gone 7", "gone-7 5 mine"),
        ("dirty", "put x 6, save, refused", "NotWritten refused", "behind-6 5 mine"),
        ("dirty", "put x 6, save, no-lease", "LeaseGone 694d", "behind-6 5 mine"),
        ("dirty", "discard", "-", "clean 5 old"),
        ("dirty", "discard, undo", "-", "dirty 5 mine"),
        ("dirty", "undo", "-", "clean 5 old"),
        ("new", "delete 6", "-", "dirty 0 mine"),
        ("new", "put x 6", "Behind 6", "behind-6 0 mine"),
        ("new", "put x 6, delete 7", "-", "dirty 0 mine"),
        ("new", "save, yes 9", "Saved 9", "clean 9 mine"),
        ("new", "save, no x 6 9", "Conflict 6", "conflict-6 0 mine"),
        ("new", "save, lost, read-none 9", "NotWritten cut", "dirty 0 mine"),
        ("new", "save, lost, read mine 6 9", "Saved 6", "clean 6 mine"),
        ("saving", "yes 9", "Saved 9", "clean 9 mine"),
        ("saving", "type !, yes 9", "Saved 9", "dirty 9 !mine"),
        ("saving", "put mine 9, yes 9", "Saved 9", "clean 9 mine"),
        ("saving", "yes 9, put mine 9", "-", "clean 9 mine"),
        ("saving", "put mine 9, put x 10, yes 9", "Updated 10", "clean 10 x"),
        ("saving", "type !, put x 10, yes 9", "Behind 10", "behind-10 9 !mine"),
        ("saving", "delete 10, yes 9", "Gone 10", "gone-10 9 mine"),
        ("saving", "put x 6", "-", "saving-6 5 mine"),
        ("saving", "read x 6 9", "-", "saving 5 mine"),
        ("saving", "put x 6, no x 6 8", "Conflict 6", "conflict-6 5 mine"),
        ("saving", "put y 9, no x 6 8", "Conflict 9", "conflict-9 5 mine"),
        ("saving", "no mine 6 8", "AlreadyThere 6", "clean 6 mine"),
        ("saving", "no-none 8", "Gone 8", "gone-8 5 mine"),
        ("saving", "no-none 8, put x 7", "-", "gone-8 5 mine"),
        ("saving", "half", "ReadBack the answer does not fit the request", "unknown 5 mine"),
        ("saving", "refused", "NotWritten refused", "dirty 5 mine"),
        ("saving", "put x 6, refused", "Behind 6", "behind-6 5 mine"),
        ("saving", "undo, refused", "NotWritten refused", "clean 5 old"),
        ("saving", "no-lease", "LeaseGone 694d", "dirty 5 mine"),
        ("saving", "no-lease, read-none 9", "Gone 9", "gone-9 5 mine"),
        ("saving", "lost", "ReadBack cut", "unknown 5 mine"),
        ("saving", "put mine 6, lost", "Saved 6", "clean 6 mine"),
        ("saving", "put x 6, lost", "Conflict 6", "conflict-6 5 mine"),
        ("unknown", "read old 5 9", "NotWritten cut", "dirty 5 mine"),
        ("unknown", "read mine 8 9", "Saved 8", "clean 8 mine"),
        ("unknown", "type !, read mine 8 9", "Saved 8", "dirty 8 !mine"),
        ("unknown", "read x 8 9", "Conflict 8", "conflict-8 5 mine"),
        ("unknown", "read-none 9", "Gone 9", "gone-9 5 mine"),
        ("unknown", "read-none 4", "ReadBack cut", "unknown 5 mine"),
        ("unknown", "put mine 8", "Saved 8", "clean 8 mine"),
        ("unknown", "put x 8", "Conflict 8", "conflict-8 5 mine"),
        ("unknown", "delete 8", "Gone 8", "gone-8 5 mine"),
        ("unknown", "yes 9", "-", "unknown 5 mine"),
        ("unknown", "read old 5 7, put mine 8", "AlreadyThere 8", "clean 8 mine"),
        ("unknown", "read old 5 7, type !, put mine 8", "Late 8", "dirty 8 !mine"),
        ("unknown", "read old 5 7, type !, save, no mine 8 9", "Late 8", "dirty 8 !mine"),
        (
            "unknown",
            "read old 5 7, type !, put x 8, keep, put mine 9",
            "Behind 9",
            "behind-9 8 !mine",
        ),
        ("conflict", "put y 9", "Conflict 9", "conflict-9 5 mine"),
        ("conflict", "put theirs 7", "-", "conflict-7 5 mine"),
        ("conflict", "put mine 9", "AlreadyThere 9", "clean 9 mine"),
        ("conflict", "delete 9", "Gone 9", "gone-9 5 mine"),
        ("conflict", "type !", "-", "conflict-7 5 !mine"),
        ("conflict", "take", "-", "clean 7 theirs"),
        ("conflict", "take, undo", "-", "dirty 7 mine"),
        ("conflict", "keep", "-", "dirty 7 mine"),
        ("conflict", "keep, save, yes 9", "Saved 9", "clean 9 mine"),
        ("conflict", "keep, save, no x 9 9", "Conflict 9", "conflict-9 7 mine"),
        ("conflict", "discard", "-", "clean 7 theirs"),
        ("gone", "delete 9", "-", "gone-7 5 mine"),
        ("gone", "put x 9", "Conflict 9", "conflict-9 5 mine"),
        ("gone", "put mine 9", "AlreadyThere 9", "clean 9 mine"),
        ("gone", "anew", "-", "dirty 0 mine"),
        ("gone", "anew, save, yes 9", "Saved 9", "clean 9 mine"),
        ("gone", "discard", "-", "clean 0 "),
        ("gone", "discard, undo", "-", "dirty 0 mine"),
    ];
    for (start, steps, outcome, after) in cases {
        let mut session = begin(start);
        let mut last = Outcome::Nothing;
        for words in steps.split(", ") {
            last = step(&mut session, words);
            assert!(last == Outcome::Nothing || !last.to_string().is_empty());
        }
        assert_eq!(
            (told(&last).as_str(), shown(&session).as_str()),
            (outcome, after),
            "{start}: {steps}"
        );
    }
}

fn begin(start: &str) -> EditSession {
    match start {
        "clean" => clean(),
        "dirty" => dirty(),
        "new" => new_key(),
        "saving" => saving(dirty()),
        "unknown" => unknown(dirty()),
        "conflict" => conflict(),
        "gone" => gone(),
        other => panic!("no such state: {other}"),
    }
}

fn step(session: &mut EditSession, words: &str) -> Outcome {
    let words: Vec<&str> = words.split(' ').collect();
    let number = |at: usize| words[at].parse::<i64>().expect("a revision");
    match words[0] {
        "put" => session.on_event(&put(words[1], number(2))),
        "other" => {
            let mut event = put(words[1], number(2));
            event.entry.key = Key::from("/b");
            session.on_event(&event)
        }
        "delete" => session.on_event(&deleted(number(1))),
        "yes" => session.on_saved(yes(number(1))),
        "no" => session.on_saved(no(Some(entry(words[1], number(2))), number(3))),
        "no-none" => session.on_saved(no(None, number(1))),
        "half" => session.on_saved(TxnResponse::default()),
        "refused" => session.on_save_failed(SaveFailure::NotSent("refused".into())),
        "lost" => session.on_save_failed(SaveFailure::OutcomeUnknown("cut".into())),
        "no-lease" => session.on_save_failed(SaveFailure::LeaseNotFound),
        "read" => session.on_read_back(Some(entry(words[1], number(2))), Revision(number(3))),
        "read-none" => session.on_read_back(None, Revision(number(1))),
        own => {
            match own {
                "type" => session.edit(|buffer| {
                    buffer.set_cursor(0, 0);
                    buffer.insert_str(words[1]);
                }),
                "undo" => assert!(session.edit(TextBuffer::undo)),
                "save" => _ = session.save().expect("something to save"),
                "take" => kept(session.take_theirs()),
                "keep" => kept(session.keep_mine()),
                "discard" => kept(session.discard()),
                "anew" => kept(session.create_anew()),
                other => panic!("no such step: {other}"),
            }
            Outcome::Nothing
        }
    }
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Nothing => "-".to_owned(),
        Outcome::Saved(at) => format!("Saved {at}"),
        Outcome::AlreadyThere(at) => format!("AlreadyThere {at}"),
        Outcome::Late(at) => format!("Late {at}"),
        Outcome::NotWritten(why) => format!("NotWritten {why}"),
        Outcome::ReadBack(why) => format!("ReadBack {why}"),
        Outcome::LeaseGone(id) => format!("LeaseGone {id}"),
        Outcome::Updated(at) => format!("Updated {at}"),
        Outcome::Behind(at) => format!("Behind {at}"),
        Outcome::Conflict(at) => format!("Conflict {at}"),
        Outcome::Gone(at) => format!("Gone {at}"),
    }
}
