//! The journal as the screen knows it: a line of each write made here, and what undoing the last means.
//!
//! The contents lie in the runtime. At most [`LINES`] lines are kept; how many older ones there are is
//! said, and each of them can still be undone by its number.

mod act;
mod record;
mod view;

use std::collections::{BTreeSet, VecDeque};

use super::App;
use crate::domain::Revision;
use crate::domain::bulk::{PlanRequest, Report};
use crate::domain::journal::{JournalId, JournalLine, Standing};

pub use record::{Contents, Part, RecordSheet};
pub use view::JournalView;

/// How many lines are kept.
pub const LINES: usize = 10_000;

/// The lines of the journal, oldest first.
#[derive(Debug, Default)]
pub struct Journal {
    lines: VecDeque<JournalLine>,
    forgotten: u64,
    /// Records whose undo ended before its time: they can be undone further.
    unfinished: BTreeSet<JournalId>,
    /// Rows made from an older journal are old.
    version: u64,
}

/// What there is to undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// This record.
    Record(JournalId),
    /// Everything was undone.
    AllUndone,
    /// Nothing was written here yet.
    Nothing,
}

impl Journal {
    /// The newest record.
    pub fn newest(&self) -> Option<&JournalLine> {
        self.lines.back()
    }

    /// The revision of the newest write of which one is known, or of the first transaction of it.
    pub fn last_write(&self) -> Option<Revision> {
        self.lines().map(|line| line.revisions.0).find(|revision| revision.is_some())
    }

    /// All lines that are kept, newest first.
    pub fn lines(&self) -> impl Iterator<Item = &JournalLine> {
        self.lines.iter().rev()
    }

    /// How many older records there are without a line.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The line of a record, where it is kept.
    pub fn line(&self, id: JournalId) -> Option<&JournalLine> {
        let at = self.lines.binary_search_by_key(&id, |line| line.id).ok()?;
        self.lines.get(at)
    }

    /// Whether the undo of this record ended before its time, so that some of it is to be undone yet.
    pub fn is_half_undone(&self, id: JournalId) -> bool {
        self.unfinished.contains(&id)
    }

    /// Takes a new line, or what became of one.
    pub fn record(&mut self, line: JournalLine) {
        self.version += 1;
        if let Some(undone) = line.undoes {
            self.stands(undone, Standing::Undone(line.id));
        }
        // Of the parallel work of two records the second may be told first.
        match self.lines.binary_search_by_key(&line.id, |line| line.id) {
            Ok(at) => {
                let standing = match (&self.lines[at].standing, &line.standing) {
                    (Standing::Undone(by), _) => Standing::Undone(*by),
                    (Standing::Done | Standing::Unknown, now) => now.clone(),
                };
                self.lines[at] = JournalLine { standing, ..line };
            }
            Err(0) if self.forgotten > 0 => {}
            Err(at) => {
                self.lines.insert(at, line);
                if self.lines.len() > LINES {
                    self.lines.pop_front();
                    self.forgotten += 1;
                }
            }
        }
    }

    fn stands(&mut self, id: JournalId, standing: Standing) {
        if let Ok(at) = self.lines.binary_search_by_key(&id, |line| line.id) {
            self.lines[at].standing = standing;
        }
    }

    /// How the undo of a record ended.
    pub fn undo_ended(&mut self, id: JournalId, report: &Report) {
        self.version += 1;
        if report.journal.is_some() && (report.stopped || report.error.is_some()) {
            self.unfinished.insert(id);
        } else {
            self.unfinished.remove(&id);
        }
    }

    /// What `u` takes back: the newest write that stands. An undo is none, so that pressing it again
    /// walks back through the writes as an editor does; undoing an undo, which writes again what it had
    /// taken back, is a write like any other.
    pub fn undoable(&self) -> Undoable {
        let stands = |line: &&JournalLine| match line.standing {
            Standing::Done | Standing::Unknown => true,
            Standing::Undone(_) => self.is_half_undone(line.id),
        };
        let found =
            self.lines().filter(|line| line.keys > 0 && !self.takes_back(line)).find(stands);
        match found {
            Some(line) => Undoable::Record(line.id),
            None if self.lines.is_empty() => Undoable::Nothing,
            None => Undoable::AllUndone,
        }
    }

    /// Whether a record takes something back, rather than writing or writing again.
    fn takes_back(&self, line: &JournalLine) -> bool {
        let mut takes_back = false;
        let mut undoes = line.undoes;
        while let Some(id) = undoes {
            takes_back = !takes_back;
            // Of what it took back nothing is known any more: it is called an undo.
            undoes = self.line(id).and_then(|line| line.undoes);
        }
        takes_back
    }
}

impl App {
    pub(super) fn on_journaled(&mut self, line: JournalLine) {
        self.seen(line.revisions.1);
        self.read_what_was_written(&line);
        self.journal.record(line);
        self.redraw |= self.shows_journal();
    }

    /// `u`, `:undo`: takes back the newest write that stands, after showing what that means.
    pub(super) fn undo_last(&mut self) {
        match self.journal.undoable() {
            Undoable::Record(id) => self.plan(PlanRequest::Undo(id)),
            Undoable::Nothing => self.say("nothing was written from here yet"),
            Undoable::AllUndone => {
                self.say("every write made here was undone; :journal can undo the undoing");
            }
        }
    }

    /// `:undo N`, and `u` in the view.
    pub(super) fn undo(&mut self, id: JournalId) {
        let newest = self.journal.newest().map_or(0, |line| line.id.0);
        if id.0 == 0 || id.0 > newest {
            let known = match newest {
                0 => "nothing was written from here yet".to_owned(),
                newest => format!("the newest is write {newest}"),
            };
            return self.complain(format!("there is no write {id}: {known}"));
        }
        match self.journal.line(id) {
            Some(JournalLine { keys: 0, .. }) => {
                self.complain(format!("write {id} cannot be undone: its keys are not known"));
            }
            Some(JournalLine { standing: Standing::Undone(by), .. })
                if !self.journal.is_half_undone(id) =>
            {
                self.complain(format!(
                    "write {id} was undone by write {by}; undo that one to redo it"
                ));
            }
            Some(_) | None => self.plan(PlanRequest::Undo(id)),
        }
    }
}
