//! A lock or a leadership while it is held: says so as long as that is known, and not longer.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::claim::{Claim, Won};
use super::error::RecipeError;
use super::follow::{Follow, News};
use super::keepalive::KeepaliveState;
use super::session::Ended;
use super::task::Task;
use crate::domain::txn::{Compare, Comparison, Target};
use crate::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId, Revision};
use crate::store::{Store, StoreError};

/// What is known of a lock or a leadership that was won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldState {
    /// It is held, and its lease lives at least until then.
    Held {
        /// When the lease ends unless it is renewed.
        until: Instant,
    },
    /// It is held, but its lease could not be renewed.
    Failing {
        /// When the lease ends unless it is renewed; in the past when that is not known.
        until: Instant,
        /// Why.
        error: StoreError,
    },
    /// It is held no more. Never followed by another state.
    Lost(Lost),
}

impl HoldState {
    /// Whether it is known to be held at this time.
    pub fn is_held_at(&self, now: Instant) -> bool {
        match self {
            HoldState::Held { until } | HoldState::Failing { until, .. } => now < *until,
            HoldState::Lost(_) => false,
        }
    }
}

/// How a lock or a leadership was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The lease ended, or could not be renewed in its time.
    Lease(StoreError),
    /// Somebody deleted the key (which is how `etcdctl` and others free a lock), or the lease ended.
    Deleted {
        /// At which revision of the store, where that is known.
        revision: Option<Revision>,
    },
    /// It was given up here.
    Released,
}

/// A claim that was won.
pub(super) struct Hold {
    key: Key,
    fencing: Revision,
    state: watch::Receiver<HoldState>,
    claim: Claim,
    _task: Task<()>,
}

impl Hold {
    /// Watches over it from now on.
    pub(super) fn new(store: Arc<dyn Store>, claim: Claim, won: Won) -> Hold {
        let (key, fencing) = (claim.key(), won.fencing);
        let lease = claim.session().state();
        let first = hold_state(&lease.borrow());
        let (sender, state) = watch::channel(first);
        let follow = Follow::since(store, KeyRange::single(key.clone()), won.seen);
        let task = Task::spawn(watch_over(lease, follow, fencing, sender));
        Hold { key, fencing, state, claim, _task: task }
    }

    /// Its key.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// When the key was created.
    pub(super) fn fencing(&self) -> Revision {
        self.fencing
    }

    /// Its lease.
    pub(super) fn lease(&self) -> LeaseId {
        self.claim.session().lease()
    }

    /// Holds for as long as the key is the one that was won.
    pub(super) fn compare(&self) -> Compare {
        Compare {
            range: KeyRange::single(self.key.clone()),
            target: Target::Create(self.fencing),
            comparison: Comparison::Equal,
        }
    }

    /// What is known.
    pub(super) fn state(&self) -> watch::Receiver<HoldState> {
        self.state.clone()
    }

    /// Waits until it is lost.
    pub(super) fn lost(&self) -> impl Future<Output = Lost> + Send + use<> {
        let mut state = self.state.clone();
        async move {
            let lost = state.wait_for(|state| matches!(state, HoldState::Lost(_))).await;
            match lost.as_deref() {
                Ok(HoldState::Lost(lost)) => lost.clone(),
                _ => Lost::Released,
            }
        }
    }

    /// Gives it up, by revoking the lease.
    pub(super) async fn release(self) -> Result<(), RecipeError> {
        let Hold { state, claim, _task: task, .. } = self;
        // Before the key goes, so that its end is not taken for a loss.
        drop(task);
        let ended = claim.end().await?;
        let lost = match &*state.borrow() {
            HoldState::Lost(Lost::Lease(error)) => Some(error.clone()),
            HoldState::Lost(_) | HoldState::Held { .. } | HoldState::Failing { .. } => None,
        };
        match (ended, lost) {
            (Ended::Revoked, _) => Ok(()),
            (Ended::WasGone, Some(error)) => Err(RecipeError::LeaseLost(error)),
            (Ended::WasGone, None) => Err(RecipeError::LeaseLost(StoreError::new(
                crate::store::ErrorKind::LeaseNotFound,
                "it had ended before it was given up",
            ))),
        }
    }
}

fn hold_state(lease: &KeepaliveState) -> HoldState {
    match lease.clone() {
        KeepaliveState::Alive { until } => HoldState::Held { until },
        KeepaliveState::Failing { until, error, .. } => HoldState::Failing { until, error },
        KeepaliveState::Lost { error } => HoldState::Lost(Lost::Lease(error)),
    }
}

/// Follows the lease and the key until one of them is lost.
async fn watch_over(
    mut lease: watch::Receiver<KeepaliveState>,
    mut follow: Follow,
    fencing: Revision,
    state: watch::Sender<HoldState>,
) {
    let mut watched = true;
    loop {
        let next = tokio::select! {
            biased;
            changed = lease.changed() => match changed {
                Ok(()) => hold_state(&lease.borrow_and_update()),
                Err(_) => HoldState::Lost(Lost::Released),
            },
            news = follow.next(), if watched => match news {
                Ok(News::Snapshot(entries)) => match missing(&entries, fencing) {
                    Some(lost) => HoldState::Lost(lost),
                    None => continue,
                },
                Ok(News::Events(events)) => match taken(&events, fencing) {
                    Some(lost) => HoldState::Lost(lost),
                    None => continue,
                },
                // The key may not be read any more; what is left is the lease.
                Err(_) => {
                    watched = false;
                    continue;
                }
            },
        };
        let over = matches!(next, HoldState::Lost(_));
        state.send_replace(next);
        if over {
            return;
        }
    }
}

fn missing(entries: &[Entry], fencing: Revision) -> Option<Lost> {
    let there = entries.iter().any(|entry| entry.create_revision == fencing);
    (!there).then_some(Lost::Deleted { revision: None })
}

fn taken(events: &[Event], fencing: Revision) -> Option<Lost> {
    let deleted = events.iter().find(|event| match event.kind {
        EventKind::Delete => true,
        EventKind::Put => event.entry.create_revision != fencing,
    });
    deleted.map(|event| Lost::Deleted { revision: Some(event.revision()) })
}
