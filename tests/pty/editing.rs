//! Edits that meet somebody else's, leases that stay, and the editor of one's own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::everyday::on_every_version;
use crate::steps::{CTRL_S, ENTER, LIMIT, escape, go_to, leave_draft, on, open, quit, value_of};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

/// Opens the value of a key in the editor of the Value pane.
fn edit(term: &Terminal, key: &str) {
    go_to(term, key);
    term.keys("e");
    term.wait("unchanged  1:1", LIMIT);
}

#[test]
fn the_second_of_two_saves_is_refused_with_both_values_shown() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["put", "/shared", "base value"]);
        let (one, two) = (open(&etcd, ""), open(&etcd, ""));
        edit(&one, "/shared");
        edit(&two, "/shared");
        one.keys("one's ");
        one.wait("one's base value", LIMIT);
        two.keys("two's ");
        two.wait("two's base value", LIMIT);
        one.keys(CTRL_S);
        one.wait("saved at revision 3", LIMIT);

        two.wait("changed here and by somebody else", LIMIT);
        two.keys(CTRL_S);
        let screen = two.wait("Somebody else changed this key", LIMIT);
        for words in ["base value", "one's base value", "two's base value", "rev 3"] {
            assert!(screen.contains(words), "{words}:\n{screen}");
        }
        assert_eq!(value_of(&etcd, "/shared").as_deref(), Some(&b"one's base value"[..]));

        // Nothing is lost: back in the draft it is as it was, and mine on top of theirs is a choice.
        escape(&two, "Somebody else changed this key");
        two.wait("two's base value", LIMIT);
        two.keys(CTRL_S);
        two.wait("Somebody else changed this key", LIMIT);
        two.keys("m");
        two.wait("saved at revision 4", LIMIT);
        assert_eq!(value_of(&etcd, "/shared").as_deref(), Some(&b"two's base value"[..]));
        leave_draft(&one);
        one.wait("two's base value", LIMIT);
        leave_draft(&two);
        quit(two);
        quit(one);
    });
}

#[test]
fn a_key_keeps_its_lease_when_it_is_saved() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        let id = "1234abcd";
        let granted = etcd.ctl(&["lease", "grant", "600"]);
        let id = granted.split_whitespace().nth(1).unwrap_or(id).to_owned();
        etcd.ctl(&["put", "--lease", &id, "/leased", "x"]);
        let term = open(&etcd, "");
        edit(&term, "/leased");
        term.wait("keeps lease", LIMIT);
        term.keys(&format!("y{CTRL_S}"));
        term.wait("saved at revision 3", LIMIT);
        assert_eq!(value_of(&etcd, "/leased").as_deref(), Some(&b"yx"[..]));
        let attached = etcd.ctl(&["lease", "timetolive", &id, "--keys"]);
        assert!(attached.contains("/leased"), "{attached}");
        leave_draft(&term);
        term.wait("version 2  lease ", LIMIT);
        // It still ends with its lease.
        etcd.ctl(&["lease", "revoke", &id]);
        assert_eq!(value_of(&etcd, "/leased"), None);
        term.wait("no keys here", LIMIT);
        quit(term);
    });
}

#[test]
fn a_key_deleted_meanwhile_is_told_and_can_be_made_anew() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/gone", "x"]);
    let term = open(&etcd, "");
    edit(&term, "/gone");
    term.keys("draft ");
    term.wait("draft x", LIMIT);
    etcd.ctl(&["del", "/gone"]);
    term.wait("deleted meanwhile", LIMIT);
    term.keys(CTRL_S);
    term.wait("This key was deleted meanwhile", LIMIT);
    term.keys("c");
    term.wait("saved at revision 4", LIMIT);
    assert_eq!(value_of(&etcd, "/gone").as_deref(), Some(&b"draft x"[..]));
}

#[test]
fn a_draft_survives_the_loss_of_the_server() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/kept", "x"]);
    let term = open(&etcd, "");
    edit(&term, "/kept");
    term.keys("draft ");
    etcd.kill();
    term.wait("○ lost", LIMIT);
    term.keys(&format!("more {CTRL_S}"));
    term.wait("not written", LIMIT);
    term.wait("draft more x", LIMIT);
    etcd.restart();
    term.wait("● online", LIMIT);
    term.keys(CTRL_S);
    term.wait("saved at revision 3", LIMIT);
    assert_eq!(value_of(&etcd, "/kept").as_deref(), Some(&b"draft more x"[..]));
}

fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("the scratch folder can be written to");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our own file");
    path.display().to_string()
}

#[test]
fn the_editor_of_the_user_gets_the_value_and_gives_it_back() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/edited", "without a line end"]);
    let folder = scratch_dir("editor");
    // It looks at what it got, then asks on the terminal, as an editor would.
    let editor = script(
        folder.path(),
        "editor",
        r#"printf 'mode '; stat -c %a "$2"; stty -a | grep -q ' icanon' && echo cooked
[ "$1" = -w ] && echo "got <$(cat "$2")>"; read answer; printf '%s\n' "$answer" > "$2""#,
    );
    let term = on(&etcd).env("VISUAL", format!("{editor} -w")).env("EDITOR", "false").start();
    term.wait("● online", LIMIT);
    go_to(&term, "/edited");
    term.keys("E");
    term.wait("got <without a line end>", LIMIT);
    let screen = term.screen();
    assert!(screen.contains("mode 600") && screen.contains("cooked"), "{screen}");
    assert!(term.modes().is_empty(), "the editor's terminal is as the shell's: {:?}", term.modes());
    term.keys("typed for the editor, q and all\r");
    term.wait("Save /edited?", LIMIT);
    assert_eq!(value_of(&etcd, "/edited").as_deref(), Some(&b"without a line end"[..]));
    term.keys("y");
    term.wait("saved at revision 3", LIMIT);
    let expected = &b"typed for the editor, q and all"[..];
    assert_eq!(value_of(&etcd, "/edited").as_deref(), Some(expected), "no line end is added");
    leave_draft(&term);
    quit(term);
}

#[test]
fn an_editor_that_fails_or_changes_nothing_leaves_all_as_it_was() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/edited", "value"]);
    let folder = scratch_dir("editor");
    let rude = r"printf '\033[?1000h\033[?1049h\033[2;5r'; stty raw -echo; echo changed > $1";
    let cases = [
        ("true".to_owned(), "nothing changed in the editor"),
        (script(folder.path(), "fails", &format!("{rude}; exit 3")), "ended with status 3"),
        (script(folder.path(), "dies", &format!("{rude}; kill -KILL $$")), "ended with signal 9"),
        ("/nowhere/editor".to_owned(), "cannot run /nowhere/editor"),
    ];
    for (editor, words) in cases {
        let term = on(&etcd).env("EDITOR", &editor).start();
        term.wait("● online", LIMIT);
        go_to(&term, "/edited");
        let settings = term.settings();
        let modes = term.modes();
        term.keys("E");
        term.wait(words, LIMIT);
        term.wait("value", LIMIT);
        assert_eq!(term.settings(), settings, "{editor}");
        assert_eq!(term.modes(), modes, "{editor}");
        term.keys(&format!(":read-only on{ENTER}"));
        term.wait("READ-ONLY", LIMIT);
        quit(term);
        assert_eq!(value_of(&etcd, "/edited").as_deref(), Some(&b"value"[..]), "{editor}");
    }
}
