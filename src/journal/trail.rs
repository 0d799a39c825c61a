//! The journal that outlives the program: an audit trail of JSON lines.
//!
//! One line for each transaction: `time` (RFC 3339, UTC, milliseconds), `pid` and `write` (the record's
//! number in that run; the lines of a job share one), `what`, `outcome` (`done`, or `unknown` when no
//! answer came), `undoes` (the record taken back, in an undo), `user` (where there is one), `endpoint`,
//! `revision` (where it is known) and `keys`. Each of these has `key`, `before` (`value`,
//! `create_revision`, `mod_revision`, `version`, `lease`; null when there was no such key, missing when
//! that is not known) and `after` (`value`, `lease`; null when it was deleted).

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::domain::change::To;
use crate::domain::journal::{Before, JournalId, Written};
use crate::domain::record::{Record, timestamp};

/// A persistent journal. It is opened with the first write, and again after an error.
pub struct Trail {
    path: PathBuf,
    user: Box<dyn Fn() -> Option<String> + Send>,
    endpoint: Box<dyn Fn() -> String + Send>,
    file: Option<File>,
}

/// What a line says beside the keys.
pub(super) struct Head<'a> {
    pub(super) id: JournalId,
    pub(super) time: SystemTime,
    pub(super) what: &'a str,
    pub(super) undoes: Option<JournalId>,
    pub(super) known: bool,
}

impl Trail {
    /// Appends to this file, which is made for its owner only when it is not there. `user` tells who
    /// writes to etcd, and `endpoint` the server that is asked, at the time.
    pub fn new(
        path: impl Into<PathBuf>,
        user: impl Fn() -> Option<String> + Send + 'static,
        endpoint: impl Fn() -> String + Send + 'static,
    ) -> Trail {
        Trail { path: path.into(), user: Box::new(user), endpoint: Box::new(endpoint), file: None }
    }

    /// Opens the file, to find out before the first write whether that works.
    ///
    /// # Errors
    /// Why not, with the path.
    pub(super) fn check(&mut self) -> Result<(), String> {
        self.open().map(|_| ()).map_err(|error| self.words(&error))
    }

    /// Appends what a transaction wrote, in one piece, and hands it to the system.
    ///
    /// # Errors
    /// Why not, with the path.
    pub(super) fn append(&mut self, head: &Head<'_>, written: &[Written]) -> Result<(), String> {
        let mut text = self.line(head, written).end();
        text.push('\n');
        let appended = self.open().and_then(|mut file| file.write_all(text.as_bytes()));
        appended.map_err(|error| {
            // Half a line may be there: looked at when it is opened again.
            self.file = None;
            self.words(&error)
        })
    }

    fn words(&self, error: &io::Error) -> String {
        format!("the journal file {} cannot be written: {error}", self.path.display())
    }

    fn open(&mut self) -> io::Result<&File> {
        if let Some(file) = self.file.take() {
            return Ok(self.file.insert(file));
        }
        let file = open(&self.path)?;
        Ok(self.file.insert(file))
    }

    fn line(&self, head: &Head<'_>, written: &[Written]) -> Record {
        let mut line = Record::new();
        line.text("time", &timestamp(head.time));
        line.number("pid", i64::from(std::process::id()));
        line.number("write", head.id.0 as i64);
        line.text("what", head.what);
        line.text("outcome", if head.known { "done" } else { "unknown" });
        if let Some(undoes) = head.undoes {
            line.number("undoes", undoes.0 as i64);
        }
        if let Some(user) = (self.user)() {
            line.text("user", &user);
        }
        line.text("endpoint", &(self.endpoint)());
        if let Some(revision) = written.iter().map(|w| w.revision).find(|r| r.is_some()) {
            line.number("revision", revision.0);
        }
        line.list("keys", written.iter().map(of_key));
        line
    }
}

fn of_key(written: &Written) -> Record {
    let mut line = Record::new();
    line.bytes("key", written.key.as_bytes());
    match &written.before {
        Before::Absent => line.null("before"),
        Before::Unknown => {}
        Before::Entry(entry) => {
            let mut before = Record::new();
            before.bytes("value", &entry.value);
            before.number("create_revision", entry.create_revision.0);
            before.number("mod_revision", entry.mod_revision.0);
            before.number("version", entry.version.0);
            before.text("lease", &entry.lease.to_string());
            line.object("before", before);
        }
    }
    match &written.after {
        To::Deleted => line.null("after"),
        To::Put { value, lease } => {
            let mut after = Record::new();
            after.bytes("value", value);
            after.text("lease", &lease.to_string());
            line.object("after", after);
        }
    }
    line
}

/// Opens a file to append lines to; where the last line was cut short, it is ended first.
fn open(path: &Path) -> io::Result<File> {
    // Asked before opening, since opening a pipe waits for somebody to read it.
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(io::Error::other("it is not a file")),
        Ok(_) | Err(_) => {}
    }
    if let Some(folder) = path.parent() {
        // The folder of what outlives a run may not be there yet. What is in it concerns nobody else.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut options = OpenOptions::new();
    let mut file = options.read(true).append(true).create(true).mode(0o600).open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;
    use crate::domain::{Entry, LeaseId, Revision, Version};

    fn head(id: u64) -> Head<'static> {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_709_251_199_123);
        Head { id: JournalId(id), time, what: "save /a", undoes: None, known: true }
    }

    fn written() -> Written {
        let entry = Entry {
            key: "/a".into(),
            value: b"\xff".to_vec(),
            create_revision: Revision(2),
            mod_revision: Revision(5),
            version: Version(3),
            lease: LeaseId(0x2a),
        };
        let after = To::Put { value: b"new\n".to_vec(), lease: LeaseId::NONE };
        let before = Before::Entry(entry);
        Written { key: "/a".into(), before, after, revision: Revision(9) }
    }

    #[test]
    fn lines_are_appended_to_a_private_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("journal.jsonl");
        let endpoint = || "http://one:2379".to_owned();
        let mut trail = Trail::new(&path, || Some("root".to_owned()), endpoint);
        trail.append(&head(1), &[written()]).expect("written");
        let gone = Written {
            key: b"\xfe".as_slice().into(),
            before: Before::Unknown,
            after: To::Deleted,
            revision: Revision::NONE,
        };
        let made = Written { before: Before::Absent, ..written() };
        let second = Head { undoes: Some(JournalId(1)), known: false, ..head(2) };
        Trail::new(&path, || None, endpoint).append(&second, &[gone, made]).expect("written");
        let pid = std::process::id();
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(
            text,
            format!(
                "{}\n{}\n",
                format_args!(
                    r#"{{"time":"2024-02-29T23:59:59.123Z","pid":{pid},"write":1,"what":"save /a","outcome":"done","user":"root","endpoint":"http://one:2379","revision":9,"keys":[{{"key":"/a","before":{{"value_base64":"/w==","create_revision":2,"mod_revision":5,"version":3,"lease":"2a"}},"after":{{"value":"new\n","lease":"0"}}}}]}}"#
                ),
                format_args!(
                    r#"{{"time":"2024-02-29T23:59:59.123Z","pid":{pid},"write":2,"what":"save /a","outcome":"unknown","undoes":1,"endpoint":"http://one:2379","revision":9,"keys":[{{"key_base64":"/g==","after":null}},{{"key":"/a","before":null,"after":{{"value":"new\n","lease":"0"}}}}]}}"#
                )
            )
        );
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_line_cut_short_is_ended_and_a_failure_is_named() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("journal.jsonl");
        std::fs::write(&path, "{\"time\":\"20").expect("written");
        Trail::new(&path, || None, String::new).append(&head(1), &[]).expect("written");
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(text.lines().count(), 2);
        assert!(text.starts_with("{\"time\":\"20\n{"), "{text}");
        let error = Trail::new(dir.path(), || None, String::new).check().expect_err("a directory");
        assert!(
            error.contains("it is not a file") && error.contains("cannot be written"),
            "{error}"
        );
        let deep = dir.path().join("new/folder/file");
        Trail::new(&deep, || None, String::new).check().expect("the folders are made");
        let folder = std::fs::metadata(dir.path().join("new")).expect("made").permissions();
        assert_eq!(folder.mode() & 0o777, 0o700);
        let error = Trail::new(path.join("below a file"), || None, String::new).check();
        assert!(error.expect_err("it is no folder").contains("cannot be written"));
    }
}
