//! How fast a watch drains: the past of a store, and what is being written.

use std::path::Path;
use std::time::Duration;

use etcdeck::domain::txn::PutRequest;
use etcdeck::store::Kv as _;
use tokio::time::Instant;

use crate::load::{client, put_all};
use crate::pty::terminal::Terminal;
use crate::reference::{Drained, Plain, etcdctl_command};
use crate::report::{Budget, Report, grouped, median};
use crate::screen::{LIMIT, comes, settles, start};
use crate::support::servers::Etcd;

/// Past events that are played again, and how many each revision has. A stream plays a thousand
/// revisions at once: with many more events in each, etcd 3.5 spends its time on cutting messages.
const PAST: usize = 150_000;
const PER_REVISION: usize = 4;
/// How often, since a minute is not always like the next.
const TIMES: usize = 3;
const LIVE_TIMES: usize = 2;
/// Events that are written while they are watched.
const LIVE: usize = 40_000;
/// How many keys the events are of.
const KEYS: usize = 1000;
/// What is watched.
pub(super) const PREFIX: &str = "/site/";
/// The rate is to be at least this part of the plainest reader's.
const LEAST: f64 = 0.9;

/// A key of the events, and a value of 100 bytes.
pub(crate) fn pair(number: usize) -> (String, Vec<u8>) {
    (format!("{PREFIX}key-{:04}", number % KEYS), format!("{number:0100}").into_bytes())
}

/// Both, on a server that holds nothing else.
pub(crate) async fn measure(report: &mut Report, (program, plain): (&Path, Plain), etcd: &Etcd) {
    put_all(etcd, PAST, PER_REVISION, pair).await;
    let last = mark(etcd, "past").await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        let mut stream = plain.watch(etcd, PREFIX, 1);
        theirs.extend(stream.until(&last.in_json).map(|at| at - begun));
        drop(stream);
        let term = watching(program, etcd, &format!(":watch {PREFIX} from 1"));
        let begun = Instant::now();
        term.keys("\r");
        if comes(&term, &last.key, LIMIT) {
            ours.push(begun.elapsed());
        }
    }
    let what = format!("watch, {} past events", grouped(PAST as u64));
    rate(report, &what, (PAST, ours), (&format!("{} -N", plain.name()), theirs));
    let begun = Instant::now();
    let args = ["watch", "--prefix", "--prev-kv", "--rev=1", PREFIX];
    let ended = Drained::of(&mut etcdctl_command(etcd, &args)).until(last.key.as_bytes());
    if let Some(ended) = ended {
        let figure = a_second(PAST, ended - begun);
        report.figure(&format!("{what}: etcdctl"), figure, None);
    }
    live(report, (program, plain), etcd).await;
}

/// Writers as fast as they go, and the event after the last of them. Beside the watch of the log
/// there is the one that keeps the tree true, so each event comes twice unless that is off.
async fn live(report: &mut Report, (program, plain): (&Path, Plain), etcd: &Etcd) {
    let (mut ours, mut alone, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for time in 0..LIVE_TIMES {
        let mut stream = plain.watch(etcd, PREFIX, 0);
        // The stream stands when its first message is there.
        let _stands = stream.until(b"created");
        let name = format!("live-{time}");
        let wanted = marked(&name);
        let reading = tokio::task::spawn_blocking(move || stream.until(&wanted.in_json));
        let begun = Instant::now();
        put_all(etcd, LIVE, PER_REVISION, pair).await;
        mark(etcd, &name).await;
        if let Ok(Some(at)) = reading.await {
            theirs.push(at - begun);
        }
        for (follow, times) in [("true", &mut ours), ("false", &mut alone)] {
            let term = start(program, etcd, &[&format!("--follow={follow}")]);
            at_rest(&term, &format!(":watch {PREFIX}"));
            term.keys("\r");
            let _stands = comes(&term, "1 watching", LIMIT);
            settles(&term, Duration::from_millis(300), LIMIT);
            let begun = Instant::now();
            put_all(etcd, LIVE, PER_REVISION, pair).await;
            let wanted = mark(etcd, &format!("live-{follow}-{time}")).await;
            if comes(&term, &wanted.key, LIMIT) {
                times.push(begun.elapsed());
            }
        }
    }
    let what = format!("watch, {} events as they are written", grouped(LIVE as u64));
    let name = format!("{} -N", plain.name());
    rate(report, &what, (LIVE, ours), (&name, theirs.clone()));
    rate(report, &format!("{what}, `--follow=false`"), (LIVE, alone), (&name, theirs));
}

fn rate(
    report: &mut Report,
    what: &str,
    (events, ours): (usize, Vec<Duration>),
    (name, theirs): (&str, Vec<Duration>),
) {
    if ours.is_empty() || theirs.is_empty() {
        return report.missing(what, "the last event did not come");
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    let theirs = (name, a_second(events, theirs));
    report.ratio(what, a_second(events, ours), theirs, ratio, Budget::AtLeast(LEAST));
}

fn a_second(events: usize, time: Duration) -> String {
    format!("{}/s", grouped((events as f64 / time.as_secs_f64()) as u64))
}

/// The program, connected, with a command typed and not yet accepted.
pub(super) fn watching(program: &Path, etcd: &Etcd, command: &str) -> Terminal {
    let term = start(program, etcd, &[]);
    at_rest(&term, command);
    term
}

/// Waits until it is connected, types a command, and waits for all else to come to rest.
fn at_rest(term: &Terminal, command: &str) {
    comes(term, "● online", LIMIT);
    comes(term, PREFIX, LIMIT);
    term.keys(command);
    comes(term, command, LIMIT);
    // Counts and lists come to rest, so that nothing else is measured.
    settles(term, Duration::from_millis(400), LIMIT);
}

/// A key that marks the end of what is watched.
struct Marked {
    key: String,
    in_json: Vec<u8>,
}

fn marked(name: &str) -> Marked {
    use base64::Engine as _;
    let key = format!("{PREFIX}the-end-of-{name}");
    let in_json = base64::engine::general_purpose::STANDARD.encode(&key).into_bytes();
    Marked { key, in_json }
}

/// Writes such a key.
async fn mark(etcd: &Etcd, name: &str) -> Marked {
    let marked = marked(name);
    let request = PutRequest::new(marked.key.as_str(), "the end");
    client(etcd).put(request).await.expect("the server takes it");
    marked
}
