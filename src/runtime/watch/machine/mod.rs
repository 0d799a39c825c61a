//! A watch as a state machine: list, watch, resume, and list again where compaction made a hole.
//!
//! Pure: what happened comes in, with the time; what to tell and what to do next comes out. Who drives
//! it does one [`Step`] after another and brings back what came of it.
//!
//! ```text
//!   List ──> Open ──> Read ──(events, progress)──> Read
//!    ^        ^  │      │
//!    │        │  │      ├─ broke, refused, at fault ──> Wait ──> Open
//!    │        │  └──────┼─ went back? ──> Prove ──> Read, or the store is another one: List
//!    └────────┴─────────┴─ compacted: the gap is told, then List at the oldest revision left
//! ```

mod listing;
mod step;
mod trouble;

use std::time::{Duration, Instant};

pub(super) use step::{Input, Moment, Step};

use crate::app::message::WatchNews;
use crate::domain::txn::{RangeRequest, RangeResponse};
use crate::domain::watch::{Against, Fault, FaultKind, Known, Looking, Replaced, Sequence};
use crate::domain::{Event, EventKind, Key, KeyRange, Revision};
use crate::recipe::backoff::Backoff;
use crate::store::{StoreError, WatchMessage};

/// Waits after a refusal. Rights may be granted at any time, but asking often would hammer the server.
const AFTER_REFUSAL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// One watch.
#[derive(Debug)]
pub(super) struct Machine {
    sequence: Sequence,
    /// What is known of the keys, for the difference after a gap; none where whoever watches lists them.
    known: Option<Known>,
    /// What was told before the first gap that no listing has followed yet.
    unseen_since: Option<Revision>,
    /// What was compacted up to here, the revision itself included, was made up for.
    covered: Revision,
    cluster: u64,
    /// Whether a stream of this store has stood.
    stood: bool,
    /// The last event told: a store that does not have it is another one.
    last: Option<(Key, Revision, EventKind)>,
    phase: Phase,
    backoff: Backoff,
    refusals: Backoff,
    gaps_in_a_row: u32,
    /// The refusal that was told last, not to be told again and again.
    refused: Option<StoreError>,
}

#[derive(Debug)]
enum Phase {
    List {
        at: Revision,
        looking: Looking,
        against: Against,
    },
    Open,
    Read {
        since: Instant,
    },
    /// Something is to be known of the store first.
    Prove {
        why: Why,
        request: RangeRequest,
    },
    Wait {
        limit: Option<Duration>,
        then: Then,
    },
}

/// What the store is asked for.
#[derive(Clone, Copy, Debug)]
enum Why {
    /// A stream stands at this revision, and it is not sure that it is of the same store.
    Same(Revision),
    /// The watch was compacted away, and the server did not say where it can go on.
    Present,
}

/// What follows a wait.
#[derive(Clone, Copy, Debug)]
enum Then {
    Open,
    List { at: Revision, against: Against },
}

impl Machine {
    /// Watches a range from a revision on; [`Revision::NONE`] for from now. With `remember` the keys
    /// are listed first, so that after a gap it can be said what changed.
    pub(super) fn new(range: KeyRange, from: Revision, remember: bool) -> Machine {
        let sequence = Sequence::new(range, from);
        let (first, longest) = AFTER_REFUSAL;
        let mut machine = Machine {
            sequence,
            known: remember.then(Known::default),
            unseen_since: None,
            covered: Revision::NONE,
            cluster: 0,
            stood: false,
            last: None,
            phase: Phase::Open,
            backoff: Backoff::default(),
            refusals: Backoff::between(first, longest),
            gaps_in_a_row: 0,
            refused: None,
        };
        if remember {
            let before = Revision((from.0 - 1).max(0));
            if from.is_some() && before <= Revision(1) {
                // A store begins at revision 1 and is empty then.
                machine.known = Some(Known::empty(before));
            } else {
                machine.list(before, Against::Nothing);
            }
        }
        machine
    }

    /// What is to be done now.
    pub(super) fn next(&mut self) -> Step {
        match &self.phase {
            Phase::List { at, .. } => Step::List(*at),
            Phase::Open => Step::Open(self.sequence.open()),
            Phase::Read { .. } => Step::Read,
            Phase::Prove { request, .. } => Step::Prove(request.clone()),
            Phase::Wait { limit, .. } => Step::Wait(*limit),
        }
    }

    /// Takes what came of a step, and answers with what there is to tell.
    pub(super) fn take(&mut self, input: Input, moment: Moment) -> Vec<WatchNews> {
        match input {
            Input::Page { entries, at, total } => self.page(&entries, at, total, moment),
            Input::Listed(at) => self.listed(at, moment),
            Input::Enough => Vec::new(),
            Input::Opened => {
                self.phase = Phase::Read { since: moment.now };
                Vec::new()
            }
            Input::Message(WatchMessage::Created { revision, cluster }) => {
                self.created(revision, cluster, moment)
            }
            Input::Message(WatchMessage::Events(events)) => self.events(events, moment),
            Input::Message(WatchMessage::Progress { revision }) => {
                self.sequence.progress(revision);
                self.sound();
                vec![WatchNews::Progress { revision }]
            }
            Input::Proved(answer) => self.proved(&answer, moment),
            Input::Failed(error) => self.failed(error, moment),
            Input::Waited => {
                if let Phase::Wait { then, .. } = self.phase {
                    match then {
                        Then::Open => self.phase = Phase::Open,
                        Then::List { at, against } => self.list(at, against),
                    }
                }
                Vec::new()
            }
        }
    }

    fn created(&mut self, revision: Revision, cluster: u64, moment: Moment) -> Vec<WatchNews> {
        let is_other = cluster != 0 && self.cluster != 0 && cluster != self.cluster;
        if is_other {
            self.cluster = cluster;
            return self.replaced(revision, true, moment);
        }
        if cluster != 0 {
            self.cluster = cluster;
        }
        let told = self.sequence.told();
        let goes_on = std::mem::replace(&mut self.stood, true);
        if !goes_on || !told.is_some() {
            return self.stands(revision, moment);
        }
        // A store restored from a backup may have the same cluster ID, and be far ahead again.
        let before = Revision(self.sequence.from().0 - 1);
        let request = match &self.last {
            _ if before < self.covered => self.any_key(),
            _ if before < told => self.any_key().at(before),
            Some((key, at, _)) if *at >= self.covered => {
                RangeRequest::get(key.clone()).keys_only().at(*at)
            }
            _ => self.any_key().at(told),
        };
        self.phase = Phase::Prove { why: Why::Same(revision), request };
        Vec::new()
    }

    fn any_key(&self) -> RangeRequest {
        RangeRequest::get(self.sequence.range().start().clone()).keys_only()
    }

    fn stands(&mut self, revision: Revision, moment: Moment) -> Vec<WatchNews> {
        self.sequence.stands(revision);
        self.refused = None;
        self.phase = Phase::Read { since: moment.now };
        vec![WatchNews::Watching { revision }]
    }

    fn proved(&mut self, answer: &RangeResponse, moment: Moment) -> Vec<WatchNews> {
        let Phase::Prove { why, request } = &self.phase else { return Vec::new() };
        let created = match *why {
            Why::Same(created) => created,
            Why::Present => return self.gap(answer.revision, answer.revision, moment),
        };
        let from = self.sequence.from();
        if request.revision == from && from.is_some() {
            // The compaction was at the very first revision of the stream. Of that an older server has
            // forgotten the deletes, and would leave them out without a word.
            return self.gap(from, from, moment);
        }
        let is_same = match &self.last {
            Some((key, at, kind)) if request.revision == *at && request.range.start() == key => {
                let found = answer.entries.first().map(|entry| entry.mod_revision);
                match kind {
                    EventKind::Put => found == Some(*at),
                    EventKind::Delete => found.is_none(),
                }
            }
            _ => answer.revision >= self.sequence.told(),
        };
        if is_same {
            return self.stands(created, moment);
        }
        self.replaced(created, false, moment)
    }

    fn replaced(&mut self, now: Revision, other_cluster: bool, moment: Moment) -> Vec<WatchNews> {
        let told = self.sequence.told();
        self.sequence.restart();
        (self.stood, self.covered) = (false, Revision::NONE);
        (self.last, self.unseen_since) = (None, None);
        // With two clusters behind one address it would be each time another.
        let limit = Some(self.backoff.next(moment.jitter));
        let then = match self.known {
            Some(_) => Then::List { at: Revision::NONE, against: Against::AnotherStore },
            None => Then::Open,
        };
        self.phase = Phase::Wait { limit, then };
        let replaced = Replaced { told, now, other_cluster };
        vec![WatchNews::Replaced { replaced, received: moment.clock }]
    }

    fn events(&mut self, events: Vec<Event>, moment: Moment) -> Vec<WatchNews> {
        let checked = self.sequence.check(events);
        let mut faults = checked.faults;
        for event in &checked.events {
            faults.extend(self.follow(event));
        }
        if let Some(known) = &mut self.known {
            if checked.gave_up {
                *known = Known::default();
            }
            checked.again.iter().for_each(|event| known.apply_again(event));
        }
        let newest = self.last.as_ref().map_or(Revision::NONE, |(_, at, _)| *at);
        if let Some(event) = checked.events.last().filter(|event| event.revision() >= newest) {
            self.last = Some((event.entry.key.clone(), event.revision(), event.kind));
        }
        let received = moment.clock;
        let mut news = Vec::new();
        if !checked.events.is_empty() {
            news.push(WatchNews::Events { events: checked.events, received });
        }
        if faults.is_empty() {
            self.sound();
            return news;
        }
        news.extend(faults.into_iter().map(|fault| WatchNews::Fault { fault, received }));
        self.wait(moment, Then::Open);
        news
    }

    /// What is known follows an event; a fault when it tells of one before it that never came.
    fn follow(&mut self, event: &Event) -> Option<Fault> {
        let known = self.known.as_mut()?;
        let at = known.at();
        let written = known.apply(event);
        let (written, before) = (written?, event.previous.as_ref()?.mod_revision);
        let last = written.unwrap_or(Revision::NONE).max(at);
        let is_missed = before > last && self.sequence.missed(before, last);
        is_missed.then(|| Fault {
            kind: FaultKind::Missed,
            revision: before,
            key: event.entry.key.clone(),
            others: 0,
        })
    }

    fn sound(&mut self) {
        self.backoff.reset();
        self.refusals.reset();
        self.gaps_in_a_row = 0;
    }

    fn wait(&mut self, moment: Moment, then: Then) {
        let limit = Some(self.backoff.next(moment.jitter));
        self.phase = Phase::Wait { limit, then };
    }
}

#[cfg(test)]
mod tests;
