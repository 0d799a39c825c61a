//! Snapshots of what stands in front of the panes, and of the value editor.

use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::domain::draft::DraftId;

use super::desk::{Desk, settings};
use super::{SMALL, USUAL, at_sizes, scene, snapshot};

const BOTH: [(u16, u16); 2] = [USUAL, SMALL];

/// The busy screen after these keys.
fn after(keys: &'static str) -> impl Fn((u16, u16)) -> Desk {
    move |size| {
        let mut desk = scene::busy(size);
        desk.press(keys);
        desk
    }
}

#[test]
fn help_begins_with_where_the_user_is() {
    at_sizes("help", &[(120, 40), USUAL, SMALL], after("?"));
    at_sizes("help-watch", &[USUAL], after("4 ?"));
}

#[test]
fn deleting_names_what_goes() {
    at_sizes("delete-key", &BOTH, after("G d"));
}

#[test]
fn revoking_names_what_vanishes() {
    at_sizes("revoke", &BOTH, after("3 d"));
}

#[test]
fn fields() {
    at_sizes("goto", &BOTH, after("o"));
    at_sizes("goto-completions", &BOTH, |size| {
        let mut desk = scene::busy(size);
        desk.press("o");
        desk.type_text("/config/app/");
        desk.press("tab tab");
        desk
    });
    at_sizes("new-key-wrong", &BOTH, |size| {
        let mut desk = scene::busy(size);
        desk.press("n");
        desk.type_text("\\q");
        desk.press("enter");
        desk
    });
    at_sizes("grant", &BOTH, after("3 n"));
    at_sizes("save-log", &BOTH, after("4 s"));
}

#[test]
fn the_command_line() {
    at_sizes("command", &BOTH, after(":"));
    at_sizes("command-half", &BOTH, |size| {
        let mut desk = scene::busy(size);
        desk.press(":");
        desk.type_text("le");
        desk.press("tab tab");
        desk
    });
    at_sizes("command-arguments", &BOTH, |size| {
        let mut desk = scene::busy(size);
        desk.press(":");
        desk.type_text("put /config/a");
        desk
    });
    at_sizes("command-wrong", &BOTH, |size| {
        let mut desk = scene::busy(size);
        desk.press(":");
        desk.type_text("lease grant soon");
        desk.press("enter");
        desk
    });
}

#[test]
fn the_editor() {
    at_sizes("editing", &BOTH, scene::editing);
    at_sizes("editing-unsaved", &BOTH, |size| {
        let mut desk = scene::editing(size);
        desk.press("esc");
        desk
    });
    at_sizes("editing-hex", &BOTH, |size| {
        let mut desk = scene::strange(size);
        desk.press("/");
        desk.type_text("utf");
        desk.press("enter e");
        desk
    });
    at_sizes("editing-long-line", &BOTH, |size| {
        let mut desk = scene::editing(size);
        desk.type_text(
            " and a line that is longer than the pane is wide, whatever that is, \
                        since somebody kept typing for the rest of the afternoon",
        );
        desk
    });
    at_sizes("new-key", &[USUAL], |size| {
        let mut desk = scene::busy(size);
        desk.press("n");
        desk.type_text("fresh");
        desk.press("enter");
        desk
    });
}

#[test]
fn what_others_did_to_the_key_being_edited() {
    at_sizes("conflict", &[(120, 40), USUAL, SMALL], scene::conflict);
    at_sizes("behind", &[USUAL], |size| {
        let mut desk = scene::editing(size);
        desk.put("/config/app/port", "7070");
        desk
    });
    at_sizes("gone", &BOTH, |size| {
        let mut desk = scene::editing(size);
        desk.delete("/config/app/port");
        desk.press("ctrl-s");
        desk
    });
}

#[test]
fn what_a_save_would_change() {
    at_sizes("draft-diff", &BOTH, |size| {
        let mut desk = scene::editing(size);
        desk.press("alt-d");
        desk
    });
    at_sizes("draft-diff-newline", &[USUAL], |size| {
        let mut desk = scene::editing(size);
        desk.press("backspace ctrl-end enter alt-d");
        desk
    });
    at_sizes("broken", &BOTH, |size| {
        let mut desk = scene::busy(size);
        desk.press("e");
        desk.type_text("{");
        desk.press("ctrl-s");
        desk
    });
}

#[test]
fn a_merge_is_joined_or_marked() {
    at_sizes("merged", &[USUAL], |size| {
        let mut desk = scene::conflict(size);
        desk.press("e");
        desk
    });
}

#[test]
fn drafts_of_an_earlier_run_are_offered() {
    for (name, theirs) in [("offer", None), ("offer-behind", Some("7070"))] {
        at_sizes(name, &BOTH, |size| {
            let draft = scene::editing(size).kept_draft();
            let mut desk = scene::fresh(size);
            if let Some(value) = theirs {
                desk.put("/config/app/port", value);
            }
            let age = std::time::Duration::from_secs(3725);
            desk.finds(vec![
                (DraftId::Found(1), age, draft.clone()),
                (DraftId::Found(2), age, draft),
            ]);
            desk
        });
    }
    at_sizes("offer-damaged", &[USUAL], |size| {
        let mut desk = scene::fresh(size);
        let path = "/home/me/.local/state/etcdeck/drafts/1700000000000-77-0.damaged";
        let reason = "EOF while parsing a string at line 1 column 512".to_owned();
        desk.happens(Message::DraftsFound(Ok((Vec::new(), vec![(path.into(), reason)]))));
        desk
    });
}

#[test]
fn events_and_watches() {
    at_sizes("event", &BOTH, after("4 k k enter"));
    at_sizes("watches", &BOTH, after("4 w"));
    at_sizes("paused", &[USUAL], |size| {
        let mut desk = scene::busy(size);
        desk.press("4 space");
        desk.put("/config/app/port", "1");
        desk
    });
    at_sizes("lease-keys", &BOTH, after("3 enter"));
    at_sizes("as-etcdctl", &BOTH, after("X"));
}

#[test]
fn read_only_hides_what_writes() {
    let mut desk = scene::with(Settings { read_only: true, ..settings() }, USUAL);
    snapshot("read-only", &mut desk);
    desk.press("e");
    snapshot("read-only-refused", &mut desk);
}
