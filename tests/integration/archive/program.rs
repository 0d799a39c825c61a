//! `etcdeck export` and `etcdeck import` on every etcd: what is written, said and left.

use std::os::unix::fs::PermissionsExt as _;

use etcdeck::domain::LeaseId;
use etcdeck::store::Leases as _;

use super::world::{World, kept, names};
use crate::gateway::on_all_versions;
use crate::support::servers::Etcd;

/// Every byte in keys and values, empty values, text in two scripts.
fn pairs(lease: LeaseId) -> Vec<(Vec<u8>, Vec<u8>, LeaseId)> {
    let all: Vec<u8> = (0..=255).collect();
    let mut pairs: Vec<_> = (0..=255)
        .map(|byte| {
            ([b"/x/", &[byte][..]].concat(), vec![byte; usize::from(byte) % 3], LeaseId::NONE)
        })
        .collect();
    pairs.push((b"/x/all".to_vec(), all.clone(), LeaseId::NONE));
    pairs.push(([b"/x/", all.as_slice()].concat(), b"".to_vec(), lease));
    pairs.push(("/x/ключ\u{202e}".into(), "grüße \x1b[2J".into(), lease));
    pairs
}

#[test]
fn a_round_trip_is_exact() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let world = World::new(&etcd);
        let lease = world.store.lease_grant(600, LeaseId::NONE).await.expect("granted").id;
        world.fill(pairs(lease)).await;
        world.fill([(b"/other".to_vec(), b"untouched".to_vec(), LeaseId::NONE)]).await;
        let before = world.entries(b"/x/").await;
        assert_eq!(before.len(), 259);

        let (status, out, err) = world.run(&["export", "x.jsonl", "/x/"]);
        let revision = before.iter().map(|entry| entry.mod_revision).max().expect("some").next();
        let size = world.file("x.jsonl").len();
        let size = format!("{},{:03}", size / 1000, size % 1000);
        let said = format!(
            "259 keys at revision {revision}, 2 of them on leases: {size} bytes to x.jsonl\n"
        );
        assert_eq!((status, out.as_str(), err), (0, "", said), "{version}");
        let mode = std::fs::metadata(world.path("x.jsonl")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(names(world.folder.path()), ["x.jsonl"], "nothing else is left");
        // The same on stdout, but for its time.
        let (status, out, _) = world.run(&["export", "-", "/x/"]);
        assert_eq!(status, 0);
        assert_eq!(
            out.lines().skip(1).collect::<Vec<_>>(),
            world.file("x.jsonl").lines().skip(1).collect::<Vec<_>>()
        );

        // All is there already.
        let (status, _, err) = world.run(&["import", "--yes", "x.jsonl"]);
        assert_eq!(status, 0, "{err}");
        assert!(err.ends_with(": 0 to create, 0 to change, 259 already as in the file\n"), "{err}");
        assert_eq!(world.entries(b"/x/").await, before, "not written again");

        world.clear(b"/x/").await;
        let (status, _, err) = world.run(&["import", "--yes", "x.jsonl"]);
        assert_eq!(status, 0, "{err}");
        assert!(err.contains(": 259 to create, 0 to change, 0 already as in the file\n"), "{err}");
        assert!(err.contains("  create /x/\\x00: (empty)\n"), "{err}");
        assert!(err.contains("259 of 259 keys written, revision"), "{err}");
        let after = world.entries(b"/x/").await;
        assert_eq!(kept(&after), kept(&before), "{version}");
        assert_eq!(world.entries(b"/other").await[0].value, b"untouched");
    });
}

#[test]
fn a_dry_run_lists_every_key_and_writes_nothing() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let world = World::new(&etcd);
        let none = LeaseId::NONE;
        let keys = [b"/d/1", b"/d/2", b"/d/3", b"/d/4"];
        world.fill(keys.map(|key| (key.to_vec(), b"then".to_vec(), none))).await;
        assert_eq!(world.run(&["export", "d.jsonl", "/d/"]).0, 0);
        etcd.ctl(&["del", "/d/1"]);
        etcd.ctl(&["put", "/d/3", "now"]);
        etcd.ctl(&["put", "/d/new", "not in the file"]);
        let before = world.entries(b"").await;
        let (status, out, err) = world.run(&["import", "d.jsonl", "--dry-run"]);
        assert_eq!(
            (status, out.as_str()),
            (0, "create /d/1\nleave /d/2\nchange /d/3\nleave /d/4\n")
        );
        let revision = before.iter().map(|entry| entry.mod_revision).max().expect("some");
        assert_eq!(
            err,
            format!(
                "as of revision {revision}: 1 to create, 1 to change, 2 already as in the file\n"
            )
        );
        // Who is not asked writes nothing either.
        let (status, _, err) = world.run(&["import", "d.jsonl"]);
        assert_eq!(status, 2);
        assert!(err.contains("stdin is not a terminal: give --yes"), "{err}");
        let (status, _, err) = world.run(&["--read-only", "import", "--yes", "d.jsonl"]);
        assert_eq!(status, 2);
        assert!(err.contains("read-only"), "{err}");
        assert_eq!(world.run(&["--read-only", "import", "--dry-run", "d.jsonl"]).0, 0);
        assert_eq!(world.entries(b"").await, before, "{version}");
        // What is not in the file is left alone.
        let (status, _, err) = world.run(&["import", "--yes", "d.jsonl"]);
        assert_eq!(status, 0, "{err}");
        assert!(err.contains("  change /d/3: now → then\n"), "{err}");
        assert_eq!(
            etcd.ctl(&["get", "--print-value-only", "--prefix", "/d/"]),
            "then\nthen\nthen\nthen\nnot in the file\n"
        );
    });
}

#[test]
fn an_old_revision_is_exported_until_it_is_compacted() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let world = World::new(&etcd);
        etcd.ctl(&["put", "/r/1", "old"]);
        let then = world.entries(b"/r/").await[0].mod_revision;
        etcd.ctl(&["put", "/r/1", "new"]);
        etcd.ctl(&["put", "/r/2", "new"]);
        let rev = then.to_string();
        let (status, out, err) = world.run(&["export", "-", "/r/", "--rev", &rev]);
        assert_eq!(status, 0, "{err}");
        assert!(out.contains(r#""value":"old""#) && !out.contains("new"), "{out}");
        let newest = then.next().next().to_string();
        etcd.ctl(&["compact", &newest]);
        let (status, out, err) = world.run(&["export", "late.jsonl", "/r/", "--rev", &rev]);
        let said = format!(
            "etcdeck: revision {rev} is compacted; the oldest that still works is {newest}\n"
        );
        assert_eq!((status, out.as_str(), err), (1, "", said), "{version}");
        assert_eq!(names(world.folder.path()), [""; 0]);
        let (status, _, err) = world.run(&["export", "-", "--rev", "999999"]);
        assert_eq!((status, err.as_str()), (1, "etcdeck: revision 999999 is in the future\n"));
    });
}

#[test]
fn a_lease_that_has_ended_is_told_and_its_keys_come_without() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        let world = World::new(&etcd);
        let grant = async || world.store.lease_grant(600, LeaseId::NONE).await.expect("granted").id;
        let (ended, lives, other) = (grant().await, grant().await, grant().await);
        let pair = |key: &str, lease| (key.as_bytes().to_vec(), b"v".to_vec(), lease);
        world.fill([pair("/l/a", ended), pair("/l/b", lives), pair("/l/c", ended)]).await;
        assert_eq!(world.run(&["export", "l.jsonl", "/l/"]).0, 0);
        world.store.lease_revoke(ended).await.expect("revoked");
        world.fill([pair("/l/b", LeaseId::NONE), pair("/l/c", other)]).await;
        let (status, _, err) = world.run(&["import", "--yes", "l.jsonl"]);
        assert_eq!(status, 0, "{err}");
        let note = "note: 2 keys hung on leases that do not live here: they keep the leases they have now, or hang on none\n";
        assert!(err.contains(note), "{err}");
        assert!(err.contains(&format!("  change /l/b: lease 0 → {lives}\n")), "{err}");
        let entries = world.entries(b"/l/").await;
        let leases: Vec<LeaseId> = entries.iter().map(|entry| entry.lease).collect();
        assert_eq!(leases, [LeaseId::NONE, lives, other], "{version}");
    });
}
