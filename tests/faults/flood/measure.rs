//! What a person notices of a program under load: how soon a key shows, how much memory it takes.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::pty::terminal::Terminal;

/// Longer than a key press may take on a loaded machine, so that a slow one is measured.
const LIMIT: Duration = Duration::from_secs(5);

/// What stands in the command line before keys are pressed: it occurs nowhere else.
pub(crate) const LETTERS: &str = "zZz";

/// What was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    /// From a key written to the frame that shows it, the shortest first.
    latencies: Vec<Duration>,
    /// Bytes of memory at the start, and the most seen.
    resident_before: u64,
    resident_most: u64,
    /// CPU time of the program.
    cpu: Duration,
}

impl Measured {
    /// How many keys were pressed.
    pub(crate) fn presses(&self) -> usize {
        self.latencies.len()
    }

    /// The latency that so many of 100 presses stay below.
    pub(crate) fn of(&self, percent: usize) -> Duration {
        let at = self.latencies.len() * percent / 100;
        self.latencies[at.min(self.latencies.len() - 1)]
    }

    /// How many bytes of memory there were more than at the start.
    pub(crate) fn grown(&self) -> u64 {
        self.resident_most.saturating_sub(self.resident_before)
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} keys, half within {:?}, 99 % within {:?}, all within {:?}; {} KiB more than {}; CPU {:?}",
            self.presses(),
            self.of(50),
            self.of(99),
            self.latencies.last().unwrap_or(&Duration::ZERO),
            self.grown() >> 10,
            self.resident_before >> 10,
            self.cpu,
        )
    }
}

/// Presses keys for as long as `time`, `pace` apart, in the command line, which holds [`LETTERS`]: a
/// letter that comes and goes.
pub(crate) async fn press(term: &Terminal, time: Duration, pace: Duration) -> Measured {
    let resident = || term.resident().expect("it runs");
    let cpu = term.cpu_time().expect("it runs");
    let mut measured = Measured {
        latencies: Vec::new(),
        resident_before: resident(),
        resident_most: 0,
        cpu: Duration::ZERO,
    };
    let with_letter = format!(":{LETTERS}Q");
    let start = Instant::now();
    let mut there = false;
    while start.elapsed() < time {
        there = !there;
        let pressed = Instant::now();
        term.keys(if there { "Q" } else { "\x7f" });
        term.wait_for("the key", LIMIT, |screen| {
            (screen.contents().contains(&with_letter) == there).then_some(())
        });
        measured.latencies.push(pressed.elapsed());
        measured.resident_most = measured.resident_most.max(resident());
        tokio::time::sleep_until(pressed + pace).await;
    }
    measured.cpu = term.cpu_time().expect("it runs").saturating_sub(cpu);
    measured.latencies.sort();
    measured
}
