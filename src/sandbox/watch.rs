//! Watching. A watcher is a cursor into the history, not a queue: one that is not read stands still
//! and costs nothing, however much happens meanwhile.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::stream;
use tokio::sync::watch as signal;
use tokio::time::{Instant, sleep_until};

use super::history::{Change, History};
use super::{Sandbox, Shared, State, check};
use crate::domain::{Event, EventKind, Key, KeyRange, Revision};
use crate::store::{
    ErrorKind, Reply, StoreError, Watch, WatchFilter, WatchMessage, WatchRequest, WatchStream,
};

/// How often a watch without events tells how far it is, when asked to: etcd's default.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(600);

/// At most so many revisions in one message, as etcd replays history.
const BATCH_REVISIONS: i64 = 1000;

/// A message that holds this many bytes is sent before it grows further.
const BATCH_BYTES: usize = 1 << 20;

/// How many unread events a compaction saves for one watcher; with more it is overtaken, as a slow
/// watcher of a real etcd is.
const UNREAD_EVENTS: usize = 1024;

/// The watchers that exist.
#[derive(Default)]
pub(super) struct Watchers {
    live: BTreeMap<u64, Watcher>,
    opened: u64,
}

struct Watcher {
    request: WatchRequest,
    /// The next revision to look at.
    cursor: Revision,
    /// Unread events saved from a compaction.
    unread: VecDeque<Event>,
}

impl Watchers {
    fn open(&mut self, request: WatchRequest, revision: Revision) -> u64 {
        let cursor = if request.start == Revision::NONE { revision.next() } else { request.start };
        self.opened += 1;
        self.live.insert(self.opened, Watcher { request, cursor, unread: VecDeque::new() });
        self.opened
    }

    /// Reads ahead for each watcher what a compaction at `at` is about to forget.
    pub(super) fn save_unread(&mut self, history: &History, at: Revision) {
        for watcher in self.live.values_mut() {
            if watcher.cursor < history.compacted() {
                continue; // overtaken already
            }
            let missed: Vec<Event> = (watcher.cursor.0..at.0)
                .flat_map(|revision| watcher.events_at(history, Revision(revision)))
                .take(UNREAD_EVENTS + 1)
                .collect();
            if watcher.unread.len() + missed.len() <= UNREAD_EVENTS {
                watcher.unread.extend(missed);
                watcher.cursor = watcher.cursor.max(at);
            }
        }
    }
}

impl Watcher {
    fn wants(&self, change: &Change) -> bool {
        let left_out = match change.kind {
            EventKind::Put => WatchFilter::NoPut,
            EventKind::Delete => WatchFilter::NoDelete,
        };
        self.request.range.contains(change.entry.key.as_bytes())
            && !self.request.filters.contains(&left_out)
    }

    /// What of a revision this watcher is to get.
    fn events_at<'a>(
        &'a self,
        history: &'a History,
        revision: Revision,
    ) -> impl Iterator<Item = Event> + 'a {
        let wanted = history.changes(revision).iter().filter(|change| self.wants(change));
        wanted.map(|change| {
            let mut event = history.event(change, self.request.prev_kv);
            if self.request.keys_only {
                let entries = [Some(&mut event.entry), event.previous.as_mut()];
                entries.into_iter().flatten().for_each(|entry| entry.value = Vec::new());
            }
            event
        })
    }

    /// Moves on to the next events; none when there are none up to the present.
    fn advance(&mut self, history: &History) -> Result<Vec<Event>, StoreError> {
        if !self.unread.is_empty() {
            return Ok(std::mem::take(&mut self.unread).into());
        }
        if self.cursor < history.compacted() {
            return Err(check::compacted(history.compacted()));
        }
        let mut events = Vec::new();
        let (mut bytes, mut revisions) = (0, 0);
        while self.cursor <= history.revision() {
            let from = events.len();
            events.extend(self.events_at(history, self.cursor));
            self.cursor = self.cursor.next();
            bytes += events[from..].iter().map(|event| event.entry.value.len()).sum::<usize>();
            revisions += i64::from(events.len() > from);
            if bytes >= BATCH_BYTES || revisions >= BATCH_REVISIONS {
                break;
            }
        }
        Ok(events)
    }
}

impl Watch for Sandbox {
    fn watch(&self, mut request: WatchRequest) -> Reply<'_, WatchStream> {
        if request.range.start().is_empty() {
            // In a watch, and only there, etcd reads the empty key as the smallest one.
            let (start, end) = (Key::from(&b"\0"[..]), request.range.end().to_vec());
            request.range = if request.range.is_single() {
                KeyRange::single(start)
            } else {
                KeyRange::interval(start, end)
            };
        }
        Box::pin(async move {
            tokio::task::consume_budget().await;
            self.admit_read(&request.range)
                .and_then(|()| refuse(&request))
                .map_err(|error| error.during(context(&request.range)))?;
            let progress = request.progress_notify;
            let context = context(&request.range);
            let mut state = self.shared.lock();
            let revision = state.history.revision();
            let id = state.watchers.open(request, revision);
            drop(state);
            let feed = Feed {
                store: Arc::downgrade(&self.shared),
                changed: self.shared.changed.subscribe(),
                id,
                context,
                progress: progress.then(|| Instant::now() + PROGRESS_INTERVAL),
                phase: Phase::Opened(revision),
            };
            Ok(Box::pin(stream::unfold(feed, Feed::next)) as WatchStream)
        })
    }
}

/// What a real store refuses before the watch stands.
fn refuse(request: &WatchRequest) -> Result<(), StoreError> {
    let range = &request.range;
    if !range.is_single() && !range.is_open() && range.end() <= range.start().as_bytes() {
        return Err(check::invalid("mvcc: watcher range is empty"));
    }
    if request.start < Revision::NONE {
        let message = format!("a watch cannot start at revision {}", request.start);
        return Err(check::invalid(&message));
    }
    Ok(())
}

fn context(range: &KeyRange) -> String {
    format!("watch {}", range.start())
}

enum Phase {
    /// To tell that the watch stands, and at which revision.
    Opened(Revision),
    Running,
    Ended,
}

/// What a stream knows of its watcher. It does not keep the sandbox alive.
struct Feed {
    store: Weak<Shared>,
    changed: signal::Receiver<Revision>,
    id: u64,
    /// What is watched, for errors.
    context: String,
    /// When to tell the next progress, where that was asked for.
    progress: Option<Instant>,
    phase: Phase,
}

type Item = Result<WatchMessage, StoreError>;

impl Feed {
    async fn next(mut self) -> Option<(Item, Feed)> {
        let item = match self.phase {
            Phase::Opened(revision) => {
                self.phase = Phase::Running;
                Ok(WatchMessage::Created { revision, cluster: 0 })
            }
            Phase::Running => {
                let message = self.message().await;
                message.map_err(|error| error.during(self.context.as_str()))
            }
            Phase::Ended => return None,
        };
        if item.is_err() {
            self.phase = Phase::Ended;
        }
        self.progress = self.progress.map(|_| Instant::now() + PROGRESS_INTERVAL);
        Some((item, self))
    }

    async fn message(&mut self) -> Item {
        loop {
            // Seen before the state is looked at: whatever happens after that wakes us again.
            self.changed.borrow_and_update();
            let (events, revision) = {
                let shared = self.store.upgrade().ok_or_else(closed)?;
                let mut state = shared.lock();
                let State { history, watchers, .. } = &mut *state;
                let watcher = watchers.live.get_mut(&self.id).ok_or_else(closed)?;
                let events = watcher.advance(history)?;
                (events, history.revision())
            };
            if !events.is_empty() {
                return Ok(WatchMessage::Events(events));
            }
            let progress = async {
                match self.progress {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = self.changed.changed() => changed.map_err(|_| closed())?,
                () = progress => return Ok(WatchMessage::Progress { revision }),
            }
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(shared) = self.store.upgrade() {
            shared.lock().watchers.live.remove(&self.id);
        }
    }
}

/// The sandbox is gone.
pub(super) fn closed() -> StoreError {
    StoreError::new(ErrorKind::Unknown, "the sandbox was closed")
}
