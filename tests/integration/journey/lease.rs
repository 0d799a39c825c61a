//! Leases: granted, renewed, kept alive, revoked, and what vanishes with them.

use std::time::Duration;

use etcdeck::event_loop::Ended;
use tokio::time::{Instant, sleep_until};

use super::world::everywhere;

#[test]
fn a_granted_lease_takes_its_key_with_it() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("no leases").await.keys("3 n").sees("grant a lease").await;
        screen.keys("ctrl-u").types("3 2a").keys("enter").sees("lease 2a granted").await;
        screen.sees_row(&["2a", "no keys"]).await;
        world.put_leased("dies", "soon", etcdeck::domain::LeaseId(0x2a)).await;
        screen.sees_row(&["dies", "lease"]).await.keys("1").sees("soon").await;
        screen.loses("soon").await.sees("no leases").await.loses("dies").await;
    });
}

#[test]
fn a_lease_that_is_kept_alive_outlives_its_time() {
    everywhere(async |world| {
        let lease = world.grant(2).await;
        world.put_leased("k", "v", lease).await;
        let granted = Instant::now();
        let mut screen = world.screen();
        screen
            .sees_row(&[&lease.to_string(), "1 key"])
            .await
            .keys("3 a")
            .sees("is kept alive")
            .await;
        screen.sees("keeping 1 alive").await.sees("kept alive").await;
        // Time must pass here: the lease would have ended three times.
        sleep_until(granted + Duration::from_secs(7)).await;
        assert_eq!(world.value("k").await, "v");
        // It would run out: leaving says so.
        screen.keys("q").sees("Quit? This is held here").await.keys("esc a");
        screen.sees("no longer kept alive").await.loses("keeping 1 alive").await;
        world.comes_to("k", "-").await;
        screen.sees("no leases").await.keys("q");
        assert_eq!(screen.ends().await, Ended::Quit);
    });
}

#[test]
fn a_lease_is_renewed_once() {
    everywhere(async |world| {
        let lease = world.grant(30).await;
        let mut screen = world.screen();
        screen.sees(&lease.to_string()[..4]).await.keys("3 r").sees("renewed: 30 s").await;
        screen.runs("lease renew 123").sees("lease 123 not renewed").await;
    });
}

#[test]
fn revoking_names_the_keys_that_vanish() {
    everywhere(async |world| {
        let lease = world.grant(600).await;
        world.put_leased("a/one", "1", lease).await;
        world.put_leased("a/two", "2", lease).await;
        world.put("stays", "3").await;
        let mut screen = world.screen();
        screen.sees("2 keys").await.keys("3 d").sees("2 keys vanish with it").await;
        screen.sees("a/one").await.sees("a/two").await.keys("n").sees("left as it was").await;
        assert_eq!(world.count().await, 3);
        screen.keys("enter").sees("Keys of lease").await.sees("a/two").await.keys("j enter");
        screen.sees("▾ a/").await.sees_row(&["a/two", "text 1 B"]).await;
        screen.keys("3 d").sees("2 keys vanish with it").await.keys("y").sees("revoked").await;
        screen.loses("a/").await.sees("no leases").await;
        assert_eq!(world.count().await, 1);
    });
}

#[test]
fn commands_take_hexadecimal_ids() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("no leases").await.runs("lease grant 600 7fffffffffffffff");
        screen.sees("lease 7fffffffffffffff granted for 600 s").await;
        screen.runs("lease grant 600 7fffffffffffffff").sees("no lease granted").await;
        screen.runs("lease keepalive 7fffffffffffffff").sees("is kept alive").await;
        screen.runs("lease revoke 7fffffffffffffff").sees("It has no keys").await.keys("y");
        screen.sees("revoked").await.loses("keeping 1 alive").await;
        screen.runs("lease revoke 7fffffffffffffff").sees("there is no lease").await;
    });
}
