//! The editor of one's own as a guest in the terminal: whatever it does, and whatever happens meanwhile.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use crate::leaving::panicking_store;
use crate::place::{At, Place, script};
use crate::program::Program;
use crate::steps::{CTRL_C, LIMIT, go_to, on, quit};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;
use crate::support::wait::poll;
use crate::terminal::Terminal;
use crate::ways_out::assert_nothing_of_a_frame_after_leaving;

/// The demo, with this editor on a value, as soon as the editor has said `ready`.
fn edit_with(folder: &Path, editor: &str) -> Terminal {
    let editor = script(folder, "editor", editor);
    let program = Program::etcdeck().env("EDITOR", &editor).env("XDG_RUNTIME_DIR", folder);
    let term = program.args(["--demo", "/samples/"]).size(100, 30).start();
    term.wait("● online", LIMIT);
    term.keys(":put /edited text\r");
    term.wait("/edited written", LIMIT);
    go_to(&term, "/edited");
    term.keys("E");
    term.wait("ready", LIMIT);
    term
}

/// The folders of values handed over that are left in a folder.
fn left_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into());
    names.filter(|name: &String| name.starts_with("etcdeck-")).collect()
}

#[test]
fn signals_of_the_keyboard_are_the_editors() {
    let At { term, .. } = Place::Editor.go();
    term.signal(Signal::INT);
    term.signal(Signal::QUIT);
    // Both were seen when something later is: the editor ends by the Ctrl-c that reaches it too.
    term.keys(CTRL_C);
    term.wait("ended with signal 2", LIMIT);
    quit(term);
}

/// It hears neither SIGTERM nor SIGHUP, has put the terminal into modes of its own, and never returns.
#[test]
fn an_editor_that_never_returns_is_ended_with_the_program() {
    let rude = r"printf '\033[?1000h\033[?1049h\033[2;5r'; stty raw -echo";
    for (signal, status) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let folder = scratch_dir("editor");
        let text =
            format!("trap '' TERM HUP; {rude}; echo $$ > $0.pid; echo ready; exec sleep 600");
        let term = edit_with(folder.path(), &text);
        term.signal(signal);
        let exit = term.exit(Duration::from_secs(10));
        exit.assert_terminal_restored();
        assert_eq!(exit.status.exit_code(), status, "{}", exit.screen);
        assert_nothing_of_a_frame_after_leaving(&exit);
        assert_eq!(left_in(folder.path()), [""; 0]);
        let pid = fs::read_to_string(folder.path().join("editor.pid")).expect("its number");
        let gone = poll(LIMIT, || (!Path::new("/proc").join(pid.trim()).exists()).then_some(()));
        assert!(gone.is_some(), "the editor lives on");
    }
}

/// What it had saved by then becomes a draft.
#[test]
fn what_the_editor_saved_before_a_signal_is_kept() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/edited", "text"]);
    let (folder, state) = (scratch_dir("editor"), scratch_dir("state"));
    let saves = script(folder.path(), "editor", "echo saved > \"$1\"; echo ready; exec sleep 600");
    let program = || on(&etcd).env("XDG_STATE_HOME", state.path()).env("EDITOR", &saves);
    let term = program().env("XDG_RUNTIME_DIR", folder.path()).start();
    term.wait("● online", LIMIT);
    go_to(&term, "/edited");
    term.keys("E");
    term.wait("ready", LIMIT);
    term.signal(Signal::TERM);
    let exit = term.exit(LIMIT);
    exit.assert_terminal_restored();
    assert_eq!(exit.status.exit_code(), 143);
    assert!(exit.screen.contains("the draft of /edited is kept"), "{}", exit.screen);
    assert_eq!(left_in(folder.path()), [""; 0]);
    let term = program().start();
    term.wait("+ saved", LIMIT);
}

/// A stop where no shell could continue it: it goes on.
#[test]
fn an_editor_that_stops_itself_without_a_shell_goes_on() {
    let folder = scratch_dir("editor");
    let term = edit_with(folder.path(), "echo ready; kill -STOP $$; echo more > \"$1\"");
    term.wait("Save /edited?", LIMIT);
    drop(term);
}

/// The message waits until the editor has ended, and so does the end of the program; what the editor
/// wrote is kept.
#[test]
fn a_panic_meanwhile_waits_for_the_editor() {
    for place in ["task", "thread", "blocking"] {
        let (folder, state) = (scratch_dir("editor"), scratch_dir("state"));
        let asks = folder.path().join("panic");
        let text = "echo ready; read line; echo \"$line\" > \"$1\"";
        let editor = script(folder.path(), "editor", text);
        let start = || {
            let program = Program::new(&panicking_store().display().to_string());
            let program = program.env("XDG_STATE_HOME", state.path()).env("EDITOR", &editor);
            let program = program.env("XDG_RUNTIME_DIR", folder.path()).size(100, 30);
            program.env("PANIC_WHEN", &asks).start()
        };
        let term = start();
        term.wait("● online", LIMIT);
        term.wait("nothing happens here", LIMIT);
        term.keys("E");
        term.wait("ready", LIMIT);
        fs::write(&asks, place).expect("our own folder");
        // Removed by the one who is about to panic.
        let seen = poll(LIMIT, || (!asks.exists()).then_some(()));
        assert!(seen.is_some(), "nobody panics");
        term.keys("typed after the panic\r");
        let exit = term.exit(LIMIT);
        exit.assert_terminal_restored();
        assert_eq!(exit.status.exit_code(), 101, "{}", exit.screen);
        let told = exit.screen.replace('\n', "");
        assert!(told.contains("was asked to panic") && told.contains("restored"), "{told}");
        assert!(told.contains("the draft of calm is kept"), "{told}");
        assert_nothing_of_a_frame_after_leaving(&exit);
        assert_eq!(left_in(folder.path()), [""; 0]);
    }
}

#[test]
fn a_panic_in_any_thread_restores_the_terminal_and_tells() {
    let folder = scratch_dir("panic");
    for place in ["task", "thread", "blocking"] {
        let asks = folder.path().join(place);
        let program = Program::new(&panicking_store().display().to_string()).size(100, 30);
        let term = program.env("PANIC_WHEN", &asks).start();
        term.wait("nothing happens here", LIMIT);
        fs::write(&asks, place).expect("our own folder");
        let exit = term.exit(LIMIT);
        exit.assert_terminal_restored();
        assert_eq!(exit.status.exit_code(), 101, "{}", exit.screen);
        assert!(exit.screen.contains("was asked to panic"), "{}", exit.screen);
        assert_nothing_of_a_frame_after_leaving(&exit);
    }
}
