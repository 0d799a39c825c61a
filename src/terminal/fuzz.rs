//! The reader of the keyboard, fuzzed: whatever is cut wherever, the same keys come out.

use super::decode::{Decoder, Input};
use crate::fuzz::Target;

const WORDS: &[&str] = &[
    "\x1b[A",
    "\x1b[1;5C",
    "\x1bOP",
    "\x1b[200~",
    "\x1b[201~",
    "\x1b[<0;1;1M",
    "\x1b[I",
    "\x1b[?1;2c",
    "\x1b]52;c;YQ==\x07",
    "\x1bP",
    "\x1b\\",
    "\x1b\x1b",
    "\x1b[27;5;13~",
    "\x1b[97;5u",
    "é",
    "日",
];

fn decoded(bytes: &[u8], piece: usize) -> Vec<Input> {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for piece in bytes.chunks(piece) {
        decoder.feed(piece, &mut out);
    }
    decoder.flush(&mut out);
    out
}

fn read(bytes: &[u8]) -> bool {
    let whole = decoded(bytes, bytes.len().max(1));
    for piece in [1, 2, 5] {
        assert_eq!(decoded(bytes, piece), whole, "in pieces of {piece}");
    }
    assert!(whole.len() <= bytes.len());
    for input in &whole {
        if let Input::Paste(text) = input {
            assert!(!text.contains('\r'), "line breaks are one kind only");
            assert!(text.len() <= 3 * bytes.len());
        }
    }
    !whole.is_empty()
}

#[test]
fn fuzz_keyboard() {
    let seeds = WORDS.iter().map(|word| word.as_bytes().to_vec());
    let paste = b"a\x1b[200~two\r\nlines\rand\x1b[31m\x1b[201~b".to_vec();
    let seeds = seeds.chain([paste, b"abc\x03\x1bx".to_vec()]).collect();
    Target { name: "keyboard", seeds, words: WORDS, read }.run();
}
