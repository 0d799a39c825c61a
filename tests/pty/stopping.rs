//! Stopped and continued: by Ctrl-z, by an editor, from outside, into the background and back.

use rustix::process::Signal;

use crate::place::{Place, script};
use crate::program::{Program, emulator_size};
use crate::steps::{CTRL_C, ENTER, LIMIT, escape, quit};
use crate::support::process::scratch_dir;
use crate::support::servers::dead_url;
use crate::support::wait::poll;
use crate::terminal::Terminal;

const CTRL_Z: &str = "\x1a";

/// A shell that knows the settings it began with.
fn shell(program: Program) -> Terminal {
    let term = program.size(110, 30).start();
    prompt(&term, "shell>");
    term.keys("stty -g > before\r");
    prompt(&term, "stty -g > before\n");
    term
}

/// Waits until these words are on the screen, and a prompt is below them.
fn prompt(term: &Terminal, words: &str) {
    term.wait_for(&format!("{words:?} and a prompt"), LIMIT, |screen| {
        let text = screen.contents();
        let last = text.lines().last().unwrap_or_default().trim_end();
        (text.contains(words) && last == "shell>").then_some(())
    });
}

/// The shell has its terminal as it was.
fn assert_the_same(term: &Terminal) {
    assert!(term.modes().is_empty(), "{:?}", term.modes());
    term.keys("clear; stty -g > now; cmp before now && echo the same\r");
    prompt(term, "the same\n");
}

fn leave_shell(term: Terminal) {
    term.keys("exit 0\r");
    assert!(term.exit(LIMIT).status.success());
}

#[test]
fn a_draft_is_still_there_after_a_stop() {
    let term = shell(Program::job_shell());
    term.keys("$ETCDECK --demo\r");
    term.wait("▸ /", LIMIT);
    term.keys("n/draft\r");
    term.wait("unchanged  1:1", LIMIT);
    term.keys("some text");
    term.wait("━ changed ", LIMIT);
    term.keys(CTRL_Z);
    prompt(&term, "Stopped");
    assert_the_same(&term);
    term.keys("fg\r");
    term.wait("some text", LIMIT);
    term.keys(" more");
    term.wait("some text more", LIMIT);
    term.keys(CTRL_C);
    term.wait("Quit without saving?", LIMIT);
    term.keys(CTRL_C);
    prompt(&term, "shell>");
    assert_the_same(&term);
    leave_shell(term);
}

#[test]
fn the_question_for_a_password_is_asked_again_after_a_stop() {
    let term = shell(Program::job_shell().env("AT", dead_url()));
    term.keys("$ETCDECK --endpoints $AT --user root\r");
    term.wait("Password of root:", LIMIT);
    term.keys("never seen");
    term.keys(CTRL_Z);
    prompt(&term, "Stopped");
    assert_the_same(&term);
    term.keys("clear; fg\r");
    term.wait("Password of root:", LIMIT);
    term.keys("typed anew\r");
    term.wait("1 Keys", LIMIT);
    term.keys("q");
    prompt(&term, "shell>");
    assert_the_same(&term);
    let seen = String::from_utf8_lossy(&term.output()).into_owned();
    assert!(!seen.contains("never seen") && !seen.contains("typed anew"), "{seen}");
    leave_shell(term);
}

#[test]
fn an_editor_that_stops_itself_gives_the_shell_the_terminal() {
    let folder = scratch_dir("editor");
    let text = "echo editing; kill -STOP $$; echo going on; read line; echo \"$line\" > \"$1\"";
    let editor = script(folder.path(), "editor", text);
    let term = shell(Program::job_shell().env("EDITOR", editor));
    term.keys("$ETCDECK --demo /samples/\r");
    term.wait("● online", LIMIT);
    term.keys(&format!(":put /edited x{ENTER}"));
    term.wait("/edited written", LIMIT);
    crate::steps::go_to(&term, "/edited");
    term.keys("E");
    prompt(&term, "Stopped");
    term.keys("fg\r");
    term.wait("going on", LIMIT);
    term.keys("of the editor\r");
    term.wait("Save /edited?", LIMIT);
    term.keys("y");
    term.wait("saved at revision", LIMIT);
    escape(&term, "━ unchanged ");
    term.keys("q");
    prompt(&term, "shell>");
    assert_the_same(&term);
    leave_shell(term);
}

#[test]
fn in_the_background_it_waits_and_can_be_ended() {
    let term = shell(Program::job_shell());
    term.keys("$ETCDECK --demo\r");
    term.wait("▸ /", LIMIT);
    term.keys(CTRL_Z);
    prompt(&term, "Stopped");
    // It would take the terminal again: not from the background.
    term.keys("clear; bg; echo in the background\r");
    prompt(&term, "in the background\n");
    let stopped = poll(LIMIT, || {
        term.keys("jobs\r");
        prompt(&term, "jobs");
        term.screen().contains("Stopped").then_some(())
    });
    assert!(stopped.is_some(), "{}", term.screen());
    // It may be stopped for reaching at the terminal once more before it hears that it is to end.
    let ends = "kill %1; wait %1; s=$?; while [ $s = 150 ]; do kill -CONT %1; wait %1; s=$?; done";
    term.keys(&format!("clear; {ends}; echo \"status $s\"\r"));
    prompt(&term, "status 143\n");
    assert_the_same(&term);
    leave_shell(term);
}

/// A stop that gave it no chance to leave: what it draws on is the shell's by then.
#[test]
fn ended_while_the_shell_has_the_terminal_it_touches_no_setting() {
    let term = shell(Program::job_shell());
    term.keys("sh -c 'echo $$ > pid; exec $ETCDECK --demo'\r");
    term.wait("▸ /", LIMIT);
    let number = term.home().join("pid");
    let number = std::fs::read_to_string(number).expect("it is written before the program begins");
    let id = number.trim().parse().ok().and_then(rustix::process::Pid::from_raw);
    let id = id.expect("the number of a process");
    rustix::process::kill_process(id, Signal::STOP).expect("it runs");
    // The shell writes on the other screen, wherever the cursor is.
    term.wait("Stopped", LIMIT);
    term.keys("clear; kill -TERM %1; kill -CONT %1; wait %1; echo \"status $?\"\r");
    prompt(&term, "status 143\n");
    assert_the_same(&term);
    leave_shell(term);
}

#[test]
fn stopped_from_outside_it_draws_anew_when_it_goes_on() {
    let term = Program::etcdeck().args(["--demo"]).start();
    term.wait("▸ /", LIMIT);
    for _ in 0..3 {
        term.signal(Signal::STOP);
        let still = poll(LIMIT, || term.is_stopped().then_some(()));
        assert!(still.is_some(), "it stops");
        let before = term.bytes_received();
        term.resize(90, 20);
        term.signal(Signal::CONT);
        term.wait("1 Keys", LIMIT);
        let redrawn = poll(LIMIT, || {
            let new = term.output().split_off(before);
            crate::ways_out::count(&new, b"\x1b[?1049h").checked_sub(1)
        });
        assert!(redrawn.is_some(), "the screen is taken again");
        term.resize(80, 24);
    }
    term.keys("?");
    term.wait("┏ Help ", LIMIT);
    escape(&term, "┏ Help ");
    quit(term);
}

#[test]
fn a_storm_of_sizes_ends_in_the_last_one() {
    let at = Place::Main.go();
    let term = at.term;
    for n in 0..200_u16 {
        term.resize(20 + n, 5 + n % 40);
    }
    term.resize(100, 30);
    term.keys("?");
    // The emulator took bytes of one size while it had another, and keeps what that did to it: a new
    // one is given everything from the last empty screen on.
    let shown = poll(LIMIT, || {
        let output = term.output();
        let from = output.windows(4).rposition(|window| window == b"\x1b[2J").unwrap_or(0);
        let (rows, columns) = emulator_size(100, 30);
        let mut emulator = vt100::Parser::new(rows, columns, 0);
        emulator.process(&output[from..]);
        let text = emulator.screen().contents();
        (text.contains("┏ Help ") && text.contains("┗ j k scroll")).then_some(())
    });
    assert!(shown.is_some(), "no whole frame of the last size: {}", term.screen());
    term.keys(CTRL_C);
    let exit = term.exit(LIMIT);
    assert!(exit.status.success());
    exit.assert_terminal_restored();
}
