//! Inputs made out of others.

use super::random::Random;

/// A length, short ones more often.
fn length(random: &mut Random, most: usize) -> usize {
    let most = most.max(1);
    let scale = random.below(most) + 1;
    random.below(scale) + 1
}

/// A name for some bytes (FNV-1a).
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Bytes and texts that go wrong more often than others.
const INTERESTING: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b"\x1b",
    b"\x7f",
    b"\xff",
    b"\xc3",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x87\xa9",
    b"\xed\xa0\x80",
    b"\\",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"-",
    b"0",
    b"-1",
    b"1e999",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"0.1",
    b"null",
    b"true",
    b"\\u0000",
    b"\\ud800",
    b"\\x",
    b"====",
    b"  ",
    b"#",
    b"/",
    b"%",
    b"\xef\xbb\xbf",
];

/// One of the known inputs, or two of them joined, changed in a few places.
pub(super) fn mutate(
    random: &mut Random,
    known: &[Vec<u8>],
    words: &[&str],
    longest: usize,
) -> Vec<u8> {
    let mut input = known[random.below(known.len())].clone();
    for _ in 0..length(random, 6) {
        change(random, &mut input, known, words);
        input.truncate(longest);
    }
    input
}

fn change(random: &mut Random, input: &mut Vec<u8>, known: &[Vec<u8>], words: &[&str]) {
    let at = random.below(input.len() + 1);
    let end = at + length(random, 64).min(input.len() - at);
    match random.below(10) {
        0 if at < input.len() => input[at] ^= 1 << random.below(8),
        1 if at < input.len() => input[at] = random.below(256) as u8,
        2 => input.insert(at, random.below(256) as u8),
        3 => insert(input, at, random.one(INTERESTING)),
        4 | 5 if !words.is_empty() => {
            insert(input, at, random.one(words).as_bytes());
        }
        6 => drop(input.drain(at..end)),
        7 => {
            let piece = input[at..end].to_vec();
            let most = if random.below(20) == 0 { 400 } else { 4 };
            let times = length(random, most);
            insert(input, at, &piece.repeat(times));
        }
        8 => {
            let other = &known[random.below(known.len())];
            let from = random.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        _ => input.truncate(at),
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}
