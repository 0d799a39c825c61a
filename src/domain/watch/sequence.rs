//! The promises of a watch, checked: events in order, each once, of the keys that were asked for, and
//! those of a revision together, also across streams that break and are opened anew.
//!
//! Pure. It remembers what was told lately, so that an event which comes again is told apart from one
//! that comes late.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::fault::{Fault, FaultKind};
use crate::domain::{Event, KeyRange, Revision};

/// How many events are remembered at least (16 bytes each); those of the newest revision always are.
const REMEMBERED: usize = 8192;

/// A server that so often fails to bring again what it sent out of order is not asked for it any more:
/// it would be for ever.
const FAILURES: u32 = 16;

/// What a message held, checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is to be told: nothing that was told before.
    pub events: Vec<Event>,
    /// While a stream brings again what was told out of order: all of it, in order, told or not.
    pub again: Vec<Event>,
    /// What was wrong, at most one of each kind. Then the stream is not to be read on.
    pub faults: Vec<Fault>,
    /// What was told out of order will not be brought again: the server fails at it.
    pub gave_up: bool,
}

/// What of the events of a range has been told, and what a stream may bring next.
#[derive(Clone, Debug)]
pub struct Sequence {
    range: KeyRange,
    /// The first revision wanted; none for "from now" until it is known what now is.
    start: Revision,
    /// Everything up to here is told, as far as it is known.
    told: Revision,
    /// What was told lately: revision and a hash of the key.
    recent: VecDeque<(Revision, u64)>,
    /// Up to here nobody remembers what was told.
    forgotten: Revision,
    /// Where to begin again, because what was told after it may be incomplete.
    rewind: Option<Revision>,
    /// How often in a row the server failed to bring that.
    failures: u32,
    /// What the stream was asked for, and what was told when it was.
    from: Revision,
    replay: Revision,
    /// The last revision that the stream brought.
    cursor: Revision,
}

impl Sequence {
    /// Nothing told yet; `start` is the first revision wanted, [`Revision::NONE`] for "from now".
    pub fn new(range: KeyRange, start: Revision) -> Sequence {
        Sequence {
            range,
            start,
            told: Revision::NONE,
            recent: VecDeque::new(),
            forgotten: Revision::NONE,
            rewind: None,
            failures: 0,
            from: start,
            replay: Revision::NONE,
            cursor: Revision::NONE,
        }
    }

    /// The keys.
    pub fn range(&self) -> &KeyRange {
        &self.range
    }

    /// The newest revision up to which everything is told, gaps aside; none before the first word.
    pub fn told(&self) -> Revision {
        self.told
    }

    /// The first revision that is not told yet; [`Revision::NONE`] for "from now".
    pub fn next(&self) -> Revision {
        if self.told.is_some() { self.told.next().max(self.start) } else { self.start }
    }

    /// Where a stream is to begin: at the next revision, or before it where something may be missing.
    pub fn first(&self) -> Revision {
        self.rewind.unwrap_or_else(|| self.next())
    }

    /// From which revision the stream was asked for.
    pub fn from(&self) -> Revision {
        self.from
    }

    /// A stream is about to be opened: from which revision.
    pub fn open(&mut self) -> Revision {
        self.from = self.first();
        self.replay = self.told;
        self.cursor = Revision::NONE;
        self.from
    }

    /// The stream stands, made when the store was at `revision`.
    pub fn stands(&mut self, revision: Revision) {
        let known = if self.start.is_some() {
            Revision(self.start.0 - 1).min(revision)
        } else {
            self.start = revision.next();
            revision
        };
        self.told = self.told.max(known);
    }

    /// Nothing more of the range happened up to `revision`.
    pub fn progress(&mut self, revision: Revision) {
        if !self.start.is_some() {
            // Listed: what comes next is asked for from here, not from where the stream happens to stand.
            self.start = revision.next();
        }
        self.told = self.told.max(revision);
        self.rewind = self.rewind.filter(|rewind| *rewind > revision);
    }

    /// Revisions up to `to` cannot be told any more. Answers with the first of them that is not told, or
    /// may be incomplete; none when all of them are told.
    pub fn skip(&mut self, to: Revision) -> Option<Revision> {
        let from = self.first();
        self.told = self.told.max(to);
        self.forgotten = self.forgotten.max(to);
        self.rewind = self.rewind.map(|rewind| rewind.max(to.next()));
        self.rewind = self.rewind.filter(|rewind| *rewind <= self.told);
        (from <= to).then_some(from)
    }

    /// The store is another one: nothing told of the old one means anything.
    pub fn restart(&mut self) {
        *self = Sequence::new(self.range.clone(), Revision::NONE);
    }

    /// An event at `revision` was never told, though all up to `known` was: the watch is to be asked
    /// again from there. Says whether that is worth it, since for long nobody remembers what was told.
    pub fn missed(&mut self, revision: Revision, known: Revision) -> bool {
        let from = known.next().max(self.forgotten.next()).max(self.start);
        let is_worth_it = from <= revision && self.rewind.is_none_or(|rewind| from < rewind);
        if is_worth_it {
            self.rewind = Some(from);
        }
        is_worth_it
    }

    /// Checks a message of the stream. What it answers with counts as told.
    pub fn check(&mut self, events: Vec<Event>) -> Checked {
        if self.is_in_order(&events) {
            for event in &events {
                self.tell(event);
            }
            self.cursor = events.last().map_or(self.cursor, Event::revision);
            return Checked { events, ..Checked::default() };
        }
        let mut checked = Checked::default();
        let before = Before { cursor: self.cursor, told: self.told };
        let asked_again = self.rewind.take();
        for event in events {
            let (fresh, fault) = self.judge(&event, &before);
            if let Some(kind) = fault {
                checked.note(kind, &event);
            }
            if fault != Some(FaultKind::Stray) {
                self.cursor = self.cursor.max(event.revision());
            }
            if asked_again.is_some() && fault != Some(FaultKind::Stray) {
                checked.again.push(event.clone());
            }
            if fresh {
                self.tell(&event);
                checked.events.push(event);
            }
        }
        if let (Some(asked), None) = (asked_again, self.rewind)
            && self.cursor < self.replay
        {
            // What was asked for again has not come to its end yet.
            if checked.faults.is_empty() {
                self.rewind = Some(self.cursor.next().max(asked));
                self.failures = 0;
            } else {
                self.failures += 1;
                checked.gave_up = self.failures > FAILURES;
                self.rewind = Some(asked).filter(|_| !checked.gave_up);
            }
        }
        checked
    }

    /// Whether all is as it has to be and new: the usual case, which costs little.
    fn is_in_order(&self, events: &[Event]) -> bool {
        let floor = self.cursor.max(self.told).max(Revision(self.from.0 - 1));
        let begins = events.first().is_none_or(|first| first.revision() > floor);
        let goes_on = |pair: &[Event]| {
            let [one, next] = pair else { return true };
            one.revision() < next.revision()
                || one.revision() == next.revision() && one.entry.key != next.entry.key
        };
        begins
            && self.rewind.is_none()
            && events.windows(2).all(goes_on)
            && events.iter().all(|event| self.range.contains(event.entry.key.as_bytes()))
    }

    /// Whether an event is to be told, and what is wrong with it.
    fn judge(&mut self, event: &Event, before: &Before) -> (bool, Option<FaultKind>) {
        let revision = event.revision();
        if !self.range.contains(event.entry.key.as_bytes()) || !revision.is_some() {
            return (false, Some(FaultKind::Stray));
        }
        let fresh = self.is_fresh(event);
        let replayed = revision >= self.from && revision <= self.replay;
        let (in_order, goes_on) = (revision >= self.cursor, revision == before.cursor);
        let fault = match (in_order && !goes_on, fresh) {
            (true, _) if replayed => None,
            (true, true) if revision > before.told => None,
            (false, true) if goes_on => Some(FaultKind::Split),
            (_, true) => Some(FaultKind::Late),
            (_, false) => Some(FaultKind::Repeated),
        };
        match fault {
            Some(FaultKind::Split) => self.again_from(revision),
            Some(FaultKind::Late) => self.again_from(self.before(revision).next()),
            Some(FaultKind::Repeated | FaultKind::Stray | FaultKind::Missed) | None => {}
        }
        (fresh, fault)
    }

    fn is_fresh(&self, event: &Event) -> bool {
        let revision = event.revision();
        if revision > self.told {
            return true;
        }
        let told = (revision, hash(event));
        revision > self.forgotten && revision >= self.start && !self.recent.contains(&told)
    }

    /// The newest revision told before this one.
    fn before(&self, revision: Revision) -> Revision {
        let earlier = self.recent.iter().map(|(told, _)| *told).filter(|told| *told < revision);
        earlier.max().unwrap_or(Revision::NONE).max(self.forgotten).max(Revision(self.start.0 - 1))
    }

    fn again_from(&mut self, revision: Revision) {
        self.failures = 0;
        self.rewind = Some(self.rewind.map_or(revision, |rewind| rewind.min(revision)));
    }

    fn tell(&mut self, event: &Event) {
        let revision = event.revision();
        self.told = self.told.max(revision);
        self.recent.push_back((revision, hash(event)));
        while self.recent.len() > REMEMBERED
            && self.recent.front().is_some_and(|(oldest, _)| *oldest < self.told)
        {
            if let Some((oldest, _)) = self.recent.pop_front() {
                self.forgotten = self.forgotten.max(oldest);
            }
        }
    }
}

/// Where a sequence was before a message.
struct Before {
    /// The last revision that the stream had brought.
    cursor: Revision,
    told: Revision,
}

impl Checked {
    fn note(&mut self, kind: FaultKind, event: &Event) {
        match self.faults.iter_mut().find(|fault| fault.kind == kind) {
            Some(fault) => fault.others += 1,
            None => self.faults.push(Fault {
                kind,
                revision: event.revision(),
                key: event.entry.key.clone(),
                others: 0,
            }),
        }
    }
}

fn hash(event: &Event) -> u64 {
    let mut hasher = DefaultHasher::new();
    event.entry.key.as_bytes().hash(&mut hasher);
    hasher.finish()
}
