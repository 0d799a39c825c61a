//! Every signal in every place: settings and modes given back once, nothing of a frame after that, a
//! status that says what it was, and a word on what was under way.

use std::fs;
use std::path::Path;

use rustix::process::Signal;

use crate::place::{At, Place};
use crate::steps::LIMIT;
use crate::terminal::Exit;

const LEAVE: &[u8] = b"\x1b[?1049l";
const ENTER: &[u8] = b"\x1b[?1049h";

pub(crate) fn count(output: &[u8], sequence: &[u8]) -> usize {
    output.windows(sequence.len()).filter(|window| *window == sequence).count()
}

/// After the last sequence that leaves there is text for the shell's screen, and nothing that acts on
/// a terminal.
pub(crate) fn assert_nothing_of_a_frame_after_leaving(exit: &Exit) {
    let at = exit.output.windows(LEAVE.len()).rposition(|window| window == LEAVE);
    let after = &exit.output[at.map_or(0, |at| at + LEAVE.len())..];
    let plain = |byte: &u8| matches!(byte, b'\r' | b'\n' | b' '..);
    assert!(after.iter().all(plain), "{}", after.escape_ascii());
}

/// The table: one row of it.
fn leave_by(place: Place, signals: &[Signal]) {
    for signal in signals {
        let at = place.go();
        at.term.signal(*signal);
        let At { term, files, state, etcd: _etcd } = at;
        let exit = term.exit(LIMIT);
        let what = format!("{place:?} {signal:?}:\n{}", exit.screen);
        exit.assert_terminal_restored();
        assert_eq!(exit.status.exit_code(), 128 + signal.as_raw() as u32, "{what}");
        assert_eq!(exit.status.signal(), None, "{what}");
        assert_nothing_of_a_frame_after_leaving(&exit);
        let entered = count(&exit.output, ENTER);
        let left = count(&exit.output, LEAVE);
        let expected = match place {
            Place::Password => (0, 0),
            // Once for the editor, and once more behind it, since it was told to end.
            Place::Editor => (1, 2),
            Place::Main | Place::Dialog | Place::Draft | Place::Job | Place::NoConnection => (1, 1),
        };
        assert_eq!((entered, left), expected, "{what}");
        let said = exit.screen.replace('\n', "");
        assert!(said.contains(place.farewell()), "{what}");
        if place.is_on_the_screen() && place.farewell().is_empty() {
            assert_eq!(exit.screen.trim(), "", "{what}");
        }
        let left: Vec<_> = fs::read_dir(files.path()).expect("a folder").collect();
        assert_eq!(left.len(), 1, "the editor alone: {left:?}");
        let drafts = fs::read_dir(state.path().join("etcdeck/drafts"));
        let drafts = drafts.map_or(0, |entries| {
            let is_draft = |path: &Path| path.extension().is_some_and(|end| end == "json");
            entries.flatten().filter(|entry| is_draft(&entry.path())).count()
        });
        assert_eq!(drafts, usize::from(place == Place::Draft), "{what}");
    }
}

const SIGNALS: [Signal; 4] = [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT];

#[test]
fn signals_at_the_panes() {
    leave_by(Place::Main, &SIGNALS);
}

#[test]
fn signals_at_a_dialog() {
    leave_by(Place::Dialog, &SIGNALS);
}

#[test]
fn signals_in_a_draft() {
    leave_by(Place::Draft, &SIGNALS);
}

/// Ctrl-c and Ctrl-\ are the editor's: see `guest`.
#[test]
fn signals_while_an_editor_runs() {
    leave_by(Place::Editor, &[Signal::TERM, Signal::HUP]);
}

#[test]
fn signals_at_the_password() {
    leave_by(Place::Password, &SIGNALS);
}

#[test]
fn signals_during_work_on_many_keys() {
    leave_by(Place::Job, &SIGNALS);
}

#[test]
fn signals_without_a_connection() {
    leave_by(Place::NoConnection, &SIGNALS);
}
