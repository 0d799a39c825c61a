//! Exports and imports that cannot be: wrong usage, no server, bad files, full disks, signals, rights.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use etcdeck::domain::LeaseId;
use rustix::process::{Pid, Signal, kill_process};

use super::world::{World, names, told};
use super::{entry, written};
use crate::gateway::on_all_versions;
use crate::support::install::Version;
use crate::support::servers::{Etcd, dead_url};
use crate::support::wait::poll;

const LIMIT: Duration = Duration::from_secs(30);

/// A world for what never reaches a server.
fn nowhere() -> World {
    let mut world = World::new(Etcd::shared(Version::newest()));
    world.url = dead_url();
    world
}

#[test]
fn wrong_usage_is_told_with_status_2() {
    let world = nowhere();
    for (args, part) in [
        (&["export"][..], "<FILE>"),
        (&["import"], "<FILE>"),
        (&["export", "a", "b", "c"], "'c'"),
        (&["export", "-", "/\\q"], "PREFIX: unknown escape \\q"),
        (&["export", "-", "--rev", "0"], "--rev: \"0\" is not a revision"),
        (&["export", "-", "--rev", "-1"], "--rev: \"-1\" is not a revision"),
        (&["export", "-", "--rev", "now"], "--rev: \"now\" is not a revision"),
        (&["export", "-", "--dry-run"], "--dry-run"),
        (&["import", "-"], "import reads FILE twice, so it cannot come from a pipe"),
        (&["import", "f", "--rev", "7"], "--rev"),
        (&["/a/", "export", "-"], "\"/a/\" stands before the subcommand"),
        (&["--endpoints", "ftp://x", "export", "-"], "ftp://x"),
        (&["export", "-", "--endpoints", "ftp://x"], "ftp://x"),
    ] {
        let (status, out, err) = world.run(args);
        assert_eq!((status, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.starts_with("error: ") && err.contains(part), "{args:?}: {err}");
    }
    for (args, part) in [(["export", "--help"], "--rev"), (["import", "--help"], "--dry-run")] {
        let (status, out, _) = world.run(&args);
        assert!(status == 0 && out.contains(part) && out.contains("Exit status:"), "{out}");
        assert!(out.contains("--endpoints"), "the flags of the connection: {out}");
    }
    // A prefix of that name opens the screen, for which there is no terminal here.
    for args in [&["--", "export"][..], &["/export"], &["exports"], &["--", "import"]] {
        let (status, _, err) = world.run(args);
        assert_eq!((status, err.contains("stdout is not")), (2, true), "{args:?}: {err}");
    }
}

#[test]
fn a_server_that_is_not_there_is_told_with_status_1_and_no_file_is_left() {
    let world = nowhere();
    fs::write(world.path("good.jsonl"), written(b"/", &[entry(b"/a", b"1")])).expect("room");
    for args in [&["export", "new.jsonl"][..], &["export", "-"], &["import", "--yes", "good.jsonl"]]
    {
        let (status, out, err) = world.run(args);
        assert_eq!((status, out.as_str()), (1, ""), "{args:?}: {err}");
        assert!(err.starts_with("etcdeck: ") && err.contains("nothing listens at"), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
    assert_eq!(names(world.folder.path()), ["good.jsonl"]);
}

#[test]
fn a_file_that_cannot_be_written_or_read_is_named() {
    let world = World::new(Etcd::shared(Version::newest()));
    fs::write(world.path("there"), "mine").expect("room");
    fs::create_dir(world.path("folder")).expect("room");
    for (args, said) in [
        (["export", "there", "/none"], "there: it exists already, and no file is overwritten"),
        (["export", "folder", "/none"], "folder: it exists already, and no file is overwritten"),
        (["export", "new/", "/none"], "new/: expected the name of a file"),
        (["export", "no/such", "/none"], "no/such: No such file or directory"),
        (["import", "--yes", "missing"], "missing: No such file or directory"),
        (["import", "--yes", "folder"], "folder: expected a file, which is read twice"),
        (
            ["import", "--yes", "there"],
            "there, line 1: not JSON: column 1: expected a value, found 'm'",
        ),
    ] {
        let (status, out, err) = world.run(&args);
        assert_eq!((status, out.as_str()), (1, ""), "{args:?}: {err}");
        assert!(err.starts_with(&format!("etcdeck: {said}")), "{args:?}: {err}");
    }
    assert_eq!(world.file("there"), "mine");
    assert_eq!(names(world.folder.path()), ["folder", "there"]);
}

#[test]
fn a_file_with_a_fault_writes_nothing_and_one_that_was_cut_says_so() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let world = World::new(&etcd);
        let entries: Vec<_> =
            (0..300).map(|n| entry(format!("/f/{n:03}").as_bytes(), b"v")).collect();
        let whole = String::from_utf8(written(b"/f/", &entries)).expect("UTF-8");
        let wrong = whole.replace(r#""key":"/f/299","value""#, r#""key":"/f/299","valeu""#);
        fs::write(world.path("wrong"), wrong).expect("room");
        let (status, _, err) = world.run(&["import", "--yes", "wrong"]);
        let said =
            "etcdeck: wrong, line 301: the field \"valeu\" is not known; did you mean \"value\"?\n";
        assert_eq!((status, err.as_str()), (1, said));
        let twice = whole.replace("/f/299", "/f/007");
        fs::write(world.path("twice"), twice).expect("room");
        let (status, _, err) = world.run(&["import", "--yes", "twice"]);
        assert_eq!(status, 1);
        assert_eq!(
            err,
            "etcdeck: twice, line 301: the key /f/007 stands in line 9 already; expected it once\n"
        );
        assert_eq!(
            world.entries(b"").await,
            [],
            "{version}: nothing is written of a file with a fault"
        );

        let cut = &whole[..whole.find("/f/200").expect("in the midst")];
        fs::write(world.path("cut"), cut).expect("room");
        let (status, _, err) = world.run(&["import", "--yes", "cut"]);
        assert_eq!(status, 0, "{err}");
        let note = "note: the file was cut: line 202 breaks off; before it stand 200 of 300 keys\n";
        assert!(err.contains(note), "{err}");
        assert_eq!(world.entries(b"/f/").await.len(), 200);
    });
}

#[test]
fn a_full_disk_leaves_no_file() {
    let world = World::new(Etcd::shared(Version::newest()));
    let big = written(b"/", &[entry(b"/full", &[b'x'; 20_000])]);
    fs::write(world.path("big"), big).expect("room");
    assert_eq!(world.run(&["import", "--yes", "big"]).0, 0);
    let program = world.command(&[]).get_program().to_owned();
    let mut shell = world.command(&[]);
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" export new.jsonl /full";
    let mut limited = std::process::Command::new("/bin/sh");
    limited.env_clear().envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(world.folder.path()).args(["-c", script]).arg(program);
    let (status, _, err) = told(limited.stdin(Stdio::null()).output().expect("a shell"));
    assert_eq!(status, 1);
    assert!(err.starts_with("etcdeck: new.jsonl: File too large"), "{err}");
    assert_eq!(names(world.folder.path()), ["big"]);
    // Nobody reads any more.
    shell.args(["export", "-", "/full"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = shell.spawn().expect("the program starts");
    drop(child.stdout.take());
    let (status, _, err) = told(child.wait_with_output().expect("it ends"));
    assert_eq!(status, 1);
    assert!(err.contains("Broken pipe"), "{err}");
}

#[test]
fn a_signal_ends_an_export_and_leaves_no_file() {
    let etcd = Etcd::start(Version::newest());
    let world = World::new(&etcd);
    // It waits for an answer that does not come, its file begun.
    etcd.pause();
    let mut command = world.command(&["export", "new.jsonl"]);
    let child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
    let begun = poll(LIMIT, || {
        let names = names(world.folder.path());
        names.iter().any(|name| name.ends_with(".part")).then_some(())
    });
    assert!(begun.is_some(), "it never began");
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::TERM).expect("it runs");
    let (status, _, err) = told(child.wait_with_output().expect("it ends"));
    etcd.resume();
    assert_eq!(status, 143);
    assert_eq!(err, "etcdeck: ended by SIGTERM: the export is not whole\n");
    assert_eq!(names(world.folder.path()), [""; 0]);
}

#[test]
fn keys_one_may_not_read_are_named_and_the_others_written() {
    on_all_versions(async |version| {
        let etcd = Etcd::build(version).arg("--bcrypt-cost=4").start();
        let world = World::new(&etcd);
        let none = LeaseId::NONE;
        world.fill([(b"/b/1".to_vec(), b"secret".to_vec(), none)]).await;
        etcd.ctl(&["role", "add", "r"]);
        etcd.ctl(&["role", "grant-permission", "r", "readwrite", "/a/", "/a0"]);
        etcd.ctl(&["user", "add", "eve:pw"]);
        etcd.ctl(&["user", "grant-role", "eve", "r"]);
        etcd.enable_auth("rootpw");
        let entries = [entry(b"/a/1", b"1"), entry(b"/b/1", b"mine"), entry(b"/a/2", b"2")];
        fs::write(world.path("f"), written(b"/", &entries)).expect("room");
        let run = |args: &[&str]| {
            let mut command = world.command(args);
            told(command.env("ETCDCTL_USER", "eve:pw").output().expect("the program starts"))
        };
        let (status, _, err) = run(&["import", "--yes", "f"]);
        assert_eq!(status, 1, "not all of them: {err}");
        assert!(err.contains("  left: /b/1: it may not be read"), "{err}");
        assert!(err.contains("2 of 2 keys written"), "{err}");
        let (status, out, err) = run(&["export", "-", "/a/"]);
        assert_eq!((status, out.lines().count()), (0, 4), "{version}: {err}");
        let (status, _, err) = run(&["export", "all.jsonl"]);
        assert_eq!(status, 1);
        assert!(err.contains("permission denied"), "{err}");
        assert_eq!(names(world.folder.path()), ["f"]);
    });
}
