//! The log file: what went on between the program and its servers, for whoever has to explain it.
//!
//! Invariants. It holds no key, no value, no password and no token: who writes a line takes care to
//! name calls, endpoints and kinds of errors only. What is in it acts on no terminal. It never grows
//! beyond twice [`PART`], and a disk that is full stops nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use crate::domain::log::Level;

use crate::domain::escape;

/// How many bytes are in the file when it becomes `FILE.old`, in place of what had that name.
pub const PART: u64 = 8 << 20;

/// A log; clones write to the same file. The default one writes nowhere.
#[derive(Clone, Debug, Default)]
pub struct Log {
    open: Option<Arc<Open>>,
}

#[derive(Debug)]
struct Open {
    level: Level,
    part: u64,
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    bytes: u64,
    /// Lines that the disk did not take.
    lost: u64,
}

impl Log {
    /// Writes to this file, behind what is in it. It is made readable for its owner only.
    ///
    /// # Errors
    /// When it cannot be written to, or is no file.
    pub fn to_file(path: &Path, level: Level) -> io::Result<Log> {
        Log::in_parts(path, level, PART)
    }

    fn in_parts(path: &Path, level: Level, part: u64) -> io::Result<Log> {
        // A pipe would keep us until somebody reads.
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file"));
        }
        let file = append_to(path)?;
        let bytes = file.metadata()?.len();
        let state = Mutex::new(State { file, bytes, lost: 0 });
        Ok(Log { open: Some(Arc::new(Open { level, part, path: path.to_owned(), state })) })
    }

    /// Whether it writes anywhere.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Writes a line, if such lines are wanted.
    pub fn line(&self, level: Level, text: impl FnOnce() -> String) {
        let Some(open) = self.open.as_ref().filter(|open| level <= open.level) else { return };
        let now = jiff::Timestamp::now();
        let line = format!("{now:.3} {level:5} {}\n", escape::message(&text()));
        open.state.lock().unwrap_or_else(PoisonError::into_inner).write(open, &line);
    }
}

impl State {
    fn write(&mut self, open: &Open, line: &str) {
        if self.bytes >= open.part {
            // Where that fails the file grows on until it works.
            let _ = self.begin_anew(&open.path);
        }
        let lost = match self.lost {
            0 => String::new(),
            lost => format!("({lost} lines before this one could not be written)\n"),
        };
        let text = lost + line;
        match self.file.write_all(text.as_bytes()) {
            Ok(()) => (self.bytes, self.lost) = (self.bytes + text.len() as u64, 0),
            Err(_) => self.lost += 1,
        }
    }

    fn begin_anew(&mut self, path: &Path) -> io::Result<()> {
        let mut old = path.as_os_str().to_owned();
        old.push(".old");
        std::fs::rename(path, old)?;
        self.file = append_to(path)?;
        self.bytes = 0;
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn lines_are_dated_escaped_and_of_the_levels_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        for _ in 0..2 {
            let log = Log::to_file(&path, Level::Info).expect("a file");
            log.line(Level::Error, || "bad \x1b]0;x\x07\nline".to_owned());
            log.clone().line(Level::Info, || "good".to_owned());
            log.line(Level::Debug, || panic!("not even made"));
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[0].contains("Z error bad ") && lines[1].ends_with("Z info  good"), "{text}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn it_never_grows_beyond_two_parts() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let log = Log::in_parts(&path, Level::Debug, 1000).expect("a file");
        for number in 0..200 {
            log.line(Level::Debug, || format!("line {number}"));
        }
        let texts = ["log.old", "log"].map(|name| {
            let text = std::fs::read_to_string(folder.path().join(name)).expect("text");
            assert!(text.len() < 1100, "{}", text.len());
            text
        });
        assert!(texts[1].ends_with("line 199\n"));
        let last = |text: &str| text.trim_end().rsplit(' ').next().map(str::to_owned);
        let numbers: Vec<usize> =
            texts.concat().lines().filter_map(|line| last(line)?.parse().ok()).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Log::to_file(folder.path(), Level::Info).is_err());
        Log::default().line(Level::Error, || panic!("nobody reads it"));
    }
}
