//! Churn: thousands of writes a second below an opened level. Keys are answered meanwhile, and what is
//! shown in the end is what the store holds.

use std::time::Duration;

use etcdeck::domain::txn::{DeleteRequest, Op, PutRequest, TxnRequest};
use etcdeck::domain::{Key, KeyRange};

use super::screen::{Opening, Screen};
use super::world::{World, in_the_sandbox, on_the_newest_etcd};

/// Writes in one transaction, and how often there is one: together 5,000 a second.
const WRITES: usize = 50;
const PACE: Duration = Duration::from_millis(10);

/// How many transactions.
const ROUNDS: usize = 150;

/// Keys of the opened level, and of those beside it that are closed.
const OPENED: usize = 60;
const CLOSED: usize = 3000;

/// A number that looks as if drawn: the same in every run.
fn drawn(seed: usize, below: usize) -> usize {
    (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % below
}

/// The writes of one transaction: each key once. A third are deletes.
fn writes(round: usize) -> TxnRequest {
    let name = |at: usize| match at % 5 {
        0 => format!("live/k{:02}", drawn(round * WRITES + at, OPENED)),
        _ => format!("rest/{}/k{:04}", at % 7, drawn(round * WRITES + at, CLOSED)),
    };
    let mut names: Vec<String> = (0..WRITES).map(name).collect();
    names.sort();
    names.dedup();
    let write = |(at, name): (usize, String)| match drawn(round + at, 3) {
        0 => Op::Delete(DeleteRequest::new(KeyRange::single(name.as_str()))),
        _ => Op::Put(PutRequest::new(name.as_str(), format!("{round}"))),
    };
    let success = names.into_iter().enumerate().map(write).collect();
    TxnRequest { success, ..TxnRequest::default() }
}

/// The keys of the opened level that are on the screen.
fn shown(rows: &[String]) -> Vec<Key> {
    let names = rows.iter().filter_map(|row| row.split_whitespace().find(|word| is_name(word)));
    names.map(|name| Key::from(format!("live/{name}").as_str())).collect()
}

fn is_name(word: &str) -> bool {
    word.len() == 3 && word.starts_with('k')
}

async fn churns(world: World) {
    // Those two stay, so that no directory goes.
    world.holds(&["live/stays=1", "rest/stays=1"]).await;
    let mut screen: Screen = world.open(Opening::new().size(80, 100));
    screen.sees("▸ live/").await.keys("z l").sees("stays").await;
    let mut ticks = tokio::time::interval(PACE);
    for round in 0..ROUNDS {
        ticks.tick().await;
        world.store.txn(writes(round)).await.expect("written");
        if round % 25 == 0 {
            // Answered whatever else happens: each look waits for the frame after the key.
            screen.keys("G").sees_row(&["▸ rest/"]).await;
            screen.keys("g").sees_row(&["▾ live/"]).await;
        }
    }
    let mut keys = world.keys("live/").await;
    keys.retain(|key| *key != Key::from("live/stays"));
    assert!(keys.len() > 10, "{keys:?}");
    screen.until("the keys of the store", |screen| shown(&screen.rows) == keys).await;
    let counts = [world.keys("live/").await.len(), world.keys("rest/").await.len()];
    let counts = counts.map(|count| match count {
        0..1000 => count.to_string(),
        _ => format!("{},{:03}", count / 1000, count % 1000),
    });
    screen.sees_row(&["▾ live/", &counts[0]]).await.sees_row(&["▸ rest/", &counts[1]]).await;
    assert!(!screen.now().has("not followed"));
}

#[test]
fn thousands_of_writes_a_second_below_an_opened_level() {
    in_the_sandbox(churns);
    on_the_newest_etcd(churns);
}
