//! Following: watches of the index's own keep it current from the revision it was read at.
//!
//! They are not those of the tree, which begin where the tree was listed, end when it shows something
//! else, and are counted rather than played in a flood.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::super::inbox::{Inbox, inbox};
use super::super::watch::Task;
use crate::app::effect::WatchId;
use crate::app::message::{Message, WatchNews};
use crate::domain::find::Phase;
use crate::domain::watch::FaultKind;
use crate::domain::{EventKind, Key, KeyRange, Revision};
use crate::store::ReadOnly;

/// The watches of an index. They end with this.
pub(super) struct Following {
    watches: JoinSet<()>,
    news: Inbox,
    states: Vec<State>,
    /// The revision of the newest event, or of the listing.
    revision: Revision,
    /// Why it is of no use any more.
    end: Option<Phase>,
    /// How many ranges are too many to be followed.
    unfollowed: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Live,
    Lost(String),
    Refused(String),
}

/// What the watches tell next.
pub(super) async fn next(following: &mut Option<Following>) -> Message {
    if let Some(following) = following
        && let Some(news) = following.news.recv().await
    {
        return news;
    }
    std::future::pending().await
}

impl Following {
    /// Follows these ranges from the revision after `listed` on.
    pub(super) fn start(
        ranges: &[KeyRange],
        listed: Revision,
        store: &ReadOnly,
        retry: &Arc<Notify>,
    ) -> Following {
        let (senders, news) = inbox();
        let mut watches = JoinSet::new();
        let followed = ranges.len().min(WatchId::FOLLOWING);
        for (at, range) in ranges.iter().take(followed).enumerate() {
            let task = Task {
                id: WatchId::following(at),
                range: range.clone(),
                store: store.clone(),
                inbox: senders.news.clone(),
                retry: retry.clone(),
            };
            watches.spawn(task.run(listed.next()));
        }
        let (states, unfollowed) = (vec![State::Live; followed], ranges.len() - followed);
        Following { watches, news, states, revision: listed, end: None, unfollowed }
    }

    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    pub(super) fn phase(&self) -> Phase {
        let refused = self.states.iter().find_map(|state| match state {
            State::Refused(why) => Some(why.clone()),
            State::Live | State::Lost(_) => None,
        });
        let lost = self.states.iter().find_map(|state| match state {
            State::Lost(why) => Some(why.clone()),
            State::Live | State::Refused(_) => None,
        });
        match (refused, lost) {
            (Some(why), _) => Phase::Still(Some(why)),
            (None, Some(why)) => Phase::Lost(why),
            (None, None) if self.unfollowed > 0 => {
                Phase::Still(Some(format!("{} ranges are not followed", self.unfollowed)))
            }
            (None, None) => Phase::Live,
        }
    }

    /// What it has come to, where it is of no use any more.
    pub(super) fn end(&self) -> Option<Phase> {
        self.end.clone()
    }

    /// Takes in what the watches tell: which keys came and went.
    pub(super) fn take(&mut self, news: Message) -> BTreeMap<Key, bool> {
        let mut changes = BTreeMap::new();
        let mut next = Some(news);
        // As much as has come: a chunk is copied once for all its changes.
        while let Some(news) = next.filter(|_| self.end.is_none()) {
            self.take_one(news, &mut changes);
            next = if changes.len() < 10_000 { self.news.try_recv() } else { None };
        }
        changes
    }

    fn take_one(&mut self, news: Message, changes: &mut BTreeMap<Key, bool>) {
        let Message::Watch(id, news) = news else { return };
        let state = match news {
            WatchNews::Watching { .. } => Some(State::Live),
            WatchNews::Events { events, .. } => {
                for event in events {
                    self.revision = self.revision.max(event.revision());
                    match event.kind {
                        EventKind::Put if event.is_create() => {
                            changes.insert(event.entry.key, true);
                        }
                        // A key that was there before is in the index.
                        EventKind::Put => {}
                        EventKind::Delete => {
                            changes.insert(event.entry.key, false);
                        }
                    }
                }
                None
            }
            WatchNews::Progress { revision } => {
                self.revision = self.revision.max(revision);
                None
            }
            WatchNews::Lost { error } => Some(State::Lost(error.to_string())),
            WatchNews::Refused(error) => Some(State::Refused(error.to_string())),
            WatchNews::Gap { from, to, .. } => {
                self.fail(format!("revisions {from} to {to} were compacted before they were seen"));
                None
            }
            WatchNews::Replaced { replaced, .. } => {
                self.fail(replaced.to_string());
                None
            }
            WatchNews::Fault { fault, .. } => {
                if matches!(fault.kind, FaultKind::Late | FaultKind::Missed) {
                    self.fail(format!("fault in the watch: {fault}"));
                }
                None
            }
            // Watches of this kind list nothing.
            WatchNews::Found { .. } => None,
        };
        let known = id.as_following().and_then(|at| self.states.get_mut(at));
        if let (Some(known), Some(state)) = (known, state) {
            *known = state;
        }
    }

    fn fail(&mut self, why: String) {
        self.watches.abort_all();
        self.end = Some(Phase::Stale(why));
    }
}
