//! Something held here: the recipes do it, and each change of what they know is told to the loop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::app::hold::{Hold, HoldId};
use crate::app::message::{HoldNews, Message};
use crate::domain::{Key, LeaseId};
use crate::recipe::{
    DistributedLock, Election, HoldState, Lost, RecipeError, RegistrationState, ServiceRegistry,
};
use crate::store::{ErrorKind, ReadOnly, Store, StoreError};

/// The task of one thing held.
pub(super) struct Task {
    pub(super) id: HoldId,
    pub(super) store: ReadOnly,
    pub(super) inbox: mpsc::Sender<Message>,
    /// Comes, or is dropped, when it is to be given up.
    pub(super) stop: oneshot::Receiver<()>,
}

impl Task {
    /// Holds it until it is lost or given up, and tells how it ended.
    pub(super) async fn run(mut self, hold: Hold) {
        let store: Arc<dyn Store> = Arc::new(self.store.clone());
        let end = match hold {
            Hold::Lock { name, ttl } => {
                let lock = DistributedLock::new(store, name).ttl(seconds(ttl));
                let queued = queued(self.id, self.inbox.clone());
                match lock.acquire_unless(stopped(&mut self.stop), queued).await {
                    Ok(Some(guard)) => {
                        let (key, fencing, lease) =
                            (guard.key().clone(), guard.fencing(), guard.lease());
                        let held = || HoldNews::Held { key: key.clone(), fencing, lease };
                        match self.watch_over(guard.state(), held).await {
                            Some(lost) => lost,
                            None => given_up(guard.release().await),
                        }
                    }
                    Ok(None) => HoldNews::Released,
                    Err(error) => HoldNews::Failed(plain(error)),
                }
            }
            Hold::Candidacy { name, value, ttl } => {
                let election = Election::new(store, name).ttl(seconds(ttl));
                let queued = queued(self.id, self.inbox.clone());
                let stop = stopped(&mut self.stop);
                match election.campaign_unless(value, stop, queued).await {
                    Ok(Some(leader)) => {
                        let (key, fencing, lease) =
                            (leader.key().clone(), leader.fencing(), leader.lease());
                        let held = || HoldNews::Held { key: key.clone(), fencing, lease };
                        match self.watch_over(leader.state(), held).await {
                            Some(lost) => lost,
                            None => given_up(leader.resign().await),
                        }
                    }
                    Ok(None) => HoldNews::Released,
                    Err(error) => HoldNews::Failed(plain(error)),
                }
            }
            Hold::Registration { service, ttl } => {
                let registry = ServiceRegistry::new(store);
                let (name, id) = (service.name.as_str(), Key::from(service.id.as_str()));
                match registry.register(name, id, service.endpoint, seconds(ttl)).await {
                    Ok(registration) => {
                        let key = registration.key().clone();
                        self.watch_over_registration(registration.state(), &key).await;
                        given_up(registration.deregister().await)
                    }
                    Err(error) => HoldNews::Failed(plain(error)),
                }
            }
        };
        self.tell(end).await;
    }

    /// Tells every change until it is lost (what to say then) or to be given up.
    async fn watch_over(
        &mut self,
        mut state: watch::Receiver<HoldState>,
        held: impl Fn() -> HoldNews,
    ) -> Option<HoldNews> {
        self.tell(held()).await;
        let mut doubtful = false;
        loop {
            tokio::select! {
                () = stopped(&mut self.stop) => return None,
                changed = state.changed() => {
                    if changed.is_err() {
                        return Some(HoldNews::Lost("its task ended".to_owned()));
                    }
                }
            }
            let now = state.borrow_and_update().clone();
            match now {
                HoldState::Held { .. } if doubtful => {
                    doubtful = false;
                    self.tell(held()).await;
                }
                // Renewed: nothing that anybody waits to hear.
                HoldState::Held { .. } => {}
                HoldState::Failing { until, error } => {
                    doubtful = true;
                    let until = until.into_std();
                    self.tell(HoldNews::Doubtful { until, reason: error.to_string() }).await;
                }
                HoldState::Lost(lost) => return Some(HoldNews::Lost(words(&lost))),
            }
        }
    }

    /// Tells every change until it is to be given up: a registration makes itself anew.
    async fn watch_over_registration(
        &mut self,
        mut state: watch::Receiver<RegistrationState>,
        key: &Key,
    ) {
        let mut last = None;
        loop {
            let now = state.borrow_and_update().clone();
            let news = match now {
                RegistrationState::Registered { lease, revision, .. } => {
                    let key = key.clone();
                    // Renewals change the time only.
                    let news = HoldNews::Held { key, fencing: revision, lease };
                    (last.replace(lease) != Some(lease)).then_some(news)
                }
                RegistrationState::Failing { until, error } => {
                    last = None;
                    Some(HoldNews::Doubtful { until: until.into_std(), reason: error.to_string() })
                }
                RegistrationState::Lost { error } => {
                    last = None;
                    let reason = format!("lost, registering again: {error}");
                    Some(HoldNews::Doubtful { until: now_std(), reason })
                }
                RegistrationState::Taken { by } => {
                    last = None;
                    let reason = format!("taken by somebody else at revision {}", by.mod_revision);
                    Some(HoldNews::Doubtful { until: now_std(), reason })
                }
            };
            if let Some(news) = news {
                self.tell(news).await;
            }
            tokio::select! {
                () = stopped(&mut self.stop) => return,
                changed = state.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn tell(&self, news: HoldNews) {
        // Nobody listens any more when the program ends.
        let _ = self.inbox.send(Message::Hold(self.id, news)).await;
    }
}

/// Tells with which lease it stands in the queue.
fn queued(id: HoldId, inbox: mpsc::Sender<Message>) -> impl FnMut(LeaseId) {
    move |lease| {
        let inbox = inbox.clone();
        // The wait must not wait for a place in the inbox.
        tokio::spawn(async move {
            let _ = inbox.send(Message::Hold(id, HoldNews::Queued(lease))).await;
        });
    }
}

async fn stopped(stop: &mut oneshot::Receiver<()>) {
    let _ = stop.await;
}

fn given_up(result: Result<(), RecipeError>) -> HoldNews {
    match result {
        Ok(()) | Err(RecipeError::LeaseLost(_)) => HoldNews::Released,
        Err(error) => HoldNews::Lost(format!("not given up, it ends with its lease: {error}")),
    }
}

fn words(lost: &Lost) -> String {
    match lost {
        Lost::Lease(error) => format!("its lease ended: {error}"),
        Lost::Deleted { revision: Some(revision) } => {
            format!("its key was deleted at revision {revision}")
        }
        Lost::Deleted { revision: None } => "its key was deleted".to_owned(),
        Lost::Released => "given up".to_owned(),
    }
}

/// The error as the screen tells errors.
fn plain(error: RecipeError) -> StoreError {
    match error {
        RecipeError::Store(error) | RecipeError::LeaseLost(error) => error,
        error @ (RecipeError::Held(_) | RecipeError::TimedOut(_) | RecipeError::Taken(_)) => {
            StoreError::new(ErrorKind::Invalid, error.to_string())
        }
    }
}

fn seconds(ttl: i64) -> Duration {
    Duration::from_secs(ttl.max(1).unsigned_abs())
}

fn now_std() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}
