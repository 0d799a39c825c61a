//! Things that come and go: how often lately.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The ups remembered of one thing: more than anybody needs to call it flapping.
const KEPT: usize = 64;

/// When something came up, as far back as anybody asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flaps {
    ups: VecDeque<Instant>,
}

impl Flaps {
    /// Never up so far.
    pub fn new() -> Flaps {
        Flaps::default()
    }

    /// It came up.
    pub fn up(&mut self, now: Instant) {
        if self.ups.len() == KEPT {
            self.ups.pop_front();
        }
        self.ups.push_back(now);
    }

    /// How often it came up in the time before `now`; 64 stands for that many or more.
    pub fn within(&self, window: Duration, now: Instant) -> usize {
        let recent = |up: &&Instant| now.saturating_duration_since(**up) <= window;
        self.ups.iter().rev().take_while(recent).count()
    }

    /// When it last came up.
    pub fn last(&self) -> Option<Instant> {
        self.ups.back().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_recent_ups_count() {
        let start = tokio::time::Instant::now().into_std();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut flaps = Flaps::new();
        for seconds in [0, 50, 100, 110] {
            flaps.up(at(seconds));
        }
        for (window, now, count) in [(60, 110, 3), (10, 110, 2), (10, 121, 0), (1000, 110, 4)] {
            assert_eq!(flaps.within(Duration::from_secs(window), at(now)), count, "{window} {now}");
        }
        assert_eq!(flaps.last(), Some(at(110)));
    }

    #[test]
    fn memory_is_bounded() {
        let now = tokio::time::Instant::now().into_std();
        let mut flaps = Flaps::new();
        (0..1000).for_each(|_| flaps.up(now));
        assert_eq!(flaps.within(Duration::ZERO, now), KEPT);
        assert_eq!(flaps.ups.len(), KEPT);
    }
}
