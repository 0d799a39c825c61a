//! One line of compares: `mod("key") = "5"`.

use super::cursor::{Cursor, TextError};
use super::flag::lease_id;
use crate::domain::txn::{Compare, Comparison, Target};
use crate::domain::{KeyRange, Revision, Version};

/// What of a key is compared: the words that etcdctl knows for it.
#[derive(Clone, Copy)]
enum Word {
    Version,
    Create,
    Mod,
    Value,
    Lease,
}

/// Reads one compare; the cursor stands at the start of its line.
pub(super) fn compare(line: &mut Cursor<'_>) -> Result<Compare, TextError> {
    let word = word(line)?;
    let range = range(line)?;
    let comparison = comparison(line)?;
    line.skip_spaces();
    let at = *line;
    let given = string(line, "a value in quotes, as in mod(\"key\") > \"0\"")?;
    line.expect_end()?;
    let target = target(word, given, at)?;
    Ok(Compare { range, target, comparison })
}

fn word(line: &mut Cursor<'_>) -> Result<Word, TextError> {
    let start = *line;
    let word = match line.take_while(|c| c.is_ascii_alphabetic()) {
        "ver" | "version" => Word::Version,
        "c" | "create" => Word::Create,
        "m" | "mod" => Word::Mod,
        "val" | "value" => Word::Value,
        "lease" => Word::Lease,
        "put" | "get" | "del" | "txn" => {
            return Err(start.error("a compare: requests come after a blank line"));
        }
        _ => {
            let known =
                "a compare: version, create, mod, value or lease, as in mod(\"key\") > \"0\"";
            return Err(start.error(known));
        }
    };
    line.expect('(', "( and a key in quotes")?;
    Ok(word)
}

/// The key, or the interval in our own form, up to the closing parenthesis.
fn range(line: &mut Cursor<'_>) -> Result<KeyRange, TextError> {
    let key = string(line, "a key in quotes, as in mod(\"key\") > \"0\"")?;
    line.skip_spaces();
    let start = *line;
    let range = match line.peek() {
        Some('"' | '`') => match string(line, "the end of the interval")? {
            end if end.is_empty() => return Err(start.error("an end that is not empty")),
            end => KeyRange::interval(key, end),
        },
        Some('-') => match line.take_while(|c| c == '-' || c.is_ascii_alphabetic()) {
            "--prefix" => KeyRange::prefix(key),
            "--from-key" => super::flag::from_key(key),
            _ => return Err(start.error("--prefix, --from-key or )")),
        },
        _ => KeyRange::single(key),
    };
    line.expect(')', "a ) after the key")?;
    Ok(range)
}

fn comparison(line: &mut Cursor<'_>) -> Result<Comparison, TextError> {
    line.skip_spaces();
    let start = *line;
    match line.take_while(|c| matches!(c, '=' | '!' | '<' | '>')) {
        "=" => Ok(Comparison::Equal),
        "!=" => Ok(Comparison::NotEqual),
        ">" => Ok(Comparison::Greater),
        "<" => Ok(Comparison::Less),
        _ => Err(start.error("=, !=, > or <")),
    }
}

/// A string in double quotes or back quotes, as Go's scanner reads it.
fn string(line: &mut Cursor<'_>, expected: &str) -> Result<Vec<u8>, TextError> {
    line.skip_spaces();
    match line.peek() {
        Some('"') => line.quoted(),
        Some('`') => line.raw_quoted('`'),
        _ => Err(line.error(expected)),
    }
}

fn target(word: Word, given: Vec<u8>, at: Cursor<'_>) -> Result<Target, TextError> {
    let text = || std::str::from_utf8(&given).ok();
    let number = || {
        let parsed = text().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| at.error("a whole number in quotes, as in mod(\"key\") > \"0\""))
    };
    Ok(match word {
        Word::Version => Target::Version(Version(number()?)),
        Word::Create => Target::Create(Revision(number()?)),
        Word::Mod => Target::Mod(Revision(number()?)),
        Word::Lease => {
            let lease = text().and_then(lease_id);
            Target::Lease(lease.ok_or_else(|| at.error("a lease ID in hexadecimal, in quotes"))?)
        }
        Word::Value => Target::Value(given),
    })
}
