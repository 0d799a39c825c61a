//! An election among the clients of a cluster.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};

use super::candidate::Leader;
use super::claim::{Claim, Wish};
use super::error::RecipeError;
use super::follow::{Follow, News};
use super::hold::Hold;
use super::lock::TTL;
use super::lock::leave;
use crate::domain::lock::queue_prefix;
use crate::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId};
use crate::store::{Store, StoreError};

/// An election by name, compatible with `etcdctl elect NAME VALUE`: the candidates stand under
/// `NAME/` with their values, and the first of them by creation leads.
///
/// ```
/// # use std::sync::Arc;
/// use etcdeck::recipe::Election;
/// use etcdeck::sandbox::Sandbox;
/// use etcdeck::store::Store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store: Arc<dyn Store> = Arc::new(Sandbox::new()); // or a Gateway
/// let election = Election::new(store, "/elections/scheduler");
/// let leader = election.campaign("node-1").await?;
/// leader.proclaim("node-1:8080").await?;
/// assert_eq!(election.leader().await?.map(|entry| entry.value), Some(b"node-1:8080".to_vec()));
/// leader.resign().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Election {
    store: Arc<dyn Store>,
    name: Key,
    ttl: Duration,
}

/// What an observer of an election sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// This one leads, with this value.
    Leads(Entry),
    /// Nobody leads.
    Nobody,
}

impl Election {
    /// An election of this name. Nothing is sent yet.
    pub fn new(store: Arc<dyn Store>, name: impl Into<Key>) -> Election {
        Election { store, name: name.into(), ttl: TTL }
    }

    /// How long a leadership outlives a leader that died; as with
    /// [`DistributedLock::ttl`](super::DistributedLock::ttl).
    pub fn ttl(self, ttl: Duration) -> Election {
        Election { ttl, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &Key {
        &self.name
    }

    /// Stands as a candidate with a value and waits until the election is won
    /// (`/v3/election/campaign`). All that is said of
    /// [`DistributedLock::acquire`](super::DistributedLock::acquire) holds here too.
    ///
    /// # Errors
    /// As there.
    pub async fn campaign(&self, value: impl Into<Vec<u8>>) -> Result<Leader, RecipeError> {
        let wish = Wish::Lead(value.into());
        let mut claim = Claim::begin(&self.store, &self.name, wish, self.ttl).await?;
        let won = claim.win(|_| {}).await?;
        let hold = Hold::new(Arc::clone(&self.store), claim, won);
        Ok(Leader::new(Arc::clone(&self.store), self.name.clone(), hold))
    }

    /// The same, unless `stop` comes first: then the candidacy is given up before this answers with
    /// nothing. The lease of the candidacy is told to `queued`, as with
    /// [`DistributedLock::acquire_unless`](super::DistributedLock::acquire_unless).
    ///
    /// # Errors
    /// As [`Election::campaign`].
    pub async fn campaign_unless(
        &self,
        value: impl Into<Vec<u8>>,
        stop: impl Future<Output = ()>,
        queued: impl FnMut(LeaseId),
    ) -> Result<Option<Leader>, RecipeError> {
        let wish = Wish::Lead(value.into());
        let mut claim = Claim::begin(&self.store, &self.name, wish, self.ttl).await?;
        let won = tokio::select! {
            won = claim.win(queued) => Some(won),
            () = stop => None,
        };
        let Some(won) = won else {
            leave(claim).await;
            return Ok(None);
        };
        let hold = Hold::new(Arc::clone(&self.store), claim, won?);
        Ok(Some(Leader::new(Arc::clone(&self.store), self.name.clone(), hold)))
    }

    /// Who leads now (`/v3/election/leader`), with its value; `None` when nobody does.
    ///
    /// # Errors
    /// A failed call.
    pub async fn leader(&self) -> Result<Option<Entry>, RecipeError> {
        Ok(self.store.leader(self.name.clone()).await?)
    }

    /// Who leads, now and from now on: each leader, each value proclaimed, and each time nobody leads.
    /// It goes on by itself after every break of the connection, with what is true then. etcd's own
    /// `/v3/election/observe` says nothing when a leader is lost, so the candidates are followed instead.
    ///
    /// It ends after an error that would not go away, such as a refusal.
    pub fn observe(&self) -> impl Stream<Item = Result<Observed, StoreError>> + Send + use<> {
        let range = KeyRange::prefix(queue_prefix(&self.name));
        let follow = Follow::new(Arc::clone(&self.store), range);
        let observer =
            Observer { follow, candidates: BTreeMap::new(), told: None, pending: VecDeque::new() };
        stream::unfold(Some(observer), observe)
    }
}

/// The candidates by key, and what was told last.
struct Observer {
    follow: Follow,
    candidates: BTreeMap<Key, Entry>,
    told: Option<Observed>,
    /// Seen and not yet told.
    pending: VecDeque<Observed>,
}

async fn observe(
    observer: Option<Observer>,
) -> Option<(Result<Observed, StoreError>, Option<Observer>)> {
    let mut observer = observer?;
    loop {
        if let Some(next) = observer.pending.pop_front() {
            return Some((Ok(next), Some(observer)));
        }
        match observer.follow.next().await {
            Ok(News::Snapshot(entries)) => {
                observer.candidates =
                    entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect();
                observer.look();
            }
            Ok(News::Events(events)) => {
                // All changes of one revision happened at once.
                for moment in events.chunk_by(|a, b| a.revision() == b.revision()) {
                    for event in moment {
                        observer.apply(event);
                    }
                    observer.look();
                }
            }
            Err(error) => return Some((Err(error), None)),
        }
    }
}

impl Observer {
    fn apply(&mut self, event: &Event) {
        let key = event.entry.key.clone();
        match event.kind {
            EventKind::Put => self.candidates.insert(key, event.entry.clone()),
            EventKind::Delete => self.candidates.remove(&key),
        };
    }

    fn look(&mut self) {
        let first = self.candidates.values().min_by_key(|entry| entry.create_revision);
        let now = first.map_or(Observed::Nobody, |entry| Observed::Leads(entry.clone()));
        if self.told.as_ref() != Some(&now) {
            self.told = Some(now.clone());
            self.pending.push_back(now);
        }
    }
}
