//! A small fuzzer for whatever reads bytes of strangers: seeds, changed at random, for a bounded time.
//!
//! For tests only. A target is a function of bytes that panics when something is wrong, and says
//! whether it understood them: what was understood is changed further. Each runs about a second, and
//! longer on demand:
//!
//! ```sh
//! ETCDECK_FUZZ_SECONDS=600 cargo test fuzz
//! ```
//!
//! An input that fails is made smaller, written to `tests/fuzz-corpus/TARGET/`, and from then on tried
//! first in every run; that is also how it is replayed.

#![expect(clippy::disallowed_methods, reason = "how long it runs is measured, not simulated")]

mod mutate;
pub(crate) mod random;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use random::Random;

/// How many seconds each target runs.
const SECONDS: &str = "ETCDECK_FUZZ_SECONDS";
/// Where the changes begin.
const SEED: &str = "ETCDECK_FUZZ_SEED";
/// Of each target in a usual run.
const SHORT: Duration = Duration::from_millis(1200);
/// The longest input that is made: long enough to show what grows faster than its input.
const LONGEST: usize = 16 * 1024;
/// No input of that length may take longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// However slow the machine, so many inputs are tried.
const LEAST: u64 = 20;
/// How many inputs that were understood are changed further.
const REMEMBERED: usize = 2000;

/// What is fuzzed.
pub(crate) struct Target {
    /// Its name, and that of its folder of inputs that failed.
    pub(crate) name: &'static str,
    /// What the changes begin with: the more kinds of input, the better.
    pub(crate) seeds: Vec<Vec<u8>>,
    /// Words of the language, put in here and there.
    pub(crate) words: &'static [&'static str],
    /// Reads the bytes, panics when something is wrong, and answers whether they made sense.
    pub(crate) read: fn(&[u8]) -> bool,
}

impl Target {
    /// Tries what failed before, the seeds, and then what comes of changing them.
    pub(crate) fn run(&self) {
        let (time, mut random) = plan();
        let mut known: Vec<Vec<u8>> = self.kept().into_iter().chain(self.seeds.clone()).collect();
        known.push(Vec::new());
        for input in &known {
            self.check(input, random.seed);
        }
        let (end, mut tried, mut understood) = (Instant::now() + time, 0_u64, 0_u64);
        while Instant::now() < end || tried <= LEAST {
            let input = mutate::mutate(&mut random, &known, self.words, LONGEST);
            tried += 1;
            if self.check(&input, random.seed) {
                understood += 1;
                if known.len() < REMEMBERED {
                    known.push(input);
                } else {
                    let at = random.below(known.len());
                    known[at] = input;
                }
            }
        }
        // Who is never understood does not get far into a reader.
        let enough = tried > LEAST && understood > tried / 100;
        assert!(enough, "{}: {understood} of {tried} inputs made sense in {time:?}", self.name);
    }

    fn folder(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz-corpus").join(self.name)
    }

    fn kept(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.folder()) else { return Vec::new() };
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.expect("a readable folder").path()).collect();
        paths.sort();
        paths.iter().map(|path| fs::read(path).expect("a readable file")).collect()
    }

    fn check(&self, input: &[u8], seed: u64) -> bool {
        if let Some(understood) = self.fine(input) {
            return understood;
        }
        let small = self.smaller(input);
        let folder = self.folder();
        let path = folder.join(format!("{:016x}", mutate::hash(&small)));
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, &small));
        panic!(
            "{} fails (seed {seed}) on {}\nwritten to {}: {written:?}",
            self.name,
            small.escape_ascii(),
            path.display()
        );
    }

    /// Whether it was understood; nothing when it fails.
    fn fine(&self, input: &[u8]) -> Option<bool> {
        let began = Instant::now();
        let understood = catch_unwind(AssertUnwindSafe(|| (self.read)(input))).ok();
        understood.filter(|_| began.elapsed() < PATIENCE)
    }

    /// An input that fails too, with as much left out as is found in a few tries.
    fn smaller(&self, input: &[u8]) -> Vec<u8> {
        let mut small = input.to_vec();
        let mut chunk = small.len().div_ceil(2).max(1);
        let end = Instant::now() + PATIENCE;
        loop {
            let mut at = 0;
            while at < small.len() && Instant::now() < end {
                let mut less = small.clone();
                less.drain(at..(at + chunk).min(less.len()));
                if self.fine(&less).is_none() { small = less } else { at += chunk }
            }
            if chunk == 1 || Instant::now() >= end {
                return small;
            }
            chunk = chunk.div_ceil(2);
        }
    }
}

/// How long to run, and where to begin: the same each time, unless it is asked for.
fn plan() -> (Duration, Random) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let asked = number(SECONDS);
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let begin = if asked.is_some() { since.as_nanos() as u64 } else { 1 };
    let time = asked.map_or(SHORT, Duration::from_secs);
    (time, Random::new(number(SEED).unwrap_or(begin)))
}
