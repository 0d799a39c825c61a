//! The line that says what just happened, and goes away by itself.

use std::time::{Duration, Instant};

use super::App;

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something went as asked.
    Info,
    /// Something did not go; nothing was lost.
    Error,
}

/// A sentence for the footer, made safe for the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub text: String,
}

/// How many characters of a key stand in a sentence.
const NAMED: usize = 60;

/// A key or prefix in a sentence: a long one is cut in the middle, so that its telling end stays and
/// the sentence with it.
pub(super) fn named(key: &impl ToString) -> String {
    let text = key.to_string();
    let chars = text.chars().count();
    if chars <= NAMED {
        return text;
    }
    let head: String = text.chars().take(NAMED / 2).collect();
    let tail: String = text.chars().skip(chars - NAMED / 2).collect();
    format!("{head}…{tail}")
}

impl App {
    /// Says once that a frame held what would have acted on the terminal, however long that lasts.
    pub(super) fn tell_what_was_swept(&mut self, before: usize) {
        let swept = self.viewport.swept;
        if swept > 0 && before == 0 {
            self.complain(format!(
                "cells that would have acted on the terminal were replaced: {swept}; this is a fault \
                 in etcdeck, please report it"
            ));
        }
    }
}

impl Level {
    /// How long such a notice stays: errors long enough to be read twice.
    pub fn stays(self) -> Duration {
        match self {
            Level::Info => Duration::from_secs(5),
            Level::Error => Duration::from_secs(15),
        }
    }
}

impl Notice {
    /// When it goes away, shown at `now`.
    pub fn ends(&self, now: Instant) -> Instant {
        now + self.level.stays()
    }
}
