//! The lease inspector: counting down with the server, sorted, filtered, with keys put on and off.

use std::time::Duration;

use etcdeck::domain::LeaseId;
use tokio::time::sleep;

use super::screen::Screen;
use super::world::{World, everywhere};

/// The seconds left in the row of the lease with 40 keys.
fn shown(screen: &Screen) -> i64 {
    let is_its = |row: &String| row.contains("of 12s") && row.contains("40 keys");
    let row = screen.now().rows.into_iter().find(is_its).expect("its row");
    let left = row.split(" of ").next().and_then(|left| left.split_whitespace().last());
    let left = left.expect("what is left").trim_end_matches(['!', 's']);
    left.parse().unwrap_or_else(|_| panic!("no seconds in {row:?}"))
}

/// What the server says is left.
async fn told(world: &World, lease: LeaseId) -> i64 {
    if let Some(etcd) = &world.etcd {
        let said = etcd.ctl(&["lease", "timetolive", &lease.to_string()]);
        let left = said.split("remaining(").nth(1).and_then(|rest| rest.split('s').next());
        left.expect("seconds").parse().expect("a number")
    } else {
        let status = world.store.lease_time_to_live(lease, false).await.expect("an answer");
        status.expect("it lives").ttl
    }
}

#[test]
fn forty_keys_count_down_with_the_server_and_vanish_together() {
    everywhere(async |world| {
        let lease = world.grant(12).await;
        for n in 0..40 {
            world.put_leased(&format!("many/{n:02}"), "v", lease).await;
        }
        world.holds(&["stays=1"]).await;
        let mut screen = world.screen();
        screen.sees_row(&["▸ many/", "40"]).await.keys("l").sees("00").await;
        screen.sees_row(&["of 12s", "40 keys"]).await;
        for _ in 0..6 {
            let before = shown(&screen);
            let said = told(&world, lease).await;
            let after = shown(&screen);
            assert!((after - 1..=before + 1).contains(&said), "{before} {said} {after}");
            sleep(Duration::from_millis(730)).await;
        }
        screen.sees("deletes 40 keys in ").await.sees("not renewed").await;
        screen.loses("many/").await.loses("40 keys").await.sees("no leases").await;
        assert_eq!(world.count().await, 1);
    });
}

#[test]
fn leases_are_sorted_and_filtered() {
    everywhere(async |world| {
        for (id, ttl, keys) in [(0x2a, 900, 0), (0x2b, 300, 3), (0x2c, 600, 1)] {
            let lease = world.store.lease_grant(ttl, LeaseId(id)).await.expect("grant").id;
            for n in 0..keys {
                world.put_leased(&format!("of-{id:x}/{n}"), "v", lease).await;
            }
        }
        let order = |screen: &Screen| -> String {
            let rows = screen.now().rows.into_iter();
            let ids = rows.filter_map(|row| {
                let row = row.split('┃').nth(1)?.to_owned();
                ["2a", "2b", "2c"].into_iter().find(|id| row.trim().starts_with(id))
            });
            ids.collect::<Vec<_>>().join(" ")
        };
        let mut screen = world.screen();
        screen.sees_row(&["2c", "1 key"]).await.keys("3 z").sees("zoomed").await;
        for (by, rows) in [("ID", "2a 2b 2c"), ("time left", "2b 2c 2a")] {
            assert_eq!(order(&screen), rows, "by {by}");
            screen.keys("s").lives().await;
        }
        screen.sees("by keys").await;
        assert_eq!(order(&screen), "2b 2c 2a");
        screen.keys("s").sees("by granted").await;
        assert_eq!(order(&screen), "2b 2c 2a");
        screen.keys("s /").types("of-2c").sees("1/1").await;
        assert_eq!(order(&screen), "2c");
        screen.keys("ctrl-u").types("no keys").sees("1/1").await;
        assert_eq!(order(&screen), "2a");
        screen.keys("esc n ctrl-u").types("600 2d").keys("enter").sees("lease 2d granted").await;
        screen.sees("4/4").await.keys("d").sees("Revoke lease 2d? It has no keys").await;
    });
}

#[test]
fn who_keeps_a_lease_alive_is_told() {
    everywhere(async |world| {
        let lease = world.grant(4).await;
        let mut screen = world.screen();
        screen.sees("no keys").await.keys("3 z").sees("zoomed").await;
        let renew = async {
            loop {
                world.store.lease_keep_alive(lease).await.expect("it lives");
                sleep(Duration::from_millis(1300)).await;
            }
        };
        tokio::select! {
            () = renew => {}
            _ = screen.sees("renewed elsewhere") => {}
        }
        screen.keys("a").sees("kept alive").await.loses("renewed elsewhere").await;
        sleep(Duration::from_secs(6)).await;
        screen.sees("keeping 1 alive").await.keys("a").loses("keeping 1 alive").await;
        screen.sees("no leases").await;
    });
}

#[test]
fn a_key_is_hung_on_a_lease_and_taken_off() {
    everywhere(async |world| {
        world.holds(&["k=v", "other=w"]).await;
        let lease = world.grant(600).await;
        let mut screen = world.screen();
        screen.sees("no keys").await.sees("text 1 B").await.keys("L").sees("hang the key on").await;
        screen.keys("enter").sees("hangs on lease").await.sees("1 key").await;
        assert_eq!(world.get("k").await.map(|e| (e.lease, e.value)), Some((lease, b"v".to_vec())));
        screen.runs(&format!("lease attach other {lease}")).sees("2 keys").await;
        screen.runs("lease detach k").sees("hangs on no lease now").await.sees("1 key").await;
        assert_eq!(world.get("k").await.map(|e| e.lease), Some(LeaseId::NONE));
        screen.runs("lease attach k 123").sees("not changed").await;
        screen.runs("lease attach none 123").sees("does not exist").await;
        screen.runs("lease grant 600 2a").sees("lease 2a granted").await;
        screen.runs("lease grant 600 2a").sees("no lease granted").await;
        screen.runs("lease grant 0").sees("whole number of seconds").await;
    });
}
