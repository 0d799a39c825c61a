//! Read-only: every key and command that writes is refused, and nothing of it reaches the store.

use std::sync::atomic::Ordering;
use std::time::Duration;

use etcdeck::app::command::Service;
use etcdeck::app::effect::Effect;
use etcdeck::app::hold::{Hold, HoldId};
use etcdeck::app::message::Message;
use etcdeck::journal::Journal;
use etcdeck::runtime::{INBOX, Runtime};
use etcdeck::store::ReadOnly;
use tokio::sync::mpsc;

use super::door::{Door, Doorway};
use super::screen::Opening;
use super::world::in_the_sandbox;

/// What was begun while writing was allowed goes on by itself, and so must be stopped by the switch.
#[test]
fn nothing_begun_before_the_switch_writes_after_it() {
    in_the_sandbox(async |world| {
        let (kept, other) = (world.grant(30).await, world.grant(9_000).await);
        world.put_leased("held/1", "", other).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let (sender, mut inbox) = mpsc::channel(INBOX);
        let store = ReadOnly::new(doorway.clone(), false);
        let mut runtime = Runtime::start(store, sender, Journal::default());
        runtime.execute(Effect::KeepAlive { id: kept, ttl: 30 });
        let lock = |name: &str| Hold::Lock { name: name.into(), ttl: 30 };
        runtime.execute(Effect::Hold(HoldId(1), lock("free")));
        runtime.execute(Effect::Hold(HoldId(2), lock("held")));
        let service = Service { name: "api".into(), id: "i".into(), endpoint: b"x".to_vec() };
        runtime.execute(Effect::Hold(HoldId(3), Hold::Registration { service, ttl: 30 }));
        let minutes = async |inbox: &mut mpsc::Receiver<Message>| {
            let end = tokio::time::Instant::now() + Duration::from_secs(120);
            while tokio::time::timeout_at(end, inbox.recv()).await.is_ok() {}
        };
        minutes(&mut inbox).await;
        let before = doorway.writes.load(Ordering::SeqCst);
        assert!(before > 20, "they renew their leases: {before}");
        runtime.execute(Effect::ReadOnly(true));
        minutes(&mut inbox).await;
        // What is given up now cannot revoke its lease either.
        for id in 1..=3 {
            runtime.execute(Effect::Release(HoldId(id)));
        }
        minutes(&mut inbox).await;
        assert_eq!(doorway.writes.load(Ordering::SeqCst), before);
    });
}

#[test]
fn nothing_that_writes_reaches_the_store() {
    in_the_sandbox(async |world| {
        world.holds(&["dir/a=1", "k=v"]).await;
        let lease = world.grant(600).await;
        world.put_leased("leased", "x", lease).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = world.open(Opening::new().read_only());
        screen.sees("READ-ONLY").await.sees("▸ dir/").await.sees("1 key").await;
        let commands = [
            "put k x".to_owned(),
            "delete k".to_owned(),
            "delete-prefix dir/".to_owned(),
            "lease grant 60".to_owned(),
            format!("lease keepalive {lease}"),
            format!("lease renew {lease}"),
            format!("lease revoke {lease}"),
        ];
        for command in &commands {
            screen.runs(command).sees("read-only: nothing is written").await;
            screen.runs("watch nowhere/").sees("watch").await.loses("read-only:").await;
        }
        for keys in
            ["1 g d", "1 n", "1 G e", "1 G E", "1 G d", "2 e", "2 E", "3 n", "3 r", "3 a", "3 d"]
        {
            screen.keys(keys).sees("read-only: nothing is written").await;
            screen.keys("f5").loses("read-only:").await;
        }
        // The footer and the completion offer nothing of the kind either.
        let text = screen.keys("1 f12").sees("does nothing").await.now().text();
        assert!(!text.contains("e edit") && !text.contains("d delete"), "{text}");
        screen.keys(":").types("pu").keys("tab").lives().await;
        assert!(!screen.now().has(":put"));
        screen.keys("esc");
        assert_eq!(doorway.writes.load(Ordering::SeqCst), 0);

        screen
            .runs("read-only off")
            .sees("writing is allowed again")
            .await
            .loses("READ-ONLY")
            .await;
        screen.runs("put new x").sees("new written").await;
        assert_eq!(doorway.writes.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_question_that_was_open_writes_nothing_any_more() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        let lease = world.grant(600).await;
        screen.sees("text 1 B").await.runs(&format!("lease keepalive {lease}"));
        screen.sees("keeping 1 alive").await.runs("read-only on");
        screen.sees("1 leases are no longer kept alive").await.loses("keeping").await;
        let before = doorway.writes.load(Ordering::SeqCst);
        screen.keys("e").sees("read-only").await;
        assert_eq!(doorway.writes.load(Ordering::SeqCst), before);
    });
}
