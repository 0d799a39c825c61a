//! Whatever reads bytes of strangers and can be reached from outside, fuzzed. The readers of the
//! gateway, the keyboard and the drafts have their targets beside them (`src/*/fuzz.rs`).

// The same small fuzzer as inside the library.
#[path = "../../../src/fuzz/mod.rs"]
pub(crate) mod fuzzer;

mod command;
mod config;
mod file;
mod text;
mod value;

use fuzzer::Target;

/// The inputs of one kind after the other, as bytes.
fn seeds(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A sentence for people: one line, bounded by what it quotes, and harmless.
fn assert_sentence(text: &str) {
    assert!(!text.chars().any(etcdeck::domain::escape::is_unsafe), "{text:?}");
}
