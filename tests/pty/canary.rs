//! A password and a token that can be told from anything else, through everything that could leak
//! them; then everything the program wrote anywhere is looked through.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::leaving::panicking_store;
use crate::place::script;
use crate::program::Program;
use crate::steps::{ENTER, LIMIT, go_to};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;
use crate::support::wait::poll;
use crate::terminal::{Exit, Terminal};

const PASSWORD: &str = "canary-5f2c9d-password";
const WRONG: &str = "canary-77ab01-wrong";
const TOKEN: &str = "canary-c0ffee-token";
/// What none of them may be found by.
const CANARY: &str = "canary-";

/// One folder below which everything the program may write to lies, and what its terminals were sent.
struct Cage {
    folder: TempDir,
    outputs: Vec<(&'static str, Vec<u8>)>,
}

impl Cage {
    fn new() -> Cage {
        let cage = Cage { folder: scratch_dir("cage"), outputs: vec![] };
        for name in ["state", "config", "cache", "run", "tmp", "home", "seen"] {
            fs::create_dir(cage.path(name)).expect("our own folder");
        }
        fs::create_dir(cage.path("config/etcdeck")).expect("our own folder");
        fs::write(cage.path("config/etcdeck/config.toml"), "journal = true\n").expect("a file");
        // What it sees of us and of itself goes to a file; then it changes the value.
        let spies = "cd \"$SEEN\"; env > env; tr '\\0' '\\n' < /proc/$$/environ > environ
tr '\\0' '\\n' < /proc/$$/cmdline > cmdline; tr '\\0' '\\n' < /proc/$PPID/cmdline > parent
cat /proc/$$/limits > limits; echo edited > \"$1\"";
        script(&cage.path("seen"), "editor", spies);
        cage
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// A program that can write nowhere else.
    fn program(&self, program: Program) -> Program {
        let at = |name: &str| self.path(name);
        program
            .env("HOME", at("home"))
            .env("XDG_STATE_HOME", at("state"))
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_CACHE_HOME", at("cache"))
            .env("XDG_RUNTIME_DIR", at("run"))
            .env("TMPDIR", at("tmp"))
            .env("SEEN", at("seen"))
            .env("EDITOR", at("seen/editor"))
            .size(110, 30)
    }

    fn etcdeck(&self, etcd: &Etcd) -> Program {
        let log = self.path("state/log");
        let args = ["--log-level", "debug", "--endpoints", &etcd.url(), "--log-file"];
        self.program(Program::etcdeck()).args(args).args([log])
    }

    fn take(&mut self, what: &'static str, exit: Exit) -> Exit {
        self.outputs.push((what, exit.output.clone()));
        exit
    }

    /// Nothing of it is in any file, nor in what a terminal was sent.
    fn assert_clean(&self) {
        for (what, output) in &self.outputs {
            let text = String::from_utf8_lossy(output);
            assert!(!text.contains(CANARY), "{what}: {text}");
        }
        let mut folders = vec![self.folder.path().to_owned()];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = fs::read(&path).expect("a file");
                let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
                assert!(!found, "{}: {}", path.display(), String::from_utf8_lossy(&bytes));
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                assert!(!name.starts_with("core"), "{name}");
                files += 1;
            }
        }
        assert!(files > 5, "there was something to look through");
    }
}

fn online(term: &Terminal) {
    term.wait("● online", LIMIT);
}

#[test]
fn the_canary_appears_nowhere() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/edited", "value"]);
    etcd.enable_auth(PASSWORD);
    let mut cage = Cage::new();

    // From the environment, through an editor, an export, a draft that is left, and a signal.
    for user in ["root".to_owned(), format!("root:{PASSWORD}")] {
        let program = cage.etcdeck(&etcd).env("ETCDCTL_USER", &user);
        let program = match user.as_str() {
            "root" => program.env("ETCDCTL_PASSWORD", PASSWORD),
            _ => program,
        };
        let term = program.env("ETCDCTL_AUTH_JWT_TOKEN", "").start();
        online(&term);
        go_to(&term, "/edited");
        term.keys("E");
        term.wait_for("an answer of the editor", LIMIT, |screen| {
            let text = screen.contents();
            let saved = text.contains("Save /edited?");
            (saved || text.contains("nothing changed in the editor")).then_some(())
        });
        if user == "root" {
            term.keys("y");
            term.wait("saved at revision", LIMIT);
        }
        let limits = fs::read_to_string(cage.path("seen/limits")).expect("what the editor saw");
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        assert_eq!(core.and_then(|line| line.split_whitespace().nth(4)), Some("0"), "{limits}");
        let seen = fs::read_to_string(cage.path("seen/env")).expect("what the editor saw");
        assert!(seen.contains("ETCDCTL_USER=root\n"), "the name stays: {seen}");
        term.signal(Signal::TERM);
        let exit = cage.take("environment", term.exit(LIMIT));
        assert_eq!(exit.status.exit_code(), 143);
    }

    // Typed: first a wrong one, then the right one.
    for password in [WRONG, PASSWORD] {
        let term = cage.etcdeck(&etcd).args(["--user", "root"]).start();
        term.wait("Password of root:", LIMIT);
        term.keys(&format!("{password}\r"));
        term.wait(if password == WRONG { "○ denied" } else { "● online" }, LIMIT);
        if password == PASSWORD {
            // Again on the screen: the wrong one is not even in the history of what was typed.
            term.keys(&format!(":login root{ENTER}"));
            term.wait("Log in to etcd", LIMIT);
            term.keys(WRONG);
            term.wait(&"*".repeat(WRONG.len()), LIMIT);
            term.keys(ENTER);
            term.wait_gone(&"*".repeat(WRONG.len()), LIMIT);
        }
        term.signal(Signal::ABORT);
        let exit = cage.take("prompt", term.exit(LIMIT));
        assert!(exit.status.signal().is_some(), "{:?}", exit.status);
    }

    // A token, which no server of this kind knows.
    let term = cage.etcdeck(&etcd).env("ETCDCTL_AUTH_JWT_TOKEN", TOKEN).start();
    term.wait("○ denied", LIMIT);
    term.signal(Signal::HUP);
    cage.take("token", term.exit(LIMIT));

    // The subcommands, and complaints about how it was given.
    let log = cage.path("state/log");
    let run = |cage: &Cage, args: &[&str]| {
        let program = cage.program(Program::etcdeck()).envs(etcd.env());
        let program = program.env("ETCDCTL_USER", "root").env("ETCDCTL_PASSWORD", PASSWORD);
        let log = log.display().to_string();
        program.args(args).args(["--log-file", &log, "--log-level", "debug"]).start().exit(LIMIT)
    };
    let backup = cage.path("home/backup.jsonl").display().to_string();
    let endpoint = format!("http://root:{PASSWORD}@127.0.0.1:2379");
    let cases: [(&'static str, &[&str], u32); 6] = [
        ("config", &["config"], 0),
        ("export", &["export", &backup], 0),
        ("import", &["import", "--yes", &backup], 0),
        ("user info", &["--endpoints", &endpoint], 2),
        ("token and user", &["--user", "root", "--auth-jwt-token", TOKEN], 2),
        ("wrong flag", &["--user", &format!("root:{PASSWORD}"), "--dial-timeout", "x"], 2),
    ];
    for (what, args, status) in cases {
        let exit = run(&cage, args);
        assert_eq!(exit.status.exit_code(), status, "{what}: {}", exit.screen);
        cage.take(what, exit);
    }

    // A fault, with all of it in the environment.
    let asks = cage.path("tmp/panic");
    let program = cage.program(Program::new(&panicking_store().display().to_string()));
    let program = program.env("ETCDCTL_PASSWORD", PASSWORD).env("ETCDCTL_AUTH_JWT_TOKEN", TOKEN);
    let term = program.env("PANIC_WHEN", &asks).start();
    term.wait("nothing happens here", LIMIT);
    fs::write(&asks, "thread").expect("our own folder");
    let exit = cage.take("panic", term.exit(LIMIT));
    assert_eq!(exit.status.exit_code(), 101);

    let log = fs::read_to_string(cage.path("state/log")).expect("a log");
    for words in ["etcdeck ", "/v3/auth/authenticate", "/v3/kv/range", " answers", "ended with"] {
        assert!(log.contains(words), "{words}: {log}");
    }
    assert!(!log.contains("/edited"), "no key is in the log: {log}");
    cage.assert_clean();
}

/// Nobody else reads the memory, and no crash leaves it behind.
#[test]
fn there_are_no_core_dumps() {
    let term = Program::sh("ulimit -c unlimited; exec $ETCDECK --demo").start();
    term.wait("▸ /", LIMIT);
    let process = Path::new("/proc").join(term.pid().to_string());
    let limits = fs::read_to_string(process.join("limits")).expect("its limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    assert_eq!(core.and_then(|line| line.split_whitespace().nth(4)), Some("0"), "{limits}");
    // What a process shows to its own user belongs to root when it must not be dumped.
    let owner = fs::metadata(process.join("environ")).expect("it runs").uid();
    assert_eq!(owner, 0);
    let home = term.home().to_owned();
    term.signal(Signal::SEGV);
    let dumped = poll(std::time::Duration::from_millis(300), || {
        let files = fs::read_dir(&home).ok()?;
        files.flatten().find(|it| it.file_name().to_string_lossy().starts_with("core"))
    });
    assert!(dumped.is_none());
}
