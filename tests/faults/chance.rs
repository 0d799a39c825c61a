//! Chance that can be had again: numbers from a seed that is printed and can be given.

// As of the fuzzer.
#[expect(dead_code, reason = "the fuzzer uses the rest of it")]
#[path = "../../src/fuzz/random.rs"]
mod random;

use random::Random;

/// A source of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Chance(Random);

impl Chance {
    /// From `ETCDECK_FAULT_SEED`, or a seed of its own; says which one, for a test that fails.
    #[expect(clippy::print_stdout, reason = "shown when the test fails, to play it again")]
    pub(crate) fn seeded() -> Self {
        const VARIABLE: &str = "ETCDECK_FAULT_SEED";
        let given = std::env::var(VARIABLE).ok().map(|it| it.parse().expect("a seed is a number"));
        let seed = given.unwrap_or_else(|| {
            use std::hash::{BuildHasher as _, Hasher as _};
            std::hash::RandomState::new().build_hasher().finish() >> 32
        });
        println!("{VARIABLE}={seed} plays this again");
        Self(Random::new(seed))
    }

    /// Another source, the same for the same number: for what runs at the same time.
    pub(crate) fn branch(&self, number: u64) -> Self {
        let other = number.wrapping_mul(0xA076_1D64_78BD_642F);
        Self(Random::new(self.0.seed.wrapping_add(other)))
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0.next() % limit
    }

    /// One of several.
    pub(crate) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// So many bytes, of any kind.
    pub(crate) fn bytes(&mut self, count: u64) -> Vec<u8> {
        (0..count).map(|_| self.0.next() as u8).collect()
    }
}
