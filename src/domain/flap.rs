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
