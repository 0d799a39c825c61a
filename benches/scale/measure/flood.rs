//! While others write as fast as the server takes it: how soon a key press shows, and what it costs.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::watch::{PREFIX, pair, watching};
use crate::load::Flood;
use crate::pty::terminal::Terminal;
use crate::report::{Report, grouped, time};
use crate::screen::{LIMIT, after, comes};
use crate::support::servers::Etcd;

/// For how long keys are pressed, and for how long the bytes are counted.
const PRESSING: Duration = Duration::from_secs(8);
const COUNTING: Duration = Duration::from_secs(5);
/// From one key to the next.
const PACE: Duration = Duration::from_millis(60);
/// Occurs nowhere else on the screen.
const LETTERS: &str = "zZz";

/// Keys written one by one, then many in a transaction, below an opened and watched directory.
pub(crate) fn measure(report: &mut Report, program: &Path, etcd: &Etcd) {
    for (batch, kind) in [(1, "one by one"), (100, "100 in a transaction")] {
        let term = watching(program, etcd, &format!(":watch {PREFIX}"));
        term.keys("\r");
        let stands = comes(&term, "1 watching", LIMIT);
        term.keys("gl");
        let opened = comes(&term, "key-0001", LIMIT);
        let what = format!("flood, written {kind}");
        if !stands || !opened {
            report.missing(&what, "the watch does not stand, or the directory does not open");
            continue;
        }
        let flood = Flood::start(etcd, batch, pair);
        after(Duration::from_secs(1), &term);
        let (from, bytes, begun) = (flood.written(), term.bytes_received(), Instant::now());
        let cpu = term.cpu_time().unwrap_or_default();
        after(COUNTING, &term);
        let seconds = begun.elapsed().as_secs_f64();
        let per_second = |count: usize| (count as f64 / seconds) as u64;
        let events = per_second(flood.written() - from);
        let bytes = per_second(term.bytes_received() - bytes);
        let cpu = term.cpu_time().unwrap_or_default().saturating_sub(cpu);
        let what = format!("{what}, {} events/s", grouped(events / 100 * 100));
        report.bytes(&format!("{what}: bytes a second to the terminal"), bytes, 25_000);
        let figure = format!("{:.0} %", cpu.as_secs_f64() / seconds * 100.0);
        report.figure(&format!("{what}: CPU of one core"), figure, None);
        let latencies = press(&term);
        let Some(last) = latencies.len().checked_sub(1) else {
            report.missing(&format!("{what}: key to frame"), "no key was answered");
            continue;
        };
        let (half, most) = (latencies[last / 2], latencies[last * 99 / 100]);
        let figure = format!("half {}, 99 % {}", time(half), time(most));
        let soon = most <= Duration::from_millis(50);
        let budget = Some(("99 % within 50 ms", soon));
        report.figure(&format!("{what}: key to frame, {} keys", last + 1), figure, budget);
    }
}

/// Presses a key again and again in the command line; from each to its frame, the shortest first.
fn press(term: &Terminal) -> Vec<Duration> {
    term.keys(&format!(":{LETTERS}"));
    comes(term, &format!(":{LETTERS}"), LIMIT);
    let with_letter = format!(":{LETTERS}Q");
    let (begun, mut there) = (Instant::now(), false);
    let mut latencies = Vec::new();
    while begun.elapsed() < PRESSING {
        there = !there;
        let pressed = Instant::now();
        term.keys(if there { "Q" } else { "\x7f" });
        let answered = term.try_wait_for(LIMIT, |screen| {
            (screen.contents().contains(&with_letter) == there).then_some(())
        });
        latencies.extend(answered.map(|()| pressed.elapsed()));
        after(PACE.saturating_sub(pressed.elapsed()), term);
    }
    latencies.sort_unstable();
    latencies
}
