//! A registry of services: who runs what, and where it is reached.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};

use super::error::RecipeError;
use super::follow::{Follow, News};
use super::instance::{Instance, Place, ServiceEvent, is_segment};
use super::register::{Registering, Registration};
use crate::domain::txn::RangeRequest;
use crate::domain::{Entry, EventKind, Key};
use crate::store::{Store, StoreError};

/// Services by name, each with its instances: the key `/services/SERVICE/ID` holds the endpoint and hangs
/// on a lease that its instance keeps alive.
///
/// ```
/// # use std::sync::Arc;
/// use std::time::Duration;
///
/// use etcdeck::recipe::ServiceRegistry;
/// use etcdeck::sandbox::Sandbox;
/// use etcdeck::store::Store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store: Arc<dyn Store> = Arc::new(Sandbox::new()); // or a Gateway
/// let registry = ServiceRegistry::new(store);
/// let ttl = Duration::from_secs(15);
/// let registration = registry.register("api", "node-1", "10.0.0.1:8080", ttl).await?;
/// for instance in registry.discover("api").await? {
///     println!("{} at {}", instance.id, String::from_utf8_lossy(&instance.endpoint));
/// }
/// registration.deregister().await?;
/// assert!(registry.discover("api").await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ServiceRegistry {
    store: Arc<dyn Store>,
    prefix: Key,
}

impl ServiceRegistry {
    /// The registry under `/services/`.
    pub fn new(store: Arc<dyn Store>) -> ServiceRegistry {
        ServiceRegistry { store, prefix: Key::from("/services/") }
    }

    /// Under another prefix, taken as it is: with its `/` at the end.
    pub fn prefix(self, prefix: impl Into<Key>) -> ServiceRegistry {
        ServiceRegistry { prefix: prefix.into(), ..self }
    }

    /// Registers an instance and keeps it registered until it is deregistered or dropped. Its lease
    /// is kept alive at a third of `ttl`; when it was lost all the same (a server that was gone for
    /// longer), the instance registers again by itself with a new one.
    ///
    /// # Errors
    /// [`RecipeError::Taken`] when somebody else has registered an instance of this name, which is
    /// never overwritten (a process that crashed and comes back finds its own entry until that one's
    /// lease has ended); [`Invalid`](crate::store::ErrorKind::Invalid) for a service or an ID that
    /// is empty or holds a `/`; a failed call.
    pub async fn register(
        &self,
        service: &str,
        id: impl Into<Key>,
        endpoint: impl Into<Vec<u8>>,
        ttl: Duration,
    ) -> Result<Registration, RecipeError> {
        let id = id.into();
        if !is_segment(id.as_bytes()) {
            return Err(RecipeError::invalid("the ID of an instance must be not empty, without /"));
        }
        let key = self.place(service)?.key(&id);
        Registering::new(Arc::clone(&self.store), key, endpoint.into(), ttl).start().await
    }

    /// The instances of a service that are registered now, in the order of their IDs.
    ///
    /// # Errors
    /// A failed call.
    pub async fn discover(&self, service: &str) -> Result<Vec<Instance>, RecipeError> {
        let place = self.place(service)?;
        let answer = self.store.range(RangeRequest::new(place.range())).await?;
        Ok(answer.entries.iter().filter_map(|entry| place.instance(entry)).collect())
    }

    /// The instances of a service that are there, each as [`ServiceEvent::Up`], and then everything
    /// that happens to them. It goes on by itself after every break of the connection; what was missed
    /// because of a compaction is told as the difference.
    ///
    /// It ends after an error that would not go away, such as a refusal.
    ///
    /// # Errors
    /// [`Invalid`](crate::store::ErrorKind::Invalid) for a service without a name.
    pub fn watch(
        &self,
        service: &str,
    ) -> Result<impl Stream<Item = Result<ServiceEvent, StoreError>> + Send + use<>, RecipeError>
    {
        let place = self.place(service)?;
        let follow = Follow::new(Arc::clone(&self.store), place.range());
        let (known, pending) = (BTreeMap::new(), VecDeque::new());
        let watcher = Watcher { place, follow, known, pending };
        Ok(stream::unfold(Some(watcher), watch))
    }

    fn place(&self, service: &str) -> Result<Place, RecipeError> {
        if !is_segment(service.as_bytes()) {
            return Err(RecipeError::invalid("the name of a service must be not empty, without /"));
        }
        Ok(Place::new(&self.prefix, service))
    }
}

/// What is known of a service, and what is yet to be told.
struct Watcher {
    place: Place,
    follow: Follow,
    known: BTreeMap<Key, Instance>,
    pending: VecDeque<ServiceEvent>,
}

async fn watch(
    watcher: Option<Watcher>,
) -> Option<(Result<ServiceEvent, StoreError>, Option<Watcher>)> {
    let mut watcher = watcher?;
    loop {
        if let Some(event) = watcher.pending.pop_front() {
            return Some((Ok(event), Some(watcher)));
        }
        match watcher.follow.next().await {
            Ok(News::Snapshot(entries)) => watcher.compare(&entries),
            Ok(News::Events(events)) => {
                for event in events {
                    match event.kind {
                        EventKind::Put => watcher.put(&event.entry),
                        EventKind::Delete => watcher.delete(&event.entry.key),
                    }
                }
            }
            Err(error) => return Some((Err(error), None)),
        }
    }
}

impl Watcher {
    fn compare(&mut self, entries: &[Entry]) {
        let gone: Vec<Key> = self.known.keys().cloned().collect();
        for key in gone {
            if !entries.iter().any(|entry| entry.key == key) {
                self.delete(&key);
            }
        }
        for entry in entries {
            self.put(entry);
        }
    }

    fn put(&mut self, entry: &Entry) {
        let Some(now) = self.place.instance(entry) else { return };
        match self.known.insert(entry.key.clone(), now.clone()) {
            None => self.pending.push_back(ServiceEvent::Up(now)),
            Some(before) if before.create_revision != now.create_revision => {
                // It was gone in between, unseen.
                self.pending.push_back(ServiceEvent::Down(before));
                self.pending.push_back(ServiceEvent::Up(now));
            }
            Some(before) if before != now => {
                self.pending.push_back(ServiceEvent::Changed { before, now });
            }
            Some(_) => {}
        }
    }

    fn delete(&mut self, key: &Key) {
        if let Some(before) = self.known.remove(key) {
            self.pending.push_back(ServiceEvent::Down(before));
        }
    }
}
