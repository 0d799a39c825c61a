//! A value handed over to the editor of the user, and taken back byte for byte.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{Ending, Session, Signalled, Signals};

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
    /// The program was told to end while the editor ran; the editor was told so too. What it had
    /// changed in the file by then comes with it.
    Ended(Ending, Option<Vec<u8>>),
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
    ) -> io::Result<Edited> {
        session.leave();
        let (input, output) = session.handles()?;
        let edited =
            self.edit(content, extension, signals, Some((input.into(), output.into()))).await;
        match edited {
            Edited::Ended(..) => {}
            Edited::Failed(_) => session.resume_after_crash()?,
            Edited::Unchanged | Edited::Changed(_) => session.resume()?,
        }
        Ok(edited)
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
        let ended = self.wait(&path, signals, terminal).await;
        let edited = match ended {
            Ok(status) if status.success() => taken_back(&path, content),
            Ok(status) => Edited::Failed(format!(
                "{} ended with {}; nothing was taken over",
                self.words[0],
                how(status)
            )),
            Err(Stopped::Failed(reason)) => Edited::Failed(reason),
            Err(Stopped::Ending(ending)) => {
                let changed = match taken_back(&path, content) {
                    Edited::Changed(bytes) => Some(bytes),
                    Edited::Unchanged | Edited::Failed(_) | Edited::Ended(..) => None,
                };
                Edited::Ended(ending, changed)
            }
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
    ) -> Result<ExitStatus, Stopped> {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).arg(path);
        if let Some((input, output)) = terminal {
            command.stdin(input).stdout(output);
        }
        let started = command.spawn().map_err(|error| {
            let name = self.words[0].escape_debug();
            Stopped::Failed(format!("cannot run {name}: {error}; set VISUAL or EDITOR"))
        })?;
        let id = started.id();
        let mut done = ended(started).map_err(|error| Stopped::Failed(error.to_string()))?;
        loop {
            tokio::select! {
                status = &mut done => {
                    return match status {
                        Ok(Ok(status)) => Ok(status),
                        Ok(Err(error)) => Err(Stopped::Failed(format!("the editor was lost: {error}"))),
                        Err(_) => Err(Stopped::Failed("the editor was lost".to_owned())),
                    };
                }
                signalled = signals.next() => match signalled {
                    Signalled::End(ending @ (Ending::Terminate | Ending::Hangup)) => {
                        let id = rustix::process::Pid::from_raw(id.cast_signed());
                        let _ = id.map(|id| rustix::process::kill_process(id, rustix::process::Signal::TERM));
                        return Err(Stopped::Ending(ending));
                    }
                    // Ctrl-c and Ctrl-\ reach the whole process group, but are meant for the editor.
                    Signalled::End(_) | Signalled::Continued => {}
                },
            }
        }
    }
}

enum Stopped {
    Failed(String),
    Ending(Ending),
}

/// Waits on a thread of its own: a blocking task of the runtime would keep the program from ending
/// for as long as the editor lives.
fn ended(mut child: Child) -> io::Result<oneshot::Receiver<io::Result<ExitStatus>>> {
    let (sender, receiver) = oneshot::channel();
    let wait = move || {
        // Nobody listens any more when the program ends.
        let _ = sender.send(child.wait());
    };
    std::thread::Builder::new().name("editor".to_owned()).spawn(wait)?;
    Ok(receiver)
}

fn how(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no status".to_owned(),
    }
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
