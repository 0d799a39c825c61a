//! Two servers that are to be in the same state: on the first one acts with the keyboard, on the
//! second a shell runs what was shown before.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use etcdeck::app::etcdctl::Etcdctl;
use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest};
use etcdeck::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use rustix::process::{Pid, Signal, kill_process_group};

use super::super::screen::{Opening, Screen};
use super::super::world::World;
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

const LIMIT: Duration = Duration::from_secs(30);
/// etcd counts the renewals it has seen.
const RENEWALS: &str = "etcd_debugging_lease_renewed_total ";

/// The two, and the screen of the first.
pub(super) struct Pair {
    pub(super) first: World,
    pub(super) second: World,
    pub(super) screen: Screen,
    /// Leases that a server chose, in the first and in the second.
    leases: Vec<(LeaseId, LeaseId)>,
}

/// What is in a store, with the names that the first one has for things.
#[derive(Debug, PartialEq)]
struct State {
    revision: Revision,
    entries: Vec<Entry>,
    /// The leases, with what was granted and how many keys they have.
    leases: BTreeSet<(LeaseId, i64, usize)>,
}

/// A script that goes on: ended with all that it started.
pub(super) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ended = self.0.wait();
    }
}

fn etcd(world: &World) -> &Etcd {
    world.etcd.as_ref().expect("a real server")
}

impl Pair {
    pub(super) fn of(first: World, second: World) -> Pair {
        let etcdctl = Etcdctl::new(&[etcd(&first).url()]);
        let screen = first.open(Opening::new().with(|settings| settings.etcdctl = etcdctl));
        Pair { first, second, screen, leases: Vec::new() }
    }

    /// Writes a key in both.
    pub(super) async fn put(&self, key: &[u8], value: &[u8], lease: LeaseId) {
        for store in [&self.first.store, &self.second.store] {
            store.put(PutRequest::new(key, value).lease(lease)).await.expect("put");
        }
    }

    /// Deletes a key in both.
    pub(super) async fn delete(&self, key: &[u8]) {
        for store in [&self.first.store, &self.second.store] {
            store.delete(DeleteRequest::new(KeyRange::single(key))).await.expect("delete");
        }
    }

    /// Grants a lease in both.
    pub(super) async fn grant(&self, id: i64) -> LeaseId {
        for store in [&self.first.store, &self.second.store] {
            store.lease_grant(600, LeaseId(id)).await.expect("grant");
        }
        LeaseId(id)
    }

    /// Presses keys that lead to lines, takes these and goes back to where the keys led from.
    pub(super) async fn shows(&mut self, keys: &str) -> String {
        let before = self.screen.now().copied.len();
        self.screen.keys(keys).sees("As etcdctl").await.keys("Y");
        self.screen.until("a copy", |shown| shown.copied.len() == before + 1).await;
        self.screen.keys("esc").loses("As etcdctl").await;
        let copied = self.screen.now().copied.pop().expect("it was copied");
        String::from_utf8(copied).expect("lines are text")
    }

    /// The lines of a command, which is then run.
    pub(super) async fn shows_and_runs(&mut self, command: &str) -> String {
        self.screen.keys(":").types(command);
        let lines = self.shows("alt-x").await;
        self.screen.keys("enter");
        lines
    }

    /// The lines of a question that a command leads to, which is then answered with yes.
    pub(super) async fn asks_and_runs(&mut self, command: &str, question: &str) -> String {
        self.screen.runs(command).sees(question).await;
        let lines = self.shows("X").await;
        self.screen.sees(question).await.keys("y");
        lines
    }

    /// The lines as they are for the second server: another URL and other leases.
    fn translated(&self, lines: &str) -> String {
        let (url, other) = (etcd(&self.first).url(), etcd(&self.second).url());
        assert!(
            lines.lines().all(|line| line.starts_with('#')) || lines.contains(&url),
            "the lines do not say where: {lines}"
        );
        let text = lines.replace(&url, &other);
        self.leases.iter().fold(text, |text, (first, second)| {
            text.replace(&first.to_string(), &second.to_string())
        })
    }

    fn shell(&self, lines: &str) -> Command {
        let version = etcd(&self.second).version();
        let folder = version.etcdctl().parent().expect("it lies in a folder").to_owned();
        let mut command = Command::new("bash");
        command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
        // As in the shell of whoever uses etcdctl: the lines must not fall over it.
        command.env("ETCDCTL_ENDPOINTS", "http://127.0.0.1:1");
        command.args(["-c", &self.translated(lines)]).stdin(Stdio::null());
        command
    }

    /// Runs the lines against the second server.
    pub(super) fn runs(&self, lines: &str) {
        let done = self.shell(lines).output().expect("there is a bash");
        let said = String::from_utf8_lossy(&done.stdout);
        let failed = !done.status.success() || said.contains("FAILURE") || !done.stderr.is_empty();
        // curl tells a refusal in its answer.
        assert!(!failed && !said.contains("\"error\""), "{done:?}\n{lines}");
    }

    /// Runs lines whose last one goes on, against the second server.
    pub(super) fn starts(&self, lines: &str) -> Running {
        let mut command = self.shell(lines);
        command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().expect("there is a bash"))
    }

    /// Waits until the first server has come to a revision above this one.
    pub(super) async fn acted_since(&self, revision: Revision) {
        let moved = async || (revision_of(&self.first).await > revision).then_some(());
        eventually("the action to be done", LIMIT, moved).await;
    }

    /// The revision of the first.
    pub(super) async fn revision(&self) -> Revision {
        revision_of(&self.first).await
    }

    /// Waits until each server has one lease more than is known, and takes the two for the same.
    pub(super) async fn new_leases(&mut self) {
        let known: BTreeSet<LeaseId> =
            self.leases.iter().flat_map(|(first, second)| [*first, *second]).collect();
        let both: BTreeSet<LeaseId> =
            leases(&self.first).await.intersection(&leases(&self.second).await).copied().collect();
        let mut found = Vec::new();
        for world in [&self.first, &self.second] {
            let new = async || {
                let all = leases(world).await;
                all.into_iter().find(|id| !known.contains(id) && !both.contains(id))
            };
            found.push(eventually("a new lease", LIMIT, new).await);
        }
        self.leases.push((found[0], found[1]));
    }

    /// Waits until both are in the same state, and fails when they do not come to it.
    pub(super) async fn same(&self, what: &str) {
        let mut last = None;
        let same = async || {
            let (first, second) = (self.state(&self.first).await, self.state(&self.second).await);
            let same = first == second;
            last = Some((first, second));
            same.then_some(())
        };
        let waiting = tokio::time::timeout(Duration::from_secs(10), eventually("", LIMIT, same));
        if waiting.await.is_err() {
            let (first, second) = last.expect("it was looked at");
            panic!("etcd {}: {what}\n{first:#?}\n{second:#?}", etcd(&self.first).version());
        }
    }

    /// What is in one of the two, in the first one's names.
    async fn state(&self, world: &World) -> State {
        let named = |id: LeaseId| {
            let found = self.leases.iter().find(|(_, second)| *second == id);
            found.map_or(id, |(first, _)| *first)
        };
        let answer = world.store.range(RangeRequest::new(KeyRange::all())).await.expect("range");
        let mut entries = answer.entries;
        for entry in &mut entries {
            let own = format!("/{}", entry.lease).into_bytes();
            let lease = named(entry.lease);
            if let Some(name) = entry.key.as_bytes().strip_suffix(own.as_slice()) {
                entry.key = Key::from([name, format!("/{lease}").as_bytes()].concat());
            }
            entry.lease = lease;
        }
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        let mut found = BTreeSet::new();
        for id in leases(world).await {
            if let Some(status) = world.store.lease_time_to_live(id, true).await.expect("a lease") {
                found.insert((named(id), status.granted, status.keys.len()));
            }
        }
        State { revision: answer.revision, entries, leases: found }
    }

    /// How many renewals the first and the second have seen.
    pub(super) async fn renewals(&self) -> [u64; 2] {
        [renewals(&self.first).await, renewals(&self.second).await]
    }
}

async fn revision_of(world: &World) -> Revision {
    world.store.status().await.expect("a status").revision
}

async fn leases(world: &World) -> BTreeSet<LeaseId> {
    world.store.lease_list().await.expect("leases").into_iter().collect()
}

async fn renewals(world: &World) -> u64 {
    let url = format!("{}/metrics", etcd(world).url());
    let text = reqwest::get(url).await.expect("metrics").text().await.expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix(RENEWALS));
    line.and_then(|count| count.parse().ok()).expect("etcd counts renewals")
}
