//! Another client of the same queue: etcdctl, holding or waiting in a process of its own.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

use super::world::World;
use crate::support::process::Process;
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

const LIMIT: Duration = Duration::from_secs(30);

/// etcdctl in a queue.
pub(super) struct Rival(Process);

impl Rival {
    /// `etcdctl lock NAME`, in the queue with this call's return or soon after.
    pub(super) fn locks(etcd: &Etcd, name: &str) -> Rival {
        Rival::runs(etcd, &["lock", "--ttl=60", name])
    }

    /// `etcdctl elect NAME VALUE`.
    pub(super) fn campaigns(etcd: &Etcd, name: &str, value: &str) -> Rival {
        Rival::runs(etcd, &["elect", name, value])
    }

    fn runs(etcd: &Etcd, args: &[&str]) -> Rival {
        let process = Process::spawn(&etcd.version().etcdctl(), |command| {
            command.envs(etcd.env()).args(args);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        });
        Rival(process.expect("etcdctl starts"))
    }

    /// Ctrl-c: etcdctl gives up what it has and ends.
    pub(super) fn leaves(mut self) {
        self.0.signal(Signal::INT);
        assert!(self.0.wait(LIMIT).is_some(), "etcdctl ends when it is told to");
    }
}

/// The queue as etcdctl sees it, the oldest key first.
pub(super) fn queue(etcd: &Etcd, name: &str) -> Vec<String> {
    let prefix = format!("{name}/");
    let args = ["get", "--prefix", "--keys-only", "--sort-by=CREATE", "--order=ASCEND", &prefix];
    etcd.ctl(&args).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Waits until etcdctl sees so many in the queue.
pub(super) async fn comes_to_length(etcd: &Etcd, name: &str, length: usize) -> Vec<String> {
    let what = format!("{length} keys under {name}/");
    let look = async || Some(queue(etcd, name)).filter(|keys| keys.len() == length);
    eventually(&what, LIMIT, look).await
}

/// The lease in the key of a member.
pub(super) fn lease_of(key: &str) -> &str {
    key.rsplit('/').next().expect("a key of a queue ends in its lease")
}

impl World {
    pub(super) fn server(&self) -> &Etcd {
        self.etcd.as_ref().expect("a journey on servers")
    }
}
