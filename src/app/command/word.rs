//! The words of a command line: bytes, quoted and escaped as a person types them.

use crate::domain::escape::unescape;

/// Splits a line into words of bytes: blanks separate, single and double quotes hold together, and
/// the escapes of keys give any bytes (inside single quotes a backslash is a backslash).
pub(super) fn words(line: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut word = Vec::new();
        while let Some(c) = rest.chars().next().filter(|c| !c.is_whitespace()) {
            if c == '\'' {
                let end = rest[1..].find('\'').ok_or("a quote ' is not closed")?;
                word.extend_from_slice(&rest.as_bytes()[1..=end]);
                rest = &rest[end + 2..];
            } else {
                let quoted = c == '"';
                let from = usize::from(quoted);
                let end = piece_end(&rest[from..], quoted);
                let end = end.ok_or("a quote \" is not closed")?;
                let piece = &rest[from..from + end];
                // A doubled-quote escape is for the word splitter; the rest are those of keys.
                let piece = piece.replace("\\\"", "\"").replace("\\ ", " ");
                word.extend(unescape(&piece).map_err(|e| e.to_string())?);
                rest = &rest[from + end + from..];
            }
        }
        words.push(word);
        rest = rest.trim_start();
    }
    Ok(words)
}

/// Where a quoted or bare piece of a word ends; a backslash takes the next character with it.
fn piece_end(text: &str, quoted: bool) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if quoted => return Some(at),
            c if !quoted && (c.is_whitespace() || c == '"' || c == '\'') => return Some(at),
            _ => {}
        }
    }
    (!quoted).then_some(text.len())
}
