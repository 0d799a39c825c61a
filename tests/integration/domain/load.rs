//! The bound on the load: bursts, debts and the long run.

use std::time::{Duration, Instant};

use etcdeck::domain::load::{Load, Meter, Urgency};

/// Some moment.
fn moment() -> Instant {
    tokio::time::Instant::now().into_std()
}

const LOAD: Load = Load { keys_per_second: 1000, requests: 2 };

#[test]
fn a_burst_is_free_and_a_debt_is_waited_for() {
    let start = moment();
    let after = |ms| start + Duration::from_millis(ms);
    let mut meter = Meter::new(LOAD, start);
    assert!(meter.allows(Urgency::Awaited, start) && meter.allows(Urgency::Idle, start));
    meter.sent();
    meter.ended(4000, start);
    assert!(meter.allows(Urgency::Idle, start));
    // Half of it is gone: nothing more for courtesies, until it fills.
    meter.ended(2000, start);
    assert!(meter.allows(Urgency::Awaited, start) && !meter.allows(Urgency::Idle, start));
    assert_eq!(meter.free_at(Urgency::Idle, start), after(1001));
    // A request of unknown cost may overdraw.
    meter.ended(7000, start);
    assert!(!meter.allows(Urgency::Awaited, start));
    let free = meter.free_at(Urgency::Awaited, after(1000));
    assert_eq!(free, after(3001));
    assert!(meter.allows(Urgency::Awaited, free));
    // It never holds more than when it was full.
    meter.ended(0, after(3_600_000));
    meter.ended(10_001, after(3_600_000));
    assert!(!meter.allows(Urgency::Awaited, after(3_600_000)));
}

#[test]
fn the_long_run_keeps_to_the_rate() {
    let start = moment();
    let (mut meter, mut now, mut keys) = (Meter::new(LOAD, start), start, 0);
    for _ in 0..1000 {
        now = meter.free_at(Urgency::Awaited, now);
        meter.sent();
        meter.ended(300, now);
        keys += 300;
    }
    let most = 1000.0 * (now - start).as_secs_f64() + 10_000.0 + 300.0;
    assert!(f64::from(keys) <= most, "{keys} in {:?}", now - start);
    assert!((now - start) < Duration::from_secs(291), "{:?}", now - start);
}

#[test]
fn requests_are_counted() {
    let now = moment();
    let mut meter = Meter::new(LOAD, now);
    meter.sent();
    assert!(!meter.is_busy());
    meter.sent();
    assert!(meter.is_busy() && !meter.allows(Urgency::Awaited, now));
    meter.ended(0, now);
    assert!(meter.allows(Urgency::Awaited, now));
}
