//! The queue under the name of a lock or election: keys `NAME/<lease>`, the oldest of which holds.

use super::{Sandbox, State, check};
use crate::domain::lock::{queue_key, queue_prefix};
use crate::domain::txn::PutRequest;
use crate::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use crate::store::StoreError;

/// A place in a queue.
pub(super) struct Place {
    pub(super) key: Key,
    /// When the key was created: smaller ones come first.
    pub(super) created: Revision,
}

impl State {
    /// Enters the queue. A lease that stands in it keeps its place, and its value for now.
    pub(super) fn enter(
        &mut self,
        name: &Key,
        lease: LeaseId,
        value: &[u8],
    ) -> Result<Place, StoreError> {
        let key = queue_key(name, lease);
        if let Some(entry) = self.history.get(key.as_bytes()) {
            return Ok(Place { created: entry.create_revision, key });
        }
        let put = PutRequest::new(key.clone(), value).lease(lease);
        check::put(&put).and_then(|()| self.check_lease(lease))?;
        self.put(put);
        Ok(Place { key, created: self.history.commit() })
    }

    /// The first of a queue: the oldest key under its prefix, whatever else it is.
    pub(super) fn first(&self, name: &Key) -> Option<&Entry> {
        let range = KeyRange::prefix(queue_prefix(name));
        let queue = self.history.range(&range, self.history.revision());
        queue.min_by_key(|entry| entry.create_revision).map(AsRef::as_ref)
    }

    /// Whether nobody stands before this place.
    fn is_its_turn(&self, name: &Key, place: &Place) -> bool {
        self.first(name).is_none_or(|first| first.create_revision >= place.created)
    }
}

impl Sandbox {
    /// Waits until nobody stands before this place. `give_up` runs when the wait is dropped.
    pub(super) async fn wait_for_turn(
        &self,
        name: &Key,
        place: &Place,
        give_up: impl FnOnce(&mut State),
    ) {
        let waiting = Waiting { sandbox: self, give_up: Some(give_up) };
        let mut changed = self.shared.changed.subscribe();
        // The sender lives in this very sandbox, so there is no other end than the turn.
        let _turn = changed.wait_for(|_| self.shared.lock().is_its_turn(name, place)).await;
        waiting.done();
    }
}

/// A wait that tidies up when it is dropped before its end.
struct Waiting<'a, F: FnOnce(&mut State)> {
    sandbox: &'a Sandbox,
    give_up: Option<F>,
}

impl<F: FnOnce(&mut State)> Waiting<'_, F> {
    fn done(mut self) {
        self.give_up = None;
    }
}

impl<F: FnOnce(&mut State)> Drop for Waiting<'_, F> {
    fn drop(&mut self) {
        if let Some(give_up) = self.give_up.take() {
            self.sandbox.shared.apply(give_up);
        }
    }
}
