//! Bytes written by strangers, made visible and harmless: the one place where they become text.
//!
//! What leaves here is printable, and takes as many columns on every terminal as [`columns`] says.
//! Everything else stands as a visible escape that [`unescape`] reads back: control characters,
//! bidirectional marks, what has no width, blanks that are not the space, and whatever terminals
//! disagree about (parts of emoji sequences, flags, letters that join, characters younger than the
//! terminals in use). Marks that a letter needs are kept on it, [`MOST_MARKS`] of them; the rest of a
//! flood is escaped, so that no text is taller than its row.

mod table;

use std::fmt;

/// So many marks stay on one letter; Thai and Lao need two.
pub const MOST_MARKS: usize = 3;

/// How the beginning of a text is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph<'a> {
    /// Printable as it is: one character, with marks on it or without.
    Plain(&'a str),
    /// Must be shown as an escape.
    Escaped(char),
    /// A byte that is no UTF-8.
    Byte(u8),
}

impl Glyph<'_> {
    /// The columns that it takes on a terminal, as an escape where it is shown as one.
    pub fn columns(self) -> usize {
        match self {
            Glyph::Plain(text) => text.chars().next().map_or(0, columns),
            Glyph::Escaped('\n' | '\t' | '\r') => 2,
            Glyph::Escaped(c) if c.is_ascii() => 4,
            Glyph::Escaped(c) => 4 + (c as u32).ilog2() as usize / 4 + 1,
            Glyph::Byte(_) => 4,
        }
    }

    /// The bytes that it stands for.
    pub fn bytes(self) -> usize {
        match self {
            Glyph::Plain(text) => text.len(),
            Glyph::Escaped(c) => c.len_utf8(),
            Glyph::Byte(_) => 1,
        }
    }
}

/// The glyph that a text begins with. What comes before a place where glyphs meet does not matter, so
/// a text may be cut there.
pub fn first_glyph(text: &str) -> Option<Glyph<'_>> {
    let c = text.chars().next()?;
    if c.is_ascii() {
        return Some(if is_unsafe(c) { Glyph::Escaped(c) } else { Glyph::Plain(&text[..1]) });
    }
    if is_mark(c) || is_unsafe(c) {
        return Some(Glyph::Escaped(c));
    }
    let marks = text[c.len_utf8()..].chars().take(MOST_MARKS).take_while(|c| is_mark(*c));
    let end = c.len_utf8() + marks.map(char::len_utf8).sum::<usize>();
    Some(Glyph::Plain(&text[..end]))
}

/// The glyphs of a text: every character is in exactly one of them.
pub fn glyphs_of(text: &str) -> impl Iterator<Item = Glyph<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let glyph = first_glyph(rest)?;
        rest = &rest[glyph.bytes()..];
        Some(glyph)
    })
}

/// Splits bytes into glyphs: every byte is in exactly one of them.
pub fn glyphs(bytes: &[u8]) -> impl Iterator<Item = Glyph<'_>> {
    bytes.utf8_chunks().flat_map(|chunk| {
        glyphs_of(chunk.valid()).chain(chunk.invalid().iter().map(|b| Glyph::Byte(*b)))
    })
}

/// The bytes on one line: printable text as it is, everything else escaped, backslash doubled.
pub fn line(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for glyph in glyphs(bytes) {
        match glyph {
            Glyph::Plain("\\") => out.push_str("\\\\"),
            glyph => push_glyph(&mut out, glyph),
        }
    }
    out
}

/// Text for people (messages, names, reasons) on one line: as [`line()`], but backslashes stay single.
pub fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    glyphs_of(text).for_each(|glyph| push_glyph(&mut out, glyph));
    out
}

/// Appends a glyph as it is to be shown.
pub fn push_glyph(out: &mut String, glyph: Glyph<'_>) {
    match glyph {
        Glyph::Plain(text) => out.push_str(text),
        Glyph::Escaped(c) => push_escape(out, c),
        Glyph::Byte(b) => push_byte(out, b),
    }
}

/// Appends the escape of one character, for example `\n`, `\x1b` or `\u{202e}`.
pub fn push_escape(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if (c as u32) < 0x80 => push_byte(out, c as u8),
        c => out.extend(c.escape_unicode()),
    }
}

/// Appends a byte as `\xNN`.
pub fn push_byte(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push_str("\\x");
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}

/// Whether a character must not reach a terminal: it would act, reorder, hide or vanish, or terminals
/// disagree about where it is drawn. A mark of a letter is not among these, but is shown only on one.
pub fn is_unsafe(c: char) -> bool {
    match c {
        ' '..='~' => false,
        c if c.is_ascii() => true,
        c => !is_in(table::PLAIN, c) && !is_mark(c),
    }
}

/// Whether a character is drawn onto the one before it and takes no column.
pub fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_in(table::MARKS, c)
}

/// The columns that a character takes on a terminal: 1 or 2, none for a mark. What [`is_unsafe`]
/// names never gets there and counts as 1.
pub fn columns(c: char) -> usize {
    match c {
        c if c.is_ascii() => 1,
        c if is_in(table::WIDE, c) => 2,
        c => usize::from(!is_mark(c)),
    }
}

fn is_in(ranges: &[(u32, u32)], c: char) -> bool {
    let code = u32::from(c);
    let after = ranges.partition_point(|(first, _)| *first <= code);
    after > 0 && code <= ranges[after - 1].1
}

/// An escape that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeError {
    /// What stands there.
    pub found: String,
}

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown escape {}: expected \\xNN, \\n, \\t, \\r, \\0, \\e, \\u{{HEX}} or \\\\",
            message(&self.found)
        )
    }
}

impl std::error::Error for EscapeError {}

/// Reads what [`line()`] writes, and what a person types: the inverse for any bytes.
///
/// # Errors
/// The first escape that is not known.
pub fn unescape(text: &str) -> Result<Vec<u8>, EscapeError> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let tail = &rest[at + 1..];
        let wrong = || EscapeError { found: rest[at..].chars().take(4).collect() };
        let mut chars = tail.chars();
        let used = match chars.next() {
            Some('\\') => (b"\\".to_vec(), 1),
            Some('n') => (b"\n".to_vec(), 1),
            Some('t') => (b"\t".to_vec(), 1),
            Some('r') => (b"\r".to_vec(), 1),
            Some('0') => (vec![0], 1),
            Some('e') => (vec![0x1b], 1),
            Some('x') => {
                let hex = tail.get(1..3).filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
                let byte = hex.and_then(|h| u8::from_str_radix(h, 16).ok()).ok_or_else(wrong)?;
                (vec![byte], 3)
            }
            Some('u') => {
                let end =
                    tail.find('}').filter(|_| tail[1..].starts_with('{')).ok_or_else(wrong)?;
                let code = u32::from_str_radix(&tail[2..end], 16).map_err(|_| wrong())?;
                let c = char::from_u32(code).ok_or_else(wrong)?;
                (c.to_string().into_bytes(), end + 1)
            }
            _ => return Err(wrong()),
        };
        out.extend_from_slice(&used.0);
        rest = &tail[used.1..];
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_way_to_the_screen_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        let shown = line(&all);
        assert!(shown.chars().all(|c| !is_unsafe(c)));
        assert_eq!(unescape(&shown), Ok(all));
    }

    #[test]
    fn dangerous_text_becomes_visible() {
        assert_eq!(line(b"\x1b]0;x\x07\x1b[2J"), "\\x1b]0;x\\x07\\x1b[2J");
        assert_eq!(line("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(line("z\u{200b}w".as_bytes()), "z\\u{200b}w");
        assert_eq!(line("\u{13430}".as_bytes()), "\\u{13430}");
        assert_eq!(line("e\u{301}".as_bytes()), "e\\u{301}");
        assert_eq!(line("grüße 日本".as_bytes()), "grüße 日本");
        assert_eq!(line("a\u{a0}b".as_bytes()), "a\\u{a0}b");
        assert_eq!(line("👩\u{200d}🚒".as_bytes()), "👩\\u{200d}🚒");
        assert_eq!(line("🇩🇪".as_bytes()), "\\u{1f1e9}\\u{1f1ea}");
        assert_eq!(line(b"a\\x"), "a\\\\x");
    }

    #[test]
    fn a_letter_keeps_the_marks_it_needs_and_no_flood_of_them() {
        assert_eq!(line("ที่นี่".as_bytes()), "ที่นี่");
        // On nothing, on ASCII, on an escape: a mark of its own.
        assert_eq!(message("\u{e35}"), "\\u{e35}");
        assert_eq!(message("a\u{e35}\n\u{e35}"), "a\\u{e35}\\n\\u{e35}");
        let flood = format!("ท{}", "\u{e35}".repeat(10_000));
        let shown = line(flood.as_bytes());
        assert_eq!(shown.chars().filter(|c| is_mark(*c)).count(), MOST_MARKS);
        assert_eq!(unescape(&shown), Ok(flood.into_bytes()));
    }

    #[test]
    fn a_text_may_be_cut_where_glyphs_meet() {
        let text = "aทที่\u{e35}\u{e35}日\u{301}\u{e35}z";
        let whole: Vec<Glyph> = glyphs_of(text).collect();
        let mut at = 0;
        for n in 0..whole.len() {
            assert!(glyphs_of(&text[at..]).eq(whole[n..].iter().copied()), "{n}");
            at += whole[n].bytes();
        }
        assert_eq!(at, text.len());
    }

    #[test]
    fn the_columns_of_a_glyph_are_those_of_what_is_shown() {
        for c in ['\0', '\n', '\t', '\r', '\u{7f}', '\u{80}', '\u{ad}', '\u{202e}', '\u{e0001}']
            .into_iter()
            .chain(['\u{301}', '\u{e000}', '\u{10000}', char::MAX])
        {
            let mut mark = String::new();
            push_escape(&mut mark, c);
            assert_eq!(Glyph::Escaped(c).columns(), mark.len(), "{mark}");
        }
        assert_eq!(Glyph::Plain("ที่").columns(), 1);
        assert_eq!(Glyph::Plain("日").columns(), 2);
    }

    #[test]
    fn the_tables_are_in_order() {
        for table in [table::PLAIN, table::WIDE, table::MARKS] {
            assert!(table.iter().all(|(first, last)| first <= last));
            assert!(table.windows(2).all(|two| two[0].1 < two[1].0));
        }
    }

    #[test]
    fn a_wrong_escape_is_named() {
        for wrong in ["\\q", "\\x1", "\\xzz", "a\\", "\\u{110000}", "\\u12"] {
            let error = unescape(wrong).expect_err(wrong).to_string();
            assert!(error.contains("expected"), "{error}");
        }
        assert_eq!(unescape("\\x41\\u{e9}\\e"), Ok(b"A\xc3\xa9\x1b".to_vec()));
    }
}
