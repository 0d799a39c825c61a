//! A monkey at the keyboard: whatever it presses, the program does not fall over, and with read-only
//! nothing that writes reaches the store.
//!
//! It plays on the true application and the true runtime, on the sandbox with paused time; between
//! the runtime's switch and the sandbox stands a counter of what would write. The same monkey without
//! the switch shows that the counter counts.

mod hand;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{Entry, KeyRange, LeaseId};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Elections as _, Kv as _, Leases as _, Locks as _, Store};

use super::door::{Door, Doorway};
use crate::fuzz::fuzzer::random::Random;
use hand::Monkey;

/// Another monkey: any number.
const SEED: &str = "ETCDECK_MONKEY_SEED";

fn seed() -> u64 {
    let given = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or(20_240_611)
}

/// One of everything that the views show, on leases that outlive the monkey.
async fn jungle() -> Arc<Sandbox> {
    let sandbox = Sandbox::new();
    let long = 9_000_000_000;
    for id in 1..=4 {
        sandbox.lease_grant(long, LeaseId(id)).await.expect("a lease");
    }
    let keys: [(&[u8], &[u8], i64); 14] = [
        (b"/config/app/name", b"api", 0),
        (b"/config/app/limits.json", b"{\"rate\": 10,\n \"burst\": [1, 2]}", 0),
        (b"/config/app", b"a key and a directory", 0),
        (b"/config/db/url", b"postgres://db", 1),
        (b"/config/db/conf.yaml", b"a: 1\nb:\n  - x\n", 0),
        (b"plain", b"text\nwith lines\n", 2),
        (b"binary\xff\0", b"\xff\0\x1b[2J", 0),
        (b"//empty//segments", b"", 0),
        (b"/services/api/i-1", b"http://10.0.0.1", 1),
        (b"/services/api/i-2", b"http://10.0.0.2", 2),
        (b"a", b"1", 0),
        (b"b", b"2", 0),
        (b"/\xe2\x80\xae/bidi", b"x", 0),
        (b"wide/\xe5\xbc\xa0", "宽 wide 😀".as_bytes(), 0),
    ];
    for (key, value, lease) in keys {
        sandbox.put(PutRequest::new(key, value).lease(LeaseId(lease))).await.expect("a put");
    }
    for n in 0..30 {
        let key = format!("/many/{n:03}").into_bytes();
        sandbox.put(PutRequest::new(key, n.to_string())).await.expect("a put");
        sandbox.put(PutRequest::new("often", n.to_string())).await.expect("a put");
    }
    sandbox.lock("jobs/nightly".into(), LeaseId(3)).await.expect("a lock");
    sandbox.campaign("leader".into(), LeaseId(4), b"me".to_vec()).await.expect("a leader");
    Arc::new(sandbox)
}

/// All that is in the store.
async fn contents(store: &dyn Store) -> (Vec<Entry>, Vec<LeaseId>) {
    let all = store.range(RangeRequest::new(KeyRange::all())).await.expect("a range");
    (all.entries, store.lease_list().await.expect("leases"))
}

/// Lets a monkey press so many keys, and gives the number of writes that came through.
fn plays(presses: usize, read_only: bool) -> usize {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let jungle = jungle().await;
        let before = contents(&*jungle).await;
        let doorway = Doorway::new(jungle.clone(), Door::Open);
        let mut monkey = Monkey::new(Random::new(seed()), doorway.clone(), read_only);
        while monkey.pressed < presses {
            monkey.plays().await;
        }
        let writes = doorway.writes.load(Ordering::SeqCst);
        if read_only {
            assert!(contents(&*jungle).await == before, "the store changed; {}", monkey.story());
            assert!(monkey.seen_all(), "it did not get everywhere: {}", monkey.story());
        }
        writes
    })
}

#[test]
fn a_monkey_writes_nothing_while_read_only() {
    assert_eq!(plays(100_000, true), 0, "the seed is {}", seed());
}

#[test]
fn the_same_monkey_writes_without_read_only() {
    let writes = plays(20_000, false);
    assert!(writes > 20, "only {writes} writes: this monkey proves nothing; seed {}", seed());
}
