//! Read-only: every key and command that writes is refused, and nothing of it reaches the store.

use std::sync::atomic::Ordering;
use std::time::Duration;

use etcdeck::app::command::Service;
use etcdeck::app::effect::Effect;
use etcdeck::app::hold::{Hold, HoldId};
use etcdeck::domain::mark::Mark;
use etcdeck::journal::Journal;
use etcdeck::runtime::{Inbox, Runtime, inbox};
use etcdeck::store::ReadOnly;

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
        let (sender, mut inbox) = inbox();
        let store = ReadOnly::new(doorway.clone(), false);
        let mut runtime = Runtime::start(store, sender, Journal::default());
        runtime.execute(Effect::KeepAlive { id: kept, ttl: 30 });
        let lock = |name: &str| Hold::Lock { name: name.into(), ttl: 30 };
        runtime.execute(Effect::Hold(HoldId(1), lock("free")));
        runtime.execute(Effect::Hold(HoldId(2), lock("held")));
        let service = Service { name: "api".into(), id: "i".into(), endpoint: b"x".to_vec() };
        runtime.execute(Effect::Hold(HoldId(3), Hold::Registration { service, ttl: 30 }));
        let minutes = async |inbox: &mut Inbox| {
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

/// What is only shown is not done: no request, no switch, no work ended.
#[test]
fn showing_what_would_be_sent_sends_nothing() {
    in_the_sandbox(async |world| {
        world.holds(&["dir/a=1", "dir/b=2", "k=v"]).await;
        let lease = world.grant(600).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let opening = Opening::new().read_only();
        let opening = opening.with(|settings| settings.production = Some(Mark::default()));
        let mut screen = world.open(opening);
        screen.sees("READ-ONLY").await;
        let commands = [
            ("put k x".to_owned(), "put \"k\" \"x\""),
            ("put new x".to_owned(), "put \"new\" \"x\""),
            ("delete k".to_owned(), "del \"k\""),
            ("lease grant 60".to_owned(), "etcdctl lease grant 60"),
            (format!("lease keepalive {lease}"), "lease keep-alive"),
            (format!("lease renew {lease}"), "lease keep-alive --once"),
            (format!("lease revoke {lease}"), "lease revoke"),
            (format!("lease attach k {lease}"), "--lease="),
            ("lock n 5".to_owned(), "lock --ttl=5 n"),
            ("campaign n v".to_owned(), "elect n v"),
            ("service register a b c".to_owned(), "lease keep-alive"),
            ("goto k".to_owned(), "get -- k"),
        ];
        for (command, line) in &commands {
            screen.keys(":").types(command).keys("alt-x").sees("As etcdctl").await.sees(line).await;
            // The line that was typed is still there.
            screen.keys("esc").loses("As etcdctl").await.sees(&format!(":{command}")).await;
            screen.keys("esc").loses(&format!(":{command}")).await;
        }
        // A plan is made, which only reads; its lines are shown, and yes is refused.
        screen.keys(":").types("delete-prefix dir/").keys("alt-x").sees("Delete 2 keys?").await;
        screen.keys("alt-x").sees("As etcdctl").await.sees("del \"dir/b\"").await.keys("esc");
        screen.loses("As etcdctl").await.keys("esc").loses("Delete 2 keys?").await.keys("esc");
        // A question whose yes sends nothing does nothing either.
        screen.runs("read-only off").sees("Allow writing to").await.keys("alt-x");
        screen.sees("yes sends nothing that writes").await.sees("READ-ONLY").await.keys("esc");
        screen.loses("Allow writing to").await.runs("put k x").sees("nothing is written").await;
        assert_eq!(doorway.writes.load(Ordering::SeqCst), 0);
    });
}
