//! The view of one key's history: every version and delete since compaction, and then live.
//!
//! It is read as a watch on the key from the oldest revision left, which alone tells deletes exactly.
//! The server looks through all revisions of all keys for that, once: where these are very many the
//! view asks first.

mod act;

use std::time::Duration;

use super::App;
use super::clock::Timer;
use super::connection::Connection;
use super::effect::{Answer, Call, CallResult, Effect, WatchId};
use super::message::WatchNews;
use super::notice::named;
use super::purpose::{HistoryPurpose, Purpose, ViewPurpose};
use super::viewport::Cursor;
use crate::domain::history::{History, Row};
use crate::domain::txn::RangeRequest;
use crate::domain::value::{self, Rendering};
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

/// With more revisions to look through than this the view asks before it has the server do it.
pub const MANY: i64 = 1_000_000;
/// A replay of a key that is gone has ended when nothing came for so long, and for a second more
/// with each so many revisions that are looked through.
const QUIET: Duration = Duration::from_secs(1);
const A_SECOND: i64 = 200_000;

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
    shown_of: Option<(Revision, Rendering, u16)>,
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
    fn new(key: Key) -> HistoryView {
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
    pub(super) fn open_history_of(&mut self, key: Option<Key>) {
        match key.or_else(|| self.keys.selected_key().filter(|(_, dir)| !dir).map(|(key, _)| key)) {
            Some(key) => self.open_history(key),
            None => self.say("select a key: a history is of one key"),
        }
    }

    pub(super) fn open_history(&mut self, key: Key) {
        self.open_view(super::view::View::History(Box::new(HistoryView::new(key))));
        self.read_history();
    }

    pub(super) fn history_mut(&mut self) -> Option<&mut HistoryView> {
        match &mut self.view {
            Some(super::view::View::History(view)) => Some(view),
            _ => None,
        }
    }

    /// Reads all of it from the beginning; the selection and the mark stay.
    pub(super) fn read_history(&mut self) {
        let Some(view) = self.history_mut() else { return };
        view.history = History::default();
        view.reading = Reading::Starting;
        view.present = Present::Unknown;
        view.gaps.clear();
        view.unreadable.clear();
        let call = Call::Range(RangeRequest::get(view.key.clone()));
        self.tickets.forget(|purpose| matches!(purpose, Purpose::View(_)));
        self.effects.push(Effect::Unwatch(WatchId::VIEW));
        self.timers.clear(Timer::View);
        self.ask_history(HistoryPurpose::Present, call);
        self.redraw = true;
    }

    fn ask_history(&mut self, purpose: HistoryPurpose, call: Call) {
        self.ask(Purpose::View(ViewPurpose::History(purpose)), None, call);
    }

    pub(super) fn on_history_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
        self.redraw = true;
        let ViewPurpose::History(purpose) = purpose else { return };
        let Some(view) = self.history_mut() else { return };
        match (purpose, result) {
            (HistoryPurpose::Present, Ok(Answer::Range(answer))) => {
                let entry = answer.entries.into_iter().next();
                view.present =
                    entry.as_ref().map_or(Present::Absent, |e| Present::At(e.mod_revision));
                if let Some(entry) = entry {
                    view.history.add(entry);
                }
                view.opened_at = answer.revision;
                let key = view.key.clone();
                self.seen(answer.revision);
                self.ask_history(HistoryPurpose::Oldest, Call::Oldest(key));
            }
            (HistoryPurpose::Oldest, Ok(Answer::Oldest(oldest))) => {
                view.oldest = oldest;
                let many = view.revisions();
                if many > MANY {
                    view.reading = Reading::Waiting(many);
                } else {
                    self.replay_history();
                }
            }
            (HistoryPurpose::Value(revision), Ok(Answer::Range(answer))) => {
                let entry = answer.entries.into_iter().find(|e| e.mod_revision == revision);
                match entry {
                    Some(entry) => view.history.hold(revision, entry.value),
                    None => view.unreadable.push(revision),
                }
            }
            (HistoryPurpose::Value(revision), Err(error)) => {
                view.unreadable.push(revision);
                view.pending = None;
                match error.kind {
                    ErrorKind::Compacted { .. } => self.say_oldest(revision),
                    _ => self.complain(format!("value of revision {revision} not read: {error}")),
                }
            }
            (HistoryPurpose::Then(oldest), result) => self.on_oldest_version(oldest, result),
            (HistoryPurpose::Present | HistoryPurpose::Oldest, Err(error)) => {
                view.reading = Reading::Failed(error.clone());
                if error.is_connection() {
                    self.connection_broke(&error);
                }
            }
            _ => {}
        }
    }

    /// The replay begins: what was there at the oldest revision, and every event after it.
    pub(super) fn replay_history(&mut self) {
        let Some(view) = self.history_mut() else { return };
        view.reading = Reading::Replaying;
        let (key, oldest) = (view.key.clone(), view.oldest);
        if oldest > Revision(1) {
            self.ask_version_at(oldest);
        }
        // Of a server that did not tell, from the first one: the refusal will tell.
        let from = if oldest.is_some() { oldest.next() } else { Revision(1) };
        let range = KeyRange::single(key);
        self.effects.push(Effect::Watch { id: WatchId::VIEW, range, from });
    }

    fn ask_version_at(&mut self, revision: Revision) {
        let Some(view) = self.history_mut() else { return };
        let call = Call::Range(RangeRequest::get(view.key.clone()).at(revision));
        self.ask_history(HistoryPurpose::Then(revision), call);
    }

    /// What was there at the oldest revision: nothing an event of the replay would tell.
    fn on_oldest_version(&mut self, oldest: Revision, result: CallResult) {
        let Some(view) = self.history_mut() else { return };
        match result {
            Ok(Answer::Range(answer)) => {
                if let Some(entry) = answer.entries.into_iter().next() {
                    if view.present == Present::At(entry.mod_revision) {
                        // Not written since: there is nothing to replay.
                        view.reading = Reading::Live;
                    }
                    view.history.add(entry);
                }
            }
            // Compacted just now: the watch meets that too, and tells from where it goes on.
            Ok(_) | Err(StoreError { kind: ErrorKind::Compacted { .. }, .. }) => {}
            Err(error) => {
                self.complain(format!("what was there at revision {oldest} is not known: {error}"));
            }
        }
    }

    pub(super) fn on_history_watch(&mut self, news: WatchNews) {
        let now = self.now;
        let Some(view) = self.history_mut() else { return };
        match news {
            WatchNews::Watching { revision } => {
                view.reading = match (view.present, &view.reading) {
                    (_, Reading::Live) => Reading::Live,
                    // All events up to the present one had come before the stream broke.
                    (Present::At(at), _) if view.replayed(at) => Reading::Live,
                    _ => Reading::Replaying,
                };
                let quiet = view.quiet();
                self.seen(revision);
                self.timers.set(Timer::View, now + quiet);
            }
            WatchNews::Progress { revision } => {
                // Nothing is left to replay up to here.
                view.reading = Reading::Live;
                self.seen(revision);
            }
            WatchNews::Events { events, received } => {
                let last = events.last().map(crate::domain::Event::revision);
                for event in events {
                    // What happened before the view was opened is told late.
                    let live = event.revision() > view.opened_at;
                    view.history.apply(event, live.then_some(received));
                }
                if let (Some(last), Present::At(at)) = (last, view.present)
                    && last >= at
                {
                    view.reading = Reading::Live;
                }
                let quiet = view.quiet();
                if let Some(last) = last {
                    self.seen(last);
                }
                self.timers.set(Timer::View, now + quiet);
            }
            WatchNews::Lost { error, .. } => {
                view.reading = Reading::Lost;
                self.timers.clear(Timer::View);
                self.connection_broke(&error);
            }
            WatchNews::Gap { from, to, .. } => {
                let oldest = to.next();
                if view.history.len() <= 1 && view.reading == Reading::Replaying {
                    // Nothing was seen before it: it is where the history begins.
                    view.oldest = oldest;
                } else {
                    view.gaps.push((from, to));
                }
                self.ask_version_at(oldest);
            }
            WatchNews::Refused(error) => view.reading = Reading::Failed(error),
        }
    }

    /// The timer of the view: the replay of a key that is gone has fallen quiet.
    pub(super) fn history_is_quiet(&mut self) {
        if let Some(view) = self.history_mut()
            && view.reading == Reading::Replaying
            && view.present == Present::Absent
        {
            view.reading = Reading::Live;
            self.redraw = true;
        }
    }

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
        view.show_selected(width);
        let wanted = view.wanted().filter(|_| !awaits);
        let key = view.key.clone();
        if let Some(revision) = wanted {
            let call = Call::Range(RangeRequest::get(key).at(revision));
            self.ask_history(HistoryPurpose::Value(revision), call);
        }
        self.do_pending();
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
    /// Whether the replay has passed this revision; the row read at the start says nothing of that.
    fn replayed(&self, at: Revision) -> bool {
        self.history.row(0).is_some_and(|row| row.revision > at)
    }

    /// How many revisions the server looks through.
    fn revisions(&self) -> i64 {
        (self.opened_at.0 - self.oldest.0).max(0)
    }

    fn quiet(&self) -> Duration {
        QUIET + Duration::from_secs((self.revisions() / A_SECOND).unsigned_abs())
    }

    fn show_selected(&mut self, width: u16) {
        let row = self.selected().filter(|row| row.exists()).map(|row| row.revision);
        let wanted = row.filter(|revision| self.history.value(*revision).is_some());
        let wanted = wanted.map(|revision| (revision, self.rendering, width));
        if wanted != self.shown_of {
            self.shown_of = wanted;
            let value = wanted.and_then(|(revision, ..)| self.history.value(revision));
            self.shown = value
                .filter(|_| width > 0)
                .map(|value| value::View::new(value, self.rendering, usize::from(width)));
        }
    }
}
