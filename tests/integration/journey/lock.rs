//! Locks: found, taken, waited for, lost, freed and given up.

use std::time::Duration;

use etcdeck::domain::{Key, LeaseId};
use etcdeck::event_loop::Ended;

use super::door::{Door, Doorway};
use super::screen::{Opening, Screen};
use super::world::{World, everywhere, in_the_sandbox};

/// Puts a member into a queue, as a client that keeps its lease alive for long.
async fn queues_up(world: &World, name: &str) -> LeaseId {
    let lease = world.grant(600).await;
    world.put_leased(&format!("{name}/{lease}"), "", lease).await;
    lease
}

/// Takes a lock and waits until it is held.
async fn takes(screen: &mut Screen, name: &str) {
    screen.runs(&format!("lock {name} 60")).sees(&format!("HOLDING lock {name}")).await;
}

#[test]
fn a_lock_is_taken_shown_and_given_up() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("locks").sees("nobody holds or waits for a lock").await;
        screen.keys("n").sees("take a lock").await.types("jobs/nightly 60").keys("enter");
        screen.sees("lock jobs/nightly held, fencing revision").await;
        screen.sees_row(&["jobs/nightly", "held, 0 waiting"]).await.sees("HOLDING lock").await;
        screen.sees_row(&["holds", "here", "59s"]).await;
        assert_eq!(world.count().await, 1);
        screen.keys("j o").sees_row(&["▾ jobs/"]).await.sees("1 Keys").await;
        screen.sees("HOLDING lock jobs/nightly").await.runs("locks").sees_row(&["holds"]).await;
        screen.keys("r").sees("lock jobs/nightly given up").await;
        screen.sees("nobody holds or waits").await.loses("HOLDING").await;
        assert_eq!(world.count().await, 0);
        screen.keys("esc q");
        assert_eq!(screen.ends().await, Ended::Quit);
    });
}

#[test]
fn what_is_typed_wrongly_is_said_and_stays() {
    in_the_sandbox(async |world| {
        let mut screen = world.screen();
        screen.runs("locks").sees("nobody holds").await.keys("n").types("x 0").keys("enter");
        screen.sees("a TTL is a whole number of seconds").await.sees("x 0").await;
        screen.keys("ctrl-u").types("\"\"").keys("enter").sees("a key cannot be empty").await;
        screen.keys("ctrl-u").types("\\xff\\x00 60").keys("enter");
        screen.sees("HOLDING lock \\xff\\x00").await.sees_row(&["\\xff\\x00", "held"]).await;
        screen.keys("n").sees_row(&["┃ \\xff\\x00 "]).await.keys("enter");
        screen.sees("is held or waited for here already").await.keys("r");
        screen.sees("given up").await.runs("unlock nothing").sees("is not held here").await;
        assert_eq!(world.count().await, 0);
    });
}

#[test]
fn a_queue_is_followed_live_and_filtered() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("locks").sees("nobody holds").await;
        let first = queues_up(&world, "/locks/a").await;
        screen.sees_row(&["holds", &first.to_string()]).await;
        let second = queues_up(&world, "/locks/a").await;
        screen.sees_row(&["waits 1", &second.to_string()]).await;
        queues_up(&world, "/locks/b").await;
        screen.sees_row(&["/locks/b", "held, 0 waiting"]).await.keys("/").types("LOCKS/B");
        screen.loses("/locks/a").await.keys("enter").sees("1/2").await.keys("esc");
        screen.sees("/locks/a").await;
        world.store.lease_revoke(first).await.expect("it was granted");
        screen.sees_row(&["holds", &second.to_string()]).await.loses(&first.to_string()).await;
        world.store.lease_revoke(second).await.expect("it was granted");
        screen.loses("/locks/a").await.sees("/locks/b").await;
    });
}

#[test]
fn a_prefix_is_read_and_nothing_else_is_shown() {
    everywhere(async |world| {
        queues_up(&world, "/locks/a").await;
        queues_up(&world, "/other/b").await;
        world.put("/locks/config", "no member").await;
        let mut screen = world.screen();
        screen.runs("locks /locks/").sees_row(&["/locks/a", "held"]).await;
        screen.sees("under /locks/").await.loses("/other/b").await;
        queues_up(&world, "/other/c").await;
        queues_up(&world, "/locks/c").await;
        screen.sees_row(&["/locks/c", "held"]).await.loses("/other/").await;
        screen.keys("R").sees_row(&["/locks/c", "held"]).await.keys("esc").sees("1 Keys").await;
    });
}

#[test]
fn names_within_names_and_strange_keys_are_pointed_out() {
    everywhere(async |world| {
        queues_up(&world, "/l/a").await;
        queues_up(&world, "/l").await;
        world.put("/m/readme", "older than all").await;
        let lease = queues_up(&world, "/m").await;
        let mut screen = world.screen();
        screen.runs("locks").sees_row(&["/l/a", "held", "nested in /l: each holds"]).await;
        screen.sees_row(&["/l  ", "not held, 1 waiting", "HELD UP by /l/a/"]).await;
        screen.sees_row(&["/m  ", "not held", "HELD UP by /m/readme"]).await;
        screen.sees_row(&["held up", &lease.to_string()]).await;
        world.delete("/m/readme").await;
        screen.sees_row(&["holds", &lease.to_string()]).await.loses("readme").await;
        // The same when all is read anew, and below a prefix.
        screen.runs("locks /l").sees_row(&["/l  ", "HELD UP by /l/a/"]).await;
    });
}

#[test]
fn a_lock_whose_key_is_deleted_is_lost_loudly() {
    everywhere(async |world| {
        let mut screen = world.screen();
        takes(&mut screen, "n").await;
        let keys = world.keys("n/").await;
        assert_eq!(keys.len(), 1);
        world.delete(keys[0].clone()).await;
        screen.sees("lock n LOST: its key was deleted at revision").await.loses("HOLDING").await;
    });
}

#[test]
fn freeing_names_what_else_hangs_on_the_lease() {
    everywhere(async |world| {
        let lease = queues_up(&world, "n").await;
        world.put_leased("also/mine", "1", lease).await;
        let waiter = queues_up(&world, "n").await;
        let mut screen = world.screen();
        screen.runs("locks").sees_row(&["holds", &lease.to_string()]).await.keys("j d");
        screen.sees(&format!("Free n? 1 other key vanishes with lease {lease}")).await;
        screen.sees("also deletes also/mine").await.sees(&format!("frees n/{lease}")).await;
        screen.keys("n").sees("left as it was").await;
        assert_eq!(world.count().await, 3);
        screen.keys("d").sees("also deletes").await.keys("y").sees("revoked").await;
        screen.sees_row(&["holds", &waiter.to_string()]).await;
        assert_eq!(world.keys("").await, [Key::from(&*format!("n/{waiter}"))]);
        // One's own is given up, not freed.
        screen.runs("lock mine").sees_row(&["holds", "here"]).await.keys("g d");
        screen.sees("r gives it up").await;
    });
}

#[test]
fn a_lock_without_word_from_the_server_is_not_said_to_be_held() {
    in_the_sandbox(async |world| {
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        screen.runs("lock n 30").sees("HOLDING lock n").await.runs("locks");
        screen.sees_row(&["holds", "here"]).await;
        doorway.stands(Door::Shut);
        screen.sees("PERHAPS LOST: lock n").await.loses("HOLDING").await;
        screen.sees_row(&["held?", "here?"]).await;
        doorway.stands(Door::Open);
        screen.sees("HOLDING lock n").await.sees_row(&["holds", "here "]).await;
        doorway.stands(Door::Shut);
        screen.sees("PERHAPS LOST").await.sees("lock n LOST: its lease ended").await;
        screen.loses("PERHAPS").await.loses("HOLDING").await;
        doorway.stands(Door::Open);
        screen.sees("nobody holds").await;
    });
}

#[test]
fn a_wait_outlives_a_server_that_goes_and_comes() {
    in_the_sandbox(async |world| {
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let rival = queues_up(&world, "n").await;
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        screen.runs("locks").sees_row(&["holds"]).await.runs("lock n 60");
        screen.sees("waiting for lock n").await.sees_row(&["waits 1", "here"]).await;
        doorway.stands(Door::Shut);
        screen.sees("○ lost").await.sees_row(&["held?"]).await;
        assert!(!screen.now().has("HOLDING"));
        doorway.stands(Door::Open);
        screen.sees("● online").await.sees_row(&["waits 1", "here"]).await;
        world.store.lease_revoke(rival).await.expect("it was granted");
        screen.sees("HOLDING lock n").await.sees_row(&["holds", "here"]).await;
        // A wait that lasts longer than its lease ends as a failure.
        let rival = queues_up(&world, "m").await;
        screen.runs("lock m 5").sees("waiting for lock m").await.sees_row(&["waits 1"]).await;
        doorway.stands(Door::Shut);
        screen.sees("lock m not held").await;
        doorway.stands(Door::Open);
        world.store.lease_revoke(rival).await.expect("it was granted");
        screen.loses("waiting for lock m").await;
    });
}

#[test]
fn leaving_names_what_is_held_and_gives_it_up() {
    everywhere(async |world| {
        queues_up(&world, "busy").await;
        let mut screen = world.screen();
        takes(&mut screen, "n").await;
        screen.runs("lock busy").sees("waiting for lock busy").await;
        screen.runs("campaign e me").sees("HOLDING candidacy in e").await;
        screen.keys("q").sees("Quit? This is held here").await.sees("lock n: held").await;
        screen.sees("lock busy: waited for").await.sees("candidacy in e: held").await;
        screen.keys("esc").loses("Quit?").await.keys("ctrl-c").sees("Quit? This").await.keys("r");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert_eq!(world.count().await, 1, "only the rival's key is left");
    });
}

#[test]
fn a_store_full_of_leases_asks_for_a_prefix() {
    in_the_sandbox(async |world| {
        for _ in 0..2001 {
            world.grant(6000).await;
        }
        queues_up(&world, "/locks/a").await;
        let mut screen = world.screen();
        screen.runs("locks").sees("2002 leases, too many to look for").await;
        screen.runs("locks /locks/").sees_row(&["/locks/a", "held"]).await;
    });
}

#[test]
fn nothing_is_taken_when_read_only() {
    in_the_sandbox(async |world| {
        queues_up(&world, "n").await;
        let mut screen = world.open(Opening::new().read_only());
        screen.runs("locks").sees_row(&["holds"]).await.keys("n").sees("read-only: nothing").await;
        screen.keys("d").lives().await.loses("Free n?").await;
        screen.runs("lock x").sees("read-only").await;
        assert_eq!(world.count().await, 1);
        // What is held must be given up before: its renewals would be refused.
        let mut screen = world.screen();
        takes(&mut screen, "m").await;
        screen.runs("read-only on").sees("give these up first: lock m").await;
        screen.runs("unlock m").sees("given up").await.runs("read-only on").sees("READ-ONLY").await;
    });
}

#[test]
fn keys_show_the_etcdctl_lines_and_copy() {
    in_the_sandbox(async |world| {
        let lease = queues_up(&world, "n").await;
        let mut screen = world.screen();
        screen
            .runs("locks")
            .sees_row(&["holds"])
            .await
            .keys("X")
            .sees("etcdctl lock --ttl=60 n")
            .await;
        screen.sees("etcdctl get --prefix -- n/").await.keys("esc j X");
        screen.sees(&format!("etcdctl lease revoke {lease}")).await.keys("esc y").lives().await;
        let copied = screen.now().copied;
        assert_eq!(copied, [format!("n/{lease}").into_bytes()]);
        tokio::time::sleep(Duration::from_secs(30)).await;
        screen.sees_row(&["holds", "9m"]).await;
    });
}
