//! What is typed: commands, keys, key names, and what a shell is given.

use std::process::Command;

use etcdeck::app::command::{FORMS, candidates, form_of, parse};
use etcdeck::app::etcdctl::quote;
use etcdeck::domain::escape;
use etcdeck::keymap::{BINDINGS, Chord};

use super::{Target, seeds};

const WORDS: &[&str] = &[
    "put ",
    "goto ",
    "lease grant ",
    "service register ",
    "restore ",
    "txn ",
    "\\xff",
    "\\u{202e}",
    "\\n",
    "\\\\",
    "\"",
    "'",
    " from 3",
    "9223372036854775808",
    "-1",
    "live",
    "on",
    "\u{a0}",
    "\u{2003}",
];

#[test]
fn fuzz_commands() {
    fn read(bytes: &[u8]) -> bool {
        let Ok(line) = std::str::from_utf8(bytes) else { return false };
        let _ = (form_of(line), candidates(line));
        let Ok(command) = parse(line) else { return false };
        // The same command however blanks stand around it.
        assert_eq!(parse(&format!("  {line} ")), Ok(command));
        true
    }
    let lines: Vec<String> =
        FORMS.iter().map(|form| format!("{} {}", form.name, form.arguments)).collect();
    let mut all = seeds(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    all.extend(seeds(&[
        "put \"a b\" 'c\\x41'",
        "put a\\xff \"\\\"x\\\"\"",
        "lease attach /a 7f",
        "rev 3",
    ]));
    Target { name: "commands", seeds: all, words: WORDS, read }.run();
}

#[test]
fn fuzz_escapes() {
    fn read(bytes: &[u8]) -> bool {
        let shown = escape::line(bytes);
        assert!(!shown.chars().any(escape::is_unsafe));
        assert_eq!(escape::unescape(&shown).as_deref(), Ok(bytes));
        assert!(shown.len() <= 9 * bytes.len());
        let (mut columns, mut marks) = (0, 0);
        for c in shown.chars() {
            columns += escape::columns(c);
            marks = if escape::is_mark(c) { marks + 1 } else { 0 };
            assert!(marks <= escape::MOST_MARKS);
        }
        let doubled = shown.matches("\\\\").count();
        let glyphs: usize = escape::glyphs(bytes).map(escape::Glyph::columns).sum();
        assert_eq!(columns, glyphs + doubled);
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        // What is shown once is not changed by being shown again.
        let message = escape::message(text);
        assert_eq!(escape::message(&message), message);
        let Ok(unescaped) = escape::unescape(text) else { return false };
        assert_eq!(escape::unescape(&escape::line(&unescaped)), Ok(unescaped));
        true
    }
    let all = seeds(&[
        "\\x41\\u{e9}\\e\\n",
        "ที่นี่ นี่",
        "👩\u{200d}👩 🇩🇪",
        "e\u{301}",
        "日本語\u{202e}",
        "a\\\\b",
    ]);
    Target { name: "escapes", seeds: all, words: WORDS, read }.run();
}

#[test]
fn fuzz_chords() {
    fn read(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        let Ok(chord) = Chord::parse(text) else { return false };
        assert_eq!(Chord::parse(&chord.to_string()), Ok(chord), "{text:?} is shown as {chord}");
        true
    }
    let names: Vec<&str> = BINDINGS.iter().flat_map(|row| row.chords.iter().copied()).collect();
    let words = &["ctrl-", "alt-", "shift-", "-", "f12", "space", "pgdn", "İ", "ß"];
    Target { name: "chords", seeds: seeds(&names), words, read }.run();
}

#[test]
fn fuzz_shell_words() {
    /// A word is one word for every shell, one that knows no `$'…'` included.
    fn read(bytes: &[u8]) -> bool {
        let word = quote(bytes);
        assert!(!word.chars().any(escape::is_unsafe), "{word:?}");
        assert!(!word.is_empty());
        let old = word.strip_prefix('$').unwrap_or(&word);
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:,@+%".contains(c);
        if old == word && word.chars().all(plain) {
            return true;
        }
        // Plain quotations, and escaped quotation marks between them: read as every shell does.
        let mut rest = old;
        while !rest.is_empty() {
            let inside = rest.strip_prefix('\'').and_then(|inside| inside.split_once('\''));
            let after = rest.strip_prefix("\\'").or(inside.map(|(_, after)| after));
            rest = after.unwrap_or_else(|| panic!("{rest} of {word}"));
        }
        true
    }
    let all = seeds(&["it's", "a b", "$(x) `y` !z", "a\nb", "'\\''", "\\'", "grüße", "'\u{1}'"]);
    Target { name: "shell-words", seeds: all, words: WORDS, read }.run();
}

/// What shells say they were given, for these words behind a `printf`.
fn given(shell: &str, words: &[String]) -> Vec<Vec<u8>> {
    let script = format!("printf '%s\\0' {}", words.join(" "));
    let output = Command::new(shell).args(["-c", &script]).output().expect(shell);
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
    let mut parts: Vec<Vec<u8>> = output.stdout.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
    assert_eq!(parts.pop(), Some(Vec::new()), "each ends with a zero byte");
    parts
}

#[test]
fn a_shell_is_given_what_was_quoted_and_runs_none_of_it() {
    let mut bytes: Vec<Vec<u8>> = (1..=255_u8).map(|byte| vec![b'a', byte, b'\'', byte]).collect();
    bytes.extend(seeds(&[
        "",
        "'",
        "\\",
        "it's",
        "a\\'b",
        "\u{1}'; echo run; '",
        "$(echo run)\n`echo run`",
        "!!",
        "é'\u{301}'",
        "'\u{202e}",
        "--",
        "a\u{1}\\'; exit 1; #",
    ]));
    let words: Vec<String> = bytes.iter().map(|bytes| quote(bytes)).collect();
    assert_eq!(given("bash", &words), bytes);
    // Another shell may read another word, but one for each.
    assert_eq!(given("sh", &words).len(), bytes.len());
}
