//! Services: instances that come, go and change, and how they do.

use std::time::{Duration, Instant};

use etcdeck::domain::lease::LeaseStatus;
use etcdeck::domain::service::{Change, FLAP_WINDOW, FLAPPING, Health, Presence, Services};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version};

fn start() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn entry(key: &str, value: &str, lease: i64, created: i64, changed: i64) -> Entry {
    Entry {
        key: Key::from(key),
        value: value.as_bytes().to_vec(),
        create_revision: Revision(created),
        mod_revision: Revision(changed),
        version: Version(1),
        lease: LeaseId(lease),
    }
}

fn put(key: &str, value: &str, lease: i64, created: i64, changed: i64) -> Event {
    let entry = entry(key, value, lease, created, changed);
    Event { kind: EventKind::Put, entry, previous: None }
}

fn delete(key: &str, changed: i64) -> Event {
    let entry = entry(key, "", 0, 0, changed);
    Event { kind: EventKind::Delete, entry, previous: None }
}

fn up(id: &str, endpoint: &str) -> Change {
    let endpoint = endpoint.as_bytes().to_vec();
    Change::Up { name: Key::from("web"), id: Key::from(id), endpoint }
}

fn down(id: &str, endpoint: &str) -> Change {
    let endpoint = endpoint.as_bytes().to_vec();
    Change::Down { name: Key::from("web"), id: Key::from(id), endpoint }
}

#[test]
fn instances_come_change_and_go() {
    let now = start();
    let mut services = Services::default();
    let first = [
        entry("/services/web/1", "a:80", 7, 5, 5),
        entry("/services/db/x", "d:1", 8, 6, 6),
        entry("/services/stray", "?", 0, 7, 7),
    ];
    assert_eq!(services.load(&first, Revision(10), now), []);
    let names: Vec<_> = services.services().iter().map(|s| s.name.to_string()).collect();
    assert_eq!(names, ["db", "web"]);

    let events = [
        (put("/services/web/2", "b:80", 9, 11, 11), Some(up("2", "b:80"))),
        (put("/services/web/2", "b:80", 9, 11, 12), None),
        (
            put("/services/web/2", "b:81", 9, 11, 13),
            Some(Change::Changed {
                name: Key::from("web"),
                id: Key::from("2"),
                from: b"b:80".to_vec(),
                to: b"b:81".to_vec(),
                lease: LeaseId(9),
            }),
        ),
        (delete("/services/web/1", 14), Some(down("1", "a:80"))),
        (delete("/services/web/1", 15), None),
        (delete("/services/web/9", 16), None),
        (put("/other/web/2", "b", 9, 17, 17), None),
        // The listing has seen it already.
        (delete("/services/web/2", 10), None),
    ];
    for (event, change) in events {
        assert_eq!(services.apply(&event, now), change, "{event:?}");
    }
    let web = &services.services()[1];
    assert_eq!((web.up(), web.instances.len()), (1, 2));
    assert_eq!(services.leases().into_iter().collect::<Vec<_>>(), [LeaseId(8), LeaseId(9)]);
    let gone = services.get(&Key::from("web"), &Key::from("1")).unwrap();
    assert_eq!((gone.presence, gone.since), (Presence::Down, Some(now)));
}

#[test]
fn a_listing_after_a_gap_tells_what_was_missed() {
    let now = start();
    let mut services = Services::default();
    let before = [
        entry("/services/web/1", "a", 1, 5, 5),
        entry("/services/web/2", "b", 2, 6, 6),
        entry("/services/web/3", "c", 3, 7, 7),
    ];
    services.load(&before, Revision(10), now);
    let after = [
        entry("/services/web/1", "a", 1, 5, 5),
        // Gone and back within the gap.
        entry("/services/web/2", "b", 4, 15, 15),
        entry("/services/web/4", "d", 5, 16, 16),
    ];
    let changes = services.load(&after, Revision(20), now);
    assert_eq!(changes, [up("2", "b"), up("4", "d"), down("3", "c")]);
    assert_eq!(services.load(&after, Revision(21), now), []);
}

#[test]
fn flapping_is_counted_over_a_while_and_forgotten() {
    let begin = start();
    let mut services = Services::default();
    services.load(&[], Revision(1), begin);
    let step = FLAP_WINDOW / 10;
    let mut now = begin;
    for round in 0..FLAPPING as i64 {
        now += step;
        services.apply(&put("/services/web/1", "a", 1, 10 * round + 2, 10 * round + 2), now);
        services.apply(&delete("/services/web/1", 10 * round + 3), now);
    }
    let instance = |services: &Services| services.get(&Key::from("web"), &Key::from("1")).cloned();
    let flapping = instance(&services).unwrap();
    assert!(flapping.is_flapping(now));
    assert_eq!(flapping.ups(now), FLAPPING);
    assert!(!flapping.is_flapping(begin + FLAP_WINDOW + step + Duration::from_millis(1)));
    services.forget(now + FLAP_WINDOW);
    assert!(instance(&services).is_some());
    services.forget(now + FLAP_WINDOW + Duration::from_millis(1));
    assert_eq!(instance(&services), None);
    assert_eq!(services.services(), []);
}

#[test]
fn what_was_there_at_the_start_does_not_count_as_an_up() {
    let now = start();
    let mut services = Services::default();
    services.load(&[entry("/services/web/1", "a", 1, 5, 5)], Revision(10), now);
    let instance = services.get(&Key::from("web"), &Key::from("1")).unwrap();
    assert_eq!((instance.ups(now), instance.since), (0, None));
}

#[test]
fn health_is_the_time_the_lease_has_left() {
    let now = start();
    let mut services = Services::default();
    let entries = [entry("/services/web/1", "a", 7, 5, 5), entry("/services/web/2", "b", 0, 6, 6)];
    services.load(&entries, Revision(10), now);
    let get = |id: &str| services.get(&Key::from("web"), &Key::from(id)).unwrap();
    let status = |id: i64, ttl: i64, granted: i64| LeaseStatus {
        id: LeaseId(id),
        ttl,
        granted,
        keys: Vec::new(),
    };
    let cases = [
        (status(7, 9, 10), Health::Good { left: 9 }),
        (status(7, 4, 10), Health::Good { left: 4 }),
        (status(7, 3, 10), Health::Late { left: 3 }),
        (status(7, 0, 10), Health::Late { left: 0 }),
        (status(7, 1, 2), Health::Good { left: 1 }),
        (status(7, -1, 0), Health::Ended),
        (status(8, 9, 10), Health::Unknown),
    ];
    for (status, health) in cases {
        assert_eq!(get("1").health(Some(&status)), health, "{status:?}");
    }
    assert_eq!(get("1").health(None), Health::Unknown);
    assert_eq!(get("2").health(None), Health::Unleased);
    services.apply(&delete("/services/web/1", 11), now);
    let gone = services.get(&Key::from("web"), &Key::from("1")).unwrap();
    assert_eq!(gone.health(Some(&status(7, 9, 10))), Health::Down);
}
