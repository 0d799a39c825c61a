//! Finding keys, and finding in values.

use std::sync::Arc;

use etcdeck::domain::Revision;
use etcdeck::domain::load::Load;
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};

use super::door::{Door, Doorway};
use super::screen::Opening;
use super::world::{World, block_on, everywhere, in_the_sandbox, on_the_newest_etcd};
use crate::support::install::Version;
use crate::support::server_builder::Builder;
use crate::support::servers::Etcd;

#[test]
fn keys_are_found_while_they_come_and_go() {
    everywhere(async |world| {
        world.holds(&["/app/web/name=1", "/app/web/port=2", "/db/host=3", "odd\\key=4"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.keys("f").sees("4 keys live").await;
        screen.types("apna").sees_row(&["fuzzy", "1 of 4"]).await.sees("/app/web/name").await;
        screen.loses("/db/host").await;
        // Others write and delete.
        world.holds(&["/app/api/name=5", "/db/host=6"]).await;
        screen.sees("/app/api/name").await.sees("5 keys live").await;
        world.delete("/app/web/name").await;
        screen.loses("/app/web/name").await.sees("4 keys live").await;
        screen.keys("tab ctrl-u").types("HOST").sees("no key matches").await;
        screen.keys("ctrl-u").types("host").sees_row(&["substring", "1 of 4"]).await;
        screen
            .keys("tab ctrl-u")
            .types("^/app.*(")
            .sees("character 8 at “(”: unclosed group")
            .await;
        screen.sees("/db/host").await.types("t|x)$").sees("/app/web/port").await;
        screen.loses("unclosed").await.loses("/db/host").await;
        // Into the tree, and back to what was typed.
        screen.keys("enter").sees("▾ web/").await.sees("text 1 B").await;
        screen.keys("1 f").sees_row(&["regex", "^/app.*(t|x)$"]).await.sees("/app/web/port").await;
        screen.keys("esc").runs("find odd").keys("tab").sees("odd\\\\key").await.keys("enter");
        screen.sees("text 1 B").await.lives().await;
    });
}

#[test]
fn a_revision_has_the_keys_of_its_day() {
    everywhere(async |world| {
        world.holds(&["/a/gone=1", "/a/kept=2"]).await;
        let then = world.get("/a/kept").await.expect("it is there").mod_revision;
        world.delete("/a/gone").await;
        world.holds(&["/a/new=3"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("rev {then}")).sees("READ-ONLY").await;
        screen.keys("1 f").sees_row(&["2 keys", &format!("at rev {then}")]).await;
        screen.sees("/a/gone").await.types("new").sees("no key matches").await.keys("esc");
        screen.runs("rev live").loses("READ-ONLY").await.keys("1 f").sees("2 keys live").await;
        screen.sees("/a/new").await;
    });
}

/// So many keys that they come in several pages.
async fn many(world: &World) {
    for n in 0..45_000 {
        world.put(format!("/many/{n:05}").as_str(), "").await;
    }
}

#[test]
fn what_is_read_so_far_is_found_in_and_the_reading_can_be_stopped_and_cut_off() {
    in_the_sandbox(async |world| {
        many(&world).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        // So little load that a page is waited for.
        let load = Load { keys_per_second: 4000, requests: 1 };
        let mut screen = world.open(Opening::new().with(|settings| settings.limits.load = load));
        screen.sees("● online").await.sees("▸ /many/").await.keys("f");
        screen
            .sees("10,000 of ~45,000 keys")
            .await
            .keys("ctrl-s")
            .sees("stopped; Ctrl-s goes on")
            .await;
        screen.keys("tab").types("/many/0999").sees("10 of 10,000").await;
        screen.keys("ctrl-u").types("/many/44").sees("no key that was read so far matches").await;
        doorway.stands(Door::Shut);
        screen.keys("ctrl-s").sees("it goes on when the connection stands").await;
        screen.sees("connection refused").await;
        doorway.stands(Door::Open);
        screen.sees("45,000 keys live").await.sees("/many/44000").await.loses("goes on").await;
    });
}

#[test]
fn a_server_that_dies_and_comes_back_is_followed_on() {
    on_the_newest_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["/a/x=1"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.keys("f").sees("1 key live").await;
        etcd.kill();
        screen.sees("1 key not live").await.sees("true at revision").await;
        etcd.restart();
        screen.sees("1 key live").await;
        world.holds(&["/a/y=2"]).await;
        screen.sees("/a/y").await.sees("2 keys live").await;
    });
}

#[test]
fn an_index_that_missed_something_says_so_and_is_read_anew() {
    on_the_newest_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["/a/x=1", "/a/y=2"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let mut screen = Opening::new().on("a door", doorway.clone());
        screen.sees("● online").await.keys("f").sees("2 keys live").await;
        // The watch is cut off while revisions come and are compacted.
        etcd.kill();
        screen.sees("not live").await;
        doorway.stands(Door::Shut);
        etcd.restart();
        world.delete("/a/x").await;
        world.holds(&["/a/y=3", "/a/z=4"]).await;
        let newest = world.get("/a/z").await.expect("it is there").mod_revision;
        world.store.compact(newest, true).await.expect("compacted");
        doorway.stands(Door::Open);
        screen.sees("were compacted before they were seen; Ctrl-r reads all keys anew").await;
        screen.keys("ctrl-r").sees("2 keys live").await.sees("/a/z").await.loses("/a/x").await;
    });
}

#[test]
fn values_are_found_in_and_nothing_else() {
    everywhere(async |world| {
        world
            .holds(&["/a/1=name: api\nPort: 80", "/a/2=none", "/a/3=port port", "/b/4=port"])
            .await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("find-values /a/ port").sees("2 of 3 values hold").await;
        screen.sees_row(&["/a/1", "line 2", "Port: 80"]).await;
        screen
            .sees_row(&["/a/3", "×2", "port port"])
            .await
            .sees("all read")
            .await
            .loses("/b/4")
            .await;
        screen.keys("j enter").sees("port port").await.sees_row(&["version 1"]).await;
        screen
            .runs("find-values /a/ 'name|^none$' regex")
            .sees("2 of 3 values hold")
            .await
            .keys("esc");
        screen.runs("find-values /a/ '[' regex").sees("no regex: unclosed character class").await;
        screen.keys("esc").runs("find-values /none/ x").sees("no value holds it").await;
    });
}

async fn limited(version: Version) {
    let etcd = Builder::new(version).arg("--bcrypt-cost=4").start();
    etcd.ctl(&["role", "add", "app"]);
    for grant in [&["read", "--prefix=true", "/svc/web/"][..], &["read", "k2", "k5"]] {
        etcd.ctl(&[&["role", "grant-permission", "app"], grant].concat());
    }
    etcd.ctl(&["user", "add", "alice:pw"]);
    etcd.ctl(&["user", "grant-role", "alice", "app"]);
    etcd.enable_auth("secret");
    let client = |user: &str, password: &str| {
        let credentials = Some(Credentials::new(user, password));
        let options = GatewayOptions { credentials, ..GatewayOptions::new([etcd.url()]) };
        Arc::new(Gateway::connect(options).expect("the options are right"))
    };
    let (alice, root) = (client("alice", "pw"), client("root", "secret"));
    let world = World::of(etcd).with(root);
    world.holds(&["/svc/web/a=find me", "/svc/db/x=find me", "k1=no", "k3=find me"]).await;
    let opening = Opening::new().with(|settings| settings.user = Some("alice".to_owned()));
    let mut screen = opening.on(&format!("etcd {version} as alice"), alice);
    screen.sees("limited").await.keys("f").sees_row(&["2 keys live", "2 ranges"]).await;
    // Each range is followed.
    world.holds(&["k4=new", "k9=no", "/svc/web/b=new"]).await;
    screen.sees("4 keys live").await.types("k").sees("k4").await.loses("k9").await.keys("esc");
    screen
        .runs("find-values \"\" 'find me'")
        .sees("2 of 4 values hold")
        .await
        .loses("/svc/db")
        .await;
    screen.keys("esc").runs("find-values /svc/db/ x").sees("may not read /svc/db/").await;
}

#[test]
fn a_limited_user_finds_what_may_be_read() {
    std::thread::scope(|scope| {
        for version in Etcd::versions() {
            scope.spawn(move || block_on(limited(version)));
        }
    });
}

#[test]
fn a_revision_that_was_compacted_meanwhile_is_said() {
    on_the_newest_etcd(async |world| {
        world.holds(&["/a=1", "/a=2", "/a=3"]).await;
        let newest = world.get("/a").await.expect("it is there").mod_revision;
        let mut screen = world.screen();
        let then = Revision(newest.0 - 1);
        screen.sees("● online").await.runs(&format!("rev {then}")).sees("READ-ONLY").await;
        world.store.compact(newest, true).await.expect("compacted");
        screen
            .keys("1 f")
            .sees("compacted")
            .await
            .keys("esc")
            .runs("rev live")
            .loses("READ-ONLY")
            .await;
        screen.keys("1 f").sees("1 key live").await;
    });
}
