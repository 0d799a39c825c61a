//! What a person does at the screen again and again.

use std::time::Duration;

use crate::program::Program;
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

/// Long enough for a loaded machine; each wait takes a share of a second on a quiet one.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// Keys as a terminal sends them. ESC must come alone, since with what follows at once it is Alt:
/// [`escape`].
pub(crate) const ENTER: &str = "\r";
pub(crate) const ESC: &str = "\x1b";
pub(crate) const CTRL_S: &str = "\x13";
pub(crate) const CTRL_C: &str = "\x03";

/// The program on a server, open at a prefix, and connected.
pub(crate) fn open(etcd: &Etcd, prefix: &str) -> Terminal {
    let term = on(etcd).args([prefix]).start();
    term.wait("● online", LIMIT);
    term
}

/// The program with the environment that leads to a server; large enough to show every pane well.
pub(crate) fn on(etcd: &Etcd) -> Program {
    Program::etcdeck().envs(etcd.env()).size(110, 30)
}

/// Goes to a key (`o`) and waits until its value is on the screen.
pub(crate) fn go_to(term: &Terminal, key: &str) {
    term.keys("o");
    term.wait("┏ go to ", LIMIT);
    term.keys(&format!("{key}{ENTER}"));
    term.wait_for(&format!("the value of {key:?}"), LIMIT, |screen| {
        let screen = screen.contents();
        if screen.contains("┏ go to ") {
            return None;
        }
        let title = screen.lines().position(|line| value_pane(line).starts_with(key))?;
        let below = value_pane(screen.lines().nth(title + 1)?);
        (below.starts_with("rev ") && below.contains("version")).then_some(())
    });
}

/// The part of a line of the upper half that lies in the Value pane.
fn value_pane(line: &str) -> &str {
    line.rsplit(['│', '┃']).nth(1).unwrap_or_default().trim()
}

/// Presses Esc, and waits until these words are gone.
pub(crate) fn escape(term: &Terminal, words: &str) {
    term.keys(ESC);
    term.wait_gone(words, LIMIT);
}

/// Leaves a draft that holds nothing unsaved.
pub(crate) fn leave_draft(term: &Terminal) {
    escape(term, "━ unchanged ");
}

/// Ends the program with `q` and checks that all went well.
pub(crate) fn quit(term: Terminal) {
    term.keys("q");
    let exit = term.exit(LIMIT);
    assert!(exit.status.success(), "{:?}:\n{}", exit.status, exit.screen);
    exit.assert_terminal_restored();
}

/// What etcdctl reads of a key, byte for byte; nothing when the key is not there.
pub(crate) fn value_of(etcd: &Etcd, key: &str) -> Option<Vec<u8>> {
    let printed = etcd.try_ctl(&["get", key, "--print-value-only"]).stdout;
    // etcdctl ends the value with a line break of its own.
    printed.strip_suffix(b"\n").map(<[u8]>::to_vec)
}
