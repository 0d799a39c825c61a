//! One watch that lives through everything, as [`machine`] decides it: this carries the steps out.

mod machine;

use std::sync::Arc;
use std::time::SystemTime;

use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::NewsSender;
use super::gather::gather;
use super::inbox::Closed;
use crate::app::effect::WatchId;
use crate::app::message::{Message, WatchNews};
use crate::bulk::Pages;
use crate::domain::{KeyRange, Revision};
use crate::recipe::backoff::jitter;
use crate::store::{ErrorKind, Kv, ReadOnly, StoreError, Watch, WatchRequest, WatchStream};
use machine::{Input, Machine, Moment, Step};

/// A watch under way.
pub(super) struct Task {
    pub(super) id: WatchId,
    pub(super) range: KeyRange,
    pub(super) store: ReadOnly,
    pub(super) inbox: NewsSender,
    pub(super) retry: Arc<Notify>,
}

impl Task {
    /// Watches from `from` on ([`Revision::NONE`]: from now) until stopped or the loop has ended.
    pub(super) async fn run(self, from: Revision) {
        let _: Result<(), Closed> = self.drive(from).await;
    }

    async fn drive(&self, from: Revision) -> Result<(), Closed> {
        let mut machine = Machine::new(self.range.clone(), from, self.remembers());
        let mut stream: Option<WatchStream> = None;
        loop {
            let step = machine.next();
            let input = match step {
                Step::List(at) => {
                    stream = None;
                    self.list(&mut machine, at).await?
                }
                Step::Open(from) => {
                    stream = None;
                    match self.store.watch(self.request(from)).await {
                        Ok(opened) => {
                            stream = Some(gather(opened));
                            Input::Opened
                        }
                        Err(error) => Input::Failed(error),
                    }
                }
                Step::Read => read(&mut stream).await,
                Step::Prove(request) => match self.store.range(request).await {
                    Ok(answer) if !answer.revision.is_some() => Input::Failed(nonsense()),
                    Ok(answer) => Input::Proved(answer),
                    Err(error) => Input::Failed(error),
                },
                Step::Wait(limit) => {
                    stream = None;
                    let woken = self.retry.notified();
                    match limit {
                        // Woken early when the connection is known to stand again.
                        Some(limit) => drop(timeout(limit, woken).await),
                        None => woken.await,
                    }
                    Input::Waited
                }
            };
            self.tell(machine.take(input, moment())).await?;
        }
    }

    /// Whether the keys are listed first: the tree and the views list them themselves.
    fn remembers(&self) -> bool {
        self.id != WatchId::VIEW && self.id.as_following().is_none()
    }

    fn request(&self, from: Revision) -> WatchRequest {
        let mut request = WatchRequest::new(self.range.clone()).from(from).progress_notify();
        // The tree and the views know what was there before.
        request.prev_kv = self.remembers();
        // The tree shows no values, and they may be large.
        request.keys_only = self.id.as_following().is_some();
        request
    }

    /// Reads the keys, page by page, until the machine has had enough.
    async fn list(&self, machine: &mut Machine, at: Revision) -> Result<Input, Closed> {
        let store = &self.store;
        let mut pages = Pages::new(store, self.range.clone(), at).keys_only().once();
        loop {
            let entries = match pages.page().await {
                // What stands between us and the server may answer anything in its place.
                Ok(_) if !pages.newest().is_some() => return Ok(Input::Failed(nonsense())),
                Ok(Some(entries)) => entries,
                Ok(None) => return Ok(Input::Listed(pages.revision())),
                Err(error) => return Ok(Input::Failed(error)),
            };
            let (at, total) = (pages.revision(), pages.total().unwrap_or_default());
            self.tell(machine.take(Input::Page { entries, at, total }, moment())).await?;
            if !matches!(machine.next(), Step::List(_)) {
                return Ok(Input::Enough);
            }
        }
    }

    async fn tell(&self, news: Vec<WatchNews>) -> Result<(), Closed> {
        for news in news {
            self.inbox.send(Message::Watch(self.id, news)).await?;
        }
        Ok(())
    }
}

/// The next message.
async fn read(stream: &mut Option<WatchStream>) -> Input {
    let next = match stream {
        Some(stream) => stream.next().await,
        None => None,
    };
    match next {
        Some(Ok(message)) => Input::Message(message),
        Some(Err(error)) => Input::Failed(error),
        None => Input::Failed(ended()),
    }
}

fn ended() -> StoreError {
    StoreError::new(ErrorKind::Unknown, "the watch ended")
}

/// An answer that is no store's, since a store has a revision.
fn nonsense() -> StoreError {
    StoreError::new(ErrorKind::BadAnswer, "the answer has no revision")
}

fn moment() -> Moment {
    Moment { now: Instant::now().into_std(), clock: SystemTime::now(), jitter: jitter() }
}
