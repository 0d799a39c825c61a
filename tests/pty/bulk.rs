//! Work on many keys by keyboard, against a real server and a second client, judged by etcdctl.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::steps::{ENTER, escape, on, quit};
use crate::support::install::Version;
use crate::support::servers::Etcd;

/// Longer than five thousand keys take on a loaded machine with an unoptimized program.
const LIMIT: Duration = Duration::from_secs(90);
const KEYS: usize = 5000;
/// Those that a second client changes between the question and the answer.
const CHANGED: [&str; 3] = ["/big/0017", "/big/0170", "/big/1700"];

fn grant(etcd: &Etcd) -> String {
    let granted = etcd.ctl(&["lease", "grant", "3600"]);
    granted.split_whitespace().nth(1).expect("lease ID granted").to_owned()
}

/// Fills `/big/`: every tenth key on the first lease, one on the second.
fn fill(etcd: &Etcd, lives: &str, ends: &str) {
    let keys: Vec<usize> = (0..KEYS).collect();
    for part in keys.chunks(128) {
        let mut txn = String::from("\n");
        for n in part {
            let lease = match n {
                5 => format!(" --lease={ends}"),
                n if n % 10 == 0 => format!(" --lease={lives}"),
                _ => String::new(),
            };
            // Bytes that a careless tool loses: blanks at both ends, a quote, no line break at the end.
            writeln!(txn, "put{lease} /big/{n:04} \" value '{n}' \"").expect("a string");
        }
        txn.push_str("\n\n");
        let mut ctl = Command::new(etcd.version().etcdctl())
            .env_clear()
            .envs(etcd.env())
            .arg("txn")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("etcdctl starts");
        ctl.stdin.take().expect("a pipe").write_all(txn.as_bytes()).expect("it reads");
        assert!(ctl.wait().expect("it ends").success(), "etcdctl txn failed");
    }
}

/// What etcdctl reads of `/big/` at a revision (0: now): key, value and lease of each as it prints
/// them, and the store's revision.
fn image(etcd: &Etcd, revision: u64) -> (Vec<[String; 3]>, u64) {
    let revision = format!("--rev={revision}");
    let printed = etcd.ctl(&["get", "/big/", "--prefix", "-w", "json", &revision]);
    let answer: Value = serde_json::from_str(&printed).expect("JSON");
    let entries = answer["kvs"].as_array().cloned().unwrap_or_default();
    let field = |entry: &Value, name: &str| entry[name].to_string();
    let entry = |entry: &Value| ["key", "value", "lease"].map(|name| field(entry, name));
    let now = answer["header"]["revision"].as_u64().expect("a revision");
    (entries.iter().map(entry).collect(), now)
}

#[test]
fn five_thousand_keys_are_deleted_and_undone_and_what_others_changed_stays() {
    let etcd = Etcd::start(Version::newest());
    let (lives, ends) = (grant(&etcd), grant(&etcd));
    fill(&etcd, &lives, &ends);
    let term = on(&etcd).start();
    term.wait("● online", LIMIT);
    term.wait("5,000", LIMIT);
    term.keys("d");
    let screen = term.wait("type 5000 to confirm", LIMIT);
    assert!(screen.contains("Delete 5,000 keys?"), "{screen}");
    assert!(screen.contains(&format!("{lives}: 500 keys")), "{screen}");

    // A single key, and a wrong number, delete nothing.
    term.keys(&format!("y{ENTER}"));
    term.wait("type 5000 to confirm, or Esc", LIMIT);
    for key in CHANGED {
        etcd.ctl(&["put", key, "theirs"]);
    }
    let (before, at) = image(&etcd, 0);
    assert_eq!(before.len(), KEYS);
    term.keys(&format!("\x155000{ENTER}"));
    let screen = term.wait("4,997 of 5,000 keys done", LIMIT);
    for key in CHANGED {
        assert!(screen.contains(&format!("{key}: somebody changed it meanwhile")), "{screen}");
    }
    let left: Vec<_> = image(&etcd, 0).0;
    assert_eq!(left.len(), CHANGED.len(), "{left:?}");
    assert!(left.iter().all(|entry| before.contains(entry)), "{left:?}");

    // One of the leases ends before all is taken back: said beforehand, and only its key suffers.
    etcd.ctl(&["lease", "revoke", &ends]);
    term.keys("u");
    let screen = term.wait("type 4997 to confirm", LIMIT);
    assert!(screen.contains(&format!("lease {ends} has ended")), "{screen}");
    term.keys(&format!("4997{ENTER}"));
    term.wait("all 4,997 keys done", LIMIT);

    let (after, now) = image(&etcd, 0);
    assert!(now > at);
    assert_eq!(image(&etcd, at).0, before, "history is as it was");
    let differ: Vec<_> = before.iter().zip(&after).filter(|(old, new)| old != new).collect();
    let [(old, new)] = differ.as_slice() else { panic!("{} differ: {differ:?}", differ.len()) };
    assert_eq!((after.len(), &old[..2]), (KEYS, &new[..2]), "but for the lease that ended");
    assert_eq!(new[2], "null", "{new:?}");
    let attached = etcd.ctl(&["lease", "timetolive", &lives, "--keys"]);
    assert_eq!(attached.matches("/big/").count(), 500 - 2, "two were changed: {attached}");
    escape(&term, "all 4,997 keys done");
    quit(term);
}

#[test]
fn a_directory_is_moved_and_back_with_nothing_lost() {
    let etcd = Etcd::start(Version::newest());
    let (lives, ends) = (grant(&etcd), grant(&etcd));
    fill(&etcd, &lives, &ends);
    let (before, _) = image(&etcd, 0);
    let term = on(&etcd).start();
    term.wait("● online", LIMIT);
    term.wait("5,000", LIMIT);
    for (from, to) in [("/big/", "/elsewhere/deep/"), ("/elsewhere/deep/", "/big/")] {
        term.keys(&format!(":move {from} {to}{ENTER}"));
        term.wait("type 5000 to confirm", LIMIT);
        term.keys(&format!("5000{ENTER}"));
        term.wait("all 5,000 keys done", LIMIT);
        escape(&term, "all 5,000 keys done");
    }
    assert_eq!(image(&etcd, 0).0, before);
    quit(term);
}
