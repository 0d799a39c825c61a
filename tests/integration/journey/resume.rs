//! A watch across the death of its server: every revision once, in order.

use std::fs::read_to_string;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use etcdeck::domain::txn::PutRequest;
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::store::{WatchMessage, WatchRequest};
use futures_util::StreamExt as _;

use super::world::{World, on_every_etcd};

#[test]
fn no_revision_is_lost_repeated_or_out_of_order() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("log.jsonl");
        let mut screen = world.screen();
        screen.sees("● online").await.runs("watch w/").keys("4 w").sees_row(&["w/*", "live"]).await;
        screen.keys("esc");

        // Writes on and on, whether the server lives or not.
        let stop = Arc::new(AtomicBool::new(false));
        let writer = tokio::spawn(write(Arc::clone(&world.store), Arc::clone(&stop)));
        screen.sees_row(&["PUT", "w/"]).await;
        for _ in 0..2 {
            etcd.kill();
            screen.sees("○ lost").await;
            etcd.restart();
            world.put("w/again", "written after it came back").await;
            screen.sees("● online").await;
        }
        stop.store(true, Ordering::SeqCst);
        let acknowledged = writer.await.expect("the writer does not panic");
        world.put("w/last", "the end").await;
        screen.sees_row(&["PUT", "w/last"]).await;

        screen
            .keys("s ctrl-u")
            .types(file.to_str().expect("text"))
            .keys("enter")
            .sees("saved")
            .await;
        let text = read_to_string(&file).expect("the file is there");
        let revision = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).expect("an object");
            line["revision"].as_i64().expect("a number")
        };
        let seen: Vec<i64> = text.lines().map(revision).collect();
        assert_eq!(seen, history(&world).await, "what was seen is not what happened");
        assert!(acknowledged.iter().all(|revision| seen.contains(revision)));
    });
}

/// Writes until told to stop, and answers with the revisions that were acknowledged.
async fn write(store: Arc<dyn etcdeck::store::Store>, stop: Arc<AtomicBool>) -> Vec<i64> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        match store.put(PutRequest::new(format!("w/{n}").as_str(), "value")).await {
            Ok(answer) => acknowledged.push(answer.revision.0),
            Err(_) => tokio::task::yield_now().await,
        }
    }
    acknowledged
}

/// The revisions of `w/` as the server itself remembers them.
async fn history(world: &World) -> Vec<i64> {
    let last = world.get("w/last").await.expect("it was written").mod_revision;
    let request = WatchRequest::new(KeyRange::prefix("w/")).from(Revision(1));
    let mut stream = world.store.watch(request).await.expect("a watch");
    let mut revisions = Vec::new();
    while revisions.last() != Some(&last.0) {
        if let WatchMessage::Events(events) =
            stream.next().await.expect("a message").expect("no error")
        {
            revisions.extend(events.iter().map(|event| event.revision().0));
        }
    }
    revisions
}
