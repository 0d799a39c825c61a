//! Asking endpoints for their status: each one by a task of its own, however many want to know.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::call::Call;
use super::health::{CONFIRMED, Finding, GRACE, Health, Record};
use super::http::{Http, encode};
use super::retry::none_reached;
use super::status::status;
use super::transport::Failure;
use super::wire::Empty;
use super::wire::status::StatusResponse;
use crate::store::{EndpointState, Status, StoreError};

/// How long the others are waited for when the endpoint in use turned out to be unfit: what answers
/// at all does so within this time, or within some of its usual round trips.
const PATIENCE: Duration = Duration::from_millis(200);
/// However slow they usually are.
const MOST_PATIENCE: Duration = Duration::from_secs(1);

const STATUS: Call = Call::read("/v3/maintenance/status");

impl Http {
    /// Has an endpoint asked for its status, unless it is being asked. What it says is found in its
    /// health, within the time for a sign of life.
    pub(super) fn look_at(self: &Arc<Self>, index: usize) {
        if self.endpoints.health().asks(index, Instant::now()) {
            let question = Question { http: Arc::clone(self), index, answered: false };
            tokio::spawn(question.ask());
        }
    }

    /// Has all of them asked.
    pub(super) fn look_at_all(self: &Arc<Self>) {
        for index in 0..self.endpoints.len() {
            self.look_at(index);
        }
    }

    /// Has an endpoint asked at which a call failed, where there is a choice.
    pub(super) fn doubt(self: &Arc<Self>, index: usize) {
        if self.endpoints.len() > 1 {
            self.look_at(index);
        }
    }

    /// A stream broke there. Later calls go elsewhere, where there is another endpoint that is no worse.
    pub(super) fn broke(self: &Arc<Self>, index: usize) {
        self.endpoints.learn(|health| health.suspect(index));
        self.doubt(index);
    }

    /// Asks all, and answers for the one that is to be used as soon as that is decided.
    pub(super) async fn check(self: &Arc<Self>) -> Result<Status, StoreError> {
        let started = Instant::now();
        let mut changes = self.endpoints.changes();
        self.look_at_all();
        loop {
            changes.mark_unchanged();
            let now = Instant::now();
            if self.endpoints.health().settle(now) {
                self.endpoints.learn(|_| ());
            }
            let verdict = Verdict::of(&self.endpoints.health(), started, now);
            let until = match verdict {
                Verdict::Decided(outcome) => return outcome.map(|status| *status),
                Verdict::Open { until } => until,
                Verdict::Again { at } => {
                    sleep_until(at).await;
                    self.look_at_all();
                    None
                }
            };
            let changed = changes.changed();
            match until {
                // The sender lives in the endpoints, so this ends by a change only.
                None => drop(changed.await),
                Some(until) => drop(timeout_at(until, changed).await),
            }
        }
    }

    async fn ask(&self, index: usize) -> Finding {
        let asking = async {
            // Not part of the round trip: the first login takes its time.
            self.token(index).await?;
            let sent = Instant::now();
            let body = encode(&Empty {}).map_err(Failure::answered)?;
            let answer = self.call_at(index, STATUS, body).await?;
            Ok((answer, sent.elapsed()))
        };
        let endpoint = self.endpoints.get(index);
        let answer = timeout(self.limits.sign, asking).await.unwrap_or_else(|_| {
            let failure = Failure::no_sign(endpoint, self.limits.sign);
            self.trace.note(endpoint.url(), STATUS.path, self.limits.sign, Err(&failure));
            Err(failure)
        });
        let answer = answer.map_err(|failure: Failure| failure.error);
        let told = answer.and_then(|(answer, latency)| {
            let answer: StatusResponse = super::http::parse(endpoint.url(), &answer)?;
            Ok((status(endpoint.url().to_owned(), answer), latency))
        });
        match told {
            Ok((status, latency)) => Finding::Answered(Box::new(status), Some(latency)),
            Err(error) => Finding::Failed(error),
        }
    }
}

/// What can be said after some of the answers.
enum Verdict {
    /// This is it.
    Decided(Result<Box<Status>, StoreError>),
    /// More has to be heard, until then at the longest where a time is given.
    Open { until: Option<Instant> },
    /// The one in use is to be asked once more then: it has no leader, others have.
    Again { at: Instant },
}

impl Verdict {
    fn of(health: &Health, started: Instant, now: Instant) -> Verdict {
        let current = health.current();
        let record = health.record(current);
        let heard = |record: &Record| match record.state {
            EndpointState::Unknown => None,
            EndpointState::Healthy
            | EndpointState::NoLeader
            | EndpointState::Learner
            | EndpointState::Down(_)
            | EndpointState::Refused(_) => record.found.filter(|found| *found >= started),
        };
        let Some(found) = heard(record) else {
            // Nothing of this one yet. A healthy one may take its place when its grace is over.
            let grace = record.asked.map(|asked| asked + GRACE).filter(|end| *end > now);
            return Verdict::Open { until: grace };
        };
        let others = || (0..health.records().len()).filter(|index| *index != current);
        let open = others().any(|index| heard(health.record(index)).is_none());
        let better = others().any(|index| {
            let other = health.record(index);
            matches!(other.state, EndpointState::Healthy) && heard(other).is_some()
        });
        let usual = others().filter_map(|index| health.record(index).latency);
        let usual = usual.map(|latency| latency.smoothed * 3).max().unwrap_or_default();
        let patient = found + usual.clamp(PATIENCE, MOST_PATIENCE);
        match &record.state {
            EndpointState::Healthy => Verdict::told(health),
            EndpointState::NoLeader if better && now < found + 2 * CONFIRMED => {
                Verdict::Again { at: found + CONFIRMED }
            }
            EndpointState::Unknown
            | EndpointState::NoLeader
            | EndpointState::Learner
            | EndpointState::Down(_)
            | EndpointState::Refused(_) => {
                if open && now < patient {
                    Verdict::Open { until: Some(patient) }
                } else {
                    Verdict::told(health)
                }
            }
        }
    }

    /// What is to be told of the one in use.
    fn told(health: &Health) -> Verdict {
        let record = health.record(health.current());
        let errors = health.records().iter().filter_map(|record| match &record.state {
            EndpointState::Down(error) | EndpointState::Refused(error) => Some(error.clone()),
            EndpointState::Unknown
            | EndpointState::Healthy
            | EndpointState::NoLeader
            | EndpointState::Learner => None,
        });
        Verdict::Decided(match (&record.state, &record.status) {
            (EndpointState::Refused(error), _) => Err(error.clone()),
            (EndpointState::Down(_), _) | (_, None) => Err(none_reached(errors.collect())),
            (_, Some(status)) => Ok(Box::new(status.clone())),
        })
    }
}

/// A question under way. It ends in the health, also when its task is dropped.
struct Question {
    http: Arc<Http>,
    index: usize,
    answered: bool,
}

impl Question {
    async fn ask(mut self) {
        let finding = self.http.ask(self.index).await;
        self.answered = true;
        let (index, now) = (self.index, Instant::now());
        self.http.endpoints.learn(|health| health.found(index, finding, now));
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if !self.answered {
            self.http.endpoints.learn(|health| health.gave_up(self.index));
        }
    }
}
