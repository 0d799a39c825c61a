//! Keys and values written by strangers: shown harmlessly, and saved without changing a byte that was
//! not touched.

use crate::by_hand::{get, put};
use crate::everyday::on_every_version;
use crate::steps::{CTRL_S, ENTER, LIMIT, escape, leave_draft, on, quit};
use crate::support::scanner::scan;
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

const TITLE: &[u8] = b"\x1b]0;x\x07\x1b[2J";
const REVERSED: &str = "abc\u{202e}def\u{2066}\u{200b}";

/// Nothing of what strangers wrote may act on the terminal: what is sent is the program's own.
fn assert_harmless(output: &[u8]) {
    assert_eq!(scan(output), Ok(()));
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

/// Names of locks, elections and services, a file name and a wrong command: what there is beside keys
/// and values, each on the screen of the built program.
#[test]
fn names_of_every_kind_do_not_act() {
    let etcd = Etcd::start(Etcd::versions().pop().expect("there is a server"));
    let granted = etcd.ctl(&["lease", "grant", "600"]);
    let lease = granted.split_whitespace().nth(1).expect("an ID").to_owned();
    let strange = [TITLE, REVERSED.as_bytes(), "e\u{301}\u{301}🇩🇪".as_bytes()].concat();
    for (folder, last) in [("/locks/", &*lease), ("/election/", &*lease), ("/services/", "i-1")] {
        let key = [folder.as_bytes(), &strange, b"/", last.as_bytes()].concat();
        let text = String::from_utf8(key).expect("it is text");
        let value = String::from_utf8_lossy(&strange).into_owned();
        etcd.ctl(&["put", &format!("--lease={lease}"), "--", &text, &value]);
    }
    let term = on(&etcd).size(150, 40).start();
    term.wait("● online", LIMIT);
    let typed = "\\x1b]0;x\\x07\\u{202e}";
    for (command, seen) in [
        ("locks".to_owned(), "┏ Locks"),
        ("elections".to_owned(), "┏ Elections"),
        ("services".to_owned(), "┏ Services"),
        (format!("diff {typed} 1"), "┏ Difference"),
        (format!("history {typed}"), "┏ History"),
    ] {
        term.keys(&format!(":{command}{ENTER}"));
        term.wait(seen, LIMIT);
        escape(&term, seen);
    }
    term.keys(&format!(":lock {typed}{ENTER}"));
    term.wait("held, fencing", LIMIT);
    assert_harmless(&term.output());
}
