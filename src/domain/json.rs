//! JSON as RFC 8259 has it, read strictly and without building anything: tokens and their places.
//!
//! Nothing is decoded, so nothing is changed: numbers of any length, the order of names, duplicate
//! names and escapes are all as they stand. Depth costs one byte a level, never the stack.

use std::fmt;
use std::ops::Range;

use super::escape;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// The name of a member, with its quotes.
    Key,
    /// A string value, with its quotes.
    String,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// Where a text stops being JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What would have been right there.
    pub expected: &'static str,
    /// What stands there instead; nothing at the end of the text.
    pub found: Option<char>,
}

impl fmt::Display for JsonError {
    /// `line 3, column 5: expected ',' or '}', found 'x'`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: expected {}", self.line, self.column, self.expected)?;
        match self.found {
            Some(found) => {
                write!(f, ", found '{}'", escape::message(found.encode_utf8(&mut [0; 4])))
            }
            None => f.write_str(", found the end"),
        }
    }
}

impl std::error::Error for JsonError {}

/// Whether a text is one JSON value of any kind.
///
/// # Errors
/// The first place where it is not.
pub fn check(text: &str) -> Result<(), JsonError> {
    scan(text, |_, _| ())
}

/// Whether a text begins as an object or an array does.
pub fn looks_like(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with(['{', '['])
}

/// Reads one JSON value and tells each token, in order, with its place in bytes.
///
/// # Errors
/// The first place where the text is not JSON; the tokens before it have been told.
pub fn scan(text: &str, mut tell: impl FnMut(Token, Range<usize>)) -> Result<(), JsonError> {
    let bytes = text.as_bytes();
    let mut nesting: Vec<u8> = Vec::new();
    let mut next = Next::Value;
    let mut at = 0;
    loop {
        at += bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
        let Some(&byte) = bytes.get(at) else {
            return if next == Next::Nothing { Ok(()) } else { Err(error(text, at, next.name())) };
        };
        let (token, end) = match (next, byte) {
            (Next::Value | Next::ValueOrClose, b'{' | b'[') => {
                // Its end, so that the close has only to compare.
                nesting.push(byte + 2);
                next = if byte == b'{' { Next::KeyOrClose } else { Next::ValueOrClose };
                tell(Token::Open, at..at + 1);
                at += 1;
                continue;
            }
            (
                Next::ValueOrClose | Next::KeyOrClose | Next::CommaOrBracket | Next::CommaOrBrace,
                b'}' | b']',
            ) if nesting.last() == Some(&byte) => {
                nesting.pop();
                (Token::Close, at + 1)
            }
            (Next::Key | Next::KeyOrClose, b'"') => {
                let end = string_end(text, at)?;
                tell(Token::Key, at..end);
                (at, next) = (end, Next::Colon);
                continue;
            }
            (Next::Colon, b':') => {
                tell(Token::Colon, at..at + 1);
                (at, next) = (at + 1, Next::Value);
                continue;
            }
            (Next::CommaOrBracket | Next::CommaOrBrace, b',') => {
                tell(Token::Comma, at..at + 1);
                next = if next == Next::CommaOrBrace { Next::Key } else { Next::Value };
                at += 1;
                continue;
            }
            (Next::Value | Next::ValueOrClose, b'"') => (Token::String, string_end(text, at)?),
            (Next::Value | Next::ValueOrClose, b'-' | b'0'..=b'9') => {
                (Token::Number, number_end(text, at)?)
            }
            (Next::Value | Next::ValueOrClose, b't' | b'f' | b'n') => {
                (Token::Literal, literal_end(text, at)?)
            }
            _ => return Err(error(text, at, next.name())),
        };
        tell(token, at..end);
        at = end;
        next = match nesting.last() {
            None => Next::Nothing,
            Some(b'}') => Next::CommaOrBrace,
            Some(_) => Next::CommaOrBracket,
        };
    }
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    Colon,
    CommaOrBracket,
    CommaOrBrace,
    Nothing,
}

impl Next {
    fn name(self) -> &'static str {
        match self {
            Next::Value => "a value",
            Next::ValueOrClose => "a value or ']'",
            Next::Key => "a name in double quotes",
            Next::KeyOrClose => "a name in double quotes or '}'",
            Next::Colon => "':'",
            Next::CommaOrBracket => "',' or ']'",
            Next::CommaOrBrace => "',' or '}'",
            Next::Nothing => "nothing more",
        }
    }
}

/// Where the string that begins at `start` ends.
fn string_end(text: &str, start: usize) -> Result<usize, JsonError> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    loop {
        at += bytes[at..].iter().take_while(|b| **b >= 0x20 && !matches!(b, b'"' | b'\\')).count();
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at += escape_length(text, at)?,
            Some(_) => return Err(error(text, at, "an escape instead of a control character")),
            None => return Err(error(text, at, "the closing '\"' of a string")),
        }
    }
}

fn escape_length(text: &str, at: usize) -> Result<usize, JsonError> {
    let bytes = text.as_bytes();
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => {
            let digits = bytes[at + 2..].iter().take(4).take_while(|b| b.is_ascii_hexdigit());
            match digits.count() {
                4 => Ok(6),
                less => Err(error(text, at + 2 + less, "four hexadecimal digits")),
            }
        }
        _ => Err(error(text, at + 1, "one of \" \\ / b f n r t u after '\\'")),
    }
}

fn number_end(text: &str, start: usize) -> Result<usize, JsonError> {
    let bytes = text.as_bytes();
    let digits = |at: usize| match bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count() {
        0 => Err(error(text, at, "a digit")),
        count => Ok(at + count),
    };
    let mut at = start + usize::from(bytes[start] == b'-');
    // A leading zero stands alone; what follows it is then found to be out of place.
    at = if bytes.get(at) == Some(&b'0') { at + 1 } else { digits(at)? };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at = digits(at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-'))))?;
    }
    Ok(at)
}

fn literal_end(text: &str, start: usize) -> Result<usize, JsonError> {
    let bytes = &text.as_bytes()[start..];
    let word = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    match &bytes[..word] {
        b"true" | b"false" | b"null" => Ok(start + word),
        _ => Err(error(text, start, "a value")),
    }
}

fn error(text: &str, at: usize, expected: &'static str) -> JsonError {
    // `at` follows only bytes that were checked to be ASCII, or whole strings: it is a boundary.
    let (before, after) = text.split_at(at);
    JsonError {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        expected,
        found: after.chars().next(),
    }
}
