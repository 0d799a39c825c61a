//! How a level of leaves opens: its first screen, and its end.

use crate::looped::Looped;
use crate::report::{Report, time};
use crate::screen::LIMIT;
use crate::shape::Shape;
use crate::support::servers::Etcd;

/// The first screen, and `G` to the last row.
pub(crate) async fn measure(report: &mut Report, etcd: &Etcd, size: usize) {
    let name = |number: usize| Shape::Leaves.key(number)[Shape::Leaves.level().len()..].to_owned();
    let mut looped = Looped::open(etcd, "", (200, 50));
    if looped.until(LIMIT, |shown| shown.has("▸ /leaves/")).await.is_none() {
        return report.missing("a level of leaves", "no row /leaves/");
    }
    let Some(before) = looped.now() else { return };
    let opened = looped.keys("l");
    let first = looped.until(LIMIT, |shown| shown.has(&name(0)) && shown.has(&name(30))).await;
    let Some(first) = first else {
        return report.missing("a level of leaves", "no leaf came");
    };
    let requests = first.tally.requests - before.tally.requests;
    report.count("/leaves/: requests until its first screen", requests as u64, 3);
    report.figure("/leaves/: its first screen", time(first.at - opened), None);
    let asked = looped.now().map_or(first.tally.requests, |shown| shown.tally.requests);
    let pressed = looped.keys("G");
    match looped.until(LIMIT, |shown| shown.has(&name(size - 1))).await {
        Some(last) => {
            let requests = last.tally.requests - asked;
            report.count("/leaves/: requests from `G` to its last row", requests as u64, 10);
            report.figure("/leaves/: `G` to its last row", time(last.at - pressed), None);
        }
        None => report.missing("/leaves/: `G` to its last row", "it did not come within a minute"),
    }
}
