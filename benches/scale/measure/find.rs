//! How long it takes until all keys can be searched, and what the index takes.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::host::Shown;
use crate::looped::Looped;
use crate::reference::Plain;
use crate::report::{Budget, Report, grouped, time};
use crate::screen::{LIMIT, comes, settles, start};
use crate::shape::Shape;
use crate::support::servers::Etcd;

/// Asked before very many keys are read.
const QUESTION: &str = "to find in?";

/// From how many keys on the bound on memory holds.
const LARGE: usize = 1_000_000;

/// The index of all keys: time next to the same pages by curl, and bytes a key.
pub(crate) async fn measure(
    report: &mut Report,
    (program, plain): (&Path, Plain),
    etcd: &Etcd,
    (shape, size): (Shape, usize),
) {
    let top = format!("▸ {}", shape.top());
    // Once every key is in the index.
    let done = format!("{} keys live", grouped(size as u64));
    let mut looped = Looped::open(etcd, "", (200, 50));
    if looped.until(LIMIT, |shown| shown.has(&top)).await.is_none() {
        return report.missing("find index", "the tree does not come");
    }
    let pages = looped.now().map_or(0, |shown| shown.tally.pages.len());
    let mut begun = looped.keys("f");
    let told = |shown: &Shown| shown.has(QUESTION) || shown.has(&done);
    if looped.until(LIMIT, told).await.is_some_and(|shown| shown.has(QUESTION)) {
        begun = looped.keys("y");
    }
    let Some(whole) = looped.until(LIMIT, |shown| shown.has(&done)).await else {
        return report.missing("find index", format!("no {done:?} within a minute"));
    };
    let ours = whole.at - begun;
    drop(looped);
    let theirs = plain.ranges(etcd, &whole.tally.pages[pages..]);
    let name = format!("{}, the same {} pages", plain.name(), whole.tally.pages.len() - pages);
    report.figure("find index in the loop of the benchmark", time(ours), None);
    let term = start(program, etcd, &[]);
    comes(&term, &top, LIMIT);
    settles(&term, Duration::from_millis(500), LIMIT);
    let before = term.resident().unwrap_or_default();
    let mut begun = Instant::now();
    term.keys("f");
    let told = term.try_wait_for(LIMIT, |screen| {
        let screen = screen.contents();
        (screen.contains(QUESTION) || screen.contains(&done)).then(|| screen.contains(QUESTION))
    });
    if told == Some(true) {
        begun = Instant::now();
        term.keys("y");
    }
    if !comes(&term, &done, LIMIT) {
        return report.missing("find index: memory", format!("no {done:?} within a minute"));
    }
    let ours = begun.elapsed();
    settles(&term, Duration::from_millis(500), LIMIT);
    let grown = term.resident().unwrap_or(u64::MAX).saturating_sub(before);
    let each = grown / size as u64;
    report.times("find index of all keys", ours, (&name, theirs), Budget::AtMost(1.1));
    let rate = (size as f64 / ours.as_secs_f64()) as u64;
    report.figure("find index: rate", format!("{} keys/s", grouped(rate)), None);
    // In a small store it is the pages in flight that count.
    let budget = (size >= LARGE).then_some(("at most 100 bytes", each <= 100));
    report.figure("find index: resident memory a key", format!("{each} bytes"), budget);
}
