//! A value handed over to the editor of the user, and taken back byte for byte.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use tempfile::TempDir;

use super::guest::{Guest, Outcome};
use super::{Ending, Panicked, Session, Signals};

/// The editor to run: a program with its arguments, and where its file may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorCommand {
    words: Vec<String>,
    directory: PathBuf,
}

/// What became of a value in the editor.
#[derive(Debug)]
pub enum Edited {
    /// The bytes are those handed over.
    Unchanged,
    /// These are the bytes now. A final line break is taken off when the value had none, since
    /// editors put one there by themselves.
    Changed(Vec<u8>),
    /// The editor failed; the sentence says how. The value counts as unchanged.
    Failed(String),
    /// The program is to end: a signal said so, and the editor was told too, or something panicked
    /// while the editor ran. The terminal is given back.
    Ended {
        /// The status to end with.
        status: u8,
        /// What the editor had changed in the file by then.
        changed: Option<Vec<u8>>,
    },
}

impl EditorCommand {
    /// Whether `$VISUAL` or `$EDITOR` names one.
    pub fn is_chosen(variable: impl Fn(&str) -> Option<String>) -> bool {
        let named = |name: &&str| variable(name).is_some_and(|value| !value.trim().is_empty());
        ["VISUAL", "EDITOR"].iter().any(named)
    }

    /// `$VISUAL`, else `$EDITOR`, else `vi`, taken apart as a shell does: `code -w` is a program and
    /// an argument. `variable` gives the value of an environment variable.
    ///
    /// # Errors
    /// When the variable ends inside quotes; the sentence names it.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Result<EditorCommand, String> {
        // Values may be secrets: the run-time directory is the user's own and in memory.
        let directory = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
        let directory = directory.filter(|path| path.is_dir()).unwrap_or_else(std::env::temp_dir);
        for name in ["VISUAL", "EDITOR"] {
            let Some(value) = variable(name).filter(|value| !value.trim().is_empty()) else {
                continue;
            };
            let Some(words) = split(&value) else {
                return Err(format!("${name} ends inside quotes: {}", value.escape_debug()));
            };
            return Ok(EditorCommand { words, directory });
        }
        Ok(EditorCommand { words: vec!["vi".to_owned()], directory })
    }

    /// Lets the user edit `content` in a file that only they can read and that is gone afterwards;
    /// `extension` (`json`, `txt`) tells the editor how to color it.
    ///
    /// The keyboard stream must have been dropped. The session is left while the editor runs and
    /// taken again after it, unless the program is to end; the whole screen must be drawn anew.
    pub async fn run(
        &self,
        content: &[u8],
        extension: &str,
        session: &mut Session,
        signals: &mut Signals,
        panicked: &Panicked,
    ) -> io::Result<Edited> {
        let (input, output) = session.lend()?;
        let edited =
            self.edit(content, extension, signals, Some((input.into(), output.into()))).await;
        let edited = match edited {
            Edited::Changed(bytes) if panicked.happened() => {
                Edited::Ended { status: panicked.exit_status(), changed: Some(bytes) }
            }
            Edited::Unchanged | Edited::Failed(_) if panicked.happened() => {
                Edited::Ended { status: panicked.exit_status(), changed: None }
            }
            edited => edited,
        };
        if let Edited::Ended { .. } = edited {
            session.leave();
            panicked.tell_withheld();
            return Ok(edited);
        }
        let again = match signals.foreground(session).await {
            Ok(None) if matches!(edited, Edited::Failed(_)) => session.resume_after_crash(),
            Ok(None) => session.resume(),
            Ok(Some(ending)) => return Ok(ended(ending, edited)),
            Err(error) => Err(error),
        };
        match (again, edited) {
            (Ok(()), edited) => Ok(edited),
            // What was saved is worth more than the reason.
            (Err(_), edited @ Edited::Changed(_)) => Ok(ended(Ending::Hangup, edited)),
            (Err(error), _) => Err(error),
        }
    }

    async fn edit(
        &self,
        content: &[u8],
        extension: &str,
        signals: &mut Signals,
        terminal: Option<(Stdio, Stdio)>,
    ) -> Edited {
        let (folder, path) = match self.write(content, extension) {
            Ok(written) => written,
            Err(error) => return Edited::Failed(format!("cannot write a file to edit: {error}")),
        };
        let edited = match self.wait(&path, signals, terminal).await {
            Err(reason) => Edited::Failed(reason),
            Ok(Outcome::Ended(status)) if status.success() => taken_back(&path, content),
            Ok(Outcome::Ended(status)) => Edited::Failed(format!(
                "{} ended with {}; nothing was taken over",
                self.words[0],
                how(status)
            )),
            Ok(Outcome::Lost(reason)) => Edited::Failed(format!("the editor was lost: {reason}")),
            Ok(Outcome::Told(ending)) => ended(ending, taken_back(&path, content)),
        };
        // Removed with what the editor put beside it. A failure is said: the value may be a secret.
        let place = folder.path().to_owned();
        match (folder.close(), edited) {
            (Err(error), Edited::Unchanged) => {
                Edited::Failed(format!("cannot remove {}: {error}", place.display()))
            }
            (_, edited) => edited,
        }
    }

    /// A folder of its own, so that backup and swap files of the editor are removed too.
    fn write(&self, content: &[u8], extension: &str) -> io::Result<(TempDir, PathBuf)> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("etcdeck-").permissions(Permissions::from_mode(0o700));
        let folder = builder.tempdir_in(&self.directory)?;
        let path = folder.path().join(format!("value.{extension}"));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(content)?;
        Ok((folder, path))
    }

    async fn wait(
        &self,
        path: &Path,
        signals: &mut Signals,
        terminal: Option<(Stdio, Stdio)>,
    ) -> Result<Outcome, String> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).arg(path);
        withhold_secrets(&mut command, |name| std::env::var_os(name));
        if let Some((input, output)) = terminal {
            command.stdin(input).stdout(output);
        }
        let mut guest = Guest::start(command).map_err(|error| {
            let name = self.words[0].escape_debug();
            format!("cannot run {name}: {error}; set VISUAL or EDITOR")
        })?;
        guest.wait(signals).await.map_err(|error| error.to_string())
    }
}

/// An editor has no use for what etcd is logged in to with, and hands its environment on to whatever
/// is started in it. Only the name of the user stays.
fn withhold_secrets(command: &mut Command, variable: impl Fn(&str) -> Option<OsString>) {
    const PASSWORD: &str = "ETCDCTL_PASSWORD";
    const USER: &str = "ETCDCTL_USER";
    command.env_remove(PASSWORD).env_remove("ETCDCTL_AUTH_JWT_TOKEN");
    let Some(user) = variable(USER) else { return };
    // `NAME:PASSWORD`, unless the password stands for itself.
    let alone = variable(PASSWORD).is_some_and(|password| !password.is_empty());
    let bytes = user.as_bytes();
    if let Some(colon) = bytes.iter().position(|byte| *byte == b':').filter(|_| !alone) {
        command.env(USER, OsStr::from_bytes(&bytes[..colon]));
    }
}

fn how(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no status".to_owned(),
    }
}

/// What is left of an edit when the program is to end.
fn ended(ending: Ending, edited: Edited) -> Edited {
    let changed = match edited {
        Edited::Changed(bytes) => Some(bytes),
        Edited::Unchanged | Edited::Failed(_) | Edited::Ended { .. } => None,
    };
    Edited::Ended { status: ending.exit_status(), changed }
}

fn taken_back(path: &Path, before: &[u8]) -> Edited {
    let mut after = Vec::new();
    if let Err(error) = File::open(path).and_then(|mut file| file.read_to_end(&mut after)) {
        return Edited::Failed(format!("the edited file cannot be read: {error}"));
    }
    if !before.ends_with(b"\n") && after.ends_with(b"\n") {
        after.pop();
    }
    if after == before { Edited::Unchanged } else { Edited::Changed(after) }
}

/// Splits a command as a shell does: blanks, quotes, backslash; nothing is expanded. `None` when a
/// quote is not closed.
fn split(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().push(chars.next()?),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (quote.is_none() && !words.is_empty()).then_some(words)
}

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
