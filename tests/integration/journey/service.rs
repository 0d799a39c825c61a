//! Services: registered from the screen, seen to come and go, taken out.

use std::time::Duration;

use etcdeck::domain::LeaseId;
use etcdeck::event_loop::Ended;
use tokio::time::{Instant, sleep, sleep_until};

use super::world::{World, everywhere, on_every_etcd};

const KEY: &str = "/services/api/i-1";

async fn register(world: &World, ttl: u64) -> super::screen::Screen {
    let mut screen = world.screen();
    screen.sees("● online").await.runs("services").sees("no services below /services/").await;
    screen.keys("n").sees("register below /services/: NAME ID ENDPOINT").await;
    screen.types(&format!("api i-1 10.0.0.1:80 {ttl}")).keys("enter");
    screen.sees_row(&["i-1", "10.0.0.1:80", "alive", "here"]).await.sees("1 of 1 up").await;
    screen.sees("HOLDING service api/i-1").await;
    screen
}

#[test]
fn a_registration_outlives_its_lease_and_goes_at_once_when_told() {
    everywhere(async |world| {
        let mut screen = register(&world, 2).await;
        let registered = world.get(KEY).await.expect("registered").create_revision;
        // Time must pass here: the lease would have ended ten times.
        sleep_until(Instant::now() + Duration::from_secs(20)).await;
        let entry = world.get(KEY).await.expect("it lives");
        assert_eq!(entry.create_revision, registered, "it was never gone");
        screen.sees_row(&["i-1", "alive", "here"]).await.keys("j j d");
        screen.sees_row(&["i-1", "down"]).await.sees("0 of 1 up").await.loses("HOLDING").await;
        assert_eq!(world.value(KEY).await, "-");
        let left = world.store.lease_time_to_live(entry.lease, false).await.expect("an answer");
        assert_eq!(left, None, "its lease went with it");
    });
}

#[test]
fn a_server_that_pauses_longer_than_the_lease_finds_it_registered_again() {
    on_every_etcd(async |world| {
        let mut screen = register(&world, 2).await;
        let etcd = world.etcd.as_ref().expect("a server");
        let before = world.get(KEY).await.expect("registered");
        etcd.pause();
        screen.sees("PERHAPS LOST: service api/i-1").await.loses("HOLDING").await;
        sleep(Duration::from_secs(5)).await;
        etcd.resume();
        screen.sees("HOLDING service api/i-1").await;
        // Once registered, once more after the pause, and never in between.
        screen.sees_row(&["i-1", "10.0.0.1:80", "alive", "here", "up "]).await;
        let after = world.get(KEY).await.expect("registered again");
        assert!(after.create_revision > before.create_revision && after.lease != before.lease);
        screen.keys("q q").sees("service api/i-1: held").await.keys("r");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert_eq!(world.value(KEY).await, "-");
    });
}

#[test]
fn others_come_and_go_and_are_taken_out_only_after_asking() {
    everywhere(async |world| {
        let lease = world.grant(600).await;
        world.put_leased("/services/api/a", "10.0.0.1:80", lease).await;
        world.put_leased("/locks/of-a", "x", lease).await;
        world.holds(&["/services/api/b=10.0.0.2:80", "/services/worker/w=10.0.0.3:80"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("services").sees("live").await;
        screen.sees_row(&["api", "2 of 2 up"]).await.sees_row(&["a ", "alive", "of 10m"]).await;
        screen.sees_row(&["b ", "10.0.0.2:80", "no lease"]).await;
        // Whoever comes and goes again and again is flapping.
        for _ in 0..3 {
            world.put_leased("/services/api/c", "10.0.0.4:80", lease).await;
            screen.sees_row(&["c ", "up "]).await;
            world.delete("/services/api/c").await;
            screen.sees_row(&["c ", "down"]).await;
        }
        screen.sees_row(&["c ", "flapping, 3 times up"]).await.sees("2 of 3 up").await;
        screen.keys("/").types("0.3:80").keys("enter").sees("worker").await.loses("api").await;
        screen.keys("esc").sees("api").await;
        // On a lease: what else hangs on it is said first.
        screen.keys("g j d").sees("Deregister /services/api/a?").await.sees("1 other key").await;
        screen.sees("/locks/of-a").await.keys("n").sees("left as it was").await;
        assert_eq!(world.value("/services/api/a").await, "10.0.0.1:80");
        screen.keys("d").sees("Deregister /services/api/a?").await.keys("y");
        screen.sees_row(&["a ", "down"]).await;
        assert_eq!(world.value("/locks/of-a").await, "-");
        // On none: the key itself, if it is still as it was seen.
        screen.keys("j d").sees("It is on no lease").await;
        world.holds(&["/services/api/b=10.0.0.9:80"]).await;
        screen.keys("y").sees("was changed meanwhile").await;
        screen.sees_row(&["b ", "10.0.0.9:80"]).await.keys("d").sees("on no lease").await;
        screen.keys("y").sees_row(&["b ", "down"]).await.sees("0 of 3 up").await;
        screen.keys("G X").sees("get -- /services/worker/w").await.keys("esc o");
        screen.sees("1 Keys").await.sees("text 11 B").await.sees("/services/worker/w").await;
    });
}

#[test]
fn what_is_wrong_with_a_registration_is_said_and_the_field_stays() {
    everywhere(async |world| {
        world.put("/services/api/i-1", "of somebody").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("services").sees("1 of 1 up").await.keys("n");
        screen.keys("ctrl-u").types("api").keys("enter").sees("expected: service register").await;
        screen.keys("ctrl-u").types("api i-1 e 0").keys("enter").sees("whole number of").await;
        screen.keys("ctrl-u").types("a/b i e").keys("enter").sees("a text without /").await;
        screen.keys("ctrl-u").types("api i-1 e").keys("enter").sees("not held").await;
        screen.loses("HOLDING").await;
        assert_eq!(world.value("/services/api/i-1").await, "of somebody");
        let lease = world.get("/services/api/i-1").await.expect("it is there").lease;
        assert_eq!(lease, LeaseId::NONE);
        screen.runs("service deregister api i-9").sees("is not held here").await;
        screen.runs("services /else").sees("no services below /else/").await;
    });
}
