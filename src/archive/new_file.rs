//! A file that has its name only once it is whole.

use std::fs::{File, symlink_metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file being written beside the place it is meant for, readable for its owner only.
///
/// Dropped before it is finished it is removed, so that half a file never stands under a name that
/// somebody relies on; and a file that stands there already is never overwritten.
#[derive(Debug)]
pub struct NewFile {
    out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl NewFile {
    /// Begins it, in the folder where it is to lie.
    ///
    /// # Errors
    /// There is a file of that name, or none can be made there. The error names the path.
    pub fn create(path: &Path) -> io::Result<NewFile> {
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "expected the name of a file");
            return Err(tell(error, path));
        }
        if symlink_metadata(path).is_ok() {
            return Err(tell(exists(), path));
        }
        let file =
            tempfile::Builder::new().prefix(".etcdeck-").suffix(".part").tempfile_in(folder(path));
        let out = BufWriter::new(file.map_err(|error| tell(error, path))?);
        Ok(NewFile { out, path: path.to_owned() })
    }

    /// Brings it to the disk and gives it its name.
    ///
    /// # Errors
    /// The disk's, or there is a file of that name by now. Nothing of it is left then. The error names
    /// the path.
    pub fn finish(self) -> io::Result<()> {
        let NewFile { out, path } = self;
        let named = || {
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(&path).map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => exists(),
                _ => error.error,
            })?;
            // The name is part of another file: the folder's.
            File::open(folder(&path))?.sync_all()
        };
        named().map_err(|error| tell(error, &path))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).map_err(|error| tell(error, &self.path))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|error| tell(error, &self.path))
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn exists() -> io::Error {
    let text = "it exists already, and no file is overwritten";
    io::Error::new(io::ErrorKind::AlreadyExists, text)
}

fn tell(error: io::Error, path: &Path) -> io::Error {
    // One that is to be tried again must stay what it is.
    if error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
