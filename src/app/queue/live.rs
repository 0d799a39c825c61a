//! What keeps the view true: the watch on its keys, and how long the leases in view live.

use super::{LIVES, QueuesView, Row};
use crate::app::App;
use crate::app::clock::Timer;
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::follow::Follow;
use crate::app::load::Load;
use crate::app::message::WatchNews;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::domain::lease::Reading;
use crate::domain::queue::{member_name, shape};
use crate::domain::watch::FaultKind;
use crate::domain::{Event, EventKind, Key, LeaseId};

/// How many leases are read in one round: those in view.
const MOST: usize = 64;
/// Names seen come and go; with more than these everything is read anew.
const MOST_NAMES: usize = 20_000;

impl App {
    pub(in crate::app) fn on_queues_watch(&mut self, news: WatchNews) {
        let Some(view) = self.queues_mut() else { return };
        match news {
            WatchNews::Watching { revision } => {
                view.follow = Follow::Live;
                self.queues_seen(revision);
                self.begin_search();
            }
            WatchNews::Events { events, .. } => self.follow_queues(&events),
            WatchNews::Progress { revision } => self.queues_seen(revision),
            WatchNews::Lost { error } => {
                view.follow = Follow::Lost;
                if matches!(view.found, Load::Loading | Load::Idle) {
                    view.found = Load::Failed(error.clone());
                }
                self.connection_broke(&error);
            }
            WatchNews::Gap { from, to, .. } => {
                self.complain(format!(
                    "revisions {from} to {to} were compacted before they were seen; reading again"
                ));
                self.read_queues();
            }
            WatchNews::Fault { fault, .. } => {
                self.complain(format!("fault in the watch of the queues: {fault}"));
                if matches!(fault.kind, FaultKind::Late | FaultKind::Missed) {
                    self.read_queues();
                }
            }
            WatchNews::Replaced { .. } => self.read_queues(),
            // The view reads its keys itself.
            WatchNews::Found { .. } => {}
            WatchNews::Refused(error) => {
                self.complain(format!("the queues do not follow changes: {error}"));
                if let Some(view) = self.queues_mut() {
                    view.follow = Follow::Refused(error);
                }
                self.begin_search();
            }
        }
    }

    fn follow_queues(&mut self, events: &[Event]) {
        let now = self.now;
        let Some(view) = self.queues_mut() else { return };
        for event in events {
            view.follow_event(event, now);
        }
        let (crowded, wants) = (view.names.len() > MOST_NAMES, view.search.is_done());
        if crowded {
            view.names.clear();
            self.read_queues();
        } else if wants {
            self.read_pieces();
        }
        if let Some(last) = events.last() {
            self.queues_seen(last.revision());
        }
    }

    /// When the leases in view are to be read: at once when one of them never was.
    pub(super) fn settle_lives(&mut self) {
        if self.connection.is_stale() || self.awaits_lives() {
            return;
        }
        let now = self.now;
        let ids = self.leases_in_view();
        let Some(view) = self.queues_mut() else { return };
        let unread = ids.iter().any(|id| !view.lives.contains_key(id));
        let due = view.lives_due.unwrap_or(now);
        let due = if unread && !view.lives_refused { now } else { due };
        self.timers.set_earliest(Timer::View, due);
    }

    pub(super) fn read_lives(&mut self) {
        if self.connection.is_stale() || self.awaits_lives() {
            return;
        }
        let (now, ids) = (self.now, self.leases_in_view());
        let Some(view) = self.queues_mut() else { return };
        let unread = ids.iter().any(|id| !view.lives.contains_key(id)) && !view.lives_refused;
        let waits = view.lives_due.is_some_and(|due| due > now);
        if ids.is_empty() || waits && !unread {
            return;
        }
        view.lives_due = Some(now + LIVES);
        self.ask(Purpose::View(ViewPurpose::Lives), None, Call::LeaseStatuses(ids));
    }

    fn awaits_lives(&self) -> bool {
        self.tickets.awaits(|purpose| *purpose == Purpose::View(ViewPurpose::Lives))
    }

    /// The leases of the rows in view, each once.
    fn leases_in_view(&self) -> Vec<LeaseId> {
        let Some(view) = self.queues() else { return Vec::new() };
        let height = usize::from(self.viewport.view.height);
        let mut ids: Vec<LeaseId> = Vec::new();
        for row in view.rows().into_iter().skip(view.cursor.top).take(height.min(MOST)) {
            match row {
                Row::Member(_, _, member) if !ids.contains(&member.lease) => ids.push(member.lease),
                _ => {}
            }
        }
        ids
    }

    pub(super) fn on_lives(&mut self, result: CallResult) {
        let now = self.now;
        let Some(view) = self.queues_mut() else { return };
        match result {
            Ok(Answer::LeaseStatuses(statuses)) => {
                view.lives_refused = false;
                for (id, status) in statuses {
                    let reading = status.map(|status| match view.lives.get(&id) {
                        Some(Some(known)) => known.again(status, now),
                        _ => Reading::first(status, now),
                    });
                    view.lives.insert(id, reading);
                }
            }
            Ok(_) => {}
            Err(error) if error.is_connection() => self.connection_broke(&error),
            // Not every user may: the time left stays unknown, and is asked for now and then.
            Err(_) => view.lives_refused = true,
        }
    }
}

impl QueuesView {
    fn follow_event(&mut self, event: &Event, now: std::time::Instant) {
        let (key, lease) = (&event.entry.key, event.entry.lease);
        let member = member_name(key, lease).filter(|_| event.kind == EventKind::Put);
        if let Some(name) = member {
            if event.is_create() {
                self.arrived.insert(key.clone(), now);
            }
            if self.names.insert(name.clone()) {
                self.search.want_name(&name);
            }
        }
        let matters = self.search.is_whole() || self.matters(key, event.kind);
        if !matters {
            return;
        }
        self.known.apply(event);
        if let Some(next) = &mut self.next {
            next.apply(event);
        }
        self.changed = true;
    }

    /// Whether a key can be of a queue, where not everything under the prefix is known.
    fn matters(&self, key: &Key, kind: EventKind) -> bool {
        let bytes = key.as_bytes();
        let mut slashes = bytes.iter().enumerate().filter(|(_, b)| **b == b'/');
        let under_name = slashes.any(|(at, _)| self.names.contains(&bytes[..at]));
        // A deletion does not tell the lease: it may be of a member whose reading is under way.
        under_name || kind == EventKind::Delete && shape(key).is_some()
    }
}
