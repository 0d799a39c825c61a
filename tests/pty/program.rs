//! A program in a pseudo-terminal, driven and watched as a person would.
//!
//! ```ignore
//! let term = Program::etcdeck().args(["--demo"]).size(80, 24).start();
//! term.wait("Keys", LIMIT);                       // the text on the screen, or a panic that shows it
//! term.keys("jj\r");                              // as typed; "\x1b[B" is the Down key
//! term.paste("text");                             // in brackets, as terminals do
//! term.wait_gone("Loading", LIMIT);
//! let before = term.bytes_received();
//! term.resize(40, 10);
//! term.signal(Signal::TERM);
//! let exit = term.exit(LIMIT);                    // how it ended and how it left the terminal
//! assert!(exit.status.success());
//! exit.assert_terminal_restored();
//! ```
//!
//! A real server: `Program::etcdeck().envs(etcd.env())`.
//!
//! Ctrl-z needs a shell with job control around the program, since the kernel stops nothing that could
//! not be continued: `let term = Program::job_shell().start(); term.keys("$ETCDECK --demo\r")`, then
//! `term.keys("\x1a")`, a wait for `Stopped` and for the prompt below it, and `term.keys("fg\r")`.

use std::ffi::OsStr;
use std::num::NonZeroU16;
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::terminal::Terminal;
use crate::support::process::scratch_dir;

/// A program to be started, by default on a screen of 80 columns and 24 rows.
///
/// It sees a clean environment: `PATH`, `TERM=xterm-256color`, a UTF-8 locale, `ETCDECK` (the path of
/// the built program), and a home of its own, which is also the current folder.
pub(crate) struct Program {
    command: CommandBuilder,
    columns: u16,
    rows: u16,
    home: tempfile::TempDir,
}

impl Program {
    /// The built program.
    pub(crate) fn etcdeck() -> Self {
        Self::new(env!("CARGO_BIN_EXE_etcdeck"))
    }

    /// `sh -c SCRIPT`.
    pub(crate) fn sh(script: &str) -> Self {
        Self::new("/bin/sh").args(["-c", script])
    }

    /// An interactive bash with job control and the prompt `shell> `.
    pub(crate) fn job_shell() -> Self {
        Self::new("/bin/bash")
            .args(["--norc", "--noprofile", "--noediting", "-i"])
            .env("PS1", "shell> ")
    }

    /// Any program.
    pub(crate) fn new(program: &str) -> Self {
        let home = scratch_dir("home");
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("HOME", home.path());
        command.env("ETCDECK", env!("CARGO_BIN_EXE_etcdeck"));
        command.cwd(home.path());
        Self { command, columns: 80, rows: 24, home }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Several variables, as from `Etcd::env`.
    pub(crate) fn envs<V: AsRef<OsStr>>(
        mut self,
        vars: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Self {
        for (name, value) in vars {
            self.command.env(name, value);
        }
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    /// Opens the pseudo-terminal and starts the program in it.
    pub(crate) fn start(self) -> Terminal {
        let pair = native_pty_system()
            .openpty(pty_size(self.columns, self.rows))
            .expect("a pseudo-terminal");
        Terminal::start(pair, self.command, (self.columns, self.rows), self.home)
    }
}

/// The size as the pseudo-terminal takes it.
pub(crate) fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// The size as the emulator takes it: rows, then columns.
pub(crate) fn emulator_size(columns: u16, rows: u16) -> (NonZeroU16, NonZeroU16) {
    let some = |count| NonZeroU16::new(count).expect("a screen has rows and columns");
    (some(rows), some(columns))
}

/// How much CPU time, user and system, a process has used; `None` once it is gone.
pub(crate) fn cpu_time(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the fields after it are the 3rd and up.
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    // A tick of this interface is 10 ms on every Linux.
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// How many bytes of memory a process has in use; `None` once it is gone.
pub(crate) fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kib << 10)
}
