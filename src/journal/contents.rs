//! Where the contents of records lie: in memory up to a limit, beyond it in a file without a name.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::{Cursor, Position, Spool, Stored};
use crate::domain::journal::Written;

/// How many times the limit memory may hold while the file cannot be written; beyond, the oldest
/// contents held so are let go.
const PATIENCE: usize = 4;

/// A piece of contents: what one transaction wrote.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// So many in the spool, from there on.
    Spooled(Position, u64),
    /// These: the file could not be written.
    Held(Arc<[Written]>),
    /// Nothing any more: memory was full, and so was the disk.
    LetGo,
}

/// The number of a piece.
pub(super) type Place = usize;

/// All contents.
pub(super) struct Contents {
    limit: usize,
    spool: Spool<Written>,
    pieces: Vec<Piece>,
    /// The pieces held in memory for want of a file, with their sizes, oldest first.
    held: VecDeque<(Place, usize)>,
    held_bytes: usize,
    let_go: u64,
}

impl Contents {
    /// None yet; memory is to hold at most `limit` bytes of them, and the file is to be in `folder`.
    pub(super) fn new(limit: usize, folder: PathBuf) -> Contents {
        Contents {
            limit,
            spool: Spool::new(limit, folder),
            pieces: Vec::new(),
            held: VecDeque::new(),
            held_bytes: 0,
            let_go: 0,
        }
    }

    /// Keeps what a transaction wrote.
    ///
    /// # Errors
    /// Why the file could not be written. It is kept in memory then; once that holds a few times its
    /// limit, the oldest kept so are let go.
    pub(super) fn push(&mut self, written: &[Written]) -> (Place, io::Result<()>) {
        let place = self.pieces.len();
        match self.spool(written) {
            Ok(piece) => {
                self.pieces.push(piece);
                (place, Ok(()))
            }
            Err(error) => {
                self.pieces.push(Piece::Held(written.into()));
                let size = written.iter().map(size).sum();
                self.held.push_back((place, size));
                self.held_bytes += size;
                self.let_go_of_the_oldest();
                (place, Err(error))
            }
        }
    }

    fn spool(&mut self, written: &[Written]) -> io::Result<Piece> {
        let mut first = None;
        for written in written {
            let at = self.spool.append(written)?;
            first = first.or(Some(at));
        }
        Ok(Piece::Spooled(first.unwrap_or_default(), written.len() as u64))
    }

    fn let_go_of_the_oldest(&mut self) {
        // The newest stays: it is what would be undone next.
        while self.held_bytes > self.limit * PATIENCE && self.held.len() > 1 {
            let Some((place, size)) = self.held.pop_front() else { return };
            self.pieces[place] = Piece::LetGo;
            self.held_bytes -= size;
            self.let_go += 1;
        }
    }

    /// How many pieces were let go.
    pub(super) fn let_go(&self) -> u64 {
        self.let_go
    }

    /// Bytes that lie in memory.
    pub(super) fn memory(&self) -> u64 {
        let spooled = if self.spool.in_memory() { self.spool.bytes() } else { 0 };
        spooled + self.held_bytes as u64
    }

    /// The piece at a place.
    pub(super) fn piece(&self, place: Place) -> Piece {
        self.pieces[place].clone()
    }

    /// The next one at the cursor in the spool.
    pub(super) fn next(&self, cursor: &mut Cursor) -> io::Result<Written> {
        let missing = || io::Error::new(io::ErrorKind::UnexpectedEof, "the journal has an end");
        self.spool.next(cursor).unwrap_or_else(|| Err(missing()))
    }
}

/// What it takes, as it would be stored.
fn size(written: &Written) -> usize {
    let mut bytes = Vec::new();
    // Of what cannot be told the form, nothing is known but that it is small.
    let _ = written.encode(&mut bytes);
    bytes.len()
}
