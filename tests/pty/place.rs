//! Where a person can be when the program has to end.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use crate::program::Program;
use crate::steps::{ENTER, LIMIT, go_to, on};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::servers::{Etcd, dead_url};
use crate::terminal::Terminal;

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The panes.
    Main,
    /// A dialog is open.
    Dialog,
    /// A draft holds what is saved nowhere, on a cluster where drafts are kept.
    Draft,
    /// An editor of one's own has the terminal.
    Editor,
    /// The password is asked for.
    Password,
    /// Work on many keys waits for an answer that does not come.
    Job,
    /// Nobody answers.
    NoConnection,
}

/// The program in a place, with what must live as long.
pub(crate) struct At {
    pub(crate) term: Terminal,
    /// The folder of the editor's file.
    pub(crate) files: TempDir,
    /// What stands below `XDG_STATE_HOME`.
    pub(crate) state: TempDir,
    pub(crate) etcd: Option<Etcd>,
}

impl Place {
    /// Starts the program and goes there.
    pub(crate) fn go(self) -> At {
        let (files, state) = (scratch_dir("files"), scratch_dir("state"));
        let editor = script(files.path(), "editor", "echo \"editor $1\"; exec sleep 600");
        let with = |program: Program| {
            let program = program.env("XDG_STATE_HOME", state.path()).env("EDITOR", &editor);
            program.env("XDG_RUNTIME_DIR", files.path()).size(100, 30)
        };
        let server = || {
            let etcd = Etcd::start(Version::newest());
            for number in 0..12 {
                etcd.ctl(&["put", &format!("/many/{number:02}"), "value"]);
            }
            etcd
        };
        let (term, etcd) = match self {
            Place::Main | Place::Dialog | Place::Editor => {
                let term = with(Program::etcdeck()).args(["--demo", "/samples/"]).start();
                term.wait("● online", LIMIT);
                (term, None)
            }
            Place::Password => {
                let args = ["--endpoints", &dead_url(), "--user", "root"];
                (with(Program::etcdeck()).args(args).start(), None)
            }
            Place::NoConnection => {
                let args = ["--endpoints", &dead_url()];
                (with(Program::etcdeck()).args(args).start(), None)
            }
            Place::Draft | Place::Job => {
                let etcd = server();
                let term = with(on(&etcd)).start();
                term.wait("● online", LIMIT);
                (term, Some(etcd))
            }
        };
        match self {
            Place::Main => drop(term.wait("┏ 1 Keys", LIMIT)),
            Place::Dialog => {
                term.keys("?");
                term.wait("┏ Help ", LIMIT);
            }
            Place::Draft => {
                go_to(&term, "/many/03");
                term.keys("e");
                term.wait("unchanged  1:1", LIMIT);
                term.keys("mine ");
                term.wait("mine value", LIMIT);
            }
            Place::Editor => {
                term.keys(&format!(":put /edited text{ENTER}"));
                term.wait("/edited written", LIMIT);
                go_to(&term, "/edited");
                term.keys("E");
                term.wait("editor /", LIMIT);
            }
            Place::Password => drop(term.wait("Password of root:", LIMIT)),
            Place::Job => {
                term.wait("▸ /many/", LIMIT);
                term.wait("prefix, 12 keys", LIMIT);
                term.keys("d");
                term.wait("type 12 to confirm", LIMIT);
                etcd.as_ref().expect("a server").pause();
                term.keys(&format!("12{ENTER}"));
                term.wait_gone("type 12 to confirm", LIMIT);
            }
            Place::NoConnection => drop(term.wait("○ no connection", LIMIT)),
        }
        At { term, files, state, etcd }
    }

    /// Whether the program has the terminal there and draws on it.
    pub(crate) fn is_on_the_screen(self) -> bool {
        match self {
            Place::Main | Place::Dialog | Place::Draft | Place::Job | Place::NoConnection => true,
            Place::Editor | Place::Password => false,
        }
    }

    /// What is said to whoever is back at the shell.
    pub(crate) fn farewell(self) -> &'static str {
        match self {
            Place::Draft => "etcdeck: the draft of /many/03 is kept",
            Place::Job => "0 of 12 keys were done; the last transaction may or may not have been",
            Place::Main | Place::Dialog | Place::Editor | Place::Password | Place::NoConnection => {
                ""
            }
        }
    }
}

/// An executable shell script.
pub(crate) fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("the scratch folder can be written to");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our own file");
    path.display().to_string()
}
