//! Floods: more events than anybody can read.
//!
//! In a flood the screen is drawn less often, and the tree counts the changes instead of following
//! each: what it costs to keep levels true must not depend on how fast others write.

use super::App;
use super::clock::Timer;
use crate::domain::Event;

/// From so many events a second on nobody reads along.
pub const FLOOD: u64 = 1000;

/// From so many on the rate is shown; fewer one can count oneself.
pub const SHOWN: u64 = 10;

/// From so many changes a second on the tree does not follow them.
const TOO_FAST: u64 = 10_000;

/// With fewer than so many it follows again.
const CALM: u64 = 5000;

/// How often the rates on the screen are looked at, when no event does it.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

impl App {
    /// Whether there are so many events that the screen is to be drawn less often.
    pub fn is_flooded(&self) -> bool {
        let watches = self.watch.running.iter().map(|running| running.rate.at(self.now));
        watches.sum::<u64>().max(self.keys.rate.at(self.now)) >= FLOOD
    }

    /// The events a second that all watches of the log bring.
    pub fn watch_rate(&self) -> u64 {
        self.watch.running.iter().map(|running| running.rate.at(self.now)).sum()
    }

    /// A rate that is shown or matters is looked at again, although nothing may come any more.
    pub(super) fn look_at_rates(&mut self) {
        if self.keys.too_fast || self.watch_rate() >= SHOWN {
            self.timers.set_earliest(Timer::Rates, self.now + LOOK);
        }
    }

    /// The time to look has come.
    pub(super) fn rates_again(&mut self) {
        self.redraw = true;
        if self.keys.rate.at(self.now) < CALM {
            // What went stale and is in view is listed again by itself.
            self.keys.too_fast = false;
        }
        self.look_at_rates();
    }

    /// Counts changes below the root; answers whether they come too fast to be followed.
    pub(super) fn come_too_fast(&mut self, changes: usize) -> bool {
        self.keys.rate.add(self.now, changes as u64);
        if !self.keys.too_fast && self.keys.rate.at(self.now) >= TOO_FAST {
            self.keys.too_fast = true;
            self.look_at_rates();
        }
        self.keys.too_fast
    }

    /// Changes that are not followed: each makes stale what it happened in.
    pub(super) fn miss_changes<'a>(&mut self, events: impl Iterator<Item = &'a Event>) {
        for event in events {
            self.keys.tree.miss(event);
            self.follow_value(event);
        }
        self.redraw = true;
    }
}
