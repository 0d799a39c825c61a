//! How much is written to the log file.

use std::fmt;

/// What a line of the log is for; each level includes those above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What failed.
    Error,
    /// Start and end, endpoints that begin or cease to answer.
    #[default]
    Info,
    /// Every request.
    Debug,
}

impl Level {
    /// All of them.
    pub const ALL: [Level; 3] = [Level::Error, Level::Info, Level::Debug];

    /// The level of this name.
    pub fn named(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Its name, as it is typed and written.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Info => "info",
            Level::Debug => "debug",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
