//! Locks and elections shared with etcdctl, both ways.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;

use etcdeck::domain::Key;
use etcdeck::domain::lock::{queue_key, queue_prefix};
use etcdeck::store::{Elections as _, Locks as _};
use futures_util::StreamExt as _;
use rustix::process::Signal;
use tempfile::TempDir;

use super::lock::{grant, lock, outcome, queue, until_queued};
use super::{LIMIT, client, on_all_versions};
use crate::support::process::{Process, scratch_dir};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

/// An etcdctl that holds, waits or listens until it is stopped.
struct Ctl {
    process: Process,
    output: PathBuf,
    _scratch: TempDir,
}

impl Ctl {
    fn run(server: &Etcd, args: &[&str]) -> Ctl {
        let scratch = scratch_dir("etcdctl");
        let output = scratch.path().join("output");
        let file = File::create(&output).expect("the scratch folder can be written to");
        let process = Process::spawn(&server.version().etcdctl(), |command| {
            command.envs(server.env()).args(args);
            command.stdin(Stdio::null()).stdout(file).stderr(Stdio::null());
        });
        Ctl { process: process.expect("etcdctl starts"), output, _scratch: scratch }
    }

    /// Its lines so far.
    fn said(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.output).expect("the file is there");
        text.lines().map(str::to_owned).collect()
    }

    async fn until_said(&self, line: &str) {
        let what = format!("etcdctl to say {line}");
        let said = async || self.said().iter().any(|it| it == line).then_some(());
        eventually(&what, LIMIT, said).await;
    }

    /// Ctrl-c, after which etcdctl tidies up.
    fn interrupt(mut self) {
        self.process.signal(Signal::INT);
        assert!(self.process.wait(LIMIT).is_some(), "it ends");
    }
}

#[test]
fn a_lock_is_shared_with_etcdctl() {
    on_all_versions(async |version| {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let lease = grant(&etcd).await;
        let own = queue_key(&Key::from("n"), lease);

        let theirs = Ctl::run(&server, &["lock", "n"]);
        until_queued(&etcd, "n/", 1).await;
        let key = queue(&etcd, "n/").await.remove(0);
        theirs.until_said(&key.to_string()).await;
        let waiting = lock(&etcd, lease);
        until_queued(&etcd, "n/", 2).await;
        assert!(!waiting.is_finished(), "{version}: etcdctl holds it");
        theirs.interrupt();
        assert_eq!(outcome(waiting).await.unwrap().key, own, "{version}");

        let theirs = Ctl::run(&server, &["lock", "n"]);
        until_queued(&etcd, "n/", 2).await;
        let key = queue(&etcd, "n/").await.into_iter().find(|key| *key != own).unwrap();
        assert_eq!(theirs.said(), [""; 0], "{version}: it waits for us");
        etcd.unlock(own).await.unwrap();
        theirs.until_said(&key.to_string()).await;
        assert_eq!(queue(&etcd, "n/").await, [key], "{version}");
        theirs.interrupt();
        until_queued(&etcd, "n/", 0).await;
    });
}

#[test]
fn a_wait_given_up_is_gone_for_etcdctl_at_once() {
    on_all_versions(async |version| {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let held = etcd.lock(Key::from("n"), grant(&etcd).await).await.unwrap();
        let waiting = lock(&etcd, grant(&etcd).await);
        let listed = || server.ctl(&["get", "--prefix", "--keys-only", "n/"]);
        let count =
            |count| (listed().lines().filter(|it| !it.is_empty()).count() == count).then_some(());
        eventually("two keys", LIMIT, async || count(2)).await;
        waiting.abort();
        let start = tokio::time::Instant::now();
        eventually("one key", LIMIT, async || count(1)).await;
        assert!(start.elapsed().as_secs() < 10, "{version}: long before the lease of 60 s ends");
        assert!(listed().contains(&held.key.to_string()), "{version}");
    });
}

#[test]
fn an_election_is_shared_with_etcdctl() {
    on_all_versions(async |version| {
        let server = Etcd::start(version);
        let etcd = client(&server);
        let name = Key::from("n");
        let prefix = queue_prefix(&name).to_string();
        let listener = Ctl::run(&server, &["elect", "--listen", "n"]);
        let mut observed = etcd.observe(name.clone()).await.unwrap();

        let theirs = Ctl::run(&server, &["elect", "n", "theirs"]);
        let leader = observed.next().await.unwrap().unwrap();
        assert_eq!(leader.value, b"theirs", "{version}");
        theirs.until_said("theirs").await;
        listener.until_said("theirs").await;
        assert_eq!(etcd.leader(name.clone()).await.unwrap(), Some(leader), "{version}");

        let lease = grant(&etcd).await;
        let campaign = {
            let (etcd, name) = (etcd.clone(), name.clone());
            tokio::spawn(async move { etcd.campaign(name, lease, b"ours".to_vec()).await })
        };
        until_queued(&etcd, &prefix, 2).await;
        assert!(!campaign.is_finished(), "{version}: etcdctl leads");
        theirs.interrupt();
        let won = outcome(campaign).await.unwrap();
        assert_eq!(observed.next().await.unwrap().unwrap().value, b"ours", "{version}");
        listener.until_said("ours").await;
        listener.until_said(&won.key.to_string()).await;
        etcd.proclaim(&won, b"ours still".to_vec()).await.unwrap();
        listener.until_said("ours still").await;

        let theirs = Ctl::run(&server, &["elect", "n", "theirs again"]);
        until_queued(&etcd, &prefix, 2).await;
        assert_eq!(theirs.said(), [""; 0], "{version}: it waits for us");
        etcd.resign(&won).await.unwrap();
        theirs.until_said("theirs again").await;
        theirs.interrupt();
        listener.interrupt();
    });
}
