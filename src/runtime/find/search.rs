//! The search that goes on: by threads beside the loop, on a copy of the index, part by part.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::Instant;

use crate::app::find::order::{FindNews, Search};
use crate::app::message::Message;
use crate::domain::find::Fault;
use crate::find::{Found, Index, Pattern, Snapshot, search};

/// So many keys a thread looks at before it is asked whether that is still wanted.
const PART: usize = 50_000;
/// So many threads at most: the rest of the program, and of the machine, goes on.
const THREADS: usize = 4;
/// After so long what was found so far is told.
const PATIENCE: Duration = Duration::from_millis(100);
/// While the index changes it is searched again after so long, and after ten times what that took.
const AGAIN: Duration = Duration::from_millis(250);

/// The search that is wanted, and how far it is.
#[derive(Default)]
pub(super) struct Searching {
    wanted: Option<Search>,
    pattern: Option<Arc<Pattern>>,
    task: JoinSet<()>,
    began: Option<Instant>,
    /// The index is another one than the last search saw.
    changed: bool,
    again_at: Option<Instant>,
    /// What is wrong with the query of this number, to be told.
    pub(super) fault: Option<(u64, Fault)>,
}

impl Searching {
    /// Says what is to be looked for from now on; what is wrong with it.
    pub(super) fn want(&mut self, wanted: Option<Search>) -> Option<(u64, Fault)> {
        if self.wanted == wanted {
            return None;
        }
        self.task.abort_all();
        self.task = JoinSet::new();
        self.wanted = wanted;
        self.changed = true;
        self.again_at = None;
        self.began = None;
        self.pattern = None;
        let search = self.wanted.as_ref()?;
        match Pattern::new(&search.query) {
            Ok(pattern) => {
                self.pattern = Some(Arc::new(pattern));
                None
            }
            Err(fault) => Some((search.number, fault)),
        }
    }

    /// The index has changed.
    pub(super) fn changed(&mut self) {
        self.changed = true;
    }

    /// Waits until the search under way has ended.
    pub(super) async fn ended(&mut self) {
        match self.task.join_next().await {
            None => std::future::pending().await,
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(_) => {
                let now = Instant::now();
                let took = self.began.map_or(Duration::ZERO, |began| now - began);
                self.again_at = Some(now + AGAIN.max(10 * took));
            }
        }
    }

    /// When the next search is due.
    pub(super) fn wake(&self) -> Option<Instant> {
        let waits = self.changed && self.pattern.is_some() && self.task.is_empty();
        self.again_at.filter(|_| waits)
    }

    /// Begins a search, where one is due.
    pub(super) fn start(&mut self, index: &Index, whole: bool, inbox: &mpsc::Sender<Message>) {
        let now = Instant::now();
        let due = self.changed && self.again_at.is_none_or(|at| at <= now);
        let (Some(search), Some(pattern)) = (&self.wanted, &self.pattern) else { return };
        if !due || !self.task.is_empty() {
            return;
        }
        self.changed = false;
        // What was found before stays until all of it is known again.
        let first = self.began.is_none();
        self.began = Some(now);
        let run = Run {
            snapshot: index.snapshot(),
            pattern: pattern.clone(),
            number: search.number,
            most: search.most,
            whole,
            first,
            inbox: inbox.clone(),
        };
        self.task.spawn(run.search());
    }
}

/// One search.
struct Run {
    snapshot: Snapshot,
    pattern: Arc<Pattern>,
    number: u64,
    most: usize,
    whole: bool,
    /// Nothing was found for it yet: parts of it are told.
    first: bool,
    inbox: mpsc::Sender<Message>,
}

impl Run {
    async fn search(self) {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.min(THREADS);
        let mut found = Found::default();
        let mut told = Instant::now();
        let most = self.most;
        for round in self.snapshot.parts(PART * threads) {
            // In order, so that what is found is put together in order.
            let parts = round.parts(PART).into_iter().map(|part| {
                let pattern = self.pattern.clone();
                spawn_blocking(move || search(&part, &pattern, most))
            });
            let parts: Vec<_> = parts.collect();
            for part in parts {
                match part.await {
                    Ok(part) => found.add(part, &self.pattern, most),
                    Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    Err(_) => return,
                }
            }
            if self.first && told.elapsed() >= PATIENCE {
                told = Instant::now();
                self.tell(&found, false).await;
            }
        }
        self.tell(&found, self.whole).await;
    }

    async fn tell(&self, found: &Found, complete: bool) {
        let hits = found.hits(&self.pattern, complete);
        // The loop has ended when nobody receives.
        let _ = self.inbox.send(Message::Find(FindNews::Hits(self.number, hits))).await;
    }
}
