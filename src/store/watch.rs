//! Watching: etcd's Watch service as a stream.

use std::pin::Pin;

use futures_core::Stream;

use super::{Reply, StoreError};
use crate::domain::{Event, KeyRange, Revision};

/// Events the server is to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchFilter {
    /// No puts.
    NoPut,
    /// No deletes.
    NoDelete,
}

/// What to watch, from when (etcd's `WatchCreateRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRequest {
    /// Which keys.
    pub range: KeyRange,
    /// The first revision wanted; [`Revision::NONE`] for "from now".
    pub start: Revision,
    /// With each event the entry as it was before.
    pub prev_kv: bool,
    /// Ask for a progress message every now and then (each ten minutes unless the server is told
    /// otherwise) while there are no events.
    pub progress_notify: bool,
    /// Events left out.
    pub filters: Vec<WatchFilter>,
    /// Without values: they are dropped as they are decoded, since etcd sends them all the same.
    pub keys_only: bool,
}

impl WatchRequest {
    /// Everything that happens in a range from now on.
    pub fn new(range: KeyRange) -> WatchRequest {
        WatchRequest {
            range,
            start: Revision::NONE,
            prev_kv: false,
            progress_notify: false,
            filters: Vec::new(),
            keys_only: false,
        }
    }

    /// From a revision on.
    pub fn from(self, start: Revision) -> WatchRequest {
        WatchRequest { start, ..self }
    }

    /// With the entries as they were before.
    pub fn prev_kv(self) -> WatchRequest {
        WatchRequest { prev_kv: true, ..self }
    }

    /// With progress messages.
    pub fn progress_notify(self) -> WatchRequest {
        WatchRequest { progress_notify: true, ..self }
    }

    /// Without values.
    pub fn keys_only(self) -> WatchRequest {
        WatchRequest { keys_only: true, ..self }
    }

    /// Without events of one kind.
    pub fn filter(mut self, filter: WatchFilter) -> WatchRequest {
        self.filters.push(filter);
        self
    }
}

/// One message of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchMessage {
    /// The watch stands. Without a start revision the first event comes after `revision`.
    Created {
        /// The store's revision when the watch was made, as far as the answering member knows it.
        revision: Revision,
        /// The ID of the cluster that answers; 0 where it was not told.
        cluster: u64,
    },
    /// Events, in order, all those of a revision in one message.
    Events(Vec<Event>),
    /// Nothing happened up to this revision: a safe point to go on from.
    Progress {
        /// The revision.
        revision: Revision,
    },
}

/// The messages of one watch. It begins with [`WatchMessage::Created`] and ends after its first
/// error: [`Compacted`](super::ErrorKind::Compacted) with the oldest revision left, a refusal, or
/// the loss of the connection, which includes a member that fell silent, or was left for another one
/// that is well; the gateway's options say after how long. To resume, watch again from the revision of
/// the last event received plus one. Dropping it cancels the watch.
pub type WatchStream = Pin<Box<dyn Stream<Item = Result<WatchMessage, StoreError>> + Send>>;

/// etcd's Watch service.
pub trait Watch {
    /// Starts a watch (`/v3/watch`) and answers when the connection stands.
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream>;
}
