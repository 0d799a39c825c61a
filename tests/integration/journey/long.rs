//! Long levels on real servers: all children are found, the end and the middle without what lies
//! before them, in few requests, of which each costs the server little.

use etcdeck::domain::lister::{Ask, Lister, Tail};
use etcdeck::domain::tree::{ListedChild, child_of};
use etcdeck::domain::txn::{Op, OpResponse, PutRequest, RangeRequest, RangeResponse, TxnRequest};
use etcdeck::domain::{Key, KeyRange};

use super::world::{World, block_on, on_every_etcd};
use crate::support::install::Version;
use crate::support::servers::Etcd;

const LEAVES: usize = 12_000;
const DIRS: usize = 100;
const BELOW: usize = 80;

fn leaf(at: usize) -> String {
    format!("long/host-{at:06}")
}

/// Puts as many keys at once as etcd takes.
async fn fill(world: &World) {
    let below = |dir: usize| (0..BELOW).map(move |key| format!("dirs/d{dir}/key-{key:04}"));
    let keys: Vec<String> = (0..LEAVES).map(leaf).chain((0..DIRS).flat_map(below)).collect();
    fill_with(world, &keys, 128).await;
}

async fn fill_with(world: &World, keys: &[String], together: usize) {
    for keys in keys.chunks(together) {
        let put = |key: &String| Op::Put(PutRequest::new(key.as_str(), "x"));
        let success = keys.iter().map(put).collect();
        world.store.txn(TxnRequest { success, ..TxnRequest::default() }).await.expect("puts");
    }
}

/// What a listing cost.
#[derive(Debug, Default)]
struct Cost {
    requests: usize,
    walked: i64,
}

async fn ask(world: &World, asks: Vec<Ask>, cost: &mut Cost) -> Vec<RangeResponse> {
    let read = |ask: Ask| RangeRequest::new(ask.range).limit(ask.limit).keys_only();
    let success = asks.into_iter().map(read).map(Op::Range).collect();
    let txn = TxnRequest { success, ..TxnRequest::default() };
    let answer = world.store.txn(txn).await.expect("reads");
    let range = |response| match response {
        OpResponse::Range(range) => range,
        other => panic!("{other:?} answers no read"),
    };
    let pages: Vec<RangeResponse> = answer.responses.into_iter().map(range).collect();
    cost.requests += 1;
    cost.walked += pages.iter().map(|page| page.count).sum::<i64>();
    pages
}

async fn list(world: &World, lister: &mut Lister, cost: &mut Cost) -> Vec<ListedChild> {
    let mut children = Vec::new();
    loop {
        let asks: Vec<Ask> = std::iter::from_fn(|| lister.next()).take(96).collect();
        if asks.is_empty() {
            return children;
        }
        for page in ask(world, asks, cost).await {
            lister.feed(&page.entries, page.count, page.more);
        }
        children.extend(lister.take_children());
    }
}

/// The children of a prefix by reading all keys, and how many keys those are.
async fn truth(world: &World, prefix: &str) -> (Vec<Vec<u8>>, i64) {
    let keys = world.keys(prefix).await;
    let name = |key: &Key| {
        let key = key.as_bytes();
        let child = child_of(prefix.as_bytes(), key, b"/");
        key[prefix.len()..prefix.len() + child.name_len].to_vec()
    };
    let mut names: Vec<Vec<u8>> = keys.iter().map(name).collect();
    names.dedup();
    (names, keys.len() as i64)
}

#[test]
fn long_levels_cost_real_servers_little() {
    on_every_etcd(async |world| {
        fill(&world).await;
        // Requests and walks for all of it: leaves are read in pages, directories are looked for.
        for (prefix, requests) in [("long/", 40), ("dirs/", 10), ("", 6)] {
            let (names, keys) = truth(&world, prefix).await;
            let (mut lister, mut cost) = (Lister::new(prefix.into(), b"/", 1000), Cost::default());
            let children = list(&world, &mut lister, &mut cost).await;
            let found: Vec<&[u8]> = children.iter().map(|child| &*child.name).collect();
            assert_eq!(found, names, "{prefix}");
            assert!(lister.is_complete() && lister.total() == Some(keys));
            assert!(cost.requests <= requests && cost.walked <= 3 * keys, "{prefix}: {cost:?}");
        }
        // The last ones, behind the first page.
        let (from, mut cost) = ([leaf(999).as_bytes(), b"\0"].concat(), Cost::default());
        let names = (from["long/".len()..].to_vec(), None);
        let mut tail = Tail::new("long/".into(), b"/", names, b"host-000999", (50, 1000));
        while tail.start().is_none() {
            for page in ask(&world, tail.asks(), &mut cost).await {
                tail.feed(&page.entries, page.count);
            }
        }
        let start = [b"long/", tail.start().expect("it is found")].concat();
        let range = KeyRange::interval(start, "long0");
        let mut lister = Lister::within("long/".into(), b"/", 1000, &range);
        let children = list(&world, &mut lister, &mut cost).await;
        let last = leaf(LEAVES - 1);
        assert_eq!(children.last().map(|child| &*child.name), Some(&last.as_bytes()[5..]));
        assert!(cost.requests <= 6 && children.len() <= 1000, "{cost:?}, {}", children.len());

        // As somebody sees it.
        let mut screen = world.screen();
        screen.sees("● online").await.runs("goto long/");
        screen.sees("host-000005").await.keys("G");
        screen.sees(&last[5..]).await.runs(&format!("goto {}", leaf(6543)));
        screen.sees("host-006543").await.sees("host-006544").await.keys("k k k");
        screen.sees("host-006540").await.keys("g");
        screen.sees("host-000005").await;
    });
}

#[test]
fn a_server_that_takes_ten_operations_is_asked_for_few_at_once() {
    let newest = Version::newest();
    let etcd = Etcd::build(newest).arg("--max-txn-ops=10").start();
    block_on(async {
        let world = World::of(etcd);
        let below = |dir: usize| (0..30).map(move |key| format!("dirs/d{dir:03}/key-{key:04}"));
        let keys: Vec<String> = (0..100).flat_map(below).collect();
        fill_with(&world, &keys, 10).await;
        let mut screen = world.screen();
        screen.sees("▸ dirs/").await.sees("3,000").await.keys("l");
        screen.sees("▸ d000/").await.sees("30").await.keys("G");
        screen.sees("▸ d099/").await.loses("loading").await.loses("too many operations").await;
        screen.runs("goto dirs/d050/key-0029").sees("key-0029").await;
    });
}
