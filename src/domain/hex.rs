//! Bytes as hexadecimal text, to be edited.

use std::fmt;

use super::escape;

/// Pairs on a line of the text to be edited.
const PAIRS: usize = 16;

/// Where a hexadecimal text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What stands there: a wrong character, or a digit without its second.
    pub found: char,
}

impl fmt::Display for HexError {
    /// `line 2, column 4: expected a pair of hexadecimal digits, found 'x'`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = escape::message(self.found.encode_utf8(&mut [0; 4]));
        let alone = if self.found.is_ascii_hexdigit() { " alone" } else { "" };
        write!(
            f,
            "line {}, column {}: expected a pair of hexadecimal digits, found '{found}'{alone}",
            self.line, self.column
        )
    }
}

impl std::error::Error for HexError {}

/// Bytes as pairs of lowercase digits, 16 a line: `00 1b ff`. No bytes give an empty text.
pub fn to_text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            out.push(if at % PAIRS == 0 { '\n' } else { ' ' });
        }
        push_pair(&mut out, *byte);
    }
    out
}

/// Reads pairs of digits, of either case, with any white space or none between the pairs.
///
/// # Errors
/// The first character that is neither, or a digit that has no second.
pub fn from_text(text: &str) -> Result<Vec<u8>, HexError> {
    let mut out = Vec::with_capacity(text.len() / 3 + 1);
    let (mut line, mut column) = (1, 0);
    let mut first: Option<(char, u32)> = None;
    for c in text.chars() {
        column += 1;
        match (first.take(), c.to_digit(16)) {
            (None, Some(digit)) => first = Some((c, digit)),
            (Some((_, high)), Some(low)) => out.push((high << 4 | low) as u8),
            (Some((found, _)), None) if c.is_ascii_whitespace() => {
                return Err(HexError { line, column: column - 1, found });
            }
            (None, None) if c == '\n' => (line, column) = (line + 1, 0),
            (None, None) if c.is_ascii_whitespace() => {}
            (_, None) => return Err(HexError { line, column, found: c }),
        }
    }
    match first {
        Some((found, _)) => Err(HexError { line, column, found }),
        None => Ok(out),
    }
}

/// Appends a byte as two lowercase digits.
pub(super) fn push_pair(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}
