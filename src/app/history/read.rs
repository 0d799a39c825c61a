//! Reading a history: how it is now, what is left of it, and the replay of that.

use std::time::Duration;

use super::{HistoryView, MANY, Present, Reading};
use crate::app::App;
use crate::app::clock::Timer;
use crate::app::effect::{Answer, Call, CallResult, Effect, WatchId};
use crate::app::message::WatchNews;
use crate::app::purpose::{HistoryPurpose, Purpose, ViewPurpose};
use crate::domain::history::History;
use crate::domain::txn::RangeRequest;
use crate::domain::{Event, KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

/// A replay of a key that is gone has ended when nothing came for so long, and for a second more
/// with each so many revisions that are looked through.
const QUIET: Duration = Duration::from_secs(1);
const A_SECOND: i64 = 100_000;

impl App {
    /// Reads all of it from the beginning; the selection and the mark stay.
    pub(in crate::app) fn read_history(&mut self) {
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

    pub(super) fn ask_history(&mut self, purpose: HistoryPurpose, call: Call) {
        self.ask(Purpose::View(ViewPurpose::History(purpose)), None, call);
    }

    pub(in crate::app) fn on_history_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
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
    pub(in crate::app) fn replay_history(&mut self) {
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

    pub(in crate::app) fn on_history_watch(&mut self, news: WatchNews) {
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
                let last = events.last().map(Event::revision);
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
            WatchNews::Lost { error } => {
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
            WatchNews::Fault { fault, .. } => {
                self.complain(format!("fault in the watch of the key: {fault}"));
            }
            WatchNews::Replaced { .. } => self.read_history(),
            // The view reads its key itself.
            WatchNews::Found { .. } => {}
            WatchNews::Refused(error) => view.reading = Reading::Failed(error),
        }
    }

    /// The timer of the view: the replay of a key that is gone has fallen quiet.
    pub(in crate::app) fn history_is_quiet(&mut self) {
        if let Some(view) = self.history_mut()
            && view.reading == Reading::Replaying
            && view.present == Present::Absent
        {
            view.reading = Reading::Live;
            self.redraw = true;
        }
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
}
