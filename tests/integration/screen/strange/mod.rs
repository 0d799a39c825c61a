//! Nothing that strangers wrote acts on the terminal, wherever it is shown: a walk through every command
//! and key, in a world where each key, value, name, error, path and number of words is theirs. The desk
//! looks at each frame as bytes and in an emulator (see `emulator`).
//!
//! To add what is new: a kind of message, dialog or view gets its name in `cover`, an effect its answer
//! in `world`, news that come unasked a line in `walk::news`, what takes several steps a scene in `scene`. Commands and keys are found by themselves.
//!
//! `ETCDECK_STRANGE_CASES=5000 cargo test --test integration strange` walks longer.

mod cover;
mod find;
mod scene;
mod stranger;
mod walk;
mod world;

use proptest::prelude::*;

pub(super) use world::World;

use world::Kind;

/// How many walks.
const CASES: &str = "ETCDECK_STRANGE_CASES";

fn cases() -> u32 {
    let given = std::env::var(CASES).ok().and_then(|cases| cases.parse().ok());
    given.unwrap_or(100)
}

#[test]
fn everything_that_can_be_shown_is_shown_of_strangers() {
    let mut desk = walk::among(&stranger::short(), (180, 24));
    for (n, form) in walk::forms().enumerate() {
        walk::home(&mut desk);
        walk::command(&mut desk, form);
        for (m, key) in walk::keys(&desk.app).into_iter().enumerate() {
            walk::press(&mut desk, key);
            if m % 4 == 0 {
                walk::news(&mut desk, n + m / 4);
            }
        }
    }
    let mut seen = desk.strange.expect("the world").seen;
    // What the walk comes to by chance only; several times, since strangers answer now so, now so.
    for turn in 0..6 {
        let mut pool = stranger::short();
        pool.rotate_left(turn);
        pool.truncate(3 + turn % 2);
        let mut desk = walk::among(&pool, (160, 24));
        scene::all(&mut desk);
        seen.extend(desk.strange.expect("the world").seen);
    }
    let all = [
        (Kind::Message, cover::MESSAGES),
        (Kind::Dialog, cover::DIALOGS),
        (Kind::View, cover::VIEWS),
    ];
    let all = all.into_iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind, *name)));
    let missed: Vec<_> = all.filter(|name| !seen.contains(name)).collect();
    assert!(missed.is_empty(), "the walk never came to {missed:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn no_byte_of_a_stranger_acts_anywhere(
        pool in prop::collection::vec(stranger::bytes(), 2..5),
        size in (40_u16..140, 10_u16..40),
        steps in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut desk = walk::among(&pool, size);
        for (which, what) in steps {
            match what % 8 {
                0 | 1 => {
                    walk::home(&mut desk);
                    let forms: Vec<_> = walk::forms().collect();
                    walk::command(&mut desk, forms[which.index(forms.len())]);
                }
                2 => walk::news(&mut desk, which.index(walk::NEWS)),
                3 => desk.press("enter"),
                _ => {
                    let keys = walk::keys(&desk.app);
                    walk::press(&mut desk, keys[which.index(keys.len())]);
                }
            }
        }
    }
}
