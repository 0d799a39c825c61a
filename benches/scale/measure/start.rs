//! How soon the tree is usable after the start.

use std::path::Path;
use std::time::Duration;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::RangeRequest;
use tokio::time::Instant;

use crate::looped::Looped;
use crate::reference::{Plain, etcdctl};
use crate::report::{Budget, Report, grouped, median};
use crate::screen::{LIMIT, comes, start};
use crate::shape::Shape;
use crate::support::servers::Etcd;

/// How often each is measured.
const TIMES: usize = 5;

/// From how many keys on the bound holds: below, the start of a process is most of the time.
const LARGE: usize = 1_000_000;

/// What became of it, for the growth from one size to another.
#[derive(Clone, Copy)]
pub(crate) struct Started {
    pub(crate) ours: Duration,
    pub(crate) ranges: Duration,
}

/// From the start of the program to a tree with rows, next to two ranges over all keys.
pub(crate) async fn measure(
    report: &mut Report,
    (program, plain): (&Path, Plain),
    etcd: &Etcd,
    (shape, size): (Shape, usize),
) -> Option<Started> {
    let first_row = format!("▸ {}", shape.top());
    let range = RangeRequest::new(KeyRange::all()).limit(1).keys_only();
    let (mut ours, mut frames, mut ranges) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        ranges.push(plain.ranges(etcd, &[range.clone(), range.clone()]));
        let begun = Instant::now();
        let term = start(program, etcd, &[]);
        if !comes(&term, &first_row, LIMIT) {
            report.missing("start to usable tree", format!("no row {first_row:?}"));
            return None;
        }
        ours.push(begun.elapsed());
        frames.extend(term.first_frame());
    }
    let started = Started { ours: median(ours), ranges: median(ranges) };
    let budget = if size >= LARGE { Budget::AtMost(1.3) } else { Budget::None };
    let name = format!("{}, two `limit 1` ranges over all keys", plain.name());
    report.times("start to usable tree", started.ours, (&name, started.ranges), budget);
    if size >= 100_000 {
        let name = "etcdctl, all keys without values";
        match etcdctl(etcd, &["get", "", "--prefix", "--keys-only"]) {
            Some(all) => {
                report.times("start to usable tree", started.ours, (name, all), Budget::None);
            }
            None => report.missing(name, "it failed"),
        }
    }
    if let Some(frame) = frames.iter().max().filter(|_| size >= LARGE) {
        let most = Duration::from_millis(50);
        let figure = crate::report::time(*frame);
        let what = format!("first frame after the start, the slowest of {TIMES}");
        report.figure(&what, figure, Some(("at most 50 ms", *frame <= most)));
    }
    in_the_loop(report, etcd, &first_row).await;
    Some(started)
}

/// The same in the true loop, where every request is counted.
async fn in_the_loop(report: &mut Report, etcd: &Etcd, first_row: &str) {
    let mut looped = Looped::open(etcd, "", (200, 50));
    match looped.until(LIMIT, |shown| shown.has(first_row)).await {
        Some(shown) => {
            let tally = shown.tally;
            let figure = format!(
                "{} in {} requests",
                grouped(tally.walked as u64),
                grouped(tally.requests as u64)
            );
            report.figure("keys walked until the tree is usable", figure, None);
        }
        None => report.missing("keys walked until the tree is usable", "no row came"),
    }
}

/// The growth of the start from a small store to a large one is the growth of those ranges.
pub(crate) fn growth(report: &mut Report, plain: Plain, small: Started, large: Started) {
    let ours = large.ours.saturating_sub(small.ours);
    let ranges = large.ranges.saturating_sub(small.ranges);
    let name = format!("{}, growth of the two ranges", plain.name());
    report.times(
        "growth of the start from the smallest store",
        ours,
        (&name, ranges),
        Budget::AtMost(1.1),
    );
}

/// A program named on the command line: from its start to the name of the first directory.
pub(crate) fn peer(report: &mut Report, command: &str, etcd: &Etcd, shape: Shape) {
    let port = etcd.address().port().to_string();
    let command = command.replace("{endpoint}", &etcd.url()).replace("{port}", &port);
    let words: Vec<&str> = command.split_whitespace().collect();
    let Some((name, args)) = words.split_first() else { return };
    let begun = Instant::now();
    let term = start(Path::new(name), etcd, args);
    let what = format!("start of {name} to the name of the first directory");
    let directory = shape.top().trim_matches('/');
    if comes(&term, directory, LIMIT) {
        report.figure(&what, crate::report::time(begun.elapsed()), None);
    } else {
        report.missing(&what, format!("{directory:?} did not come within a minute"));
    }
}
