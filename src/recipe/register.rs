//! One instance kept registered, whatever happens to its lease, its key and the servers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep};

use super::backoff::{Backoff, jitter};
use super::error::{RecipeError, is_passing};
use super::follow::{Follow, News};
use super::keepalive::KeepaliveState;
use super::session::Session;
use super::task::Task;
use crate::domain::txn::{Compare, Op, OpResponse, PutRequest, RangeRequest, TxnRequest};
use crate::domain::{Entry, EventKind, Key, KeyRange, LeaseId, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// How often one tries again whom the server refuses: it may be allowed later.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);

/// What is known of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationState {
    /// It stands, and its lease lives at least until then.
    Registered {
        /// The lease it stands on now.
        lease: LeaseId,
        /// When it was written.
        revision: Revision,
        /// When the lease ends unless it is renewed.
        until: Instant,
    },
    /// It stands, but its lease could not be renewed.
    Failing {
        /// When the lease ends unless it is renewed; in the past when that is not known.
        until: Instant,
        /// Why.
        error: StoreError,
    },
    /// It is lost and is being made anew.
    Lost {
        /// Why it was lost, or why it could not be made yet.
        error: StoreError,
    },
    /// Somebody else has registered under the same name meanwhile. It is left as it is; this
    /// registration is made anew when it is gone.
    Taken {
        /// The entry of the other.
        by: Entry,
    },
}

/// An instance that is kept registered. Dropping it deregisters it as far as possible: a task revokes
/// the lease, and where the runtime ends before that, the lease ends by itself.
pub struct Registration {
    key: Key,
    state: watch::Receiver<RegistrationState>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<Task<Result<(), StoreError>>>,
}

impl Registration {
    /// Its key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What is known of it, now and from now on.
    pub fn state(&self) -> watch::Receiver<RegistrationState> {
        self.state.clone()
    }

    /// Revokes its lease, and with it deletes its key, and waits until that is done.
    ///
    /// # Errors
    /// A failed call, after which the instance goes with its lease.
    pub async fn deregister(mut self) -> Result<(), RecipeError> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        match self.task.take() {
            Some(task) => Ok(task.await.unwrap_or(Ok(()))?),
            None => Ok(()),
        }
    }
}

/// What is to be registered, and the lease that it stands on.
pub(super) struct Registering {
    store: Arc<dyn Store>,
    key: Key,
    endpoint: Vec<u8>,
    ttl: Duration,
    session: Option<Session>,
    /// The lease before this one: an entry that still hangs on it is ours.
    before: LeaseId,
}

/// How a try to write the key went.
enum Written {
    At(Revision),
    Taken(Entry),
}

impl Registering {
    pub(super) fn new(
        store: Arc<dyn Store>,
        key: Key,
        endpoint: Vec<u8>,
        ttl: Duration,
    ) -> Registering {
        Registering { store, key, endpoint, ttl, session: None, before: LeaseId::NONE }
    }

    /// Registers for the first time and starts the task that sees to it from then on.
    pub(super) async fn start(mut self) -> Result<Registration, RecipeError> {
        let revision = match self.write().await? {
            Written::At(revision) => revision,
            Written::Taken(by) => return Err(RecipeError::Taken(Box::new(by))),
        };
        let key = self.key.clone();
        let (sender, state) = watch::channel(self.standing(revision));
        let (stop, stopped) = oneshot::channel();
        let task = Task::spawn(async move {
            tokio::select! {
                _ = stopped => {}
                () = self.keep(revision, &sender) => {}
            }
            match self.session.take() {
                Some(session) => session.end().await.map(|_| ()),
                None => Ok(()),
            }
        });
        Ok(Registration { key, state, stop: Some(stop), task: Some(task) })
    }

    async fn keep(&mut self, mut revision: Revision, state: &watch::Sender<RegistrationState>) {
        loop {
            state.send_replace(self.standing(revision));
            let error = self.stand(revision, state).await;
            state.send_replace(RegistrationState::Lost { error });
            revision = self.again(state).await;
        }
    }

    /// Waits until the registration is lost: its lease ended, or somebody deleted or wrote its key.
    async fn stand(
        &mut self,
        revision: Revision,
        state: &watch::Sender<RegistrationState>,
    ) -> StoreError {
        let Some(session) = &self.session else { return touched() };
        let mut lease = session.state();
        let range = KeyRange::single(self.key.clone());
        let mut follow = Follow::since(Arc::clone(&self.store), range, revision);
        let mut watched = true;
        loop {
            tokio::select! {
                biased;
                changed = lease.changed() => {
                    let now = lease.borrow_and_update().clone();
                    match (changed, now) {
                        (Err(_), _) => return touched(),
                        (_, KeepaliveState::Lost { error }) => {
                            self.before = session.lease();
                            self.session = None;
                            return error;
                        }
                        (_, KeepaliveState::Failing { until, error, .. }) => {
                            state.send_replace(RegistrationState::Failing { until, error });
                        }
                        (_, KeepaliveState::Alive { .. }) => {
                            state.send_replace(self.standing(revision));
                        }
                    }
                }
                news = follow.next(), if watched => match news {
                    Ok(News::Snapshot(entries)) => {
                        if !entries.iter().any(|entry| entry.mod_revision == revision) {
                            return touched();
                        }
                    }
                    Ok(News::Events(events)) => {
                        if events.iter().any(|event| event.revision() > revision) {
                            return touched();
                        }
                    }
                    // The key may not be read any more; what is left is the lease.
                    Err(_) => watched = false,
                },
            }
        }
    }

    /// Registers again, however long that takes; answers with the revision.
    async fn again(&mut self, state: &watch::Sender<RegistrationState>) -> Revision {
        let mut backoff = Backoff::default();
        loop {
            let error = match self.write().await {
                Ok(Written::At(revision)) => return revision,
                Ok(Written::Taken(by)) => {
                    state.send_replace(RegistrationState::Taken { by: by.clone() });
                    self.wait_for_the_end_of(by).await;
                    continue;
                }
                Err(RecipeError::Store(error)) => error,
                Err(error) => StoreError::new(ErrorKind::Other, error.to_string()),
            };
            if error.kind == ErrorKind::LeaseNotFound {
                // It ended between two renewals.
                self.before = self.session.take().map_or(self.before, |session| session.lease());
            }
            let soon = is_passing(&error) || error.kind == ErrorKind::LeaseNotFound;
            let wait = if soon { backoff.next(jitter()) } else { AFTER_REFUSAL };
            state.send_replace(RegistrationState::Lost { error });
            sleep(wait).await;
        }
    }

    /// One try: a lease where there is none, then the key where it is absent or still ours.
    async fn write(&mut self) -> Result<Written, RecipeError> {
        if self.session.is_none() {
            self.session = Some(Session::begin(&self.store, self.ttl).await?);
        }
        let lease = self.session.as_ref().map_or(LeaseId::NONE, Session::lease);
        let mut guard = Compare::absent(self.key.clone());
        // A second round for an entry that is ours, a third one in case that one went meanwhile.
        for _ in 0..3 {
            let put = PutRequest::new(self.key.clone(), self.endpoint.clone()).lease(lease);
            let request = TxnRequest {
                compares: vec![guard],
                success: vec![Op::Put(put)],
                failure: vec![Op::Range(RangeRequest::get(self.key.clone()))],
            };
            let answer = self.store.txn(request).await?;
            if answer.succeeded {
                return Ok(Written::At(answer.revision));
            }
            let present = answer.responses.into_iter().find_map(|response| match response {
                OpResponse::Range(range) => range.entries.into_iter().next(),
                _ => None,
            });
            guard = match present {
                None => Compare::absent(self.key.clone()),
                // Written by a try whose answer was lost.
                Some(entry) if entry.lease == lease && entry.value == self.endpoint => {
                    return Ok(Written::At(entry.mod_revision));
                }
                Some(entry) if self.is_ours(&entry, lease) => {
                    Compare::unchanged_since(self.key.clone(), entry.mod_revision)
                }
                Some(entry) => return Ok(Written::Taken(entry)),
            };
        }
        let message = "the key changes faster than it can be written";
        Err(RecipeError::Store(StoreError::new(ErrorKind::Unavailable, message)))
    }

    fn is_ours(&self, entry: &Entry, lease: LeaseId) -> bool {
        entry.lease.is_some() && (entry.lease == lease || entry.lease == self.before)
    }

    /// Waits until another's entry is gone, or hangs on one of our leases.
    async fn wait_for_the_end_of(&self, by: Entry) {
        let range = KeyRange::single(self.key.clone());
        let mut follow = Follow::since(Arc::clone(&self.store), range, by.mod_revision);
        loop {
            match follow.next().await {
                Ok(News::Snapshot(entries)) if entries.is_empty() => return,
                Ok(News::Events(events))
                    if events.last().is_some_and(|event| event.kind == EventKind::Delete) =>
                {
                    return;
                }
                Ok(_) => {}
                Err(_) => return sleep(AFTER_REFUSAL).await,
            }
        }
    }

    fn standing(&self, revision: Revision) -> RegistrationState {
        let Some(session) = &self.session else {
            return RegistrationState::Lost { error: touched() };
        };
        match session.state().borrow().clone() {
            KeepaliveState::Alive { until } => {
                RegistrationState::Registered { lease: session.lease(), revision, until }
            }
            KeepaliveState::Failing { until, error, .. } => {
                RegistrationState::Failing { until, error }
            }
            KeepaliveState::Lost { error } => RegistrationState::Lost { error },
        }
    }
}

fn touched() -> StoreError {
    StoreError::new(ErrorKind::Other, "somebody deleted or wrote the key")
}
