//! The view of one key's history: every version and delete since compaction, and then live.
//!
//! It is read as a watch on the key from the oldest revision left, which alone tells deletes exactly.
//! The server looks through all revisions of all keys for that, once: where these are very many the
//! view asks first.

mod act;
mod read;

use super::App;
use super::connection::Connection;
use super::effect::{Answer, Call, CallResult, Effect};
use super::notice::named;
use super::purpose::{HistoryPurpose, Purpose, ViewPurpose};
use super::value::{Laid, takes_long};
use super::viewport::Cursor;
use crate::domain::history::{History, Row};
use crate::domain::txn::RangeRequest;
use crate::domain::value::{self, Rendering};
use crate::domain::{Key, Revision};
use crate::store::StoreError;

/// With more revisions to look through than this the view asks before it has the server do it.
pub const MANY: i64 = 200_000;
/// What the view of a history shows.
pub struct HistoryView {
    /// Which key.
    pub key: Key,
    /// What is known of it.
    pub history: History,
    /// How the reading is doing.
    pub reading: Reading,
    /// The oldest revision left when the reading began; none before that is known.
    pub oldest: Revision,
    /// Revisions that were compacted before they were seen: the first and the last.
    pub gaps: Vec<(Revision, Revision)>,
    /// The selected row, the newest being number 0, and the first one shown.
    pub cursor: Cursor,
    /// The row that a difference begins or ends at.
    pub marked: Option<Revision>,
    /// How the selected value is to be shown.
    pub rendering: Rendering,
    /// The selected value, laid out.
    pub shown: Option<value::View>,
    shown_of: Option<Laid>,
    /// The revision of the selected row: the selection stays on it. None: on the newest.
    anchor: Option<Revision>,
    /// What the key was when the view was opened, and when that was.
    present: Present,
    opened_at: Revision,
    /// What is to be done as soon as the values it needs are here.
    pending: Option<Pending>,
    /// Values that could not be read again.
    unreadable: Vec<Revision>,
}

/// How the reading of a history is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Asked how things are.
    Starting,
    /// So many revisions of all keys lie between: nobody asked for that yet.
    Waiting(i64),
    /// The replay is under way.
    Replaying,
    /// All is here, and what happens is added.
    Live,
    /// The stream broke; it goes on after the last event by itself.
    Lost,
    /// It could not be read.
    Failed(StoreError),
}

/// What the key was when the view was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Present {
    Unknown,
    /// Last written at this revision.
    At(Revision),
    Absent,
}

/// What waits for values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pending {
    /// The difference between two rows; without the first, from nothing.
    Diff(Option<Revision>, Revision),
    Restore(Revision),
    Copy(Revision),
}

impl Pending {
    fn needs(self) -> impl Iterator<Item = Revision> {
        let (a, b) = match self {
            Pending::Diff(a, b) => (a, b),
            Pending::Restore(at) | Pending::Copy(at) => (None, at),
        };
        a.into_iter().chain([b])
    }
}

impl HistoryView {
    pub(super) fn new(key: Key) -> HistoryView {
        HistoryView {
            key,
            history: History::default(),
            reading: Reading::Starting,
            oldest: Revision::NONE,
            gaps: Vec::new(),
            cursor: Cursor::default(),
            marked: None,
            rendering: Rendering::default(),
            shown: None,
            shown_of: None,
            anchor: None,
            present: Present::Unknown,
            opened_at: Revision::NONE,
            pending: None,
            unreadable: Vec::new(),
        }
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&Row> {
        self.history.row(self.cursor.selected)
    }

    /// Whether the value of a row could not be read again.
    pub fn is_unreadable(&self, revision: Revision) -> bool {
        self.unreadable.contains(&revision)
    }

    /// The first value that is wanted and not here: of what waits, else of the selected row.
    fn wanted(&self) -> Option<Revision> {
        let selected = self.selected().map(|row| row.revision);
        let pending = self.pending.into_iter().flat_map(Pending::needs);
        let missing = |revision: &Revision| {
            let row = self.history.at(*revision);
            row.is_some_and(Row::exists)
                && self.history.value(*revision).is_none()
                && !self.is_unreadable(*revision)
        };
        pending.chain(selected).find(missing)
    }
}

impl App {
    /// `:history [KEY]`: without a key, of the selected one.
    /// After every message: the selection stays on its row, and what it shows is fetched.
    pub(super) fn settle_history(&mut self) {
        let (height, width) = (self.viewport.view.height, self.viewport.aside.width);
        let online = self.connection.now == Connection::Online;
        let reads = |p: &Purpose| {
            matches!(p, Purpose::View(ViewPurpose::History(HistoryPurpose::Value(_))))
        };
        let awaits = self.tickets.awaits(reads);
        let Some(view) = self.history_mut() else { return };
        if online && matches!(&view.reading, Reading::Failed(error) if error.is_connection()) {
            return self.read_history();
        }
        let at = view.anchor.and_then(|revision| view.history.index_of(revision));
        view.cursor.selected = at.unwrap_or(0);
        view.cursor.settle(view.history.len(), usize::from(height));
        let long = view.show_selected(width);
        let wanted = view.wanted().filter(|_| !awaits);
        let key = view.key.clone();
        if let Some(revision) = wanted {
            let call = Call::Range(RangeRequest::get(key).at(revision));
            self.ask_history(HistoryPurpose::Value(revision), call);
        }
        if let Some((laid, value)) = long {
            self.lay_version_out(laid, value);
        }
        self.do_pending();
    }

    fn lay_version_out(&mut self, (revision, rendering, width): Laid, value: Vec<u8>) {
        let of_versions = |purpose: &Purpose| {
            matches!(purpose, Purpose::View(ViewPurpose::History(HistoryPurpose::Layout(..))))
        };
        self.tickets.forget(of_versions);
        let purpose = HistoryPurpose::Layout(revision, rendering, width);
        let purpose = Purpose::View(ViewPurpose::History(purpose));
        let ticket = self.tickets.issue(purpose, self.now);
        self.effects.push(Effect::LayOut { ticket, value, rendering, width });
    }

    /// A task has laid a large version out.
    pub(super) fn on_version_laid_out(&mut self, laid: Laid, rows: value::View) {
        if let Some(view) = self.history_mut().filter(|view| view.shown_of == Some(laid)) {
            view.shown = Some(rows);
            self.redraw = true;
        }
    }

    /// Restoring a version: what is there now is read first, then it is asked.
    pub(super) fn on_restore_look(
        &mut self,
        key: &Key,
        value: Vec<u8>,
        at: Revision,
        result: CallResult,
    ) {
        let entry = match result {
            Ok(Answer::Range(answer)) => answer.entries.into_iter().next(),
            Ok(_) => None,
            Err(error) => return self.complain(format!("not restored: {error}")),
        };
        if entry.as_ref().is_some_and(|entry| entry.value == value) {
            return self.say(format!("{} has this value already", named(key)));
        }
        self.ask_to_restore(key, entry.as_ref(), value, at);
    }
}

impl HistoryView {
    /// Lays the selected value out, or gives what a task is to lay out.
    fn show_selected(&mut self, width: u16) -> Option<(Laid, Vec<u8>)> {
        let row = self.selected().filter(|row| row.exists()).map(|row| row.revision);
        let wanted = row.filter(|revision| self.history.value(*revision).is_some());
        let wanted = wanted.map(|revision| (revision, self.rendering, width));
        if wanted == self.shown_of {
            return None;
        }
        self.shown_of = wanted;
        let value = wanted.and_then(|(revision, ..)| self.history.value(revision));
        let value = value.filter(|_| width > 0);
        if let (Some(laid), Some(value)) = (wanted, value.filter(|value| takes_long(value))) {
            self.shown = None;
            return Some((laid, value.to_vec()));
        }
        self.shown = value.map(|value| value::View::new(value, self.rendering, usize::from(width)));
        None
    }
}
