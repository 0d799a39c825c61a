//! Finding: reads all keys into an index, keeps it current, and searches it, all beside the loop.
//!
//! One task holds the index. What is wanted of it stands in one place, where the latest wins, so that
//! nobody waits for a queue. The search is done by other threads on a copy, part by part: a newer
//! query takes the place of the older between two parts.

mod follow;
mod read;
mod search;
mod values;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use crate::app::find::order::{FindNews, FindOrder, Indexing, Search};
use crate::app::message::Message;
use crate::domain::Revision;
use crate::domain::find::{IndexState, Phase};
use crate::find::Index;
use crate::store::ReadOnly;
use follow::Following;
use read::Reading;
use search::Searching;

pub(super) use values::Task as Values;

/// How often the state of the index is told while it changes.
const TOLD: Duration = Duration::from_millis(200);

/// What is wanted of the task.
#[derive(Clone, Debug, Default)]
struct Wanted {
    /// The number of the index that is wanted, and what is to be in it.
    index: Option<(u64, Indexing)>,
    stopped: bool,
    search: Option<Search>,
}

/// The task, and what it is told.
#[derive(Debug)]
pub(super) struct Finder {
    wanted: watch::Sender<Wanted>,
    task: AbortHandle,
}

impl Finder {
    /// Starts the task, which does nothing until it is told to.
    pub(super) fn start(
        store: ReadOnly,
        inbox: mpsc::Sender<Message>,
        retry: Arc<Notify>,
    ) -> Finder {
        let (wanted, receiver) = watch::channel(Wanted::default());
        let work = Work {
            store,
            inbox,
            retry,
            index: Index::default(),
            number: 0,
            indexing: None,
            reading: None,
            following: None,
            still: None,
            searching: Searching::default(),
            told: None,
            tell_at: Instant::now(),
        };
        Finder { wanted, task: tokio::spawn(work.run(receiver)).abort_handle() }
    }

    /// Says what is wanted from now on.
    pub(super) fn order(&self, order: FindOrder) {
        self.wanted.send_modify(|wanted| match order {
            FindOrder::Index(indexing) => {
                let number = wanted.index.as_ref().map_or(1, |(number, _)| number + 1);
                wanted.index = Some((number, indexing));
                wanted.stopped = false;
            }
            FindOrder::Stop => wanted.stopped = true,
            FindOrder::GoOn => wanted.stopped = false,
            FindOrder::Search(search) => wanted.search = Some(search),
            FindOrder::Rest => wanted.search = None,
        });
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task.
struct Work {
    store: ReadOnly,
    inbox: mpsc::Sender<Message>,
    retry: Arc<Notify>,
    index: Index,
    /// Which of the indexes that were wanted this is.
    number: u64,
    indexing: Option<Indexing>,
    reading: Option<Reading>,
    following: Option<Following>,
    /// Why the index neither grows nor follows.
    still: Option<Phase>,
    searching: Searching,
    told: Option<IndexState>,
    tell_at: Instant,
}

/// What happened.
enum Happened {
    Wanted,
    Page(read::Page),
    News(Message),
    Searched,
    Time,
}

impl Work {
    async fn run(mut self, mut wanted: watch::Receiver<Wanted>) {
        loop {
            let wake = self.wake();
            let happened = tokio::select! {
                changed = wanted.changed() => match changed {
                    Ok(()) => Happened::Wanted,
                    Err(_) => return,
                },
                page = read::next(&mut self.reading) => Happened::Page(page),
                news = follow::next(&mut self.following) => Happened::News(news),
                () = self.searching.ended() => Happened::Searched,
                () = pause(wake) => Happened::Time,
            };
            match happened {
                Happened::Wanted => {
                    let wanted = wanted.borrow_and_update().clone();
                    self.take(wanted);
                }
                Happened::Page(page) => self.on_page(page),
                Happened::News(news) => self.on_news(news),
                Happened::Searched | Happened::Time => {}
            }
            if let Some(reading) = &mut self.reading {
                reading.ask(&self.store);
            }
            self.search();
            if self.tell().await.is_err() {
                // The loop has ended.
                return;
            }
        }
    }

    /// Begins what is wanted and was not before.
    fn take(&mut self, wanted: Wanted) {
        if let Some((number, indexing)) = wanted.index
            && number != self.number
        {
            self.number = number;
            self.begin(indexing);
        }
        if let Some(reading) = &mut self.reading {
            reading.set_stopped(wanted.stopped);
        }
        if let Some(fault) = self.searching.want(wanted.search) {
            self.searching.fault = Some(fault);
        }
    }

    /// An empty index, that is read from the beginning.
    fn begin(&mut self, indexing: Indexing) {
        self.index = Index::default();
        self.searching.changed();
        self.following = None;
        self.still = None;
        self.reading = Some(Reading::new(&indexing, self.retry.clone()));
        self.indexing = Some(indexing);
    }

    fn on_page(&mut self, page: read::Page) {
        let Some(reading) = &mut self.reading else { return };
        match reading.take(page, &mut self.index) {
            read::Then::GoOn => self.searching.changed(),
            read::Then::Wait => {}
            read::Then::Anew => {
                self.index = Index::default();
                self.searching.changed();
            }
            read::Then::Failed(error) => {
                self.reading = None;
                self.still = Some(Phase::Failed(error));
            }
            read::Then::Whole(revision) => {
                self.reading = None;
                self.searching.changed();
                self.follow(revision);
            }
        }
    }

    /// All is read: from here on the index follows, unless it is of the past.
    fn follow(&mut self, revision: Revision) {
        let Some(indexing) = &self.indexing else { return };
        if indexing.revision.is_some() {
            self.still = Some(Phase::Still(None));
            return;
        }
        let (store, retry) = (self.store.clone(), self.retry.clone());
        self.following = Some(Following::start(&indexing.ranges, revision, &store, &retry));
    }

    fn on_news(&mut self, news: Message) {
        let Some(following) = &mut self.following else { return };
        let changes = following.take(news);
        if !changes.is_empty() {
            self.index.apply(changes);
            self.searching.changed();
        }
        if let Some(end) = following.end() {
            self.still = Some(end);
        }
    }

    /// Looks for what is wanted, where the index has changed.
    fn search(&mut self) {
        if self.indexing.is_none() {
            return;
        }
        let whole = self.reading.is_none();
        self.searching.start(&self.index, whole, &self.inbox);
    }

    /// When there is something to do without anything happening.
    fn wake(&self) -> Option<Instant> {
        let reading = self.reading.as_ref().and_then(Reading::wake);
        let search = self.searching.wake();
        let tell = (self.told.as_ref() != self.state().as_ref()).then_some(self.tell_at);
        [reading, search, tell].into_iter().flatten().min()
    }

    fn state(&self) -> Option<IndexState> {
        let indexing = self.indexing.as_ref()?;
        let (phase, revision, rate) = match (&self.still, &self.following, &self.reading) {
            (Some(phase), following, _) => {
                let followed = following.as_ref().map(Following::revision);
                (phase.clone(), followed.unwrap_or(indexing.revision), 0)
            }
            (None, Some(following), _) => (following.phase(), following.revision(), 0),
            (None, None, Some(reading)) => (reading.phase(), reading.revision(), reading.rate()),
            (None, None, None) => return None,
        };
        Some(IndexState {
            keys: self.index.len() as u64,
            total: indexing.total.max(self.index.len() as u64),
            bytes: self.index.memory() as u64,
            rate,
            revision,
            phase,
        })
    }

    /// Tells how far the index is, now and then; another phase at once.
    async fn tell(&mut self) -> Result<(), mpsc::error::SendError<Message>> {
        if let Some((number, fault)) = self.searching.fault.take() {
            self.inbox.send(Message::Find(FindNews::Fault(number, fault))).await?;
        }
        let state = self.state();
        let phase = |state: &Option<IndexState>| state.as_ref().map(|state| state.phase.clone());
        let at_once = phase(&state) != phase(&self.told);
        if state == self.told || !at_once && Instant::now() < self.tell_at {
            return Ok(());
        }
        self.told.clone_from(&state);
        self.tell_at = Instant::now() + TOLD;
        match state {
            Some(state) => self.inbox.send(Message::Find(FindNews::Index(state))).await,
            None => Ok(()),
        }
    }
}

/// Until then; for ever where nothing is to come.
async fn pause(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// The clock of meters: tokio's, which tests can stop.
fn now() -> std::time::Instant {
    Instant::now().into_std()
}
