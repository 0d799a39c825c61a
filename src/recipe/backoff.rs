//! How long to wait before the next try: doubling, capped, jittered. A plain function of its state.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// The wait before the first new try.
const FIRST: Duration = Duration::from_millis(100);
/// No wait is longer, so that a server that came back is found soon.
const LONGEST: Duration = Duration::from_secs(2);

/// Counts failures in a row.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff::between(FIRST, LONGEST)
    }
}

impl Backoff {
    /// With waits of its own: the first, and the one that is not exceeded.
    pub(crate) fn between(first: Duration, longest: Duration) -> Backoff {
        Backoff { first, longest, failures: 0 }
    }

    /// After a success: the next wait is the first one again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// After a failure: how long to wait. `jitter` in 0..1 takes up to a fifth off, so that many
    /// clients of a restarted server do not come at once.
    pub(crate) fn next(&mut self, jitter: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        doubled.min(self.longest).mul_f64(1.0 - 0.2 * jitter)
    }
}

/// A number in 0..1 that differs from call to call and from process to process.
pub(crate) fn jitter() -> f64 {
    // The standard library seeds each of these anew; no random number crate is needed for a wait.
    let bits = RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_start_again() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..7).map(|_| backoff.next(0.0).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 2000, 2000]);
        let many = Backoff { failures: u32::MAX, ..Backoff::default() };
        assert_eq!(many.clone().next(1.0).as_millis(), 1600);
        let mut slow = Backoff::between(Duration::from_secs(1), Duration::from_secs(3));
        assert_eq!([1, 2, 3, 3], [(); 4].map(|()| slow.next(0.0).as_secs()));
        backoff.reset();
        assert_eq!(backoff.next(0.5).as_millis(), 90);
        assert!((0..100).all(|_| (0.0..1.0).contains(&jitter())));
    }
}
