//! Renderings of values: rows as an operator sees them, and nothing lost on the way.

use etcdeck::domain::escape;
use etcdeck::domain::value::{Class, Rendering, Span, ValueKind, View};
use proptest::prelude::*;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::json::any_json;

fn rows(view: &View) -> Vec<String> {
    (0..view.len()).map(|i| text(&view.row(i))).collect()
}

fn text(row: &[Span]) -> String {
    row.iter().map(|span| span.text.as_str()).collect()
}

/// `class:text` for each span.
fn spans(row: &[Span]) -> String {
    row.iter().map(|s| format!("{:?}:{}", s.class, s.text)).collect::<Vec<_>>().join("|")
}

#[test]
fn a_value_is_recognized() {
    let cases: [(&[u8], ValueKind); 10] = [
        (b"", ValueKind::Empty),
        (b" ", ValueKind::Text),
        (b"{}", ValueKind::Json),
        (b" \n[1, 2]\n", ValueKind::Json),
        (b"{1}", ValueKind::Text),
        (b"42", ValueKind::Text),
        (b"\"quoted\"", ValueKind::Text),
        ("grüße".as_bytes(), ValueKind::Text),
        (b"k8s\0\xff", ValueKind::Binary),
        (b"\xc3", ValueKind::Binary),
    ];
    for (bytes, kind) in cases {
        assert_eq!(ValueKind::of(bytes), kind, "{bytes:?}");
        for rendering in [Rendering::Auto, Rendering::Text, Rendering::Json, Rendering::Hex] {
            assert_eq!(View::new(bytes, rendering, 80).kind(), kind, "{bytes:?} {rendering:?}");
        }
    }
}

#[test]
fn json_is_formatted_and_left_as_written() {
    let value = br#" {"b" : 1.50, "a":[ ],"a":{"x":[true,null,"q\u0041\""]} ,"e":{ }} "#;
    let view = View::new(value, Rendering::Auto, 80);
    assert_eq!(view.rendering(), Rendering::Json);
    let expected = r#"{
  "b": 1.50,
  "a": [],
  "a": {
    "x": [
      true,
      null,
      "q\u0041\""
    ]
  },
  "e": {}
}"#;
    assert_eq!(rows(&view).join("\n"), expected);
    assert_eq!(spans(&view.row(1)), r#"Plain:  |Key:"b"|Punct::|Plain: |Number:1.50|Punct:,"#);
    assert_eq!(spans(&view.row(5)), "Plain:      |Literal:true|Punct:,");
    assert_eq!(spans(&view.row(7)), r#"Plain:      |String:"q\u0041\"""#);
    assert_eq!(view.line_number(3), Some(4));
    assert_eq!((view.line_number(12), view.row(12)), (None, vec![]));
}

#[test]
fn a_long_json_string_goes_on_below_and_stays_a_string() {
    let value = br#"{"key":"abcdefgh\u0041 xyz","n":12345678901234567890}"#;
    let view = View::new(value, Rendering::Auto, 16);
    let expected = [
        "{",
        r#"  "key": "abcdef"#,
        r"    gh\u0041 xyz",
        r#"    ","#,
        r#"  "n": 123456789"#,
        "    01234567890",
        "}",
    ];
    assert_eq!(rows(&view), expected);
    assert_eq!(spans(&view.row(3)), r#"Plain:    |String:"|Punct:,"#);
    assert_eq!(spans(&view.row(5)), "Plain:    |Number:01234567890");
    let numbers: Vec<_> = (0..7).map(|i| view.line_number(i)).collect();
    assert_eq!(numbers, [Some(1), Some(2), None, None, Some(3), None, Some(4)]);
}

#[test]
fn what_is_not_json_is_shown_as_text_with_the_reason() {
    let view = View::new(b"{\"a\":\n 1", Rendering::Json, 80);
    assert_eq!(view.rendering(), Rendering::Text);
    assert_eq!(rows(&view), ["{\"a\":", " 1"]);
    let error = view.json_error().expect("an error").to_string();
    assert_eq!(error, "line 2, column 3: expected ',' or '}', found the end");
    assert_eq!(View::new(b"{\"a\":\n 1", Rendering::Auto, 80).json_error(), None);
    assert_eq!(rows(&View::new(b"42", Rendering::Json, 80)), ["42"]);
}

#[test]
fn text_is_cut_at_the_width_and_made_harmless() {
    let view = View::new("abcdef\n\n日本語x\ta\r\n".as_bytes(), Rendering::Text, 5);
    assert_eq!(rows(&view), ["abcde", "f", "", "日本", "語x\\t", "a\\r", ""]);
    assert_eq!(spans(&view.row(5)), "Plain:a|Escape:\\r");
    let numbers: Vec<_> = (0..7).map(|i| view.line_number(i)).collect();
    assert_eq!(numbers, [Some(1), None, Some(2), Some(3), None, None, Some(4)]);
    let view = View::new(b"\x1b]0;x\x07\x1b[2J\xff", Rendering::Text, 80);
    assert_eq!(rows(&view), ["\\x1b]0;x\\x07\\x1b[2J\\xff"]);
    let view = View::new("[\"\u{202e}\u{7f}\"]".as_bytes(), Rendering::Auto, 80);
    assert_eq!(rows(&view)[1], "  \"\\u{202e}\\x7f\"");
    assert_eq!(spans(&view.row(1)), "Plain:  |String:\"|Escape:\\u{202e}\\x7f|String:\"");
}

#[test]
fn binary_is_a_dump_as_wide_as_there_is_room() {
    let bytes: Vec<u8> = (0x38..0x48).chain([0, 0x7f, 0x80, 0xff]).collect();
    let cases = [
        (
            76,
            vec![
                "00000000  38 39 3a 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 47  89:;<=>?@ABCDEFG",
                "00000010  00 7f 80 ff                                       ....",
            ],
        ),
        (
            75,
            vec![
                "00000000  38 39 3a 3b 3c 3d 3e 3f  89:;<=>?",
                "00000008  40 41 42 43 44 45 46 47  @ABCDEFG",
                "00000010  00 7f 80 ff              ....",
            ],
        ),
        (
            42,
            vec![
                "00000000  38 39 3a 3b  89:;",
                "00000004  3c 3d 3e 3f  <=>?",
                "00000008  40 41 42 43  @ABC",
                "0000000c  44 45 46 47  DEFG",
                "00000010  00 7f 80 ff  ....",
            ],
        ),
    ];
    for (width, expected) in cases {
        let view = View::new(&bytes, Rendering::Auto, width);
        assert_eq!(rows(&view), expected);
        assert!(rows(&view).iter().all(|row| row.len() <= width));
        assert_eq!(view.row(view.len()), vec![]);
    }
    assert_eq!(
        spans(&View::new(&[0, 0x41], Rendering::Hex, 43).row(0)).rsplit('|').nth(1),
        Some("Dim:.")
    );
}

#[test]
fn an_empty_value_has_no_rows() {
    for rendering in [Rendering::Auto, Rendering::Text, Rendering::Json, Rendering::Hex] {
        let view = View::new(b"", rendering, 80);
        assert!(view.is_empty() && view.row(0).is_empty() && view.json_error().is_none());
    }
}

#[test]
fn renderings_go_round() {
    let mut rendering = Rendering::Auto;
    let names: Vec<_> = (0..5)
        .map(|_| {
            let name = rendering.name();
            rendering = rendering.next();
            name
        })
        .collect();
    assert_eq!(names, ["auto", "text", "json", "hex", "auto"]);
}

/// Nesting, long lines, nothing but line ends, nothing but marks: rows stay as short as asked.
#[test]
fn hostile_values_have_bounded_rows() {
    let size = 200_000;
    let values: [Vec<u8>; 6] = [
        "[".repeat(size / 2).into_bytes().into_iter().chain(vec![b']'; size / 2]).collect(),
        vec![b'\n'; size],
        vec![b'a'; size],
        vec![0x1b; size],
        vec![0xff; size],
        format!("{{\"a\":{}1}}", " ".repeat(size)).into_bytes(),
    ];
    for value in values {
        for rendering in [Rendering::Auto, Rendering::Text, Rendering::Hex] {
            let view = View::new(&value, rendering, 80);
            for i in [0, view.len() / 2, view.len() - 1] {
                assert!(text(&view.row(i)).width() <= 80, "{rendering:?} {i}");
            }
        }
    }
}

#[test]
fn every_character_shown_as_it_is_takes_the_columns_that_others_count() {
    for c in ('\0'..=char::MAX).filter(|c| !escape::is_unsafe(*c)) {
        assert_eq!(Some(escape::columns(c)), c.width(), "{:x}", c as u32);
        // The standard library escapes what is not assigned, not printed, or joins what is before it.
        let printed = c.escape_debug().next() == Some(c) || matches!(c, '"' | '\'' | '\\');
        assert!(printed || escape::is_mark(c), "{:x}", c as u32);
    }
}

#[test]
fn no_two_characters_shown_as_they_are_become_one() {
    // Characters whose neighbors change them, somewhere: each beside each.
    let joining =
        "aא\u{5d0}\u{5dc}\u{644}\u{627}क\u{937}ท\u{e35}ກ\u{ebb}가ㄱ👩👍☂1#日ꓐᦵ\u{2d4f}\u{10a0}";
    for a in joining.chars() {
        for b in joining.chars() {
            let shown = escape::message(&format!("{a}{b}"));
            let columns: usize = escape::glyphs_of(&shown).map(escape::Glyph::columns).sum();
            assert_eq!(
                columns,
                shown.chars().filter_map(UnicodeWidthChar::width).sum::<usize>(),
                "{shown}"
            );
            let cells = cells_of(&shown);
            assert!(escape::glyphs_of(&shown).map(escape::Glyph::bytes).eq(cells), "{shown}");
        }
    }
}

/// The bytes of each cell, as ratatui takes a text apart.
fn cells_of(text: &str) -> Vec<usize> {
    let span = ratatui::text::Span::raw(text);
    span.styled_graphemes(ratatui::style::Style::new()).map(|g| g.symbol.len()).collect()
}

proptest! {
    /// Rows fit, are printable, and together hold every byte.
    #[test]
    fn text_rows_hold_the_value(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[a日é\\t\\n\u{1}\u{202e}b]{0,80}".prop_map(String::into_bytes),
        ],
        width in 10usize..40,
    ) {
        let view = View::new(&bytes, Rendering::Text, width);
        let mut back = Vec::new();
        for i in 0..view.len() {
            let row = view.row(i);
            prop_assert!(text(&row).width() <= width);
            prop_assert!(text(&row).chars().all(|c| !escape::is_unsafe(c)));
            if i > 0 && view.line_number(i).is_some() {
                back.push(b'\n');
            }
            for span in row {
                match span.class {
                    Class::Escape => back.extend(escape::unescape(&span.text).unwrap()),
                    _ => back.extend(span.text.into_bytes()),
                }
            }
        }
        prop_assert_eq!(back, bytes);
    }

    /// Formatted JSON means what the value means, and its strings and numbers are those written.
    #[test]
    fn json_rows_hold_the_value(value in any_json(), width in 24usize..60) {
        let source = value.to_string();
        let view = View::new(source.as_bytes(), Rendering::Json, width);
        prop_assert_eq!(view.json_error(), None);
        let mut back = String::new();
        for i in 0..view.len() {
            let row = view.row(i);
            prop_assert!(text(&row).width() <= width, "{:?}", text(&row));
            for span in row {
                match span.class {
                    Class::Plain => prop_assert!(span.text.chars().all(|c| c == ' ')),
                    Class::Escape => {
                        back += std::str::from_utf8(&escape::unescape(&span.text).unwrap()).unwrap();
                    }
                    _ => back += &span.text,
                }
            }
        }
        // serde_json writes no white space outside strings.
        prop_assert_eq!(back, source);
    }
}
