//! The text buffer: one line a case, written as before / keys / after with `|` for the cursor.

use etcdeck::domain::text::{Field, Motion, TextBuffer};
use proptest::prelude::*;

/// A buffer of `text` with the cursor at the `|`.
fn buffer(text: &str) -> TextBuffer {
    let (before, after) = text.split_once('|').expect("a cursor");
    let mut buffer = TextBuffer::new(&format!("{before}{after}"));
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
    buffer.set_cursor(line, column);
    buffer
}

fn shown(buffer: &TextBuffer) -> String {
    let (line, column) = buffer.cursor();
    let mut lines: Vec<String> = buffer.lines().to_vec();
    let at = lines[line].char_indices().nth(column).map_or(lines[line].len(), |(at, _)| at);
    assert_eq!(at, buffer.cursor_byte());
    lines[line].insert(at, '|');
    lines.join("\n")
}

/// One step by name; anything that is no name is typed.
fn press(buffer: &mut TextBuffer, key: &str) {
    match key {
        "left" => buffer.go(Motion::Left),
        "right" => buffer.go(Motion::Right),
        "up" => buffer.go(Motion::Up),
        "down" => buffer.go(Motion::Down),
        "word-left" => buffer.go(Motion::WordLeft),
        "word-right" => buffer.go(Motion::WordRight),
        "home" => buffer.go(Motion::Home),
        "end" => buffer.go(Motion::End),
        "page-up" => buffer.go(Motion::PageUp(2)),
        "page-down" => buffer.go(Motion::PageDown(2)),
        "top" => buffer.go(Motion::Top),
        "bottom" => buffer.go(Motion::Bottom),
        "enter" => buffer.newline(),
        "back" => buffer.backspace(),
        "del" => buffer.delete(),
        "word-back" => buffer.delete_word_back(),
        "to-start" => buffer.delete_to_start(),
        "kill" => buffer.kill_line(),
        "space" => buffer.insert(' '),
        "undo" => _ = buffer.undo(),
        "redo" => _ = buffer.redo(),
        typed => typed.chars().for_each(|c| buffer.insert(c)),
    }
}

#[test]
fn keys_do_what_they_say() {
    let cases = [
        ("|", "a", "a|"),
        ("ab|", "ä日", "abä日|"),
        ("a|b", "enter", "a\n|b"),
        ("a\n|b", "back", "a|b"),
        ("|ab", "back", "|ab"),
        ("ab|", "del", "ab|"),
        ("a|\nb", "del", "a|b"),
        ("a|\r\nb", "del", "a|\nb"),
        ("日|本", "back", "|本"),
        ("a|\nb", "right", "a\n|b"),
        ("a\n|b", "left", "a|\nb"),
        ("|a", "left", "|a"),
        ("a|", "right", "a|"),
        ("abcd|\nb\nwxyz", "down", "abcd\nb|\nwxyz"),
        ("abcd|\nb\nwxyz", "down down", "abcd\nb\nwxyz|"),
        ("abc|d\nb\nwxyz", "down left down", "abcd\nb\n|wxyz"),
        ("a|b", "up", "a|b"),
        ("a|b", "down", "a|b"),
        ("a\nb\nc\n|d", "page-up", "a\n|b\nc\nd"),
        ("a\n|b\nc\nd", "page-down page-down", "a\nb\nc\n|d"),
        ("a\nb|b\nc", "home", "a\n|bb\nc"),
        ("a\nb|b\nc", "end", "a\nbb|\nc"),
        ("a\nb|b\nc", "top", "|a\nbb\nc"),
        ("a\nb|b\nc", "bottom", "a\nbb\nc|"),
        ("/config/app/name|", "word-left", "/config/app/|name"),
        ("/config/app/|name", "word-left", "/config/|app/name"),
        ("a b\n|c", "word-left", "a b|\nc"),
        ("|/config/app", "word-right", "/config|/app"),
        ("a|\nb", "word-right", "a\n|b"),
        ("/config/app/name|", "word-back", "/config/app/|"),
        ("/config/app/|", "word-back", "/config/|"),
        ("a\n|b", "word-back", "a|b"),
        ("a\nfoo bar|baz", "to-start", "a\n|baz"),
        ("foo| bar\nb", "kill", "foo|\nb"),
        ("foo|\nb", "kill", "foo|b"),
        ("foo|", "kill", "foo|"),
        ("|", "one space two undo", "one |"),
        ("|", "one undo", "|"),
        ("|", "one undo redo", "one|"),
        ("|", "one undo x redo", "x|"),
        ("abc|", "back back undo", "abc|"),
        ("|abc", "del del undo", "|abc"),
        ("ab|c", "del back undo", "ab|"),
        ("a|", "b left c undo", "a|b"),
        ("a|", "enter undo", "a|"),
        ("a\nb|", "home back undo redo", "a|b"),
        ("a|", "undo", "a|"),
        ("a|", "redo", "a|"),
    ];
    for (before, keys, after) in cases {
        let mut buffer = buffer(before);
        for key in keys.split(' ').filter(|k| !k.is_empty()) {
            press(&mut buffer, key);
        }
        assert_eq!(shown(&buffer), after, "{before:?} {keys}");
    }
}

#[test]
fn a_paste_is_one_step_and_keeps_every_character() {
    let mut buffer = buffer("x|y");
    buffer.insert_str("a\r\nb\n\nc");
    assert_eq!(shown(&buffer), "xa\r\nb\n\nc|y");
    assert!(buffer.undo());
    assert_eq!(shown(&buffer), "x|y");
    assert!(buffer.redo());
    assert_eq!(buffer.text(), "xa\r\nb\n\ncy");
}

#[test]
fn replacing_everything_can_be_undone_and_resetting_cannot() {
    let mut buffer = buffer("one\ntw|o");
    buffer.replace_all("1\n2222\n3");
    assert_eq!(shown(&buffer), "1\n22|22\n3");
    assert!(buffer.undo());
    assert_eq!(shown(&buffer), "one\ntw|o");
    let revision = buffer.revision();
    buffer.reset("other");
    assert!(buffer.revision() > revision);
    assert!(!buffer.undo() && !buffer.redo());
    assert_eq!(shown(&buffer), "ot|her");
}

#[test]
fn a_change_moves_the_revision_and_a_motion_does_not() {
    let mut buffer = buffer("a|b");
    let start = buffer.revision();
    buffer.go(Motion::Left);
    buffer.backspace();
    assert_eq!(buffer.revision(), start);
    buffer.insert('x');
    let typed = buffer.revision();
    assert!(typed > start);
    assert!(buffer.undo());
    assert!(buffer.revision() > typed);
}

#[test]
fn a_field_stays_on_one_line() {
    let mut field = Field::new("a\nb");
    assert_eq!(field.text(), "a\\nb");
    field.insert('\n');
    field.insert_str("/c\r\n");
    assert_eq!((field.text(), field.cursor()), ("a\\nb/c", 6));
    field.insert_str("x\ny\n");
    assert_eq!(field.text(), "a\\nb/cx\\ny");
    field.set("ä日x");
    field.go(Motion::Left);
    assert_eq!((field.split(), field.cursor()), (("ä日", "x"), 2));
    field.delete_to_start();
    assert_eq!(field.text(), "x");
    field.clear();
    assert!(field.is_empty() && field.cursor() == 0);
    assert!(field.undo());
    assert_eq!(field.text(), "x");
}

const KEYS: [&str; 24] = [
    "left",
    "right",
    "up",
    "down",
    "word-left",
    "word-right",
    "home",
    "end",
    "page-up",
    "page-down",
    "top",
    "bottom",
    "enter",
    "back",
    "del",
    "word-back",
    "to-start",
    "kill",
    "undo",
    "redo",
    "a",
    " ",
    "é",
    "日",
];

proptest! {
    #[test]
    fn any_text_comes_out_as_it_went_in(text in "[a\\n\\r\\t é日\u{0}\u{202e}]{0,40}") {
        let buffer = TextBuffer::new(&text);
        prop_assert_eq!(buffer.text(), text.clone());
        prop_assert!(buffer.is(&text));
        let longer = text + "\n";
        prop_assert!(!buffer.is(&longer));
        prop_assert!(!TextBuffer::new(&longer).is(longer.strip_suffix('\n').unwrap()));
    }

    /// Whatever is pressed: the cursor stays inside, undoing everything gives the first text back,
    /// redoing everything the last.
    #[test]
    fn undo_leads_back_and_redo_forth(
        text in "[ab\\n\\r é日/]{0,20}",
        keys in prop::collection::vec(prop::sample::select(&KEYS[..]), 0..60),
    ) {
        let mut buffer = TextBuffer::new(&text);
        for key in keys {
            press(&mut buffer, key);
            let (line, column) = buffer.cursor();
            prop_assert!(column <= buffer.lines()[line].chars().count());
        }
        let last = buffer.text();
        while buffer.redo() {}
        let redone = buffer.text();
        while buffer.undo() {}
        prop_assert!(buffer.is(&text));
        while buffer.redo() {}
        prop_assert!(buffer.is(&redone));
        prop_assert!(!buffer.text().is_empty() || last.is_empty() || redone.is_empty());
    }

    /// An edit does what it does on a plain string.
    #[test]
    fn inserting_is_inserting(
        text in "[a\\n\\r é日]{0,20}", insert in "[b\\n\\r ö本]{0,20}", line in 0usize..5, column in 0usize..9,
    ) {
        let mut buffer = TextBuffer::new(&text);
        buffer.set_cursor(line, column);
        let at = buffer.lines()[..buffer.cursor().0].iter().map(|l| l.len() + 1).sum::<usize>()
            + buffer.cursor_byte();
        buffer.insert_str(&insert);
        let mut expected = text.clone();
        expected.insert_str(at, &insert);
        prop_assert_eq!(buffer.text(), expected);
        for _ in insert.chars() {
            buffer.backspace();
        }
        prop_assert_eq!(buffer.text(), text);
    }
}
