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
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

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

/// Each name goes on where the one before ended, and nearly all keys come last: every guess counts
/// them all.
#[test]
fn guessing_ends_when_it_does_not_pay() {
    let below = |dir: usize| {
        let keys = if dir == 60 { 6000 } else { 40 };
        (0..keys).map(move |key| Key::from(format!("p/{}a/{key}", "b".repeat(dir)).as_str()))
    };
    let model = Model::of((0..=60).flat_map(below));
    let run = list(&model, b"p/", 16, 1, usize::MAX);
    assert_eq!(run.children.len(), 61);
    let keys = model.keys.len() as i64;
    assert!(run.walked > WALKS * keys, "not the case it is meant to be: {}", run.walked / keys);
    assert!(run.walked <= most_walked(keys, 16), "{}", run.walked / keys);
}

/// A store of a known pattern, and the most that listing it may cost.
struct Pattern {
    what: &'static str,
    name: fn(usize) -> String,
    children: usize,
    /// Below each child; 0 for a level of leaves.
    keys: usize,
    /// One ask after the other: asks for each child, keys counted as a multiple of all keys.
    alone: (f64, f64),
    /// Up to 32 asks together: rounds for each child, the same multiple.
    together: (f64, f64),
    /// The share of all keys that is returned.
    returned: f64,
}

/// Measured, with some room, so that a worse guess is noticed.
#[test]
fn real_stores_are_cheap() {
    let hash = |i: usize| format!("{:016x}", (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let word = |i: usize| format!("team-{}-{}", ["api", "db", "web"][i % 3], i / 3);
    let patterns = [
        Pattern {
            what: "padded numbers",
            name: |i| format!("dir-{i:06}"),
            children: 400,
            keys: 300,
            alone: (1.2, 2.5),
            together: (0.12, 2.5),
            returned: 0.15,
        },
        Pattern {
            what: "plain numbers",
            name: |i| format!("node{i}"),
            children: 400,
            keys: 300,
            alone: (1.2, 3.5),
            together: (0.15, 4.0),
            returned: 0.25,
        },
        Pattern {
            what: "hashes",
            name: hash,
            children: 400,
            keys: 300,
            alone: (3.5, 6.0),
            together: (0.5, 6.0),
            returned: 0.5,
        },
        Pattern {
            what: "words",
            name: word,
            children: 90,
            keys: 300,
            alone: (2.5, 5.0),
            together: (0.7, 5.0),
            returned: 0.3,
        },
        Pattern {
            what: "leaves",
            name: |i| format!("host-{i:07}"),
            children: 20_000,
            keys: 0,
            alone: (0.01, 2.5),
            together: (0.01, 2.5),
            returned: 1.0,
        },
    ];
    for Pattern { what, name, children, keys, alone, together, returned } in patterns {
        let below = |child| {
            let name = name(child);
            (0..keys.max(1)).map(move |key| match keys {
                0 => Key::from(format!("p/{name}").as_str()),
                _ => Key::from(format!("p/{name}/entry-{key:08}").as_str()),
            })
        };
        let model = Model::of((0..children).flat_map(below));
        for (most, at_once) in [(alone, 1), (together, 32)] {
            let run = list(&model, b"p/", 1000, at_once, usize::MAX);
            let of_all = |keys: f64| keys / model.keys.len() as f64;
            let rounds = run.rounds as f64 / children as f64;
            let found = (rounds, of_all(run.walked as f64), of_all(run.returned as f64));
            assert_eq!(run.children.len(), children, "{what}");
            assert!(
                found.0 <= most.0 && found.1 <= most.1 && found.2 <= returned,
                "{what}: {found:?}"
            );
        }
    }
}
