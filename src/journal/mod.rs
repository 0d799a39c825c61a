//! The journal: what was written from here, kept so that it can be shown and taken back.
//!
//! A [`Journal`] is a handle that is cheap to clone. Contents lie in memory up to a limit and beyond it
//! in a file without a name that only this program can read; what stays in memory for each record is
//! its line and the places of its contents. Writes are recorded with what they overwrote, which
//! [`record_txn`] finds out.

mod contents;
mod pieces;
mod put_back;
mod trail;
mod txn;
mod what;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use contents::{Contents, Place};
use pieces::Pieces;
use put_back::PutBack;
use trail::Head;

use crate::domain::Revision;
use crate::domain::journal::{JournalId, JournalLine, Standing, Written};

pub use trail::Trail;
pub use txn::{as_sent, record_txn, unnamed};
pub use what::{describe, describe_sent};

/// How many bytes of contents memory holds unless told otherwise.
pub const LIMIT: usize = 8 << 20;

/// How long the words about a record may be, in bytes: keys have no end, a list has.
const WHAT: usize = 512;

/// Everything written from here in one run of the program.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    contents: Contents,
    records: Vec<Record>,
    trail: Option<Trail>,
    /// Of the file that memory is spilled to, and of the trail.
    spilling: Trouble,
    trailing: Trouble,
    tell: Option<Box<dyn Fn(String) + Send>>,
}

/// A record: its line, and where the contents of each of its transactions lie.
struct Record {
    line: JournalLine,
    places: Vec<Place>,
}

/// Something that keeps the journal from doing its work, told once each time it changes.
#[derive(Default)]
struct Trouble {
    now: Option<String>,
    told: bool,
}

impl Trouble {
    fn set(&mut self, trouble: Option<String>, tell: Option<&(dyn Fn(String) + Send)>) {
        if self.now != trouble {
            *self = Trouble { now: trouble, told: false };
        }
        if let (Some(tell), Some(trouble), false) = (tell, &self.now, self.told) {
            tell(trouble.clone());
            self.told = true;
        }
    }
}

impl Default for Journal {
    /// An empty journal with the usual limit.
    fn default() -> Journal {
        Journal::new(LIMIT)
    }
}

impl Journal {
    /// An empty journal of which memory holds at most `limit_bytes` of contents.
    pub fn new(limit_bytes: usize) -> Journal {
        let contents = Contents::new(limit_bytes, std::env::temp_dir());
        let shared = Shared {
            contents,
            records: Vec::new(),
            trail: None,
            spilling: Trouble::default(),
            trailing: Trouble::default(),
            tell: None,
        };
        Journal { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Appends everything to a file as well, from now on. That the file cannot be written is told
    /// through [`Journal::on_trouble`], and keeps nobody from writing to etcd.
    pub fn keep_trail(&self, mut trail: Trail) {
        let mut shared = self.lock();
        let checked = trail.check();
        shared.trail = Some(trail);
        shared.trail_is(checked);
    }

    /// Has somebody told, in a sentence, what keeps the journal from doing its work: a disk without
    /// room, for one. It is called while the journal is locked, so it must not come back here. What
    /// happened before is told at once.
    pub fn on_trouble(&self, tell: impl Fn(String) + Send + 'static) {
        let mut shared = self.lock();
        let shared = &mut *shared;
        for trouble in [&mut shared.spilling, &mut shared.trailing] {
            trouble.set(trouble.now.clone(), Some(&tell));
        }
        shared.tell = Some(Box::new(tell));
    }

    /// Begins a record: of one write, or of a job that writes in many transactions. Nothing is
    /// recorded until something is added. `what` says what it does, its keys escaped; `undoes` is the
    /// record it takes back.
    pub fn begin(&self, mut what: String, undoes: Option<JournalId>) -> Recording {
        if what.len() > WHAT {
            let end = (0..=WHAT).rev().find(|at| what.is_char_boundary(*at));
            what.truncate(end.unwrap_or(0));
            what.push('…');
        }
        Recording { journal: self.clone(), what, undoes, id: None }
    }

    /// The line of a record.
    pub fn line(&self, id: JournalId) -> Option<JournalLine> {
        self.lock().record(id).ok().map(|record| record.line.clone())
    }

    /// The contents of a record as they were recorded, at most `limit` keys of them.
    ///
    /// # Errors
    /// In words: there is no such record, or its contents cannot be read.
    pub fn read(&self, id: JournalId, limit: usize) -> Result<Vec<Written>, String> {
        let places = self.lock().record(id)?.places.clone();
        let contents = Pieces::new(self, places).take(limit).collect::<io::Result<Vec<_>>>();
        contents.map_err(|error| format!("write {id}: {error}"))
    }

    /// The contents of a record, in the order they were written, as what is to be undone: where a
    /// later undo from here put a key back to what this record had made of it, its revision is that
    /// of the undo, so that [`Written::guard`] holds and one can go on undoing.
    ///
    /// # Errors
    /// In words: there is no such record, or what stands in the way of reading it. An item is an error
    /// when the file with its contents cannot be read.
    #[expect(clippy::iter_not_returning_iterator, reason = "it may fail before the first item")]
    pub fn iter(
        &self,
        id: JournalId,
    ) -> Result<impl Iterator<Item = io::Result<Written>> + Send + use<>, String> {
        let (places, later) = {
            let shared = self.lock();
            (shared.record(id)?.places.clone(), shared.later_undos(id)?)
        };
        let put_back = PutBack::new(self, &places, later);
        let put_back = put_back.map_err(|error| format!("write {id}: {error}"))?;
        Ok(Pieces::new(self, places).map(move |written| written.map(|w| put_back.apply(w))))
    }

    /// Says of a record that another one took all of it back, and gives its line as it is now; `None`
    /// where there is no such record.
    pub fn set_undone(&self, id: JournalId, by: JournalId) -> Option<JournalLine> {
        let mut shared = self.lock();
        let at = id.0.checked_sub(1).and_then(|at| usize::try_from(at).ok())?;
        let record = shared.records.get_mut(at)?;
        record.line.standing = Standing::Undone(by);
        Some(record.line.clone())
    }

    /// How many bytes of contents lie in memory.
    pub fn memory(&self) -> u64 {
        self.lock().contents.memory()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // Nothing in here is left half done by a panic.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn trail_is(&mut self, result: Result<(), String>) {
        self.trailing.set(result.err(), self.tell.as_deref());
    }

    fn record(&self, id: JournalId) -> Result<&Record, String> {
        let at = id.0.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let record = at.and_then(|at| self.records.get(at));
        record.ok_or_else(|| format!("there is no write {id} in the journal"))
    }

    /// The contents of the undos that came after a record, oldest first.
    fn later_undos(&self, id: JournalId) -> Result<Vec<Place>, String> {
        let mut places = Vec::new();
        let after = self.record(id)?.line.id;
        for record in self.records.iter().rev().take_while(|record| record.line.id > after) {
            if record.line.undoes.is_some() {
                places.extend(record.places.iter().rev());
            }
        }
        places.reverse();
        Ok(places)
    }
}

/// A record in the making. It stays open for as long as it is kept, and ends by itself.
pub struct Recording {
    journal: Journal,
    what: String,
    undoes: Option<JournalId>,
    id: Option<JournalId>,
}

impl Recording {
    /// Adds what a transaction wrote, and gives the record's line as it is now, for the screen. To be
    /// called after each transaction that wrote something.
    pub fn add(&mut self, written: Vec<Written>, time: SystemTime) -> JournalLine {
        self.push(written, time, Standing::Done)
    }

    /// Adds what a transaction was to write of which no answer tells whether it did, at no revision.
    /// The whole record is then called unknown.
    pub fn add_unknown(&mut self, sent: Vec<Written>, time: SystemTime) -> JournalLine {
        self.push(sent, time, Standing::Unknown)
    }

    /// Its number, once something was added.
    pub fn id(&self) -> Option<JournalId> {
        self.id
    }

    fn push(&mut self, written: Vec<Written>, time: SystemTime, standing: Standing) -> JournalLine {
        let mut shared = self.journal.lock();
        let shared = &mut *shared;
        let (place, kept) = shared.contents.push(&written);
        let spilling = kept.err().map(|error| trouble(&error, shared.contents.let_go()));
        shared.spilling.set(spilling, shared.tell.as_deref());
        let id = *self.id.get_or_insert_with(|| {
            let id = JournalId(shared.records.len() as u64 + 1);
            let line = JournalLine {
                id,
                time,
                what: std::mem::take(&mut self.what),
                keys: 0,
                first: None,
                revisions: (Revision::NONE, Revision::NONE),
                standing: Standing::Done,
                undoes: self.undoes,
            };
            shared.records.push(Record { line, places: Vec::new() });
            id
        });
        let at = id.0 as usize - 1;
        let record = &mut shared.records[at];
        record.places.push(place);
        let line = &mut record.line;
        line.keys += written.len() as u64;
        for Written { revision, .. } in written.iter().filter(|w| w.revision.is_some()) {
            let (first, last) = line.revisions;
            let first = if first.is_some() { first.min(*revision) } else { *revision };
            line.revisions = (first, last.max(*revision));
        }
        let known = standing != Standing::Unknown;
        if !known {
            line.standing = standing;
        }
        if let Some(trail) = &mut shared.trail {
            let Record { line: JournalLine { what, undoes, .. }, .. } = &shared.records[at];
            let head = Head { id, time, what, undoes: *undoes, known };
            let appended = trail.append(&head, &written);
            shared.trail_is(appended);
        }
        let line = &mut shared.records[at].line;
        line.first = line.first.take().or_else(|| written.into_iter().next().map(|w| w.key));
        line.clone()
    }
}

fn trouble(error: &io::Error, let_go: u64) -> String {
    let end = if let_go > 0 {
        "its memory is full, and the oldest writes can no longer be undone"
    } else {
        "it stays in memory for now"
    };
    format!("the journal cannot be written to a temporary file ({error}): {end}")
}
