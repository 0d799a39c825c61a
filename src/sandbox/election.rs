//! Elections.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use futures_util::{StreamExt as _, stream};

use super::access::Users;
use super::{Sandbox, Shared, State, check};
use crate::domain::election::Leadership;
use crate::domain::lock::queue_prefix;
use crate::domain::txn::{DeleteRequest, PutRequest};
use crate::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId, Revision};
use crate::store::lock::{check_leased, check_named};
use crate::store::{
    Elections, ErrorKind, LeaderStream, Reply, StoreError, Watch as _, WatchMessage, WatchRequest,
    WatchStream,
};

impl Elections for Sandbox {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        Box::pin(async move {
            let context = format!("campaign {name}");
            self.stand(name, lease, value).await.map_err(|error| error.during(context))
        })
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        self.serve(move |state| {
            let checked = check_leased(leadership.lease);
            let proclaimed = checked.and_then(|()| state.proclaim(&leadership, value));
            proclaimed.map_err(|error| error.during(format!("proclaim {}", leadership.name)))
        })
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        self.serve(move |state| {
            check_named(&name).map_err(|error| error.during("leader"))?;
            Ok(state.first(&name).cloned())
        })
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        let store = Arc::downgrade(&self.shared);
        Box::pin(async move {
            check_named(&name).map_err(|error| error.during("observe"))?;
            let observing = Observing { store, name, led: None, unread: VecDeque::new() };
            Ok(Box::pin(stream::unfold(Some(observing), step)) as LeaderStream)
        })
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        self.serve(move |state| {
            let checked = check_leased(leadership.lease);
            let checked = checked.and_then(|()| check::key(&leadership.key));
            checked.map_err(|error| error.during(format!("resign {}", leadership.name)))?;
            state.resign(&leadership);
            Ok(())
        })
    }
}

impl Sandbox {
    async fn stand(
        &self,
        name: Key,
        lease: LeaseId,
        value: Vec<u8>,
    ) -> Result<Leadership, StoreError> {
        check_named(&name).and_then(|()| check_leased(lease))?;
        let entered = self.serve(|state| {
            let place = state.enter(&name, lease, &value)?;
            let (key, revision) = (place.key.clone(), place.created);
            let leadership = Leadership { name: name.clone(), key, revision, lease };
            let present = state.history.get(place.key.as_bytes());
            if present.is_some_and(|entry| entry.value != value) {
                state.proclaim(&leadership, value)?;
            }
            Ok((place, leadership))
        });
        let (place, leadership) = entered.await?;
        // No look at the own key at the end: no etcd takes one here, unlike with a lock.
        self.wait_for_turn(&name, &place, |state| state.resign(&leadership)).await;
        Ok(leadership)
    }
}

impl State {
    fn leads(&self, leadership: &Leadership) -> bool {
        let present = self.history.get(leadership.key.as_bytes());
        present.is_some_and(|entry| entry.create_revision == leadership.revision)
    }

    fn proclaim(&mut self, leadership: &Leadership, value: Vec<u8>) -> Result<(), StoreError> {
        let put = PutRequest::new(leadership.key.clone(), value).lease(leadership.lease);
        check::put(&put)?;
        if !self.leads(leadership) {
            return Err(StoreError::new(ErrorKind::NotLeader, "election: not leader"));
        }
        self.check_lease(put.lease)?;
        self.put(put);
        self.history.commit();
        Ok(())
    }

    fn resign(&mut self, leadership: &Leadership) {
        if self.leads(leadership) {
            self.delete(&DeleteRequest::new(KeyRange::single(leadership.key.clone())));
            self.history.commit();
        }
    }
}

/// Leaders on their way. It does not keep the sandbox alive.
struct Observing {
    store: Weak<Shared>,
    name: Key,
    /// A watch on the key of the leader that was told last, while it leads.
    led: Option<WatchStream>,
    /// What that watch has told and was not handed on yet.
    unread: VecDeque<Event>,
}

async fn step(
    observing: Option<Observing>,
) -> Option<(Result<Entry, StoreError>, Option<Observing>)> {
    let mut observing = observing?;
    match observing.next().await {
        Ok(entry) => Some((Ok(entry), Some(observing))),
        Err(error) => Some((Err(error.during(format!("observe {}", observing.name))), None)),
    }
}

impl Observing {
    async fn next(&mut self) -> Result<Entry, StoreError> {
        while let Some(watch) = &mut self.led {
            match self.unread.pop_front() {
                Some(event) if event.kind == EventKind::Put => return Ok(event.entry),
                Some(_) => self.led = None,
                None => self.unread.extend(events(watch).await?),
            }
        }
        self.unread.clear();
        let (leader, since) = self.next_leader().await?;
        let request = WatchRequest::new(KeyRange::single(leader.key.clone())).from(since);
        self.led = Some(self.sandbox()?.watch(request).await?);
        Ok(leader)
    }

    /// The present leader, or whoever enters the empty queue first; with the revision from which on
    /// more is to be told of that one.
    async fn next_leader(&mut self) -> Result<(Entry, Revision), StoreError> {
        let (leader, since) = {
            let sandbox = self.sandbox()?;
            let state = sandbox.shared.lock();
            (state.first(&self.name).cloned(), state.history.revision().next())
        };
        if let Some(leader) = leader {
            return Ok((leader, since));
        }
        let request = WatchRequest::new(KeyRange::prefix(queue_prefix(&self.name))).from(since);
        let mut watch = self.sandbox()?.watch(request).await?;
        loop {
            let mut events = events(&mut watch).await?.into_iter();
            if let Some(event) = events.find(|event| event.kind == EventKind::Put) {
                let since = event.entry.mod_revision.next();
                return Ok((event.entry, since));
            }
        }
    }

    /// A handle for a moment.
    fn sandbox(&self) -> Result<Sandbox, StoreError> {
        let shared = self.store.upgrade();
        shared
            .map(|shared| Sandbox { shared, users: Users::default() })
            .ok_or_else(super::watch::closed)
    }
}

/// The next events of a watch.
async fn events(watch: &mut WatchStream) -> Result<Vec<Event>, StoreError> {
    loop {
        match watch.next().await.ok_or_else(super::watch::closed)?? {
            WatchMessage::Events(events) => return Ok(events),
            WatchMessage::Created { .. } | WatchMessage::Progress { .. } => {}
        }
    }
}
