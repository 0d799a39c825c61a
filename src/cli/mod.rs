//! The command line and the environment, as an etcdctl user knows them, read into [`Settings`].
//!
//! Flag beats environment beats default; both given is no error. Empty variables count as unset.

mod args;
mod connection;
mod given;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::config::{self, Settings, Target};
use crate::domain::Key;
use crate::domain::limit::Limits;
use args::{Args, ColorChoice};
use given::Given;

/// The longest delimiter that makes sense.
const LONGEST_DELIMITER: usize = 16;

/// Reasons to end before the screen opens: help, the version, or a mistake in the usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The exit status: 0, or 2 for wrong usage.
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
}

/// Reads the command line (its first word is the name of the program) and the environment.
///
/// # Errors
/// When the program is to end at once: help, the version, or wrong usage.
pub fn parse(
    args: impl IntoIterator<Item = OsString>,
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<Settings, Exit> {
    let args = Args::try_parse_from(args).map_err(from_clap)?;
    settings(args, &env).map_err(|sentence| Exit::usage(&sentence))
}

fn from_clap(error: clap::Error) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let status = if asked { 0 } else { 2 };
    Exit { status, message: error.render().to_string(), to_stdout: asked }
}

fn settings(args: Args, env: given::Env<'_>) -> Result<Settings, String> {
    let escaped = |what: &str, text: &str| {
        Key::parse(text).map(Key::into_bytes).map_err(|error| format!("{what}: {error}"))
    };
    let prefix = escaped("PREFIX", args.prefix.as_deref().unwrap_or_default())?;
    let delimiter = escaped("--delimiter", &args.delimiter)?;
    if delimiter.is_empty() || delimiter.len() > LONGEST_DELIMITER {
        return Err(format!(
            "--delimiter: expected a character or a short text, as in --delimiter : (1 to \
             {LONGEST_DELIMITER} bytes, not {})",
            delimiter.len()
        ));
    }
    let read_only = Given::flag("--read-only", args.read_only.clone()).boolean()?.unwrap_or(false);
    let color = match args.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
            !set("NO_COLOR") && env("TERM").is_none_or(|term| term != "dumb")
        }
    };
    let target = if args.demo {
        if let Some(flag) = args.connection.first_given() {
            return Err(format!("--demo needs no server: leave out {flag} or --demo"));
        }
        Target::Demo
    } else {
        Target::Server(Box::new(connection::connection(args.connection, env)?))
    };
    Ok(Settings {
        target,
        prefix,
        delimiter,
        read_only,
        color,
        profile: None,
        production: None,
        keep_drafts: true,
        state_dir: config::state_dir(env),
        journal_file: None,
        limits: Limits::default(),
    })
}

#[cfg(test)]
mod tests;
