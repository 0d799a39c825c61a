//! What the program takes from the machine and sends to the terminal, on a large store with a level of
//! a thousand rows opened.

use std::path::Path;
use std::time::Duration;

use etcdeck::domain::txn::PutRequest;
use etcdeck::store::Kv as _;

use crate::load::client;
use crate::pty::terminal::Terminal;
use crate::report::{Report, grouped, time};
use crate::screen::{LIMIT, after, comes, settles, start};
use crate::support::servers::Etcd;

/// How often a small thing is done.
const TIMES: usize = 20;
/// An action and all that it changes on the screen is over when nothing was written for so long.
const QUIET: Duration = Duration::from_millis(120);
/// How long it is looked at while nothing happens.
const IDLE: Duration = Duration::from_secs(10);

/// The size of the store is only named; its level must be that of the wide shape.
pub(crate) async fn measure(report: &mut Report, program: &Path, etcd: &Etcd, size: usize) {
    let term = start(program, etcd, &["/registry/pods/"]);
    let last = format!("ns-{:04}/", size / crate::shape::PER_DIRECTORY - 1);
    if !comes(&term, "▸ ns-0000/", LIMIT) {
        return report.missing("memory and bytes", "the level does not open");
    }
    // Every row comes into view once, so that all of them are held.
    for _ in 0..size / crate::shape::PER_DIRECTORY / 20 {
        term.keys("\x1b[6~");
        settles(&term, Duration::from_millis(30), LIMIT);
    }
    term.keys("G");
    if !comes(&term, &last, LIMIT) {
        return report.missing("memory and bytes", "the last row does not come");
    }
    settles(&term, Duration::from_secs(1), LIMIT);
    let rows = grouped((size / crate::shape::PER_DIRECTORY) as u64);
    let resident = term.resident().unwrap_or(u64::MAX);
    report.bytes(&format!("resident memory, {rows} rows opened"), resident, 30_000_000);
    cursor(report, &term);
    log_lines(report, &term, etcd).await;
    idle(report, &term);
}

fn cursor(report: &mut Report, term: &Terminal) {
    term.keys("g");
    settles(term, Duration::from_millis(600), LIMIT);
    let mut sizes = Vec::new();
    for _ in 0..TIMES {
        let before = term.bytes_received();
        term.keys("j");
        // The frame of the key, not that of what is read once the cursor rests.
        after(Duration::from_millis(60), term);
        sizes.push((term.bytes_received() - before) as u64);
        settles(term, Duration::from_millis(400), LIMIT);
    }
    report.bytes("cursor down: bytes, the median", middle(sizes), 250);
}

async fn log_lines(report: &mut Report, term: &Terminal, etcd: &Etcd) {
    term.keys(":watch /elsewhere/\r");
    if !comes(term, "1 watching", LIMIT) {
        return report.missing("one log line: bytes", "the watch does not stand");
    }
    let client = client(etcd);
    let mut sizes = Vec::new();
    // First as many as the pane has rows, so that each new line moves the others.
    for number in 0..50 + TIMES {
        let before = term.bytes_received();
        let value = format!("value {number:04}");
        let request = PutRequest::new(format!("/elsewhere/key-{number:04}").as_str(), value);
        client.put(request).await.expect("the server takes it");
        if number >= 50 {
            after(Duration::from_millis(20), term);
            settles(term, QUIET, LIMIT);
            sizes.push((term.bytes_received() - before) as u64);
        }
    }
    report.bytes("one log line: bytes, the median", middle(sizes), 250);
}

fn idle(report: &mut Report, term: &Terminal) {
    // What was marked as changed fades, and what was counted comes to rest.
    settles(term, Duration::from_secs(4), LIMIT);
    let (bytes, cpu) = (term.bytes_received(), term.cpu_time().unwrap_or_default());
    after(IDLE, term);
    let bytes = (term.bytes_received() - bytes) as u64;
    report.bytes("idle for 10 s, one watch: bytes", bytes, 0);
    let cpu = term.cpu_time().unwrap_or_default().saturating_sub(cpu);
    report.figure("idle for 10 s, one watch: CPU (in steps of 10 ms)", time(cpu), None);
}

fn middle(mut sizes: Vec<u64>) -> u64 {
    sizes.sort_unstable();
    sizes[sizes.len() / 2]
}
