//! The lister against a simulated server: the children are right and the price is bounded.

use etcdeck::domain::lister::{Ask, Lister, bound};
use etcdeck::domain::tree::ListedChild;
use etcdeck::domain::{Key, KeyRange};
use proptest::prelude::*;

use super::model::{Model, key, level, pattern};

/// What a listing found and what it cost.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) children: Vec<ListedChild>,
    asks: usize,
    pub(super) rounds: usize,
    pub(super) walked: i64,
    returned: usize,
}

impl Run {
    /// Lists on, with up to `together` asks before the first answer, until nothing more is asked.
    pub(super) fn go_on(&mut self, model: &Model, lister: &mut Lister, together: usize) {
        while self.round(model, lister, together) {}
    }

    /// One round trip, if anything is asked.
    fn round(&mut self, model: &Model, lister: &mut Lister, together: usize) -> bool {
        let asks: Vec<Ask> = std::iter::from_fn(|| lister.next()).take(together).collect();
        let goes_on = !asks.is_empty();
        self.rounds += usize::from(goes_on);
        for ask in asks {
            let (entries, count, more) = model.range(&ask.range, ask.limit);
            self.asks += 1;
            self.walked += count;
            self.returned += entries.len();
            lister.feed(&entries, count, more);
        }
        self.children.extend(lister.take_children());
        assert!(self.asks < 100_000, "does not end: {lister:?}");
        goes_on
    }
}

/// Lists a level, `wanted` children at a time.
fn list(model: &Model, lister: &mut Lister, together: usize, wanted: usize) -> Run {
    let mut run = Run::default();
    while !lister.is_complete() {
        lister.want(wanted);
        let before = run.children.len();
        run.go_on(model, lister, together);
        let enough = run.children.len() - before >= wanted;
        assert!(enough || lister.is_complete(), "stuck: {lister:?}");
    }
    run.children.extend(lister.take_children());
    run
}

/// The children equal these; counts may be missing, never wrong.
pub(super) fn check(
    mut expected: Vec<ListedChild>,
    found: &[ListedChild],
) -> Result<(), TestCaseError> {
    prop_assert_eq!(expected.len(), found.len(), "{:?}", found);
    for (expected, found) in expected.iter_mut().zip(found) {
        if found.count.is_none() {
            expected.count = None;
        }
        prop_assert_eq!(expected, found);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_are_listed_right(
        keys in prop::collection::vec(key(), 0..120),
        prefix in prop::sample::select(vec!["", "/", "a", "a/", "a/b/", "b//", "zz"]),
        delimiter in prop::sample::select(vec!["/", "/", "//", "a", "1b", "\u{fffd}"]),
        limit in 1..12_i64,
        together in 1..6_usize,
        wanted in prop_oneof![Just(usize::MAX), 1..5_usize],
    ) {
        let model = Model::of(keys);
        let (prefix, delimiter) = (prefix.as_bytes(), delimiter.as_bytes());
        let mut lister = Lister::new(Key::from(prefix), delimiter, limit);
        let run = list(&model, &mut lister, together, wanted);
        check(model.children(prefix, delimiter), &run.children)?;
        let total = model.keys.keys().filter(|key| key.starts_with(prefix)).count() as i64;
        prop_assert_eq!(lister.total(), Some(total));
        prop_assert!(run.walked as f64 <= bound(total, limit) * total as f64, "{}", run.walked);
    }

    #[test]
    fn patterns_are_listed_right_within_the_bound(
        keys in pattern(),
        limit in prop_oneof![Just(4), Just(16), Just(64), Just(1000)],
        together in prop_oneof![Just(1_usize), Just(16), Just(96)],
        wanted in prop_oneof![4 => Just(usize::MAX), 1 => 1..50_usize],
    ) {
        let model = Model::of(keys);
        let keys = model.keys.len() as i64;
        let mut lister = Lister::new(Key::from("p/"), b"/", limit);
        let run = list(&model, &mut lister, together, wanted);
        check(model.children(b"p/", b"/"), &run.children)?;
        let most = bound(keys, limit) * keys as f64;
        prop_assert!(run.walked as f64 <= most, "{} of {keys}", run.walked);
        // A handful of asks a child, whatever the names.
        let longest = run.children.iter().map(|child| child.name.len()).max().unwrap_or(0);
        let most = run.children.len() * (8 + 2 * longest) + (keys / limit) as usize + 64;
        prop_assert!(run.asks <= most, "{} asks, {} children", run.asks, run.children.len());
    }

    /// Between two runs the store goes on, and the second is at a revision of its own: what it lists is
    /// what is there then, behind what the first one reached.
    #[test]
    fn a_listing_goes_on_at_another_revision(
        keys in level(),
        new in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        (from, many) in (0..400_usize, 0..200_usize),
        limit in prop_oneof![Just(4), Just(16), Just(64)],
        wanted in 1..60_usize,
    ) {
        let mut model = Model::of(keys);
        let mut lister = Lister::new(Key::from("p/"), b"/", limit);
        let mut run = Run::default();
        lister.want(wanted);
        run.go_on(&model, &mut lister, 16);
        let Some(reached) = lister.reached().map(<[u8]>::to_vec) else { return Ok(()) };
        let all: Vec<Vec<u8>> = model.keys.keys().cloned().collect();
        for at in new {
            // Beside keys that are there, and below them.
            let key = at.get(&all);
            model.put(&[key, &b"+"[..]].concat());
            model.put(&[key, &b"/new"[..]].concat());
        }
        model.delete(from, many);
        lister.go_on();
        lister.want(usize::MAX);
        let mut run = Run::default();
        run.go_on(&model, &mut lister, 16);
        prop_assert!(lister.is_complete());
        let mut expected = model.children(b"p/", b"/");
        expected.retain(|child| child.name >= reached);
        // Of a directory at the edge the first run may have seen keys already.
        check(expected, &run.children)?;
    }

    /// A level listed from the middle, with its front left to somebody else.
    #[test]
    fn a_listing_is_split_anywhere(
        keys in level(),
        at in any::<prop::sample::Index>(),
        wanted in 1..60_usize,
        limit in prop_oneof![Just(4), Just(16), Just(64)],
    ) {
        let model = Model::of(keys);
        let children = model.children(b"p/", b"/");
        prop_assume!(!children.is_empty());
        let mut lister = Lister::new(Key::from("p/"), b"/", limit);
        let mut run = Run::default();
        lister.want(wanted);
        run.go_on(&model, &mut lister, 16);
        let name = at.get(&children).name.clone();
        let mut behind = lister.split_off(&name);
        lister.want(usize::MAX);
        run.go_on(&model, &mut lister, 16);
        prop_assert!(lister.is_complete());
        let found = run.children.len();
        run.go_on(&model, &mut behind, 16);
        prop_assert!(behind.is_complete());
        check(children, &run.children)?;
        prop_assert!(run.children[found..].iter().all(|child| child.name >= name) || found > wanted);
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
    let mut lister = Lister::new(Key::from("p/"), b"/", 16);
    let run = list(&model, &mut lister, 1, usize::MAX);
    assert_eq!(run.children.len(), 61);
    let keys = model.keys.len() as f64;
    let (walked, bound) = (run.walked as f64 / keys, bound(keys as i64, 16));
    assert!(walked > 4.0, "not the case it is meant to be: {walked}");
    assert!(walked <= bound, "{walked} {bound}");
}

/// A store of a known pattern, and the most that listing it may cost.
struct Pattern {
    what: &'static str,
    name: fn(usize) -> String,
    children: usize,
    /// Below each child; 0 for a level of leaves.
    keys: usize,
    /// Rounds, keys counted and keys returned as multiples of all keys.
    most: (usize, f64, f64),
    /// Rounds until 20 children are there.
    first: usize,
}

/// Measured, with some room, so that a worse guess is noticed.
#[test]
fn real_stores_are_cheap() {
    let hash = |i: usize| format!("{:016x}", (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let word = |i: usize| format!("team-{}-{}", ["api", "db", "web"][i % 3], i / 3);
    #[rustfmt::skip]
    let patterns = [
        Pattern { what: "padded numbers", name: |i| format!("dir-{i:06}"), children: 400, keys: 300,
            most: (8, 2.01, 0.02), first: 3 },
        Pattern { what: "plain numbers", name: |i| format!("node{i}"), children: 400, keys: 300,
            most: (12, 2.01, 0.02), first: 5 },
        Pattern { what: "hashes", name: hash, children: 400, keys: 300,
            most: (20, 3.1, 0.06), first: 8 },
        Pattern { what: "words", name: word, children: 90, keys: 300,
            most: (20, 3.2, 0.08), first: 5 },
        Pattern { what: "leaves", name: |i| format!("host-{i:07}"), children: 20_000, keys: 0,
            most: (60, 2.1, 1.0), first: 1 },
    ];
    for Pattern { what, name, children, keys, most, first } in patterns {
        let below = |child| {
            let name = name(child);
            (0..keys.max(1)).map(move |key| match keys {
                0 => Key::from(format!("p/{name}").as_str()),
                _ => Key::from(format!("p/{name}/entry-{key:08}").as_str()),
            })
        };
        let model = Model::of((0..children).flat_map(below));
        let mut lister = Lister::new(Key::from("p/"), b"/", 1000);
        let run = list(&model, &mut lister, 96, usize::MAX);
        let of_all = |keys: f64| keys / model.keys.len() as f64;
        let found = (run.rounds, of_all(run.walked as f64), of_all(run.returned as f64));
        assert_eq!(run.children.len(), children, "{what}");
        assert!(found.0 <= most.0 && found.1 <= most.1 && found.2 <= most.2, "{what}: {found:?}");
        let mut lister = Lister::new(Key::from("p/"), b"/", 1000);
        let mut run = Run::default();
        while run.children.len() < 20 {
            lister.want(20 - run.children.len());
            assert!(run.round(&model, &mut lister, 96), "{what}: stuck");
        }
        assert!(run.rounds <= first, "{what}: {} rounds", run.rounds);
    }
}

/// Kinds of very different size, as Kubernetes has them: at most three times what is there.
#[test]
fn kinds_of_all_sizes_are_cheap() {
    let kinds = [
        ("configmaps", 200),
        ("controllerrevisions", 50),
        ("daemonsets", 4),
        ("deployments", 300),
        ("events", 20_000),
        ("leases", 100),
        ("minions", 50),
        ("namespaces", 5),
        ("persistentvolumeclaims", 200),
        ("persistentvolumes", 200),
        ("poddisruptionbudgets", 30),
        ("pods", 30_000),
        ("podtemplates", 3),
        ("replicasets", 1000),
        ("secrets", 500),
        ("serviceaccounts", 300),
        ("services", 400),
        ("statefulsets", 40),
    ];
    let below = |(kind, keys): (&'static str, usize)| {
        (0..keys)
            .map(move |i| Key::from(format!("/registry/{kind}/ns-{}/x-{i:07}", i % 50).as_str()))
    };
    let model = Model::of(kinds.into_iter().flat_map(below));
    let prefix: &[u8] = b"/registry/";
    let mut lister = Lister::new(Key::from(prefix), b"/", 1000);
    let run = list(&model, &mut lister, 96, usize::MAX);
    assert_eq!(run.children.len(), kinds.len());
    let walked = run.walked as f64 / model.keys.len() as f64;
    assert!(walked <= 3.0 && run.rounds <= 16, "{walked} in {} rounds", run.rounds);
}

/// What may be read in part is listed in part.
#[test]
fn a_range_within_the_level_is_listed_alone() {
    let keys = (0..500).map(|i| Key::from(format!("p/{i:03}").as_str()));
    let model = Model::of(keys);
    let range = KeyRange::interval("p/100", "p/2");
    let mut lister = Lister::within(Key::from("p/"), b"/", 16, &range);
    let run = list(&model, &mut lister, 4, usize::MAX);
    assert_eq!((run.children.len(), lister.total()), (100, Some(100)));
}
