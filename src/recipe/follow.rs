//! The entries of a range as they are, and then every change: list, watch, resume, list again when
//! compaction made a hole.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::backoff::{Backoff, jitter};
use crate::domain::txn::RangeRequest;
use crate::domain::{Entry, Event, KeyRange, Revision};
use crate::store::{ErrorKind, Store, StoreError, WatchMessage, WatchRequest, WatchStream};

/// A watch that brings nothing for so long is made anew, from where it was: one on a member that hangs
/// would be silent for ever.
const SILENCE: Duration = Duration::from_secs(10);

/// What happened.
#[derive(Debug)]
pub(super) enum News {
    /// The entries as they are now; what was known before is void.
    Snapshot(Vec<Entry>),
    /// What changed since, in order.
    Events(Vec<Event>),
}

enum Phase {
    List,
    Watch { next: Revision },
    Read { stream: WatchStream, next: Revision, silent_at: Instant },
}

/// Follows a range through every break. Refusals end it.
pub(super) struct Follow {
    store: Arc<dyn Store>,
    range: KeyRange,
    phase: Phase,
    backoff: Backoff,
    not_before: Option<Instant>,
    /// It was answered once: a password that was right then may be given anew.
    stood: bool,
}

impl Follow {
    /// Begins with a [`News::Snapshot`].
    pub(super) fn new(store: Arc<dyn Store>, range: KeyRange) -> Follow {
        let phase = Phase::List;
        Follow { store, range, phase, backoff: Backoff::default(), not_before: None, stood: false }
    }

    /// Begins with what happens after `seen`, at which the caller has read the range.
    pub(super) fn since(store: Arc<dyn Store>, range: KeyRange, seen: Revision) -> Follow {
        let phase = Phase::Watch { next: seen.next() };
        Follow { phase, stood: true, ..Follow::new(store, range) }
    }

    /// What happens next; an error is the last thing. Giving the call up loses nothing.
    pub(super) async fn next(&mut self) -> Result<News, StoreError> {
        loop {
            if let Some(at) = self.not_before {
                sleep_until(at).await;
                self.not_before = None;
            }
            match self.step().await {
                Ok(Some(news)) => return Ok(news),
                Ok(None) => {}
                Err(error) => self.recover(error)?,
            }
        }
    }

    async fn step(&mut self) -> Result<Option<News>, StoreError> {
        match &mut self.phase {
            Phase::List => {
                let answer = self.store.range(RangeRequest::new(self.range.clone())).await?;
                self.phase = Phase::Watch { next: answer.revision.next() };
                self.backoff.reset();
                self.stood = true;
                Ok(Some(News::Snapshot(answer.entries)))
            }
            Phase::Watch { next } => {
                let next = *next;
                let request = WatchRequest::new(self.range.clone()).from(next).progress_notify();
                let stream = self.store.watch(request).await?;
                let silent_at = Instant::now() + SILENCE;
                self.phase = Phase::Read { stream, next, silent_at };
                Ok(None)
            }
            Phase::Read { stream, next, silent_at } => {
                let Ok(message) = timeout_at(*silent_at, stream.next()).await else {
                    self.phase = Phase::Watch { next: *next };
                    return Ok(None);
                };
                let Some(message) = message else {
                    return Err(StoreError::new(ErrorKind::Unknown, "the watch ended"));
                };
                *silent_at = Instant::now() + SILENCE;
                match message? {
                    WatchMessage::Created { .. } => {
                        self.backoff.reset();
                        Ok(None)
                    }
                    WatchMessage::Progress { revision } => {
                        *next = revision.next().max(*next);
                        Ok(None)
                    }
                    WatchMessage::Events(events) => {
                        if let Some(last) = events.last() {
                            *next = last.revision().next();
                        }
                        Ok(Some(News::Events(events)))
                    }
                }
            }
        }
    }

    fn recover(&mut self, error: StoreError) -> Result<(), StoreError> {
        match error.kind {
            ErrorKind::Compacted { .. } => {
                self.phase = Phase::List;
                return Ok(());
            }
            ErrorKind::PermissionDenied | ErrorKind::CommonName | ErrorKind::Invalid => {
                return Err(error);
            }
            ErrorKind::WrongPassword if !self.stood => return Err(error),
            _ => {}
        }
        if let Phase::Read { next, .. } = self.phase {
            self.phase = Phase::Watch { next };
        }
        self.not_before = Some(Instant::now() + self.backoff.next(jitter()));
        Ok(())
    }
}
