//! Records kept in memory up to a number of bytes, and beyond that in a file without a name.

use std::fs::{File, Permissions};
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::Stored;

/// How much is read from the file at a time.
const BLOCK: usize = 64 << 10;

/// The bytes before a record that tell its length.
const PREFIX: usize = 4;

/// Records in the order they were appended.
///
/// The file is made when it is needed, in the folder given, readable for nobody else (0600), and has
/// no name from the start: it vanishes with the spool, however the program ends.
#[derive(Debug)]
pub struct Spool<T> {
    place: Place,
    limit: usize,
    folder: PathBuf,
    len: u64,
    end: u64,
    records: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    File(File),
}

/// Where a record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

impl<T: Stored> Spool<T> {
    /// An empty spool that keeps `limit` bytes of records in memory at most, and its file in `folder`.
    pub fn new(limit: usize, folder: impl Into<PathBuf>) -> Spool<T> {
        let place = Place::Memory(Vec::new());
        Spool { place, limit, folder: folder.into(), len: 0, end: 0, records: PhantomData }
    }

    /// Adds a record behind the others and tells where it begins.
    ///
    /// # Errors
    /// The disk's. The spool then is what it was before, and may be appended to again.
    pub fn append(&mut self, record: &T) -> io::Result<Position> {
        let mut bytes = vec![0; PREFIX];
        record.encode(&mut bytes)?;
        let length = u32::try_from(bytes.len() - PREFIX)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a record over 4 GiB"))?;
        bytes[..PREFIX].copy_from_slice(&length.to_le_bytes());
        if self.in_memory() && self.end as usize + bytes.len() > self.limit {
            self.spill()?;
        }
        match &mut self.place {
            Place::Memory(memory) => memory.extend_from_slice(&bytes),
            // What a failed write left behind `end` is written over by the next one.
            Place::File(file) => write(file, &bytes, self.end, &self.folder)?,
        }
        let at = Position(self.end);
        self.end += bytes.len() as u64;
        self.len += 1;
        Ok(at)
    }

    /// Moves what is in memory to the file now.
    ///
    /// # Errors
    /// The disk's. Everything then still is in memory.
    pub fn spill(&mut self) -> io::Result<()> {
        if let Place::Memory(memory) = &self.place {
            let file = tempfile::tempfile_in(&self.folder).map_err(|e| tell(e, &self.folder))?;
            // It begins with what the umask allows, though without a name and empty.
            let ours = Permissions::from_mode(0o600);
            file.set_permissions(ours).map_err(|e| tell(e, &self.folder))?;
            write(&file, memory, 0, &self.folder)?;
            self.place = Place::File(file);
        }
        Ok(())
    }

    /// How many records there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes all records take as they are stored.
    pub fn bytes(&self) -> u64 {
        self.end
    }

    /// Whether they are in memory still.
    pub fn in_memory(&self) -> bool {
        matches!(self.place, Place::Memory(_))
    }

    /// All records from the first on. An error of the disk is the last item.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { spool: self, cursor: Cursor::default() }
    }

    /// The next record behind a cursor: for those who cannot borrow the spool all the while. Records
    /// appended meanwhile are met too.
    pub fn next(&self, cursor: &mut Cursor) -> Option<io::Result<T>> {
        if cursor.at >= self.end {
            return None;
        }
        let record = self.read(cursor);
        if record.is_err() {
            cursor.at = self.end;
        }
        Some(record)
    }

    fn read(&self, cursor: &mut Cursor) -> io::Result<T> {
        let mut length = [0; PREFIX];
        length.copy_from_slice(self.bytes_at(cursor, PREFIX)?);
        cursor.at += PREFIX as u64;
        let length = u32::from_le_bytes(length) as usize;
        let record = T::decode(self.bytes_at(cursor, length)?)?;
        cursor.at += length as u64;
        Ok(record)
    }

    /// That many bytes from the cursor on.
    fn bytes_at<'a>(&'a self, cursor: &'a mut Cursor, length: usize) -> io::Result<&'a [u8]> {
        let end = cursor.at + length as u64;
        if end > self.end {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a record longer than its spool",
            ));
        }
        match &self.place {
            Place::Memory(memory) => Ok(&memory[cursor.at as usize..end as usize]),
            Place::File(file) => {
                let held = cursor.block_at..cursor.block_at + cursor.block.len() as u64;
                if cursor.at < held.start || end > held.end {
                    let most = (self.end - cursor.at).min(length.max(BLOCK) as u64) as usize;
                    // Emptied first, so that after an error nothing wrong is taken for read.
                    let mut block = std::mem::take(&mut cursor.block);
                    block.resize(most, 0);
                    file.read_exact_at(&mut block, cursor.at).map_err(|e| tell(e, &self.folder))?;
                    (cursor.block, cursor.block_at) = (block, cursor.at);
                }
                let from = (cursor.at - cursor.block_at) as usize;
                Ok(&cursor.block[from..from + length])
            }
        }
    }
}

fn write(file: &File, bytes: &[u8], at: u64, folder: &Path) -> io::Result<()> {
    file.write_all_at(bytes, at).map_err(|error| tell(error, folder))
}

/// An error with the place it happened at.
fn tell(error: io::Error, folder: &Path) -> io::Error {
    let text = format!("a temporary file in {}: {error}", folder.display());
    io::Error::new(error.kind(), text)
}

/// A place between two records, for [`Spool::next`].
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    at: u64,
    block: Vec<u8>,
    block_at: u64,
}

impl Cursor {
    /// Before the record that begins there.
    pub fn at(position: Position) -> Cursor {
        Cursor { at: position.0, ..Cursor::default() }
    }
}

/// The records of a spool, in order.
#[derive(Debug)]
pub struct Iter<'a, T> {
    spool: &'a Spool<T>,
    cursor: Cursor,
}

impl<T: Stored> Iterator for Iter<'_, T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<io::Result<T>> {
        self.spool.next(&mut self.cursor)
    }
}

impl<'a, T: Stored> IntoIterator for &'a Spool<T> {
    type Item = io::Result<T>;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}
