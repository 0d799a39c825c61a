//! The words of a request line, and the flags among them, as etcdctl splits and reads them.

use super::cursor::{Cursor, TextError};
use crate::domain::{KeyRange, LeaseId};

/// One word of a line.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    pub(super) bytes: Vec<u8>,
    pub(super) at: Cursor<'a>,
}

impl Word<'_> {
    /// The word as text, where it is some.
    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// Splits a line: strings in double quotes with Go's escapes, strings in single quotes as they are,
/// and anything else up to a space. An unquoted word keeps the quotes inside it.
pub(super) fn words(mut line: Cursor<'_>) -> Result<Vec<Word<'_>>, TextError> {
    let mut words = Vec::new();
    loop {
        line.take_while(is_space);
        let at = line;
        let bytes = match line.peek() {
            None => return Ok(words),
            Some('"') => line.quoted()?,
            Some('\'') => line.raw_quoted('\'')?,
            Some(_) => line.take_while(|c| !is_space(c)).as_bytes().to_vec(),
        };
        words.push(Word { bytes, at });
    }
}

/// What parts words: other spaces than these are in them.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// One flag as it was given.
#[derive(Debug)]
pub(super) struct Flag<'a> {
    pub(super) name: String,
    value: Option<String>,
    at: Cursor<'a>,
}

impl Flag<'_> {
    /// On unless said otherwise, with Go's words for it.
    pub(super) fn switch(&self) -> Result<bool, TextError> {
        match self.value.as_deref() {
            None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Ok(true),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(false),
            Some(_) => Err(self.at.error(format!("--{0}, --{0}=true or --{0}=false", self.name))),
        }
    }

    /// A whole number, with Go's prefixes: `0x`, `0o` or a mere `0`, `0b`.
    pub(super) fn number(&self) -> Result<i64, TextError> {
        let text = self.text();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let lower = digits.to_ascii_lowercase();
        let (radix, digits) = match lower.as_str() {
            "0" => (10, "0"),
            hex if hex.starts_with("0x") => (16, &hex[2..]),
            binary if binary.starts_with("0b") => (2, &binary[2..]),
            octal if octal.starts_with("0o") => (8, &octal[2..]),
            octal if octal.starts_with('0') => (8, &octal[1..]),
            decimal => (10, decimal),
        };
        let parsed = match digits.as_bytes().first() {
            Some(b'+' | b'-') | None => None,
            Some(_) => i64::from_str_radix(&format!("{sign}{digits}"), radix).ok(),
        };
        parsed.ok_or_else(|| self.at.error(format!("a whole number: --{}=5", self.name)))
    }

    /// A lease in hexadecimal.
    pub(super) fn lease(&self) -> Result<LeaseId, TextError> {
        let lease = lease_id(self.text());
        lease.ok_or_else(|| self.at.error("a lease ID in hexadecimal: --lease=694d81417acd4a1f"))
    }

    /// The value; empty when there is none.
    pub(super) fn text(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    /// This flag is none of those expected.
    pub(super) fn unknown(&self, expected: &str) -> TextError {
        self.at.error(expected)
    }
}

/// A request's words after its name, sorted into flags and arguments.
pub(super) struct Arguments<'a> {
    pub(super) flags: Vec<Flag<'a>>,
    pub(super) arguments: Vec<Word<'a>>,
}

/// Sorts words as etcdctl does: a word that begins with `-` is a flag, quoted or not, until a word
/// `--`; a flag that is no switch takes its value after `=` or from the next word.
pub(super) fn sort<'a>(
    words: Vec<Word<'a>>,
    switches: &[&str],
) -> Result<Arguments<'a>, TextError> {
    let mut sorted = Arguments { flags: Vec::new(), arguments: Vec::new() };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word.bytes == b"--" {
            sorted.arguments.extend(words);
            break;
        }
        if word.bytes.first() != Some(&b'-') || word.bytes.len() == 1 {
            sorted.arguments.push(word);
            continue;
        }
        let Some(flag) = word.text().and_then(|text| text.strip_prefix("--")) else {
            return Err(word.at.error("a flag; what begins with - otherwise stands behind --"));
        };
        let (name, mut value) = match flag.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (flag.to_owned(), None),
        };
        if value.is_none() && !switches.contains(&name.as_str()) {
            value = words.next().and_then(|word| word.text().map(str::to_owned));
        }
        sorted.flags.push(Flag { name, value, at: word.at });
    }
    Ok(sorted)
}

/// A lease ID as etcdctl reads it, a signed number, or as it prints it, where the sign is the highest
/// of 64 bits.
pub(super) fn lease_id(text: &str) -> Option<LeaseId> {
    let signed = text.strip_prefix('-').map(|digits| (digits, -1));
    let (digits, sign) = signed.unwrap_or_else(|| (text.strip_prefix('+').unwrap_or(text), 1));
    let id = digits.parse::<LeaseId>().ok()?;
    match (sign, id.0) {
        // The one number whose negative has no positive is written with the sign all the same.
        (1, _) | (_, i64::MIN) => Some(id),
        (_, 0..) => Some(LeaseId(-id.0)),
        _ => None,
    }
}

/// From a key on; etcdctl reads an empty one as the first there can be.
pub(super) fn from_key(key: Vec<u8>) -> KeyRange {
    if key.is_empty() { KeyRange::all() } else { KeyRange::from(key) }
}
