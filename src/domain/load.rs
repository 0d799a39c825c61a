//! The load that is put on a server: a bound, and a meter that keeps to it.
//!
//! What reading costs an etcd is the keys it counts: all in the interval that is asked for, whatever
//! the limit of the answer. So that is what is metered, by the `count` of every answer, together with
//! the requests under way.
//!
//! A meter is a bucket of keys that fills steadily and is emptied by answers. How many keys a request
//! costs is known afterwards only, so one may be asked while anything is left, and the debt it leaves
//! is waited for. A full bucket lets a large store be listed at full speed; what goes on for long is
//! held to the rate.

use std::time::{Duration, Instant};

/// A full bucket holds the keys of so many seconds.
const BURST: u64 = 10;

/// How much load may be put on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Keys the server counts a second, in the long run; 1 or more. Ten times as many at once.
    pub keys_per_second: u64,
    /// Requests under way at the same time; 1 or more.
    pub requests: usize,
}

impl Load {
    /// A tenth of one core of the server in the long run, at some 5 million keys a second.
    pub const DEFAULT: Load = Load { keys_per_second: 500_000, requests: 4 };
}

impl Default for Load {
    fn default() -> Load {
        Load::DEFAULT
    }
}

/// Who a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody waits for it.
    Awaited,
    /// It is a courtesy: it leaves half of the bucket to what somebody waits for.
    Idle,
}

/// What is left of the load that may be put on the server.
#[derive(Clone, Debug)]
pub struct Meter {
    load: Load,
    /// Keys that may be counted now; less than 0 when more were.
    left: f64,
    /// When that was so.
    at: Instant,
    requests: usize,
}

impl Meter {
    /// A full bucket, and no request under way.
    pub fn new(load: Load, now: Instant) -> Meter {
        Meter { load, left: burst(load), at: now, requests: 0 }
    }

    /// When a request may be sent as far as counted keys go: now, or later.
    pub fn free_at(&self, urgency: Urgency, now: Instant) -> Instant {
        let kept = match urgency {
            Urgency::Awaited => 0.0,
            Urgency::Idle => burst(self.load) / 2.0,
        };
        let missing = kept - self.left_at(now);
        if missing < 0.0 {
            return now;
        }
        // One key more, so that it is enough then.
        now + Duration::from_secs_f64((missing + 1.0) / rate(self.load))
    }

    /// Whether as many requests are under way as may be. The end of one of them is to be waited for.
    pub fn is_busy(&self) -> bool {
        self.requests >= self.load.requests.max(1)
    }

    /// Whether a request may be sent now. A courtesy waits until nothing else is under way, or leaves
    /// room for one more.
    pub fn allows(&self, urgency: Urgency, now: Instant) -> bool {
        let room = match urgency {
            Urgency::Awaited => !self.is_busy(),
            Urgency::Idle => self.requests == 0 || self.requests + 1 < self.load.requests,
        };
        room && self.free_at(urgency, now) <= now
    }

    /// A request is sent.
    pub fn sent(&mut self) {
        self.requests += 1;
    }

    /// A request has ended, however: answered, failed or given up. The keys are those the server
    /// counted for it, 0 where that is not known.
    pub fn ended(&mut self, keys: i64, now: Instant) {
        self.requests = self.requests.saturating_sub(1);
        self.left = self.left_at(now) - keys.max(0) as f64;
        self.at = self.at.max(now);
    }

    fn left_at(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.left + passed * rate(self.load)).min(burst(self.load))
    }
}

fn rate(load: Load) -> f64 {
    load.keys_per_second.max(1) as f64
}

fn burst(load: Load) -> f64 {
    rate(load) * BURST as f64
}
