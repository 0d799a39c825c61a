//! Where the contents of records lie: in memory up to a limit, beyond it in a file without a name.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// How many times the limit memory may hold while there is no file to be had; beyond, the oldest
/// contents are let go.
const PATIENCE: u64 = 4;

/// A piece of contents: what one transaction wrote.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// These bytes.
    Memory(Arc<[u8]>),
    /// So many bytes of the file, from there.
    Filed { at: u64, length: usize },
    /// Nothing any more: memory was full, and so was the disk.
    LetGo,
}

/// The place of a piece. Pieces are numbered as they come.
pub(super) type Place = usize;

/// All contents.
pub(super) struct Contents {
    limit: u64,
    pieces: Vec<Piece>,
    /// The first piece that may lie in memory.
    unfiled: Place,
    memory: u64,
    file: Option<Arc<File>>,
    filed: u64,
    let_go: u64,
}

impl Contents {
    /// None yet; memory is to hold at most `limit` bytes of them.
    pub(super) fn new(limit: u64) -> Contents {
        let (pieces, file) = (Vec::new(), None);
        Contents { limit, pieces, unfiled: 0, memory: 0, file, filed: 0, let_go: 0 }
    }

    /// Keeps a piece.
    ///
    /// # Errors
    /// Why the file could not be written. The piece is kept in memory then; once that holds a few
    /// times its limit the oldest pieces are let go.
    pub(super) fn push(&mut self, bytes: Vec<u8>) -> (Place, io::Result<()>) {
        self.memory += bytes.len() as u64;
        self.pieces.push(Piece::Memory(bytes.into()));
        let spilled = if self.memory > self.limit { self.spill() } else { Ok(()) };
        if spilled.is_err() {
            self.let_go_of_the_oldest();
        }
        (self.pieces.len() - 1, spilled)
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            // 0600 and without a name: it ends with the program. (`tempfile()` would leave the mode
            // to the umask.)
            None => {
                Arc::clone(self.file.insert(Arc::new(tempfile::NamedTempFile::new()?.into_file())))
            }
        };
        for piece in &mut self.pieces[self.unfiled..] {
            if let Piece::Memory(bytes) = piece {
                file.write_all_at(bytes, self.filed)?;
                let length = bytes.len();
                *piece = Piece::Filed { at: self.filed, length };
                self.filed += length as u64;
                self.memory -= length as u64;
            }
            self.unfiled += 1;
        }
        (&*file).flush()
    }

    fn let_go_of_the_oldest(&mut self) {
        // The newest stays: it is what would be undone next.
        while self.memory > self.limit * PATIENCE && self.unfiled + 1 < self.pieces.len() {
            let piece = &mut self.pieces[self.unfiled];
            if let Piece::Memory(bytes) = piece {
                self.memory -= bytes.len() as u64;
                self.let_go += 1;
                *piece = Piece::LetGo;
            }
            self.unfiled += 1;
        }
    }

    /// How many pieces were let go.
    pub(super) fn let_go(&self) -> u64 {
        self.let_go
    }

    /// Bytes that lie in memory.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }

    /// Something to read a piece with, after this is unlocked.
    pub(super) fn reader(&self, place: Place) -> Reader {
        Reader { piece: self.pieces[place].clone(), file: self.file.clone() }
    }
}

/// Reads one piece.
#[derive(Clone)]
pub(super) struct Reader {
    piece: Piece,
    file: Option<Arc<File>>,
}

impl Reader {
    /// Its bytes.
    ///
    /// # Errors
    /// When the file cannot be read, or the piece was let go.
    pub(super) fn read(self) -> io::Result<Arc<[u8]>> {
        match (self.piece, self.file) {
            (Piece::Memory(bytes), _) => Ok(bytes),
            (Piece::Filed { at, length }, Some(file)) => {
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, at)?;
                Ok(bytes.into())
            }
            (Piece::Filed { .. } | Piece::LetGo, _) => Err(io::Error::other(
                "its contents were let go, since neither memory nor the disk had room for them",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn read(contents: &Contents, place: Place) -> io::Result<Vec<u8>> {
        contents.reader(place).read().map(|bytes| bytes.to_vec())
    }

    #[test]
    fn what_is_too_much_for_memory_lies_in_a_private_file_without_a_name() {
        let mut contents = Contents::new(100);
        let places: Vec<_> = (0..50_u8)
            .map(|n| {
                let (place, spilled) = contents.push(vec![n; 30]);
                spilled.expect("there is room on the disk");
                assert!(contents.memory() <= 100);
                place
            })
            .collect();
        for (n, place) in places.into_iter().enumerate() {
            assert_eq!(read(&contents, place).expect("kept"), vec![n as u8; 30]);
        }
        let file = contents.file.as_ref().expect("it was needed").metadata().expect("open");
        assert_eq!((file.mode() & 0o777, file.nlink()), (0o600, 0));
    }

    #[test]
    fn without_a_disk_memory_has_an_end_and_the_newest_stays() {
        let mut contents = Contents::new(100);
        // A file that cannot be written to.
        contents.file = Some(Arc::new(File::open("/dev/null").expect("it is there")));
        let mut failed = 0;
        for n in 0..40_u8 {
            let (_, spilled) = contents.push(vec![n; 30]);
            failed += u64::from(spilled.is_err());
            assert!(contents.memory() <= 100 * PATIENCE);
        }
        assert!(failed > 30, "{failed}");
        assert_eq!(read(&contents, 39).expect("kept"), vec![39; 30]);
        assert!(read(&contents, 0).is_err());
        assert_eq!(contents.let_go(), 40 - 13);
    }
}
