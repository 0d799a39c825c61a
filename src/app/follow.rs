//! Following: the background watches that keep the tree true, one for each range that may be read.

use std::time::Duration;

use super::App;
use super::clock::Timer;
use super::effect::{Effect, WatchId};
use super::message::WatchNews;
use super::purpose::Purpose;
use crate::domain::journal::JournalLine;
use crate::domain::tree::NodeId;
use crate::domain::watch::{FaultKind, Replaced};
use crate::domain::{Event, Revision};
use crate::store::StoreError;

/// How long the mark of a change by somebody else stays.
pub const MARKED: Duration = Duration::from_secs(2);

/// Whether the tree follows the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Follow {
    /// Not yet.
    Off,
    /// Asked for.
    Starting,
    /// It does.
    Live,
    /// The stream broke; it goes on after the last event when the connection stands.
    Lost,
    /// The server refuses the watch: the tree is as it was listed.
    Refused(StoreError),
}

/// One of the watches.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    state: Follow,
    /// The newest event it brought.
    pub(super) newest: Revision,
}

impl Follow {
    /// The worst of them: what is to be said of the tree as a whole.
    fn of(watches: &[Followed]) -> Follow {
        let rank = |state: &Follow| match state {
            Follow::Live => 0,
            Follow::Starting | Follow::Off => 1,
            Follow::Lost => 2,
            Follow::Refused(_) => 3,
        };
        let worst = watches.iter().map(|watch| &watch.state).max_by_key(|state| rank(state));
        worst.cloned().unwrap_or(Follow::Off)
    }
}

impl App {
    /// Whether the tree is to follow the store: that is wanted, and it shows the present.
    pub(super) fn may_follow(&self) -> bool {
        self.settings.follow && self.past.is_none()
    }

    /// What was written here is read again by a tree that does not follow the store.
    pub(super) fn read_what_was_written(&mut self, line: &JournalLine) {
        if self.settings.follow || self.past.is_some() {
            return;
        }
        match &line.first {
            Some(key) if line.keys == 1 => {
                let dir = self.keys.tree.miss_change(key.as_bytes(), line.revisions.1);
                if let Some(dir) = dir {
                    self.start_listing(dir);
                }
            }
            _ => {
                self.keys.tree.stale_all();
                self.list_open_again();
            }
        }
    }

    /// Follows everything below the root from the revision after `listed` on.
    pub(super) fn start_follow(&mut self, listed: Revision) {
        self.keys.tree.follow_from(listed);
        let mut ranges = self.readable_of(NodeId::ROOT);
        self.keys.unfollowed = ranges.len().saturating_sub(WatchId::FOLLOWING);
        ranges.truncate(WatchId::FOLLOWING);
        self.keys.followed =
            vec![Followed { state: Follow::Starting, newest: listed }; ranges.len()];
        self.keys.follow = Follow::of(&self.keys.followed);
        for (at, range) in ranges.into_iter().enumerate() {
            self.effects.push(Effect::Watch {
                id: WatchId::following(at),
                range,
                from: listed.next(),
            });
        }
    }

    pub(super) fn stop_follow(&mut self) {
        for at in 0..self.keys.followed.len().max(1) {
            self.effects.push(Effect::Unwatch(WatchId::following(at)));
        }
        self.keys.followed.clear();
        self.keys.follow = Follow::Off;
    }

    /// News of the watch with this number among those of the tree.
    pub(super) fn on_follow(&mut self, at: usize, news: WatchNews) {
        let before = self.keys.follow.clone();
        let state = match news {
            WatchNews::Watching { revision } => {
                self.seen(revision);
                Some(Follow::Live)
            }
            WatchNews::Events { events, .. } => {
                self.follow_events(at, &events);
                None
            }
            WatchNews::Progress { revision } => {
                self.seen(revision);
                None
            }
            WatchNews::Lost { error } => {
                self.connection_broke(&error);
                Some(Follow::Lost)
            }
            WatchNews::Gap { from, to, .. } => {
                self.keys.tree.stale_all();
                self.keys.tree.follow_from(to);
                self.complain(format!(
                    "revisions {from} to {to} were compacted before they were seen; listing again"
                ));
                None
            }
            WatchNews::Fault { fault, .. } => {
                if matches!(fault.kind, FaultKind::Late | FaultKind::Missed) {
                    // The tree takes events in order only.
                    self.keys.tree.stale_all();
                }
                self.complain(format!("fault in the watch of the tree: {fault}"));
                None
            }
            WatchNews::Replaced { replaced, .. } => {
                // Once is enough where several watches find it out.
                if at < self.keys.followed.len() {
                    self.store_replaced(replaced);
                }
                None
            }
            // The tree lists itself.
            WatchNews::Found { .. } => None,
            WatchNews::Refused(error) => {
                self.complain(format!("the tree does not follow changes: {error}"));
                Some(Follow::Refused(error))
            }
        };
        if let (Some(watch), Some(state)) = (self.keys.followed.get_mut(at), state) {
            watch.state = state;
        }
        self.keys.follow = Follow::of(&self.keys.followed);
        self.redraw |= before != self.keys.follow;
    }

    /// The store is another one: nothing that is known of keys and revisions means anything. A draft
    /// stays: its guard holds, and what the key holds is read before it is saved.
    fn store_replaced(&mut self, replaced: Replaced) {
        self.newest = replaced.now;
        self.complain(replaced.to_string());
        self.tickets.forget(|purpose| matches!(purpose, Purpose::Value(_)));
        if self.value.edit.is_none() {
            self.value.forget();
        }
        self.root_again();
    }

    /// Marks whose time is over are forgotten.
    pub(super) fn fade_marks(&mut self) {
        if let Some(before) = self.now.checked_sub(MARKED) {
            self.keys.tree.fade(before);
        }
    }

    fn follow_events(&mut self, at: usize, events: &[Event]) {
        let Some(newest) = self.keys.followed.get(at).map(|watch| watch.newest) else { return };
        let news = events.iter().filter(|event| event.revision() >= newest);
        self.fade_marks();
        if self.come_too_fast(events.len()) {
            self.miss_changes(news);
        } else {
            for event in news {
                let applied = self.keys.tree.apply(event, self.now);
                self.applied(applied);
                self.follow_value(event);
            }
        }
        if let Some(last) = events.last() {
            self.seen(last.revision());
            if let Some(watch) = self.keys.followed.get_mut(at) {
                watch.newest = newest.max(last.revision());
            }
            // When the newest marks fade; older ones faded before or fade with them.
            self.timers.set(Timer::Marks, self.now + MARKED);
        }
    }
}
