//! The only member is killed under load, again and again.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use etcdeck::app::effect::WatchId;
use etcdeck::gateway::GatewayOptions;

use crate::alone::alone;
use crate::program::{LIMIT, Program};
use crate::seen::{How, PANE, Seen, now};
use crate::support::install::Version;
use crate::support::oracle::{Happened, Oracle, assert_exact, state_after};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;
use crate::support::writer::{Load, Writers};

const ROUNDS: usize = 10;
/// Between a kill and the word `lost` in the header.
const SHOWN: Duration = Duration::from_millis(250);
/// Between the first answer of the port and the first word of the watch.
const RESUMED: Duration = Duration::from_secs(2);
/// Five thousand a second, in transactions: a small host makes some hundreds of single ones.
const LOAD: Load = Load { writers: 8, batch: 10, rate: 5_000 };

#[test]
fn a_member_of_3_4_is_killed_ten_times_under_load() {
    killed_again_and_again(Version::V3_4);
}

#[test]
fn a_member_of_3_5_is_killed_ten_times_under_load() {
    killed_again_and_again(Version::V3_5);
}

#[test]
fn a_member_of_3_6_is_killed_ten_times_under_load() {
    killed_again_and_again(Version::V3_6);
}

#[test]
fn a_member_of_3_7_is_killed_ten_times_under_load() {
    killed_again_and_again(Version::V3_7);
}

fn killed_again_and_again(version: Version) {
    if !Etcd::versions().contains(&version) {
        // 3.4 and 3.5 are always there; the others where Go is.
        return;
    }
    alone(async || {
        let etcd = Etcd::start(version);
        let oracle = Arc::new(Oracle::default());
        let program = Program::watching(GatewayOptions::new([etcd.url()]), "w/").await;
        let writers = Writers::start(&[etcd.address()], "w/", LOAD, &oracle);
        let began = now();
        let (mut shown, mut resumed) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let before = oracle.count();
            let more = async || (oracle.count() > before + 500).then_some(());
            eventually("the writers write", LIMIT, more).await;
            // In the header, since between two frames it may be found and lost again.
            program
                .until("online in the header", LIMIT, |seen| {
                    seen.headers.last()?.1.contains("● online").then_some(())
                })
                .await;

            let killed = now();
            let behind = oracle.newest() - program.look(Seen::newest);
            etcd.kill();
            // A process that waits for a slow disk goes, and its connections with it, when that is over.
            let gone = now();
            let lost = program.until("lost in the header", LIMIT, |seen| {
                let after = seen.headers.iter().filter(|(at, _)| *at >= killed);
                after.filter(|(_, header)| header.contains('○')).map(|(at, _)| *at).next()
            });
            shown.push(lost.await.saturating_duration_since(gone));
            if shown.last().is_some_and(|it| *it > SHOWN) {
                println!("{behind} revisions behind");
                program.look(|seen| seen.tells_since(killed));
            }

            etcd.relaunch();
            let answers = eventually("the port", LIMIT, async || answers(etcd.address())).await;
            let live = program.until("the watch stands again", LIMIT, |seen| {
                let after = seen.watching.iter().filter(|(at, _)| *at >= killed);
                let live = |how| matches!(how, How::Well);
                after.filter(|(_, how)| live(*how)).map(|(at, _)| *at).next()
            });
            resumed.push(live.await.saturating_duration_since(answers));
        }
        let took = now() - began;
        writers.stop();
        let history = at_rest(&etcd, &oracle, &program).await;
        println!(
            "etcd {version}: {} events in {took:?}; shown as lost after {shown:?}, resumed after \
             {resumed:?}",
            history.len()
        );
        check(&program, "at the end", &history);
        assert!(shown.iter().all(|it| *it <= SHOWN), "shown as lost after {shown:?}");
        assert!(resumed.iter().all(|it| *it <= RESUMED), "resumed after {resumed:?}");
    });
}

/// Writes the last key and waits until it is seen; answers with the history.
pub(crate) async fn at_rest(etcd: &Etcd, oracle: &Oracle, program: &Program) -> Vec<Happened> {
    // The members may have to agree on a leader first.
    let answers = async || etcd.try_ctl(&["get", "w/~end"]).status.success().then_some(());
    eventually("a cluster that answers", LIMIT, answers).await;
    etcd.ctl(&["put", "w/~end", "of it"]);
    program.comes_to("w/~end", LIMIT).await;
    oracle.history(etcd, "w/", 1, "w/~end")
}

/// Watch, background watch, tree and log are what the history says.
pub(crate) fn check(program: &Program, when: &str, history: &[Happened]) {
    program.look(|seen| {
        assert_exact(&format!("{when}: the pane"), seen.delivered(PANE), history);
        let keys: Vec<_> = history.iter().cloned().map(without_value).collect();
        assert_exact(&format!("{when}: the tree's watch"), seen.delivered(WatchId::FOLLOW), &keys);
        let state = state_after(history);
        let expected: Vec<_> =
            state.iter().map(|(key, (revision, _))| (key.clone(), *revision)).collect();
        assert_eq!(seen.tree().into_iter().collect::<Vec<_>>(), expected, "{when}: the tree");
        let (log, dropped) = seen.log();
        assert_eq!(log.len() + dropped as usize, history.len(), "{when}: lines of the log");
        assert_exact(&format!("{when}: the log"), &log, &history[history.len() - log.len()..]);
    });
}

fn without_value(it: Happened) -> Happened {
    Happened { value: it.value.map(|_| String::new()), ..it }
}

/// The time, once a server answers HTTP on its client port.
fn answers(address: SocketAddr) -> Option<Instant> {
    let limit = Duration::from_millis(500);
    let mut stream = TcpStream::connect_timeout(&address, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    stream.write_all(b"GET /version HTTP/1.0\r\n\r\n").ok()?;
    let mut first = [0];
    stream.read_exact(&mut first).ok()?;
    Some(now())
}
