//! A store in this process that behaves as etcd does: for the demo, and for tests without a server.
//!
//! [`Sandbox`] is a cheap handle on shared state. One `std` mutex guards all of it: every call is
//! short, runs without awaiting while it holds the lock, and so never needs an async mutex. The calls
//! are spread over files named as in [`store`](crate::store); the multi-version store underneath is in
//! `history`. Where this differs from a real etcd the real one is right: both run the same contract
//! tests.
//!
//! Nothing keeps a sandbox alive but its handles: its tasks and watch streams hold weak references,
//! and end with it.

mod access;
mod check;
mod election;
mod history;
mod kubernetes;
mod kv;
mod lease;
mod lock;
mod queue;
mod seed;
mod status;
mod traffic;
mod txn;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch as signal};
use tokio::task::JoinHandle;

use crate::domain::Revision;
use crate::store::{Reply, StoreError};
pub use access::Account;

use access::Users;
use history::History;
use lease::Lessor;
use watch::Watchers;

/// An etcd in this process. Clones are handles on the same store.
///
/// The calls must be made inside a tokio runtime for leases to expire: its clock counts them down,
/// so a test that pauses the clock decides when they end.
#[derive(Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
    users: Users,
}

impl Sandbox {
    /// An empty store, at revision 1 as a new etcd is.
    pub fn new() -> Sandbox {
        Sandbox::holding(State::default())
    }

    fn holding(state: State) -> Sandbox {
        let (changed, _) = signal::channel(state.history.revision());
        let shared = Shared { state: Mutex::new(state), changed, expiry: Arc::default() };
        Sandbox { shared: Arc::new(shared), users: Users::default() }
    }

    /// Runs one call on the state. The future is ready at once, except that a task which never waits
    /// for anything else is made to yield now and then, as a network would.
    fn serve<'a, T: Send + 'a>(
        &'a self,
        call: impl FnOnce(&mut State) -> Result<T, StoreError> + Send + 'a,
    ) -> Reply<'a, T> {
        Box::pin(async move {
            tokio::task::consume_budget().await;
            let result = self.shared.apply(call);
            lease::ensure_expiry(&self.shared);
            result
        })
    }
}

impl Default for Sandbox {
    fn default() -> Sandbox {
        Sandbox::new()
    }
}

/// What all handles share.
struct Shared {
    state: Mutex<State>,
    /// Tells watch streams that there is something to look at; it carries the newest revision.
    changed: signal::Sender<Revision>,
    /// Tells the expiry task that the next expiry may have moved.
    expiry: Arc<Notify>,
}

impl Shared {
    /// Changes the state and wakes whom it concerns.
    fn apply<T>(&self, call: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let before = (state.history.revision(), state.history.compacted());
        let next_expiry = state.lessor.next_expiry();
        let result = call(&mut state);
        let after = (state.history.revision(), state.history.compacted());
        if state.lessor.next_expiry() != next_expiry {
            self.expiry.notify_one();
        }
        drop(state);
        if after != before {
            self.changed.send_replace(after.0);
        }
        result
    }

    /// A panic in one call leaves the others a state that is at worst half a transaction old, which
    /// for a sandbox beats taking every later call down with it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(task) = self.lock().expiry_task.take() {
            task.abort();
        }
    }
}

/// The store itself.
#[derive(Default)]
struct State {
    history: History,
    lessor: Lessor,
    watchers: Watchers,
    expiry_task: Option<JoinHandle<()>>,
}
