//! Passwords that are wrong, or wrong by now, through the true loop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::domain::access::{Grant, Permission};
use etcdeck::domain::{KeyRange, Secret};
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions};
use etcdeck::sandbox::{Account, Sandbox};

use super::screen::Opening;
use super::world::{World, block_on, in_the_sandbox};
use crate::support::servers::Etcd;
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

const AUTHENTICATE: &str = "/v3/auth/authenticate";

fn accounts(password: &str) -> BTreeMap<String, Account> {
    let grants = vec![Grant { permission: Permission::ReadWrite, range: KeyRange::all() }];
    BTreeMap::from([("alice".to_owned(), Account { password: Secret::new(password), grants })])
}

/// A sandbox that only alice gets into, by the first password; the screen is given the second one.
fn guarded(world: World, password: &str, given: &str) -> (World, Arc<Sandbox>) {
    let store = Sandbox::new();
    let me = Some(("alice".to_owned(), Secret::new(given)));
    let guarded = Arc::new(store.with_users(accounts(password), me));
    (world.with(Arc::new(store)), guarded)
}

fn as_alice() -> Opening {
    Opening::new().with(|settings| settings.user = Some("alice".to_owned()))
}

#[test]
fn a_wrong_password_is_asked_for_and_everything_begins() {
    in_the_sandbox(async |world| {
        let (inside, guarded) = guarded(world, "good", "typo");
        inside.holds(&["app/name=api"]).await;
        let mut screen = as_alice().on("the sandbox with users", guarded.clone());
        screen.sees("Log in to etcd").await.sees("○ denied").await.sees("user      alice").await;
        screen.types("bad").sees("password  ***").await.keys("enter").lives().await;
        screen.sees("authentication failed").await.loses("***").await;
        // A minute of probes and retries asks nothing more.
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert_eq!(guarded.logins(), 1);
        screen.types("good").keys("enter").sees("● online").await.sees("app/").await;
        screen.loses("Log in to etcd").await;
        assert_eq!(guarded.logins(), 2);
    });
}

#[test]
fn giving_up_leaves_a_usable_screen_that_says_denied() {
    in_the_sandbox(async |world| {
        let guarded = Sandbox::new()
            .with_users(accounts("good"), Some(("alice".to_owned(), Secret::new("typo"))));
        let guarded = Arc::new(guarded);
        let world = world.with(guarded.clone());
        let mut screen = world.open(as_alice());
        screen.sees("Log in to etcd").await.keys("esc").loses("Log in to etcd").await;
        screen.sees("○ denied").await.keys("?").sees("Help").await.keys("esc");
        tokio::time::sleep(Duration::from_secs(200)).await;
        screen.sees("○ denied").await.loses("Log in to etcd").await;
        assert_eq!(guarded.logins(), 0);
        screen.runs("login alice").sees("Log in to etcd").await.types("good").keys("enter");
        screen.sees("● online").await.sees("user alice").await;
    });
}

#[test]
fn a_password_changed_meanwhile_is_asked_for_once_and_all_goes_on() {
    in_the_sandbox(async |world| {
        let (inside, guarded) = guarded(world, "old", "old");
        inside.holds(&["k=v"]).await;
        let mut screen = as_alice().on("the sandbox with users", guarded.clone());
        screen
            .sees("● online")
            .await
            .sees("text 1 B")
            .await
            .runs("watch k")
            .sees("1 watching")
            .await;
        guarded.set_accounts(accounts("new"));
        screen.sees("Log in to etcd").await.sees("○ denied").await;
        screen.types("new").keys("enter").sees("● online").await;
        inside.put("k", "newer").await;
        screen.sees_row(&["PUT", "v → newer"]).await.sees("text 5 B").await;
        assert_eq!(guarded.logins(), 1);
    });
}

#[test]
fn the_draft_that_was_refused_is_saved_after_the_login() {
    in_the_sandbox(async |world| {
        let (inside, guarded) = guarded(world, "old", "old");
        inside.holds(&["k=v"]).await;
        let mut screen = as_alice().on("the sandbox with users", guarded.clone());
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("new ");
        guarded.set_accounts(accounts("new"));
        // Whoever types is not interrupted; the save that is refused asks.
        screen.sees("○ denied").await.loses("Log in to etcd").await.types("er ");
        screen.keys("ctrl-s").sees("Log in to etcd").await.types("new").keys("enter");
        screen.sees("● online").await.keys("ctrl-s").sees("saved at revision 3").await;
        assert_eq!(inside.value("k").await, "new er v");
    });
}

#[test]
fn at_a_stub_every_login_is_counted() {
    block_on(async {
        let stub = Stub::start().await;
        let wrong = r#"{"code":3,"message":"etcdserver: authentication failed, invalid user ID or password"}"#;
        stub.on(AUTHENTICATE, Reply::json(400, wrong));
        let credentials = Some(Credentials::new("alice", "typo"));
        let options = GatewayOptions { credentials, ..GatewayOptions::new([stub.url()]) };
        let gateway = Gateway::connect(options).expect("the options are right");
        let mut screen = as_alice().on("a stub", Arc::new(gateway));
        let logins = || {
            let requests = stub.requests();
            assert!(requests.iter().all(|request| request.path == AUTHENTICATE), "{requests:?}");
            requests.len()
        };
        screen.sees("Log in to etcd").await;
        assert_eq!(logins(), 1, "the password that was given at the start");
        for answers in 1..=2 {
            screen.types("bad").keys("enter").loses("logging in").await.loses("***").await;
            screen.sees("authentication failed").await;
            assert_eq!(logins(), 1 + answers);
        }
        screen.keys("esc R").sees("Log in to etcd").await.keys("esc").runs("rights").lives().await;
        screen.keys("3 R").lives().await.sees("○ denied").await;
        assert_eq!(logins(), 3);
    });
}

#[test]
fn authentication_that_is_switched_on_and_off_elsewhere_is_followed() {
    std::thread::scope(|scope| {
        for version in Etcd::versions() {
            scope.spawn(move || {
                block_on(async {
                    let etcd = crate::support::server_builder::Builder::new(version);
                    let etcd = etcd.arg("--bcrypt-cost=4").start();
                    let world = World::of(etcd);
                    let etcd = world.etcd.as_ref().expect("a server");
                    world.holds(&["app/name=api"]).await;
                    let mut screen = world.screen();
                    screen.sees("● online").await.sees("app/").await;
                    etcd.enable_auth("secret");
                    screen.keys("R").sees("Log in to etcd").await.types("root").keys("enter");
                    screen.types("secret").keys("enter").sees("logged in as root").await;
                    screen.sees("● online").await.sees("user root").await;
                    world.put("app/name", "as root").await;
                    screen.runs("goto app/name").sees("text 7 B").await;
                    etcd.ctl(&["auth", "disable"]);
                    world.put("app/name", "as anybody").await;
                    screen.keys("R").sees("text 10 B").await.sees("● online").await;
                });
            });
        }
    });
}
