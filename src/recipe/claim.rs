//! A place in the queue of a lock or an election, from the wish to the proof that it is the first.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::backoff::{Backoff, jitter};
use super::error::{RecipeError, is_passing};
use super::keepalive::lost;
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

/// What one look at the queue led to.
enum Round {
    Won(Won),
    Waiting,
    /// The place is lost, and a lease for a new one is there.
    Anew(Session),
}

/// Whether the last look missed our key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    No,
    Once,
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
    /// a new lease, because a late clean-up by the server would hit the new key of the same name. Each
    /// lease it stands in the queue with is told to `queued`.
    pub(super) async fn win(
        &mut self,
        mut queued: impl FnMut(LeaseId),
    ) -> Result<Won, RecipeError> {
        queued(self.session.lease());
        let mut backoff = Backoff::default();
        let mut absent = Absent::No;
        loop {
            // Whatever a call is waiting for, the end of the lease is the end of the wait.
            let lost = lost(self.session.state());
            let round = tokio::select! {
                biased;
                error = lost => return Err(RecipeError::LeaseLost(error)),
                round = self.round(&mut absent, &mut backoff) => round?,
            };
            match round {
                Round::Won(won) if self.is_alive() => return Ok(won),
                // The answer came to a process that was stopped, or a machine that slept: the lease
                // is asked first.
                Round::Won(_) => sleep(backoff.next(jitter())).await,
                Round::Waiting => {}
                Round::Anew(session) => {
                    absent = Absent::No;
                    self.call = None;
                    self.session = session;
                    queued(self.session.lease());
                }
            }
        }
    }

    fn is_alive(&self) -> bool {
        self.session.state().borrow().is_alive_at(Instant::now())
    }

    /// Waits until there is something to look at, and looks.
    async fn round(
        &mut self,
        absent: &mut Absent,
        backoff: &mut Backoff,
    ) -> Result<Round, RecipeError> {
        let answer = self.wait().await;
        let (answered, unsent) = match answer {
            None => (false, false),
            Some(Ok(())) => (true, false),
            Some(Err(error)) if is_passing(&error) => (true, error.kind == ErrorKind::Unreachable),
            Some(Err(error)) if error.kind == ErrorKind::LeaseNotFound => (true, false),
            Some(Err(error)) => return Err(error.into()),
        };
        if !unsent {
            match queue::read(&self.store, &self.name, self.session.lease()).await {
                Ok(reading) => match reading.place() {
                    Place::First(fencing) => {
                        return Ok(Round::Won(Won { fencing, seen: reading.revision }));
                    }
                    Place::Waiting => *absent = Absent::No,
                    // While the call is on its way the key may be yet to come.
                    Place::Absent if !answered && *absent == Absent::No => *absent = Absent::Once,
                    Place::Absent => {
                        if let Some(session) = self.start_over().await? {
                            return Ok(Round::Anew(session));
                        }
                    }
                },
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if answered {
            sleep(backoff.next(jitter())).await;
        } else {
            backoff.reset();
        }
        Ok(Round::Waiting)
    }

    /// Waits for the server's answer, or for the time to look without one.
    async fn wait(&mut self) -> Option<Result<(), StoreError>> {
        let call = match &mut self.call {
            Some(call) => call,
            None => self.call.insert(enter(&self.store, &self.name, &self.session, &self.wish)),
        };
        let answer = timeout(LOOK.min(self.session.ttl()), call).await.ok()?;
        self.call = None;
        Some(
            answer.unwrap_or_else(|| {
                Err(StoreError::new(ErrorKind::Unknown, "the call was stopped"))
            }),
        )
    }

    /// A new lease, unless it was the end of the present one that took the key.
    async fn start_over(&self) -> Result<Option<Session>, RecipeError> {
        match self.store.lease_time_to_live(self.session.lease(), false).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                let message = "it has expired or was revoked";
                let error = StoreError::new(ErrorKind::LeaseNotFound, message);
                return Err(RecipeError::LeaseLost(error));
            }
            Err(error) if is_passing(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        match Session::begin(&self.store, self.session.ttl()).await {
            Ok(session) => Ok(Some(session)),
            Err(RecipeError::Store(error)) if is_passing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Starts the server's own wait.
fn enter(
    store: &Arc<dyn Store>,
    name: &Key,
    session: &Session,
    wish: &Wish,
) -> Task<Result<(), StoreError>> {
    let (store, name) = (Arc::clone(store), name.clone());
    let (lease, wish) = (session.lease(), wish.clone());
    Task::spawn(async move {
        match wish {
            Wish::Lock => store.lock(name, lease).await.map(|_| ()),
            Wish::Lead(value) => store.campaign(name, lease, value).await.map(|_| ()),
        }
    })
}

/// The key was put, and was gone when it was looked for.
fn deleted() -> RecipeError {
    let message = "the key was deleted by somebody as soon as it was put";
    RecipeError::Store(StoreError::new(ErrorKind::Other, message))
}
