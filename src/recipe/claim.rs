//! A place in the queue of a lock or an election, from the wish to the proof that it is the first.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::backoff::{Backoff, jitter};
use super::error::{RecipeError, is_passing};
use super::queue::{self, Place};
use super::session::{Ended, Session};
use super::task::Task;
use crate::domain::lock::queue_key;
use crate::domain::{Key, LeaseId, Revision};
use crate::store::{ErrorKind, Store, StoreError};

/// How often a waiter reads the queue itself: bounds how long it waits for a member that hangs.
const LOOK: Duration = Duration::from_secs(5);

/// What is queued for.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    /// A lock.
    Lock,
    /// A leadership, to be used with this value.
    Lead(Vec<u8>),
}

/// A place in a queue with the lease it hangs on. Dropping it gives the place up: the call that waits
/// is dropped, and the lease revoked, since a server with authentication leaves the key behind.
pub(super) struct Claim {
    name: Key,
    wish: Wish,
    store: Arc<dyn Store>,
    /// The server's own wait. It outlives the proof that the place is first: given up too soon, the
    /// server would take the key out of the queue.
    call: Option<Task<Result<(), StoreError>>>,
    session: Session,
}

/// The proof that a place is the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Won {
    /// When the key was created.
    pub(super) fencing: Revision,
    /// At which revision of the store that was read.
    pub(super) seen: Revision,
}

enum Step {
    Answered(Result<(), StoreError>),
    Look,
}

impl Claim {
    /// Gets a lease; enters nothing yet.
    pub(super) async fn begin(
        store: &Arc<dyn Store>,
        name: &Key,
        wish: Wish,
        ttl: Duration,
    ) -> Result<Claim, RecipeError> {
        if name.is_empty() {
            return Err(RecipeError::invalid("the name must not be empty"));
        }
        let session = Session::begin(store, ttl).await?;
        Ok(Claim { name: name.clone(), wish, store: Arc::clone(store), call: None, session })
    }

    /// The key in the queue.
    pub(super) fn key(&self) -> Key {
        queue_key(&self.name, self.session.lease())
    }

    /// Its lease.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Gives the place up and waits until that is done.
    pub(super) async fn end(self) -> Result<Ended, StoreError> {
        // The call lives until the lease is revoked, so that the key goes once and for one reason.
        let Claim { call, session, .. } = self;
        let ended = session.end().await;
        drop(call);
        ended
    }

    /// Enters the queue when it is empty. Otherwise answers with who is first.
    pub(super) async fn try_win(&mut self) -> Result<Won, RecipeError> {
        let lease = self.session.lease();
        let unknown = match queue::enter_if_empty(&self.store, &self.name, lease).await {
            Ok(Some(first)) => return Err(RecipeError::Held(Box::new(first))),
            Ok(None) => None,
            // The queue tells what became of it.
            Err(error) if error.outcome_unknown() => Some(error),
            Err(error) => return Err(error.into()),
        };
        let reading = queue::read(&self.store, &self.name, self.session.lease()).await?;
        match (reading.place(), reading.first) {
            (Place::First(fencing), _) => Ok(Won { fencing, seen: reading.revision }),
            (_, Some(first)) => Err(RecipeError::Held(Box::new(first))),
            (_, None) => Err(unknown.map_or_else(deleted, RecipeError::from)),
        }
    }

    /// Waits in the queue until the place is the first, which is read from the store and not only told
    /// by a server.
    ///
    /// A wait that broke is taken up again with the same lease and so with the same key; when the key
    /// is gone (the server saw the break, or somebody deleted it) it starts at the end of the queue with
    /// a new lease, because a late clean-up by the server would hit the new key of the same name.
    pub(super) async fn win(&mut self) -> Result<Won, RecipeError> {
        let mut backoff = Backoff::default();
        let mut absent = 0;
        loop {
            let step = self.wait().await?;
            let (answered, look) = match step {
                Step::Look => (None, true),
                Step::Answered(answer) => {
                    self.call = None;
                    let look = !matches!(&answer, Err(error) if error.kind == ErrorKind::Unreachable);
                    (Some(answer), look)
                }
            };
            if let Some(Err(error)) = &answered
                && !is_passing(error)
                && error.kind != ErrorKind::LeaseNotFound
            {
                return Err(error.clone().into());
            }
            if look {
                match queue::read(&self.store, &self.name, self.session.lease()).await {
                    Ok(reading) => match reading.place() {
                        Place::First(fencing) => {
                            return Ok(Won { fencing, seen: reading.revision });
                        }
                        Place::Waiting => absent = 0,
                        // While the call is on its way the key may be yet to come.
                        Place::Absent if answered.is_none() && absent == 0 => absent += 1,
                        Place::Absent => {
                            self.start_over().await?;
                            absent = 0;
                        }
                    },
                    Err(error) if is_passing(&error) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if answered.is_some() {
                sleep(backoff.next(jitter())).await;
            } else {
                backoff.reset();
            }
        }
    }

    /// Waits for the server's answer, the loss of the lease, or the time to look.
    async fn wait(&mut self) -> Result<Step, RecipeError> {
        if self.call.is_none() {
            self.call = Some(self.enter());
        }
        let Some(call) = &mut self.call else { return Ok(Step::Look) };
        tokio::select! {
            biased;
            error = self.session.lost() => Err(RecipeError::LeaseLost(error)),
            answer = call => Ok(Step::Answered(answer.unwrap_or_else(|| {
                Err(StoreError::new(ErrorKind::Unknown, "the call was stopped"))
            }))),
            () = sleep(LOOK.min(self.session.ttl())) => Ok(Step::Look),
        }
    }

    fn enter(&self) -> Task<Result<(), StoreError>> {
        let (store, name) = (Arc::clone(&self.store), self.name.clone());
        let (lease, wish) = (self.session.lease(), self.wish.clone());
        Task::spawn(async move {
            match wish {
                Wish::Lock => store.lock(name, lease).await.map(|_| ()),
                Wish::Lead(value) => store.campaign(name, lease, value).await.map(|_| ()),
            }
        })
    }

    /// Takes a new lease, unless it was the end of the present one that took the key.
    async fn start_over(&mut self) -> Result<(), RecipeError> {
        let lease = self.lease();
        match self.store.lease_time_to_live(lease, false).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                let error = StoreError::new(ErrorKind::LeaseNotFound, "it has expired or was revoked");
                return Err(RecipeError::LeaseLost(error));
            }
            Err(error) if is_passing(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        match Session::begin(&self.store, self.session.ttl()).await {
            Ok(session) => {
                self.call = None;
                self.session = session;
                Ok(())
            }
            Err(RecipeError::Store(error)) if is_passing(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn lease(&self) -> LeaseId {
        self.session.lease()
    }
}

/// The key was put, and was gone when it was looked for.
fn deleted() -> RecipeError {
    let message = "the key was deleted by somebody as soon as it was put";
    RecipeError::Store(StoreError::new(ErrorKind::Other, message))
}
