//! How each endpoint fares, and which one is to be used: a plain state machine, told the time.
//!
//! Invariants: one endpoint is in use at any time. It is left only for a better one, or for an equal
//! one after it failed a call; so two that serve equally well never alternate.

use std::time::Duration;

use tokio::time::Instant;

use crate::store::{EndpointState, Latency, Status, StoreError};

/// An endpoint that was never heard of is left for a healthy one after so much silence; before that
/// the order in which the endpoints were given counts.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// Members learn of a new leader one after another. One without a leader is left when it still has
/// none so long after another one had one.
pub(super) const CONFIRMED: Duration = Duration::from_millis(300);

/// What asking an endpoint for its status came to.
#[derive(Clone, Debug)]
pub(super) enum Finding {
    /// It answered, after so long; without a time where it was not measured.
    Answered(Box<Status>, Option<Duration>),
    /// It did not, or with an error.
    Failed(StoreError),
}

/// What is known of one endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) state: EndpointState,
    pub(super) latency: Option<Latency>,
    pub(super) status: Option<Status>,
    /// When it came into the state it is in.
    pub(super) since: Option<Instant>,
    /// When it was last found to be in it.
    pub(super) found: Option<Instant>,
    /// Since when it is being asked.
    pub(super) asked: Option<Instant>,
    /// Whether a call failed there of which nothing else has been heard since.
    suspect: bool,
}

impl Record {
    /// The lower the better.
    fn rank(&self) -> u8 {
        let rank = match self.state {
            EndpointState::Healthy => 0,
            EndpointState::Unknown => 1,
            EndpointState::NoLeader => 3,
            EndpointState::Learner => 4,
            EndpointState::Refused(_) => 5,
            EndpointState::Down(_) => 6,
        };
        if self.suspect { rank.max(2) } else { rank }
    }

    fn is_healthy(&self) -> bool {
        self.rank() == 0
    }

    fn becomes(&mut self, state: EndpointState, now: Instant) {
        if std::mem::discriminant(&self.state) != std::mem::discriminant(&state) {
            self.since = None;
        }
        self.state = state;
        self.since.get_or_insert(now);
        self.found = Some(now);
        self.suspect = false;
    }

    fn measured(&mut self, last: Duration) {
        let before = self.latency.map_or(last, |latency| latency.smoothed);
        self.latency = Some(Latency { last, smoothed: (before * 3 + last) / 4 });
    }

    /// Whether it has lost its leader while `other` has one.
    fn is_behind(&self, other: &Record) -> bool {
        let (Some(since), Some(found)) = (self.since, self.found) else { return false };
        let (Some(led_since), Some(led)) = (other.since, other.found) else { return false };
        led >= since && found >= since + CONFIRMED && found >= led_since + CONFIRMED
    }
}

/// What is known of all endpoints, and the number of the one in use.
#[derive(Clone, Debug)]
pub(super) struct Health {
    records: Vec<Record>,
    current: usize,
}

impl Health {
    /// Nothing is known yet of so many endpoints; the first is in use.
    pub(super) fn new(endpoints: usize) -> Health {
        Health { records: vec![Record::default(); endpoints], current: 0 }
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(super) fn record(&self, index: usize) -> &Record {
        &self.records[index]
    }

    /// Somebody is about to ask it; false when it is being asked already.
    pub(super) fn asks(&mut self, index: usize, now: Instant) -> bool {
        let record = &mut self.records[index];
        let free = record.asked.is_none();
        record.asked.get_or_insert(now);
        free
    }

    /// The question was given up before it came to an end.
    pub(super) fn gave_up(&mut self, index: usize) {
        self.records[index].asked = None;
    }

    /// The question came to an end.
    pub(super) fn found(&mut self, index: usize, finding: Finding, now: Instant) {
        let record = &mut self.records[index];
        record.asked = None;
        let state = match finding {
            Finding::Answered(status, latency) => {
                if let Some(latency) = latency {
                    record.measured(latency);
                }
                let state = match (status.is_learner, status.leader) {
                    (true, _) => EndpointState::Learner,
                    (false, 0) => EndpointState::NoLeader,
                    (false, _) => EndpointState::Healthy,
                };
                record.status = Some(*status);
                state
            }
            Finding::Failed(error) if error.is_turned_away() => EndpointState::Refused(error),
            Finding::Failed(error) => EndpointState::Down(error),
        };
        record.becomes(state, now);
        self.settle(now);
    }

    /// A call got no connection there.
    pub(super) fn unreachable(&mut self, index: usize, error: StoreError, now: Instant) {
        self.records[index].becomes(EndpointState::Down(error), now);
        self.leave(index);
    }

    /// A call that was sent failed there, in a way that may lie in the member.
    pub(super) fn suspect(&mut self, index: usize) {
        self.records[index].suspect = true;
        self.leave(index);
    }

    /// Whether a call failed there of which nothing else has been heard since.
    pub(super) fn is_suspect(&self, index: usize) -> bool {
        self.records[index].suspect
    }

    /// A call was answered there; true when that is news.
    pub(super) fn served(&mut self, index: usize, now: Instant) -> bool {
        let record = &mut self.records[index];
        let news = record.suspect || matches!(record.state, EndpointState::Down(_));
        if news {
            record.suspect = false;
            if matches!(record.state, EndpointState::Down(_)) {
                record.becomes(EndpointState::Unknown, now);
            }
            self.settle(now);
        }
        news
    }

    /// Moves on to a better endpoint if there is one. True when it moved.
    pub(super) fn settle(&mut self, now: Instant) -> bool {
        let current = &self.records[self.current];
        let Some(best) = self.best(self.current, &[self.current]) else { return false };
        let other = &self.records[best];
        let moves = other.rank() < current.rank()
            && match current.state {
                EndpointState::Healthy | EndpointState::Down(_) => true,
                EndpointState::Unknown => {
                    let silent = current.asked.is_some_and(|asked| now >= asked + GRACE);
                    other.is_healthy() && (silent || current.suspect)
                }
                EndpointState::NoLeader => other.is_healthy() && current.is_behind(other),
                EndpointState::Learner | EndpointState::Refused(_) => {
                    // What was never heard of is not better than what answers.
                    !matches!(other.state, EndpointState::Unknown)
                }
            };
        if moves {
            self.current = best;
        }
        moves
    }

    /// Leaves what just failed for whatever is not worse, unless another call has done so already.
    fn leave(&mut self, failed: usize) {
        if self.current != failed {
            return;
        }
        let best = self.best(failed, &[failed]);
        if let Some(best) =
            best.filter(|best| self.records[*best].rank() <= self.records[failed].rank())
        {
            self.current = best;
        }
    }

    /// Where to go after `tried` have failed: the one in use, else the best of the rest.
    pub(super) fn after(&self, tried: &[usize]) -> Option<usize> {
        let last = tried.last().copied().unwrap_or(self.current);
        let current = Some(self.current).filter(|current| !tried.contains(current));
        current.or_else(|| self.best(last, tried))
    }

    /// The best but for those: by state, then by latency, then by the order, from `from` on.
    fn best(&self, from: usize, without: &[usize]) -> Option<usize> {
        let len = self.records.len();
        (1..=len)
            .map(|step| (from + step) % len)
            .filter(|index| !without.contains(index))
            .min_by_key(|index| {
                let record = &self.records[*index];
                (record.rank(), record.latency.map_or(Duration::MAX, |latency| latency.smoothed))
            })
    }

    /// Whether what waits at this endpoint since `since` waits in vain, and why: it is not served
    /// there any more.
    pub(super) fn is_dead(&self, index: usize, since: Instant) -> Option<&StoreError> {
        let record = &self.records[index];
        match &record.state {
            // One that answers with nonsense may well serve something else.
            EndpointState::Down(error) if error.is_connection() && record.found >= Some(since) => {
                Some(error)
            }
            EndpointState::Unknown
            | EndpointState::Healthy
            | EndpointState::NoLeader
            | EndpointState::Learner
            | EndpointState::Refused(_)
            | EndpointState::Down(_) => None,
        }
    }

    /// Whether this endpoint was found unfit since then, and a healthy one is in use instead.
    pub(super) fn is_left(&self, index: usize, since: Instant) -> bool {
        let record = &self.records[index];
        let fit = match record.state {
            EndpointState::Unknown | EndpointState::Healthy => true,
            EndpointState::NoLeader
            | EndpointState::Learner
            | EndpointState::Refused(_)
            | EndpointState::Down(_) => record.found < Some(since),
        };
        !fit && self.current != index && self.records[self.current].is_healthy()
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
