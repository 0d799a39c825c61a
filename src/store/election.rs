//! Elections: etcd's Election service.

use std::pin::Pin;

use futures_core::Stream;

use super::{Reply, StoreError};
use crate::domain::election::Leadership;
use crate::domain::{Entry, Key, LeaseId};

/// The leaders of an election, one after another, each with the entry whose value it proclaimed. It
/// says nothing when a leader is lost, and ends after its first error. All that one leader proclaims
/// is told; but when a leader goes, the server looks anew for who leads then, so that one who came
/// and went in between, or what was proclaimed before that look, is not told.
pub type LeaderStream = Pin<Box<dyn Stream<Item = Result<Entry, StoreError>> + Send>>;

/// etcd's Election service.
pub trait Elections {
    /// Enters an election with a value and answers when it is won (`/v3/election/campaign`). Like
    /// [`Locks::lock`](super::Locks::lock) in everything: no limit, no lease of its own, one place for
    /// a lease, and the key may be left behind when the call is dropped. Calling again with another
    /// value proclaims that.
    ///
    /// An answer is no proof here on any version: a candidate whose lease has ended is answered as if
    /// it had won. Read the key, and see that its creation revision is that of the answer.
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership>;

    /// Changes the leader's value (`/v3/election/proclaim`);
    /// [`NotLeader`](super::ErrorKind::NotLeader) when it leads no more.
    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()>;

    /// The present leader's entry (`/v3/election/leader`); `None` when there is none.
    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>>;

    /// The present and all later leaders (`/v3/election/observe`), from the first look at the stream
    /// on. The server answers nothing at all, not even headers, until there is a leader; the stream
    /// stands at once all the same and only yields then. What is refused is told before it stands.
    fn observe(&self, name: Key) -> Reply<'_, LeaderStream>;

    /// Gives the leadership up (`/v3/election/resign`); does nothing when it is lost already.
    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()>;
}
