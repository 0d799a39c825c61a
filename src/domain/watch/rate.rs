//! How many events there are a second.

use std::time::{Duration, Instant};

/// What is counted at once.
const SPAN: Duration = Duration::from_secs(1);

/// Events a second, as counted over the last second or so. Time is an argument, and only rises.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    /// Since when it is counted, and how many so far.
    since: Option<Instant>,
    counted: u64,
    /// What the span before brought, a second.
    before: u64,
}

impl Rate {
    /// Counts events.
    pub fn add(&mut self, now: Instant, events: u64) {
        self.pass(now);
        self.since.get_or_insert(now);
        self.counted += events;
    }

    /// Events a second: of the last whole span, or of the present one when it has brought more by now.
    pub fn at(&self, now: Instant) -> u64 {
        let mut passed = *self;
        passed.pass(now);
        passed.before.max(passed.counted)
    }

    /// Closes the span that is over; what came before a silence does not count any more.
    fn pass(&mut self, now: Instant) {
        let Some(since) = self.since else { return };
        let spent = now.saturating_duration_since(since);
        if spent < SPAN {
            return;
        }
        let silent = spent >= 2 * SPAN;
        let a_second = (self.counted as f64 / spent.as_secs_f64()).round() as u64;
        *self = Rate { since: None, counted: 0, before: if silent { 0 } else { a_second } };
        if !silent {
            // Without it a span would only begin at the next event.
            self.since = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_events_of_the_last_second_and_forgets_them_after_a_silence() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut rate = Rate::default();
        assert_eq!(rate.at(at(0)), 0);
        for step in 0..250 {
            rate.add(at(step * 20), 1000);
        }
        let steady = rate.at(at(5000));
        assert!((49_000..=51_500).contains(&steady), "{steady}");
        assert_eq!(rate.at(at(7500)), 0, "a silence");
        rate.add(at(60_000), 3);
        assert_eq!(rate.at(at(60_000)), 3, "told before its second is over");
    }

    #[test]
    fn a_burst_counts_at_once() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let mut rate = Rate::default();
        rate.add(start, 30_000);
        assert_eq!(rate.at(start), 30_000);
    }
}
