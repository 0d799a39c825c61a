//! Work on many keys, from key to screen: deleted, moved, copied, stopped in the midst, taken back.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use etcdeck::domain::txn::{Op, PutRequest, RangeRequest, TxnRequest};
use etcdeck::domain::{Entry, KeyRange, LeaseId};
use etcdeck::store::Store;

use super::door::{Door, Doorway};
use super::world::{World, everywhere, in_the_sandbox};

/// Writes `/big/0000` and so on, in large transactions; every tenth on the lease.
async fn fill(store: &dyn Store, count: usize, lease: LeaseId) {
    let keys: Vec<usize> = (0..count).collect();
    for part in keys.chunks(100) {
        let put = |n: &usize| {
            let request = PutRequest::new(&*format!("/big/{n:04}"), format!("value {n}"));
            Op::Put(if n.is_multiple_of(10) { request.lease(lease) } else { request })
        };
        let success = part.iter().map(put).collect();
        let txn = TxnRequest { success, ..TxnRequest::default() };
        store.txn(txn).await.expect("room for it");
    }
}

/// Key, value and lease of everything with a prefix.
async fn image(world: &World, prefix: &str) -> Vec<(String, Vec<u8>, LeaseId)> {
    let request = RangeRequest::new(KeyRange::prefix(prefix));
    let answer = world.store.range(request).await.expect("range");
    let triple = |entry: Entry| (entry.key.to_string(), entry.value, entry.lease);
    answer.entries.into_iter().map(triple).collect()
}

#[test]
fn a_directory_of_five_thousand_keys_goes_and_comes_back() {
    in_the_sandbox(async |world| {
        let lease = world.grant(3600).await;
        fill(&*world.store, 5000, lease).await;
        world.holds(&["/bigger=stays"]).await;
        let before = image(&world, "/big/").await;
        let mut screen = world.screen();
        screen.sees_row(&["▸ /big/", "5,000"]).await.keys("g d").sees("Delete 5,000 keys?").await;
        screen.sees("500 keys").await.types("5000");
        // Between the question and the answer a second client is at work.
        for key in ["/big/0017", "/big/0170", "/big/1700"] {
            world.put(key, "theirs").await;
        }
        screen.keys("enter").sees("Delete: 4,997 of 5,000 keys done").await;
        for key in ["/big/0017", "/big/0170", "/big/1700"] {
            screen.sees(&format!("{key}: somebody changed it meanwhile")).await;
            assert_eq!(world.value(key).await, "theirs");
        }
        assert_eq!(world.count().await, 4);
        screen.keys("u").sees("Undo 4,997 keys?").await.types("4997").keys("enter");
        screen.sees("Undo: all 4,997 keys done").await.keys("esc");
        screen.sees_row(&["▸ /big/", "5,000"]).await;
        for key in ["/big/0017", "/big/0170", "/big/1700"] {
            assert_eq!(world.value(key).await, "theirs");
            let (_, value, lease) = before.iter().find(|(k, ..)| k == key).expect(key).clone();
            world.store.put(PutRequest::new(key, value).lease(lease)).await.expect("put");
        }
        assert_eq!(image(&world, "/big/").await, before);
    });
}

#[test]
fn work_is_stopped_in_the_midst_and_tells_what_it_did() {
    in_the_sandbox(async |world| {
        fill(&*world.store, 1000, LeaseId::NONE).await;
        let door = Doorway::new(Arc::clone(&world.store), Door::Open);
        let world = world.with(door.clone());
        let mut screen = world.screen();
        screen.sees_row(&["▸ /big/", "1,000"]).await.keys("d").sees("Delete 1,000 keys?").await;
        // The server goes away after the third transaction.
        door.shuts_after(3);
        screen.types("1000").keys("enter").sees("waiting: ").await;
        screen.keys("B").loses("waiting: ").await.sees("delete ").await.sees("waiting (B)").await;
        // One at a time, and not without a word.
        screen.keys("d").sees("one at a time").await;
        screen.keys("B").sees("waiting: ").await.keys("esc").sees("stopped by you").await;
        door.stands(Door::Open);
        let left = world.keys("/big/").await.len();
        assert!(left > 0 && left < 1000, "{left}");
        screen.sees(&format!("Delete: {} of 1,000 keys done", 1000 - left)).await;
        screen.sees(&format!("{left} keys were left")).await.sees("its turn did not come").await;
        let writes = door.writes.load(Ordering::SeqCst);
        screen.keys("esc").sees_row(&["▸ /big/", &left.to_string()]).await;
        assert_eq!(door.writes.load(Ordering::SeqCst), writes, "nothing more is written");
    });
}

#[test]
fn work_goes_on_in_the_background_and_its_report_waits() {
    in_the_sandbox(async |world| {
        fill(&*world.store, 300, LeaseId::NONE).await;
        let door = Doorway::new(Arc::clone(&world.store), Door::Open);
        let world = world.with(door.clone());
        let mut screen = world.screen();
        screen.sees_row(&["▸ /big/", "300"]).await.keys("d").sees("Delete 300 keys?").await;
        door.shuts_after(1);
        screen.types("300").keys("enter").sees("waiting: ").await.keys("B");
        screen.sees("waiting (B)").await.keys("q").sees("Stop it and quit?").await.keys("n");
        door.stands(Door::Open);
        door.shuts_after(usize::MAX);
        screen.sees("300 of 300 keys done").await.keys("B").sees("all 300 keys done").await;
        assert_eq!(world.count().await, 0);
    });
}

#[test]
fn quitting_stops_the_work_first() {
    in_the_sandbox(async |world| {
        fill(&*world.store, 300, LeaseId::NONE).await;
        let door = Doorway::new(Arc::clone(&world.store), Door::Open);
        let world = world.with(door.clone());
        let mut screen = world.screen();
        screen.sees_row(&["▸ /big/", "300"]).await.keys("d").sees("Delete 300 keys?").await;
        door.shuts_after(1);
        screen.types("300").keys("enter").sees("waiting: ").await.keys("B q");
        screen.sees("Stop it and quit?").await.keys("y");
        screen.ends().await;
    });
}

#[test]
fn what_is_marked_is_deleted_together() {
    everywhere(async |world| {
        world.holds(&["a=1", "b=2", "c=3", "d/x=4", "d/y=5", "e=6"]).await;
        let mut screen = world.screen();
        screen
            .sees("▸ d/")
            .await
            .sees_row(&["  e "])
            .await
            .keys("g space j j space j space")
            .sees("3 marked")
            .await;
        screen.sees("● a").await.sees("● d/").await.keys("d").sees("Delete 4 keys?").await;
        screen.keys("y").sees("Delete: all 4 keys done").await.keys("esc");
        screen.loses("marked").await;
        assert_eq!(world.keys("").await, ["b".into(), "e".into()]);
    });
}

#[test]
fn a_key_is_moved_and_copied() {
    everywhere(async |world| {
        let lease = world.grant(600).await;
        world.put_leased("a", "first", lease).await;
        world.holds(&["b=second", "taken=3"]).await;
        let mut screen = world.screen();
        screen.sees("first").await.keys("m backspace").types("z").keys("enter");
        screen.sees("Move 1 key?").await.sees("z").await.keys("y").sees("all 1 key done").await;
        screen.keys("esc").sees_row(&["z", "lease"]).await.sees("first").await;
        let moved = world.get("z").await.expect("it is there");
        assert_eq!((moved.value, moved.lease), (b"first".to_vec(), lease));
        assert_eq!(world.value("a").await, "-");
        // The selection went with it, so what is copied is what was moved.
        screen.keys("c").types("2").keys("enter").sees("Copy 1 key?").await.keys("y");
        screen.sees("all 1 key done").await.keys("esc");
        let copy = world.get("z2").await.expect("it is there");
        assert_eq!((copy.value, copy.lease), (b"first".to_vec(), lease));
        assert_eq!(world.value("z").await, "first");
        screen.runs("copy b taken").sees("taken exists already").await.sees("nothing to do").await;
        assert_eq!(world.value("taken").await, "3");
    });
}

#[test]
fn a_directory_is_moved_and_what_is_taken_stays() {
    everywhere(async |world| {
        world.holds(&["old/a=1", "old/b=2", "old/sub/c=3", "new/b=theirs"]).await;
        let mut screen = world.screen();
        screen.sees("▸ old/").await.runs("move old/ new/").sees("Move 2 keys?").await;
        screen.sees("new/b exists already").await.keys("y").sees("all 2 keys done").await;
        let expected = [("new/a", "1"), ("new/b", "theirs"), ("new/sub/c", "3"), ("old/b", "2")];
        for (key, value) in expected {
            assert_eq!(world.value(key).await, value, "{key}");
        }
        assert_eq!(world.count().await, 4);
        screen.keys("esc").sees_row(&["new/", "3"]).await.sees_row(&["old/", "1"]).await;
    });
}

#[test]
fn what_is_marked_is_copied_into_a_prefix() {
    everywhere(async |world| {
        world.holds(&["d/x=1", "d/y=2", "k=3"]).await;
        let mut screen = world.screen();
        screen
            .sees("▸ d/")
            .await
            .sees_row(&["  k "])
            .await
            .keys("g space j space c ctrl-u")
            .types("to/")
            .keys("enter");
        screen.sees("Copy 3 keys?").await.keys("y").sees("all 3 keys done").await;
        for (key, value) in [("to/d/x", "1"), ("to/d/y", "2"), ("to/k", "3"), ("k", "3")] {
            assert_eq!(world.value(key).await, value, "{key}");
        }
        assert_eq!(world.count().await, 6);
    });
}

#[test]
fn a_key_created_meanwhile_under_the_new_name_is_never_overwritten() {
    everywhere(async |world| {
        world.holds(&["a=mine"]).await;
        let mut screen = world.screen();
        screen.sees("mine").await.runs("move a b").sees("Move 1 key?").await;
        world.put("b", "theirs").await;
        screen.keys("y").sees("Move: 0 of 1 key done").await.sees("b: exists already").await;
        assert_eq!(
            (world.value("a").await, world.value("b").await),
            ("mine".into(), "theirs".into())
        );
    });
}
