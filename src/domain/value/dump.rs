//! Bytes as a dump: offset, pairs, characters.

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

/// A row of the dump, `00000010  41 42 1b  AB.`, where `bytes` are those of the row.
pub(super) fn row(offset: usize, bytes: &[u8], a_row: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    push(&mut spans, Class::Dim, &format!("{offset:08x}  "));
    let mut pairs = String::new();
    for at in 0..a_row {
        match bytes.get(at) {
            Some(byte) => push_pair(&mut pairs, *byte),
            None => pairs.push_str("  "),
        }
        pairs.push_str(if at == 7 && a_row > 8 { "  " } else { " " });
    }
    pairs.push(' ');
    push(&mut spans, Class::Plain, &pairs);
    for byte in bytes {
        if matches!(byte, 0x20..=0x7e) {
            push(&mut spans, Class::Plain, char::from(*byte).encode_utf8(&mut [0; 4]));
        } else {
            push(&mut spans, Class::Dim, ".");
        }
    }
    spans
}
