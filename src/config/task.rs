//! What the program is to do.

use std::path::PathBuf;

use crate::domain::{Key, Revision};

/// What the program is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// Open the screen.
    #[default]
    Screen,
    /// Look at the endpoints and the cluster, and say what is wrong.
    Doctor,
    /// Write every key with a prefix to a file.
    Export {
        /// Where to.
        output: Output,
        /// Which keys; the empty prefix is all of them.
        prefix: Key,
        /// As of when; [`Revision::NONE`] is now.
        revision: Revision,
    },
    /// Write what an exported file holds.
    Import {
        /// The file.
        file: PathBuf,
        /// Only list what would be done.
        dry_run: bool,
        /// Do not ask.
        yes: bool,
    },
}

/// Where an export goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// To the standard output.
    Stdout,
    /// To a new file.
    File(PathBuf),
}
