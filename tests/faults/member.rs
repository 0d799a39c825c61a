//! One of three members fails while the two others go on: what is watched moves to a healthy one, and
//! nothing is lost, repeated or out of order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use etcdeck::gateway::GatewayOptions;

use crate::alone::beside;
use crate::kill::{at_rest, check};
use crate::program::{LIMIT, Program};
use crate::seen::now;
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::oracle::Oracle;
use crate::support::proxy::{Plan, Proxy, Then};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;
use crate::support::writer::{Load, Writers};

/// Until a watch on a healthy member tells what was written after the failure.
const MOVED: Duration = Duration::from_secs(5);
/// Until a silent member is not called online any more, or not used any more.
const STALE: Duration = Duration::from_secs(15);

const LOAD: Load = Load { writers: 4, batch: 5, rate: 500 };

/// The oldest and the newest.
fn versions() -> [Version; 2] {
    [Version::V3_4, Version::newest()]
}

/// A cluster under load, and the program on it.
struct Scene {
    cluster: Cluster,
    oracle: Arc<Oracle>,
    writers: Writers,
    program: Program,
}

impl Scene {
    /// Begins with the program at the member of this number, counted from the leader.
    async fn start(cluster: Cluster, from_leader: usize) -> Scene {
        let oracle = Arc::new(Oracle::default());
        let mut endpoints = cluster.endpoints();
        endpoints.rotate_left(cluster.leader());
        endpoints.rotate_left(from_leader);
        let program = Program::watching(GatewayOptions::new(endpoints), "w/").await;
        let addresses: Vec<_> = cluster.members().iter().map(Etcd::address).collect();
        let writers = Writers::start(&addresses, "w/", LOAD, &oracle);
        let scene = Scene { cluster, oracle, writers, program };
        scene.writes_go_on().await;
        scene
    }

    /// The place of the member in use.
    fn in_use(&self) -> usize {
        let url = self.program.endpoint();
        let place = self.cluster.endpoints().iter().position(|it| *it == url);
        place.expect("an endpoint of the cluster is in use")
    }

    /// Waits until something was written after now; answers with its revision.
    async fn writes_go_on(&self) -> i64 {
        let before = self.oracle.newest();
        let newest = async || Some(self.oracle.newest()).filter(|newest| *newest > before + 5);
        eventually("writes go on", LIMIT, newest).await
    }

    /// Waits until the watch stands at another member than `left`, and has told what was written after
    /// now; answers with the time that took since `failed`.
    async fn moves(&self, left: usize, failed: Instant) -> Duration {
        let revision = self.writes_go_on().await;
        let left = self.cluster.members()[left].url();
        let what = format!("the watch at another member than {left}");
        let moved = self.program.until(&what, LIMIT, |seen| {
            let told = seen.delivered(crate::seen::PANE).last()?.revision >= revision;
            (told && seen.is_online() && self.program.endpoint() != left).then(now)
        });
        moved.await - failed
    }

    /// Ends the writing and compares all that was told with the history of a member.
    async fn ends(self, member: usize) {
        self.writers.stop();
        let etcd = &self.cluster.members()[member];
        let history = at_rest(etcd, &self.oracle, &self.program).await;
        check(&self.program, "at the end", &history);
    }
}

#[test]
fn the_member_in_use_is_killed() {
    beside(async || {
        for version in versions() {
            for from_leader in [0, 1] {
                let scene = Scene::start(Cluster::start(version), from_leader).await;
                let victim = scene.in_use();
                let failed = now();
                scene.cluster.members()[victim].kill();
                let took = scene.moves(victim, failed).await;
                println!("etcd {version}, {from_leader} from the leader: moved after {took:?}");
                scene.ends((victim + 1) % 3).await;
                assert!(took <= MOVED, "etcd {version}: moved after {took:?}");
            }
        }
    });
}

#[test]
fn the_leader_is_killed_while_another_one_is_in_use() {
    beside(async || {
        for version in versions() {
            let scene = Scene::start(Cluster::start(version), 1).await;
            let leader = scene.cluster.leader();
            assert_ne!(leader, scene.in_use());
            let failed = now();
            scene.cluster.members()[leader].kill();
            let took = scene.moves(leader, failed).await;
            println!("etcd {version}: goes on after {took:?}");
            scene.ends((leader + 1) % 3).await;
            assert!(took <= MOVED, "etcd {version}: goes on after {took:?}");
        }
    });
}

#[test]
fn the_member_in_use_is_cut_off_from_the_others() {
    beside(async || {
        for version in versions() {
            for from_leader in [0, 1] {
                let scene = Scene::start(Cluster::start_divisible(version), from_leader).await;
                let victim = scene.in_use();
                let failed = now();
                scene.cluster.cut_off(victim);
                let took = scene.moves(victim, failed).await;
                println!("etcd {version}, {from_leader} from the leader: moved after {took:?}");
                scene.cluster.join_again();
                scene.ends((victim + 1) % 3).await;
                assert!(took <= MOVED, "etcd {version}: moved after {took:?}");
            }
        }
    });
}

#[test]
fn the_member_in_use_stops_without_a_word() {
    beside(async || {
        for (version, from_leader) in versions().into_iter().zip([0, 1]) {
            let scene = Scene::start(Cluster::start(version), from_leader).await;
            let victim = scene.in_use();
            let failed = now();
            scene.cluster.members()[victim].pause();
            let took = scene.moves(victim, failed).await;
            let not_online = scene.program.look(|seen| seen.first_not_online(failed));
            let stale = not_online.map(|at| at - failed);
            println!(
                "etcd {version}, {from_leader} from the leader: moved after {took:?}, shown as stale \
                 meanwhile after {stale:?}"
            );
            scene.cluster.members()[victim].resume();
            scene.ends((victim + 1) % 3).await;
            assert!(took <= STALE, "etcd {version}: moved after {took:?}");
        }
    });
}

#[test]
fn the_only_member_stops_without_a_word() {
    beside(async || {
        for version in versions() {
            let etcd = Etcd::start(version);
            let oracle = Arc::new(Oracle::default());
            let program = Program::watching(GatewayOptions::new([etcd.url()]), "w/").await;
            let writers = Writers::start(&[etcd.address()], "w/", LOAD, &oracle);
            eventually("writes", LIMIT, async || (oracle.newest() > 50).then_some(())).await;
            let failed = now();
            etcd.pause();
            let stale =
                program.until("a stale header", STALE, |seen| seen.first_not_online(failed));
            let stale = stale.await - failed;
            println!("etcd {version}: shown as stale after {stale:?}");
            etcd.resume();
            let resumed = now();
            program.until("a connection", LIMIT, |seen| seen.is_online().then_some(())).await;
            println!("etcd {version}: online again after {:?}", now() - resumed);
            writers.stop();
            let history = at_rest(&etcd, &oracle, &program).await;
            check(&program, "at the end", &history);
        }
    });
}

#[test]
fn a_stream_that_falls_silent_by_itself() {
    beside(async || {
        let etcd = Etcd::start(Version::newest());
        let proxy = Proxy::start(etcd.address());
        let oracle = Oracle::default();
        let program = Program::watching(GatewayOptions::new([proxy.url()]), "w/").await;
        // Something in between has forgotten what is open, and takes new connections.
        proxy.now(Plan::down(0, Then::Stall));
        let failed = now();
        etcd.ctl(&["put", "w/a", "unheard"]);
        let history = at_rest(&etcd, &oracle, &program).await;
        println!("heard after {:?}", now() - failed);
        check(&program, "at the end", &history);
    });
}
