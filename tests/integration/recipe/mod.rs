//! Keepalive, lock, election and registry: on a sandbox with paused time and faults at will, and on
//! real servers that are killed, paused and restarted.

mod contention;
mod election;
mod example;
mod faulty;
mod hanging;
mod keepalive;
mod kept;
mod lock;
mod lock_faults;
mod real_lock;
mod real_service;
mod service;

use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{Key, KeyRange, LeaseId};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{ErrorKind, Store, StoreError};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{mpsc, watch};

use faulty::Faulty;

/// No state takes nearly as long to come.
const LIMIT: Duration = Duration::from_secs(60);

/// A sandbox, and a way to it that breaks on demand.
fn sandbox() -> (Arc<dyn Store>, Faulty) {
    let sandbox: Arc<dyn Store> = Arc::new(Sandbox::new());
    (Arc::clone(&sandbox), Faulty::new(sandbox))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The keys under a prefix, as text.
async fn keys(store: &Arc<dyn Store>, prefix: &str) -> Vec<String> {
    let request = RangeRequest::new(KeyRange::prefix(prefix));
    let answer = store.range(request).await.expect("the store can be read");
    answer.entries.iter().map(|entry| entry.key.to_string()).collect()
}

/// The present state, once it is as wanted.
async fn reaches<T: Clone + std::fmt::Debug>(
    state: &mut watch::Receiver<T>,
    what: &str,
    wanted: impl FnMut(&T) -> bool,
) -> T {
    let reached = tokio::time::timeout(LIMIT, state.wait_for(wanted)).await;
    let reached = reached.map(|state| state.expect("the state is still told").clone());
    reached.unwrap_or_else(|_| panic!("waited in vain for {what}; it is {:?}", state.borrow()))
}

fn lease_not_found(error: &StoreError) -> bool {
    error.kind == ErrorKind::LeaseNotFound
}

/// `NAME/` and the lease, as servers name the key.
fn key(name: &str, lease: LeaseId) -> Key {
    Key::from(format!("{name}/{lease}").as_str())
}

/// Reads a stream all the time, as a program does, so that it lives through what happens meanwhile.
fn driven<T: Send + 'static>(stream: impl Stream<Item = T> + Send + 'static) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(async move {
        let mut stream = std::pin::pin!(stream);
        while let Some(item) = stream.next().await {
            if sender.send(item).await.is_err() {
                return;
            }
        }
    });
    receiver
}
