//! Deadlines: what is to happen at which time without anybody pressing a key.
//!
//! Deadlines are stored instants, never "now plus an interval" computed anew at each turn, which a
//! flood of messages would push away for ever.

use std::collections::BTreeMap;
use std::time::Instant;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// The notice goes away.
    Notice,
    /// The cursor has rested on a key: read its value.
    Value,
    /// The list has rested: count the directories in view.
    Counts,
    /// The leases are to be read again.
    Leases,
    /// A number of seconds on the screen changes.
    Second,
    /// A mark of a change fades.
    Marks,
    /// Something asked for by hand has been awaited long enough to say so.
    Slow,
    /// What the open view shows is to be read again.
    View,
    /// What was to be released before quitting takes long.
    Release,
    /// The key of a save that was not answered is to be read again.
    ReadBack,
    /// The draft is to be written to its file.
    Draft,
    /// The filter of a long list goes on, or through it again.
    Rows,
    /// The server may be asked again without putting too much load on it.
    Load,
    /// How many events there are a second is to be looked at, in case there are none any more.
    Rates,
}

/// The deadlines that are set; one per purpose.
#[derive(Debug, Default)]
pub struct Timers(BTreeMap<Timer, Instant>);

impl Timers {
    /// Sets a deadline, replacing the one before.
    pub fn set(&mut self, timer: Timer, at: Instant) {
        self.0.insert(timer, at);
    }

    /// Sets a deadline unless an earlier one of its kind stands.
    pub fn set_earliest(&mut self, timer: Timer, at: Instant) {
        let entry = self.0.entry(timer).or_insert(at);
        *entry = at.min(*entry);
    }

    /// Removes a deadline.
    pub fn clear(&mut self, timer: Timer) {
        self.0.remove(&timer);
    }

    /// The next deadline, if any: an idle program has none.
    pub fn next(&self) -> Option<Instant> {
        self.0.values().min().copied()
    }

    /// Takes out what is due.
    pub fn due(&mut self, now: Instant) -> Vec<Timer> {
        let due: Vec<Timer> =
            self.0.iter().filter(|(_, at)| **at <= now).map(|(timer, _)| *timer).collect();
        for timer in &due {
            self.0.remove(timer);
        }
        due
    }
}
