//! Restoring what was: after a delete by somebody else, after a compaction, and in the middle of one.

use std::process::Command;

use etcdeck::domain::{Key, Revision};

use super::world::{World, everywhere, on_every_etcd};

async fn now(world: &World) -> Revision {
    world.store.status().await.expect("a status").revision
}

#[test]
fn what_etcdctl_deleted_comes_back_until_it_is_compacted() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        let etcdctl = |args: &[&str]| {
            let mut command = Command::new(etcd.version().etcdctl());
            let output = command.envs(etcd.env()).args(args).output().expect("etcdctl runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let lease = world.grant(600).await;
        world.holds(&["app/a=1", "app/b=two", "app/same=s", "other=x"]).await;
        world.put(Key::from(&b"app/\xff\x00"[..]), &b"\x00\xff"[..]).await;
        world.put_leased("app/leased", "on a lease", lease).await;
        let then = now(&world).await;
        etcdctl(&["del", "--prefix", "app/"]);
        etcdctl(&["put", "app/since", "new"]);
        etcdctl(&["put", "app/b", "somebody's"]);
        assert_eq!(world.keys("app/").await.len(), 2);

        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("restore app/ {then}"));
        // The title stands there while the plan is made, too.
        screen.sees(&format!("estore app/ as of revision {then}")).await.sees("y yes").await;
        // Nothing is written before it was seen.
        assert_eq!(world.keys("app/").await.len(), 2);
        screen.keys("y");
        world.comes_to("app/leased", "on a lease").await;
        world.comes_to("app/since", "-").await;
        world.comes_to("app/b", "two").await;
        world.comes_to("app/a", "1").await;
        let entry = world.get("app/leased").await.expect("it is back");
        assert_eq!(entry.lease, lease);
        let bytes = world.get(Key::from(&b"app/\xff\x00"[..])).await.expect("it is back");
        assert_eq!(bytes.value, b"\x00\xff");
        // Until the report is there, Esc would stop the work.
        screen.sees("keys done").await.keys("esc");

        etcdctl(&["del", "--prefix", "app/"]);
        let oldest = now(&world).await;
        etcdctl(&["compact", &oldest.to_string()]);
        screen.runs(&format!("restore app/ {then}"));
        let sentence =
            format!("revision {then} is compacted; the oldest that still works is {oldest}");
        screen.sees(&sentence).await;
        assert!(world.keys("app/").await.is_empty());
    });
}

#[test]
fn a_plan_that_was_made_is_carried_out_whatever_is_compacted_then() {
    everywhere(async |world| {
        world.holds(&["app/a=1", "app/b=2"]).await;
        let then = now(&world).await;
        world.delete("app/a").await;
        world.put("app/b", "3").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("restore app/ {then}"));
        screen.sees(&format!("estore app/ as of revision {then}")).await.sees("y yes").await;
        world.put("elsewhere", "x").await;
        world.store.compact(now(&world).await, true).await.expect("compacted");
        screen.keys("y");
        world.comes_to("app/a", "1").await;
        world.comes_to("app/b", "2").await;
    });
}

#[test]
fn marked_rows_of_a_difference_are_restored_and_the_others_stay() {
    everywhere(async |world| {
        world.holds(&["a/1=one", "a/2=two", "a/3=three"]).await;
        let then = now(&world).await;
        world.holds(&["a/1=1", "a/2=2", "a/3=3"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("diff a/ {then}")).sees("~ 3 changed").await;
        screen.keys("space j space").sees("2 marked").await.keys("r").sees("y yes").await.keys("y");
        world.comes_to("a/1", "one").await;
        world.comes_to("a/3", "three").await;
        assert_eq!(world.value("a/2").await, "2");
    });
}
