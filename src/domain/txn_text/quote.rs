//! Go's quoted strings, which carry any bytes through etcdctl.

use super::cursor::{Cursor, TextError};
use crate::domain::escape::{self, Glyph};

/// Appends bytes as a Go string in double quotes. What is not printable stands as an escape, so the
/// text is safe on a terminal.
pub(super) fn push_quoted(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for glyph in escape::glyphs(bytes) {
        match glyph {
            Glyph::Plain(text @ ("\"" | "\\")) => out.extend(["\\", text]),
            Glyph::Plain(text) => out.push_str(text),
            Glyph::Escaped('\n') => out.push_str("\\n"),
            Glyph::Escaped('\t') => out.push_str("\\t"),
            Glyph::Escaped('\r') => out.push_str("\\r"),
            Glyph::Escaped(c) => match u32::from(c) {
                code @ 0..0x80 => escape::push_byte(out, code as u8),
                code @ 0x80..0x1_0000 => out.extend(["\\u", &format!("{code:04x}")]),
                code => out.extend(["\\U", &format!("{code:08x}")]),
            },
            Glyph::Byte(byte) => escape::push_byte(out, byte),
        }
    }
    out.push('"');
}

/// Bytes as a Go string.
pub fn quoted(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    push_quoted(&mut out, bytes);
    out
}

impl Cursor<'_> {
    /// Reads a Go string in double quotes; the cursor stands on the first one.
    pub(super) fn quoted(&mut self) -> Result<Vec<u8>, TextError> {
        let start = *self;
        self.next();
        let mut out = Vec::new();
        loop {
            let here = *self;
            match self.next() {
                None => return Err(start.error("a closing \" for the quote that opens here")),
                Some('"') => return Ok(out),
                Some('\\') => self.escape(here, &mut out)?,
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    /// Reads to the next such quote, everything in between as it is.
    pub(super) fn raw_quoted(&mut self, quote: char) -> Result<Vec<u8>, TextError> {
        let start = *self;
        self.next();
        let text = self.take_while(|c| c != quote);
        match self.next() {
            Some(_) => Ok(text.as_bytes().to_vec()),
            None => Err(start.error(format!("a closing {quote} for the quote that opens here"))),
        }
    }

    /// Reads what follows a backslash, which stood at `start`.
    fn escape(&mut self, start: Cursor<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
        const KNOWN: &str = "one of the escapes \\xNN \\NNN \\uNNNN \\UNNNNNNNN \\a \\b \\f \\n \\r \\t \\v \\\\ \\\"";
        let wrong = || start.error(KNOWN);
        let byte = match self.next().ok_or_else(wrong)? {
            'a' => 0x07,
            'b' => 0x08,
            'f' => 0x0c,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0x0b,
            '\\' => b'\\',
            '"' => b'"',
            'x' => self.digits(2, 16).ok_or_else(wrong)? as u8,
            'u' => return self.character(4, out).ok_or_else(wrong),
            'U' => return self.character(8, out).ok_or_else(wrong),
            first @ '0'..='3' => {
                let high = first.to_digit(8).ok_or_else(wrong)?;
                (high * 64 + self.digits(2, 8).ok_or_else(wrong)?) as u8
            }
            _ => return Err(wrong()),
        };
        out.push(byte);
        Ok(())
    }

    /// Reads so many digits and appends the character they name.
    fn character(&mut self, count: usize, out: &mut Vec<u8>) -> Option<()> {
        let c = char::from_u32(self.digits(count, 16)?)?;
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        Some(())
    }

    fn digits(&mut self, count: usize, radix: u32) -> Option<u32> {
        (0..count).try_fold(0, |value: u32, _| {
            let digit = self.next()?.to_digit(radix)?;
            value.checked_mul(radix)?.checked_add(digit)
        })
    }
}
