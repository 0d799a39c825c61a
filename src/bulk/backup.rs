//! A backup file: the pairs as they are, safe on the disk before anything is deleted.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::archive::{Header, Writer};
use crate::domain::Entry;

/// Takes the entries of a set: keeps them in memory while they are few, and writes them to a file in
/// the export format once they are more than a number of bytes.
pub(super) struct Backup {
    folder: Option<PathBuf>,
    header: Header,
    /// Bytes that stay in memory.
    limit: u64,
    bytes: u64,
    place: Place,
}

enum Place {
    /// So few that the journal can hold them.
    Memory(Vec<Entry>),
    File(Writer<BufWriter<File>>, BackupFile),
}

impl Backup {
    /// For the entries that the header counts.
    pub(super) fn new(folder: Option<PathBuf>, limit: u64, header: Header) -> Backup {
        Backup { folder, header, limit, bytes: 0, place: Place::Memory(Vec::new()) }
    }

    /// Takes the next entries, in key order.
    pub(super) fn add(&mut self, entries: &[Entry]) -> io::Result<()> {
        for entry in entries {
            self.bytes += (entry.key.as_bytes().len() + entry.value.len()) as u64;
            match &mut self.place {
                Place::Memory(held) => held.push(entry.clone()),
                Place::File(writer, file) => {
                    writer.write(entry).map_err(|error| told(&error, &file.path))?;
                }
            }
            if self.bytes > self.limit {
                self.spill()?;
            }
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let Place::Memory(held) = &mut self.place else { return Ok(()) };
        let held = std::mem::take(held);
        let Some(folder) = &self.folder else {
            return Err(io::Error::other(
                "this is more than memory should hold, and there is no folder for a backup file \
                 (set XDG_STATE_HOME or HOME): nothing was deleted",
            ));
        };
        let (out, file) = create(folder, &self.header)?;
        let written = Writer::new(BufWriter::new(out), &self.header).and_then(|mut writer| {
            held.iter().try_for_each(|entry| writer.write(entry))?;
            Ok(writer)
        });
        let writer = written.map_err(|error| told(&error, &file.path))?;
        self.place = Place::File(writer, file);
        Ok(())
    }

    /// Ends the file and brings it to the disk, name and all. Nothing when memory can hold the set.
    pub(super) fn finish(self) -> io::Result<Option<BackupFile>> {
        let Place::File(writer, file) = self.place else { return Ok(None) };
        let synced = || {
            let out = writer.finish()?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            // The name is part of another file: the folder's.
            file.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        };
        synced().map_err(|error| told(&error, &file.path))?;
        Ok(Some(file))
    }
}

/// A backup file on the disk. It is removed again when it is dropped before it was needed: the file
/// of a plan that was never carried out, or one that could not be finished.
#[derive(Debug)]
pub(super) struct BackupFile {
    path: PathBuf,
    kept: bool,
}

impl BackupFile {
    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// From here on it is needed, for ever.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for BackupFile {
    fn drop(&mut self) {
        if !self.kept {
            // At worst a file too many is left.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A new file for its owner only, in a folder of the same kind.
fn create(folder: &Path, header: &Header) -> io::Result<(File, BackupFile)> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| told(&error, folder))?;
    let mut attempt = 1;
    loop {
        let path = folder.join(name(header, attempt));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((file, BackupFile { path, kept: false })),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            Err(error) => return Err(told(&error, &path)),
        }
    }
}

/// `2026-11-24T15-28-35Z-revision-4711.jsonl`; the next one of the same second has a `-2`.
fn name(header: &Header, attempt: u32) -> String {
    let time: String =
        header.time.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let again = if attempt > 1 { format!("-{attempt}") } else { String::new() };
    format!("{time}-revision-{}{again}.jsonl", header.revision)
}

fn told(error: &io::Error, path: &Path) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("the backup {} cannot be written ({error}): nothing was deleted", path.display()),
    )
}

/// The header of a backup that is begun now.
pub(super) fn header(
    revision: crate::domain::Revision,
    prefix: crate::domain::Key,
    count: u64,
) -> Header {
    Header::new(revision, prefix, count, SystemTime::now())
}
