//! How a level opens whose children are directories with many keys below them.

use std::collections::BTreeSet;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::RangeRequest;
use tokio::time::Instant;

use crate::looped::Looped;
use crate::reference::{Plain, etcdctl};
use crate::report::{Budget, Report, grouped, time};
use crate::screen::LIMIT;
use crate::shape::Shape;
use crate::support::servers::Etcd;

/// A screen so high that a level is in view as a whole, so that all of it is listed at once.
const COLUMNS: u16 = 60;
const HIGHEST: usize = 2200;

/// From how many keys on the bounds hold.
const LARGE: usize = 1_000_000;

/// The level of the shape: first rows, and all of them.
pub(crate) async fn measure(
    report: &mut Report,
    plain: Plain,
    etcd: &Etcd,
    (shape, size): (Shape, usize),
) {
    let level = shape.level();
    let below = |number| shape.key(number).strip_prefix(level).map(str::to_owned);
    let mut keys = 0;
    let mut children = BTreeSet::new();
    for name in (0..size).filter_map(below) {
        keys += 1;
        children.insert(name.split_inclusive('/').next().unwrap_or_default().to_owned());
    }
    let (Some(first), Some(last)) = (children.first(), children.last()) else { return };
    let what = format!("{level} with {} children", grouped(children.len() as u64));
    if children.len() > HIGHEST {
        return report.missing(&what, "more children than a screen can have rows");
    }
    let listed = plain.ranges(etcd, &[RangeRequest::new(KeyRange::prefix(level)).keys_only()]);
    // Opened there, with all of the screen for the tree.
    let opened = Instant::now();
    let mut looped = Looped::open(etcd, level, (COLUMNS, children.len() as u16 + 20));
    looped.keys("z");
    let Some(rows) = looped.until(LIMIT, |shown| shown.has(first)).await else {
        return report.missing(&what, "no row came");
    };
    let all = looped.until(LIMIT, |shown| shown.has(last) && shown.has(first)).await;
    let requests = rows.tally.requests;
    let what_first = format!("{what}: requests until its first rows");
    report.count(&what_first, requests as u64, 5);
    let Some(all) = all else {
        return report.missing(&what, "its last row did not come");
    };
    let name = format!("{}, keys only, everything below", plain.name());
    let budget =
        if size >= LARGE && shape == Shape::Wide { Budget::AtMost(0.1) } else { Budget::None };
    let what_all = format!("{what}: all of them");
    report.times(&what_all, all.at - opened, (&name, listed), budget);
    if size >= 100_000 {
        match etcdctl(etcd, &["get", level, "--prefix", "--keys-only"]) {
            Some(listed) => {
                let theirs = ("etcdctl, keys only", listed);
                report.times(&what_all, all.at - opened, theirs, Budget::None);
            }
            None => report.missing("etcdctl, keys only", "it failed"),
        }
    }
    let walked = all.tally.walked;
    let ratio = walked as f64 / keys as f64;
    let what_walked = format!("{what}: keys walked");
    let keys = ("the keys there are", grouped(keys));
    report.ratio(&what_walked, grouped(walked as u64), keys, ratio, Budget::AtMost(3.0));
    let requests = all.tally.requests;
    let figure = format!(
        "{} for {} ranges; first rows after {}",
        grouped(requests as u64),
        grouped(all.tally.pages.len() as u64),
        time(rows.at - opened),
    );
    report.figure(&format!("{what}: requests for all of it"), figure, None);
}
