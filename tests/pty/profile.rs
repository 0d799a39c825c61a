//! A configuration file under the built program: a marked cluster, what is in force, and mistakes.

use std::process::Command;

use crate::program::Program;
use crate::steps::{CTRL_S, ENTER, LIMIT, go_to, quit, value_of};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;

/// A folder with a configuration file in it, for `XDG_CONFIG_HOME`.
fn config(text: &str) -> tempfile::TempDir {
    let base = scratch_dir("config");
    std::fs::create_dir(base.path().join("etcdeck")).expect("a folder");
    std::fs::write(base.path().join("etcdeck/config.toml"), text).expect("written");
    base
}

#[test]
fn a_marked_profile_starts_read_only_and_wants_its_word() {
    let etcd = Etcd::start(Version::V3_5);
    etcd.ctl(&["put", "/app/name", "api"]);
    let base = config(&format!(
        "[profiles.prod]\nendpoints = [{:?}]\nprefix = \"/app/\"\nproduction = \"LIVE\"\n",
        etcd.url()
    ));
    let term = Program::etcdeck()
        .args(["--profile", "prod"])
        .env("XDG_CONFIG_HOME", base.path())
        .size(110, 30)
        .start();
    term.wait("● online", LIMIT);
    term.wait(" LIVE  etcdeck  prod  ", LIMIT);
    term.wait("READ-ONLY", LIMIT);
    go_to(&term, "/app/name");
    term.keys("d");
    term.wait("read-only: nothing is written", LIMIT);
    term.keys(&format!(":read-only off{ENTER}"));
    term.wait("Allow writing to LIVE?", LIMIT);
    term.keys(&format!("LIVE{ENTER}"));
    term.wait("writing is allowed again", LIMIT);
    term.keys("e");
    term.wait("━ unchanged ", LIMIT);
    term.keys(&format!("new-{CTRL_S}"));
    term.wait("Save /app/name in LIVE?", LIMIT);
    assert_eq!(value_of(&etcd, "/app/name").expect("the key"), b"api");
    term.keys("y");
    term.wait("saved at revision", LIMIT);
    assert_eq!(value_of(&etcd, "/app/name").expect("the key"), b"new-api");
    crate::steps::leave_draft(&term);
    term.keys("1d");
    term.wait("Delete /app/name?", LIMIT);
    term.keys(&format!("y{ENTER}"));
    term.wait("type LIVE to confirm", LIMIT);
    assert!(value_of(&etcd, "/app/name").is_some());
    term.keys(&format!("\x15LIVE{ENTER}"));
    term.wait("/app/name deleted at revision", LIMIT);
    assert_eq!(value_of(&etcd, "/app/name"), None);
    quit(term);
}

fn run(base: &tempfile::TempDir, args: &[&str], env: &[(&str, &str)]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etcdeck"));
    command.env_clear().env("XDG_CONFIG_HOME", base.path()).args(args);
    command.envs(env.iter().copied()).output().expect("the program starts")
}

#[test]
fn what_is_in_force_is_printed_without_secrets() {
    let base = config("[profiles.prod]\nendpoints = \"db:1\"\nuser = \"root\"\n");
    let password = [("ETCDCTL_PASSWORD", "hunter2")];
    for (args, env) in [
        (&["--profile", "prod", "config"][..], &password[..]),
        (&["config", "--user", "me:hunter2"], &[]),
        (&["config", "--auth-jwt-token", "hunter2"], &[]),
    ] {
        let output = run(&base, args, env);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(said.contains("***") && !said.contains("hunter2"), "{args:?}: {said}");
        assert!(said.contains("etcdeck/config.toml"), "{args:?}: {said}");
        assert!(output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_mistake_in_the_file_ends_the_program_with_its_place() {
    let base = config("[profiles.prod]\nendpionts = \"db:1\"\n");
    let output = run(&base, &["--profile", "prod"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    let place = "config.toml:2:1: profiles.prod.endpionts: unknown field; did you mean endpoints?";
    assert!(said.contains(place), "{said}");
    // Without a home there is no file, and nothing to fall over.
    let mut command = Command::new(env!("CARGO_BIN_EXE_etcdeck"));
    let output = command.env_clear().arg("config").output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
}
