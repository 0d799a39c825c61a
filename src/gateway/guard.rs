//! Watching over what waits at an endpoint: streams, and reads that can be made elsewhere.
//!
//! A watch says nothing for hours where nothing happens, and says the same when its member is
//! stopped, cut off or behind a connection that is half open. So a stream has the endpoint asked
//! for its status when nothing was heard of it for `silence`, and gives it up when that is not
//! answered within `sign` (`--keepalive-time`, `--keepalive-timeout`): after their sum at the latest
//! the silence is noticed. All that wait at an endpoint share the question.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::call::Waiting;
use super::http::Http;
use super::transport::{Failure, Phase};
use crate::store::{EndpointState, ErrorKind};

/// How often all are asked while this one has no leader: it may be cut off from them.
const WITHOUT_LEADER: Duration = Duration::from_millis(500);
/// For so long; after that it is a cluster without a quorum, which is asked as usual.
const AT_FIRST: Duration = Duration::from_secs(5);

impl Http {
    /// Waits for as long as there is sense in waiting at an endpoint for what was begun at `since`,
    /// and answers with why there is none any more.
    pub(super) async fn given_up(
        self: &Arc<Self>,
        index: usize,
        since: Instant,
        waiting: Waiting,
    ) -> Failure {
        let mut changes = self.endpoints.changes();
        let quiet = Instant::now();
        loop {
            changes.mark_unchanged();
            if let Some(failure) = self.why_give_up(index, since, waiting) {
                return failure;
            }
            let now = Instant::now();
            let due = self.next_look(index, quiet);
            if due <= now {
                let leaderless =
                    matches!(self.endpoints.health().record(index).state, EndpointState::NoLeader);
                if leaderless { self.look_at_all() } else { self.look_at(index) }
            }
            // While it is being asked the answer is what comes next, within its own limit.
            let until = if due > now { due } else { now + self.limits.sign.max(WITHOUT_LEADER) };
            drop(timeout_at(until, changes.changed()).await);
        }
    }

    /// When the endpoint is to be asked next, nothing having been heard here since `quiet`.
    fn next_look(&self, index: usize, quiet: Instant) -> Instant {
        let health = self.endpoints.health();
        let record = health.record(index);
        let heard = record.found.map_or(quiet, |found| found.max(quiet));
        match (&record.state, record.since, record.found) {
            (EndpointState::NoLeader, Some(since), Some(found)) if found < since + AT_FIRST => {
                found + WITHOUT_LEADER.min(self.limits.silence)
            }
            _ => heard + self.limits.silence,
        }
    }

    fn why_give_up(&self, index: usize, since: Instant, waiting: Waiting) -> Option<Failure> {
        let health = self.endpoints.health();
        if let Some(error) = health.is_dead(index, since).filter(|_| waiting == Waiting::ForEver) {
            return Some(Failure::new(Phase::Silent, ErrorKind::Unknown, error.message.clone()));
        }
        if !health.is_left(index, since) {
            return None;
        }
        let url = self.endpoints.get(index).url();
        let why = match &health.record(index).state {
            EndpointState::Unknown | EndpointState::Healthy => "is not in use any more",
            EndpointState::NoLeader => "has no leader",
            EndpointState::Learner => "is a learner",
            EndpointState::Down(_) => "does not answer",
            EndpointState::Refused(_) => "refuses us",
        };
        let other = self.endpoints.get(health.current()).url();
        let message = format!("{url} {why}; going on at {other}");
        Some(Failure::new(Phase::Silent, ErrorKind::Unknown, message))
    }
}
