//! How long it takes until all keys can be searched, and what the index takes.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::looped::Looped;
use crate::reference::Plain;
use crate::report::{Budget, Report, grouped, time};
use crate::screen::{LIMIT, comes, settles, start};
use crate::shape::Shape;
use crate::support::servers::Etcd;

/// On the screen once every key is in the index.
const DONE: &str = "all keys";

/// The index of all keys: time next to the same pages by curl, and bytes a key.
pub(crate) async fn measure(
    report: &mut Report,
    (program, plain): (&Path, Plain),
    etcd: &Etcd,
    (shape, size): (Shape, usize),
) {
    let top = format!("▸ {}", shape.top());
    let mut looped = Looped::open(etcd, "", (200, 50));
    if looped.until(LIMIT, |shown| shown.has(&top)).await.is_none() {
        return report.missing("find index", "the tree does not come");
    }
    let pages = looped.now().map_or(0, |shown| shown.tally.pages.len());
    let begun = looped.keys("f");
    let Some(done) = looped.until(LIMIT, |shown| shown.has(DONE)).await else {
        return report.missing("find index", format!("no {DONE:?} within a minute"));
    };
    let ours = done.at - begun;
    drop(looped);
    let theirs = plain.ranges(etcd, &done.tally.pages[pages..]);
    let name = format!("{}, the same {} pages", plain.name(), done.tally.pages.len() - pages);
    report.times("find index of all keys", ours, (&name, theirs), Budget::AtMost(1.1));
    let rate = (size as f64 / ours.as_secs_f64()) as u64;
    report.figure("find index: rate", format!("{} keys/s", grouped(rate)), None);
    let term = start(program, etcd, &[]);
    comes(&term, &top, LIMIT);
    settles(&term, Duration::from_millis(500), LIMIT);
    let before = term.resident().unwrap_or_default();
    let begun = Instant::now();
    term.keys("f");
    if !comes(&term, DONE, LIMIT) {
        return report.missing("find index: memory", format!("no {DONE:?} within a minute"));
    }
    let ours = begun.elapsed();
    settles(&term, Duration::from_millis(500), LIMIT);
    let grown = term.resident().unwrap_or(u64::MAX).saturating_sub(before);
    let each = grown / size as u64;
    report.figure("find index in the pseudo-terminal", time(ours), None);
    let budget = Some(("at most 100 bytes", each <= 100));
    report.figure("find index: resident memory a key", format!("{each} bytes"), budget);
}
