//! A server that is down, goes away and comes back: the program lives on and tells the truth.

use std::sync::atomic::Ordering;
use std::time::Duration;

use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};

use super::door::{Door, Doorway};
use super::screen::Opening;
use super::world::{in_the_sandbox, on_every_etcd};

#[test]
fn a_server_that_is_down_at_the_start_is_waited_for() {
    in_the_sandbox(async |world| {
        world.holds(&["app/name=api"]).await;
        world.grant(600).await;
        let doorway = Doorway::new(world.store.clone(), Door::Shut);
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        screen
            .sees("○ no connection")
            .await
            .sees("connection refused")
            .await
            .sees("next try in")
            .await;
        screen
            .keys("j n")
            .sees("new key")
            .await
            .types("x")
            .keys("enter")
            .sees("no key created")
            .await;
        screen.runs("goto app/name").lives().await.runs("watch app/").sees("1 lost").await;
        doorway.stands(Door::Open);
        screen.sees("● online").await.sees("app/").await.sees("no keys").await;
        screen.runs("goto app/name").sees("text 3 B").await.sees("1 watching").await;
        screen.keys("4 w").sees_row(&["app/*", "live"]).await.keys("esc");
        world.put("app/name", "newer").await;
        screen.sees_row(&["PUT", "→ newer"]).await;
    });
}

#[test]
fn a_real_server_is_waited_for_and_found_again() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["app/name=api"]).await;
        etcd.kill();
        let mut screen = world.screen();
        screen.sees("○ no connection").await.sees("nothing listens at").await;
        etcd.restart();
        screen
            .sees("● online")
            .await
            .sees("▸ app/")
            .await
            .runs("goto app/name")
            .sees("text 3 B")
            .await;
        screen.runs("watch app/").keys("4 w").sees_row(&["app/*", "live"]).await.keys("esc 1");
        etcd.kill();
        screen.sees("○ lost").await.sees("text 3 B").await;
        etcd.restart();
        screen.sees("● online").await;
        world.put("app/name", "newer").await;
        screen.sees_row(&["PUT", "api → newer"]).await.sees("text 5 B").await.sees("1/1").await;
    });
}

#[test]
fn a_save_without_an_answer_is_told_by_reading_the_key() {
    for (door, written) in [(Door::NoWayBack, true), (Door::NoWayThere, false)] {
        in_the_sandbox(async |world| {
            world.holds(&["k=v"]).await;
            let doorway = Doorway::new(world.store.clone(), Door::Open);
            let world = world.with(doorway.clone());
            let mut screen = world.screen();
            screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("new ");
            screen.lives().await;
            doorway.stands(door);
            screen.keys("ctrl-s").sees("outcome unknown, reading").await.sees("new v").await;
            screen.keys("ctrl-s").sees("nothing is sent twice").await;
            let sent = doorway.writes.load(Ordering::SeqCst);
            doorway.stands(Door::Open);
            if written {
                screen.sees("saved at revision 3").await.sees("unchanged").await;
            } else {
                screen.sees("not written").await.sees("changed").await.keys("ctrl-s");
                screen.sees("saved at revision 3").await;
            }
            assert_eq!(doorway.writes.load(Ordering::SeqCst), sent + usize::from(!written));
            assert_eq!(world.value("k").await, "new v");
            assert_eq!(world.get("k").await.expect("it is there").version.0, 2);
        });
    }
}

#[test]
fn a_save_that_cannot_be_sent_keeps_the_draft() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        screen
            .sees("text 1 B")
            .await
            .keys("e")
            .sees("editing rev")
            .await
            .types("new ")
            .lives()
            .await;
        doorway.stands(Door::Shut);
        screen.sees("○ lost").await.keys("ctrl-s").sees("not written: connection refused").await;
        screen.sees("new v").await.types("er ");
        doorway.stands(Door::Open);
        screen.sees("● online").await.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "new er v");
    });
}

#[test]
fn a_real_server_that_dies_during_an_edit_loses_no_draft() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["k=v"]).await;
        let mut screen = world.screen();
        screen
            .sees("text 1 B")
            .await
            .keys("e")
            .sees("editing rev")
            .await
            .types("new ")
            .lives()
            .await;
        etcd.kill();
        screen.sees("○ lost").await.keys("ctrl-s").sees("not written").await.sees("new v").await;
        etcd.restart();
        screen.sees("● online").await.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "new v");
    });
}

#[test]
fn a_member_that_only_tells_its_status_is_not_hammered() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Unavailable);
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        screen.sees("no leader").await;
        let before = doorway.calls.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(10)).await;
        let calls = doorway.calls.load(Ordering::SeqCst) - before;
        assert!(calls < 400, "{calls} calls in ten seconds");
        doorway.stands(Door::Open);
        screen.sees("text 1 B").await;
    });
}

#[test]
fn a_user_of_one_prefix_sees_that_prefix_and_what_was_refused() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["app/name=api", "secret/x=1"]).await;
        etcd.ctl(&["user", "add", "ann:pw"]);
        etcd.ctl(&["role", "add", "app"]);
        etcd.ctl(&["role", "grant-permission", "app", "--prefix=true", "readwrite", "app/"]);
        etcd.ctl(&["user", "grant-role", "ann", "app"]);
        etcd.enable_auth("root-pw");
        let options = GatewayOptions {
            credentials: Some(Credentials::new("ann", "pw")),
            ..GatewayOptions::new([etcd.url()])
        };
        let store = std::sync::Arc::new(Gateway::connect(options).expect("a fine URL"));

        let mut screen = Opening::new().at("app/").on("as ann", store.clone());
        screen.sees("name").await.sees("api").await.keys("e").sees("editing rev").await;
        screen.types("my ").keys("ctrl-s").sees("saved at").await.keys("esc");
        screen.runs("put secret/x 2").sees("permission denied").await;

        // From the top nothing can be listed, but what is allowed can be gone to.
        let mut screen = Opening::new().on("as ann", store);
        screen.sees("permission").await.runs("goto app/name").sees("my api").await;
        screen.runs("goto secret/x").sees("permission").await.loses("my api").await;
    });
}

#[test]
fn a_wrong_password_is_told() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        etcd.enable_auth("root-pw");
        let options = GatewayOptions {
            credentials: Some(Credentials::new("root", "wrong")),
            ..GatewayOptions::new([etcd.url()])
        };
        let store = std::sync::Arc::new(Gateway::connect(options).expect("a fine URL"));
        let mut screen = Opening::new().on("as root", store);
        screen.sees("○ denied").await.sees("invalid user ID or password").await.keys("j ? esc");
        screen.lives().await;
    });
}
