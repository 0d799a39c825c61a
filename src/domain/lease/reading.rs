//! What a lease said of itself, counted down between two readings, and who seems to renew it.

use std::time::{Duration, Instant};

use super::LeaseStatus;
use crate::domain::{Key, LeaseId};

/// How much later than it was true a reading may arrive without being taken for a renewal.
const SLACK: Duration = Duration::from_millis(300);
/// A server tells whole seconds: the time left is this much more at the most.
const ROUNDED: Duration = Duration::from_secs(1);

/// What was read of a lease, last and before.
///
/// A server tells whole seconds, cut off, so each reading bounds the end of the lease from both
/// sides. What holds of all readings since the last renewal is narrower than one alone: that is why
/// the countdown does not jump when the lease is read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Seconds granted.
    pub granted: i64,
    /// Its keys, in order.
    pub keys: Vec<Key>,
    /// Seconds left, as the last reading said.
    said: i64,
    low: Instant,
    high: Instant,
    /// Its time left went up between two readings, and it was not this program that renewed it.
    risen: bool,
}

/// Who renews a lease, as far as its readings tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It was renewed lately: at its grant, or since.
    Unknown,
    /// Its time left went up between two readings without this program.
    Elsewhere,
    /// Nobody renewed it for so long that whoever keeps leases alive would have.
    Nobody,
}

impl Reading {
    /// The first reading.
    pub fn first(status: LeaseStatus, now: Instant) -> Reading {
        let low = now + whole(status.ttl);
        let mut keys = status.keys;
        // Servers name them in any order, another one each time.
        keys.sort_unstable();
        let (granted, said) = (status.granted, status.ttl);
        Reading { granted, keys, said, low, high: low + ROUNDED, risen: false }
    }

    /// One more reading.
    pub fn again(&self, status: LeaseStatus, now: Instant) -> Reading {
        let new = Reading::first(status, now);
        if new.low > self.high + SLACK {
            return Reading { risen: true, ..new };
        }
        if new.high + SLACK < self.low || new.granted != self.granted {
            // Another lease of the same ID, or a server whose clock jumped.
            return new;
        }
        let low = new.low.max(self.low).min(self.high);
        let high = new.high.min(self.high).max(low);
        Reading { low, high, risen: self.risen, ..new }
    }

    /// This program renewed it: it has so many seconds now.
    pub fn renewed_here(&mut self, ttl: i64, now: Instant) {
        self.low = now + whole(ttl);
        self.high = self.low + ROUNDED;
        self.said = ttl;
    }

    /// This program kept it alive until now: what went up before says nothing of others.
    pub fn forget_renewals(&mut self) {
        self.risen = false;
    }

    /// When it ends, as far as the readings tell.
    pub fn ends(&self) -> Instant {
        self.low
    }

    /// Whole seconds left.
    pub fn left(&self, now: Instant) -> i64 {
        // Rounded up: "0 s" means that it is over.
        self.low.saturating_duration_since(now).as_millis().div_ceil(1000) as i64
    }

    /// How long until [`left`](Reading::left) is another number.
    pub fn next_second(&self, now: Instant) -> Duration {
        let part = self.low.saturating_duration_since(now).subsec_nanos();
        if part == 0 { ROUNDED } else { Duration::from_nanos(part.into()) }
    }

    /// What the server said last, its keys aside: what is judged, while [`left`](Reading::left) is
    /// what is shown. A lease that is renewed between two readings would else look forgotten.
    pub fn status(&self, id: LeaseId) -> LeaseStatus {
        LeaseStatus { id, ttl: self.said, granted: self.granted, keys: Vec::new() }
    }

    /// Who renews it. The time since its last renewal is what it was granted less what is left: two
    /// seconds more, for rounding, than a third of its time (two thirds where it is known to be
    /// renewed) is too long for anybody who means to keep it.
    pub fn renewal(&self) -> Renewal {
        let idle = self.granted.saturating_sub(self.said).saturating_sub(2).saturating_mul(3);
        let most = if self.risen { self.granted.saturating_mul(2) } else { self.granted };
        match idle > most {
            true => Renewal::Nobody,
            false if self.risen => Renewal::Elsewhere,
            false => Renewal::Unknown,
        }
    }

    /// How soon it should be read again, so that a renewal is not long unseen.
    pub fn good_for(&self) -> Duration {
        const MOST: Duration = Duration::from_secs(5);
        (whole(self.granted) / 4).clamp(ROUNDED, MOST)
    }
}

fn whole(seconds: i64) -> Duration {
    // Never so long that no instant lies that far away.
    const LONGEST: u64 = 9_000_000_000;
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::disallowed_methods,
        reason = "any instant will do; the rest is counted from it"
    )]
    fn start() -> Instant {
        Instant::now()
    }

    fn status(granted: i64, ttl: i64) -> LeaseStatus {
        LeaseStatus { id: LeaseId(1), ttl, granted, keys: Vec::new() }
    }

    /// Reads a lease at these times (in milliseconds) with these answers.
    fn readings(granted: i64, answers: &[(u64, i64)]) -> (Reading, Instant) {
        let start = start();
        let at = |ms| start + Duration::from_millis(ms);
        let mut reading = Reading::first(status(granted, answers[0].1), at(answers[0].0));
        for (ms, ttl) in &answers[1..] {
            reading = reading.again(status(granted, *ttl), at(*ms));
        }
        (reading, start)
    }

    #[test]
    fn who_renews_is_told_by_the_readings() {
        use Renewal::{Elsewhere, Nobody, Unknown};
        type Case<'a> = (i64, &'a [(u64, i64)], Renewal);
        let cases: [Case; 9] = [
            (60, &[(0, 59)], Unknown),
            (60, &[(0, 59), (5000, 54)], Unknown),
            (60, &[(0, 42), (5000, 37)], Nobody),
            (60, &[(0, 42), (5000, 57)], Elsewhere),
            (60, &[(0, 42), (5000, 57), (25_000, 37)], Elsewhere),
            (60, &[(0, 42), (5000, 57), (45_000, 17)], Nobody),
            (60, &[(0, 10)], Nobody),
            // Three small rises that only together are more than rounding and delay.
            (5, &[(0, 3), (1250, 3), (2500, 4)], Elsewhere),
            // A reading that came late.
            (60, &[(0, 50), (2200, 49)], Unknown),
        ];
        for (granted, answers, renewal) in cases {
            assert_eq!(readings(granted, answers).0.renewal(), renewal, "{granted} {answers:?}");
        }
    }

    #[test]
    fn the_countdown_does_not_jump_and_is_never_a_second_off() {
        // A lease that ends 30.4 s after the first reading, read every 1.3 s.
        let start = start();
        let truly = |ms: u64| 30_400_i64 - ms as i64;
        let mut reading = Reading::first(status(60, truly(0) / 1000), start);
        let mut shown = reading.left(start);
        for ms in (100..30_000).step_by(100) {
            let now = start + Duration::from_millis(ms);
            if ms % 1300 == 0 {
                reading = reading.again(status(60, truly(ms) / 1000), now);
            }
            let left = reading.left(now);
            assert!(shown - left <= 1 && left <= shown + 1, "{ms} ms: {shown} then {left}");
            assert!((left - truly(ms) / 1000).abs() <= 1, "{ms} ms: {left}");
            shown = left;
        }
    }

    #[test]
    fn renewals_made_here_are_nobody_elses() {
        let (mut reading, start) = readings(60, &[(0, 42)]);
        let at = |s| start + Duration::from_secs(s);
        reading.renewed_here(60, at(2));
        assert_eq!(reading.left(at(2)), 60);
        let reading = reading.again(status(60, 57), at(5));
        assert_eq!((reading.renewal(), reading.left(at(5))), (Renewal::Unknown, 57));
    }

    #[test]
    fn absurd_times_do_no_harm() {
        let (reading, start) = readings(i64::MAX, &[(0, i64::MAX), (1, i64::MIN)]);
        assert_eq!(reading.left(start + Duration::from_secs(5)), 0);
        let _ = reading.renewal();
    }
}
