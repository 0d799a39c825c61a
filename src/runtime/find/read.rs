//! Reading all keys of some ranges, at one revision, as fast as the bound on the load allows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::now;
use crate::app::find::order::Indexing;
use crate::domain::find::Phase;
use crate::domain::load::{Load, Meter, Urgency};
use crate::domain::txn::{RangeRequest, RangeResponse};
use crate::domain::{KeyRange, Revision};
use crate::find::{Ask, Cutter, Index};
use crate::recipe::backoff::{Backoff, jitter};
use crate::store::{ErrorKind, Kv, ReadOnly, StoreError};

/// About so many keys an answer has: enough to be worth its price, few enough for the server to make
/// without much memory, and for others to be served in between.
const PAGE: u64 = 10_000;
/// So many answers are under way at most, whatever the bound on the load: one is decoded while the next
/// is made, and more would take more memory than the index.
const ANSWERS: usize = 2;
/// So often the reading begins anew where its revision was compacted meanwhile.
const ANEW: usize = 5;
/// The rate is that of the last moments.
const MOMENTS: Duration = Duration::from_secs(2);

/// A reading under way.
pub(super) struct Reading {
    ranges: Vec<KeyRange>,
    cutter: Cutter,
    /// The revision that was asked for, and the one it is read at.
    pinned: Revision,
    revision: Revision,
    meter: Meter,
    under_way: JoinSet<Page>,
    stopped: bool,
    /// Why it waits for the connection.
    waits: Option<String>,
    backoff: Backoff,
    retry: Arc<Notify>,
    begun_anew: usize,
    keys: u64,
    samples: VecDeque<(Instant, u64)>,
}

/// What came back.
pub(super) enum Page {
    /// An answer.
    Answer(Ask, Result<RangeResponse, StoreError>),
    /// The wait for the connection is over.
    Woken,
}

/// What is to be done after it.
pub(super) enum Then {
    /// There are more keys in the index.
    GoOn,
    /// There are not.
    Wait,
    /// Everything begins anew.
    Anew,
    /// All keys are there, as of this revision.
    Whole(Revision),
    /// It cannot go on: why.
    Failed(String),
}

/// What comes back next.
pub(super) async fn next(reading: &mut Option<Reading>) -> Page {
    if let Some(reading) = reading {
        while let Some(done) = reading.under_way.join_next().await {
            match done {
                Ok(page) => return page,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => {}
            }
        }
    }
    std::future::pending().await
}

impl Reading {
    pub(super) fn new(indexing: &Indexing, retry: Arc<Notify>) -> Reading {
        let ranges = indexing.ranges.clone();
        let load = Load { requests: indexing.load.requests.min(ANSWERS), ..indexing.load };
        Reading {
            cutter: Cutter::new(ranges.iter().cloned(), PAGE),
            ranges,
            pinned: indexing.revision,
            revision: indexing.revision,
            meter: Meter::new(load, now()),
            under_way: JoinSet::new(),
            stopped: false,
            waits: None,
            backoff: Backoff::default(),
            retry,
            begun_anew: 0,
            keys: 0,
            samples: VecDeque::from([(Instant::now(), 0)]),
        }
    }

    pub(super) fn set_stopped(&mut self, stopped: bool) {
        self.stopped = stopped;
    }

    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    pub(super) fn phase(&self) -> Phase {
        match &self.waits {
            _ if self.stopped => Phase::Stopped,
            Some(why) => Phase::Waiting(why.clone()),
            None => Phase::Reading,
        }
    }

    /// Keys a second at present.
    pub(super) fn rate(&self) -> u64 {
        let (Some((from, before)), Some((to, after))) = (self.samples.front(), self.samples.back())
        else {
            return 0;
        };
        let seconds = (*to - *from).as_secs_f64();
        if seconds > 0.0 { ((after - before) as f64 / seconds) as u64 } else { 0 }
    }

    /// Asks for as much as may be asked for now.
    pub(super) fn ask(&mut self, store: &ReadOnly) {
        while self.may_ask()
            && self.meter.allows(Urgency::Awaited, now())
            && let Some(ask) = self.cutter.next_ask()
        {
            self.meter.sent();
            let request = RangeRequest {
                // A member that lags behind would call a revision that exists a future one.
                serializable: !self.pinned.is_some(),
                ..RangeRequest::new(ask.range.clone()).limit(ask.limit as i64).keys_only()
            };
            let (store, request) = (store.clone(), request.at(self.revision));
            // A task of its own: an answer is decoded while the next one is waited for.
            self.under_way.spawn(async move {
                let result = store.range(request).await;
                Page::Answer(ask, result)
            });
        }
    }

    /// How many requests are under way.
    fn asked(&self) -> usize {
        self.under_way.len() - usize::from(self.waits.is_some())
    }

    fn may_ask(&self) -> bool {
        !self.stopped && self.waits.is_none()
    }

    /// When more may be asked for, where nothing but the bound on the load keeps it from that.
    pub(super) fn wake(&self) -> Option<Instant> {
        let waits = self.may_ask() && !self.cutter.is_done() && !self.meter.is_busy();
        waits.then(|| Instant::from_std(self.meter.free_at(Urgency::Awaited, now())))
    }

    /// Takes what came back.
    pub(super) fn take(&mut self, page: Page, index: &mut Index) -> Then {
        let (ask, result) = match page {
            Page::Answer(ask, result) => (ask, result),
            Page::Woken => {
                self.waits = None;
                return Then::Wait;
            }
        };
        let counted = result.as_ref().map_or(0, |answer| answer.count);
        self.meter.ended(counted, now());
        match result {
            Ok(answer) => self.read(&ask, &answer, index),
            Err(error) => self.failed(ask, error),
        }
    }

    fn read(&mut self, ask: &Ask, answer: &RangeResponse, index: &mut Index) -> Then {
        if !answer.revision.is_some() {
            return Then::Failed("the answer has no revision: this is no etcd".to_owned());
        }
        if !self.revision.is_some() {
            self.revision = answer.revision;
        }
        self.backoff = Backoff::default();
        let entries = &answer.entries;
        index.add(entries.iter().map(|entry| &entry.key));
        let ends = entries.first().zip(entries.last());
        let ends = ends.map(|(first, last)| (&first.key, &last.key));
        let keys = entries.len() as u64;
        let count = if answer.more { answer.count.max(0) as u64 } else { keys };
        self.cutter.answered(ask, ends, keys, count.max(keys));
        self.keys += keys;
        let now = Instant::now();
        self.samples.push_back((now, self.keys));
        while self.samples.len() > 2 && self.samples[1].0 + MOMENTS < now {
            self.samples.pop_front();
        }
        if self.cutter.is_done() && self.asked() == 0 {
            return Then::Whole(self.revision);
        }
        Then::GoOn
    }

    fn failed(&mut self, ask: Ask, error: StoreError) -> Then {
        match error.kind {
            ErrorKind::Compacted { .. } if self.pinned.is_some() => {
                return Then::Failed(format!("revision {} is compacted", self.pinned));
            }
            ErrorKind::Compacted { .. } if self.begun_anew < ANEW => {
                // A fresh start at the newest revision.
                for _ in 0..self.asked() {
                    // What they cost is not known; what was counted before still is.
                    self.meter.ended(0, now());
                }
                self.under_way = JoinSet::new();
                self.cutter = Cutter::new(self.ranges.iter().cloned(), PAGE);
                self.revision = Revision::NONE;
                self.waits = None;
                self.begun_anew += 1;
                self.keys = 0;
                self.samples = VecDeque::from([(Instant::now(), 0)]);
                return Then::Anew;
            }
            ErrorKind::Compacted { .. } => {
                let text = "each revision was compacted before all keys were read";
                return Then::Failed(text.to_owned());
            }
            ErrorKind::FutureRevision if !self.pinned.is_some() => {}
            _ if error.is_connection() => {}
            _ => return Then::Failed(error.to_string()),
        }
        self.cutter.failed(ask);
        if self.waits.replace(error.to_string()).is_none() {
            let (limit, retry) = (self.backoff.next(jitter()), self.retry.clone());
            self.under_way.spawn(async move {
                // Woken early when the connection is known to stand again.
                let _ = timeout(limit, retry.notified()).await;
                Page::Woken
            });
        }
        Then::Wait
    }
}
