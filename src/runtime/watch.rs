//! One watch that lives through everything: resumes after the last event it delivered.

use std::sync::Arc;
use std::time::SystemTime;

use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::NewsSender;
use super::gather::gather;
use crate::app::effect::WatchId;
use crate::app::message::{Message, WatchNews};
use crate::domain::{Event, KeyRange, Revision};
use crate::recipe::backoff::{Backoff, jitter};
use crate::store::{
    ErrorKind, ReadOnly, StoreError, Watch, WatchMessage, WatchRequest, WatchStream,
};

/// A watch under way.
pub(super) struct Task {
    pub(super) id: WatchId,
    pub(super) range: KeyRange,
    pub(super) store: ReadOnly,
    pub(super) inbox: NewsSender,
    pub(super) retry: Arc<Notify>,
}

/// The loop has ended: nobody receives any more.
struct Ended;

impl Task {
    /// Watches from `next` on ([`Revision::NONE`]: from now) until refused or stopped.
    pub(super) async fn run(self, mut next: Revision) {
        let mut backoff = Backoff::default();
        loop {
            let mut request = WatchRequest::new(self.range.clone()).from(next).progress_notify();
            // The tree and the views know what was there before.
            request.prev_kv = self.id != WatchId::VIEW && self.id.as_following().is_none();
            // The tree shows no values, and they may be large.
            request.keys_only = self.id.as_following().is_some();
            let error = match self.store.watch(request).await {
                Ok(stream) => match self.drain(stream, &mut next, &mut backoff).await {
                    Ok(error) => error,
                    Err(Ended) => return,
                },
                Err(error) => error,
            };
            let woken = self.retry.notified();
            let (news, wait) = match error.kind {
                ErrorKind::Compacted { oldest } if oldest > next => {
                    let to = Revision(oldest.0 - 1);
                    let from = std::mem::replace(&mut next, oldest);
                    (WatchNews::Gap { from, to, received: SystemTime::now() }, None)
                }
                // A wrong password is asked for again: until then the next try fails by itself,
                // without a word to the server.
                ErrorKind::PermissionDenied | ErrorKind::Invalid => {
                    let _ = self.send(WatchNews::Refused(error)).await;
                    return;
                }
                _ => {
                    let wait = backoff.next(jitter());
                    let retry_at = (Instant::now() + wait).into_std();
                    (WatchNews::Lost { error, retry_at }, Some(wait))
                }
            };
            if self.send(news).await.is_err() {
                return;
            }
            if let Some(wait) = wait {
                // Woken early when the connection is known to stand again.
                let _ = timeout(wait, woken).await;
            }
        }
    }

    /// Passes on what a stream brings until it ends, keeping `next` at the first revision not yet
    /// delivered.
    async fn drain(
        &self,
        stream: WatchStream,
        next: &mut Revision,
        backoff: &mut Backoff,
    ) -> Result<StoreError, Ended> {
        let mut stream = gather(stream);
        while let Some(message) = stream.next().await {
            let news = match message {
                Ok(WatchMessage::Created { revision }) => {
                    backoff.reset();
                    if !next.is_some() {
                        *next = revision.next();
                    }
                    WatchNews::Watching { revision }
                }
                Ok(WatchMessage::Events(events)) => {
                    let Some(last) = events.last().map(Event::revision) else { continue };
                    *next = last.next();
                    WatchNews::Events { events, received: SystemTime::now() }
                }
                Ok(WatchMessage::Progress { revision }) => {
                    *next = revision.next().max(*next);
                    WatchNews::Progress { revision }
                }
                Err(error) => return Ok(error),
            };
            self.send(news).await?;
        }
        Ok(StoreError::new(ErrorKind::Unknown, "the watch ended"))
    }

    async fn send(&self, news: WatchNews) -> Result<(), Ended> {
        self.inbox.send(Message::Watch(self.id, news)).await.map_err(|_| Ended)
    }
}
