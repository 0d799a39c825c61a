//! How often something came up lately.

use std::time::Duration;

use etcdeck::domain::flap::Flaps;

#[test]
fn only_the_recent_ups_count() {
    let start = tokio::time::Instant::now().into_std();
    let at = |seconds| start + Duration::from_secs(seconds);
    let mut flaps = Flaps::new();
    for seconds in [0, 50, 100, 110] {
        flaps.up(at(seconds));
    }
    for (window, now, count) in [(60, 110, 3), (10, 110, 2), (10, 121, 0), (1000, 110, 4)] {
        assert_eq!(flaps.within(Duration::from_secs(window), at(now)), count, "{window} {now}");
    }
    assert_eq!(flaps.last(), Some(at(110)));
}

#[test]
fn memory_is_bounded() {
    let now = tokio::time::Instant::now().into_std();
    let mut flaps = Flaps::new();
    for _ in 0..1000 {
        flaps.up(now);
    }
    assert_eq!(flaps.within(Duration::ZERO, now), 64);
}
