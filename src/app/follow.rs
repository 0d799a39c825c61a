//! Following: the background watch that keeps the tree true.

use std::time::Duration;

use super::App;
use super::clock::Timer;
use super::effect::{Effect, WatchId};
use super::message::WatchNews;
use crate::domain::tree::NodeId;
use crate::domain::{Event, KeyRange, Revision};
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
    /// Changes come faster than it is worth to follow them: they are counted, and what they change is
    /// stale.
    TooFast,
    /// The stream broke; it goes on after the last event when the connection stands.
    Lost,
    /// The server refuses the watch: the tree is as it was listed.
    Refused(StoreError),
}

impl App {
    /// Follows everything below the root from the revision after `listed` on.
    pub(super) fn start_follow(&mut self, listed: Revision) {
        self.keys.follow = Follow::Starting;
        self.keys.tree.follow_from(listed);
        let range = KeyRange::prefix(self.keys.tree.full_key(NodeId::ROOT));
        self.effects.push(Effect::Watch { id: WatchId::FOLLOW, range, from: listed.next() });
    }

    pub(super) fn on_follow(&mut self, news: WatchNews) {
        let before = self.keys.follow.clone();
        match news {
            WatchNews::Watching { revision } => {
                self.seen(revision);
                self.keys.follow = Follow::Live;
            }
            WatchNews::Events { events, .. } => self.follow_events(&events),
            WatchNews::Progress { revision } => self.seen(revision),
            WatchNews::Lost { error, .. } => {
                self.keys.follow = Follow::Lost;
                self.connection_broke(&error);
            }
            WatchNews::Gap { from, to, .. } => {
                self.keys.tree.stale_all();
                self.keys.tree.follow_from(to);
                self.complain(format!(
                    "revisions {from} to {to} were compacted before they were seen; listing again"
                ));
            }
            WatchNews::Refused(error) => {
                self.complain(format!("the tree does not follow changes: {error}"));
                self.keys.follow = Follow::Refused(error);
            }
        }
        self.redraw |= before != self.keys.follow;
    }

    fn follow_events(&mut self, events: &[Event]) {
        if !self.come_too_fast(events) {
            for event in events {
                let applied = self.keys.tree.apply(event, self.now);
                self.applied(applied);
                self.follow_value(event);
            }
        }
        if let Some(last) = events.last() {
            self.seen(last.revision());
            // When the newest marks fade; older ones faded before or fade with them.
            self.timers.set(Timer::Marks, self.now + MARKED);
        }
    }
}
