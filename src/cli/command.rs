//! The subcommands, which draw nothing.
//!
//! A prefix that is named like one of them is given behind `--`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::config::{Output, Task};
use crate::domain::{Key, Revision};

const DOCTOR: &str = "\
It connects to each endpoint and looks at its name, TCP, TLS, version, gateway, user, leader, database,
round trips and clock, and at the cluster as a whole. It only reads. The report goes to stdout; secrets
are never in it.
Exit status: 0 nothing failed (there may be warnings), 1 something failed, 2 wrong usage.";

const EXPORT: &str = "\
All keys are read at one revision. The file is JSON lines, for its owner only (0600); it has its name
only once it is whole, and a file that exists is never overwritten. The counts are told on stderr.
Exit status: 0 exported, 1 not, 2 wrong usage.";

const IMPORT: &str = "\
Keys that are missing are created, keys that differ are changed, all others are left alone; each is
guarded by what it was when it was looked at, so that nothing is overwritten that somebody writes
meanwhile. Running it again goes on where it was cut. A key goes on the lease it had if that lives on
this cluster; else it keeps the lease it has now, or hangs on none.
Exit status: 0 every key is as in the file, 1 not, or not all of them, 2 wrong usage.";

/// What is done instead of opening the screen.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(super) enum Command {
    /// Print the settings in force and where each came from
    Config,
    /// Look at every endpoint and the cluster: what is wrong, and what to do
    #[command(after_help = DOCTOR)]
    Doctor,
    /// Write every key with a prefix to a file, at one revision
    #[command(after_help = EXPORT)]
    Export {
        /// The file to write; - for stdout
        file: PathBuf,

        /// Only keys that begin with this; \xNN, \n, \t, \\ and the like stand for bytes
        prefix: Option<String>,

        /// As it was at this revision, not as it is now
        #[arg(long, value_name = "N", allow_hyphen_values = true)]
        rev: Option<String>,
    },
    /// Write what an exported file holds, after showing what would change
    #[command(after_help = IMPORT)]
    Import {
        /// The file to read
        file: PathBuf,

        /// List what would be created, changed or left, and write nothing
        #[arg(long)]
        dry_run: bool,

        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Command {
    /// What it has the program do; nothing when it only prints the settings.
    ///
    /// # Errors
    /// Says in one sentence what is wrong.
    pub(super) fn task(self) -> Result<Option<Task>, String> {
        Ok(Some(match self {
            Command::Config => return Ok(None),
            Command::Doctor => Task::Doctor,
            Command::Export { file, prefix, rev } => {
                let prefix = Key::parse(prefix.as_deref().unwrap_or_default())
                    .map_err(|error| format!("PREFIX: {error}"))?;
                let output =
                    if file.as_os_str() == "-" { Output::Stdout } else { Output::File(file) };
                let revision = rev.map_or(Ok(Revision::NONE), |text| revision(&text))?;
                Task::Export { output, prefix, revision }
            }
            Command::Import { file, .. } if file.as_os_str() == "-" => {
                return Err("import reads FILE twice, so it cannot come from a pipe: give a file"
                    .to_owned());
            }
            Command::Import { file, dry_run, yes } => Task::Import { file, dry_run, yes },
        }))
    }
}

fn revision(text: &str) -> Result<Revision, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && *number > 0);
    number
        .map(Revision)
        .ok_or_else(|| format!("--rev: {text:?} is not a revision; expected a number like 4711"))
}
