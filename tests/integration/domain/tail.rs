//! The end of a level, and what stands before a name, found without listing what lies before.

use etcdeck::domain::lister::{Lister, Tail};
use etcdeck::domain::{Key, KeyRange};
use proptest::prelude::*;

use super::lister::{Run, check};
use super::model::{Model, level};

/// What a search found and what it cost.
struct Found {
    start: Vec<u8>,
    rounds: usize,
    walked: i64,
}

fn search(model: &Model, mut tail: Tail) -> Found {
    let (mut rounds, mut walked) = (0, 0);
    loop {
        if let Some(start) = tail.start() {
            return Found { start: start.to_vec(), rounds, walked };
        }
        rounds += 1;
        let asks = tail.asks();
        assert!(!asks.is_empty() && asks.len() <= 128 && rounds < 20, "{} {tail:?}", asks.len());
        for ask in asks {
            let (entries, count, _) = model.range(&ask.range, ask.limit);
            walked += count;
            tail.feed(&entries, count);
        }
    }
}

fn tail(from: &[u8], to: Option<&[u8]>, near: &[u8], wanted: i64, limit: i64) -> Tail {
    let names = (from.to_vec(), to.map(<[u8]>::to_vec));
    Tail::new(Key::from("p/"), b"/", names, near, (wanted, limit))
}

/// Lists from a name up to another one.
fn list(model: &Model, from: &[u8], to: Option<&[u8]>) -> Run {
    let key = |name: &[u8]| [b"p/", name].concat();
    let end = to.map_or(b"p0".to_vec(), key);
    let mut run = Run::default();
    let range = KeyRange::interval(key(from), end);
    let mut lister = Lister::within(Key::from("p/"), b"/", 1000, &range);
    run.go_on(model, &mut lister, 96);
    run
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_last_children_are_found(
        keys in level(),
        (front, back) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        is_open in any::<bool>(),
        wanted in 1..40_i64,
        limit in 40..200_i64,
    ) {
        let model = Model::of(keys);
        let children = model.children(b"p/", b"/");
        prop_assume!(!children.is_empty());
        let near = front.get(&children).name.clone();
        let from = [&near[..], &[0]].concat();
        let from = if near.ends_with(b"/") { [&near[..near.len() - 1], b"0"].concat() } else { from };
        let to = (!is_open).then(|| back.get(&children).name.clone()).filter(|to| *to > from);
        let near = if to.is_some() { Vec::new() } else { near };
        let found = search(&model, tail(&from, to.as_deref(), &near, wanted, limit));
        let inside: Vec<_> = children
            .into_iter()
            .filter(|child| child.name >= from && to.as_ref().is_none_or(|to| child.name < *to))
            .collect();
        let behind = inside.iter().position(|child| child.name >= found.start);
        let behind = inside[behind.unwrap_or(inside.len())..].to_vec();
        // Enough of them, or all there are; unless the search was given up.
        let keys: i64 = behind.iter().map(|child| child.count.unwrap_or(1)).sum();
        let enough = keys >= wanted || behind.len() == inside.len() || found.rounds >= 8;
        prop_assert!(enough, "{keys} from {:?}", found.start);
        prop_assert!(keys <= limit || behind.len() as i64 <= limit || found.rounds >= 8);
        // No child is cut in two.
        check(behind, &list(&model, &found.start, to.as_deref()).children)?;
        prop_assert!(found.walked <= 8 * model.keys.len() as i64, "{}", found.walked);
    }
}

/// What the keys are, the name of each, and the most rounds the search may take.
type Case = (&'static str, fn(usize) -> String, usize);

/// Names of 100,000 leaves, and of a level that ends in directories.
#[test]
fn the_end_of_a_long_level_takes_few_rounds() {
    let hash = |i: usize| format!("{:016x}", (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = |i: usize| if i < 90_000 { format!("a{i:06}") } else { format!("b/{i}") };
    let names: [Case; 4] = [
        ("padded", |i| format!("host-{i:07}"), 4),
        ("plain", |i| format!("host-{i}"), 5),
        ("hashes", hash, 4),
        ("a directory at the end", mixed, 6),
    ];
    for (what, name, rounds) in names {
        let model = Model::of((0..100_000).map(|i| Key::from(format!("p/{}", name(i)).as_str())));
        let children = model.children(b"p/", b"/");
        let first = &children[999].name;
        let from = [first, &b"\0"[..]].concat();
        let found = search(&model, tail(&from, None, first, 50, 1000));
        let run = list(&model, &found.start, None);
        assert!(found.rounds <= rounds, "{what}: {} rounds", found.rounds);
        let most = model.keys.len() as i64 * 21 / 10;
        assert!(found.walked + run.walked <= most, "{what}: {}", found.walked + run.walked);
        assert!((50..2000).contains(&run.children.len()), "{what}: {}", run.children.len());
        assert_eq!(
            run.children.last().map(|child| &child.name),
            children.last().map(|child| &child.name),
            "{what}"
        );
        // Upward from the middle.
        let middle = &children[50_000].name;
        let found = search(&model, tail(&from, Some(middle), b"", 50, 1000));
        let run = list(&model, &found.start, Some(middle));
        assert!(found.rounds <= 6, "{what}: {} rounds up", found.rounds);
        assert_eq!(run.children.last(), Some(&children[49_999]), "{what}");
        assert!((50..2000).contains(&run.children.len()), "{what}: {}", run.children.len());
    }
}
