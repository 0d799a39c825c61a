//! Bytes as words of a shell.

use std::fmt::Write as _;

use crate::domain::escape::{self, Glyph};

/// Bytes as one word of a POSIX shell; `$'…'` where a control character, an odd byte or one that
/// cannot be seen needs it, which bash, zsh and ksh read, and sh by the POSIX of 2024. A zero byte
/// cannot stand in an argument, however it is quoted.
///
/// An older sh takes `$'…'` for a dollar sign and a plain quotation: the word is then another one, but
/// it still is one word. So no quotation mark stands inside, and no `!`, which an interactive shell
/// could take for a piece of its history.
pub fn quote(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-:,@+%".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if let Ok(text) = str::from_utf8(bytes)
        && escape::glyphs_of(text).all(|glyph| matches!(glyph, Glyph::Plain(_)))
    {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\'' | b'!' => push_octal(&mut out, *byte),
            0x20..=0x7e => out.push(char::from(*byte)),
            byte => push_octal(&mut out, *byte),
        }
    }
    out + "'"
}

/// Three octal digits: a shell that reads on after `\x` would take more of them.
fn push_octal(out: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\{byte:03o}");
}

/// Words of a command that cannot be taken for its flags; behind a `--` etcdctl takes no more of them.
pub(super) fn operands(words: &[&[u8]]) -> String {
    let dashes = words.iter().any(|word| word.starts_with(b"-"));
    let quoted = words.iter().map(|word| quote(word));
    let words: Vec<String> = dashes.then(|| "--".to_owned()).into_iter().chain(quoted).collect();
    words.join(" ")
}

/// A line of a here-document whose end word is not quoted, so that the shell reads `$lease` in it.
pub(super) fn expanded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if matches!(c, '\\' | '$' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        let cases: [(&[u8], &str); 11] = [
            (b"/a/b", "/a/b"),
            (b"", "''"),
            (b"a b", "'a b'"),
            (b"it's", "'it'\\''s'"),
            (b"a\n\xff'", "$'a\\012\\377\\047'"),
            (b"';!$(x)`\\\x01", "$'\\047;\\041$(x)`\\\\\\001'"),
            ("grüße 日本".as_bytes(), "'grüße 日本'"),
            ("e\u{301}".as_bytes(), "$'e\\314\\201'"),
            ("a\u{202e}b".as_bytes(), "$'a\\342\\200\\256b'"),
            (b"\x1b1f", "$'\\0331f'"),
            (b"$HOME", "'$HOME'"),
        ];
        for (bytes, quoted) in cases {
            assert_eq!(quote(bytes), quoted);
        }
    }

    #[test]
    fn what_begins_with_a_dash_is_no_flag() {
        assert_eq!(operands(&[b"a", b"b"]), "a b");
        assert_eq!(operands(&[b"a", b"-b"]), "-- a -b");
        assert_eq!(operands(&[b"-a", b""]), "-- -a ''");
    }
}
