//! What a person notices of a program under load: how soon a key shows, how much memory it takes.

use std::time::Duration;

use tokio::time::Instant;

use crate::terminal::Terminal;

/// Longer than a key press may take on a loaded machine, so that a slow one is measured.
const LIMIT: Duration = Duration::from_secs(5);

/// What was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    /// From a key written to the frame that shows it, the shortest first.
    pub(crate) latencies: Vec<Duration>,
    /// Bytes of memory at the start.
    pub(crate) resident_before: u64,
    /// The most seen.
    pub(crate) resident_most: u64,
    /// CPU time of the program in the time measured.
    pub(crate) cpu: Duration,
}

impl Measured {
    /// The latency that 99 of 100 presses stay below.
    pub(crate) fn p99(&self) -> Duration {
        let at = self.latencies.len() * 99 / 100;
        self.latencies[at.min(self.latencies.len() - 1)]
    }

    /// How much more memory there was than at the start.
    pub(crate) fn grown(&self) -> u64 {
        self.resident_most.saturating_sub(self.resident_before)
    }
}

/// Presses keys for as long as `time`, `pace` apart, in the command line, which is open: letters that
/// come and go.
pub(crate) async fn press(term: &Terminal, time: Duration, pace: Duration) -> Measured {
    let before = term.resident().expect("it runs");
    let cpu = term.cpu_time().expect("it runs");
    let mut measured = Measured {
        latencies: Vec::new(),
        resident_before: before,
        resident_most: before,
        cpu: Duration::ZERO,
    };
    let start = Instant::now();
    for turn in 0.. {
        if start.elapsed() >= time {
            break;
        }
        let (key, there) = if turn % 2 == 0 { ("Q", true) } else { ("\x7f", false) };
        let pressed = Instant::now();
        term.keys(key);
        term.wait_for("the key", LIMIT, |screen| {
            (screen.contents().contains(":zZzQ") == there).then_some(())
        });
        measured.latencies.push(pressed.elapsed());
        let now = term.resident().expect("it runs");
        measured.resident_most = measured.resident_most.max(now);
        tokio::time::sleep_until(pressed + pace).await;
    }
    measured.cpu = term.cpu_time().expect("it runs") - cpu;
    measured.latencies.sort();
    measured
}
