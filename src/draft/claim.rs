//! The lock beside a draft: who holds it has the draft open.
//!
//! The lock is one of the kernel (`flock`), so it ends with the program that holds it, however that
//! ends, and no number of a process has to be believed.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// A draft that is open here, until this is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    folder: PathBuf,
    stem: String,
    /// Locked.
    lock: File,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Closing the file does not do: a program that is just being started has a copy of it for a
        // moment, and the lock with it.
        let _ = flock(&self.lock, FlockOperation::Unlock);
    }
}

impl Claim {
    /// Takes a draft; nothing where another program has it, or this one has it already.
    ///
    /// # Errors
    /// When the lock cannot be made or asked for.
    pub(super) fn take(folder: &Path, stem: &str) -> io::Result<Option<Claim>> {
        let path = folder.join(format!("{stem}.lock"));
        loop {
            let mut options = OpenOptions::new();
            let file = options.read(true).append(true).create(true).mode(0o600).open(&path)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            // Who had it may have removed it between opening and locking: then this locks nothing.
            let same = fs::metadata(&path).is_ok_and(|now| {
                file.metadata().is_ok_and(|ours| (ours.dev(), ours.ino()) == (now.dev(), now.ino()))
            });
            if same {
                let (folder, stem) = (folder.to_owned(), stem.to_owned());
                return Ok(Some(Claim { folder, stem, lock: file }));
            }
        }
    }

    /// The path of a file of this draft.
    pub(super) fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }

    /// Ends the claim where there is no draft any more.
    pub(super) fn dissolve(self) -> io::Result<()> {
        // Removed while it is locked: who opened it meanwhile finds that it is another file.
        super::gone(fs::remove_file(self.path("new")))
            .and(super::gone(fs::remove_file(self.path("lock"))))
    }
}
