//! Every way out leaves the terminal as it was found, with a status that says how it ended.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::program::Program;
use crate::steps::{CTRL_C, LIMIT};
use crate::support::process::{Process, target_dir};
use crate::support::wait::poll;
use crate::terminal::{Exit, Terminal};

/// A demo that has taken the terminal and shows its keys.
fn demo() -> Terminal {
    let term = Program::etcdeck().args(["--demo"]).start();
    term.wait("▸ /", LIMIT);
    let settings = term.settings();
    let mut modes = term.modes();
    // The looks of what was drawn last stay on between two frames.
    modes.retain(|mode| *mode != "colors or attributes");
    assert_eq!(
        modes,
        ["cursor hidden (?25)", "alternate screen (?1049)", "bracketed paste (?2004)"],
        "otherwise there is nothing to restore"
    );
    assert_ne!(settings, *term.settings_before(), "otherwise there is nothing to restore");
    term
}

fn assert_left_in_order(exit: &Exit, status: u32) {
    exit.assert_terminal_restored();
    assert_eq!(exit.status.exit_code(), status, "{:?}:\n{}", exit.status, exit.screen);
    assert_eq!(exit.status.signal(), None);
    assert_eq!(exit.screen.trim(), "", "the shell's screen is back, with nothing added");
}

#[test]
fn q_and_ctrl_c_quit() {
    for key in ["q", CTRL_C, ":quit\r"] {
        let term = demo();
        term.keys(key);
        assert_left_in_order(&term.exit(LIMIT), 0);
    }
}

#[test]
fn signals_end_with_their_status() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let term = demo();
        term.signal(signal);
        assert_left_in_order(&term.exit(LIMIT), 128 + signal.as_raw() as u32);
    }
}

/// A terminal emulator that is closed: the kernel sends SIGHUP, and every read and write fails.
#[test]
fn a_closed_terminal_ends_the_program() {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
    let master = master.expect("a pseudo-terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("a pseudo-terminal of our own");
    let size = Winsize { ws_col: 80, ws_row: 24, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).expect("a terminal has a size");
    let name = ptsname(&master, vec![]).expect("its name");
    let name = name.into_string().expect("a path of the system");
    let slave = File::options().read(true).write(true).open(name).expect("its other end");
    let mut program = Process::spawn(Path::new("/usr/bin/setsid"), |command| {
        let again = || slave.try_clone().expect("a file can be had twice");
        command.args(["--ctty", env!("CARGO_BIN_EXE_etcdeck"), "--demo"]);
        command.env("TERM", "xterm-256color").stdin(again()).stdout(again()).stderr(again());
    })
    .expect("setsid starts");
    drop(slave);
    let mut master = File::from(master);
    let mut seen = vec![];
    let drawn = poll(LIMIT, || {
        let mut waiting = [PollFd::new(&master, PollFlags::IN)];
        if rustix::event::poll(&mut waiting, Some(&Timespec::default())) == Ok(1) {
            let mut bytes = [0; 4096];
            let count = master.read(&mut bytes).expect("the program writes or ends");
            seen.extend_from_slice(&bytes[..count]);
        }
        String::from_utf8_lossy(&seen).contains("Leases").then_some(())
    });
    assert!(drawn.is_some(), "no frame: {}", String::from_utf8_lossy(&seen));
    drop(master);
    let status = program.wait(LIMIT).expect("the program ends");
    assert_eq!(status.code(), Some(129), "{status:?}");
}

#[test]
fn an_unsaved_draft_is_asked_about_once() {
    let term = demo();
    term.keys("n/draft\r");
    term.wait("unchanged  1:1", LIMIT);
    term.keys("text");
    term.wait("━ changed ", LIMIT);
    term.keys(CTRL_C);
    term.wait("Quit without saving?", LIMIT);
    assert!(term.is_running());
    term.keys(CTRL_C);
    assert_left_in_order(&term.exit(LIMIT), 0);
}

#[test]
fn a_panic_in_a_task_restores_the_terminal_and_tells() {
    let term = Program::new(&panicking_store().display().to_string()).size(100, 30).start();
    term.wait("● online", LIMIT);
    term.wait("nothing happens here", LIMIT);
    term.keys("j");
    let exit = term.exit(LIMIT);
    exit.assert_terminal_restored();
    assert_eq!(exit.status.exit_code(), 101, "{:?}:\n{}", exit.status, exit.screen);
    let told = exit.screen.replace('\n', "");
    assert!(
        told.contains("etcdeck: a fault in the program at examples/panicking_store.rs"),
        "{told}"
    );
    assert!(told.contains(r"\u{1b}[31mgreat"), "the message acts on no terminal: {told}");
    assert!(told.contains("The terminal was restored."), "{told}");
}

/// `cargo test` builds every example, but `cargo test --test pty` none, so it is asked for here.
pub(crate) fn panicking_store() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--example", "panicking_store", "--target-dir"]);
    cargo.arg(target_dir()).current_dir(env!("CARGO_MANIFEST_DIR"));
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        cargo.arg("--release");
        "release"
    };
    let done = cargo.output().expect("cargo starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    target_dir().join(profile).join("examples/panicking_store")
}
