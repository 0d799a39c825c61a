//! Bytes as a dump: offset, pairs, characters.

use super::search::{Marks, Match};
use super::{Class, Span, push};
use crate::domain::hex::push_pair;

/// How many bytes a row of the dump shows in `width` columns: 16, 8 or 4.
pub(super) fn bytes_a_row(width: usize) -> usize {
    // Offset and gap 10, pairs 3 each, gaps 2, characters 1 each.
    match width {
        76.. => 16,
        43.. => 8,
        _ => 4,
    }
}

/// A row of the dump, `00000010  41 42 1b  AB.`, where `bytes` are those of the row. What was found is
/// marked in both halves.
pub(super) fn row(offset: usize, bytes: &[u8], a_row: usize, mut marks: Marks<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    let found: Vec<Match> = (offset..offset + bytes.len()).map(|at| marks.of(at, at + 1)).collect();
    push(&mut spans, Class::Dim, Match::None, &format!("{offset:08x}  "));
    let mut pair = String::with_capacity(2);
    for at in 0..a_row {
        pair.clear();
        match bytes.get(at) {
            Some(byte) => push_pair(&mut pair, *byte),
            None => pair.push_str("  "),
        }
        push(&mut spans, Class::Plain, found.get(at).copied().unwrap_or_default(), &pair);
        let gap = if at == 7 && a_row > 8 { "  " } else { " " };
        push(&mut spans, Class::Plain, Match::None, gap);
    }
    push(&mut spans, Class::Plain, Match::None, " ");
    for (byte, found) in bytes.iter().zip(found) {
        if matches!(byte, 0x20..=0x7e) {
            push(&mut spans, Class::Plain, found, char::from(*byte).encode_utf8(&mut [0; 4]));
        } else {
            push(&mut spans, Class::Dim, found, ".");
        }
    }
    spans
}
