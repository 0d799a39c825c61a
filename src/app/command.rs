//! The command line: words in, a command or a sentence about what was expected out.

use std::fmt::Write as _;

use crate::domain::escape::unescape;
use crate::domain::{Key, LeaseId, Revision};

/// A command of the `:` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `goto KEY`
    Goto(Key),
    /// `put KEY VALUE`
    Put(Key, Vec<u8>),
    /// `delete KEY`
    Delete(Key),
    /// `delete-prefix PREFIX`
    DeletePrefix(Key),
    /// `watch KEY|PREFIX [from REV]`
    Watch(Key, Revision),
    /// `unwatch [N]`
    Unwatch(Option<u32>),
    /// `lease grant TTL [ID]`
    LeaseGrant(i64, LeaseId),
    /// `lease keepalive ID`
    LeaseKeepAlive(LeaseId),
    /// `lease renew ID`
    LeaseRenew(LeaseId),
    /// `lease revoke ID`
    LeaseRevoke(LeaseId),
    /// `read-only on|off`
    ReadOnly(bool),
    /// `help`
    Help,
    /// `quit`
    Quit,
}

/// A command's form, for completion and for the sentence when it is used wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The words that name it.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: &'static str,
    /// What it does.
    pub help: &'static str,
    /// Whether its first argument is a key or prefix, which completes.
    pub takes_key: bool,
    /// Whether it writes: refused, and not offered, when read-only.
    pub writes: bool,
}

const fn form(
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    takes_key: bool,
    writes: bool,
) -> Form {
    Form { name, arguments, help, takes_key, writes }
}

/// Every command there is: completion, help and the README's table come from here.
pub const FORMS: [Form; 13] = [
    form("goto", "KEY", "go to a key or prefix, opening what lies above it", true, false),
    form("put", "KEY VALUE", "write a value, if the key is still as it was last seen", true, true),
    form("delete", "KEY", "delete a key, after asking", true, true),
    form("delete-prefix", "PREFIX", "delete all keys with a prefix, counted first", true, true),
    form("watch", "KEY|PREFIX [from REV]", "watch a key, or a prefix (ends in /)", true, false),
    form("unwatch", "[N]", "stop watch N, or all watches", false, false),
    form("lease grant", "TTL [ID]", "grant a lease of TTL seconds", false, true),
    form(
        "lease keepalive",
        "ID",
        "keep a lease alive until told otherwise (again to stop)",
        false,
        true,
    ),
    form("lease renew", "ID", "renew a lease once", false, true),
    form("lease revoke", "ID", "end a lease; its keys vanish, named first", false, true),
    form("read-only", "on|off", "refuse everything that writes, or allow it again", false, false),
    form("help", "", "all keys and commands", false, false),
    form("quit", "", "leave; asks when a draft or a kept lease would be lost", false, false),
];

/// Every command as Markdown, for the README.
///
/// ```text
/// | command | does |
/// | --- | --- |
/// | `goto KEY` | go to a key or prefix, opening what lies above it |
/// ```
pub fn markdown_table() -> String {
    let mut out = String::from("| command | does |\n| --- | --- |\n");
    for Form { name, arguments, help, .. } in FORMS {
        let usage = format!("{name} {arguments}");
        // Even within code a bar would end the cell.
        let usage = usage.trim_end().replace('|', "\\|");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| `{usage}` | {help} |");
    }
    out
}

/// The form that a line begins with, and what follows its name.
pub fn form_of(line: &str) -> Option<(&'static Form, &str)> {
    let line = line.trim_start();
    FORMS
        .iter()
        .filter_map(|form| {
            let rest = line.strip_prefix(form.name)?;
            (rest.is_empty() || rest.starts_with(' ')).then_some((form, rest))
        })
        .max_by_key(|(form, _)| form.name.len())
}

/// The names that a half-typed line could mean, best first: those it begins, then those in which
/// its letters occur in order.
pub fn candidates(line: &str) -> Vec<&'static Form> {
    let typed = line.trim_start();
    let in_order = |name: &str| {
        let mut letters = name.chars();
        typed.chars().filter(|c| *c != ' ').all(|c| letters.any(|l| l == c))
    };
    let mut found: Vec<&Form> = FORMS.iter().filter(|form| in_order(form.name)).collect();
    found.sort_by_key(|form| !form.name.starts_with(typed));
    found
}

/// Reads a command line.
///
/// # Errors
/// A sentence that says what was expected; the caller keeps the line.
pub fn parse(line: &str) -> Result<Command, String> {
    let Some((form, rest)) = form_of(line) else {
        let typed = line.split_whitespace().next().unwrap_or_default();
        let near = candidates(typed).first().map(|form| format!("; did you mean {}?", form.name));
        return Err(format!("no command “{typed}”{}", near.unwrap_or_default()));
    };
    let words = words(rest)?;
    let expected = || format!("expected: {} {}", form.name, form.arguments);
    let text = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    let lease = |word: &[u8]| text(word).parse::<LeaseId>().map_err(|e| format!("{e}"));
    let key = |word: &[u8]| match word {
        [] => Err(format!("a key cannot be empty; {}", expected())),
        bytes => Ok(Key::from(bytes)),
    };
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    match (form.name, words.as_slice()) {
        ("goto", [word]) => Ok(Command::Goto(Key::from(*word))),
        ("put", [word, value]) => Ok(Command::Put(key(word)?, value.to_vec())),
        ("delete", [word]) => Ok(Command::Delete(key(word)?)),
        ("delete-prefix", [word]) => Ok(Command::DeletePrefix(key(word)?)),
        ("watch", [word]) => Ok(Command::Watch(Key::from(*word), Revision::NONE)),
        ("watch", [word, b"from", revision]) => match text(revision).parse() {
            Ok(number) if number > 0 => Ok(Command::Watch(Key::from(*word), Revision(number))),
            _ => Err(format!("a revision is a number above 0; {}", expected())),
        },
        ("unwatch", []) => Ok(Command::Unwatch(None)),
        ("unwatch", [number]) => match text(number).parse() {
            Ok(number) => Ok(Command::Unwatch(Some(number))),
            Err(_) => Err(format!("a watch is named by its number; {}", expected())),
        },
        ("lease grant", [ttl]) => Ok(Command::LeaseGrant(seconds(&text(ttl))?, LeaseId::NONE)),
        ("lease grant", [ttl, id]) => Ok(Command::LeaseGrant(seconds(&text(ttl))?, lease(id)?)),
        ("lease keepalive", [id]) => Ok(Command::LeaseKeepAlive(lease(id)?)),
        ("lease renew", [id]) => Ok(Command::LeaseRenew(lease(id)?)),
        ("lease revoke", [id]) => Ok(Command::LeaseRevoke(lease(id)?)),
        ("read-only", [b"on"]) => Ok(Command::ReadOnly(true)),
        ("read-only", [b"off"]) => Ok(Command::ReadOnly(false)),
        ("help", _) => Ok(Command::Help),
        ("quit", []) => Ok(Command::Quit),
        _ => Err(expected()),
    }
}

/// Reads a time to live in seconds: etcd takes 1 to 9,000,000,000.
///
/// # Errors
/// A sentence that says what is expected.
pub fn seconds(text: &str) -> Result<i64, String> {
    match text.trim().parse::<i64>() {
        Ok(ttl) if (1..=9_000_000_000).contains(&ttl) => Ok(ttl),
        _ => Err("a TTL is a whole number of seconds, 1 to 9,000,000,000".to_owned()),
    }
}

/// Splits a line into words of bytes: blanks separate, single and double quotes hold together, and
/// the escapes of keys give any bytes (inside single quotes a backslash is a backslash).
fn words(line: &str) -> Result<Vec<Vec<u8>>, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_commands() {
        let cases = [
            ("goto /a/b", Command::Goto("/a/b".into())),
            ("goto \"\"", Command::Goto(Key::default())),
            ("put /a 'x y'", Command::Put("/a".into(), b"x y".to_vec())),
            ("put /a \"q\\\"\\x00\"", Command::Put("/a".into(), b"q\"\0".to_vec())),
            ("put /a it\\ is", Command::Put("/a".into(), b"it is".to_vec())),
            ("put /a ''", Command::Put("/a".into(), Vec::new())),
            ("delete \\xff\\x00", Command::Delete(Key::from(&b"\xff\0"[..]))),
            ("  watch /a/ from 17", Command::Watch("/a/".into(), Revision(17))),
            ("unwatch 2", Command::Unwatch(Some(2))),
            ("lease grant 60 2a", Command::LeaseGrant(60, LeaseId(42))),
            ("lease revoke 694d81417acd4a1f", Command::LeaseRevoke(LeaseId(0x694d_8141_7acd_4a1f))),
            ("read-only on", Command::ReadOnly(true)),
            ("quit", Command::Quit),
        ];
        for (line, command) in cases {
            assert_eq!(parse(line), Ok(command), "{line}");
        }
    }

    #[test]
    fn wrong_lines_say_what_was_expected() {
        let cases = [
            ("gto /a", "did you mean goto?"),
            ("", "no command"),
            ("put /a", "expected: put KEY VALUE"),
            ("put \"\" x", "cannot be empty"),
            ("watch /a from x", "a revision is a number"),
            ("lease grant 0", "seconds"),
            ("lease grant 5 0xzz", "hexadecimal"),
            ("put '/a x", "not closed"),
            ("put /a \\q", "unknown escape"),
            ("leasegrant 5", "no command"),
        ];
        for (line, part) in cases {
            let error = parse(line).expect_err(line);
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn the_table_has_one_row_for_each_command() {
        let table = markdown_table();
        assert_eq!(table.lines().count(), FORMS.len() + 2);
        assert!(table.contains("| `read-only on\\|off` | refuse everything"), "{table}");
        assert!(table.contains("| `help` | all keys"), "{table}");
        for line in table.lines() {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 3, "{line}");
        }
    }

    #[test]
    fn half_typed_names_find_their_commands() {
        assert_eq!(candidates("le g")[0].name, "lease grant");
        assert_eq!(candidates("dp")[0].name, "delete-prefix");
        assert_eq!(candidates("q")[0].name, "quit");
    }
}
