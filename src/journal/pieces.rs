//! Reads pieces of contents one after the other, without holding up who writes meanwhile.

use std::io;
use std::sync::Arc;

use super::Journal;
use super::contents::{Piece, Place};
use crate::archive::Cursor;
use crate::domain::journal::Written;

/// What is at some places, in order.
pub(super) struct Pieces {
    journal: Journal,
    places: std::vec::IntoIter<Place>,
    now: Now,
}

/// What is left of the piece that is being read.
enum Now {
    Spooled(Cursor, u64),
    Held(Arc<[Written]>, usize),
}

impl Pieces {
    pub(super) fn new(journal: &Journal, places: Vec<Place>) -> Pieces {
        let now = Now::Held(Arc::default(), 0);
        Pieces { journal: journal.clone(), places: places.into_iter(), now }
    }

    fn open(&mut self, place: Place) -> io::Result<()> {
        self.now = match self.journal.lock().contents.piece(place) {
            Piece::Spooled(at, count) => Now::Spooled(Cursor::at(at), count),
            Piece::Held(written) => Now::Held(written, 0),
            Piece::LetGo => {
                let why = "its contents were let go: neither memory nor the disk had room for them";
                return Err(io::Error::other(why));
            }
        };
        Ok(())
    }
}

impl Iterator for Pieces {
    type Item = io::Result<Written>;

    fn next(&mut self) -> Option<io::Result<Written>> {
        loop {
            match &mut self.now {
                Now::Spooled(cursor, left) if *left > 0 => {
                    *left -= 1;
                    return Some(self.journal.lock().contents.next(cursor));
                }
                Now::Held(written, at) if *at < written.len() => {
                    *at += 1;
                    return Some(Ok(written[*at - 1].clone()));
                }
                Now::Spooled(..) | Now::Held(..) => {
                    let place = self.places.next()?;
                    if let Err(error) = self.open(place) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}
