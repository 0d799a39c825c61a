//! The subcommands, which draw nothing.
//!
//! A prefix that is named like one of them is given behind `--`.

use clap::Subcommand;

/// What is done instead of opening the screen.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(super) enum Command {
    /// Print the settings in force and where each came from
    Config,
}
