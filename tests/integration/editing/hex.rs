//! Hexadecimal text: any bytes there and back, and where it is wrong.

use etcdeck::domain::hex::{HexError, from_text, to_text};
use proptest::prelude::*;

#[test]
fn sixteen_pairs_a_line() {
    let bytes: Vec<u8> = (0..18).chain([0xff]).collect();
    assert_eq!(to_text(&bytes), "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10 11 ff");
    assert_eq!(to_text(b""), "");
}

#[test]
fn white_space_and_case_are_free() {
    for text in ["0aFF10", " 0a\tff\r\n\n10\n", "0A f\u{46} 10"] {
        assert_eq!(from_text(text), Ok(vec![0x0a, 0xff, 0x10]), "{text:?}");
    }
}

#[test]
fn a_wrong_character_is_found() {
    let cases = [
        ("0", 1, 1, '0'),
        ("00 1", 1, 4, '1'),
        ("00 1 22", 1, 4, '1'),
        ("00\n1\n2", 2, 1, '1'),
        ("00\nää 1x", 2, 1, 'ä'),
        ("00 0x", 1, 5, 'x'),
        ("00\n<<<<<<< mine", 2, 1, '<'),
    ];
    for (text, line, column, found) in cases {
        assert_eq!(from_text(text), Err(HexError { line, column, found }), "{text:?}");
    }
    let error = from_text("00 \u{202e}").unwrap_err().to_string();
    assert_eq!(error, "line 1, column 4: expected a pair of hexadecimal digits, found '\\u{202e}'");
    assert!(from_text("0").unwrap_err().to_string().ends_with("found '0' alone"));
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(from_text(&to_text(&bytes)), Ok(bytes));
    }

    #[test]
    fn any_text_is_read_or_refused_with_its_place(text in "[0-9a-f \\nxä]{0,30}") {
        match from_text(&text) {
            Ok(bytes) => {
                let digits = text.chars().filter(|c| !c.is_whitespace()).count();
                prop_assert_eq!(bytes.len() * 2, digits);
            }
            Err(error) => {
                let line = text.split('\n').nth(error.line - 1).unwrap();
                prop_assert_eq!(line.chars().nth(error.column - 1), Some(error.found));
            }
        }
    }
}
