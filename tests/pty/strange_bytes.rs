//! Keys and values written by strangers: shown harmlessly, and saved without changing a byte that was
//! not touched.

use crate::by_hand::{get, put};
use crate::everyday::on_every_version;
use crate::steps::{CTRL_S, ENTER, LIMIT, escape, leave_draft, on, quit};
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

const TITLE: &[u8] = b"\x1b]0;x\x07\x1b[2J";
const REVERSED: &str = "abc\u{202e}def\u{2066}\u{200b}";

/// Nothing of what strangers wrote may act on the terminal.
fn assert_harmless(output: &[u8]) {
    let holds = |bytes: &[u8]| output.windows(bytes.len()).any(|it| it == bytes);
    assert!(!holds(b"\x1b]"), "a title or a clipboard is set");
    assert!(!holds(b"\x07"), "the bell rings");
    let text = std::str::from_utf8(output).expect("what is written is UTF-8");
    let acts = |c: char| match c {
        '\x1b' | '\r' | '\n' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' => true,
        c => c.is_control(),
    };
    let acting: Vec<char> = text.chars().filter(|c| acts(*c)).collect();
    assert!(acting.is_empty(), "{acting:?}");
    // Every sequence is one of those that drawing takes: colors, the cursor, clearing, modes.
    for sequence in text.split('\x1b').skip(1) {
        let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let (params, rest) = sequence.split_at(end);
        let known =
            params.starts_with('[') && rest.starts_with(['m', 'H', 'J', 'K', 'h', 'l', 'X']);
        assert!(known, "an unexpected sequence: {:?}", &sequence[..=end]);
    }
}

/// Opens the only key below `prefix`, which may lie in a directory of a strange name.
fn open_only_key(etcd: &Etcd, prefix: &str) -> Terminal {
    let term = on(etcd).args([prefix]).size(150, 40).start();
    let row = |term: &Terminal| {
        term.wait_for("a row", LIMIT, |screen| {
            let text = screen.contents();
            let first = text.lines().nth(2)?.to_owned();
            (!text.contains("loading") && text.contains("● online")).then_some(first)
        })
    };
    if row(&term).contains('▸') {
        term.keys("l");
        term.wait_for("the key below", LIMIT, |screen| {
            let text = screen.contents();
            (text.contains('▾') && !text.contains("loading")).then_some(())
        });
        term.keys("j");
    }
    term.wait("version 1", LIMIT);
    term
}

/// Everything a person would do with a key, then one byte of it edited.
fn look_edit_save(etcd: &Etcd, prefix: &str, typed: &str) -> Vec<u8> {
    let term = open_only_key(etcd, prefix);
    for _ in 0..4 {
        term.keys("2v");
        term.wait("┏ 2 Value", LIMIT);
    }
    term.keys("1X");
    term.wait("As etcdctl", LIMIT);
    escape(&term, "As etcdctl");
    term.keys("d");
    term.wait("Delete ", LIMIT);
    term.keys("n");
    term.wait("left as it was", LIMIT);
    term.keys("w");
    term.wait("1 watching", LIMIT);
    term.keys("e");
    term.wait("unchanged  1:1", LIMIT);
    term.keys(typed);
    term.wait("━ changed", LIMIT);
    term.keys(CTRL_S);
    term.wait("saved at revision", LIMIT);
    term.wait("PUT", LIMIT);
    leave_draft(&term);
    term.keys(&format!("4{ENTER}"));
    term.wait("┏ Event ", LIMIT);
    escape(&term, "┏ Event ");
    let output = term.output();
    quit(term);
    output
}

#[test]
fn all_256_bytes_stay_what_they_are() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        let all: Vec<u8> = (0..=255).collect();
        let key = [b"/all/", &all[..]].concat();
        put(&etcd, &key, &all);
        // No text, so it is edited as hexadecimal: the first byte becomes 41.
        let output = look_edit_save(&etcd, "/all/", "\x04\x0441");
        let mut expected = all.clone();
        expected[0] = 0x41;
        assert_eq!(get(&etcd, &key), Some(expected));
        assert_harmless(&output);
    });
}

#[test]
fn sequences_and_bidi_marks_do_not_act() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        for (prefix, strange) in [("/seq/", TITLE), ("/bidi/", REVERSED.as_bytes())] {
            let key = [prefix.as_bytes(), b"k", strange].concat();
            let value = [b"v", strange, b"\r\nline \x7f two\t", strange].concat();
            put(&etcd, &key, &value);
            let output = look_edit_save(&etcd, prefix, "X");
            assert_eq!(get(&etcd, &key), Some([b"X", &value[..]].concat()), "{prefix}");
            assert_harmless(&output);
        }
    });
}
