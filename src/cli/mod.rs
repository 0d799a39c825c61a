//! The command line and the environment, as an etcdctl user knows them, laid over the configuration
//! file and read into [`Settings`].
//!
//! Flag beats environment beats profile beats default; several given is no error. Empty variables
//! count as unset.

mod args;
mod command;
mod connection;
mod effective;
mod given;
mod production;
mod profile;
mod settings;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::config::{Settings, Task};
use crate::domain::escape;
use args::Args;

/// Reasons to end before the screen opens: help, the version, the settings in force, or a mistake in
/// the usage or the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The exit status: 0, or 2 for wrong usage or a wrong configuration.
    pub status: u8,
    /// What to print, with its last line break.
    pub message: String,
    /// Whether it was asked for and belongs on stdout, not on stderr.
    pub to_stdout: bool,
}

impl Exit {
    /// Wrong usage, said in one sentence.
    fn usage(sentence: &str) -> Exit {
        let message = format!("error: {sentence}\n\nFor more information, try '--help'.\n");
        Exit { status: 2, message, to_stdout: false }
    }

    /// All that was asked for.
    fn told(message: String) -> Exit {
        Exit { status: 0, message, to_stdout: true }
    }
}

/// Reads the command line (its first word is the name of the program), the environment and the
/// configuration file.
///
/// # Errors
/// When the program is to end at once: help, the version, the settings in force, or something wrong.
pub fn parse(
    args: impl IntoIterator<Item = OsString>,
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<Settings, Exit> {
    let mut args = Args::try_parse_from(args).map_err(from_clap)?;
    let task = task(&mut args).map_err(|sentence| Exit::usage(&escape::message(&sentence)))?;
    let (settings, effective) = settings::settings(args, &env)
        .map_err(|sentence| Exit::usage(&escape::message(&sentence)))?;
    match task {
        Some(task) => Ok(Settings { task, ..settings }),
        None => Err(Exit::told(effective.to_string())),
    }
}

/// What is to be done: the subcommand, taken out of the rest. Nothing when only the settings are to be
/// printed.
fn task(args: &mut Args) -> Result<Option<Task>, String> {
    let Some(command) = args.command.take() else { return Ok(Some(Task::Screen)) };
    let task = command.task()?;
    if let (Some(prefix), Some(_)) = (&args.prefix, &task) {
        return Err(format!(
            "{prefix:?} stands before the subcommand; what it needs stands behind it"
        ));
    }
    Ok(task)
}

fn from_clap(error: clap::Error) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let status = if asked { 0 } else { 2 };
    // What was wrong is repeated as it stands on the command line, which a script may have made out of
    // anything.
    let text = error.render().to_string();
    let lines = text.lines().map(|line| escape::message(line) + "\n");
    Exit { status, message: lines.collect(), to_stdout: asked }
}

#[cfg(test)]
mod tests;
