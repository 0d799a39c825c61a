//! `etcdctl lock` and `etcdctl elect` in processes of their own, and the views here: both tell the
//! same of holder, queue and leader.

use super::rival::{Rival, comes_to_length, lease_of, queue};
use super::world::on_every_etcd;

#[test]
fn a_lock_of_etcdctl_is_waited_for_and_handed_back() {
    on_every_etcd(async |world| {
        let etcd = world.server();
        let theirs = Rival::locks(etcd, "/locks/job");
        let keys = comes_to_length(etcd, "/locks/job", 1).await;
        let mut screen = world.screen();
        screen.runs("locks").sees_row(&["holds", lease_of(&keys[0])]).await;
        screen.keys("n").sees_row(&["┃ /locks/job "]).await.keys("enter");
        screen.sees("waiting for lock /locks/job").await.sees_row(&["waits 1", "here"]).await;
        let keys = queue(etcd, "/locks/job");
        screen.sees_row(&["waits 1", "here", lease_of(&keys[1])]).await;
        theirs.leaves();
        screen.sees("HOLDING lock /locks/job").await;
        screen.sees_row(&["holds", "here", lease_of(&keys[1])]).await;
        assert_eq!(queue(etcd, "/locks/job"), [keys[1].clone()]);
        let mine = world.get(keys[1].as_str()).await.expect("it is held");
        screen.sees(&format!("fencing revision {}", mine.create_revision)).await;

        let theirs = Rival::locks(etcd, "/locks/job");
        let keys = comes_to_length(etcd, "/locks/job", 2).await;
        screen.sees_row(&["waits 1", lease_of(&keys[1])]).await.keys("r").sees("given up").await;
        screen.sees_row(&["holds", lease_of(&keys[1])]).await.loses("HOLDING").await;
        assert_eq!(queue(etcd, "/locks/job"), [keys[1].clone()]);
        theirs.leaves();
        screen.sees("nobody holds").await;
        assert!(queue(etcd, "/locks/job").is_empty());
    });
}

#[test]
fn a_wait_that_is_given_up_leaves_no_key() {
    on_every_etcd(async |world| {
        let etcd = world.server();
        etcd.enable_auth("root-pw");
        let options = etcdeck::gateway::GatewayOptions {
            credentials: Some(etcdeck::gateway::Credentials::new("root", "root-pw")),
            ..etcdeck::gateway::GatewayOptions::new([etcd.url()])
        };
        let store = etcdeck::gateway::Gateway::connect(options).expect("a fine URL");
        let world = world.with(std::sync::Arc::new(store));
        let etcd = world.server();
        let _theirs = Rival::locks(etcd, "n");
        let keys = comes_to_length(etcd, "n", 1).await;
        let mut screen = world.screen();
        screen.runs("locks").sees_row(&["holds", lease_of(&keys[0])]).await.runs("lock n 600");
        screen.sees_row(&["waits 1", "here"]).await.keys("r").sees("lock n given up").await;
        assert_eq!(queue(etcd, "n"), keys, "at once");
        screen.loses("waits").await.loses("waiting for").await;
    });
}

#[test]
fn a_server_that_dies_while_a_lock_is_held_takes_the_word_back() {
    on_every_etcd(async |world| {
        let etcd = world.server();
        let mut screen = world.screen();
        screen.runs("lock n 5").sees("HOLDING lock n").await.runs("locks");
        screen.sees_row(&["holds", "here"]).await;
        etcd.kill();
        screen.sees("PERHAPS LOST: lock n").await.sees("lock n LOST").await.loses("HOLDING").await;
        etcd.restart();
        screen.sees("● online").await.runs("lock m 60").sees("HOLDING lock m").await;
    });
}

#[test]
fn an_election_of_etcdctl_is_entered_and_won() {
    on_every_etcd(async |world| {
        let etcd = world.server();
        let theirs = Rival::campaigns(etcd, "/lead", "theirs");
        let keys = comes_to_length(etcd, "/lead", 1).await;
        let mut screen = world.screen();
        screen.runs("elections").sees_row(&["leads", lease_of(&keys[0]), "theirs"]).await;
        screen.keys("n").sees_row(&["┃ /lead "]).await.types("mine").keys("enter");
        screen.sees_row(&["waits 1", "here", "mine"]).await;
        theirs.leaves();
        screen.sees_row(&["leads", "here", "mine"]).await;
        screen.sees("HOLDING candidacy in /lead").await;
        let listened = etcd.ctl(&["get", "--prefix", "--print-value-only", "/lead/"]);
        assert_eq!(listened.trim(), "mine");

        let theirs = Rival::campaigns(etcd, "/lead", "again");
        screen.sees_row(&["waits 1", "again"]).await.keys("r").sees("given up").await;
        screen.sees_row(&["leads", "again"]).await.loses("HOLDING").await;
        theirs.leaves();
        screen.sees("there is no candidate").await;
        assert!(queue(etcd, "/lead").is_empty());
    });
}
