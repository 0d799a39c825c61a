//! Chance that can be had again: numbers from a seed that is printed and can be given.

/// A source of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

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
        Self(seed)
    }

    /// Another source, the same for the same number: for what runs at the same time.
    pub(crate) fn branch(&self, number: u64) -> Self {
        let mut branch = Self(self.0.wrapping_add(number.wrapping_mul(0xA076_1D64_78BD_642F)));
        branch.next();
        branch
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// One of several.
    pub(crate) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// So many bytes, of any kind.
    pub(crate) fn bytes(&mut self, count: u64) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}
