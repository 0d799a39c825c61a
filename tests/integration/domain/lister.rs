//! The lister against a simulated server: the children are right and the price is bounded.

use etcdeck::domain::Key;
use etcdeck::domain::lister::{Lister, PAGES, WALKS};
use etcdeck::domain::tree::ListedChild;
use proptest::prelude::*;

use super::model::{Model, key, pattern};

/// What a listing found and what it cost.
#[derive(Debug, Default)]
struct Run {
    children: Vec<ListedChild>,
    asks: usize,
    rounds: usize,
    walked: i64,
    returned: usize,
}

/// Lists a level, with up to `together` asks before the first answer.
fn list(model: &Model, prefix: &[u8], limit: i64, together: usize, wanted: usize) -> Run {
    let mut run = Run::default();
    let mut lister = Lister::new(Key::from(prefix), b"/", limit);
    lister.want(wanted);
    while !lister.is_complete() {
        let mut asks = Vec::new();
        while asks.len() < together
            && let Some(ask) = lister.next()
        {
            asks.push(ask);
        }
        run.rounds += 1;
        let taken = run.children.len();
        for ask in &asks {
            let (entries, count, more) = model.range(&ask.range, ask.limit);
            run.asks += 1;
            run.walked += count;
            run.returned += entries.len();
            lister.feed(&entries, count, more);
        }
        run.children.extend(lister.take_children());
        assert!(!asks.is_empty() || run.children.len() >= taken + wanted, "stuck: {lister:?}");
        assert!(run.asks < 100_000, "does not end: {lister:?}");
    }
    assert_eq!(lister.next(), None);
    let total = model.keys.keys().filter(|key| key.starts_with(prefix)).count();
    assert_eq!(lister.total(), Some(total as i64));
    run
}

/// The listing equals the obvious one; counts may be missing, never wrong.
fn check(model: &Model, prefix: &[u8], run: &Run) -> Result<(), TestCaseError> {
    let mut expected = model.children(prefix, b"/");
    prop_assert_eq!(expected.len(), run.children.len(), "{:?}", run.children);
    for (expected, found) in expected.iter_mut().zip(&run.children) {
        if found.count.is_none() {
            expected.count = None;
        }
        prop_assert_eq!(expected, found);
    }
    Ok(())
}

/// The bound that the lister's documentation states.
fn most_walked(keys: i64, limit: i64) -> i64 {
    let pages = keys / (limit * PAGES) + 2;
    WALKS * keys + keys + pages * keys
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10000, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_are_listed_right(
        keys in prop::collection::vec(key(), 0..120),
        prefix in prop::sample::select(vec!["", "/", "a", "a/", "a/b/", "b//", "zz"]),
        limit in 1..12_i64,
        together in 1..6_usize,
        wanted in prop_oneof![Just(usize::MAX), 1..5_usize],
    ) {
        let model = Model::of(keys);
        let run = list(&model, prefix.as_bytes(), limit, together, wanted);
        check(&model, prefix.as_bytes(), &run)?;
    }

    #[test]
    fn patterns_are_listed_right_and_cheaply(
        keys in pattern(),
        limit in prop_oneof![Just(4), Just(16), Just(64), Just(1000)],
        together in prop_oneof![Just(1_usize), Just(16)],
    ) {
        let model = Model::of(keys);
        let keys = model.keys.len() as i64;
        let run = list(&model, b"p/", limit, together, usize::MAX);
        check(&model, b"p/", &run)?;
        prop_assert!(run.walked <= most_walked(keys, limit), "{} of {keys}", run.walked);
        // A handful of asks a child, whatever the names.
        let longest = run.children.iter().map(|child| child.name.len()).max().unwrap_or(0);
        let most = run.children.len() * (4 + longest) + (keys / limit) as usize + 8;
        prop_assert!(run.asks <= most, "{} asks, {} children", run.asks, run.children.len());
    }
}

/// Measured on patterns of real stores, so that a worse guess is noticed: asks, keys counted (as a
/// multiple of all keys), keys returned.
#[test]
fn real_stores_are_cheap() {
    type Names = fn(usize) -> String;

    let cases: [(&str, Names, usize, usize, f64, f64, f64); 5] = [
        // what, names, directories, keys in each, asks a child, times all keys, share returned
        ("padded", |i| format!("dir-{i:06}"), 200, 500, 1.3, 2.5, 0.10),
        ("plain", |i| format!("node{i}"), 200, 500, 1.3, 3.5, 0.10),
        (
            "hashes",
            |i| format!("{:016x}", (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            200,
            500,
            2.5,
            5.5,
            0.10,
        ),
        (
            "words",
            |i| format!("team-{}-{}", ["api", "db", "web"][i % 3], i / 3),
            60,
            500,
            2.5,
            5.0,
            0.12,
        ),
        ("flat", |i| format!("host-{i:07}"), 20_000, 0, 0.01, 2.5, 1.01),
    ];
    for (what, name, dirs, keys, asks, walks, returned) in cases {
        let below = |dir| {
            let name = name(dir);
            (0..keys.max(1)).map(move |key| match keys {
                0 => format!("p/{name}"),
                _ => format!("p/{name}/entry-{key:08}"),
            })
        };
        let model = Model::of((0..dirs).flat_map(below).map(|key| Key::from(key.as_str())));
        let run = list(&model, b"p/", 1000, 1, usize::MAX);
        assert_eq!(run.children.len(), dirs, "{what}");
        let all = model.keys.len() as f64;
        let found =
            (run.asks as f64 / dirs as f64, run.walked as f64 / all, run.returned as f64 / all);
        assert!(found.0 <= asks && found.1 <= walks && found.2 <= returned, "{what}: {found:?}");
    }
}
