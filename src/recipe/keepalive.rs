//! One careful task that keeps a lease alive, and tells the moment it no longer can.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::task::Task;
use crate::domain::LeaseId;
use crate::store::{ErrorKind, Store, StoreError};

/// How often the two clocks are compared: bounds how long a suspended machine goes unnoticed.
const LOOK: Duration = Duration::from_secs(1);

/// Bounds of the wait between two tries.
const PACE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// What is known of a lease that is kept alive.
///
/// The two clocks differ on purpose: times are counted on the machine's monotonic clock, from the
/// sending of the last renewal that was answered. The server counts from its arrival, so the lease lives
/// at least that long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepaliveState {
    /// It lives at least until then.
    Alive {
        /// When it ends unless it is renewed.
        until: Instant,
    },
    /// A renewal failed. It is tried again while time remains.
    Failing {
        /// When the first of the failures in a row was noticed.
        since: Instant,
        /// When it ends unless it is renewed. In the past when the machine was suspended, or its clock
        /// was set: then it is not known whether the lease lives, and it is asked at once.
        until: Instant,
        /// What the last failure was.
        error: StoreError,
    },
    /// It is over: the server says that there is no such lease, or the time ran out unanswered. Never
    /// followed by another state.
    Lost {
        /// [`LeaseNotFound`](ErrorKind::LeaseNotFound) from the server, or the last failure before
        /// the time ran out.
        error: StoreError,
    },
}

impl KeepaliveState {
    /// Whether the lease is known to live at this time. A process that was stopped can read a state
    /// that is out of date before the task had its turn; its deadline is not.
    pub fn is_alive_at(&self, now: Instant) -> bool {
        match self {
            KeepaliveState::Alive { until } | KeepaliveState::Failing { until, .. } => now < *until,
            KeepaliveState::Lost { .. } => false,
        }
    }
}

/// Keeps one lease alive until dropped; the lease then lives on for what is left of its time.
///
/// It is renewed (`/v3/lease/keepalive`) at a third of its time to live, counted from the sending of
/// the last renewal. After a failure it is tried again in short steps within the remaining time. A store
/// over several endpoints goes on to the next one when its own time limits say so: choose a time to
/// live of more than one and a half times these limits (dialing and command together), or a member that
/// hangs ends the lease.
///
/// The monotonic clock of Linux (`CLOCK_MONOTONIC`) stands still while the machine is suspended, and so
/// does every timer made of it. Each second the wall clock is therefore compared with it; when by the
/// wall clock the lease's time is over, the state is [`KeepaliveState::Failing`] with a deadline
/// that has passed until the server has told whether the lease lives.
#[derive(Debug)]
pub struct Keepalive {
    lease: LeaseId,
    state: watch::Receiver<KeepaliveState>,
    _task: Task<()>,
}

impl Keepalive {
    /// Keeps a lease alive that has `ttl` left as far as the caller knows. It is renewed at once,
    /// which tells the truth.
    pub fn start(store: Arc<dyn Store>, lease: LeaseId, ttl: Duration) -> Keepalive {
        Keepalive::start_by(store, lease, ttl, SystemTime::now)
    }

    /// The same by another wall clock than the machine's.
    pub fn start_by<W>(store: Arc<dyn Store>, lease: LeaseId, ttl: Duration, wall: W) -> Keepalive
    where
        W: Fn() -> SystemTime + Send + Sync + 'static,
    {
        let now = Instant::now();
        let (until, first) = (after(now, ttl), now);
        Keepalive::spawn(store, lease, Clocks { ttl, until, first, wall })
    }

    /// Keeps a lease alive whose grant was asked for at `asked`.
    pub(super) fn granted(
        store: Arc<dyn Store>,
        lease: LeaseId,
        ttl: Duration,
        asked: Instant,
    ) -> Keepalive {
        let (until, first) = (after(asked, ttl), asked + ttl / 3);
        Keepalive::spawn(store, lease, Clocks { ttl, until, first, wall: SystemTime::now })
    }

    fn spawn<W>(store: Arc<dyn Store>, lease: LeaseId, clocks: Clocks<W>) -> Keepalive
    where
        W: Fn() -> SystemTime + Send + Sync + 'static,
    {
        let (sender, state) = watch::channel(KeepaliveState::Alive { until: clocks.until });
        let task = Task::spawn(run(store, lease, clocks, sender));
        Keepalive { lease, state, _task: task }
    }

    /// Which lease.
    pub fn lease(&self) -> LeaseId {
        self.lease
    }

    /// What is known of it, now and from now on. Each renewal is a change.
    pub fn state(&self) -> watch::Receiver<KeepaliveState> {
        self.state.clone()
    }

    /// Waits until it is lost; why. Also ends when the lease is no longer kept alive from here.
    pub fn lost(&self) -> impl Future<Output = StoreError> + Send + use<> {
        lost(self.state())
    }
}

/// Waits until a lease is lost, by what is told of it.
pub(super) async fn lost(mut state: watch::Receiver<KeepaliveState>) -> StoreError {
    let lost = state.wait_for(|state| matches!(state, KeepaliveState::Lost { .. })).await;
    match lost.as_deref() {
        Ok(KeepaliveState::Lost { error }) => error.clone(),
        _ => StoreError::new(ErrorKind::Unknown, "the lease is no longer kept alive here"),
    }
}

/// When a lease ends, and by which wall clock its life is doubted.
struct Clocks<W> {
    ttl: Duration,
    until: Instant,
    /// When it is renewed first.
    first: Instant,
    wall: W,
}

async fn run<W: Fn() -> SystemTime>(
    store: Arc<dyn Store>,
    lease: LeaseId,
    clocks: Clocks<W>,
    state: watch::Sender<KeepaliveState>,
) {
    let Clocks { mut ttl, mut until, first: mut next, wall } = clocks;
    let mut renewed_at = wall();
    // How long it is known to live: not at all while the clocks disagree.
    let mut known = until;
    let mut failing: Option<(Instant, StoreError)> = None;
    loop {
        if let Waited::Jumped = wait(next.min(until), renewed_at, ttl, &wall).await {
            let now = Instant::now();
            let message = "the machine was suspended, or its clock was set: it must be asked";
            let error = StoreError::new(ErrorKind::Unknown, message);
            let (since, error) = failing.insert((now, error)).clone();
            known = now.min(known);
            state.send_replace(KeepaliveState::Failing { since, until: known, error });
        }
        let (asked, asked_at) = (Instant::now(), wall());
        let answer = timeout_at(until, store.lease_keep_alive(lease));
        // A timeout polls the call once even when its time is over; it must not be sent then.
        let answer = if asked < until { answer.await.ok() } else { None };
        let now = Instant::now();
        match answer {
            Some(Ok(seconds)) if now < after(asked, whole(seconds)) => {
                ttl = whole(seconds);
                until = after(asked, ttl);
                known = until;
                next = asked + ttl / 3;
                renewed_at = asked_at;
                failing = None;
                state.send_replace(KeepaliveState::Alive { until });
            }
            Some(Err(error)) if error.kind == ErrorKind::LeaseNotFound => {
                state.send_replace(KeepaliveState::Lost { error });
                return;
            }
            Some(Err(error)) if now < until => {
                let since = failing.as_ref().map_or(now, |(since, _)| *since);
                failing = Some((since, error.clone()));
                // A jump of the clock is noticed once.
                renewed_at = asked_at;
                next = now + (ttl / 20).clamp(PACE.0, PACE.1);
                state.send_replace(KeepaliveState::Failing { since, until: known, error });
            }
            Some(Err(error)) => {
                state.send_replace(KeepaliveState::Lost { error });
                return;
            }
            Some(Ok(_)) | None => {
                let silent =
                    || StoreError::new(ErrorKind::Unknown, "no answer within the lease's time");
                let error = failing.map_or_else(silent, |(_, error)| error);
                state.send_replace(KeepaliveState::Lost { error });
                return;
            }
        }
    }
}

enum Waited {
    /// The time has come.
    Due,
    /// By the wall clock the lease's time is over, though by the other clock it is not.
    Jumped,
}

async fn wait(
    at: Instant,
    renewed_at: SystemTime,
    ttl: Duration,
    wall: &impl Fn() -> SystemTime,
) -> Waited {
    loop {
        // A clock that was set back tells nothing.
        if wall().duration_since(renewed_at).is_ok_and(|passed| passed >= ttl) {
            return Waited::Jumped;
        }
        let now = Instant::now();
        if now >= at {
            return Waited::Due;
        }
        sleep_until(at.min(now + LOOK)).await;
    }
}

pub(super) fn whole(seconds: i64) -> Duration {
    Duration::from_secs(seconds.max(0).unsigned_abs())
}

/// A time to live can be longer than the clock reaches; nobody will wait for that.
fn after(start: Instant, ttl: Duration) -> Instant {
    start.checked_add(ttl).unwrap_or_else(|| start + Duration::from_secs(1 << 30))
}
