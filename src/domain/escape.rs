//! Bytes written by strangers, made visible and harmless: the one place where they become text.
//!
//! Nothing that leaves here holds a control character, a bidirectional mark, a zero-width character
//! or a private-use character; each stands as a visible escape that [`unescape`] reads back.

use std::fmt;

/// How a character or byte is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Printable as it is.
    Plain(char),
    /// Must be shown as an escape.
    Escaped(char),
    /// A byte that is no UTF-8.
    Byte(u8),
}

/// Splits bytes into glyphs: every byte is in exactly one of them.
pub fn glyphs(bytes: &[u8]) -> impl Iterator<Item = Glyph> + '_ {
    bytes.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars();
        let chars = valid.map(|c| if is_unsafe(c) { Glyph::Escaped(c) } else { Glyph::Plain(c) });
        chars.chain(chunk.invalid().iter().map(|b| Glyph::Byte(*b)))
    })
}

/// The bytes on one line: printable text as it is, everything else escaped, backslash doubled.
pub fn line(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for glyph in glyphs(bytes) {
        match glyph {
            Glyph::Plain('\\') => out.push_str("\\\\"),
            Glyph::Plain(c) => out.push(c),
            Glyph::Escaped(c) => push_escape(&mut out, c),
            Glyph::Byte(b) => push_byte(&mut out, b),
        }
    }
    out
}

/// Text for people (messages, names, reasons) on one line: as [`line()`], but backslashes stay single.
pub fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) { push_escape(&mut out, c) } else { out.push(c) }
    }
    out
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

/// Whether a character must not reach a terminal: it would act, reorder, hide or vanish.
pub fn is_unsafe(c: char) -> bool {
    let code = c as u32;
    match code {
        0x20..=0x7e => false,
        0..=0x1f
        | 0x7f..=0x9f
        | 0xad
        | 0x034f
        | 0x061c
        | 0x115f..=0x1160
        | 0x17b4..=0x17b5
        | 0x180b..=0x180f
        | 0x200b..=0x200f
        | 0x2028..=0x202e
        | 0x2060..=0x206f
        | 0x2800
        | 0x3164
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0xffa0
        | 0xfff0..=0xfffb
        | 0xe000..=0xf8ff
        | 0x1_3430..=0x1_343f
        | 0x1_bca0..=0x1_bca3
        | 0x1_d173..=0x1_d17a
        | 0xe_0000..=0x10_ffff => true,
        _ => is_combining(code),
    }
}

/// Marks that draw onto the character before them: escaped, since a pile of them leaves its row.
fn is_combining(code: u32) -> bool {
    matches!(code,
        0x0300..=0x036f | 0x0483..=0x0489 | 0x0591..=0x05bd | 0x0610..=0x061a | 0x064b..=0x065f
        | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0x302a..=0x302f
        | 0x3099..=0x309a | 0xfe20..=0xfe2f)
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
        assert_eq!(line(b"a\\x"), "a\\\\x");
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
