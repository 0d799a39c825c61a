//! Drafts that outlive the program: killed, hung up on, at fault, or without a server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use crate::leaving::panicking_store;
use crate::program::Program;
use crate::steps::{CTRL_S, LIMIT, escape, go_to, leave_draft, on, quit, value_of};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;
use crate::support::wait::poll;
use crate::terminal::Terminal;

const OFFER: &str = "A draft was left unsaved";

/// The program on a server, with its state below this folder, connected.
fn open(etcd: &Etcd, state: &Path) -> Terminal {
    let term = on(etcd).env("XDG_STATE_HOME", state).start();
    term.wait("● online", LIMIT);
    term
}

fn folder(state: &Path) -> PathBuf {
    state.join("etcdeck/drafts")
}

fn drafts(state: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder(state)) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
}

/// Waits until the one draft there is holds this text.
fn wait_for_draft(state: &Path, text: &str) {
    let holds = || {
        let [path] = &drafts(state)[..] else { return None };
        fs::read_to_string(path).ok()?.contains(text).then_some(())
    };
    assert!(poll(LIMIT, holds).is_some(), "no draft with {text:?} in {}", state.display());
}

/// Types at the start of a value.
fn edit(term: &Terminal, key: &str, text: &str) {
    go_to(term, key);
    term.keys("e");
    term.wait("unchanged  1:1", LIMIT);
    term.keys(text);
    term.wait(text, LIMIT);
}

#[test]
fn a_killed_program_offers_the_draft_with_its_difference_to_the_present() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/kept", "first\nsecond\nthird"]);
    let state = scratch_dir("state");
    let term = open(&etcd, state.path());
    edit(&term, "/kept", "mine ");
    term.keys("and more ");
    wait_for_draft(state.path(), "mine and more first");
    term.signal(Signal::KILL);
    let exit = term.exit(LIMIT);
    assert!(exit.status.signal().is_some(), "{:?}", exit.status);
    let path = drafts(state.path()).remove(0);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&folder(state.path()))), (0o600, 0o700));

    // Somebody else changes the last line meanwhile.
    etcd.ctl(&["put", "/kept", "first\nsecond\ntheirs"]);
    let term = open(&etcd, state.path());
    let screen = term.wait(OFFER, LIMIT);
    for words in ["/kept", "begun at revision 2", "somebody else wrote the key at revision 3"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    for line in ["- first", "+ mine and more first", "- theirs", "+ third"] {
        assert!(screen.contains(line), "{line}:\n{screen}");
    }
    term.keys("e");
    term.wait("changed here and by somebody else", LIMIT);
    term.keys(CTRL_S);
    term.wait("Somebody else changed this key", LIMIT);
    let untouched = &b"first\nsecond\ntheirs"[..];
    assert_eq!(value_of(&etcd, "/kept").as_deref(), Some(untouched));
    // The changes do not touch: joined, and saved by hand.
    term.keys("e");
    term.wait("2 changes joined", LIMIT);
    term.keys(CTRL_S);
    term.wait("saved at revision 4", LIMIT);
    let joined = &b"mine and more first\nsecond\ntheirs"[..];
    assert_eq!(value_of(&etcd, "/kept").as_deref(), Some(joined));
    assert!(poll(LIMIT, || drafts(state.path()).is_empty().then_some(())).is_some());
    leave_draft(&term);
    quit(term);
}

#[test]
fn signals_that_end_the_program_lose_no_byte() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/kept", "x"]);
    for signal in [Signal::HUP, Signal::TERM] {
        let state = scratch_dir("state");
        let term = open(&etcd, state.path());
        edit(&term, "/kept", "mine ");
        // Typed within the second in which nothing is written again.
        term.keys("to the last byte ");
        term.wait("mine to the last byte x", LIMIT);
        term.signal(signal);
        let exit = term.exit(LIMIT);
        exit.assert_terminal_restored();
        assert_eq!(exit.status.exit_code(), 128 + signal.as_raw() as u32);
        let term = open(&etcd, state.path());
        term.wait("+ mine to the last byte x", LIMIT);
        escape(&term, OFFER);
        // Later means later: the next start offers it again.
        quit(term);
        let term = open(&etcd, state.path());
        term.wait(OFFER, LIMIT);
        term.keys("x");
        term.wait("Throw the draft of /kept away?", LIMIT);
        term.keys("y");
        term.wait("thrown away", LIMIT);
        assert!(poll(LIMIT, || drafts(state.path()).is_empty().then_some(())).is_some());
        quit(term);
    }
}

#[test]
fn a_draft_outlives_the_server_and_the_program() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/kept", "x"]);
    let state = scratch_dir("state");
    let term = open(&etcd, state.path());
    edit(&term, "/kept", "mine ");
    etcd.kill();
    term.wait("○ lost", LIMIT);
    term.keys("more ");
    term.wait("mine more x", LIMIT);
    term.signal(Signal::TERM);
    term.exit(LIMIT);
    // The next start finds nobody who could say what the key holds: it offers the draft when it can.
    let term = on(&etcd).env("XDG_STATE_HOME", state.path()).start();
    term.wait("○ no connection", LIMIT);
    etcd.restart();
    term.wait("● online", LIMIT);
    term.wait("+ mine more x", LIMIT);
    term.keys("e");
    term.wait("mine more x", LIMIT);
    term.keys(CTRL_S);
    term.wait("saved at revision 3", LIMIT);
    assert_eq!(value_of(&etcd, "/kept").as_deref(), Some(&b"mine more x"[..]));
    leave_draft(&term);
    quit(term);
    assert!(drafts(state.path()).is_empty());
}

#[test]
fn a_panic_in_a_task_keeps_the_draft() {
    let state = scratch_dir("state");
    let program = panicking_store().display().to_string();
    let start = || Program::new(&program).env("XDG_STATE_HOME", state.path()).size(100, 30).start();
    let term = start();
    term.wait("● online", LIMIT);
    // Up from the end: the key before would panic when it is read.
    term.keys("G");
    term.wait("handle with care", LIMIT);
    term.keys("e");
    term.wait("unchanged  1:1", LIMIT);
    term.keys("mine ");
    term.wait("mine handle with care", LIMIT);
    term.keys(CTRL_S);
    let exit = term.exit(LIMIT);
    exit.assert_terminal_restored();
    assert_eq!(exit.status.exit_code(), 101, "{:?}:\n{}", exit.status, exit.screen);
    let term = start();
    term.wait("+ mine handle with care", LIMIT);
}

#[test]
fn nothing_is_written_where_nothing_may_be_kept() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/kept", "x"]);
    let state = scratch_dir("state");
    let program = || on(&etcd).env("XDG_STATE_HOME", state.path());
    let term = program().args(["--read-only"]).start();
    term.wait("● online", LIMIT);
    go_to(&term, "/kept");
    term.keys("e");
    term.wait("read-only: nothing is written", LIMIT);
    quit(term);
    // A draft that is saved leaves nothing.
    let term = program().start();
    term.wait("● online", LIMIT);
    edit(&term, "/kept", "mine ");
    wait_for_draft(state.path(), "mine x");
    term.keys(CTRL_S);
    term.wait("saved at revision 3", LIMIT);
    leave_draft(&term);
    quit(term);
    let left: Vec<_> = fs::read_dir(folder(state.path())).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_configuration_can_forbid_drafts() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/kept", "x"]);
    let (state, config) = (scratch_dir("state"), scratch_dir("config"));
    fs::create_dir(config.path().join("etcdeck")).expect("our own folder");
    fs::write(config.path().join("etcdeck/config.toml"), "drafts = false\n").expect("a file");
    let program = || {
        on(&etcd).env("XDG_STATE_HOME", state.path()).env("XDG_CONFIG_HOME", config.path()).start()
    };
    let term = program();
    term.wait("● online", LIMIT);
    edit(&term, "/kept", "secret ");
    term.keys("and more ");
    term.wait("secret and more x", LIMIT);
    term.signal(Signal::HUP);
    term.exit(LIMIT);
    assert!(!folder(state.path()).exists(), "not even a folder");
    let term = program();
    term.wait("● online", LIMIT);
    go_to(&term, "/kept");
    term.keys(":drafts\r");
    term.wait("drafts are not kept here", LIMIT);
    quit(term);
}

#[test]
fn a_large_value_needs_an_editor_of_ones_own() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/large", &"x".repeat(70_000)]);
    let term = on(&etcd).start();
    term.wait("● online", LIMIT);
    go_to(&term, "/large");
    term.keys("e");
    term.wait("set VISUAL or EDITOR", LIMIT);
    quit(term);
    let folder = scratch_dir("editor");
    let editor = folder.path().join("editor");
    fs::write(&editor, "#!/bin/sh\nprintf y >> \"$1\"\n").expect("our own folder");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).expect("our own file");
    let term = on(&etcd).env("EDITOR", &editor).start();
    term.wait("● online", LIMIT);
    go_to(&term, "/large");
    term.keys("e");
    term.wait("Save /large?", LIMIT);
    term.keys("s");
    term.wait("saved at revision 3", LIMIT);
    assert_eq!(value_of(&etcd, "/large").map(|value| value.len()), Some(70_001));
}
