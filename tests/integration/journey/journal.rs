//! Every write is recorded, and taken back with one key; what somebody else wrote is not.

use std::sync::Arc;

use etcdeck::domain::LeaseId;

use super::door::{Door, Doorway};
use super::world::{everywhere, in_the_sandbox};

#[test]
fn an_edit_is_taken_back_and_so_is_the_one_before_it() {
    everywhere(async |world| {
        world.holds(&["a=first"]).await;
        let mut screen = world.screen();
        screen.sees("first").await.keys("u").sees("nothing was written from here yet").await;
        for (text, saved) in [("-2", "saved at revision 3"), ("-3", "saved at revision 4")] {
            screen.keys("e").sees("editing rev").await.keys("end").types(text).keys("ctrl-s");
            screen.sees(saved).await.keys("esc 1").loses("editing rev").await;
        }
        screen.sees("first-2-3").await.keys("u").sees("Undo 1 key?").await.sees(": save a").await;
        assert_eq!(world.value("a").await, "first-2-3");
        screen.keys("y").sees("all 1 key").await.keys("esc").sees("first-2").await;
        assert_eq!(world.value("a").await, "first-2");
        // Last written by the undo, and still taken back further.
        screen.keys("u").sees("Undo 1 key?").await.keys("y").sees("all 1 key").await.keys("esc");
        assert_eq!(world.value("a").await, "first");
        screen.keys("u").sees("every write made here was undone").await;
        // Undoing an undo writes again what it had taken back.
        screen.runs("undo 4").sees("Undo 1 key?").await.keys("y").sees("all 1 key").await;
        assert_eq!(world.value("a").await, "first-2");
        screen.keys("esc").runs("journal").sees_row(&["undo write 4", "undo of 4"]).await;
        screen.sees_row(&["save a", "undone by 4"]).await;
    });
}

#[test]
fn a_created_and_a_deleted_key_are_taken_back_with_the_lease() {
    everywhere(async |world| {
        let lease = world.grant(3600).await;
        world.put_leased("leased", "on it", lease).await;
        let before = world.get("leased").await.expect("it is there");
        let mut screen = world.screen();
        screen.sees("on it").await.keys("d").sees("Delete").await.keys("y").loses("on it").await;
        world.comes_to("leased", "-").await;
        screen.keys("esc").runs("put new 'a value'").sees("new written").await;
        screen.runs("journal").sees_row(&["create new"]).await.sees_row(&["delete leased"]).await;
        screen.keys("enter").sees("created at revision").await.sees("+ a value").await;
        screen.keys("u").sees("Undo 1 key?").await.keys("y").sees("all 1 key").await.keys("esc");
        assert_eq!(world.value("new").await, "-");
        screen.runs("undo 1").sees("Undo 1 key?").await.keys("y").sees("all 1 key").await;
        let after = world.get("leased").await.expect("it is back");
        assert_eq!((after.value, after.lease), (before.value, lease));
    });
}

#[test]
fn an_undo_leaves_what_somebody_else_wrote_since() {
    everywhere(async |world| {
        world.holds(&["a=first"]).await;
        let mut screen = world.screen();
        screen.sees("first").await.keys("e").sees("editing rev").await.keys("end").types("-mine");
        screen.keys("ctrl-s").sees("saved at").await.keys("esc 1").loses("editing rev").await;
        world.put("a", "theirs").await;
        screen.keys("u").sees("somebody changed it since").await;
        screen.keys("esc");
        assert_eq!(world.value("a").await, "theirs");
        // Between the question and the answer as well.
        screen.runs("put a again").sees("a").await.keys("y").sees("a written").await;
        screen.keys("u").sees("Undo 1 key?").await;
        world.put("a", "theirs once more").await;
        screen.keys("y").sees("somebody changed it meanwhile").await;
        assert_eq!(world.value("a").await, "theirs once more");
    });
}

#[test]
fn a_lease_that_has_ended_is_said_before() {
    everywhere(async |world| {
        let lease = world.grant(3600).await;
        world.put_leased("a", "leased", lease).await;
        let mut screen = world.screen();
        screen.sees("leased").await.runs("lease detach a").sees("a").await;
        world.comes_off("a").await;
        world.store.lease_revoke(lease).await.expect("it is there");
        screen.keys("u").sees("has ended").await.sees("without a lease").await;
    });
}

#[test]
fn a_revoked_lease_gives_its_keys_back_without_it() {
    everywhere(async |world| {
        let lease = world.grant(3600).await;
        for n in 0..3 {
            world.put_leased(&format!("k{n}"), &format!("value {n}"), lease).await;
        }
        let mut screen = world.screen();
        screen.sees("k0").await.runs(&format!("lease revoke {lease}")).sees("Revoke").await;
        screen.keys("y").loses("k0").await;
        screen.runs("journal").sees_row(&[&format!("revoke lease {lease}"), "3"]).await;
        screen.keys("u").sees("Undo 3 keys?").await.sees("has ended").await.keys("y");
        screen.sees("all 3 keys").await;
        for n in 0..3 {
            let entry = world.get(format!("k{n}").as_str()).await.expect("it is back");
            assert_eq!(
                (entry.value, entry.lease),
                (format!("value {n}").into_bytes(), LeaseId::NONE)
            );
        }
    });
}

#[test]
fn a_write_without_an_answer_is_found_out_before_it_is_undone() {
    for (door, written) in [(Door::NoWayBack, true), (Door::NoWayThere, false)] {
        in_the_sandbox(async |world| {
            world.holds(&["a=first"]).await;
            let doorway = Doorway::new(Arc::clone(&world.store), Door::Open);
            let world = world.with(doorway.clone());
            let mut screen = world.screen();
            screen.sees("first").await.keys("e").sees("editing rev").await.keys("end").types("-2");
            doorway.stands(door);
            screen.keys("ctrl-s").sees("outcome unknown, reading").await;
            doorway.stands(Door::Open);
            if written {
                screen.sees("saved at revision 3").await.keys("esc 1");
            } else {
                screen.sees("not written").await.keys("esc").sees("Leave").await.keys("x 1");
            }
            screen
                .loses("editing rev")
                .await
                .runs("journal")
                .sees_row(&["save a", "no answer"])
                .await;
            screen.keys("u");
            if written {
                screen.sees("Undo 1 key?").await.keys("y").sees("all 1 key").await;
            } else {
                screen.sees("it was not written, or was changed since").await;
            }
            assert_eq!(world.value("a").await, "first");
        });
    }
}

#[test]
fn the_tree_before_the_last_write() {
    in_the_sandbox(async |world| {
        world.holds(&["a=first"]).await;
        let mut screen = world.screen();
        screen
            .sees("first")
            .await
            .runs("put a second")
            .sees("a")
            .await
            .keys("y")
            .sees("second")
            .await;
        world.comes_to("a", "second").await;
        screen.runs("rev before").sees("first").await;
    });
}
